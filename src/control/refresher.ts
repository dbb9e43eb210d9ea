/**
 * Performs what the refresh machine of #transfer wants for one zone: asks primaries, transfers, hands versions to the zone,
 * and answers the machine. Whatever decides is in the machine; here is only doing.
 */
import { DEFAULT_REFRESH_SECONDS } from "#contract";
import {
  expiresAt,
  initialRefreshState,
  type RefreshEffect,
  type RefreshEvent,
  type RefreshReport,
  type RefreshSettings,
  type RefreshState,
  type SoaOutcome as SoaForMachine,
  type Stored,
  stepRefresh,
} from "#transfer";
import type { Attempt } from "./attempts.ts";
import type { Deps } from "./deps.ts";
import { type Fetched, fetchVersion, notFetched } from "./fetch.ts";
import type { Turn } from "./gate.ts";
import { apexSoa } from "./image-facts.ts";
import { type Begun, type Ended, endedTransfer, failedCheck, outcomeOf } from "./incoming-attempt.ts";
import { IxfrBase, mattersToBase } from "./ixfr-base.ts";
import { Lane } from "./lanes.ts";
import { narrowed } from "./limits-note.ts";
import { type AskAhead, LookAhead } from "./look-ahead.ts";
import type { NoteKeeper } from "./note-keeper.ts";
import type { PeerBook } from "./peer-book.ts";
import { NO_CHECKS, NO_PEER_CHECKS, type PeerNote, type RefreshNote } from "./peer-notes.ts";
import { askSoa, isSilence, isSilent, type Primary, type SoaOutcome } from "./primary-client.ts";
import { tellExpired, tellReport } from "./refresh-events.ts";
import { reasonOf, urgencyOf, urgencyOfQuestion } from "./refresh-reason.ts";
import type { Timed } from "./scheduler.ts";
import { watchPace } from "./slow-transfer.ts";
import { compareSoa } from "./soa-compare.ts";
import { TransferProgress } from "./transfer-progress.ts";
import type { TransportOptions } from "./transport/transport.ts";
import type { Arrival, StoredVersion } from "./versions.ts";
import type { Held, Round } from "./work.ts";
import type { Zone } from "./zone.ts";

export type RefresherParts = {
  readonly zone: Zone;
  readonly book: PeerBook;
  readonly notes: NoteKeeper;
  readonly deps: Deps;
};

const NOT_STARTED = initialRefreshState({ peers: [], autoRefreshSeconds: DEFAULT_REFRESH_SECONDS });

type AskSoa = Extract<RefreshEffect, { kind: "ask-soa" }>;

export class Refresher implements Timed {
  /** For the scheduler. */
  dueAt = 0;
  duePlace = -1;
  readonly #zone: Zone;
  readonly #book: PeerBook;
  readonly #notes: NoteKeeper;
  readonly #deps: Deps;
  #state: RefreshState;
  #note: RefreshNote;
  #peerIds: readonly string[] = [];
  #abort: AbortController | Turn | undefined;
  #arrived: { readonly arrival: Arrival; readonly attempt: Ended } | undefined;
  /** Made when there is something to keep: zones with one primary never have it. */
  #ixfrBase: IxfrBase | undefined;
  /** Of the transfer that runs. */
  progress: TransferProgress | undefined;
  #installing: { readonly attempt: number; readonly row: Ended } | undefined;
  #ahead: LookAhead | undefined;
  #stopped = false;
  #toldExpired = false;
  /** What happened while effects were being performed: its turn comes after them. */
  #events: RefreshEvent[] | undefined;

  constructor(parts: RefresherParts, note: RefreshNote = NO_CHECKS) {
    this.#zone = parts.zone;
    this.#book = parts.book;
    this.#notes = parts.notes;
    this.#deps = parts.deps;
    this.#note = note;
    this.#state = NOT_STARTED;
  }

  get #base(): IxfrBase {
    this.#ixfrBase ??= new IxfrBase();
    return this.#ixfrBase;
  }

  get state(): RefreshState {
    return this.#state;
  }

  get note(): RefreshNote {
    return this.#note;
  }

  /** The linked peers, in order, those without an address too. */
  get peerIds(): readonly string[] {
    return this.#peerIds;
  }

  /** Takes the zone up; with `stored` and `heldSerial` as a restart found them. */
  start(peerIds: readonly string[], autoRefreshSeconds: number, stored: Stored | undefined, heldSerial?: number): void {
    this.#peerIds = this.#book.shared.list(peerIds);
    const droppedSerial = this.#note.droppedSerial ?? undefined;
    this.#state = initialRefreshState(this.#settings(autoRefreshSeconds), stored, { heldSerial, droppedSerial });
    this.#feed({ kind: "start" });
  }

  configure(peerIds: readonly string[], autoRefreshSeconds: number): void {
    this.#peerIds = this.#book.shared.list(peerIds);
    const peers = Object.fromEntries(Object.entries(this.#note.peers).filter(([id]) => peerIds.includes(id)));
    this.#remember({ peers });
    this.#feed({ kind: "configured", settings: this.#settings(autoRefreshSeconds) });
    this.#serving();
  }

  /** The zone's row says who rules its timers. */
  retimed(): void {
    this.#feed({ kind: "configured", settings: this.#settings(this.#state.settings.autoRefreshSeconds) });
  }

  #settings(autoRefreshSeconds: number): RefreshSettings {
    const own = this.#zone.row.timers;
    const timers = own === "default" ? this.#deps.settings().timers : own;
    return this.#book.shared.settings({ peers: this.#usable(this.#peerIds), autoRefreshSeconds, timers });
  }

  /**
   * Peers changed behind the zone's back (an address, a key). A zone that goes well is asked again when it is due; one that
   * does not, at once: this may have been the mending of it. What is held came whole and was refused for what it holds: no
   * address or key mends that, and to fetch a large zone again whenever any peer changes would cost much.
   */
  peersChanged(): void {
    const peers = this.#usable(this.#peerIds);
    const { settings, failedRounds, serial, heldSerial } = this.#state;
    const same = peers.length === settings.peers.length && peers.every((peer, i) => peer === settings.peers[i]);
    const troubled = peers.length > 0 && heldSerial === undefined && (failedRounds > 0 || serial === undefined);
    if (!same || troubled) this.#feed({ kind: "configured", settings: { ...settings, peers } });
  }

  notify(peer: string | undefined, serialHint: number | undefined): void {
    if (serialHint !== undefined) this.#remember({ notifiedSerial: serialHint });
    const primary = peer === undefined ? undefined : this.#book.primary(peer);
    const straight = primary !== undefined && this.#chooseBase(primary, serialHint) !== undefined;
    this.#feed({ kind: "notify", peer, serialHint, straight });
  }

  /** A primary that was out of reach has answered somebody. */
  recovered(peer: string): void {
    if (this.#state.failedRounds > 0) this.#feed({ kind: "recovered", peer });
  }

  force(): void {
    this.#feed({ kind: "force" });
  }

  /** After `zone.frozenAt` changed: a frozen zone has nobody to ask, and its time runs on. */
  freezeChanged(): void {
    const { settings } = this.#state;
    this.#feed({ kind: "configured", settings: { ...settings, peers: this.#usable(this.#peerIds) } });
  }

  /** The operator threw the held version away: it is not fetched again, not after a restart either. */
  dropped(serial: number): void {
    this.#remember({ droppedSerial: serial });
    this.#feed({ kind: "dropped", serial });
  }

  /** The zone came to rest after a round. */
  roundFinished(round: Round): void {
    if (round === "rework") this.#caughtUp();
    if (round !== "transferred" || !this.#installing) return;
    const { attempt, row } = this.#installing;
    this.#installing = undefined;
    this.#record({ ...row, outcome: "taken" });
    this.#base.ended("taken", row.got === "ixfr");
    if (this.#note.droppedSerial !== null) this.#remember({ droppedSerial: null });
    const image = this.#zone.stored?.image;
    const soa = image && apexSoa(image);
    const timers = soa && { refreshSeconds: soa.refresh, retrySeconds: soa.retry };
    this.#feed({ kind: "installed", attempt, expireSeconds: soa?.expire ?? 0, ...(timers && { timers }) });
  }

  /** A version that was held is served now, without a transfer. */
  #caughtUp(): void {
    const version = this.#zone.served?.from;
    if (!version || this.#installing || version.serial === this.#state.serial) return;
    const { serial, image, transferredAt } = version;
    const { expire: expireSeconds } = apexSoa(image);
    this.#feed({ kind: "released", serial, expireSeconds, transferredAt: Math.floor(transferredAt / 1000) });
  }

  roundHeld(held: Held): void {
    if (held.round !== "transferred" || !this.#installing) return;
    const { attempt, row } = this.#installing;
    this.#installing = undefined;
    this.#base.ended("held", row.got === "ixfr");
    this.#record({ ...row, outcome: "held", errorCode: held.code, errorMessage: held.text });
    this.#feed({ kind: "held", attempt, code: held.code, text: held.text });
  }

  stop(): void {
    this.#stopped = true;
    this.#abort?.abort();
    this.#endLookAhead();
    this.#deps.scheduler.cancelTimed(this);
  }

  due(): void {
    this.#feed({ kind: "timer" });
  }

  #usable(peerIds: readonly string[]): readonly string[] {
    if (this.#zone.frozenAt !== undefined) return [];
    return this.#book.shared.list(peerIds.filter((id) => this.#book.primary(id) !== undefined));
  }

  #feed(event: RefreshEvent): void {
    if (this.#events) {
      this.#events.push(event);
      return;
    }
    const events = [event];
    this.#events = events;
    try {
      // Performing never answers at once but by "queued" and failures that need no waiting: the machine's rounds bound it.
      for (let next = events.shift(); next && !this.#stopped; next = events.shift()) this.#step(next);
    } finally {
      this.#events = undefined;
    }
  }

  #step(event: RefreshEvent): void {
    const { health, now, random } = this.#deps;
    const standing = (peer: string) => health.standing(peer);
    const { state, effects } = stepRefresh(this.#state, event, now(), random(), standing);
    const before = expiresAt(this.#state);
    this.#state = state;
    if (state.phase.kind !== "asking") this.#endLookAhead();
    const end = expiresAt(state);
    if (end !== before || event.kind === "start" || event.kind === "configured") {
      this.#deps.expiry.set(this.#zone.id, this.#peerIds.length > 0 ? end : undefined);
    }
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: RefreshEffect): void {
    switch (effect.kind) {
      case "ask-soa":
        this.#ask(effect);
        return;
      case "transfer":
        void this.#transfer(effect);
        return;
      case "abandon":
        this.#abort?.abort();
        this.#endLookAhead();
        this.#arrived = undefined;
        return;
      case "install":
        this.#install(effect.attempt);
        return;
      case "discard":
        this.#discard();
        return;
      case "set-timer":
        if (effect.at === undefined) this.#deps.scheduler.cancelTimed(this);
        else this.#deps.scheduler.setTimed(this, effect.at);
        return;
      case "serving":
        this.#serving();
        return;
      case "report":
        this.#report(effect.report);
    }
  }

  #ask(effect: AskSoa): void {
    const primary = this.#book.primary(effect.peer);
    const startedAt = this.#ms();
    const { attempt, peer } = effect;
    if (!primary) {
      this.#abort = undefined;
      const text = "the peer has no address any more";
      const gone: SoaOutcome = { kind: "failed", fault: { code: "peer.gone", text } };
      void Promise.resolve(gone).then((answer) => this.#answered(effect, undefined, answer, startedAt));
      return;
    }
    const begin = (turn: Turn): void => void this.#askNow(effect, primary, startedAt, turn);
    const waits = (): void => this.#feed({ kind: "queued", attempt });
    const urgency = urgencyOfQuestion(this.#state, effect.transport === "tcp" && effect.insist);
    this.#abort = this.#deps.gate.turn(`${Lane.QuestionsTo} ${peer}`, urgency, begin, waits);
  }

  async #askNow(effect: AskSoa, primary: Primary, startedAt: number, turn: Turn): Promise<void> {
    const answer = await this.#guarded(
      turn.run((signal) => this.#askInTurn(effect, primary, signal)),
      (text): SoaOutcome => ({ kind: "failed", fault: { code: "round.failed", text } }),
    );
    this.#over(turn);
    this.#answered(effect, primary, answer, startedAt);
  }

  #answered(effect: AskSoa, primary: Primary | undefined, answer: SoaOutcome, startedAt: number): void {
    const ahead = this.#ahead?.timesOf(effect.peer, effect.transport);
    const begun = { ...this.#begun(reasonOf(this.#state), startedAt), ...ahead };
    const failed = primary && failedCheck(primary, effect.transport, answer, begun);
    if (failed) this.#record(failed);
    const { stored } = this.#zone;
    if (answer.kind === "serial" && (this.#ixfrBase || mattersToBase(effect.peer, stored, answer)))
      this.#base.saw(effect.peer, stored, answer);
    const outcome = this.#forMachine(answer, effect.peer);
    if (outcome.kind === "serial")
      this.#rememberPeer(effect.peer, { checkedAt: this.#ms(), serial: outcome.serial, checkError: null });
    this.#feed({ kind: "soa", attempt: effect.attempt, outcome });
  }

  /** What all zones together learn from the answer, or from there being none, is told to `health`. */
  async #askInTurn(effect: AskSoa, primary: Primary, signal: AbortSignal): Promise<SoaOutcome> {
    const { peer, transport, timeoutSeconds, insist } = effect;
    const { health, settings } = this.#deps;
    const { phase } = this.#state;
    const probing = phase.kind === "asking" && phase.probing === true;
    // While it waited its turn, others found out that nobody is there, or one is finding out for all.
    const isOneOfMany = !insist || (probing && phase.round.cause === "timer");
    if (isOneOfMany && !signal.aborted && health.standing(peer) === "down") {
      return { kind: "failed", fault: { code: "down", text: "out of reach; it is asked again in a while" } };
    }
    this.#tellBegun(effect.attempt);
    const known = this.#ahead && (await this.#ahead.find(peer, transport));
    if (known) return known;
    const timeoutMs = Math.min(timeoutSeconds, settings().checkSeconds) * 1000;
    const answer = await this.#askOnce(primary, transport, timeoutMs, signal, probing);
    if (transport === "udp" && isSilent(answer)) this.#lookAhead(effect);
    return answer;
  }

  async #askOnce(
    primary: Primary,
    transport: "udp" | "tcp",
    timeoutMs: number,
    signal: AbortSignal,
    probing = false,
  ): Promise<SoaOutcome> {
    const { health } = this.#deps;
    health.asked(primary.id);
    const answer = await askSoa(this.#zone.apex, primary, transport, timeoutMs, this.#talk(signal));
    if (answer.kind !== "failed") health.answered(primary.id, transport);
    else if (isSilent(answer)) health.silent(primary.id, this.#zone.id, transport === "tcp" || probing);
    else if (answer.fault.code !== "net.aborted") health.answered(primary.id, transport);
    return answer;
  }

  /** Those that have their turn after the silent one. */
  #lookAhead({ attempt, timeoutSeconds }: AskSoa): void {
    const { phase } = this.#state;
    if (this.#ahead || phase.kind !== "asking" || attempt !== this.#state.attempt) return;
    const { health, gate, settings } = this.#deps;
    const { waiting, cause } = phase.round;
    const isAsked = (peer: string) => cause === "forced" || health.standing(peer) === "good";
    const peers = waiting.filter((peer) => isAsked(peer) && this.#book.primary(peer));
    if (peers.length === 0) return;
    const state = this.#state;
    const ask: AskAhead = (peer, transport, signal) => {
      const seconds = transport === "udp" ? timeoutSeconds : settings().checkSeconds;
      const timeoutMs = Math.min(seconds, settings().checkSeconds) * 1000;
      const once = () => this.#askOnce(this.#book.primary(peer)!, transport, timeoutMs, signal);
      const failed = (text: string): SoaOutcome => ({ kind: "failed", fault: { code: "round.failed", text } });
      const urgency = urgencyOfQuestion(state, transport === "tcp");
      return this.#guarded(gate.run(`${Lane.QuestionsTo} ${peer}`, urgency, once, { signal }), failed);
    };
    this.#ahead = new LookAhead(peers, ask, () => this.#ms());
  }

  #endLookAhead(): void {
    this.#ahead?.end();
    this.#ahead = undefined;
  }

  #turn(attempt: number, signal: AbortSignal) {
    return { signal, waits: () => this.#feed({ kind: "queued", attempt }) };
  }

  /** Told only to a machine that was told to wait. */
  #tellBegun(attempt: number): void {
    const { phase } = this.#state;
    if ("queued" in phase && phase.queued) this.#feed({ kind: "begun", attempt });
  }

  #forMachine(answer: SoaOutcome, peer: string): SoaForMachine {
    switch (answer.kind) {
      case "serial": {
        const { kind, serial, expireLeftSeconds } = answer;
        const { source, settings } = this.#state;
        const own = source === peer || settings.peers.length === 1;
        const { stored, mode } = this.#zone;
        const compared = compareSoa(answer, { image: stored?.image, presigned: mode === "presigned", own });
        return { kind, serial, ...compared, ...(expireLeftSeconds !== undefined && { expireLeftSeconds }) };
      }
      case "truncated":
        return answer;
      case "refused":
        return answer;
      case "failed": {
        const { code, text } = answer.fault;
        return isSilence(code) ? { kind: "no-answer", text } : { kind: "refused", code, text };
      }
    }
  }

  async #transfer(effect: Extract<RefreshEffect, { kind: "transfer" }>): Promise<void> {
    const primary = this.#book.primary(effect.peer);
    if (!primary) {
      const text = "the peer has no address any more";
      this.#feed({ kind: "transfer-failed", attempt: effect.attempt, code: "peer.gone", text });
      return;
    }
    const running = new AbortController();
    this.#abort = running;
    const { signal } = running;
    const reason = reasonOf(this.#state);
    const startedAt = this.#ms();
    const limits = this.#limits(effect.timeoutSeconds);
    const base = this.#chooseBase(primary, effect.newerSerial);
    const { id: zoneId, name, apex } = this.#zone;
    const straight = effect.straight === true;
    if (straight && !base) return this.#feed({ kind: "transfer-unchanged", attempt: effect.attempt });
    const order = { zoneId, name, apex, primary, base, straight, limits, talk: this.#talk(signal) };
    const fetched = await this.#guarded<Fetched>(
      // First this primary's turn, then one of all transfers: who waits for a busy primary keeps nobody else waiting.
      this.#deps.gate.run(
        `${Lane.TransfersOf} ${effect.peer}`,
        urgencyOf(this.#state),
        () =>
          this.#deps.gate.run(
            Lane.Transfers,
            urgencyOf(this.#state),
            (place) => {
              this.#tellBegun(effect.attempt);
              this.progress = new TransferProgress();
              const progress = this.progress.begin(effect.peer, base ? "ixfr" : "axfr", this.#ms());
              const pace = watchPace(place, this.#deps.settings().transferSlowSeconds);
              return fetchVersion({ ...order, talk: { ...order.talk, progress, pace } }, this.#deps);
            },
            this.#turn(effect.attempt, signal),
          ),
        this.#turn(effect.attempt, signal),
      ),
      (text) => notFetched(base ? "ixfr" : "axfr", { code: "round.failed", text }),
    );
    this.#over(running);
    this.progress = undefined;
    this.#base.fetched(effect.peer, fetched, this.#ms());
    this.#conclude(effect, fetched, endedTransfer(primary, fetched, this.#begun(reason, startedAt)));
  }

  #conclude(effect: Extract<RefreshEffect, { kind: "transfer" }>, fetched: Fetched, row: Ended): void {
    const { attempt, peer } = effect;
    const { result, expireLeftSeconds } = fetched;
    // Given up while it was being made ready.
    if (attempt !== this.#state.attempt) return;
    if (!result.ok) {
      const { code, text } = result.error;
      if (code !== "net.aborted") this.#record({ ...row, outcome: outcomeOf(code) });
      this.#feed({ kind: "transfer-failed", attempt, code, text, ...(fetched.fallback && { whole: true }) });
      return;
    }
    const arrival = result.value;
    if (arrival === "unchanged") {
      this.#record({ ...row, outcome: "unchanged" });
      this.#feed({ kind: "transfer-unchanged", attempt });
      return;
    }
    const { serial } = arrival;
    this.#rememberPeer(peer, { transferredAt: this.#ms(), serial, transferError: null });
    this.#arrived = { arrival, attempt: row };
    this.#feed({ kind: "transferred", attempt, serial, expireLeftSeconds });
  }

  /** Of an attempt that is over now. */
  #begun(reason: Begun["reason"], startedAt: number): Begun {
    const serialBefore = this.#state.serial ?? null;
    return { zoneId: this.#zone.id, reason, startedAt, finishedAt: this.#ms(), serialBefore };
  }

  #install(attempt: number): void {
    const arrived = this.#arrived;
    this.#arrived = undefined;
    if (!arrived) throw new Error(`${this.#zone.name}: nothing arrived to install`);
    this.#installing = { attempt, row: arrived.attempt };
    this.#zone.takeTransfer(arrived.arrival);
  }

  #discard(): void {
    const arrived = this.#arrived;
    this.#arrived = undefined;
    if (arrived) {
      const errorMessage = "its serial is not newer than the stored one";
      this.#record({ ...arrived.attempt, outcome: "refused", errorCode: "transfer.not-newer", errorMessage });
    }
  }

  /** A zone that was taken off its primaries on purpose is served on for ever: EXPIRE speaks of primaries out of reach. */
  #serving(): void {
    const expired = this.#state.serving === "expired" && this.#peerIds.length > 0;
    // It may have expired while nobody was here: then it is so already, and not told yet.
    if (this.#toldExpired !== expired) tellExpired(expired, this.#zone, this.#deps);
    this.#toldExpired = expired;
    if (this.#zone.expired === expired) return;
    this.#zone.expired = expired;
    // A first version is published by its round; here only what was published before changes its state.
    if (this.#zone.served) void this.#zone.publish();
  }

  #report(report: RefreshReport): void {
    const { kind } = report;
    if (kind === "peer-failed") {
      const error = { code: report.code, message: report.text };
      const at = report.step === "soa" ? { checkedAt: this.#ms(), checkError: error } : { transferError: error };
      this.#rememberPeer(report.peer, at);
    }
    if (kind === "up-to-date" || kind === "installed") this.#rememberChecked();
    if (kind === "peer-lags" || kind === "peer-disagrees" || kind === "peer-agrees" || kind === "serial-backwards")
      this.#remember({ views: this.#state.views });
    if ("serial" in report && kind !== "held") this.#remember({ primarySerial: report.serial });
    tellReport(report, this.#zone, this.#book, this.#deps);
  }

  /** Nothing is left to abort: what tens of thousands of zones would keep of it is a third of a kilobyte each. */
  #over(running: AbortController | Turn): void {
    if (this.#abort === running) this.#abort = undefined;
  }

  #talk(signal: AbortSignal) {
    const { crypto, now, sessions, certificates, jobs } = this.#deps;
    const seen: TransportOptions["seen"] = (peerId, facts) => certificates.saw(peerId, facts);
    return { startHmac: crypto.startHmac, now, signal, sessions, seen, large: () => jobs.warm() };
  }

  #limits(timeoutSeconds: number) {
    const settings = this.#deps.settings();
    const { limits } = this.#zone;
    const seconds = Math.min(timeoutSeconds, settings.transferSeconds, limits.transferSeconds ?? timeoutSeconds);
    return {
      zone: narrowed(settings.zoneLimits, limits),
      connectTimeoutMs: settings.checkSeconds * 1000,
      messageTimeoutMs: settings.transferIdleSeconds * 1000,
      totalTimeoutMs: seconds * 1000,
    };
  }

  #remember(change: Partial<RefreshNote>): void {
    this.#note = { ...this.#note, ...change };
    this.#notes.put(this.#zone.id, "refresh", this.#note);
  }

  /** After the step, so that what it found is in the state. */
  #rememberChecked(): void {
    const { expireBound, source, views } = this.#state;
    this.#remember({ lastGoodCheck: this.#deps.now(), expireBound: expireBound ?? null, source, views });
  }

  #rememberPeer(peer: string, change: Partial<PeerNote>): void {
    const before = this.#note.peers[peer] ?? NO_PEER_CHECKS;
    this.#note = { ...this.#note, peers: { ...this.#note.peers, [peer]: { ...before, ...change } } };
    this.#notes.put(this.#zone.id, "refresh", this.#note);
  }

  #record(row: Attempt): void {
    this.#deps.attempts.record(row);
  }

  #chooseBase(primary: Primary, newerSerial: number | undefined): StoredVersion | undefined {
    return this.#base.choose(primary, newerSerial, this.#zone.stored, this.#ms());
  }

  #ms(): number {
    return this.#deps.nowMs();
  }

  /** A broken invariant below must not leave the machine waiting for ever. */
  async #guarded<T>(work: Promise<T>, failed: (text: string) => T): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#deps.log.error({ zone: this.#zone.name, error }, "asking a primary failed unexpectedly");
      return failed(error instanceof Error ? error.message : String(error));
    }
  }
}
