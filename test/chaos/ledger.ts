/** What the product said and is held to: serials that it answered, keys that it showed, changes that it acknowledged. */
export class Ledger {
  /** Zone → the highest serial that was answered. */
  readonly serials = new Map<string, number>();
  /** Zone → its DNSKEY lines, sorted. */
  readonly dnskeys = new Map<string, readonly string[]>();
  /** Acknowledged and not asked to be deleted. */
  readonly acls = new Set<string>();
  /** Of which the deletion was acknowledged. */
  readonly gone = new Set<string>();
  /** Zones that were made and given keys: id → DS line. */
  readonly made = new Map<string, string>();
  readonly #acknowledged = new Map<string, object>();
  #asked: { readonly zone: string; readonly flags: object } | undefined;

  served(zone: string, serial: number): void {
    this.serials.set(zone, Math.max(serial, this.serials.get(zone) ?? 0));
  }

  keys(zone: string, dnskeys: readonly string[]): void {
    this.dnskeys.set(zone, [...dnskeys].sort());
  }

  /** An edit is on its way: until it is acknowledged, both it and what was before may be true. */
  edit(zone: string, flags: object): void {
    this.#asked = { zone, flags };
  }

  acknowledge(): void {
    if (this.#asked) this.#acknowledged.set(this.#asked.zone, this.#asked.flags);
    this.#asked = undefined;
  }

  possible(zone: string): readonly object[] {
    const asked = this.#asked?.zone === zone ? [this.#asked.flags] : [];
    return [...asked, this.#acknowledged.get(zone)!];
  }
}
