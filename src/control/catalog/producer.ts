/**
 * Catalogs that are made here, for our own secondaries: the zones that are given out, by the mode in which they are signed. A change of
 * what is given out makes a new version, which goes the way of every other one: checked, stored, and given to those who may have it.
 *
 *   zone given out, taken back, deleted; its mode changed ▶ changed() ─ a little later, once for all ▶ entries ▶ another set? ▶ version
 */
import { buildCatalog, type CatalogEntry as Entry, readCatalog } from "#catalog";
import { unpackImage } from "#image";
import { type Name, nameKey } from "#name";
import { serialNewer } from "#zone";
import type { Deps } from "../deps.ts";
import type { Registry, Unit } from "../registry.ts";
import type { Origin } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { type CatalogBook, isProduced } from "./book.ts";

/** Changes that come together make one version. */
const COLLECT_SECONDS = 0.2;
const TIMER = "catalogs/produce";

/** Consumers of other makes have limits of their own; this one is of our memory. */
const MAX_ENTRIES = 1_000_000;

/** No primary sent it, so it is no base of an IXFR. */
const MADE_HERE: Origin = { peer: "", exact: false };

type OwnedEntry = Entry & { readonly accountId: string };

export type ProducerParts = {
  readonly book: CatalogBook;
  readonly registry: Registry;
  /** Anybody may transfer it, and there is something to transfer. */
  readonly isGivenOut: (unit: Unit) => boolean;
  readonly deps: Deps;
};

/** Keeps: a new version is made only when the set of members, or a group, is another one than in the version before. */
export class CatalogProducer {
  readonly #parts: ProducerParts;
  #planned = false;
  #begun = false;

  constructor(parts: ProducerParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#begun = true;
    this.changed();
  }

  /** Something about what is given out may be different. */
  changed(): void {
    const { book, deps } = this.#parts;
    if (!this.#begun || this.#planned || ![...book.all()].some(isProduced)) return;
    this.#planned = true;
    deps.scheduler.set(TIMER, deps.nowMs() / 1000 + COLLECT_SECONDS, () => {
      this.#planned = false;
      try {
        this.#produce();
      } catch (error) {
        deps.log.error({ error }, "a catalog could not be made");
      }
    });
  }

  #produce(): void {
    const { book, registry } = this.#parts;
    const entries = this.#entries();
    for (const { row } of [...book.all()].filter(isProduced)) {
      const zone = registry.find(row.zoneId);
      const { accountId } = zone?.row ?? {};
      if (zone)
        this.#update(
          zone,
          entries.filter((entry) => entry.accountId === accountId),
        );
    }
  }

  #entries(): readonly OwnedEntry[] {
    const { book, registry, isGivenOut } = this.#parts;
    const entries: OwnedEntry[] = [];
    for (const unit of registry.all()) {
      const { zone } = unit;
      if (book.hiddenAs(zone.id) || entries.length >= MAX_ENTRIES || !isGivenOut(unit)) continue;
      entries.push({ node: zone.id, zone: zone.apex, group: zone.mode, accountId: zone.row.accountId });
    }
    return entries;
  }

  #update(zone: Zone, entries: readonly Entry[]): void {
    const { deps } = this.#parts;
    const before = zone.stored?.image;
    const same = before && describe(entriesOf(zone.apex, unpackImage(before))) === describe(entries);
    if (same && zone.served) return;
    const now = deps.now() >>> 0;
    // Seconds make serials that can be read; two versions in one second still differ.
    const serial = !before || serialNewer(now, before.serial) ? now : (before.serial + 1) >>> 0;
    const version = buildCatalog(zone.apex, serial, entries);
    if (!version.ok) throw new Error(version.error.text);
    const whole = { version: version.value, overlaid: undefined, changes: undefined, base: undefined };
    zone.takeTransfer({ serial: version.value.serial, ...whole, origin: MADE_HERE });
  }
}

function entriesOf(apex: Name, rrsets: ReturnType<typeof unpackImage>): readonly Entry[] {
  const read = readCatalog(apex, rrsets, MAX_ENTRIES);
  if (!read.ok) return [];
  return read.value.members.map(({ node, zone, groups }) => ({ node, zone, group: groups[0] }));
}

function describe(entries: readonly Entry[]): string {
  return entries
    .map(({ node, zone, group }) => `${node} ${nameKey(zone)} ${group ?? ""}`)
    .sort()
    .join("\n");
}
