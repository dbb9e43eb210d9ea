/** Values that tens of thousands of zones have in common: one copy of each is kept. */
import type { RefreshSettings, SoaTimers } from "#transfer";

/** More different ones than that are not looked for among each other: each zone then keeps its own. */
const MAX_KEPT = 4096;

/** Keeps: equal values that went through here are the same value. */
export class SharedValues {
  readonly #lists = new Map<string, readonly string[]>();
  readonly #settings = new Map<string, RefreshSettings>();
  readonly #soaTimers = new Map<string, SoaTimers>();

  list(values: readonly string[]): readonly string[] {
    return keep(this.#lists, values.join(" "), values);
  }

  /** SOA REFRESH and RETRY: a primary's zones mostly have the same. */
  soaTimers(timers: SoaTimers): SoaTimers {
    return keep(this.#soaTimers, `${timers.refreshSeconds} ${timers.retrySeconds}`, timers);
  }

  settings(settings: RefreshSettings): RefreshSettings {
    const { peers, autoRefreshSeconds, timers } = settings;
    return keep(this.#settings, `${autoRefreshSeconds} ${timers} ${peers.join(" ")}`, settings);
  }
}

function keep<T>(kept: Map<string, T>, key: string, value: T): T {
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size < MAX_KEPT) kept.set(key, value);
  return value;
}
