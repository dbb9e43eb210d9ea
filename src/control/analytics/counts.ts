/**
 * What one zone was asked within some time: counts by what was asked and said, times, and the names that were asked most. Bounded:
 * where there are too many different things, sizes go first, then types, then the names asked least.
 */
import { OTHER_TYPES, type TallyReading } from "#telemetry";

const MAX_CELLS = 512;
const MAX_NAMES = 64;
const VERSION = 1;

const SIZES = 0xfff;
const TYPE = 0xfff0_0000;

/** `asked`: type and RCODE, as in the upper half of a tally's key. */
export type NameCount = { readonly asked: number; readonly name: string; count: number; error: number };

export class ZoneCounts {
  readonly cells = new Counts();
  readonly times = new Counts();
  #names: NameCount[] = [];
  /** Of the names, when there are more than a few. */
  #byKey: Map<string, NameCount> | undefined;

  get names(): readonly NameCount[] {
    return this.#names;
  }

  addCell(key: number, count: number): void {
    this.cells.add(this.cells.size < MAX_CELLS || this.cells.has(key) ? key : this.#coarser(key), count);
  }

  addTime(key: number, count: number): void {
    // The bucket is worth more than the type.
    const kept =
      this.times.size < MAX_CELLS || this.times.has(key) ? key : (((key & ~TYPE) >>> 0) | (OTHER_TYPES << 20)) >>> 0;
    this.times.add(kept, count);
  }

  /** `name`: in lower case, as one character an octet. */
  addName(asked: number, name: string, count: number, error: number): void {
    const known = this.#findName(asked, name);
    if (known) {
      known.count += count;
      known.error += error;
      return;
    }
    const added = { asked, name, count, error };
    // The first by a push would take room for sixteen more.
    if (this.#names.length === 0) this.#names = [added];
    else this.#names.push(added);
    this.#byKey?.set(nameKey(added), added);
    if (this.#names.length > 2 * MAX_NAMES) this.#trim();
  }

  merge(other: ZoneCounts): void {
    for (const [key, count] of other.cells) this.addCell(key, count);
    for (const [key, count] of other.times) this.addTime(key, count);
    for (const { asked, name, count, error } of other.names) this.addName(asked, name, count, error);
  }

  print(): string {
    this.#trim();
    const names = this.#names.map(({ asked, name, count, error }) => [asked, name, count, error]);
    return JSON.stringify({ version: VERSION, cells: [...this.cells].flat(), times: [...this.times].flat(), names });
  }

  #findName(asked: number, name: string): NameCount | undefined {
    if (this.#names.length <= FEW) return this.#names.find((one) => one.asked === asked && one.name === name);
    this.#byKey ??= new Map(this.#names.map((one) => [nameKey(one), one]));
    return this.#byKey.get(nameKey({ asked, name }));
  }

  #coarser(key: number): number {
    const withoutSizes = (key & ~SIZES) >>> 0;
    if (this.cells.size < 2 * MAX_CELLS || this.cells.has(withoutSizes)) return withoutSizes;
    return (((withoutSizes & ~TYPE) >>> 0) | (OTHER_TYPES << 20)) >>> 0;
  }

  #trim(): void {
    if (this.#names.length <= MAX_NAMES) return;
    this.#names = this.#names.toSorted((a, b) => b.count - a.count).slice(0, MAX_NAMES);
    this.#byKey = undefined;
  }
}

function nameKey({ asked, name }: Pick<NameCount, "asked" | "name">): string {
  return `${asked} ${name}`;
}

/** Most zones of tens of thousands are asked one thing or two in a minute: maps for them would be most of what a zone costs. */
const FEW = 8;

/** Counts by key. Keeps: up to FEW of them stand in a row, more in a map. */
class Counts {
  /** Key, count, key, count. */
  #row: number[] | undefined;
  #map: Map<number, number> | undefined;

  get size(): number {
    return this.#map?.size ?? (this.#row?.length ?? 0) / 2;
  }

  has(key: number): boolean {
    return this.#map ? this.#map.has(key) : this.#place(key) >= 0;
  }

  add(key: number, count: number): void {
    if (!this.#map) {
      const at = this.#place(key);
      if (at >= 0) {
        this.#row![at + 1]! += count;
        return;
      }
      if (this.size < FEW) {
        // Not by pushing, which leaves room for sixteen more.
        this.#row = this.#row ? this.#row.concat(key, count) : [key, count];
        return;
      }
      this.#map = new Map(this);
      this.#row = undefined;
    }
    this.#map.set(key, (this.#map.get(key) ?? 0) + count);
  }

  *[Symbol.iterator](): Generator<[number, number]> {
    if (this.#map) yield* this.#map;
    else for (let at = 0; at < 2 * this.size; at += 2) yield [this.#row![at]!, this.#row![at + 1]!];
  }

  #place(key: number): number {
    const row = this.#row;
    if (row) for (let at = 0; at < row.length; at += 2) if (row[at] === key) return at;
    return -1;
  }
}

/** Undefined when it is of another version: then nothing is known of that time. */
export function readCounts(document: string): ZoneCounts | undefined {
  const read = JSON.parse(document) as {
    readonly version: number;
    readonly cells: readonly number[];
    readonly times: readonly number[];
    readonly names: readonly (readonly [number, string, number, number])[];
  };
  if (read.version !== VERSION) return undefined;
  const counts = new ZoneCounts();
  for (let i = 0; i < read.cells.length; i += 2) counts.addCell(read.cells[i]!, read.cells[i + 1]!);
  for (let i = 0; i < read.times.length; i += 2) counts.addTime(read.times[i]!, read.times[i + 1]!);
  for (const [asked, name, count, error] of read.names) counts.addName(asked, name, count, error);
  return counts;
}

/** Where counts of zones go. */
export type CountSink = {
  addCell(zoneId: string, key: number, count: number): void;
  addTime(zoneId: string, key: number, count: number): void;
  addName(zoneId: string, asked: number, name: string, count: number, error: number): void;
};

/** Adds what a worker counted. */
export function addReading(reading: TallyReading, sink: CountSink): void {
  for (const { zoneId, key, count } of reading.cells) sink.addCell(zoneId, key, count);
  for (const { zoneId, key, count } of reading.times) sink.addTime(zoneId, key, count);
  for (const { zoneId, asked, name, count, error } of reading.names) {
    // Mostly somebody else's count: it was taken over with the place.
    if (2 * error > count) continue;
    sink.addName(zoneId, asked, Buffer.from(name).toString("latin1").toLowerCase(), count, error);
  }
}
