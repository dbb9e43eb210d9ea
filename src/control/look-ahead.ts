/**
 * While one primary keeps silent, the zone's others are asked already: their turn comes after its time is over, and whoever is silent,
 * too, was waited for by then. Whatever number of them is out of reach, the next good one is found within seconds.
 *
 * ```
 *   A by UDP ─ silent ─▶ A by TCP ──────── silent ─▶ B, C, D … as the machine comes to them: known by now
 *                 └────▶ B, C, D … by UDP, then TCP ─────────▲
 * ```
 * Who is asked in which order stays the machine's (#transfer): here only answers come before they are wanted.
 */
import { isSilent, type SoaOutcome } from "./primary-client.ts";

export type AskAhead = (peer: string, transport: "udp" | "tcp", signal: AbortSignal) => Promise<SoaOutcome>;

/** Milliseconds since 1970, for the record of attempts. */
export type Times = { readonly startedAt: number; finishedAt: number };

type Known = { readonly udp: Promise<SoaOutcome>; readonly tcp: Promise<SoaOutcome | undefined> };

/** Of one round. Keeps: nobody is asked twice by the same way. */
export class LookAhead {
  readonly #known = new Map<string, Known>();
  readonly #times = new Map<string, Times>();
  readonly #running = new AbortController();

  /** `wire` does not throw. */
  constructor(peers: readonly string[], wire: AskAhead, nowMs: () => number) {
    const { signal } = this.#running;
    const ask: AskAhead = async (peer, transport) => {
      const times = { startedAt: nowMs(), finishedAt: nowMs() };
      this.#times.set(`${peer} ${transport}`, times);
      const answer = await wire(peer, transport, signal);
      times.finishedAt = nowMs();
      return answer;
    };
    for (const peer of peers) {
      const udp = ask(peer, "udp", signal);
      const tcp = udp.then((answer) => (isSilent(answer) && !signal.aborted ? ask(peer, "tcp", signal) : undefined));
      this.#known.set(peer, { udp, tcp });
    }
  }

  /** What came, or comes; undefined where it has not been asked that way. */
  async find(peer: string, transport: "udp" | "tcp"): Promise<SoaOutcome | undefined> {
    return this.#known.get(peer)?.[transport];
  }

  /** When that was asked, and answered. */
  timesOf(peer: string, transport: "udp" | "tcp"): Times | undefined {
    return this.#times.get(`${peer} ${transport}`);
  }

  end(): void {
    this.#running.abort();
  }
}
