/** A transfer now, of a zone that comes from this peer: whether its settings are right shows at once. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import type { Peer } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Note } from "../../parts/Note.tsx";
import { printSentence } from "../../texts/common.ts";
import { hintFor } from "../../texts/failures.ts";
import { PEER } from "../../texts/peer.ts";
import { attemptSentence } from "../../texts/transfers.ts";

const WORDS = PEER.try;
const REFRESH_SECONDS = 2;
/** Other primaries of the zone may be asked first. */
const LOOKED_AT = 10;

/** `zone`: the name of one that uses the peer. */
export function TryCard({ peer, zone }: { readonly peer: Peer; readonly zone: string | undefined }) {
  const may = useMay("operator");
  const found = useRead("zones.list", { query: { name: zone } }, { enabled: zone !== undefined });
  const zoneId = found.data?.[0]?.id ?? "";
  const incoming = useRead("incoming.get", { params: { zoneId } }, { enabled: zoneId !== "" });
  if (!may) return null;
  if (zone === undefined) {
    return (
      <Card title={WORDS.title}>
        <p>{WORDS.none}</p>
      </Card>
    );
  }
  if (incoming.data?.peers.includes(peer.id) !== true) return null;
  return <Try peer={peer} zone={zone} zoneId={zoneId} />;
}

function Try({ peer, zone, zoneId }: { readonly peer: Peer; readonly zone: string; readonly zoneId: string }) {
  const [since, setSince] = useState<number>();
  const transfer = useWrite("incoming.forceAxfr", { changes: ["own.transfers"] });
  const params = { zoneId };
  const rows = useRead(
    "own.transfers",
    { params, query: { limit: LOOKED_AT } },
    since === undefined ? {} : { refreshSeconds: REFRESH_SECONDS },
  );
  // Who answered shows beside it as soon as it did.
  useRead(
    "transport.get",
    { params: { peerId: peer.id } },
    since === undefined ? {} : { refreshSeconds: REFRESH_SECONDS },
  );
  const order = () => {
    const newest = rows.data?.[0]?.id ?? 0;
    transfer.mutate({ params }, { onSuccess: () => setSince(newest) });
  };
  const came = rows.data?.find(({ id, peer_id }) => peer_id === peer.id && since !== undefined && id > since);
  return (
    <Card title={WORDS.title} lead={WORDS.lead(zone)}>
      <Stack gap="sm" align="start">
        <Button variant="default" loading={transfer.isPending} onClick={order}>
          {WORDS.action}
        </Button>
        {transfer.error ? <ErrorNote title={WORDS.failed} failure={transfer.error.failure} /> : null}
        {since === undefined ? null : came === undefined ? (
          <p role="status">{WORDS.waiting}</p>
        ) : (
          <Note tone={came.error ? "bad" : "good"} role="status" title={attemptSentence(came, peer.name)}>
            {came.error ? (
              <p>
                {printSentence(came.error.message)} {hintFor(came.error.code)}
              </p>
            ) : null}
            {came.tls_identity === null ? null : (
              <p>
                {WORDS.identity}: {came.tls_identity}
              </p>
            )}
          </Note>
        )}
      </Stack>
    </Card>
  );
}
