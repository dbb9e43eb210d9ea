/**
 * Many zones kept by the real machine of #transfer, the real scheduler, gate and book of health, against simulated primaries
 * in simulated time. What `Refresher` does with sockets and the store is done here with neither. For tests.
 */
import {
  initialRefreshState,
  type RefreshEffect,
  type RefreshEvent,
  type RefreshReport,
  type RefreshState,
  type Stored,
  stepRefresh,
} from "#transfer";
import { Gate, type Urgency } from "../gate.ts";
import { Lane, laneLimit } from "../lanes.ts";
import { PrimaryHealth } from "../primary-health.ts";
import { Scheduler } from "../scheduler.ts";
import type { SimPrimary } from "./sim-primary.ts";
import type { SimTime } from "./sim-time.ts";

/** The operator's limit for transfers. */
const TRANSFERS = 10;
const TRANSFER_SECONDS = 0.1;
const CHECK_SECONDS = 5;

export type SimZone = {
  readonly number: number;
  readonly expireSeconds: number;
  state: RefreshState;
  readonly reports: { readonly at: number; readonly report: RefreshReport }[];
  /** When it went into and out of "expired", Unix seconds, with the end that was in force. */
  readonly expiries: { readonly at: number; readonly end: number }[];
  /** A NOTIFY that no question has answered yet: when it came. */
  notifiedAt: number | undefined;
  abort: AbortController | undefined;
  /** Unix seconds of the last time. */
  restartedAt: number | undefined;
  readonly events: RefreshEvent[];
};

export class SimWorld {
  readonly time: SimTime;
  readonly zones: SimZone[] = [];
  readonly health: PrimaryHealth;
  readonly gate: Gate;
  readonly scheduler: Scheduler;
  /** Seconds from a NOTIFY to its question. */
  readonly notifyLatencies: { readonly zone: SimZone; readonly seconds: number }[] = [];
  restarts = 0;
  readonly #primaries: ReadonlyMap<string, SimPrimary>;
  readonly #random: () => number;

  constructor(time: SimTime, primaries: readonly SimPrimary[], random: () => number) {
    this.time = time;
    this.#primaries = new Map(primaries.map((primary) => [primary.id, primary]));
    this.#random = random;
    this.health = new PrimaryHealth(
      () => time.seconds,
      (peer) => {
        for (const zone of this.zones) if (zone.state.failedRounds > 0) this.feed(zone, { kind: "recovered", peer });
      },
    );
    this.gate = new Gate((lane) => laneLimit(lane, TRANSFERS), time.gateTime());
    this.scheduler = new Scheduler(time.clock());
  }

  addZone(peers: readonly string[], autoRefreshSeconds: number, expireSeconds: number, stored?: Stored): SimZone {
    const state = initialRefreshState({ peers, autoRefreshSeconds }, stored);
    const number = this.zones.length;
    const common = { number, expireSeconds, state, notifiedAt: undefined, abort: undefined, restartedAt: undefined };
    const zone: SimZone = { ...common, reports: [], expiries: [], events: [] };
    this.zones.push(zone);
    this.feed(zone, { kind: "start" });
    return zone;
  }

  notify(zone: SimZone, peer: string, serialHint: number): void {
    zone.notifiedAt ??= this.time.seconds;
    this.feed(zone, { kind: "notify", peer, serialHint });
  }

  /** The process ends and begins again: of each zone there is what the store keeps, of the primaries nothing is known. */
  restart(): void {
    this.restarts++;
    for (const zone of this.zones) {
      zone.abort?.abort();
      zone.restartedAt = this.time.wholeSeconds;
      zone.notifiedAt = undefined;
      const { settings, serial, expireSeconds, lastGoodCheck, expireBound, source, views, heldSerial } = zone.state;
      const whole = serial !== undefined && expireSeconds !== undefined && lastGoodCheck !== undefined;
      const stored = whole ? { serial, expireSeconds, lastGoodCheck, expireBound, source, views } : undefined;
      zone.state = initialRefreshState(settings, stored, heldSerial === undefined ? {} : { heldSerial });
      this.feed(zone, { kind: "start" });
    }
  }

  timerKey(zone: SimZone): string {
    return `${zone.number}/refresh`;
  }

  /** One step after the other, as in `Refresher`: what happens while effects are performed waits for them. */
  feed(zone: SimZone, event: RefreshEvent): void {
    zone.events.push(event);
    if (zone.events.length > 1) return;
    for (let next = zone.events[0]; next; next = zone.events[0]) {
      this.#step(zone, next);
      zone.events.shift();
    }
  }

  #step(zone: SimZone, event: RefreshEvent): void {
    const before = zone.state;
    const standing = (peer: string) => this.health.standing(peer);
    const { state, effects } = stepRefresh(before, event, this.time.wholeSeconds, this.#random(), standing);
    zone.state = state;
    for (const effect of effects) this.#do(zone, effect, before);
  }

  #do(zone: SimZone, effect: RefreshEffect, before: RefreshState): void {
    const now = this.time.wholeSeconds;
    switch (effect.kind) {
      case "ask-soa":
        void this.#ask(zone, effect);
        return;
      case "transfer":
        void this.#transfer(zone, effect);
        return;
      case "abandon":
        zone.abort?.abort();
        return;
      case "install":
        this.#install(zone, effect.attempt);
        return;
      case "discard":
        return;
      case "set-timer":
        if (effect.at === undefined) this.scheduler.cancel(this.timerKey(zone));
        else this.scheduler.set(this.timerKey(zone), effect.at, () => this.feed(zone, { kind: "timer" }));
        return;
      case "serving":
        // What had expired before a restart is found so, and is no news.
        if (effect.serving === "expired" && zone.restartedAt !== now) {
          zone.expiries.push({ at: now, end: (before.lastGoodCheck ?? 0) + zone.expireSeconds });
        }
        return;
      case "report":
        zone.reports.push({ at: this.time.seconds, report: effect.report });
    }
  }

  /** A process that ends in between has not installed it. */
  #install(zone: SimZone, attempt: number): void {
    const { restartedAt } = zone;
    this.time.after(50, () => {
      if (zone.restartedAt !== restartedAt) return;
      this.feed(zone, { kind: "installed", attempt, expireSeconds: zone.expireSeconds });
    });
  }

  async #ask(zone: SimZone, effect: Extract<RefreshEffect, { kind: "ask-soa" }>): Promise<void> {
    const { peer, attempt, transport, insist } = effect;
    const { signal } = this.#begin(zone);
    const outcome = await this.gate.run(
      `${Lane.QuestionsTo} ${peer}`,
      this.#urgency(zone),
      async () => {
        if (signal.aborted) return undefined;
        if (!insist && this.health.standing(peer) === "down") {
          return { kind: "refused", code: "down", text: "out of reach" } as const;
        }
        this.#begun(zone, attempt);
        if (zone.notifiedAt !== undefined && causeOf(zone) !== "timer") {
          this.notifyLatencies.push({ zone, seconds: this.time.seconds - zone.notifiedAt });
          zone.notifiedAt = undefined;
        }
        this.health.asked(peer);
        const { phase } = zone.state;
        const probing = phase.kind === "asking" && phase.probing === true;
        const limit = Math.min(effect.timeoutSeconds, CHECK_SECONDS);
        const primary = this.#primaries.get(peer)!;
        primary.count(this.time.seconds - this.time.epoch);
        const at = this.time.seconds - this.time.epoch;
        const answer = primary.answer(zone.number, at, transport, zone.state.serial);
        if (answer && answer.afterSeconds < limit) {
          if (!(await this.#wait(answer.afterSeconds, signal))) return undefined;
          this.health.answered(peer, transport);
          return answer.outcome;
        }
        if (!(await this.#wait(limit, signal))) return undefined;
        this.health.silent(peer, String(zone.number), transport === "tcp" || probing);
        return { kind: "no-answer", text: "no answer in time" } as const;
      },
      { signal, waits: () => this.feed(zone, { kind: "queued", attempt }) },
    );
    if (outcome) this.feed(zone, { kind: "soa", attempt, outcome });
  }

  async #transfer(zone: SimZone, effect: Extract<RefreshEffect, { kind: "transfer" }>): Promise<void> {
    const { peer, attempt } = effect;
    const { signal } = this.#begin(zone);
    const urgency = this.#urgency(zone);
    const waits = () => this.feed(zone, { kind: "queued", attempt });
    await this.gate.run(
      `${Lane.TransfersOf} ${peer}`,
      urgency,
      () =>
        this.gate.run(Lane.Transfers, urgency, () => this.#transferNow(zone, peer, attempt, signal), { signal, waits }),
      { signal, waits },
    );
  }

  async #transferNow(zone: SimZone, peer: string, attempt: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#begun(zone, attempt);
    const primary = this.#primaries.get(peer)!;
    const at = this.time.seconds - this.time.epoch;
    primary.count(at);
    const fault = primary.transferFault(at);
    if (!(await this.#wait(fault === "net.timeout" ? CHECK_SECONDS : TRANSFER_SECONDS, signal))) return;
    if (fault === undefined) this.feed(zone, { kind: "transferred", attempt, serial: primary.serial(zone.number, at) });
    else this.feed(zone, { kind: "transfer-failed", attempt, code: fault, text: "the transfer failed" });
  }

  /** False: given up meanwhile. */
  #wait(seconds: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const off = this.time.after(seconds * 1000, () => resolve(true));
      signal.addEventListener("abort", () => {
        off();
        resolve(false);
      });
    });
  }

  #begin(zone: SimZone): AbortController {
    zone.abort = new AbortController();
    return zone.abort;
  }

  #begun(zone: SimZone, attempt: number): void {
    const { phase } = zone.state;
    if ("queued" in phase && phase.queued) this.feed(zone, { kind: "begun", attempt });
  }

  #urgency(zone: SimZone): Urgency {
    return causeOf(zone) === "timer" ? "routine" : "notified";
  }
}

function causeOf(zone: SimZone): string {
  const { phase } = zone.state;
  return phase.kind === "idle" ? "timer" : phase.round.cause;
}
