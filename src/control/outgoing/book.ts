/** Outgoing configuration of all zones, as the store has it, and what it means for who asks. */
import type { OutgoingRow, Store } from "#store";
import type { OutgoingAccess, OutgoingPeer } from "#transfer";
import type { PeerBook } from "../peer-book.ts";
import type { Zone } from "../zone.ts";

/** Keeps: its rows are the store's; a change is durable before it counts. */
export class OutgoingBook {
  readonly #store: Store;
  readonly #peers: PeerBook;
  readonly #rows = new Map<string, OutgoingRow>();
  /** Told after every change: what is given out, or to whom, is another. */
  changed: (() => void) | undefined;

  constructor(store: Store, peers: PeerBook) {
    this.#store = store;
    this.#peers = peers;
  }

  async load(): Promise<void> {
    for (const row of await this.#store.outgoing.list()) this.#rows.set(row.zoneId, row);
  }

  find(zoneId: string): OutgoingRow | undefined {
    return this.#rows.get(zoneId);
  }

  /** Whether anybody may transfer the zone. */
  enabled(zoneId: string): boolean {
    return this.#rows.get(zoneId)?.enabled ?? false;
  }

  async put(row: OutgoingRow): Promise<void> {
    await this.#store.outgoing.put(row);
    this.#rows.set(row.zoneId, row);
    this.changed?.();
  }

  async remove(zoneId: string): Promise<void> {
    await this.#store.outgoing.remove(zoneId);
    this.#rows.delete(zoneId);
    this.changed?.();
  }

  /** The zone was deleted, its row with it. */
  forget(zoneId: string): void {
    if (this.#rows.delete(zoneId)) this.changed?.();
  }

  /** Undefined: the zone is given to nobody. */
  access(zone: Zone): OutgoingAccess | undefined {
    const row = this.#rows.get(zone.id);
    if (!row) return undefined;
    const ranges = this.#peers.ranges(zone.row.accountId);
    return { enabled: row.enabled, tlsOnly: row.tlsOnly, peers: this.peers(zone.id), ranges };
  }

  peers(zoneId: string): readonly OutgoingPeer[] {
    return (this.#rows.get(zoneId)?.peers ?? []).flatMap((id) => this.#peers.secondary(id) ?? []);
  }
}
