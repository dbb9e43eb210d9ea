/** Parsed public keys by their DNSKEY octets: parsing one costs as much as checking a signature, and a zone has few. */

/** Keys kept for one `Crypto`; a zone has two to ten. */
export const MAX_CACHED_KEYS = 256;

/** Keeps: at most `MAX_CACHED_KEYS` entries, the one that came first leaves first. A refused key is an entry too, so `T` has no undefined. */
export class KeyCache<T extends object | string> {
  private readonly entries = new Map<string, T>();
  private readonly parse: (algorithm: number, dnskey: Uint8Array) => T;

  constructor(parse: (algorithm: number, dnskey: Uint8Array) => T) {
    this.parse = parse;
  }

  /** The RRSIG's algorithm belongs to the identity: the same octets under another algorithm are another key. */
  get(algorithm: number, dnskey: Uint8Array): T {
    const octets = Buffer.from(dnskey.buffer, dnskey.byteOffset, dnskey.length);
    const id = `${algorithm}:${octets.toString("latin1")}`;
    const known = this.entries.get(id);
    if (known !== undefined) return known;
    const parsed = this.parse(algorithm, dnskey);
    if (this.entries.size >= MAX_CACHED_KEYS) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(id, parsed);
    return parsed;
  }
}
