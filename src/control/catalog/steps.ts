/**
 * Does what the plan of #catalog says, zone by zone. New zones come into the store 64 a transaction, each with its row as a member,
 * so that none is ever there without the other; settings follow, and a row says whether they have.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { CatalogMember, KnownMember, PlannedStep } from "#catalog";
import type { DnssecService, IncomingService, SettingsService } from "#contract";
import { printName } from "#name";
import type { CatalogMemberRow, ZoneRow } from "#store";
import type { Deps } from "../deps.ts";
import type { Event } from "../events.ts";
import type { Registry } from "../registry.ts";
import { newZoneRow } from "../service/zones.ts";
import type { Zone } from "../zone.ts";
import { type CatalogBook, type CatalogEntry, cooText, type Refused } from "./book.ts";
import { settingsOf } from "./settings.ts";

/** Zones a transaction: some milliseconds of the main thread. */
const AT_ONCE = 64;

/** What is done to whole zones; control itself knows how. */
export type ZoneHands = {
  readonly take: (row: ZoneRow) => Promise<Zone>;
  readonly drop: (zone: Zone) => Promise<void>;
};

/** Members are set up by the same calls as zones by hand. */
export type MemberServices = DnssecService & IncomingService & SettingsService;

export type StepParts = {
  readonly book: CatalogBook;
  readonly registry: Registry;
  readonly hands: ZoneHands;
  readonly services: () => MemberServices;
  readonly deps: Deps;
  readonly stopped: () => boolean;
  /** Its grace period has begun. */
  readonly kept: (row: CatalogMemberRow) => void;
};

/** Has no state of its own: what was done stands in the book. */
export class CatalogSteps {
  readonly #parts: StepParts;

  constructor(parts: StepParts) {
    this.#parts = parts;
  }

  /** Those that could not be taken after all. */
  async perform(entry: CatalogEntry, catalog: Zone, steps: readonly PlannedStep[]): Promise<readonly Refused[]> {
    const fresh: CatalogMember[] = [];
    for (let at = 0; at < steps.length; at += AT_ONCE) {
      const some = steps.slice(at, at + AT_ONCE);
      for (const step of some) {
        if (this.#parts.stopped()) return [];
        if (step.kind === "add") fresh.push(step.member);
        else if (step.kind === "reset") fresh.push(await this.#reset(step.known, step.member));
        else if (step.kind !== "leave" && step.kind !== "update") await this.#keep(entry, step.known, step.member);
      }
      await this.#update(entry, some);
      await this.#leave(some);
      await nextTurn();
    }
    return this.#add(entry, catalog, fresh);
  }

  /**
   * Puts the settings of their groups into force for members that do not have them yet; `overtaken`: a newer version waits, and
   * will see to the rest.
   */
  async settle(entry: CatalogEntry, overtaken: () => boolean): Promise<void> {
    const { book, stopped } = this.#parts;
    const waiting = [...book.membersOf(entry.row.zoneId)].filter((row) => !row.settled && row.leftAt === null);
    for (let at = 0; at < waiting.length && !stopped() && !overtaken(); at += AT_ONCE) {
      const done: CatalogMemberRow[] = [];
      for (const row of waiting.slice(at, at + AT_ONCE)) {
        if (await this.#setUp(entry, row)) done.push({ ...row, settled: true });
        await nextTurn();
      }
      await this.#putMembers(done);
    }
  }

  async #add(entry: CatalogEntry, catalog: Zone, members: readonly CatalogMember[]): Promise<readonly Refused[]> {
    const { deps, registry, stopped } = this.#parts;
    const refused: Refused[] = [];
    for (let at = 0; at < members.length && !stopped(); at += AT_ONCE) {
      const made: { zone: ZoneRow; row: CatalogMemberRow }[] = [];
      for (const member of members.slice(at, at + AT_ONCE)) {
        const { maxZones } = deps.settings();
        const { node, groups, zone } = member;
        if (registry.size + made.length >= maxZones) {
          const text = `${printName(zone)} is not taken: the limit of ${maxZones} zones is reached`;
          refused.push({ name: printName(zone), node, groups, code: "too-many-zones", text });
          continue;
        }
        const row = newZoneRow(zone, catalog.row.accountId, deps.now());
        made.push({ zone: row, row: memberRow(row.id, entry.row.zoneId, member) });
      }
      refused.push(...(await this.#store(made)));
      await nextTurn();
    }
    return refused;
  }

  async #store(made: readonly { zone: ZoneRow; row: CatalogMemberRow }[]): Promise<readonly Refused[]> {
    const { deps, hands, book } = this.#parts;
    const taken: (typeof made)[number][] = [];
    const refused: Refused[] = [];
    await deps.store.atomically(async (tables) => {
      for (const one of made) {
        // A request for the same name may have come in between: who is first in the store has it.
        if (await tables.zones.findByName(one.zone.name)) {
          const { node, groups } = one.row;
          const text = `${one.zone.name}. exists already, made by hand`;
          refused.push({ name: `${one.zone.name}.`, node, groups, code: "exists", text });
          continue;
        }
        await tables.zones.add(one.zone);
        await tables.catalogMembers.put(one.row);
        taken.push(one);
      }
    });
    for (const { row } of taken) book.memberEntered(row);
    await Promise.all(taken.map(({ zone }) => hands.take(zone)));
    for (const { zone } of taken) {
      const message = `${zone.name}: added by a catalog`;
      deps.events.add({ zoneId: zone.id, zone: zone.name, level: "info", code: "zone.added", message });
    }
    return refused;
  }

  /** Data and keys go (RFC 9432 section 5.4); the caller makes it anew. */
  async #reset(known: KnownMember, member: CatalogMember): Promise<CatalogMember> {
    const { registry, hands, book } = this.#parts;
    const zone = registry.find(known.zoneId);
    if (zone) await hands.drop(zone);
    book.memberForgotten(known.zoneId);
    return member;
  }

  /** One wait for the disk for all of them. */
  async #leave(steps: readonly PlannedStep[]): Promise<void> {
    const { book, registry, deps, kept } = this.#parts;
    const rows = steps.flatMap((step) => (step.kind === "leave" ? (book.member(step.known.zoneId) ?? []) : []));
    const left = rows.map((row) => ({ ...row, leftAt: deps.nowMs() }));
    const events = left.flatMap(({ zoneId }): Event[] => {
      const zone = registry.find(zoneId);
      if (!zone) return [];
      const message = `${zone.name}: left its catalog; it is not answered for any more, and kept with its keys for a while`;
      return [{ zoneId, zone: zone.name, level: "warning", code: "catalog.member-left", message }];
    });
    await this.#putMembers(left, events);
    for (const row of left) {
      const unit = registry.findUnit(row.zoneId);
      if (!unit) continue;
      const { zone, refresher } = unit;
      zone.hidden = "kept";
      refresher.configure([], refresher.state.settings.autoRefreshSeconds);
      void zone.publish();
      kept(row);
    }
  }

  /** Other groups, or another owner named: settings follow. */
  async #update(entry: CatalogEntry, steps: readonly PlannedStep[]): Promise<void> {
    const { book } = this.#parts;
    const rows = steps.flatMap((step) => {
      const row = step.kind === "update" ? book.member(step.known.zoneId) : undefined;
      if (!row || step.kind !== "update") return [];
      const settled = row.settled && row.groups.join("\0") === step.member.groups.join("\0");
      return [{ ...memberRow(row.zoneId, entry.row.zoneId, step.member), settled }];
    });
    await this.#putMembers(rows);
  }

  /** Return or migration: the zone stays what it is. */
  async #keep(entry: CatalogEntry, known: KnownMember, member: CatalogMember): Promise<void> {
    const { book, registry, deps } = this.#parts;
    const row = book.member(known.zoneId);
    const unit = registry.findUnit(known.zoneId);
    if (!row || !unit) return;
    const catalogId = entry.row.zoneId;
    const sameGroups = row.groups.join("\0") === member.groups.join("\0");
    const settled = row.settled && row.catalogId === catalogId && sameGroups;
    const { zone, refresher } = unit;
    const message =
      row.catalogId === catalogId
        ? `${zone.name}: is back in its catalog, with its keys`
        : `${zone.name}: handed over by another catalog, with its keys`;
    const isBack = row.leftAt !== null || row.catalogId !== catalogId;
    const event = { zoneId: zone.id, zone: zone.name, level: "info", code: "catalog.member-back", message } as const;
    await this.#putMembers([{ ...memberRow(row.zoneId, catalogId, member), settled }], isBack ? [event] : []);
    if (row.leftAt !== null) {
      deps.scheduler.cancel(`${zone.id}/catalog-grace`);
      zone.hidden = undefined;
      void zone.publish();
      const incoming = await deps.store.incoming.find(zone.id);
      if (incoming) refresher.configure(incoming.peers, incoming.autoRefreshSeconds);
    }
  }

  async #setUp(entry: CatalogEntry, row: CatalogMemberRow): Promise<boolean> {
    const { registry, services, deps } = this.#parts;
    const unit = registry.findUnit(row.zoneId);
    if (!unit) return false;
    const { mode, denial, peers, auto_refresh_seconds: seconds } = settingsOf(row.groups, entry.settings);
    const { zone } = unit;
    const service = services();
    const own = await deps.store.incoming.find(entry.row.zoneId);
    const outcomes = [];
    // What is so already is not written again: each writing is a wait for the disk, and there may be ten thousand members.
    if (denial !== "nsec3" && zone.row.denial !== denial)
      outcomes.push(await service.editZoneSettings(zone.id, { denial }));
    if (mode === "unsigned") {
      if (zone.mode !== "unsigned") outcomes.push(await service.editDnssec(zone.id, { status: "disabled" }));
    } else {
      outcomes.push(
        await service.editDnssec(zone.id, {
          status: "active",
          dnssec_presigned: mode === "presigned",
          dnssec_multi_signer: mode === "multisigner",
          dnssec_use_nsec3: denial === "nsec3",
        }),
      );
    }
    const incoming = { name: zone.name, peers: [...(peers ?? own?.peers ?? [])], auto_refresh_seconds: seconds };
    const before = await deps.store.incoming.find(zone.id);
    if (!before) outcomes.push(await service.createIncoming(zone.id, incoming));
    else if (before.autoRefreshSeconds !== seconds || before.peers.join() !== incoming.peers.join())
      outcomes.push(await service.updateIncoming(zone.id, incoming));
    const wrong = outcomes.find((outcome) => !outcome.ok);
    if (!wrong || wrong.ok) return true;
    const { code, about } = wrong.error;
    const message = `${zone.name}: the settings of its catalog could not be put into force (${code}${about ? `: ${about}` : ""})`;
    deps.events.add({ zoneId: zone.id, zone: zone.name, level: "error", code: "catalog.member-not-set-up", message });
    return false;
  }

  async #putMembers(rows: readonly CatalogMemberRow[], events: readonly Event[] = []): Promise<void> {
    const { deps, book } = this.#parts;
    if (rows.length === 0) return;
    await deps.events.addWith(events, async (tables) => {
      // The zone may be gone since: its row as a member went with it.
      for (const row of rows) if (book.member(row.zoneId)) await tables.catalogMembers.put(row);
    });
    for (const row of rows) if (book.member(row.zoneId)) book.memberEntered(row);
  }
}

function memberRow(zoneId: string, catalogId: string, member: CatalogMember): CatalogMemberRow {
  const { node, groups, coo } = member;
  return { zoneId, catalogId, node, groups, coo: cooText(coo), settled: false, leftAt: null };
}
