/** Each primary: where it is, what it last said, what went wrong. */
import type { PeerStatus, ZoneStatus } from "#contract";
import { Card } from "../../parts/Card.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import type { Tone } from "../../parts/tone.ts";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { OVERVIEW } from "../../texts/zone.ts";
import classes from "./PrimariesCard.module.css";

const { primaries: TEXTS } = OVERVIEW;

export function PrimariesCard({ status: { peers } }: { readonly status: ZoneStatus }) {
  return (
    <Card title={TEXTS.title}>
      {peers.length === 0 ? <p className={classes["none"]}>{TEXTS.none}</p> : null}
      <ul className={classes["peers"]}>
        {peers.map((peer) => (
          <li key={peer.id}>
            <div className={classes["line"]}>
              <strong>{peer.name}</strong>
              <span className="cs-mono">{peer.address}</span>
            </div>
            <div className={classes["line"]}>
              <PeerState peer={peer} />
              {peer.serial === null ? null : <span>{TEXTS.serial(peer.serial)}</span>}
              {peer.checked_time === null ? null : <WhenAgo time={peer.checked_time} />}
            </div>
            {[peer.check_error, peer.transfer_error].map((error) =>
              error === null ? null : (
                <p key={error.code} className={classes["error"]}>
                  {error.message}
                </p>
              ),
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function PeerState({ peer }: { readonly peer: PeerStatus }) {
  const [tone, word] = wordOf(peer);
  return <StateBadge tone={tone}>{word}</StateBadge>;
}

function wordOf({ reachable, check_error, verdict, checked_time }: PeerStatus): readonly [Tone, string] {
  if (!reachable) return ["bad", TEXTS.unreachable];
  if (check_error) return ["warn", TEXTS.refused];
  if (verdict === null || checked_time === null) return ["quiet", TEXTS.unasked];
  return [verdict === "same" || verdict === "ahead" ? "good" : "warn", TEXTS.verdicts[verdict]];
}
