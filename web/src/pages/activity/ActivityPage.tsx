/** What happened in all zones, newest first; grows by the event stream. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { EventRow } from "#contract";
import { useHappenings } from "../../fetch/context.ts";
import { useRead } from "../../fetch/hooks.ts";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import classes from "../../parts/Happened.module.css";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import type { Tone } from "../../parts/tone.ts";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { ACTIVITY } from "../../texts/audit.ts";
import { withoutRootDot } from "../../texts/common.ts";
import { printExact } from "../../texts/time.ts";

const STEP = 100;
const MOST = 1000;
const TONES: Readonly<Record<EventRow["level"], Tone>> = { info: "info", warning: "warn", error: "bad" };

export function ActivityPage() {
  const [limit, setLimit] = useState(STEP);
  const read = useRead("own.events", { query: { limit } }, { keepPrevious: true });
  useHappenings(() => void read.refetch());
  const rows = read.data;
  return (
    <>
      <PageTitle title={ACTIVITY.title} lead={ACTIVITY.lead} />
      {read.error ? (
        <ErrorNote title={ACTIVITY.failed} failure={read.error.failure} again={() => void read.refetch()} />
      ) : rows === undefined ? (
        <Loading what={ACTIVITY.events} />
      ) : rows.length === 0 ? (
        <EmptyState title={ACTIVITY.none.title} text={ACTIVITY.none.text} />
      ) : (
        <>
          <ol className={classes["list"]}>
            {rows.map((row) => (
              <li key={row.id}>
                <Happened row={row} />
              </li>
            ))}
          </ol>
          {rows.length === limit && limit < MOST ? (
            <Button variant="default" mt="md" loading={read.isFetching} onClick={() => setLimit(limit + STEP)}>
              {ACTIVITY.more}
            </Button>
          ) : null}
        </>
      )}
    </>
  );
}

function Happened({ row }: { readonly row: EventRow }) {
  const facts: Fact[] = [
    [ACTIVITY.code, row.code],
    [ACTIVITY.time, printExact(row.time)],
  ];
  if (row.zone_id) {
    facts.push([
      ACTIVITY.zone,
      <TextLink key="zone" to="/zones/$zoneId" params={{ zoneId: row.zone_id }}>
        {ACTIVITY.openZone}
      </TextLink>,
    ]);
  }
  return (
    <details className={classes["entry"]}>
      <summary>
        <StateBadge tone={TONES[row.level]}>{ACTIVITY.levels[row.level]}</StateBadge>
        <span className={classes["sentence"]}>{withoutRootDot(row.message)}</span>
        <span className={classes["when"]}>
          <WhenAgo time={row.time} />
        </span>
      </summary>
      <div className={classes["facts"]}>
        <Facts facts={facts} />
        {Object.keys(row.detail).length > 0 ? (
          <div>
            <p className={classes["reason"]}>{ACTIVITY.detail}</p>
            <pre className={classes["json"]}>{JSON.stringify(row.detail, undefined, 2)}</pre>
          </div>
        ) : null}
      </div>
    </details>
  );
}
