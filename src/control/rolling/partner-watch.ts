/**
 * Asks the other signers' nameservers while a key of ours is rolled, as long as something depends on them.
 *
 *   rollover looked at ─ it depends on them ▶ due ▶ ask all ▶ note ▶ rollover looked at again, due again, later and later
 */
import type { Roll } from "#keyplan";
import type { Deps } from "../deps.ts";
import { Lane } from "../lanes.ts";
import type { Exchange } from "../parent/exchange.ts";
import type { Zone } from "../zone.ts";
import { askPartners, type PartnerAnswer } from "./ask-partners.ts";
import type { RollNote } from "./note.ts";
import { rollsOf } from "./note.ts";

/** `at`: Unix seconds. */
export type PartnerNote = PartnerAnswer & { readonly at: number };

type WatchParts = {
  readonly deps: Deps;
  readonly exchange: Exchange;
  /** Told after every look, with what was seen the time before. */
  readonly looked: (zone: Zone, before: PartnerNote | undefined, now: PartnerNote) => Promise<void>;
};

/** Keeps: one look a zone at a time; what was seen of a zone whose keys are not rolled any more is forgotten. */
export class PartnerWatch {
  readonly #parts: WatchParts;
  readonly #notes = new Map<string, PartnerNote>();
  readonly #looking = new Set<string>();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  note(zoneId: string): PartnerNote | undefined {
    return this.#notes.get(zoneId);
  }

  forget(zoneId: string): void {
    this.#parts.deps.scheduler.cancel(timerKey(zoneId));
    this.#notes.delete(zoneId);
  }

  /** Sets the zone's timer by its rollovers. */
  consider(zone: Zone, note: RollNote): void {
    const rolls = zone.mode === "multisigner" && !zone.gone ? rollsOf(note) : [];
    if (rolls.length === 0) {
      this.forget(zone.id);
      return;
    }
    const at = this.#nextAt(zone, rolls);
    this.#parts.deps.scheduler.set(timerKey(zone.id), at, () => void this.#look(zone));
  }

  /** After an eighth of the time that was waited, within the limits of questions to the parent. */
  #nextAt(zone: Zone, rolls: readonly Roll[]): number {
    const { deps } = this.#parts;
    const seen = this.#notes.get(zone.id);
    const since = Math.max(...rolls.map((roll) => roll.since));
    if (!seen) return deps.now();
    const { parentPollYoungSeconds, parentPollSettledSeconds } = deps.settings();
    const wanted = Math.max(0, seen.at - since) / 8;
    return seen.at + Math.min(parentPollSettledSeconds, Math.max(parentPollYoungSeconds, wanted));
  }

  async #look(zone: Zone): Promise<void> {
    const { deps } = this.#parts;
    if (this.#looking.has(zone.id) || zone.gone || zone.mode !== "multisigner") return;
    this.#looking.add(zone.id);
    try {
      const answer = await deps.gate.run(Lane.Parents, "routine", () => this.#ask(zone));
      const before = this.#notes.get(zone.id);
      const note = { ...answer, at: deps.now() };
      this.#notes.set(zone.id, note);
      await this.#parts.looked(zone, before, note);
    } catch (error) {
      deps.log.error({ zone: zone.name, error }, "looking at the other signers failed unexpectedly");
    } finally {
      this.#looking.delete(zone.id);
    }
  }

  async #ask(zone: Zone): Promise<PartnerAnswer> {
    const { deps, exchange } = this.#parts;
    const { nameServers, resolver, partnerPort } = deps.settings();
    const image = zone.stored?.image;
    if (!image) return { sayings: [], silent: [] };
    const dnskeys = zone.keys.map(({ dnskey }) => dnskey);
    const ours = { apex: zone.apex, dnskeys, verify: deps.crypto.verify, now: deps.now() };
    return askPartners({ ...ours, image, ourNames: nameServers, resolver, port: partnerPort }, exchange);
  }
}

function timerKey(zoneId: string): string {
  return `${zoneId}/partners`;
}
