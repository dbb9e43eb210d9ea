/** Each primary server of the zone: whether it answers, what it has, what went wrong with it. */
import type { PeerStatus, ZoneStatus } from "#contract";
import { Card } from "../../parts/Card.tsx";
import { Note } from "../../parts/Note.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { ButtonLink } from "../../parts/TextLink.tsx";
import type { Tone } from "../../parts/tone.ts";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { TRANSFERS } from "../../texts/transfers.ts";
import classes from "./Transfers.module.css";

const WORDS = TRANSFERS.primaries;

const VERDICT_TONES: Readonly<Record<NonNullable<PeerStatus["verdict"]>, Tone>> = {
  same: "good",
  ahead: "info",
  lags: "warn",
  backwards: "bad",
  disagrees: "bad",
};

export function Primaries({ status: { id, peers, serials } }: { readonly status: ZoneStatus }) {
  const none = serials.served === null ? WORDS.noneYet : WORDS.none;
  return (
    <Card title={WORDS.title} lead={peers.length === 0 ? none : WORDS.lead} order={3}>
      {peers.length === 0 ? (
        <ButtonLink to="/zones/$zoneId/transfer-settings" params={{ zoneId: id }} variant="default">
          {WORDS.link}
        </ButtonLink>
      ) : (
        <ol className={classes["peers"]}>
          {peers.map((peer) => (
            <li key={peer.id}>
              <Primary peer={peer} />
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function Primary({ peer }: { readonly peer: PeerStatus }) {
  const { verdict } = peer;
  return (
    <div className={classes["peer"]}>
      <div className={classes["peerHead"]}>
        <strong>{peer.name}</strong>
        <span className="cs-mono">{peer.address}</span>
        <StateBadge tone={toneOf(peer)}>{stateOf(peer)}</StateBadge>
      </div>
      <p className={classes["peerText"]}>
        {peer.serial === null ? null : `${WORDS.serial(peer.serial)}: `}
        {verdict === null ? null : <span data-tone={VERDICT_TONES[verdict]}>{WORDS.verdicts[verdict]}. </span>}
        {WORDS.checked} <WhenAgo time={peer.checked_time} />. {WORDS.transferred}{" "}
        <WhenAgo time={peer.transferred_time} />.
      </p>
      {peer.check_error ? (
        <Note tone={peer.reachable ? "warn" : "bad"} title={WORDS.checkFailed}>
          <p>{peer.check_error.message}</p>
        </Note>
      ) : null}
      {peer.transfer_error ? (
        <Note tone="bad" title={WORDS.transferFailed}>
          <p>{peer.transfer_error.message}</p>
        </Note>
      ) : null}
    </div>
  );
}

function stateOf(peer: PeerStatus): string {
  if (peer.checked_time === null) return WORDS.notAsked;
  if (!peer.reachable) return WORDS.unreachable;
  return peer.check_error || peer.transfer_error ? WORDS.refused : WORDS.reachable;
}

function toneOf(peer: PeerStatus): Tone {
  if (peer.checked_time === null) return "info";
  if (!peer.reachable) return "bad";
  return peer.check_error || peer.transfer_error ? "warn" : "good";
}
