/** One zone in the list; a row of grey bars until it comes. */
import type { ZoneSummary } from "#contract";
import { HealthBadge } from "../../parts/HealthBadge.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
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

export function ZoneRow({ zone }: { readonly zone: ZoneSummary | undefined }) {
  if (!zone) {
    return (
      <div className={classes["row"]}>
        <span className={classes["ghost"]} />
      </div>
    );
  }
  return (
    <div className={classes["row"]}>
      <TextLink to="/zones/$zoneId" params={{ zoneId: zone.id }} className={classes["name"]} title={zone.name}>
        {zone.name}
      </TextLink>
      <span>
        <HealthBadge health={zone.health} />
      </span>
      <span className={classes["mode"]}>{MODES[zone.mode].name}</span>
      <span className={`${classes["serial"]} cs-numeric`}>{zone.serial ?? "–"}</span>
      <span className={classes["when"]}>
        <WhenAgo time={zone.transferred_time} />
      </span>
    </div>
  );
}
