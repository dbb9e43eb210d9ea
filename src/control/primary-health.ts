/**
 * Which primaries are out of reach, for all zones together: what one zone had to wait for, the next ones need not pay again.
 *
 * ```
 *          silent to two zones, or twice to one          time over: one question tries
 *   good ───────────────────────────────────────▶ down ─────────────────────────────▶ probe ─▶ down, for longer
 *    ▲                                              │ any answer                        │ any answer
 *    └──────────────────────────────────────────────┴───────────────────────────────────┘ (those who waited are told)
 * ```
 *
 * Silence to one zone alone may be that zone's own (some servers drop what they do not serve): that zone alone goes by it.
 */
import type { PeerStanding } from "#transfer";

const FIRST_DOWN_SECONDS = 15;
const LONGEST_DOWN_SECONDS = 300;
/** A probe that was begun and never told (its zone went) counts for nothing after this. */
const PROBE_SECONDS = 20;
/** UDP lost where TCP answers, so many times in a row: TCP first for so long. One lost packet is only that. */
const LOST_IN_A_ROW = 3;
const NO_UDP_SECONDS = 600;
/** Zones of one primary that are remembered one by one; with more of them silent it is down for all. */
const SILENT_ZONES = 2;

type Entry = {
  /** Zones that heard nothing since the last answer, with the number of times. */
  readonly silent: Map<string, number>;
  rounds: number;
  downUntil: number;
  probeUntil: number;
  noUdpUntil: number;
  /** Questions by UDP without an answer, in a row. */
  udpLost: number;
};

/** Keeps: of a primary that is down, one question at a time is on its way. All times are seconds of the clock that is handed in. */
export class PrimaryHealth {
  readonly #now: () => number;
  readonly #recovered: (peer: string) => void;
  readonly #entries = new Map<string, Entry>();

  /** `recovered` is called when a primary that was down has answered. */
  constructor(now: () => number, recovered: (peer: string) => void = () => undefined) {
    this.#now = now;
    this.#recovered = recovered;
  }

  standing(peer: string): PeerStanding {
    const entry = this.#entries.get(peer);
    if (!entry) return "good";
    const now = this.#now();
    if (entry.rounds > 0) return now < entry.downUntil || now < entry.probeUntil ? "down" : "probe";
    return now < entry.noUdpUntil ? "tcp" : "good";
  }

  forgetAll(): void {
    this.#entries.clear();
  }

  isDown(peer: string): boolean {
    return (this.#entries.get(peer)?.rounds ?? 0) > 0;
  }

  /** A question goes out: while its answer is waited for, nobody else tries a primary that is down. */
  asked(peer: string): void {
    const entry = this.#entries.get(peer);
    if (entry && entry.rounds > 0) entry.probeUntil = this.#now() + PROBE_SECONDS;
  }

  /** Anything that came back in time, be it a refusal. */
  answered(peer: string, transport: "udp" | "tcp"): void {
    const entry = this.#entries.get(peer);
    if (!entry) return;
    const wasDown = entry.rounds > 0;
    const now = this.#now();
    if (transport === "tcp" && entry.udpLost > 0) {
      entry.silent.clear();
      entry.rounds = 0;
      entry.downUntil = 0;
      entry.probeUntil = 0;
      if (entry.udpLost >= LOST_IN_A_ROW && now >= entry.noUdpUntil) entry.noUdpUntil = now + NO_UDP_SECONDS;
    } else if (transport === "udp" || now >= entry.noUdpUntil) this.#entries.delete(peer);
    if (wasDown) this.#recovered(peer);
  }

  /** Nothing came. `last`: by the last way there is, so this round is over for this primary. */
  silent(peer: string, zoneId: string, last: boolean): void {
    const entry = this.#entries.get(peer) ?? {
      silent: new Map<string, number>(),
      rounds: 0,
      downUntil: 0,
      probeUntil: 0,
      noUdpUntil: 0,
      udpLost: 0,
    };
    this.#entries.set(peer, entry);
    const times = entry.silent.get(zoneId) ?? 0;
    if (!last) {
      entry.udpLost++;
      return;
    }
    entry.silent.set(zoneId, times + 1);
    entry.probeUntil = 0;
    if (entry.rounds === 0 && entry.silent.size < SILENT_ZONES && times === 0) return;
    // Several that went out together before it was known count once.
    if (entry.rounds > 0 && this.#now() < entry.downUntil) return;
    entry.rounds++;
    entry.downUntil = this.#now() + Math.min(LONGEST_DOWN_SECONDS, FIRST_DOWN_SECONDS * 2 ** (entry.rounds - 1));
    entry.silent.clear();
  }
}
