/** The transfer that runs now: how many records have come, of about as many as the version before had. */
import { Progress as Bar } from "@mantine/core";
import type { ZoneStatus } from "#contract";
import { TRANSFERS } from "../../texts/transfers.ts";
import classes from "./Transfers.module.css";

export type ProgressProps = {
  readonly status: ZoneStatus;
  readonly transferring: NonNullable<ZoneStatus["transferring"]>;
};

export function Progress({ status, transferring }: ProgressProps) {
  const words = TRANSFERS.progress;
  const { peer_id: peerId, kind, records, octets } = transferring;
  const peer = status.peers.find(({ id }) => id === peerId);
  const expected = kind === "axfr" ? status.image?.records : undefined;
  // The new version may be larger: the bar is full only when it is done.
  const percent = expected ? Math.min(99, Math.round((100 * records) / expected)) : undefined;
  return (
    <div className={classes["progress"]} role="status">
      <strong>{words.title(peer?.name ?? "")}</strong>
      <Bar
        value={percent ?? 100}
        striped={percent === undefined}
        animated={percent === undefined}
        aria-label={words.label}
      />
      <span className="cs-numeric">
        {words.soFar(records, octets)}
        {percent === undefined ? "" : `, ${words.about(percent)}`}
      </span>
    </div>
  );
}
