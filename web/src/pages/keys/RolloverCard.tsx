/** Rollovers of a zone's keys: those that go on, when the next begins by itself, those that are over; begun, hurried and cancelled here. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import type { Rollover, Rollovers, ZoneKey } from "#contract";
import { findFailure, useRead } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { ROLLOVERS } from "../../texts/rollovers.ts";
import { type Asked, RollDialog } from "./RollDialog.tsx";
import { RollGoing } from "./RollGoing.tsx";
import { ScheduleDialog } from "./ScheduleDialog.tsx";

const KINDS: readonly Rollover["kind"][] = ["zsk", "ksk"];
/** Steps are taken by time as well as by events. */
const AGAIN_SECONDS = 30;

export type RolloverCardProps = {
  readonly zoneId: string;
  readonly may: boolean;
  readonly keys: readonly ZoneKey[];
  /** DNSSEC is being switched off. */
  readonly leaving: boolean;
};

export function RolloverCard({ zoneId, may, keys, leaving }: RolloverCardProps) {
  const read = useRead("own.rollovers", { params: { zoneId } }, { refreshSeconds: AGAIN_SECONDS });
  const [asked, setAsked] = useState<Asked | { readonly what: "schedule"; readonly kind: Rollover["kind"] }>();
  const failure = findFailure(read);
  if (failure) return <ErrorNote title={ROLLOVERS.failed} failure={failure} />;
  if (!read.data?.possible) return null;
  const { rollovers, past } = read.data;
  const free = KINDS.filter((kind) => !rollovers.some((each) => each.kind === kind));
  const close = () => setAsked(undefined);
  return (
    <Card title={ROLLOVERS.title} lead={ROLLOVERS.lead} order={3}>
      <Stack gap="lg">
        {rollovers.map((each) => (
          <RollGoing
            key={each.kind}
            zoneId={zoneId}
            rollover={each}
            zoneKey={keys.find(({ key_tag: tag, whose }) => tag === each.new_key_tag && whose === "ours")}
            leaving={leaving}
            {...(may && { onAsk: setAsked })}
          />
        ))}
        <Facts facts={factsOf(read.data)} />
        {may ? (
          <div className="cs-buttons">
            {free.map((kind) => (
              <Button key={kind} variant="default" onClick={() => setAsked({ what: "roll", kind })}>
                {ROLLOVERS.roll[kind]}
              </Button>
            ))}
            {KINDS.map((kind) => (
              <Button key={kind} variant="default" onClick={() => setAsked({ what: "schedule", kind })}>
                {ROLLOVERS.plan.action[kind]}
              </Button>
            ))}
          </div>
        ) : null}
        {past.length === 0 ? null : <Past past={past} />}
      </Stack>
      {asked === undefined ? null : asked.what === "schedule" ? (
        <ScheduleDialog zoneId={zoneId} kind={asked.kind} rollovers={read.data} onClose={close} />
      ) : (
        <RollDialog zoneId={zoneId} asked={{ what: asked.what, kind: asked.kind }} onClose={close} />
      )}
    </Card>
  );
}

function factsOf(rollovers: Rollovers): readonly Fact[] {
  return KINDS.map((kind) => {
    const next = rollovers[`next_${kind}_time`];
    return [
      ROLLOVERS.schedule[kind],
      <span key={kind}>
        {ROLLOVERS.days(rollovers[`${kind}_days_effective`])}
        {next ? (
          <>
            , {ROLLOVERS.next} <WhenAgo time={next} />
          </>
        ) : null}
      </span>,
    ];
  });
}

type Over = Rollovers["past"][number] & { readonly id: string };

const { columns: HEADS } = ROLLOVERS;

const COLUMNS: readonly Column<Over>[] = [
  { head: HEADS.key, cell: ({ kind }) => ROLLOVERS.kinds[kind] },
  { head: HEADS.change, cell: ({ old_key_tag: was, new_key_tag: is }) => ROLLOVERS.change(was, is) },
  { head: HEADS.begun, cell: ({ started_time: time }) => <WhenAgo time={time} /> },
  { head: HEADS.ended, cell: ({ ended_time: time }) => <WhenAgo time={time} /> },
  { head: HEADS.end, cell: ({ end }) => ROLLOVERS.ends[end] },
];

/** The newest first. */
function Past({ past }: Pick<Rollovers, "past">) {
  const rows = past.map((each) => ({ ...each, id: `${each.kind} ${each.started_time}` })).reverse();
  return (
    <div>
      <h4>{ROLLOVERS.past}</h4>
      <DataTable label={ROLLOVERS.past} columns={COLUMNS} rows={rows} />
    </div>
  );
}
