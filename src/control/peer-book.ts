/** Peers, TSIG keys and ACL ranges of all accounts, ready for use: read from the store once and after every change. */
import { fromBase64 } from "#bytes";
import { findTsigAlgorithm, readRange } from "#contract";
import { readName } from "#name";
import { addressOctets } from "#net";
import type { PeerRow, Store, TransportRow, TsigRow } from "#store";
import type { AddressRange, AsksAs, NotifyPeer, OutgoingPeer } from "#transfer";
import type { TsigKey } from "#tsig";
import type { Primary } from "./primary-client.ts";
import { SharedValues } from "./shared-values.ts";
import type { WatchedCertificate } from "./transport/certificate-watch.ts";
import { CLEAR, openTransport, type Transport } from "./transport/transport.ts";

const DEFAULT_PORT = 53;

/** Keeps: what it gives is what the store held at the last `reload`. */
export class PeerBook {
  readonly #store: Store;
  #peers: ReadonlyMap<string, PeerRow> = new Map();
  #keys: ReadonlyMap<string, TsigKey> = new Map();
  /** Lists of peers, and settings with them, that many zones have alike. */
  readonly shared = new SharedValues();
  #ranges: ReadonlyMap<string, readonly AddressRange[]> = new Map();
  #transports: ReadonlyMap<string, Reach> = new Map();

  constructor(store: Store) {
    this.#store = store;
  }

  async reload(): Promise<void> {
    const [peers, tsigs, acls, transports] = await Promise.all([
      this.#store.peers.list(),
      this.#store.tsigs.list(),
      this.#store.acls.list(),
      this.#store.transports.list(),
    ]);
    this.#transports = new Map(transports.map((row) => [row.peerId, readTransport(row)]));
    this.#peers = new Map(peers.map((row) => [row.id, row]));
    const keys = new Map<string, TsigKey>();
    for (const row of tsigs) {
      const key = readKey(row);
      if (key) keys.set(row.id, key);
    }
    this.#keys = keys;
    const ranges = new Map<string, AddressRange[]>();
    for (const acl of acls) {
      const range = readRange(acl.ipRange);
      if (!range) continue;
      const list = ranges.get(acl.accountId) ?? [];
      list.push({ address: range.address, prefixLength: range.prefix });
      ranges.set(acl.accountId, list);
    }
    this.#ranges = ranges;
  }

  find(id: string): PeerRow | undefined {
    return this.#peers.get(id);
  }

  /** Undefined while the peer has no address, or is gone. */
  primary(id: string): Primary | undefined {
    const row = this.#peers.get(id);
    if (!row || row.ip === "") return undefined;
    const key = row.tsigId === null ? undefined : this.#keys.get(row.tsigId);
    const notifyAddress = { address: row.ip, port: row.port || DEFAULT_PORT };
    const { port, transport } = this.#transports.get(id) ?? { port: undefined, transport: CLEAR };
    const address = transport.kind === "clear" ? notifyAddress : { address: row.ip, port: port ?? notifyAddress.port };
    return { id, name: row.name, address, notifyAddress, transport, key, ixfr: row.ixfrEnable };
  }

  /** As one that is given zones: an address is not necessary. Undefined when the peer is gone. */
  secondary(id: string): OutgoingPeer | undefined {
    const row = this.#peers.get(id);
    if (!row) return undefined;
    const key = row.tsigId === null ? undefined : this.#keys.get(row.tsigId);
    const { tlsOnly = false, asksAs } = this.#transports.get(id) ?? {};
    return { id, address: row.ip === "" ? undefined : addressOctets(row.ip), key, tlsOnly, asksAs };
  }

  notifyPeer(id: string): NotifyPeer | undefined {
    const primary = this.primary(id);
    const address = primary && addressOctets(primary.address.address);
    if (!primary || !address) return undefined;
    return primary.key ? { id, address, key: primary.key } : { id, address };
  }

  /** What we show to peers. */
  ownCertificates(): readonly WatchedCertificate[] {
    return [...this.#transports].flatMap(([id, { transport }]) => {
      const own = transport.kind === "tls" ? transport.client.own : undefined;
      return own ? [{ ...own, whose: `that we show to the peer ${this.#peers.get(id)?.name ?? id}` }] : [];
    });
  }

  /** Sources of an account beside its peers whose NOTIFY is believed. */
  ranges(accountId: string): readonly AddressRange[] {
    return this.#ranges.get(accountId) ?? [];
  }
}

type Reach = {
  readonly port: number;
  readonly transport: Transport;
  /** In both directions. An opportunistic peer may come in the clear, as it may be asked so. */
  readonly tlsOnly: boolean;
  readonly asksAs: AsksAs | undefined;
};

function readTransport(row: TransportRow): Reach {
  const tlsOnly = row.mode === "strict" || row.mode === "pinned";
  return { port: row.port, transport: openTransport(row), tlsOnly, asksAs: row.asksAs ?? undefined };
}

/** Undefined for a row that the API would not have taken. */
function readKey(row: TsigRow): TsigKey | undefined {
  const name = readName(row.name);
  const algorithm = findTsigAlgorithm(row.algo);
  const secret = fromBase64(row.secret.trim());
  return name.ok && algorithm && secret ? { name: name.value, algorithm, secret } : undefined;
}
