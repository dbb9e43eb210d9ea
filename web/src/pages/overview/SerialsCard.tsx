/** The serial at each station of its way: the primary's, the transferred one, the served one. */
import type { ZoneStatus } from "#contract";
import { Card } from "../../parts/Card.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { OVERVIEW } from "../../texts/zone.ts";
import classes from "./SerialsCard.module.css";

const { serials: TEXTS } = OVERVIEW;

export function SerialsCard({ status: { serials, serving } }: { readonly status: ZoneStatus }) {
  const { primary, stored, served } = serials;
  const fault = serving === "expired" ? TEXTS.withheld : undefined;
  return (
    <Card title={TEXTS.title} lead={TEXTS.lead}>
      <ol className={classes["way"]}>
        <Station label={TEXTS.primary} serial={primary} />
        <Station label={TEXTS.stored} serial={stored} before={primary} />
        <Station label={TEXTS.served} serial={served} before={stored} fault={fault} />
      </ol>
    </Card>
  );
}

type StationProps = {
  readonly label: string;
  readonly serial: number | null;
  readonly before?: number | null;
  /** Why it is not as it should be though the serial is right. */
  readonly fault?: string | undefined;
};

function Station({ label, serial, before, fault }: StationProps) {
  const compared = before !== undefined && before !== null && serial !== null;
  const behind = compared && (fault !== undefined || serial !== before);
  return (
    <li className={classes["station"]} data-behind={behind || undefined}>
      {before === undefined ? null : (
        <span className={classes["arrow"]}>
          <Icon name="arrow" />
        </span>
      )}
      <span className={classes["label"]}>{label}</span>
      <span className={classes["serial"]}>{serial ?? TEXTS.none}</span>
      {compared ? (
        <span className={classes["word"]}>
          <Icon name={behind ? "warning" : "check"} size={14} />
          {fault ?? (behind ? compareSerials(serial, before) : TEXTS.same)}
        </span>
      ) : null}
    </li>
  );
}

/** RFC 1982: newer when the distance, modulo 2^32, is below one half. */
function compareSerials(serial: number, before: number): string {
  const distance = (before - serial + 2 ** 32) % 2 ** 32;
  return distance < 2 ** 31 ? TEXTS.behind : TEXTS.differs;
}
