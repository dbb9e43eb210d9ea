/**
 * Keeps count of the durable steps of zones, tells them, and holds each zone up behind its own. What is a step is known to
 * `watched-files.ts` and `watched-rows.ts`.
 */
import fs from "node:fs";
import { dirname, join } from "node:path";
import type { Done, Target } from "./steps.ts";

/** As they are before they are watched. */
const { copyFileSync, existsSync, mkdirSync, openSync, writeSync, closeSync, statSync, readFileSync } = fs;

export type Row = { readonly zone: string; readonly what: string };

/** Keeps: of a zone that is held nothing more gets on the disk, and what it had open stays open. */
export class Steps {
  readonly #order: string;
  #targets: Readonly<Record<string, Target | null>> | undefined;
  readonly #counts = new Map<string, number>();
  readonly #reached = new Set<string>();
  readonly #removing = new Set<string>();
  /** By id, of zones that were made since and are named in the order. */
  readonly #names = new Map<string, string>();
  /** Whoever waits here is reachable: a file that is collected while it is open would end the process. */
  readonly #waiting: unknown[] = [];

  constructor(order: string) {
    this.#order = order;
  }

  /** Undefined: of this zone nothing is counted, or nothing yet. */
  #targetOf(zone: string): Target | null | undefined {
    if (!this.#targets && existsSync(this.#order)) {
      this.#targets = JSON.parse(readFileSync(this.#order, "utf8")) as Record<string, Target | null>;
    }
    return this.#targets?.[zone];
  }

  say(done: Done): void {
    const file = openSync(`${this.#order}.steps`, "a");
    writeSync(file, `${JSON.stringify(done)}\n`);
    closeSync(file);
  }

  /** A zone that the order names, as it had no id yet. */
  isMade(id: string, values: readonly unknown[]): void {
    const name = values.find((value) => typeof value === "string" && value !== id && this.isCounted(value));
    if (typeof name === "string") this.#names.set(id, name);
  }

  /** As the order has it. */
  keyOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  #zoneOf(path: string): string {
    return this.keyOf(idIn(path));
  }

  isCounted(zone: string): boolean {
    return this.#targetOf(zone) !== undefined;
  }

  #did(zone: string, what: string, more: Partial<Done>): void {
    const target = this.#targetOf(zone);
    if (target === undefined) return;
    const nth = (this.#counts.get(`${zone} ${what}`) ?? 0) + 1;
    this.#counts.set(`${zone} ${what}`, nth);
    this.say({ zone, what, nth, ...more });
    if (target?.what !== what || target.nth !== nth) return;
    this.#reached.add(zone);
    this.say({ zone, what: "held", nth: 0 });
  }

  #hold(): Promise<never> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** `more`: told about the step once it is done. */
  async file<T>(path: string, what: string, act: () => Promise<T>, more: () => Partial<Done> = () => ({})): Promise<T> {
    const zone = this.#zoneOf(path);
    if (this.#reached.has(zone)) await this.#hold();
    const result = await act();
    this.#did(zone, what, { path, ...more() });
    if (this.#reached.has(zone)) await this.#hold();
    return result;
  }

  /** A whole zone goes. Catalogs do so one after the other: where it is held this is refused, or all others would wait for it. */
  async folder(path: string, what: string, act: () => Promise<void>): Promise<void> {
    const zone = this.#zoneOf(path);
    if (!this.#reached.has(zone)) {
      await act();
      this.#did(zone, what, { path });
    }
    if (this.#reached.has(zone)) throw new Error("held up by a test");
  }

  commit<T>(rows: readonly Row[], act: () => T): T {
    const zones = new Set(rows.map(({ zone }) => zone).filter((zone) => this.isCounted(zone)));
    // Whatever is done about it waits at the next file, or is refused as well: nothing more of this zone gets on the disk.
    if ([...zones].some((zone) => this.#reached.has(zone))) throw new Error("held up by a test");
    const result = act();
    for (const zone of zones) {
      const all = new Set(rows.flatMap((row) => (row.zone === zone ? [row.what] : [])));
      this.#did(zone, `commit ${[...all].sort().join(", ")}`, {});
    }
    return result;
  }

  /** What can't wait; whatever comes behind it does. */
  atOnce<T>(path: string, what: string, act: () => T, more: Partial<Done>): T {
    if (this.#reached.has(this.#zoneOf(path))) throw new Error("held up by a test");
    const result = act();
    this.#did(this.#zoneOf(path), what, { path, ...more });
    return result;
  }

  /** Node's own way of removing calls others, on the file or on what is in the folder. */
  async removal<T>(path: string, act: () => Promise<T>): Promise<T> {
    this.#removing.add(path);
    try {
      return await act();
    } finally {
      this.#removing.delete(path);
    }
  }

  isRemoving(path: string): boolean {
    return this.#removing.has(path) || this.#removing.has(dirname(path));
  }

  /** A copy for a power cut, after which what was removed may be there again. */
  keep(path: string): string | undefined {
    const zone = this.#zoneOf(path);
    if (!this.isCounted(zone) || !existsSync(path) || statSync(path).isDirectory()) return undefined;
    const grave = join(`${this.#order}.removed`, zone);
    mkdirSync(grave, { recursive: true });
    const copy = join(grave, path.slice(path.lastIndexOf("/") + 1));
    copyFileSync(path, copy);
    return copy;
  }
}

export const idIn = (path: string): string => /\/zones\/([0-9a-f]{32})/.exec(path)?.[1] ?? "";
