/** TTLs that were lowered, zone by zone: what caches still hold of before. A document of the store, for the few zones that have one. */
import { heldSeconds, NO_PAST_TTL, type PastTtl, rememberTtl } from "#keyplan";
import { RRType } from "#rdata";
import type { Deps } from "../deps.ts";
import type { ParentSaying } from "../parent/ask-parent.ts";
import type { ServedVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { cachedSeconds } from "./ask-partners.ts";

export const TTL_KIND = "past-ttls";

export type TtlNote = {
  readonly version: 1;
  /** Of everything that is signed. */
  readonly data: PastTtl;
  /** Of the other signers' DNSKEY set. */
  readonly keys: PastTtl;
  /** Of the DS RRset. */
  readonly ds: PastTtl;
};

export const NO_PAST_TTLS: TtlNote = { version: 1, data: NO_PAST_TTL, keys: NO_PAST_TTL, ds: NO_PAST_TTL };

type Ttls = Readonly<Record<"data" | "keys" | "ds", number>>;

/** Keeps: what was remembered is in the store before anything with a shorter TTL is served; zones without such a past have no entry. */
export class TtlBook {
  readonly #deps: Deps;
  readonly #notes = new Map<string, TtlNote>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    for (const [zoneId, document] of await this.#deps.store.documents.ofKind(TTL_KIND)) {
      const note = readTtlNote(document);
      if (note) this.#notes.set(zoneId, note);
    }
  }

  forget(zoneId: string): void {
    this.#notes.delete(zoneId);
  }

  of(zoneId: string): TtlNote {
    return this.#notes.get(zoneId) ?? NO_PAST_TTLS;
  }

  /** `after` is about to be served in the place of `before`. Undefined where nothing has to be waited for. */
  replacing(
    zone: Zone,
    before: ServedVersion | undefined,
    after: ServedVersion | undefined,
  ): Promise<void> | undefined {
    if (!before?.signing) return undefined;
    return this.#remember(zone, ttlsOf(before), ttlsOf(after));
  }

  /** The parent was asked: what it said the last time, and now. */
  async parentSaid(zone: Zone, before: readonly ParentSaying[], now: readonly ParentSaying[]): Promise<void> {
    const ds = (sayings: readonly ParentSaying[]) => Math.max(0, ...sayings.map(({ ttls }) => ttls.ds ?? 0));
    // Nobody answered: nothing is known to be shorter.
    if (now.length === 0) return;
    await this.#remember(zone, { ...NOTHING, ds: ds(before) }, { ...NOTHING, ds: ds(now) });
  }

  /** The other signers' servers were asked. */
  async partnersSaid(zone: Zone, before: number, now: number): Promise<void> {
    await this.#remember(zone, { ...NOTHING, keys: before }, { ...NOTHING, keys: now });
  }

  #remember(zone: Zone, before: Ttls, after: Ttls): Promise<void> | undefined {
    const note = this.of(zone.id);
    const now = this.#deps.now();
    const next: TtlNote = {
      version: 1,
      data: rememberTtl(note.data, before.data, after.data, now),
      keys: rememberTtl(note.keys, before.keys, after.keys, now),
      ds: rememberTtl(note.ds, before.ds, after.ds, now),
    };
    if (next.data === note.data && next.keys === note.keys && next.ds === note.ds) return undefined;
    this.#notes.set(zone.id, next);
    return this.#deps.store.documents.put(zone.id, TTL_KIND, next);
  }
}

const NOTHING: Ttls = { data: 0, keys: 0, ds: 0 };

/** Of what is signed here; the other signers' keys stand in the version that it was made of. */
function ttlsOf(version: ServedVersion | undefined): Ttls {
  if (!version?.signing) return NOTHING;
  const { image } = version.from;
  const theirs = version.mode === "multisigner" ? image.findRRset(image.apexNode, RRType.DNSKEY) : 0;
  return { data: version.image.maxTtl, keys: theirs === 0 ? 0 : cachedSeconds([image.rrsetTtl(theirs)]), ds: 0 };
}

function readTtlNote(document: unknown): TtlNote | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const note = document as Partial<TtlNote>;
  return note.version === 1 ? { ...NO_PAST_TTLS, ...note } : undefined;
}

/** What is served now counts, and what was served before as long as somebody may hold it. */
export function longestHeld(past: PastTtl, current: number, deps: Deps): number {
  return heldSeconds(past, current, deps.now());
}
