/** A certificate that ends soon, or has: the peer's as it was last seen, and ours for it. */
import type { PeerTransport } from "#contract";
import { Note } from "../../parts/Note.tsx";
import { PEER } from "../../texts/peer.ts";
import { printRelative } from "../../texts/time.ts";

/** As `certificateWarnDays` is when nobody sets it. */
const WARN_MS = 21 * 86_400_000;

export function Ending({ transport }: { readonly transport: PeerTransport }) {
  const { ending: words } = PEER;
  const certificates = [
    { whose: words.its, end: transport.last_seen?.not_after, advice: words.itsSoon },
    { whose: words.ours, end: transport.client_certificate?.not_after, advice: words.oursSoon },
  ];
  const now = Date.now();
  return certificates.map(({ whose, end, advice }) => {
    if (end === undefined || Date.parse(end) - now > WARN_MS) return null;
    const ended = Date.parse(end) <= now;
    const title = (ended ? words.ended : words.soon)(whose, printRelative(end, now));
    return (
      <Note key={whose} tone={ended ? "bad" : "warn"} title={title}>
        <p>{advice}</p>
      </Note>
    );
  });
}
