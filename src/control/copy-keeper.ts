/**
 * Sees to it that the next start finds copies of small images together (store/image-copies.ts): only where there are many, and
 * only when a good part of them is new.
 *
 *   begin ─ 12 s ▶ look ─ as many are new as are worth it? ▶ all written ─ an hour ▶ look … ─ stop ▶ a last look, within its bound
 */
import { isPacked, octetsOf } from "#image";
import type { ImageCopy } from "#store";
import type { Deps } from "./deps.ts";
import { placeOf } from "./packed-versions.ts";
import type { Registry } from "./registry.ts";

/** With fewer zones their own files are read as fast. */
const MANY_ZONES = 1000;
const FIRST_LOOK_SECONDS = 12;
const LOOK_SECONDS = 3600;
/** Of all zones: so many with another image than the copies have are worth writing them anew. */
const NEW_SHARE = 1 / 20;
const STOP_MS = 500;

type Parts = Pick<Deps, "store" | "log" | "scheduler" | "now" | "nowMs">;

/** Keeps: how many images are not among the copies, and one writing at a time. */
export class CopyKeeper {
  readonly #registry: Registry;
  readonly #parts: Parts;
  #missing = 0;
  #gone = false;
  #writing: Promise<void> | undefined;
  #over = false;

  constructor(registry: Registry, parts: Parts) {
    this.#registry = registry;
    this.#parts = parts;
  }

  /** So many zones have another image, or were read from their own files. */
  noteNew(zones = 1): void {
    this.#missing += zones;
  }

  /** What was served of a zone that is deleted does not stay for longer than an hour. */
  noteGone(): void {
    this.#gone = true;
  }

  begin(): void {
    this.#lookIn(FIRST_LOOK_SECONDS);
  }

  /** The writing that is due is tried once more, within its bound. */
  async stop(): Promise<void> {
    const end = this.#parts.nowMs() + STOP_MS;
    this.#over = true;
    await this.#writing;
    if (this.#isDue) await this.#write(() => this.#parts.nowMs() >= end);
  }

  #lookIn(seconds: number): void {
    const { scheduler, now } = this.#parts;
    scheduler.set("image-copies", now() + seconds, () => this.#look());
  }

  #look(): void {
    this.#lookIn(LOOK_SECONDS);
    if (!this.#isDue || this.#writing) return;
    this.#writing = this.#write(() => this.#over).finally(() => {
      this.#writing = undefined;
    });
  }

  get #isDue(): boolean {
    const zones = this.#registry.size;
    return zones >= MANY_ZONES && (this.#gone || this.#missing >= zones * NEW_SHARE);
  }

  async #write(isOver: () => boolean): Promise<void> {
    const { store, log } = this.#parts;
    const before = this.#missing;
    try {
      if (!(await store.files.writeImageCopies(smallImages(this.#registry), isOver))) return;
      this.#missing -= before;
      this.#gone = false;
    } catch (error) {
      log.warn({ error: String(error) }, "copies of small images could not be written; the next start is slower");
    }
  }
}

/** In order of id, as a start reads them. */
function smallImages(registry: Registry): ImageCopy[] {
  const copies: ImageCopy[] = [];
  for (const { zone } of registry.all()) {
    const names = new Set<string>();
    for (const version of [zone.stored, zone.served, zone.served?.from]) {
      if (!version || names.has(version.file)) continue;
      const { image } = placeOf(version);
      names.add(version.file);
      if (isPacked(image)) copies.push({ zoneId: zone.id, name: version.file, octets: octetsOf(image) });
    }
  }
  return copies.sort((a, b) => (a.zoneId < b.zoneId ? -1 : a.zoneId > b.zoneId ? 1 : 0));
}
