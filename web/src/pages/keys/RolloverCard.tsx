/** Rollovers of a zone's keys: the step each is in, why it waits and until when; begun and cancelled here. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import type { Rollover, Rollovers } from "#contract";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { CopyField } from "../../parts/CopyField.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import type { Tone } from "../../parts/tone.ts";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { ROLLOVERS } from "../../texts/rollovers.ts";
import { printExact } from "../../texts/time.ts";
import classes from "./KeysPage.module.css";

type Kind = Rollover["kind"];
type Asked = { readonly what: "roll" | "cancel"; readonly kind: Kind };

const KINDS: readonly Kind[] = ["zsk", "ksk"];
const TONES: Readonly<Record<Rollover["steps"][number]["state"], Tone>> = { done: "good", now: "info", later: "quiet" };
/** Steps are taken by time as well as by events. */
const AGAIN_SECONDS = 30;
const CHANGES = ["own.keys", "own.rollovers", "own.status"] as const;

export function RolloverCard({ zoneId, may }: { readonly zoneId: string; readonly may: boolean }) {
  const read = useRead("own.rollovers", { params: { zoneId } }, { refreshSeconds: AGAIN_SECONDS });
  const [asked, setAsked] = useState<Asked>();
  if (read.error) return <ErrorNote title={ROLLOVERS.failed} failure={read.error.failure} />;
  if (!read.data?.possible) return null;
  const { rollovers } = read.data;
  const free = KINDS.filter((kind) => !rollovers.some((each) => each.kind === kind));
  return (
    <Card title={ROLLOVERS.title} lead={ROLLOVERS.lead} order={3}>
      <Stack gap="lg">
        {rollovers.map((each) => (
          <Going
            key={each.kind}
            rollover={each}
            onCancel={may && each.cancellable ? () => setAsked({ what: "cancel", kind: each.kind }) : undefined}
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
          </div>
        ) : null}
      </Stack>
      {asked === undefined ? null : <Ask zoneId={zoneId} asked={asked} onClose={() => setAsked(undefined)} />}
    </Card>
  );
}

type GoingProps = { readonly rollover: Rollover; readonly onCancel: (() => void) | undefined };

function Going({ rollover, onCancel }: GoingProps) {
  const { steps, why, ds_at_parent: atParent, until_time: until, started_time: started, emergency } = rollover;
  // Before that, somebody may hold a DNSKEY set without the new key: a parent that had its DS alone would break the zone.
  const ds = rollover.activated_time === null ? null : rollover.ds;
  const facts: Fact[] = [[ROLLOVERS.begun, <WhenAgo key="begun" time={started} />]];
  if (until) facts.push([ROLLOVERS.until, printExact(until)]);
  return (
    <Stack gap="sm">
      <strong>{ROLLOVERS.going(rollover)}</strong>
      {emergency ? <StateBadge tone="warn">{ROLLOVERS.emergency}</StateBadge> : null}
      <ol className={classes["steps"]}>
        {steps.map(({ code, state, title }) => (
          <li key={code} aria-current={state === "now" ? "step" : undefined}>
            <StateBadge tone={TONES[state]}>{ROLLOVERS.states[state]}</StateBadge> {title}
          </li>
        ))}
      </ol>
      <p className={classes["hint"]}>{why}</p>
      <Facts facts={facts} />
      {ds === null ? null : (
        <>
          <CopyField label={ROLLOVERS.ds} value={ds} />
          <div>
            <StateBadge tone={atParent ? "good" : "quiet"}>{ROLLOVERS.atParent(atParent)}</StateBadge>
          </div>
        </>
      )}
      {onCancel === undefined ? null : (
        <div>
          <Button variant="default" onClick={onCancel}>
            {ROLLOVERS.cancel}
          </Button>
        </div>
      )}
    </Stack>
  );
}

function factsOf({ zsk_days_effective: days, next_zsk_time: next, past }: Rollovers): readonly Fact[] {
  const facts: Fact[] = [[ROLLOVERS.schedule, ROLLOVERS.days(days)]];
  if (next) facts.push([ROLLOVERS.next, <WhenAgo key="next" time={next} />]);
  const last = past.at(-1);
  if (last) {
    facts.push([ROLLOVERS.past, ROLLOVERS.pastText(last.kind, last.old_key_tag, last.new_key_tag, last.end)]);
  }
  return facts;
}

type AskProps = { readonly zoneId: string; readonly asked: Asked; readonly onClose: () => void };

function Ask({ zoneId, asked: { what, kind }, onClose }: AskProps) {
  const start = useWrite("own.rollovers.start", { changes: CHANGES });
  const cancel = useWrite("own.rollovers.cancel", { changes: CHANGES });
  const params = { zoneId };
  const isRoll = what === "roll";
  const sent = isRoll ? start : cancel;
  const confirm = () => {
    if (isRoll) start.mutate({ params, body: { kind, emergency: false } }, { onSuccess: onClose });
    else cancel.mutate({ params, body: { kind } }, { onSuccess: onClose });
  };
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={isRoll ? ROLLOVERS.begin.title(kind) : ROLLOVERS.cancelTitle(kind)}
      action={isRoll ? ROLLOVERS.begin.action : ROLLOVERS.cancelAction}
      pending={sent.isPending}
      {...(sent.error && { failure: sent.error.failure })}
      onConfirm={confirm}
    >
      {isRoll ? ROLLOVERS.begin.text[kind] : ROLLOVERS.cancelText}
    </ConfirmDialog>
  );
}
