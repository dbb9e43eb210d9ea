/** Who answered at the last handshake, and how that was believed. */
import type { PeerTransport } from "#contract";
import { Card } from "../../parts/Card.tsx";
import { CopyField } from "../../parts/CopyField.tsx";
import { Facts } from "../../parts/Facts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { PEER } from "../../texts/peer.ts";
import { printExact } from "../../texts/time.ts";

export function Seen({ seen }: { readonly seen: PeerTransport["last_seen"] }) {
  const { seen: words } = PEER;
  if (seen === null) {
    return (
      <Card title={words.title}>
        <p>{words.none}</p>
      </Card>
    );
  }
  return (
    <Card title={words.title}>
      <Facts
        facts={[
          [words.when, <WhenAgo key="when" time={seen.time} />],
          [words.who, words.authenticated[seen.authenticated]],
          [words.subject, seen.subject],
          [words.names, seen.names.join(", ")],
          [words.issuer, seen.issuer],
          [
            words.good,
            <span key="good">
              {printExact(seen.not_before)} – {printExact(seen.not_after)} (<WhenAgo time={seen.not_after} />)
            </span>,
          ],
          [words.protocol, `${seen.protocol}, ${seen.cipher}`],
        ]}
      />
      <CopyField label={words.spki} value={seen.spki} />
    </Card>
  );
}
