/** Primaries of a simulation, each with a fault of its own, over one truth: what serial a zone has at its origin at what time. For tests. */
import type { SoaOutcome } from "#transfer";

export type Temper =
  | "good"
  /** Ten minutes there, ten minutes gone. */
  | "flapping"
  /** Has every version three hours late. */
  | "lagging"
  /** For ten minutes of each hour it serves what it had before. */
  | "backwards"
  /** Answers nobody, ever. */
  | "dead"
  /** Gone from the sixth hour to the twentieth. */
  | "outage"
  /** Answers after four seconds: too late over UDP. */
  | "slow"
  /** Loses every UDP question. */
  | "tcp-only"
  /** The right serial, with a SOA of its own. */
  | "disagreeing"
  /** REFUSED for everything. */
  | "refusing"
  /** Its certificate is not good for ten minutes of each hour: neither question nor transfer. */
  | "tls"
  /** Answers for the SOA, and breaks every other transfer off. */
  | "breaking";

export type Truth = {
  /** The newest serial of the zone at a time (seconds since the start). */
  readonly serialAt: (zone: number, seconds: number) => number;
};

const HOUR = 3600;

export class SimPrimary {
  readonly id: string;
  readonly temper: Temper;
  /** Questions and transfers that reached it, by whole second since the start. */
  readonly attempts = new Map<number, number>();
  readonly #truth: Truth;
  #transfers = 0;

  constructor(id: string, temper: Temper, truth: Truth) {
    this.id = id;
    this.temper = temper;
    this.#truth = truth;
  }

  up(seconds: number): boolean {
    if (this.temper === "dead") return false;
    if (this.temper === "outage") return seconds < 6 * HOUR || seconds >= 20 * HOUR;
    if (this.temper === "flapping") return Math.floor(seconds / 600) % 2 === 0;
    return true;
  }

  /** What it serves; it may lag or go back. */
  serial(zone: number, seconds: number): number {
    if (this.temper === "lagging") return this.#truth.serialAt(zone, seconds - 3 * HOUR);
    if (this.temper === "backwards" && seconds % HOUR >= 3000) return this.#truth.serialAt(zone, seconds - 2 * HOUR);
    return this.#truth.serialAt(zone, seconds);
  }

  /** What becomes of a transfer that begins now: a code, or undefined where it comes. */
  transferFault(seconds: number): string | undefined {
    if (!this.up(seconds) || this.temper === "refusing") return "net.timeout";
    if (this.#distrusted(seconds)) return "tls.expired";
    return this.temper === "breaking" && this.#transfers++ % 2 === 0 ? "net.closed" : undefined;
  }

  #distrusted(seconds: number): boolean {
    return this.temper === "tls" && seconds % HOUR >= 3000;
  }

  count(seconds: number): void {
    const second = Math.floor(seconds);
    this.attempts.set(second, (this.attempts.get(second) ?? 0) + 1);
  }

  /** After how many seconds what comes back; undefined: nothing. */
  answer(
    zone: number,
    seconds: number,
    transport: "udp" | "tcp",
    ours: number | undefined,
  ): { readonly afterSeconds: number; readonly outcome: SoaOutcome } | undefined {
    if (!this.up(seconds) || (this.temper === "tcp-only" && transport === "udp")) return undefined;
    const afterSeconds = this.temper === "slow" ? 4 : 0.02;
    if (this.temper === "refusing") {
      return { afterSeconds, outcome: { kind: "refused", code: "rcode", text: "the primary answered REFUSED" } };
    }
    if (this.#distrusted(seconds)) {
      return { afterSeconds, outcome: { kind: "refused", code: "tls.expired", text: "its certificate has expired" } };
    }
    const serial = this.serial(zone, seconds);
    const differs = this.temper === "disagreeing" && serial === ours ? ({ differs: "soa" } as const) : {};
    return { afterSeconds, outcome: { kind: "serial", serial, ...differs } };
  }
}
