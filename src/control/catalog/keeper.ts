/**
 * Catalog zones at work: a new version of one is read, planned and done, step by step; members that left are kept and go in the end.
 *
 * ```
 * a catalog's round ends ─┐                   broken ▶ the fault is kept and told, nothing else happens
 * start, settings edited ─┴▶ queue ▶ read ▶ plan ▶ steps, 64 zones a transaction, a turn of the event loop between ▶ settle ▶ applied
 * grace period over ─────────▶ queue ▶ drop with keys
 * ```
 * One thing at a time for all catalogs. A crash between two steps loses nothing: the start plans anew from the stored version.
 */
import { planCatalog, readCatalog } from "#catalog";
import { unpackImage } from "#image";
import { nameKey, printName } from "#name";
import type { CatalogMemberRow, CatalogRow } from "#store";
import type { Deps } from "../deps.ts";
import type { Registry } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { type CatalogBook, type CatalogEntry, isProduced, knownMember, type Refused } from "./book.ts";
import { allowedNames } from "./settings.ts";
import { CatalogSteps, type MemberServices, type ZoneHands } from "./steps.ts";

export type KeeperParts = {
  readonly book: CatalogBook;
  readonly registry: Registry;
  readonly hands: ZoneHands;
  readonly services: () => MemberServices;
  readonly deps: Deps;
};

/** Keeps: work on catalogs is done one after the other; nothing is begun after `stop`. */
export class CatalogKeeper {
  readonly #parts: KeeperParts;
  readonly #steps: CatalogSteps;
  readonly #waiting = new Set<string>();
  #queue: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#steps = new CatalogSteps({ ...parts, stopped: () => this.#stopped, kept: (row) => this.#setTimer(row) });
  }

  /** Primaries may be asked from now on: what a crash left undone is done, and kept members get their timers. */
  begin(): void {
    const { book } = this.#parts;
    for (const { row } of book.all()) {
      this.apply(row.zoneId);
      this.setTimers(row.zoneId);
    }
  }

  /** A round of a zone ended well. */
  roundFinished(zone: Zone): void {
    if (this.#parts.book.find(zone.id)) this.apply(zone.id);
  }

  /** Soon, once for all calls until then. */
  apply(catalogId: string): void {
    if (this.#waiting.has(catalogId)) return;
    this.#waiting.add(catalogId);
    this.#enqueue(async () => {
      this.#waiting.delete(catalogId);
      await this.#apply(catalogId);
    });
  }

  /** The grace period of a catalog changed, or the server starts. */
  setTimers(catalogId: string): void {
    for (const row of this.#parts.book.membersOf(catalogId)) if (row.leftAt !== null) this.#setTimer(row);
  }

  /** In its turn, when nothing else is done to catalogs. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(work);
    this.#queue = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#queue;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue
      .then(() => (this.#stopped ? undefined : work()))
      .catch((error: unknown) => this.#parts.deps.log.error({ error }, "work on a catalog failed unexpectedly"));
  }

  #setTimer(row: CatalogMemberRow): void {
    const { book, registry, hands, deps } = this.#parts;
    const grace = book.find(row.catalogId)?.settings.grace_seconds;
    if (row.leftAt === null || grace === undefined) return;
    deps.scheduler.set(`${row.zoneId}/catalog-grace`, Math.floor(row.leftAt / 1000) + grace, () =>
      this.#enqueue(async () => {
        const zone = registry.find(row.zoneId);
        if (!zone || !book.isKept(row.zoneId)) return;
        await hands.drop(zone);
        book.memberForgotten(row.zoneId);
      }),
    );
  }

  async #apply(catalogId: string): Promise<void> {
    const { book, registry } = this.#parts;
    const entry = book.find(catalogId);
    const zone = registry.find(catalogId);
    const image = zone?.served?.from.image;
    // Without a version, or with one that expired, it says nothing (section 5.1).
    if (!entry || !zone || !image || zone.expired || isProduced(entry)) return;
    const { max_members: most } = entry.settings;
    if (image.recordCount > most * RECORDS_A_MEMBER + RECORDS_BESIDE) {
      const text = `it has ${image.recordCount} records, more than ${most} members need`;
      await this.#broken(entry, zone, image.serial, "too-many-members", text);
      return;
    }
    const read = readCatalog(zone.apex, unpackImage(image), most);
    if (!read.ok) {
      await this.#broken(entry, zone, image.serial, read.error.code, read.error.text);
      return;
    }
    const { steps, refused } = planCatalog({
      catalogId,
      catalogKey: nameKey(zone.apex),
      catalog: read.value,
      members: this.#known(catalogId),
      claimOf: (name) => {
        const unit = registry.findByApex(name);
        if (!unit) return undefined;
        const row = book.member(unit.zone.id);
        return row ? knownMember(row, unit.zone, registry.find(row.catalogId)) : "by-hand";
      },
      allowed: allowedNames(entry.settings),
    });
    entry.applying = true;
    try {
      const more = await this.#steps.perform(entry, zone, steps);
      const all = [
        ...refused.map(({ member, code, text }): Refused => {
          return { name: printName(member.zone), node: member.node, groups: member.groups, code, text };
        }),
        ...more,
      ];
      this.#tellRefused(entry, zone, all);
      entry.refused = all;
      await this.#steps.settle(entry, () => this.#waiting.has(catalogId));
    } finally {
      entry.applying = false;
    }
    if (!this.#stopped) await this.#applied(entry, zone, image.serial, steps.length);
  }

  *#known(catalogId: string) {
    const { book, registry } = this.#parts;
    for (const row of book.membersOf(catalogId)) {
      const zone = registry.find(row.zoneId);
      if (zone) yield knownMember(row, zone, registry.find(catalogId));
    }
  }

  async #broken(entry: CatalogEntry, zone: Zone, serial: number, code: string, text: string): Promise<void> {
    const { book, deps } = this.#parts;
    const faultText = `serial ${serial}: ${text}`;
    if (entry.row.faultCode === code && entry.row.faultText === faultText) return;
    await book.put({ ...entry.row, faultCode: code, faultText });
    deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: "error",
      code: "catalog.broken",
      message: `${zone.name}: the catalog is broken (${code}), serial ${serial} is not applied, its members stay as they are: ${text}`,
      detail: { reason: code, serial },
    });
  }

  async #applied(entry: CatalogEntry, zone: Zone, serial: number, changes: number): Promise<void> {
    const { book, deps } = this.#parts;
    const { appliedSerial, faultCode } = entry.row;
    if (appliedSerial === serial && faultCode === null && changes === 0) return;
    const row: CatalogRow = {
      ...entry.row,
      appliedSerial: serial,
      appliedAt: deps.nowMs(),
      faultCode: null,
      faultText: null,
    };
    await book.put(row);
    const refused = entry.refused.length === 0 ? "" : `, ${entry.refused.length} members refused`;
    deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: "info",
      code: "catalog.applied",
      message: `${zone.name}: serial ${serial} is applied, ${changes} changes${refused}`,
      detail: { serial, changes, refused: entry.refused.length },
    });
  }

  /** Each once, not with every version; at most this many by name. */
  #tellRefused(entry: CatalogEntry, zone: Zone, refused: readonly Refused[]): void {
    const before = new Set(entry.refused.map(({ name, code }) => `${name} ${code}`));
    const fresh = refused.filter(({ name, code }) => code !== "moved" && !before.has(`${name} ${code}`));
    for (const { name, code, text } of fresh.slice(0, TOLD_REFUSALS)) {
      this.#parts.deps.events.add({
        zoneId: zone.id,
        zone: zone.name,
        level: "warning",
        code: "catalog.member-refused",
        message: `${zone.name}: ${text}`,
        detail: { name, reason: code },
      });
    }
  }
}

const TOLD_REFUSALS = 20;

/** A catalog is read on the main thread: PTR, groups, coo, some properties that are not known here, and signatures over them. */
const RECORDS_A_MEMBER = 16;
const RECORDS_BESIDE = 100;
