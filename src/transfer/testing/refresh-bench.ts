/** The refresh machine on a bench: events in, effects out in short words, the clock moved by hand. For tests. */
import {
  initialRefreshState,
  type PeerStanding,
  type RefreshEffect,
  type RefreshEvent,
  type RefreshSettings,
  type RefreshState,
  type Refused,
  type Stored,
  stepRefresh,
} from "../index.ts";

export const T0 = 1_800_000_000;
export const DAY = 86_400;
export const SETTINGS: RefreshSettings = { peers: ["a", "b"], autoRefreshSeconds: 3600 };

/** One machine under test: events in, effects out in short words, the clock moved by hand. */
export class Bench {
  state: RefreshState;
  now = T0;
  jitter = 0;
  standing: Record<string, PeerStanding> = {};
  words: string[] = [];

  constructor(stored?: Stored, settings = SETTINGS, refused?: Refused) {
    this.state = initialRefreshState(settings, stored, refused);
  }

  send(event: RefreshEvent, after = 0): this {
    this.now += after;
    const { state, effects } = stepRefresh(
      this.state,
      event,
      this.now,
      this.jitter,
      (peer) => this.standing[peer] ?? "good",
    );
    this.state = state;
    this.words.push(...effects.map((effect) => this.word(effect)));
    return this;
  }

  /** The effects since the last call. */
  take(): string[] {
    return this.words.splice(0);
  }

  soa(
    serial: number,
    signedAnew = false,
    more: { differs?: "soa" | "signatures"; expireLeftSeconds?: number } = {},
  ): this {
    const outcome = { kind: "serial", serial, signedAnew, ...more } as const;
    return this.send({ kind: "soa", attempt: this.state.attempt, outcome });
  }

  noAnswer(): this {
    return this.send({ kind: "soa", attempt: this.state.attempt, outcome: { kind: "no-answer", text: "timeout" } });
  }

  refused(code = "rcode"): this {
    return this.send({ kind: "soa", attempt: this.state.attempt, outcome: { kind: "refused", code, text: "REFUSED" } });
  }

  transferred(serial: number, expireLeftSeconds?: number): this {
    return this.send({ kind: "transferred", attempt: this.state.attempt, serial, expireLeftSeconds });
  }

  transferFailed(code = "stream-ended", whole = false): this {
    return this.send({ kind: "transfer-failed", attempt: this.state.attempt, code, text: "", whole });
  }

  installed(expireSeconds = 30 * DAY): this {
    return this.send({ kind: "installed", attempt: this.state.attempt, expireSeconds });
  }

  held(): this {
    return this.send({ kind: "held", attempt: this.state.attempt, code: "validate.signature-missing", text: "" });
  }

  /** Moves the clock to the timer and lets it fire. */
  timer(): this {
    if (this.state.timerAt === undefined) throw new Error("no timer");
    this.now = this.state.timerAt;
    return this.send({ kind: "timer" });
  }

  word(effect: RefreshEffect): string {
    if (effect.kind === "ask-soa") return `ask ${effect.peer} ${effect.transport}`;
    if (effect.kind === "transfer") return `transfer ${effect.peer}${effect.straight ? " straight" : ""}`;
    if (effect.kind === "install") return `install ${effect.serial}`;
    if (effect.kind === "set-timer") return `timer ${effect.at === undefined ? "off" : `+${effect.at - this.now}`}`;
    if (effect.kind === "serving") return effect.serving;
    if (effect.kind !== "report") return effect.kind;
    const { report } = effect;
    if (report.kind === "peer-failed") return `failed ${report.peer} ${report.step} ${report.code}`;
    if (report.kind === "serial-backwards")
      return `backwards ${report.peer}${report.undefinedOrder ? " undefined" : ""}`;
    if (report.kind === "peer-lags" || report.kind === "peer-disagrees" || report.kind === "peer-agrees")
      return `${report.kind} ${report.peer}`;
    if (report.kind === "unconfirmed" && report.known) return "unconfirmed still";
    return report.kind;
  }
}

export const STORED: Stored = { serial: 10, expireSeconds: 30 * DAY, lastGoodCheck: T0 };
