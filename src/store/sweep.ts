/**
 * Takes away files of zones that no row names: what a crash left, half-written ones included. For tens of thousands of zones
 * that takes a good part of a second, in which nobody is answered yet; so it can be run later, while files are written again.
 */
import { readdirSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";

/** Folders that are read before others get their turn: some milliseconds. */
const FOLDERS_AT_ONCE = 64;

/** Names of a zone's files. */
export type KnownNames = { readonly has: (name: string) => boolean };

/** By zone: a map, or somebody who knows when he is asked. */
export type KnownFiles = { readonly get: (zoneId: string) => KnownNames | undefined };

const NOTHING_KNOWN: KnownFiles = { get: () => undefined };

/** Keeps: what was written since it began is spared. */
export class Sweep {
  readonly #root: string;
  #kept: KnownFiles;
  readonly #spared = new Map<string, Set<string>>();
  #over = false;

  /** `kept`: by zone, the names that rows know. */
  constructor(root: string, kept: KnownFiles) {
    this.#root = root;
    this.#kept = kept;
  }

  /** Is being written, or about to be. */
  spare(zone: string, name: string): void {
    if (this.#over) return;
    const names = this.#spared.get(zone) ?? new Set();
    this.#spared.set(zone, names.add(name));
  }

  /** No further file is taken away. */
  stop(): void {
    this.#over = true;
  }

  /** Paths that went, relative. */
  async run(): Promise<readonly string[]> {
    const removed: string[] = [];
    let folders = 0;
    for (const zone of await readdir(this.#root)) {
      if (++folders % FOLDERS_AT_ONCE === 0) await turn();
      if (this.#over) break;
      if (this.#kept.get(zone) || this.#spared.has(zone)) await this.#sweepZone(zone, removed);
      else await this.#remove(zone, removed);
    }
    this.#over = true;
    this.#kept = NOTHING_KNOWN;
    this.#spared.clear();
    return removed;
  }

  async #sweepZone(zone: string, removed: string[]): Promise<void> {
    for (const file of this.#filesOf(zone)) {
      const isWhole = /^[a-z0-9-]{1,64}\.(image|overlay|signatures|change)$/.test(file);
      const name = file.slice(0, file.indexOf("."));
      if ((isWhole && this.#kept.get(zone)?.has(name)) || this.#spared.get(zone)?.has(name)) continue;
      await this.#remove(`${zone}/${file}`, removed);
    }
  }

  /** Its zone may have been deleted meanwhile. */
  #filesOf(zone: string): readonly string[] {
    try {
      return readdirSync(join(this.#root, zone));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  }

  async #remove(path: string, removed: string[]): Promise<void> {
    await rm(join(this.#root, path), { recursive: true, force: true });
    removed.push(path);
  }
}
