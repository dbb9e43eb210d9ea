/**
 * Keeps one zone like its primaries': when to ask, whom, and what to do with the answer. A pure function: no I/O, no
 * clock, no randomness; effects are values that the caller performs and answers with events.
 *
 * ```
 *            timer │ notify │ recheck                     truncated or no answer: the same peer by TCP
 *   ┌──────┐ ───────────────────────▶ ┌──────────────┐ ◀─┐
 *   │ idle │                          │ asking (SOA) │ ──┘   refused, still nothing: next peer
 *   └──────┘ ◀─ same │ older │ all failed ────┘ │ newer, or no copy, or expired
 *      ▲  │ forced                              ▼
 *      │  └──────────────────────────▶ ┌──────────────┐   failed: next peer
 *      │                               │ transferring │ ─────────────────────▶ asking / transferring / idle
 *      │ installed │ held              └──────────────┘
 *      │                                        │ transferred, and the serial may be taken
 *      │                               ┌────────▼─────┐
 *      └────────────────────────────── │  installing  │   (control: compile, verify, sign, publish)
 *                                      └──────────────┘
 *   busy + notify, forced: remembered once, run when idle again
 *   beside it:  serving  none ─▶ current ◀─▶ expired   (lastGoodCheck + SOA EXPIRE)
 * ```
 */
import { serialCompare } from "#zone";
import type {
  PeerFailure,
  PeerId,
  RefreshEffect,
  RefreshEvent,
  RefreshPhase,
  RefreshReport,
  RefreshSettings,
  RefreshState,
  Round,
  SoaOutcome,
  Transport,
  Wish,
} from "./refresh-state.ts";
import {
  expiresAt,
  nextCheckAt,
  quietSeconds,
  RECHECK_SECONDS,
  retryAt,
  TCP_TIMEOUT_SECONDS,
  TRANSFER_TIMEOUT_SECONDS,
  UDP_TIMEOUT_SECONDS,
} from "./refresh-timing.ts";

export type Stored = {
  readonly serial: number;
  readonly expireSeconds: number;
  readonly lastGoodCheck: number;
};

/** Serials that a restart remembers of versions that are not served. */
export type Refused = { readonly heldSerial?: number; readonly droppedSerial?: number };

/** `stored` and `refused` are what a restart found on disk. Feed "start" next. */
export function initialRefreshState(settings: RefreshSettings, stored?: Stored, refused: Refused = {}): RefreshState {
  return {
    settings,
    phase: { kind: "idle" },
    serial: stored?.serial,
    expireSeconds: stored?.expireSeconds,
    lastGoodCheck: stored?.lastGoodCheck,
    serving: stored ? "current" : "none",
    failedRounds: 0,
    planned: undefined,
    deferred: undefined,
    quietUntil: 0,
    heldSerial: refused.heldSerial,
    droppedSerial: refused.droppedSerial,
    attempt: 0,
    timerAt: undefined,
  };
}

export type RefreshStep = { readonly state: RefreshState; readonly effects: readonly RefreshEffect[] };

/** `now` in seconds since 1970; `jitter` a random number from 0 to 1, used when a time is planned. */
export function stepRefresh(state: RefreshState, event: RefreshEvent, now: number, jitter: number): RefreshStep {
  const machine = new Machine(state, now, jitter);
  machine.take(event);
  machine.settle();
  return { state: machine.state, effects: machine.effects };
}

/** One step in the making, for one call of `stepRefresh`. Keeps: the effects are those that led from the old state to `state`. */
class Machine {
  state: RefreshState;
  readonly effects: RefreshEffect[] = [];
  readonly #now: number;
  readonly #jitter: number;

  constructor(state: RefreshState, now: number, jitter: number) {
    this.state = state;
    this.#now = now;
    this.#jitter = jitter;
  }

  take(event: RefreshEvent): void {
    if (event.kind === "start") this.#start();
    else if (event.kind === "timer") this.#timerFired();
    else if (event.kind === "notify") this.#wish({ cause: "notify", peer: event.peer, serialHint: event.serialHint });
    else if (event.kind === "force") this.#wish({ cause: "forced" });
    else if (event.kind === "configured") this.#configured(event.settings);
    else if (event.kind === "released") this.#released(event);
    else if (event.kind === "dropped") this.#set({ heldSerial: undefined, droppedSerial: event.serial });
    // Answers to attempts that were given up come late and count for nothing.
    else if (event.attempt === this.state.attempt) this.#answered(event);
  }

  /** After every event: begin what is due, expire what is over, and set the one timer. */
  settle(): void {
    this.#checkExpiry();
    const { phase, planned, deferred } = this.state;
    if (phase.kind === "idle") {
      if (deferred) {
        this.#set({ deferred: undefined });
        this.#wish(deferred);
      } else if (planned && planned.at <= this.#now) {
        this.#startRound(planned);
      }
    }
    this.#setTimer();
  }

  // ---- what happens ----

  /** A version that is held and on disk is not fetched once more only because of a restart: the first check is no "timer". */
  #start(): void {
    this.#plan({ cause: this.state.heldSerial === undefined ? "timer" : "recheck" }, this.#firstCheck());
  }

  #released(event: Extract<RefreshEvent, { kind: "released" }>): void {
    const { serial, expireSeconds, transferredAt } = event;
    const lastGoodCheck = Math.max(transferredAt, this.state.lastGoodCheck ?? 0);
    this.#set({ serial, expireSeconds, lastGoodCheck, heldSerial: undefined, droppedSerial: undefined });
    if (this.state.serving === "current") return;
    this.#set({ serving: "current" });
    this.effects.push({ kind: "serving", serving: "current" });
  }

  #answered(event: Extract<RefreshEvent, { attempt: number }>): void {
    const { phase } = this.state;
    if (event.kind === "soa" && phase.kind === "asking") this.#soaAnswered(phase, event.outcome);
    else if (event.kind === "transferred" && phase.kind === "transferring") this.#transferred(phase, event.serial);
    else if (event.kind === "transfer-unchanged" && phase.kind === "transferring")
      this.#nextPeer({ ...phase.round, behind: true });
    else if (event.kind === "transfer-failed" && phase.kind === "transferring")
      this.#peerFailed(phase.round, { peer: phase.peer, step: "transfer", code: event.code, text: event.text });
    else if (event.kind === "installed" && phase.kind === "installing") this.#installed(phase, event.expireSeconds);
    else if (event.kind === "held" && phase.kind === "installing") this.#held(phase, event.code, event.text);
  }

  #wish(wish: Wish): void {
    const { phase, quietUntil } = this.state;
    if (phase.kind === "idle") {
      if (wish.cause !== "forced" && quietUntil > this.#now) this.#planEarlier(wish, quietUntil);
      else this.#startRound(wish);
    } else if (wish.cause === "forced" && phase.kind === "asking") {
      this.#abandon();
      this.#startRound(wish);
    } else if (wish.cause === "forced" && phase.kind === "transferring") {
      // What is coming in is as fresh as anything: take it whatever its serial.
      this.#set({ phase: { ...phase, round: { ...phase.round, cause: "forced" } } });
    } else if (this.state.deferred?.cause !== "forced") {
      this.#set({ deferred: wish });
    }
  }

  #timerFired(): void {
    const { phase } = this.state;
    // It may have fired early: it is set again then.
    this.#set({ timerAt: undefined });
    if (!("deadline" in phase) || phase.deadline > this.#now) return;
    this.#abandon();
    if (phase.kind === "asking")
      this.#soaAnswered(phase, { kind: "no-answer", text: `no answer within ${timeoutOf(phase.transport)} s` });
    else
      this.#peerFailed(phase.round, {
        peer: phase.peer,
        step: "transfer",
        code: "timeout",
        text: `not finished within ${TRANSFER_TIMEOUT_SECONDS} s`,
      });
  }

  #configured(settings: RefreshSettings): void {
    const { phase } = this.state;
    this.#set({ settings });
    if (phase.kind === "installing") {
      this.#set({ deferred: this.state.deferred ?? { cause: "timer" } });
      return;
    }
    if (phase.kind !== "idle" && settings.peers.includes(phase.peer)) return;
    if (phase.kind !== "idle") this.#abandon();
    this.#set({ phase: { kind: "idle" } });
    this.#plan({ cause: "timer" }, this.#now);
  }

  #soaAnswered(phase: Extract<RefreshPhase, { kind: "asking" }>, outcome: SoaOutcome): void {
    const { peer, transport, round } = phase;
    if (outcome.kind === "serial") {
      this.#compared(round, peer, outcome.serial, outcome.signedAnew ?? false);
    } else if (outcome.kind !== "refused" && transport === "udp") {
      this.#ask(round, peer, "tcp");
    } else {
      const code = outcome.kind === "refused" ? outcome.code : outcome.kind;
      const text = outcome.kind === "truncated" ? "the answer by TCP is marked as truncated" : outcome.text;
      this.#peerFailed(round, { peer, step: "soa", code, text });
    }
  }

  #compared(round: Round, peer: PeerId, serial: number, signedAnew: boolean): void {
    const { serial: ours, serving, heldSerial, droppedSerial } = this.state;
    const order = ours === undefined ? 1 : serialCompare(serial, ours);
    if (order === 0 && !signedAnew) {
      this.#upToDate(round, peer, serial);
    } else if (ours !== undefined && order !== 1 && order !== 0 && serving !== "expired") {
      this.#report({ kind: "serial-backwards", peer, serial, ours, undefinedOrder: order === undefined });
      this.#nextPeer({ ...round, behind: true });
    } else if ((serial === heldSerial && round.cause !== "timer") || serial === droppedSerial) {
      // What was held is not fetched again for every NOTIFY, only when a check is due: it may have been mended unannounced.
      this.#report({ kind: "still-held", peer, serial });
      this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
    } else {
      this.#report({ kind: "newer", peer, serial, ours });
      this.#transfer(round, peer, ours !== undefined && order === 1 ? serial : undefined);
    }
  }

  #upToDate(round: Round, peer: PeerId, serial: number): void {
    this.#report({ kind: "up-to-date", peer, serial });
    this.#goodCheck();
    const early = round.serialHint !== undefined && serialCompare(round.serialHint, serial) === 1;
    this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
    // NOTIFY may run ahead of what its sender serves. Asked once more, without the hint: a wrong hint ends there.
    if (early && round.cause === "notify") this.#planEarlier({ cause: "recheck", peer }, this.#now + RECHECK_SECONDS);
  }

  #transferred(phase: Extract<RefreshPhase, { kind: "transferring" }>, serial: number): void {
    const { peer, round } = phase;
    const { serial: ours, serving } = this.state;
    const order = ours === undefined ? 1 : serialCompare(serial, ours);
    if (round.cause !== "forced" && serving !== "expired" && order !== 1 && order !== 0) {
      this.effects.push({ kind: "discard", attempt: this.state.attempt });
      const text = `serial ${serial} came, not newer than ours, ${ours}`;
      this.#peerFailed(round, { peer, step: "transfer", code: "not-newer", text });
      return;
    }
    this.#set({ phase: { kind: "installing", peer, serial, round } });
    this.effects.push({ kind: "install", attempt: this.state.attempt, peer, serial });
  }

  #installed(phase: Extract<RefreshPhase, { kind: "installing" }>, expireSeconds: number): void {
    this.#report({ kind: "installed", peer: phase.peer, serial: phase.serial, was: this.state.serial });
    this.#set({ serial: phase.serial, expireSeconds, heldSerial: undefined, droppedSerial: undefined });
    this.#goodCheck();
    this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
  }

  #held(phase: Extract<RefreshPhase, { kind: "installing" }>, code: string, text: string): void {
    const failedRounds = this.state.failedRounds + 1;
    this.#report({ kind: "held", peer: phase.peer, serial: phase.serial, code, text });
    this.#set({ heldSerial: phase.serial, failedRounds, quietUntil: this.#now + quietSeconds(failedRounds) });
    this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
  }

  #peerFailed(round: Round, failure: PeerFailure): void {
    this.#report({ kind: "peer-failed", ...failure });
    this.#nextPeer({ ...round, failures: [...round.failures, failure] });
  }

  // ---- what is done ----

  #startRound(wish: Wish): void {
    const { peers } = this.state.settings;
    this.#set({ planned: undefined });
    const [first, ...others] =
      wish.peer !== undefined && peers.includes(wish.peer) ? preferred(peers, wish.peer) : peers;
    if (first === undefined) this.#report({ kind: "no-primaries" });
    else this.#tryPeer({ ...wish, waiting: others, failures: [], behind: false }, first);
  }

  #tryPeer(round: Round, peer: PeerId): void {
    if (round.cause === "forced") this.#transfer(round, peer);
    else this.#ask(round, peer, "udp");
  }

  #nextPeer(round: Round): void {
    const [peer, ...waiting] = round.waiting;
    if (peer !== undefined) {
      this.#tryPeer({ ...round, waiting }, peer);
    } else if (round.behind) {
      // Somebody answered, with an older serial: nothing is broken that asking more often would mend.
      this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
    } else {
      const failedRounds = this.state.failedRounds + 1;
      const at = retryAt(this.state, failedRounds, this.#now, this.#jitter);
      this.#set({ failedRounds, quietUntil: this.#now + quietSeconds(failedRounds) });
      this.#report({ kind: "all-failed", failures: round.failures, retryAt: at });
      this.#endRound(at);
    }
  }

  #ask(round: Round, peer: PeerId, transport: Transport): void {
    const attempt = this.state.attempt + 1;
    const timeoutSeconds = timeoutOf(transport);
    const deadline = this.#now + timeoutSeconds + 1;
    this.#set({ attempt, phase: { kind: "asking", peer, transport, deadline, round } });
    this.effects.push({ kind: "ask-soa", attempt, peer, transport, timeoutSeconds });
  }

  #transfer(round: Round, peer: PeerId, newerSerial?: number): void {
    const attempt = this.state.attempt + 1;
    const deadline = this.#now + TRANSFER_TIMEOUT_SECONDS + 1;
    this.#set({ attempt, phase: { kind: "transferring", peer, deadline, round } });
    this.effects.push({ kind: "transfer", attempt, peer, timeoutSeconds: TRANSFER_TIMEOUT_SECONDS, newerSerial });
  }

  /** Stops the running attempt; its number is used up, so that a late answer to it counts for nothing. */
  #abandon(): void {
    this.effects.push({ kind: "abandon", attempt: this.state.attempt });
    this.#set({ attempt: this.state.attempt + 1 });
  }

  #endRound(nextAt: number): void {
    this.#set({ phase: { kind: "idle" } });
    this.#plan({ cause: "timer" }, nextAt);
  }

  #goodCheck(): void {
    this.#set({ lastGoodCheck: this.#now, failedRounds: 0, quietUntil: 0 });
    if (this.state.serving === "current") return;
    this.#set({ serving: "current" });
    this.effects.push({ kind: "serving", serving: "current" });
  }

  #checkExpiry(): void {
    const end = expiresAt(this.state);
    if (this.state.serving !== "current" || end === undefined || end > this.#now) return;
    this.#set({ serving: "expired" });
    this.effects.push({ kind: "serving", serving: "expired" });
  }

  /** At once without a copy; otherwise when the stored one is due, which may be long ago. */
  #firstCheck(): number {
    const { lastGoodCheck } = this.state;
    if (lastGoodCheck === undefined) return this.#now;
    return Math.max(
      this.#now,
      Math.min(nextCheckAt(this.state, lastGoodCheck, this.#jitter), nextCheckAt(this.state, this.#now, 0)),
    );
  }

  #plan(wish: Wish, at: number): void {
    this.#set({ planned: { ...wish, at } });
  }

  #planEarlier(wish: Wish, at: number): void {
    if (this.state.planned === undefined || at < this.state.planned.at) this.#plan(wish, at);
  }

  #setTimer(): void {
    const { phase, planned, serving } = this.state;
    const times: number[] = [];
    if (phase.kind === "idle" && planned) times.push(planned.at);
    if ("deadline" in phase) times.push(phase.deadline);
    const expiry = serving === "current" ? expiresAt(this.state) : undefined;
    if (expiry !== undefined) times.push(expiry);
    const at = times.length === 0 ? undefined : Math.min(...times);
    if (at === this.state.timerAt) return;
    this.#set({ timerAt: at });
    this.effects.push({ kind: "set-timer", at });
  }

  #report(report: RefreshReport): void {
    this.effects.push({ kind: "report", report });
  }

  #set(changes: Partial<RefreshState>): void {
    this.state = { ...this.state, ...changes };
  }
}

function preferred(peers: readonly PeerId[], first: PeerId): PeerId[] {
  return [first, ...peers.filter((peer) => peer !== first)];
}

function timeoutOf(transport: Transport): number {
  return transport === "udp" ? UDP_TIMEOUT_SECONDS : TCP_TIMEOUT_SECONDS;
}
