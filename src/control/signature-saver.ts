/**
 * Saves the signature tables of all zones every two seconds: only the chunks that changed are written.
 *
 * ```
 *   every 2 s ─▶ pass over all zones        stop ─▶ the pass ends with its zone ─▶ what is dirty is written, zone by zone, within
 *                                                   a bound ─▶ what is left is told, and made anew when somebody asks
 * ```
 */
import { setImmediate as turn } from "node:timers/promises";
import type { SignatureFile } from "#store";
import type { Deps } from "./deps.ts";
import type { Registry } from "./registry.ts";

const SAVE_EVERY_MS = 2000;

/** For all zones together: a server with tens of thousands of them must be gone before its supervisor ends it by force. */
const STOP_WITHIN_MS = 1200;

/** Zones that a stop saves before others get their turn. */
const ZONES_AT_ONCE = 64;

export type SaverLimits = {
  readonly stopWithinMs: number;
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs: () => number;
};

const LIMITS: SaverLimits = { stopWithinMs: STOP_WITHIN_MS, nowMs: () => performance.now() };

/** Keeps: one pass over the zones at a time. */
export class SignatureSaver {
  readonly #registry: Registry;
  readonly #deps: Pick<Deps, "log">;
  readonly #limits: SaverLimits;
  #timer: ReturnType<typeof setInterval> | undefined;
  #pass: Promise<void> | undefined;
  #stopping = false;

  constructor(registry: Registry, deps: Pick<Deps, "log">, limits = LIMITS) {
    this.#registry = registry;
    this.#deps = deps;
    this.#limits = limits;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#pass ??= this.#saveAll().finally(() => {
        this.#pass = undefined;
      });
    }, SAVE_EVERY_MS);
    this.#timer.unref();
  }

  /** Saves once more, as far as the time goes. What is lost is signatures alone, which are made anew when somebody asks. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#pass;
    const { nowMs, stopWithinMs } = this.#limits;
    const end = nowMs() + stopWithinMs;
    let looked = 0;
    let leftOut = 0;
    for (const [name, file] of this.#files()) {
      if (++looked % ZONES_AT_ONCE === 0) await turn();
      if (nowMs() < end) await this.#guarded(name, async () => file.saveAtOnce());
      else if (file.giveUp()) leftOut++;
    }
    if (leftOut > 0)
      this.#deps.log.warn(
        { zones: leftOut },
        "there was no time to save the signatures of all zones; they are made anew when somebody asks",
      );
  }

  async #saveAll(): Promise<void> {
    for (const [name, file] of this.#files()) {
      if (this.#stopping) return;
      await this.#guarded(name, () => file.save());
    }
  }

  *#files(): Generator<[string, SignatureFile]> {
    for (const { zone } of this.#registry.all()) {
      const file = zone.served?.signing?.tableFile;
      if (file) yield [zone.name, file];
    }
  }

  /** A zone may have changed its table while its turn came: the next pass saves the new one. */
  async #guarded(zone: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.warn(
        { zone, error: String(error) },
        "signatures could not be saved; they are made anew after a restart",
      );
    }
  }
}
