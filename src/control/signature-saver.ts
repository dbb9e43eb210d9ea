/** Saves the signature tables of all zones every two seconds: only the chunks that changed are written. */
import type { Deps } from "./deps.ts";
import type { Registry } from "./registry.ts";

const SAVE_EVERY_MS = 2000;

/** Keeps: one pass over the zones at a time. */
export class SignatureSaver {
  readonly #registry: Registry;
  readonly #deps: Deps;
  #timer: ReturnType<typeof setInterval> | undefined;
  #pass: Promise<void> | undefined;

  constructor(registry: Registry, deps: Deps) {
    this.#registry = registry;
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#pass ??= this.#saveAll().finally(() => {
        this.#pass = undefined;
      });
    }, SAVE_EVERY_MS);
    this.#timer.unref();
  }

  /** Saves once more and closes every file. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#pass;
    for (const { zone } of this.#registry.all()) {
      const file = zone.served?.signing?.tableFile;
      if (file) await this.#guarded(zone.name, () => file.close());
    }
  }

  async #saveAll(): Promise<void> {
    for (const { zone } of this.#registry.all()) {
      const file = zone.served?.signing?.tableFile;
      if (file) await this.#guarded(zone.name, () => file.save());
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
