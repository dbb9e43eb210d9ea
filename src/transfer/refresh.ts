/**
 * Keeps one zone like its primaries': when to ask, whom, and what to do with the answer. A pure function: no I/O, no
 * clock, no randomness; effects are values that the caller performs and answers with events.
 *
 * ```
 *            timer │ notify │ recheck                     truncated or no answer: the same peer by TCP
 *   ┌──────┐ ───────────────────────▶ ┌──────────────┐ ◀─┐
 *   │ idle │                          │ asking (SOA) │ ──┘   refused, still nothing: next peer
 *   └──────┘ ◀─ same │ older │ all failed ────┘ │ newer, or no copy, or expired
 *      ▲  │ forced │ notify of more, by IXFR    ▼
 *      │  └──────────────────────────▶ ┌──────────────┐   failed: next peer; straight and nothing came: asking
 *      │                               │ transferring │ ─────────────────────▶ asking / transferring / idle
 *      │ installed │ held              └──────────────┘
 *      │                                        │ transferred, and the serial may be taken
 *      │                               ┌────────▼─────┐
 *      └────────────────────────────── │  installing  │   (control: compile, verify, sign, publish)
 *                                      └──────────────┘
 *   busy + notify, forced: remembered once, run when idle again; a question that only waits its turn gives way to them
 *   up to date by a timer: one of the other primaries is asked too, by turns (lags, disagrees, is ahead, is silent)
 *   beside it:  serving  none ─▶ current ◀─▶ expired   (lastGoodCheck + SOA EXPIRE, or what EDNS EXPIRE said)
 *   the clock is set back: every time moves along; forward over the end of EXPIRE: the primaries are asked first
 * ```
 */
import { serialCompare, serialNewer } from "#zone";
import { boundOf, broughtNothing, isOfTheNetwork, refusesUdp, timeoutOf } from "./refresh-answers.ts";
import { IDLE } from "./refresh-begin.ts";
import type {
  PeerFailure,
  PeerId,
  PeerStanding,
  PeerView,
  RefreshEffect,
  RefreshEvent,
  RefreshPhase,
  RefreshReport,
  RefreshSettings,
  RefreshState,
  Round,
  SoaOutcome,
  SoaTimers,
  Transport,
  Wish,
} from "./refresh-state.ts";
import {
  BACK_SECONDS,
  DEFAULT_EXPIRE_SECONDS,
  expiresAt,
  firstCheckAt,
  GRACE_SECONDS,
  IDLE_NOTIFIES,
  JUMP_SECONDS,
  nextCheckAt,
  QUEUE_SECONDS,
  quietSeconds,
  RECOVERY_SPREAD_SECONDS,
  recheckSeconds,
  retryAt,
  shiftTimes,
  TRANSFER_TIMEOUT_SECONDS,
} from "./refresh-timing.ts";
import { judgePeer, unconfirmedBy, viewOf } from "./refresh-views.ts";

export type RefreshStep = { readonly state: RefreshState; readonly effects: readonly RefreshEffect[] };

/**
 * `now` in seconds since 1970; `jitter` a random number from 0 to 1, used when a time is planned; `standing` what is known
 * of a primary from all zones, at this moment.
 */
export function stepRefresh(
  state: RefreshState,
  event: RefreshEvent,
  now: number,
  jitter: number,
  standing: (peer: PeerId) => PeerStanding = () => "good",
): RefreshStep {
  const machine = new Machine(state, now, jitter, standing);
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
  readonly #standing: (peer: PeerId) => PeerStanding;
  /** Whole minutes passed that nobody saw: the clock was set forward, or the machine slept. */
  readonly #jumped: boolean;

  constructor(state: RefreshState, now: number, jitter: number, standing: (peer: PeerId) => PeerStanding) {
    const back = state.seen !== undefined && now < state.seen - BACK_SECONDS;
    this.state = { ...(back ? shiftTimes(state, now - state.seen) : state), seen: now };
    this.#now = now;
    this.#jitter = jitter;
    this.#standing = standing;
    this.#jumped = state.timerAt !== undefined && now > state.timerAt + JUMP_SECONDS;
  }

  take(event: RefreshEvent): void {
    if (event.kind === "start") this.#start();
    else if (event.kind === "timer") this.#timerFired();
    else if (event.kind === "notify")
      this.#wish({ cause: "notify", peer: event.peer, serialHint: event.serialHint }, event.straight);
    else if (event.kind === "force") this.#wish({ cause: "forced" });
    else if (event.kind === "configured") this.#configured(event.settings);
    else if (event.kind === "released") this.#released(event);
    else if (event.kind === "dropped") this.#set({ heldSerial: undefined, droppedSerial: event.serial });
    else if (event.kind === "recovered") this.#recovered(event.peer);
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

  #released(event: Extract<RefreshEvent, { kind: "released" }>): void {
    const { serial, expireSeconds, transferredAt } = event;
    const lastGoodCheck = Math.max(transferredAt, this.state.lastGoodCheck ?? 0);
    this.#set({ serial, expireSeconds, lastGoodCheck, heldSerial: undefined, droppedSerial: undefined });
    this.#set({ expireBound: undefined });
    if (this.state.serving === "current") return;
    this.#set({ serving: "current" });
    this.effects.push({ kind: "serving", serving: "current" });
  }

  #answered(event: Extract<RefreshEvent, { attempt: number }>): void {
    const { phase } = this.state;
    if (event.kind === "queued" || event.kind === "begun") this.#turn(phase, event.kind === "queued");
    else if (event.kind === "soa" && phase.kind === "asking") this.#soaAnswered(phase, event.outcome);
    else if (event.kind === "transferred" && phase.kind === "transferring")
      this.#transferred(phase, event.serial, event.expireLeftSeconds);
    else if (event.kind === "transfer-unchanged" && phase.kind === "transferring")
      this.#notTransferred(phase, undefined);
    else if (event.kind === "transfer-failed" && phase.kind === "transferring") this.#notTransferred(phase, event);
    else if (event.kind === "installed" && phase.kind === "installing")
      this.#installed(phase, event.expireSeconds, event.timers);
    else if (event.kind === "held" && phase.kind === "installing") this.#held(phase, event.code, event.text);
  }

  #start(): void {
    const { lastGoodCheck } = this.state;
    // The clock was ahead when this was noted: as good as now, and no longer.
    if (lastGoodCheck !== undefined && lastGoodCheck > this.#now) {
      this.#set({ ...shiftTimes(this.state, this.#now - lastGoodCheck) });
    }
    // A version that is held and on disk is not fetched once more only because of a restart: the first check is no "timer".
    const cause = this.state.heldSerial === undefined ? "timer" : "recheck";
    this.#plan({ cause }, firstCheckAt(this.state, this.#now, this.#jitter));
  }

  /** A question or transfer that waits its turn has all the time for it, and its own time from when it goes out. */
  #turn(phase: RefreshPhase, queued: boolean): void {
    if (phase.kind !== "asking" && phase.kind !== "transferring") return;
    const seconds = phase.kind === "asking" ? timeoutOf(phase.transport) : TRANSFER_TIMEOUT_SECONDS;
    this.#set({ phase: { ...phase, queued, deadline: this.#now + (queued ? QUEUE_SECONDS : seconds + 1) } });
  }

  /** Those that waited for it ask soon, each at a time of its own. */
  #recovered(peer: PeerId): void {
    const { phase, failedRounds, settings } = this.state;
    if (phase.kind !== "idle" || failedRounds === 0 || !settings.peers.includes(peer)) return;
    this.#planEarlier({ cause: "timer" }, this.#now + Math.ceil(RECOVERY_SPREAD_SECONDS * this.#jitter));
  }

  #wish(wish: Wish, straight = false): void {
    const { phase, quietUntil } = this.state;
    if (phase.kind === "idle") {
      if (wish.cause !== "forced" && quietUntil > this.#now) this.#planEarlier(wish, quietUntil);
      else if (straight && this.#mayGoStraight(wish)) this.#goStraight(wish);
      else this.#startRound(wish);
    } else if (phase.kind === "asking" && (wish.cause === "forced" || isIdle(phase))) {
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
    if (phase.kind === "asking" && phase.queued)
      this.#peerFailed(phase.round, { peer: phase.peer, step: "soa", code: "queue", text: "its turn did not come" });
    else if (phase.kind === "asking")
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
    const views = Object.entries(this.state.views).filter(([id]) => settings.peers.includes(id));
    this.#set({ settings, views: Object.fromEntries(views) });
    if (phase.kind === "installing") {
      this.#set({ deferred: this.state.deferred ?? { cause: "timer" } });
      return;
    }
    if (phase.kind !== "idle" && settings.peers.includes(phase.peer)) return;
    if (phase.kind !== "idle") this.#abandon();
    this.#set({ phase: IDLE });
    this.#plan({ cause: "timer" }, this.#now);
  }

  #soaAnswered(phase: Extract<RefreshPhase, { kind: "asking" }>, outcome: SoaOutcome): void {
    const { peer, transport, round } = phase;
    if (outcome.kind === "serial") {
      this.#compared(round, peer, outcome);
    } else if (
      transport === "udp" &&
      (outcome.kind === "truncated" || (outcome.kind === "no-answer" && !phase.probing) || refusesUdp(outcome))
    ) {
      this.#ask(round, peer, "tcp", true);
    } else {
      const code = outcome.kind === "refused" ? outcome.code : outcome.kind;
      const text = outcome.kind === "truncated" ? "the answer by TCP is marked as truncated" : outcome.text;
      this.#peerFailed(round, { peer, step: "soa", code, text });
    }
  }

  #compared(round: Round, peer: PeerId, answer: Extract<SoaOutcome, { kind: "serial" }>): void {
    const { serial: ours, serving, heldSerial, droppedSerial } = this.state;
    const { serial } = answer;
    const order = ours === undefined ? 1 : serialCompare(serial, ours);
    this.#look(peer, answer, order);
    if (round.cause === "forced") {
      this.#transfer({ ...round, expireBound: boundOf(answer, this.#now) }, peer);
    } else if (order === 0 && !(answer.signedAnew ?? false)) {
      if (round.opinion) this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
      else this.#upToDate(round, peer, answer);
    } else if (ours !== undefined && order !== 1 && order !== 0 && serving !== "expired") {
      this.#nextPeer({ ...round, behind: true });
    } else if ((serial === heldSerial && (round.cause !== "timer" || round.opinion)) || serial === droppedSerial) {
      // What was held is not fetched again for every NOTIFY, only when a check is due: it may have been mended unannounced.
      this.#report({ kind: "still-held", peer, serial });
      this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
    } else {
      this.#report({ kind: "newer", peer, serial, ours });
      const expireBound = boundOf(answer, this.#now);
      const rest = round.opinion ? this.state.settings.peers.filter((other) => other !== peer) : round.waiting;
      const promised = ours !== undefined && order === 1 ? serial : undefined;
      this.#transfer({ ...round, waiting: rest, opinion: false, expireBound, promised }, peer, promised);
    }
  }

  /** What the answer says about its primary is kept, and told when it is news. */
  #look(peer: PeerId, answer: Extract<SoaOutcome, { kind: "serial" }>, order: -1 | 0 | 1 | undefined): void {
    const verdict = judgePeer(this.state, peer, answer, order);
    const { view, report } = viewOf(this.state, peer, answer, verdict, this.#now);
    this.#set({ views: { ...this.state.views, [peer]: view } });
    if (report) this.#report(report);
  }

  #upToDate(round: Round, peer: PeerId, answer: Extract<SoaOutcome, { kind: "serial" }>): void {
    const { serial } = answer;
    this.#report({ kind: "up-to-date", peer, serial });
    this.#goodCheck(peer, boundOf(answer, this.#now, this.state.expireSeconds));
    const { cause, serialHint } = round;
    if (cause === "timer") {
      this.#set({ idleNotifies: 0 });
      this.#secondOpinion(round);
      return;
    }
    const idleNotifies = this.state.idleNotifies + 1;
    this.#set({ idleNotifies, quietUntil: idleNotifies > IDLE_NOTIFIES ? this.#now + 1 : 0 });
    this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
    // NOTIFY may run ahead of what its sender serves.
    const early = serialHint !== undefined && serialCompare(serialHint, serial) === 1;
    const asked = this.state.hint?.serial === serialHint ? this.state.hint?.asked : 0;
    if (early) this.#askAgain(round.peer ?? peer, serialHint, asked ?? 0);
    else this.#set({ hint: undefined });
  }

  /** An announced serial that nobody serves yet is asked for again, a few times: a wrong hint ends there. */
  #askAgain(peer: PeerId, serial: number, asked: number): void {
    const wait = recheckSeconds(asked);
    this.#set({ hint: { serial, asked: asked + 1 } });
    if (wait !== undefined) this.#planEarlier({ cause: "recheck", peer, serialHint: serial }, this.#now + wait);
    else if (recheckSeconds(asked - 1) !== undefined) this.#report({ kind: "hint-unmet", serial, asked });
  }

  /**
   * The zone is up to date by one primary's word. With every check another one is asked, by turns: one that went silent,
   * lags, disagrees, or is ahead of the first one, would not be noticed otherwise.
   */
  #secondOpinion(round: Round): void {
    const others = round.waiting.filter((peer) => this.#standing(peer) !== "down");
    const peer = others[this.state.checks % Math.max(1, others.length)];
    if (peer === undefined) this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
    else this.#tryPeer({ ...round, waiting: [], opinion: true }, peer);
  }

  #transferred(
    phase: Extract<RefreshPhase, { kind: "transferring" }>,
    serial: number,
    expireLeftSeconds: number | undefined,
  ): void {
    const { peer } = phase;
    const expireBound = boundOf({ expireLeftSeconds }, this.#now) ?? phase.round.expireBound;
    const round = { ...phase.round, ...(expireBound !== undefined && { expireBound }) };
    const { serial: ours, serving } = this.state;
    const order = ours === undefined ? 1 : serialCompare(serial, ours);
    // The stored serial once more is wanted when it was signed anew, not from one whose SOA answer was newer.
    const isWanted = order === 1 || (order === 0 && round.promised === undefined && !round.straight);
    if (round.cause !== "forced" && serving !== "expired" && !isWanted) {
      this.effects.push({ kind: "discard", attempt: this.state.attempt });
      const { promised } = round;
      const said = promised === undefined ? "" : `, though the answer to the SOA question said ${promised}`;
      const text = `serial ${serial} came, not newer than ours, ${ours}${said}`;
      this.#notTransferred(phase, { code: "not-newer", text });
      return;
    }
    if (round.straight) this.#report({ kind: "newer", peer, serial, ours });
    this.#set({ phase: { kind: "installing", peer, serial, round } });
    this.effects.push({ kind: "install", attempt: this.state.attempt, peer, serial });
  }

  #installed(
    phase: Extract<RefreshPhase, { kind: "installing" }>,
    expireSeconds: number,
    soaTimers: SoaTimers | undefined,
  ): void {
    const { peer, serial, round } = phase;
    this.#report({ kind: "installed", peer, serial, was: this.state.serial });
    const view: PeerView = { serial, verdict: "same", toldAt: undefined };
    const views = { ...this.state.views, [peer]: view };
    const owed = [round.promised, round.serialHint].find((more) => more !== undefined && serialNewer(more, serial));
    const asked = this.state.hint?.asked ?? 0;
    this.#set({
      serial,
      expireSeconds,
      soaTimers,
      heldSerial: undefined,
      droppedSerial: undefined,
      source: peer,
      views,
    });
    this.#set({ expireBound: undefined, hint: undefined, idleNotifies: 0 });
    // Nothing left, or less than the transfer took: it is expired, and not good for all of SOA EXPIRE.
    const most = this.#now + (expireSeconds || DEFAULT_EXPIRE_SECONDS);
    this.#goodCheck(peer, round.expireBound === undefined ? undefined : Math.min(round.expireBound, most), true);
    this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
    // One server behind the primary's address lags: what a SOA answer or NOTIFY announced is still to come. One count for all
    // that is announced, or somebody who always promises more would be asked for ever.
    if (owed !== undefined && round.cause !== "forced") this.#askAgain(round.peer ?? peer, owed, asked);
  }

  #held(phase: Extract<RefreshPhase, { kind: "installing" }>, code: string, text: string): void {
    const failedRounds = this.state.failedRounds + 1;
    this.#report({ kind: "held", peer: phase.peer, serial: phase.serial, code, text });
    this.#set({ heldSerial: phase.serial, failedRounds, quietUntil: this.#now + quietSeconds(failedRounds) });
    this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
  }

  #peerFailed(round: Round, failure: PeerFailure): void {
    // Out of reach is told by the zone that found it out, and by "all-failed": not once more by every other zone.
    if (failure.code !== "down") this.#report({ kind: "peer-failed", ...failure });
    this.#nextPeer({ ...round, failures: [...round.failures, failure] });
  }

  #notTransferred(
    { peer, round }: Extract<RefreshPhase, { kind: "transferring" }>,
    failure: (Pick<PeerFailure, "code" | "text"> & { readonly whole?: boolean }) | undefined,
  ): void {
    // What is no answer of the primary's would be none to the SOA question's transfer either, and a bad zone stays bad.
    if (round.straight && !(failure && (failure.whole || isOfTheNetwork(failure.code))))
      this.#tryPeer({ ...round, straight: false }, peer);
    else if (failure) this.#peerFailed(round, { peer, step: "transfer", code: failure.code, text: failure.text });
    else this.#peerFailed(round, { peer, step: "transfer", ...broughtNothing(round.promised) });
  }

  // ---- what is done ----

  /**
   * The SOA in a NOTIFY is a hint (RFC 1996 section 3.7), and IXFR is a question, too: "nothing" is one of its answers. It is put
   * at once to who was right the last time; whose hints led to nothing, or who had something that was held, is asked the SOA.
   */
  #mayGoStraight({ peer, serialHint }: Wish): boolean {
    const { serial, serving, idleNotifies, failedRounds, heldSerial, droppedSerial, settings } = this.state;
    if (peer === undefined || serialHint === undefined || serial === undefined) return false;
    const isTrusted =
      idleNotifies === 0 && failedRounds === 0 && heldSerial === undefined && droppedSerial === undefined;
    const isThere = settings.peers.includes(peer) && ["good", "tcp"].includes(this.#standing(peer));
    return serving === "current" && isTrusted && isThere && serialCompare(serialHint, serial) === 1;
  }

  #goStraight(wish: Wish): void {
    const [first, ...waiting] = this.#inOrder(this.state.settings.peers, wish.peer);
    this.#set({ planned: undefined });
    this.#transfer({ ...wish, waiting, failures: [], behind: false, straight: true }, first!, wish.serialHint);
  }

  #startRound(wish: Wish): void {
    const { peers } = this.state.settings;
    this.#set({ planned: undefined });
    const [first, ...others] = this.#inOrder(peers, wish.peer);
    if (first === undefined) this.#report({ kind: "no-primaries" });
    else this.#tryPeer({ ...wish, waiting: others, failures: [], behind: false }, first);
  }

  /** The notifier first, those out of reach last. */
  #inOrder(peers: readonly PeerId[], notifier: PeerId | undefined): PeerId[] {
    const reachable = peers.filter((peer) => this.#standing(peer) !== "down");
    const ordered = [...reachable, ...peers.filter((peer) => !reachable.includes(peer))];
    if (notifier === undefined || !peers.includes(notifier)) return ordered;
    return [notifier, ...ordered.filter((peer) => peer !== notifier)];
  }

  #tryPeer(round: Round, peer: PeerId): void {
    const standing = this.#standing(peer);
    // Whoever sent a NOTIFY lives, whatever was thought of it.
    const insist = round.peer === peer || standing === "probe";
    if (round.cause === "forced" && !isSlow(round)) this.#transfer(round, peer);
    else if (round.cause === "forced")
      this.#ask(round, peer, standing === "tcp" ? "tcp" : "udp", true, standing === "down");
    else if (standing === "down" && !insist)
      this.#peerFailed(round, { peer, step: "soa", code: "down", text: "out of reach; it is asked again in a while" });
    else this.#ask(round, peer, standing === "tcp" ? "tcp" : "udp", insist, standing === "probe");
  }

  #nextPeer(round: Round): void {
    const [peer, ...waiting] = round.waiting;
    if (peer !== undefined) {
      this.#tryPeer({ ...round, waiting }, peer);
    } else if (round.opinion) {
      this.#endRound(nextCheckAt(this.state, this.#now, this.#jitter));
    } else if (round.behind) {
      this.#unconfirmed(round);
    } else {
      const failedRounds = this.state.failedRounds + 1;
      const at = retryAt(this.state, failedRounds, this.#now, this.#jitter);
      this.#set({ failedRounds, quietUntil: this.#now + quietSeconds(failedRounds) });
      this.#report({ kind: "all-failed", failures: round.failures, retryAt: at });
      this.#endRound(at);
    }
  }

  /**
   * Somebody answered, with an older serial, and nobody confirmed ours: EXPIRE runs on. Asking more often would mend nothing,
   * unless others did not answer at all.
   */
  #unconfirmed(round: Round): void {
    const { failures } = round;
    const failedRounds = this.state.failedRounds + (failures.length > 0 ? 1 : 0);
    const at =
      failures.length > 0
        ? retryAt(this.state, failedRounds, this.#now, this.#jitter)
        : nextCheckAt(this.state, this.#now, this.#jitter);
    const { known, unconfirmed } = unconfirmedBy(this.state, failures, this.#now);
    this.#set({ failedRounds, unconfirmed });
    this.#report({ kind: "unconfirmed", failures, retryAt: at, known });
    this.#endRound(at);
  }

  #ask(round: Round, peer: PeerId, transport: Transport, insist: boolean, probing = false): void {
    const attempt = this.state.attempt + 1;
    const timeoutSeconds = timeoutOf(transport);
    const deadline = this.#now + timeoutSeconds + 1;
    this.#set({ attempt, phase: { kind: "asking", peer, transport, deadline, round, probing } });
    this.effects.push({ kind: "ask-soa", attempt, peer, transport, timeoutSeconds, insist });
  }

  #transfer(round: Round, peer: PeerId, newerSerial?: number): void {
    const attempt = this.state.attempt + 1;
    const deadline = this.#now + TRANSFER_TIMEOUT_SECONDS + 1;
    this.#set({ attempt, phase: { kind: "transferring", peer, deadline, round } });
    const straight = round.straight ? ({ straight: true } as const) : {};
    const timeoutSeconds = TRANSFER_TIMEOUT_SECONDS;
    this.effects.push({ kind: "transfer", attempt, peer, timeoutSeconds, newerSerial, ...straight });
  }

  /** Stops the running attempt; its number is used up, so that a late answer to it counts for nothing. */
  #abandon(): void {
    this.effects.push({ kind: "abandon", attempt: this.state.attempt });
    this.#set({ attempt: this.state.attempt + 1 });
  }

  #endRound(nextAt: number): void {
    this.#set({ phase: IDLE });
    this.#plan({ cause: "timer" }, nextAt);
  }

  /**
   * RFC 7314 section 4: what the primary's own copy has left counts, and a check of the same version only ever puts the
   * end off, so that a ring of secondaries cannot keep a zone alive whose source is gone.
   */
  #goodCheck(peer: PeerId, bound: number | undefined, anew = false): void {
    const { failedRounds } = this.state;
    if (failedRounds > 0) this.#report({ kind: "well-again", peer, failedRounds });
    const before = expiresAt(this.state);
    const checks = this.state.checks + 1;
    const keep = !anew && bound !== undefined && before !== undefined && this.state.serving === "current";
    const expireBound = keep ? Math.max(before, bound) : bound;
    this.#set({ lastGoodCheck: this.#now, failedRounds: 0, quietUntil: 0, checks, expireBound, graceUntil: undefined });
    this.#set({ unconfirmed: undefined });
    if (this.state.serving === "current" || (expiresAt(this.state) ?? 0) <= this.#now) return;
    this.#set({ serving: "current" });
    this.effects.push({ kind: "serving", serving: "current" });
  }

  #checkExpiry(): void {
    const end = expiresAt(this.state);
    if (this.state.serving !== "current" || end === undefined || end > this.#now) return;
    const { graceUntil } = this.state;
    if (this.#jumped && graceUntil === undefined) {
      this.#set({ graceUntil: this.#now + GRACE_SECONDS });
      this.#planEarlier({ cause: "timer" }, this.#now);
      return;
    }
    if (graceUntil !== undefined && this.#now < graceUntil) return;
    this.#set({ serving: "expired", graceUntil: undefined });
    this.effects.push({ kind: "serving", serving: "expired" });
  }

  #plan(wish: Wish, at: number): void {
    const { cause, peer, serialHint } = wish;
    // What every zone at rest has is kept small.
    const isPlain = peer === undefined && serialHint === undefined;
    this.#set({ planned: isPlain ? { cause, at } : { ...wish, at } });
  }

  #planEarlier(wish: Wish, at: number): void {
    if (this.state.planned === undefined || at < this.state.planned.at) this.#plan(wish, at);
  }

  #setTimer(): void {
    const { phase, planned, serving, graceUntil } = this.state;
    const times: number[] = [];
    if (phase.kind === "idle" && planned) times.push(planned.at);
    if ("deadline" in phase) times.push(phase.deadline);
    const expiry = serving === "current" ? expiresAt(this.state) : undefined;
    if (expiry !== undefined) times.push(Math.max(expiry, graceUntil ?? 0));
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

/** Nothing would be lost: the question has not been sent, or is asked for the sake of order. A NOTIFY takes its place. */
function isIdle(phase: Extract<RefreshPhase, { kind: "asking" }>): boolean {
  return phase.round.opinion === true || (phase.queued === true && phase.round.cause === "timer");
}

/** Somebody was waited for in vain: those that are left are asked for the SOA first, which costs a silent one less than a transfer. */
function isSlow(round: Round): boolean {
  return round.failures.some(({ code }) => code === "timeout" || code === "net.timeout");
}
