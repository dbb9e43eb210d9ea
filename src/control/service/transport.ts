/** How zones come from a peer: read, replaced, and put back to clear. A change is durable first, then the zones are told. */
import {
  type Outcome,
  type PeerTransport,
  type PeerTransportWrite,
  printTime,
  TLS_PORT,
  type TransportService,
} from "#contract";
import { type CertificateFacts, isPin, readCertificates } from "#net";
import type { Store, TransportRow } from "#store";
import type { CertificateWatch, Seen } from "../transport/certificate-watch.ts";
import { openTransport } from "../transport/transport.ts";
import { done, refused } from "./outcome.ts";
import type { PeersChanged } from "./peers.ts";

export function makeTransportService(store: Store, watch: CertificateWatch, changed: PeersChanged): TransportService {
  const missing = async (peerId: string) =>
    (await store.peers.find(peerId)) ? undefined : refused("peer.not-found", peerId);
  const clear = async (peerId: string): Promise<void> => {
    await store.transports.remove(peerId);
    watch.forget(peerId);
    await changed();
  };
  const set = async (
    peerId: string,
    mode: TransportRow["mode"],
    write: PeerTransportWrite,
  ): Promise<Outcome<PeerTransport>> => {
    const bad = write.asks_as?.pins.find((pin) => !isPin(pin));
    if (bad !== undefined) return refused("transport.unusable", `${bad} is not the base64 of a SHA-256`);
    if (mode === "strict" && !write.host_name) return refused("transport.host-name-needed", undefined, "/host_name");
    if (mode === "pinned" && write.pins.length === 0) return refused("transport.pins-needed", undefined, "/pins");
    const row = rowOf(peerId, mode, write, await store.transports.find(peerId));
    const opened = openTransport(row);
    if (opened.kind === "unusable") return refused("transport.unusable", opened.reason);
    await store.transports.put(row);
    watch.forget(peerId);
    await changed();
    return done(shown(peerId, row, undefined));
  };
  return {
    async getTransport(peerId) {
      const refusal = await missing(peerId);
      if (refusal) return refusal;
      return done(shown(peerId, await store.transports.find(peerId), watch.lastSeen(peerId)));
    },
    async setTransport(peerId, write) {
      const refusal = await missing(peerId);
      if (refusal) return refusal;
      return set(peerId, write.mode, write);
    },
    async deleteTransport(peerId) {
      const refusal = await missing(peerId);
      if (refusal) return refusal;
      await clear(peerId);
      return done({ id: peerId });
    },
  };
}

function rowOf(
  peerId: string,
  mode: TransportRow["mode"],
  write: PeerTransportWrite,
  before: TransportRow | undefined,
): TransportRow {
  const { client_certificate: given, asks_as: asks } = write;
  const identity = given && { certificate: given.pem, key: given.private_key_pem };
  const asksAs = asks && asks.names.length + asks.pins.length === 0 ? null : asks;
  const kept = {
    identity: identity === undefined ? (before?.identity ?? null) : identity,
    asksAs: asksAs === undefined ? (before?.asksAs ?? null) : namesFolded(asksAs),
  };
  if (mode === "clear") {
    // Nothing of how we asked stays; how it has to ask is another matter.
    return { peerId, mode, port: TLS_PORT, hostName: null, pins: [], ca: null, identity: null, asksAs: kept.asksAs };
  }
  return {
    peerId,
    mode,
    port: write.port,
    hostName: write.host_name,
    pins: [...new Set(write.pins)],
    ca: write.ca_pem,
    ...kept,
  };
}

/** As they are compared. */
function namesFolded(asksAs: TransportRow["asksAs"]): TransportRow["asksAs"] {
  return asksAs && { ...asksAs, names: asksAs.names.map((name) => name.toLowerCase().replace(/\.$/, "")) };
}

function shown(peerId: string, row: TransportRow | undefined, seen: Seen | undefined): PeerTransport {
  if (!row) {
    const nothing = {
      host_name: null,
      pins: [],
      ca_pem: null,
      client_certificate: null,
      asks_as: null,
      last_seen: null,
    };
    return { id: peerId, mode: "clear", port: TLS_PORT, ...nothing };
  }
  const own = row.identity && readCertificates(row.identity.certificate);
  const { protocol, cipher, authenticated } = seen?.facts ?? {};
  return {
    id: peerId,
    mode: row.mode,
    port: row.port,
    host_name: row.hostName,
    pins: [...row.pins],
    ca_pem: row.ca,
    client_certificate: own?.ok ? { ...shownCertificate(own.value[0]!), pem: row.identity!.certificate } : null,
    asks_as: row.asksAs && { names: [...row.asksAs.names], pins: [...row.asksAs.pins] },
    last_seen:
      seen && protocol && cipher && authenticated
        ? { ...shownCertificate(seen.facts.certificate), time: printTime(seen.at), protocol, cipher, authenticated }
        : null,
  };
}

function shownCertificate({ subject, issuer, names, notBefore, notAfter, spki }: CertificateFacts) {
  const dates = { not_before: printTime(notBefore), not_after: printTime(notAfter) };
  return { subject, issuer, names: [...names], ...dates, spki };
}
