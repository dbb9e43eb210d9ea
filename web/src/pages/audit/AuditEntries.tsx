/** Entries of the audit log: a line each, everything that is kept of one when it is opened; filters stand in the address. */
import { Button, SegmentedControl, TextInput } from "@mantine/core";
import type { AuditEntry } from "#contract";
import { useStretches } from "../../fetch/hooks.ts";
import { useAddressState } from "../../parts/address-state.ts";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import classes from "../../parts/Happened.module.css";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import type { Tone } from "../../parts/tone.ts";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { AUDIT } from "../../texts/audit.ts";
import { printExact } from "../../texts/time.ts";

const STEP = 50;
/** No event tells of a change by somebody else. */
const REFRESH_SECONDS = 15;

const TONES: Readonly<Record<AuditEntry["outcome"], Tone>> = { done: "good", refused: "warn", unfinished: "bad" };

const isOutcome = (word: string | undefined): word is AuditEntry["outcome"] =>
  word === "done" || word === "refused" || word === "unfinished";

export function AuditEntries({ zoneId }: { readonly zoneId?: string }) {
  const [{ show, who, what }, setAddress] = useAddressState();
  const outcome = isOutcome(show) ? show : undefined;
  const isFiltered = outcome !== undefined || Boolean(who) || Boolean(what);
  const query = {
    limit: STEP,
    ...(zoneId !== undefined && { zone_id: zoneId }),
    ...(outcome && { outcome }),
    ...(who && { actor: who }),
    ...(what && { action: what }),
  };
  const read = useStretches("audit.list", { query }, REFRESH_SECONDS);
  return (
    <>
      <div className={classes["filters"]}>
        <SegmentedControl
          aria-label={AUDIT.filter}
          value={outcome ?? "all"}
          onChange={(next) => setAddress({ show: next === "all" ? undefined : next })}
          data={Object.entries(AUDIT.filters).map(([value, label]) => ({ value, label }))}
        />
        <TextInput
          label={AUDIT.actor}
          placeholder={AUDIT.actorHint}
          value={who ?? ""}
          onChange={(event) => setAddress({ who: event.currentTarget.value || undefined })}
        />
        <TextInput
          label={AUDIT.action}
          placeholder={AUDIT.actionHint}
          value={what ?? ""}
          onChange={(event) => setAddress({ what: event.currentTarget.value || undefined })}
        />
      </div>
      {read.error ? (
        <ErrorNote title={AUDIT.failed} failure={read.error.failure} again={() => void read.refetch()} />
      ) : read.isPending ? (
        <Loading what={AUDIT.entries} />
      ) : read.rows.length === 0 ? (
        isFiltered ? (
          <p>{AUDIT.noneFound}</p>
        ) : (
          <EmptyState heading={2} title={AUDIT.none.title} text={AUDIT.none.text} />
        )
      ) : (
        <>
          <ol className={classes["list"]}>
            {read.rows.map((entry) => (
              <li key={entry.id}>
                <Entry entry={entry} />
              </li>
            ))}
          </ol>
          {read.hasNextPage ? (
            <Button variant="default" mt="md" loading={read.isFetching} onClick={() => void read.fetchNextPage()}>
              {AUDIT.more}
            </Button>
          ) : null}
        </>
      )}
    </>
  );
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  const { fields } = AUDIT;
  const facts: Fact[] = [
    [fields.who, `${entry.actor.name} (${fields.kind[entry.actor.kind]})`],
    [fields.from, entry.address],
    [fields.time, printExact(entry.time)],
    [fields.action, entry.action],
    [fields.call, `${entry.method} ${entry.path}`],
    [fields.request, entry.request_id],
  ];
  if (entry.user_agent) facts.push([fields.program, entry.user_agent]);
  if (entry.status !== null) facts.push([fields.status, String(entry.status)]);
  if (entry.resource.id) facts.push([fields.resource, entry.resource.id]);
  return (
    <details className={classes["entry"]}>
      <summary>
        <StateBadge tone={TONES[entry.outcome]}>{AUDIT.outcomes[entry.outcome]}</StateBadge>
        <span className={classes["sentence"]}>
          {AUDIT.sentence(entry)}
          {entry.error ? <span className={classes["reason"]}>{entry.error.message}</span> : null}
        </span>
        <span className={classes["when"]}>
          <WhenAgo time={entry.time} />
        </span>
      </summary>
      <div className={classes["facts"]}>
        {entry.outcome === "unfinished" ? (
          <Note tone="warn" title={AUDIT.outcomes.unfinished}>
            <p>{AUDIT.unfinishedText}</p>
          </Note>
        ) : null}
        <Facts facts={facts} />
        <Kept title={fields.sent} value={entry.request} />
        <Kept title={fields.before} value={entry.before} />
        <Kept title={fields.after} value={entry.after} />
      </div>
    </details>
  );
}

function Kept({ title, value }: { readonly title: string; readonly value: unknown }) {
  if (value === null || value === undefined) return null;
  return (
    <div>
      <p className={classes["reason"]}>{title}</p>
      <pre className={classes["json"]}>{JSON.stringify(value, undefined, 2)}</pre>
    </div>
  );
}
