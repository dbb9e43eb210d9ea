/** `--peer` values to peers: known ones by name, id or address; unknown addresses become peers to make. */
import { MAX_PEERS_OF_ZONE, type Peer, type PeerWrite } from "#contract";
import type { ApiClient } from "./client.ts";
import { usage } from "./exit.ts";
import { listPeers, listTsigs, pick } from "./find.ts";
import { ADDRESS_FORMS, isSameAddress, type PeerAddress, printPeerAddress, readPeerAddress } from "./peer-address.ts";

export type PeerChoice = { readonly id: string } | { readonly make: PeerWrite };

/** Looks everything up before anything is made. Throws CliFailure. */
export async function planPeers(
  api: ApiClient,
  accountId: string,
  texts: readonly string[],
  tsigText: string | undefined,
): Promise<readonly PeerChoice[]> {
  if (texts.length > MAX_PEERS_OF_ZONE) throw usage(`A zone can have at most ${MAX_PEERS_OF_ZONE} peers.`);
  if (texts.length === 0) {
    if (tsigText !== undefined) throw usage("--tsig belongs to primaries: give them with --peer ADDRESS.");
    return [];
  }
  const peers = await listPeers(api, accountId);
  const tsig = tsigText === undefined ? undefined : pick("tsig", await listTsigs(api, accountId), tsigText);
  return [...new Set(texts)].map((text) => {
    const address = readPeerAddress(text);
    return address ? byAddress(peers, address, tsig?.id) : byName(peers, text, tsig);
  });
}

/** Without `--tsig` the peer that is known at this address, whatever TSIG it has. */
function byAddress(peers: readonly Peer[], address: PeerAddress, tsigId: string | undefined): PeerChoice {
  const known = peers.find((peer) => isSameAddress(peer, address) && (tsigId === undefined || peer.tsig_id === tsigId));
  if (known) return { id: known.id };
  // A primary without IXFR costs one question: the whole zone is asked for in the same attempt.
  return { make: { name: printPeerAddress(address), ...address, ixfr_enable: true, tsig_id: tsigId } };
}

function byName(
  peers: readonly Peer[],
  text: string,
  tsig: { readonly id: string; readonly name: string } | undefined,
): PeerChoice {
  if (/^[0-9.:[\]]+$/.test(text) && !peers.some((each) => each.name === text)) {
    throw usage(`${JSON.stringify(text)} is no address; give one such as ${ADDRESS_FORMS}.`);
  }
  const peer = pick("peer", peers, text);
  if (tsig && peer.tsig_id !== tsig.id) {
    throw usage(`The peer ${text} does not use ${tsig.name}: --tsig is for primaries that are given by address.`);
  }
  return { id: peer.id };
}
