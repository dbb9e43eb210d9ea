/** "DNSSEC with secondary DNS": the four modes, each with what it means, for whom it is and what to mind. */

import { SIGNING_MODES } from "virtual:contract";
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Dnssec, ZoneStatus } from "#contract";
import { currentMode, type Mode } from "#guide";
import { Card } from "../../parts/Card.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { MODES } from "../../texts/modes.ts";
import { SETTINGS } from "../../texts/settings.ts";
import classes from "./ModeCard.module.css";
import { ModeDialog } from "./ModeDialog.tsx";
import { SwitchOff } from "./SwitchOff.tsx";

const TEXTS = SETTINGS.mode;

type ModeCardProps = { readonly status: ZoneStatus; readonly dnssec: Dnssec; readonly mayChange: boolean };

export function ModeCard({ status, dnssec, mayChange }: ModeCardProps) {
  const [wanted, setWanted] = useState<Mode>();
  const current = currentMode(dnssec);
  return (
    <Card title={TEXTS.title} lead={TEXTS.lead} order={3}>
      <ul className={classes["modes"]}>
        {SIGNING_MODES.map((mode) => (
          <ModeChoice key={mode} mode={mode} current={mode === current} onChoose={mayChange ? setWanted : undefined} />
        ))}
      </ul>
      {mayChange ? <SwitchOff status={status} dnssec={dnssec} /> : null}
      {wanted === undefined ? null : (
        <ModeDialog zoneId={status.id} zone={status.name} mode={wanted} onClose={() => setWanted(undefined)} />
      )}
    </Card>
  );
}

type ModeChoiceProps = {
  readonly mode: Mode;
  readonly current: boolean;
  /** Undefined: may only be looked at. */
  readonly onChoose: ((mode: Mode) => void) | undefined;
};

function ModeChoice({ mode, current, onChoose }: ModeChoiceProps) {
  const { name, means, fits, forbids } = MODES[mode];
  return (
    <li className={classes["mode"]} data-current={current || undefined}>
      <div className={classes["head"]}>
        <h4>{name}</h4>
        {current ? <StateBadge tone="good">{TEXTS.current}</StateBadge> : null}
      </div>
      <p>{means}</p>
      <dl>
        <dt>{TEXTS.fits}</dt>
        <dd>{fits}</dd>
        <dt>{TEXTS.forbids}</dt>
        <dd>{forbids}</dd>
      </dl>
      {current || !onChoose ? null : (
        <Button variant="default" size="xs" onClick={() => onChoose(mode)} className={classes["choose"]}>
          {TEXTS.choose(name)}
        </Button>
      )}
    </li>
  );
}
