/** Changes that were given out or asked for lately, of all zones: a fleet of secondaries asks for the same one within a moment. */
import type { ZoneChange } from "#zone";

const MAX_OCTETS = 8 * 1024 * 1024;

/** Keeps: those used last, at most MAX_OCTETS of them. A key never stands for two changes. */
export class RecentChanges {
  readonly #changes = new Map<string, ZoneChange>();
  readonly #maxOctets: number;
  #octets = 0;

  constructor(maxOctets = MAX_OCTETS) {
    this.#maxOctets = maxOctets;
  }

  put(key: string, change: ZoneChange): void {
    const size = octetsOf(change);
    if (size > this.#maxOctets) return;
    this.remove(key);
    this.#changes.set(key, change);
    this.#octets += size;
    // A Map has its oldest entry first.
    for (const oldest of this.#changes.keys()) {
      if (this.#octets <= this.#maxOctets) break;
      this.remove(oldest);
    }
  }

  find(key: string): ZoneChange | undefined {
    const change = this.#changes.get(key);
    if (!change) return undefined;
    this.#changes.delete(key);
    this.#changes.set(key, change);
    return change;
  }

  remove(key: string): void {
    const change = this.#changes.get(key);
    if (!change) return;
    this.#changes.delete(key);
    this.#octets -= octetsOf(change);
  }
}

function octetsOf({ deletions, additions }: ZoneChange): number {
  return deletions.octets.length + additions.octets.length;
}
