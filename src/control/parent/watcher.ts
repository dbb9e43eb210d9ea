/**
 * Keeps asking the parents: does it have a DS of ours (DNSSEC status), does it delegate to us (zone status)?
 *
 *   due ▶ find the parent (through the resolver) ▶ ask its nameservers ▶ judge ▶ status machine ▶ due again, later and later
 *                                                     └ none of them reachable ▶ the resolver's own answer, and say so
 */
import { nextParentPoll, stepStatus } from "#keyplan";
import { type Name, nameKey, parentName, printName, readName } from "#name";
import type { SocketAddress } from "#net";
import { printRdata, RRType } from "#rdata";
import type { Deps } from "../deps.ts";
import { Lane } from "../lanes.ts";
import { dnssecRow } from "../rows.ts";
import type { Fault } from "../work.ts";
import type { Zone } from "../zone.ts";
import { foreignEntryPoints, hasEntryPoints, zoneEntryPoints } from "../zone-keys.ts";
import { askParent, askResolver, type ParentAnswer, type ParentSaying } from "./ask-parent.ts";
import type { Exchange } from "./exchange.ts";
import { findParent, type ParentZone } from "./find-parent.ts";
import { isDelegatedTo, judgeSayings } from "./judge.ts";

/** What was last learned, for the status page. */
export type ParentNote = {
  /** Unix seconds. */
  readonly checkedAt: number;
  /** DS lines. */
  readonly ds: readonly string[];
  readonly fault: Fault | undefined;
  readonly from: ParentAnswer["from"];
  readonly sayings: readonly ParentSaying[];
  /** Servers of the parent that gave no usable answer. */
  readonly silent: number;
};

const PARENT_KEPT_SECONDS = 300;
const MAX_PARENTS_KEPT = 1000;
/** Zones that only wait for a delegation are asked for at most so seldom, seconds. */
const DELEGATION_ONLY_SECONDS = 3600;
const RETRY_SECONDS = 30;

/** `before`: what was known before this look. */
type Looked = (zone: Zone, before: ParentNote | undefined) => Promise<void>;

/** Keeps: one look a zone at a time; what it learned of parents is forgotten after five minutes. */
export class ParentWatcher {
  readonly #deps: Deps;
  readonly #exchange: Exchange;
  readonly #looked: Looked;
  readonly #parents = new Map<string, { readonly until: number; readonly parent: ParentZone }>();
  readonly #notes = new Map<string, ParentNote>();
  readonly #looking = new Set<string>();

  /** `looked`: told after every look that was answered. */
  constructor(deps: Deps, exchange: Exchange, looked: Looked) {
    this.#deps = deps;
    this.#looked = looked;
    this.#exchange = exchange;
  }

  note(zoneId: string): ParentNote | undefined {
    return this.#notes.get(zoneId);
  }

  /** Sets the zone's timer by its status. */
  consider(zone: Zone): void {
    const at = this.#nextAt(zone);
    if (at === undefined) this.#deps.scheduler.cancel(timerKey(zone.id));
    else this.#deps.scheduler.set(timerKey(zone.id), at, () => void this.look(zone));
  }

  forget(zoneId: string): void {
    this.#deps.scheduler.cancel(timerKey(zoneId));
    this.#notes.delete(zoneId);
  }

  /** Now, whenever it would be due. */
  async look(zone: Zone): Promise<void> {
    if (this.#looking.has(zone.id) || zone.gone) return;
    this.#looking.add(zone.id);
    try {
      await this.#deps.gate.run(Lane.Parents, "routine", () => this.#look(zone));
    } catch (error) {
      this.#deps.log.error({ zone: zone.name, error }, "looking at the parent failed unexpectedly");
    } finally {
      this.#looking.delete(zone.id);
      if (!zone.gone) this.consider(zone);
    }
  }

  async #look(zone: Zone): Promise<void> {
    const { resolver } = this.#deps.settings();
    if (!resolver) {
      this.#fault(zone, { code: "parent.no-resolver", text: "no resolver is configured and the system names none" });
      return;
    }
    const answer = await this.#ask(zone, resolver);
    if ("fault" in answer) {
      this.#fault(zone, answer.fault);
      return;
    }
    const ds = new Set(answer.sayings.flatMap((saying) => saying.ds.map((rdata) => printRdata(RRType.DS, rdata))));
    const now = this.#deps.now();
    const before = this.#notes.get(zone.id);
    const lines = [...ds].map((text) => `${printName(zone.apex)} IN DS ${text}`);
    this.#notes.set(zone.id, {
      checkedAt: now,
      ds: lines,
      fault: answer.faults[0],
      from: answer.from,
      sayings: answer.sayings,
      silent: answer.faults.length,
    });
    await zone.exclusively(async () => {
      await this.#judgeKeys(zone, answer);
      await this.#judgeDelegation(zone, answer);
    });
    await this.#looked(zone, before);
  }

  async #ask(zone: Zone, resolver: SocketAddress): Promise<ParentAnswer | { readonly fault: Fault }> {
    const parent = await this.#parentOf(zone.apex, resolver);
    const direct = parent.ok ? await askParent(zone.apex, parent.value, this.#exchange) : undefined;
    if (direct && direct.sayings.length > 0) return direct;
    const faults = direct?.faults ?? (parent.ok ? [] : [parent.error]);
    // Whoever could not be reached now may have moved.
    this.#parents.delete(nameKey(parentName(zone.apex)));
    const indirect = await askResolver(zone.apex, this.#exchange, resolver);
    if (!indirect.ok) return { fault: faults[0] ?? indirect.error };
    if (this.#notes.get(zone.id)?.from !== "resolver") this.#tellIndirect(zone, faults);
    return { ...indirect.value, faults };
  }

  /** Once, not with every look. */
  #tellIndirect(zone: Zone, faults: readonly Fault[]): void {
    this.#deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: "warning",
      code: "parent.by-resolver",
      message: `${zone.name}: none of the parent's nameservers could be used (${faults[0]?.text ?? "none known"}); the resolver's own answer was taken, which may be old`,
      detail: { faults },
    });
  }

  async #parentOf(apex: Name, resolver: SocketAddress) {
    const key = nameKey(parentName(apex));
    const now = this.#deps.now();
    const kept = this.#parents.get(key);
    if (kept && kept.until > now) return { ok: true as const, value: kept.parent };
    const found = await findParent(apex, this.#exchange, resolver, this.#deps.settings().parentPort);
    if (found.ok) {
      if (this.#parents.size >= MAX_PARENTS_KEPT) this.#parents.clear();
      this.#parents.set(key, { until: now + PARENT_KEPT_SECONDS, parent: found.value });
    }
    return found;
  }

  async #judgeKeys(zone: Zone, answer: ParentAnswer): Promise<void> {
    const ours = zoneEntryPoints(zone);
    if (zone.status.phase === "deleted" || ours.length === 0) return;
    const keys = { ours, foreign: foreignEntryPoints(zone) };
    const view = judgeSayings(zone.apex, answer.sayings, keys, this.#deps.crypto);
    if (view === undefined) return;
    const before = zone.status;
    const stepped = stepStatus(before, { kind: "parent", view }, this.#deps.now());
    if (!stepped.ok) return;
    zone.status = stepped.value;
    if (before.phase === zone.status.phase && before.parent === view) return;
    await this.#deps.store.dnssec.put(dnssecRow(zone.id, zone.status, zone.flags));
    const said = {
      none: "no DS",
      ours: "our DS",
      foreign: "another signer's DS only",
      mismatch: "a DS that matches no key",
    };
    const where = answer.from === "parent" ? "the parent's nameservers show" : "the resolver shows";
    this.#deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: view === "mismatch" ? "error" : "info",
      code: "dnssec.parent",
      message: `${zone.name}: ${where} ${said[view]}; DNSSEC is ${zone.status.phase}`,
      detail: { view, phase: zone.status.phase, was: before.phase, from: answer.from },
    });
  }

  async #judgeDelegation(zone: Zone, answer: ParentAnswer): Promise<void> {
    const ours: Name[] = [];
    for (const text of this.#deps.settings().nameServers) {
      const name = readName(text);
      if (name.ok) ours.push(name.value);
    }
    if (ours.length === 0) return;
    const delegated = isDelegatedTo(answer.sayings, ours);
    const { status } = zone.row;
    const next = delegated === true ? "active" : delegated === false && status === "active" ? "moved" : status;
    if (next === status) return;
    const now = this.#deps.now() * 1000;
    const change = { status: next, modifiedAt: now, ...(next === "active" ? { activatedAt: now } : {}) } as const;
    await this.#deps.store.zones.update(zone.id, change);
    zone.row = { ...zone.row, ...change };
    const what = next === "active" ? "delegates to this service" : "does not delegate to this service any more";
    this.#deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: next === "active" ? "info" : "warning",
      code: "zone.delegation",
      message: `${zone.name}: the parent ${what}; the zone is ${next}`,
      detail: { status: next },
    });
  }

  #fault(zone: Zone, fault: Fault): void {
    const before = this.#notes.get(zone.id);
    this.#notes.set(zone.id, {
      checkedAt: this.#deps.now(),
      ds: before?.ds ?? [],
      fault,
      from: before?.from ?? "parent",
      sayings: [],
      silent: 0,
    });
    if (before?.fault?.code === fault.code) return;
    const message = `${zone.name}: the parent could not be asked: ${fault.text}`;
    const detail = { reason: fault.code };
    this.#deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: "warning",
      code: "parent.failed",
      message,
      detail,
    });
  }

  #nextAt(zone: Zone): number | undefined {
    const now = this.#deps.now();
    const {
      parentPollYoungSeconds: youngSeconds,
      parentPollSettledSeconds: settledSeconds,
      nameServers,
    } = this.#deps.settings();
    const jitter = this.#deps.random();
    const note = this.#notes.get(zone.id);
    if (note?.fault && note.ds.length === 0 && zone.status.parentAt === undefined) {
      return now + Math.max(youngSeconds, Math.min(settledSeconds, RETRY_SECONDS)) * (0.9 + 0.2 * jitter);
    }
    const forKeys = nextParentPoll(zone.status, now, jitter, { youngSeconds, settledSeconds });
    if (forKeys !== undefined && hasEntryPoints(zone)) {
      // Asked a moment ago, although nobody could say: not again at once.
      return zone.status.parentAt === undefined && note ? now + youngSeconds : forKeys;
    }
    if (nameServers.length === 0) return undefined;
    if (!note) return now;
    const age = now - zone.row.createdAt / 1000;
    return now + Math.min(DELEGATION_ONLY_SECONDS, Math.max(youngSeconds, age / 8)) * (0.9 + 0.2 * jitter);
  }
}

function timerKey(zoneId: string): string {
  return `${zoneId}/parent`;
}
