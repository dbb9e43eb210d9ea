/** One zone in the list; a row of grey bars until it comes. */
import { memo } from "react";
import type { ZoneSummary } from "#contract";
import { HealthBadge } from "../../parts/HealthBadge.tsx";
import { BareLink } from "../../parts/TextLink.tsx";
import { UnicodeName } from "../../parts/UnicodeName.tsx";
import { WhenSeen } from "../../parts/WhenAgo.tsx";
import { MODES } from "../../texts/modes.ts";
import { ZONES } from "../../texts/zones.ts";
import classes from "./ZonesPage.module.css";

export function ZoneHead() {
  const { name, health, mode, serial, transferred } = ZONES.columns;
  return (
    <div className={`${classes["row"]} ${classes["head"]}`} aria-hidden>
      <span>{name}</span>
      <span>{health}</span>
      <span>{mode}</span>
      <span className={classes["end"]}>{serial}</span>
      <span className={classes["end"]}>{transferred}</span>
    </div>
  );
}

export type ZoneRowProps = { readonly zone: ZoneSummary | undefined; readonly now: number };

/** Drawn anew when its zone or the time changes, not whenever the list is scrolled by a row. */
export const ZoneRow = memo(function ZoneRow({ zone, now }: ZoneRowProps) {
  if (!zone) {
    return (
      <div className={classes["row"]}>
        <span className={classes["ghost"]} />
      </div>
    );
  }
  return (
    <div className={classes["row"]}>
      <div className={classes["who"]}>
        <BareLink to="/zones/$zoneId" params={{ zoneId: zone.id }} className={classes["name"]} title={zone.name}>
          {zone.name}
        </BareLink>
        <UnicodeName name={zone.name} />
      </div>
      <span>
        <HealthBadge health={zone.health} />
      </span>
      <span className={classes["mode"]}>{MODES[zone.mode].name}</span>
      <span className={`${classes["serial"]} cs-numeric`}>{zone.serial ?? "–"}</span>
      <span className={classes["when"]}>
        <WhenSeen time={zone.transferred_time} now={now} />
      </span>
    </div>
  );
});
