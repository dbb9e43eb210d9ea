/** One peer: what it is, how it is asked over TLS or in the clear, who answered last, and a transfer to try it. */
import { Button, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Peer, PeerTransport, PeerUse, Tsig } from "#contract";
import { useAccountId } from "../../fetch/account.ts";
import { useMay } from "../../fetch/context.ts";
import { findFailure, useRead } from "../../fetch/hooks.ts";
import { Address } from "../../parts/Address.tsx";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { UsedBy } from "../../parts/UsedBy.tsx";
import { PEERS } from "../../texts/account.ts";
import { PEER } from "../../texts/peer.ts";
import { printAddress } from "./address.ts";
import { Ending } from "./Ending.tsx";
import { Seen } from "./Seen.tsx";
import { TransportForm } from "./TransportForm.tsx";
import { TryCard } from "./TryCard.tsx";

const route = getRouteApi("/account/peers/$peerId");

/** No event tells of a handshake. */
const REFRESH_SECONDS = 10;

export function PeerPage() {
  const { peerId } = route.useParams();
  const accountId = useAccountId();
  const params = { accountId: accountId ?? "" };
  const enabled = accountId !== undefined;
  const peer = useRead("peers.get", { params: { ...params, peerId } }, { enabled });
  const tsigs = useRead("tsigs.list", { params }, { enabled });
  const uses = useRead("own.peerUses");
  const transport = useRead("transport.get", { params: { peerId } }, { refreshSeconds: REFRESH_SECONDS });
  const failure = findFailure(peer, transport);
  if (failure) return <ErrorNote title={PEER.failed} failure={failure} again={() => void peer.refetch()} />;
  if (!peer.data || !transport.data) return <Loading what={PEERS.title} />;
  const use = uses.data?.find(({ peer_id }) => peer_id === peerId);
  return (
    <>
      <PageTitle
        title={peer.data.name}
        lead={
          <>
            {PEER.lead} <TextLink to="/account/peers">{PEER.all}</TextLink>
          </>
        }
      />
      <Stack gap="lg">
        <Ending transport={transport.data} />
        <Card title={PEER.facts.title}>
          <Facts facts={factsOf(peer.data, tsigs.data ?? [], use)} />
        </Card>
        <TransportCard peer={peer.data} transport={transport.data} />
        {transport.data.mode === "clear" ? null : <Seen seen={transport.data.last_seen} />}
        <TryCard peer={peer.data} zone={use?.zones[0]} />
      </Stack>
    </>
  );
}

function factsOf(peer: Peer, tsigs: readonly Tsig[], use: PeerUse | undefined): readonly Fact[] {
  const { facts: words } = PEER;
  return [
    [words.address, <Address key="address" text={printAddress(peer)} />],
    [words.tsig, tsigs.find(({ id }) => id === peer.tsig_id)?.name ?? PEERS.noTsig],
    [words.ixfr, peer.ixfr_enable ? PEERS.ixfr.yes : PEERS.ixfr.no],
    [words.usedBy, <UsedBy key="uses" names={use?.zones ?? []} total={use?.zone_count ?? 0} />, "wide"],
  ];
}

type TransportCardProps = { readonly peer: Peer; readonly transport: PeerTransport };

function TransportCard({ peer, transport }: TransportCardProps) {
  const mayChange = useMay("operator");
  const [changing, setChanging] = useState(false);
  const { transport: words } = PEER;
  return (
    <Card
      title={words.title}
      lead={words.lead}
      actions={
        mayChange ? (
          <Button variant="default" onClick={() => setChanging(true)}>
            {words.change}
          </Button>
        ) : null
      }
    >
      <Facts facts={transportFacts(transport)} />
      {changing ? <TransportForm peer={peer} transport={transport} onClose={() => setChanging(false)} /> : null}
    </Card>
  );
}

function transportFacts(transport: PeerTransport): readonly Fact[] {
  const { transport: words, modes } = PEER;
  const { mode, host_name: hostName, pins, ca_pem: ca, client_certificate: own, asks_as: asks } = transport;
  const facts: Fact[] = [
    [words.mode, `${modes[mode].name}. ${mode === "clear" ? modes.clear.means : words.neverClear}`],
  ];
  if (mode !== "clear") facts.push([words.port, String(transport.port)]);
  if (hostName !== null) facts.push([words.hostName, <code key="name">{hostName}</code>]);
  if (pins.length > 0) {
    facts.push([
      words.pins,
      <span key="pins" className="cs-mono">
        {pins.join(" ")}
      </span>,
    ]);
  }
  if (mode === "strict") facts.push([words.ca, ca === null ? words.caNode : words.caOwn]);
  if (mode !== "clear") facts.push([words.ours, own?.subject ?? words.noOurs]);
  facts.push([words.asksAs, asks === null ? words.asksAnyhow : words.asksBy(asks.names, asks.pins)]);
  return facts;
}
