/** One rollover that goes on: its steps on a line, why it waits and until when, and what there is to do meanwhile. */
import { Button, Stack } from "@mantine/core";
import type { Rollover, ZoneKey } from "#contract";
import { CopyField } from "../../parts/CopyField.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Icon, type IconName } from "../../parts/Icon.tsx";
import { KeyFields } from "../../parts/KeyFields.tsx";
import { Note } from "../../parts/Note.tsx";
import { RegistrarChoice, useRegistrar } from "../../parts/RegistrarChoice.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { ROLLOVERS } from "../../texts/rollovers.ts";
import { printDuration, printExact } from "../../texts/time.ts";
import type { Asked } from "./RollDialog.tsx";
import classes from "./RollGoing.module.css";

type Step = Rollover["steps"][number];
type Partner = NonNullable<Rollover["partners"]>[number];

export type RollGoingProps = {
  readonly zoneId: string;
  readonly rollover: Rollover;
  /** The new key, as far as it is listed. */
  readonly zoneKey: ZoneKey | undefined;
  /** DNSSEC is being switched off: the parent is asked for nothing more. */
  readonly leaving: boolean;
  /** Undefined: who looks may not. */
  readonly onAsk?: (asked: Asked) => void;
};

export function RollGoing({ zoneId, rollover, zoneKey, leaving, onAsk }: RollGoingProps) {
  const { kind, steps, started_time: started, emergency, automatic, cancellable } = rollover;
  return (
    <Stack gap="md">
      <div className={classes["head"]}>
        <h4>{ROLLOVERS.going(rollover)}</h4>
        {emergency ? <StateBadge tone="warn">{ROLLOVERS.emergency}</StateBadge> : null}
        <span className={classes["dim"]}>
          {ROLLOVERS.begun} <WhenAgo time={started} />
          {automatic ? `. ${ROLLOVERS.automatic}.` : null}
        </span>
      </div>
      <ol className={classes["steps"]} aria-label={ROLLOVERS.steps(kind)}>
        {steps.map((step) => (
          <li key={step.code} data-state={step.state} aria-current={step.state === "now" ? "step" : undefined}>
            <Head step={step} />
            {step.state === "now" ? (
              <Now zoneId={zoneId} rollover={rollover} zoneKey={zoneKey} leaving={leaving} />
            ) : null}
          </li>
        ))}
      </ol>
      {onAsk ? (
        <div className="cs-buttons">
          {cancellable ? (
            <Button variant="default" onClick={() => onAsk({ what: "cancel", kind })}>
              {ROLLOVERS.cancel}
            </Button>
          ) : null}
          {emergency ? null : (
            <Button variant="default" onClick={() => onAsk({ what: "hurry", kind })}>
              {ROLLOVERS.hurry.action}
            </Button>
          )}
        </div>
      ) : null}
    </Stack>
  );
}

const ICONS: Readonly<Record<Step["state"], IconName>> = { done: "check", now: "clock", later: "pause" };

function Head({ step: { state, title } }: { readonly step: Step }) {
  return (
    <div className={classes["step"]}>
      <span className={classes["mark"]}>
        <Icon name={ICONS[state]} size={16} />
      </span>
      <span>
        {state === "now" ? <strong>{title}</strong> : title}{" "}
        <span className={classes["state"]}>{ROLLOVERS.states[state]}</span>
      </span>
    </div>
  );
}

/** What another signer's nameserver said when it was asked for the new key. */
function factOfPartner({ name, has_new_key: has, asked_time: at, error }: Partner): Fact {
  const said = has === null ? ROLLOVERS.partner.silent(error) : has ? ROLLOVERS.partner.has : ROLLOVERS.partner.lacks;
  return [
    name,
    <span key={name}>
      {said} (<WhenAgo time={at} />)
    </span>,
  ];
}

function Now({ zoneId, rollover, zoneKey, leaving }: Omit<RollGoingProps, "onAsk">) {
  const { kind, step, why, until_time: until, wait_seconds: wait, step_time: since } = rollover;
  const { ds, partners = [] } = rollover;
  const facts: Fact[] = [
    [
      ROLLOVERS.waits,
      until === null ? (
        ROLLOVERS.noEnd
      ) : (
        <span key="wait">
          <WhenAgo time={until} /> ({printExact(until)}
          {wait === null ? "" : `; ${ROLLOVERS.wholeWait(printDuration(wait))}`})
        </span>
      ),
    ],
    [ROLLOVERS.stepBegun, <WhenAgo key="since" time={since} />],
  ];
  const isAsked = step === "partners" || (step === "parent" && !leaving && rollover.ds_at_parent !== true);
  return (
    <div className={classes["now"]}>
      <p>{ds === null ? why : why.replace(`: ${ds}`, ROLLOVERS.dsBelow)}</p>
      <Facts facts={facts} />
      <Note tone={isAsked ? "warn" : "info"} title={isAsked ? ROLLOVERS.todo : ROLLOVERS.nothing}>
        <p>{leaving ? ROLLOVERS.leaving : ROLLOVERS.help[kind][step]}</p>
        {isAsked && step === "parent" ? <Registrar rollover={rollover} /> : null}
        {step === "partners" ? (
          <p>
            <TextLink to="/zones/$zoneId/multi-signer" params={{ zoneId }}>
              {ROLLOVERS.guide}
            </TextLink>
          </p>
        ) : null}
      </Note>
      {step === "partners" && zoneKey ? <CopyField label={ROLLOVERS.newKey} value={zoneKey.dnskey} /> : null}
      {partners.length === 0 ? null : <Facts facts={partners.map(factOfPartner)} />}
      {step === "parent" && !leaving ? <Ds rollover={rollover} zoneKey={zoneKey} /> : null}
    </div>
  );
}

function Registrar({ rollover: { old_key_tag: was, new_key_tag: is } }: { readonly rollover: Rollover }) {
  return (
    <ol className={classes["todo"]}>
      {ROLLOVERS.atRegistrar(was, is).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ol>
  );
}

/** Shown in this step alone: before, a parent that had this DS and no other would break the zone. */
function Ds({ rollover, zoneKey }: Pick<RollGoingProps, "rollover" | "zoneKey">) {
  const { ds, ds_at_parent: atParent, new_key_tag: tag } = rollover;
  const [registrar, choose] = useRegistrar();
  if (ds === null) return null;
  return (
    <Stack gap="sm">
      <CopyField label={ROLLOVERS.dsOf(tag)} value={ds} />
      <div>
        <StateBadge tone={atParent ? "good" : "quiet"}>{ROLLOVERS.atParent(atParent)}</StateBadge>
      </div>
      {zoneKey === undefined ? null : (
        <details>
          <summary>{ROLLOVERS.allFields}</summary>
          <Stack gap="md" mt="sm">
            <RegistrarChoice chosen={registrar} choose={choose} />
            <KeyFields zoneKey={zoneKey} form={registrar?.form} alone heading={4} />
          </Stack>
        </details>
      )}
    </Stack>
  );
}
