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
  readonly cells = new Map<number, number>();
  readonly times = new Map<number, number>();
  readonly names = new Map<string, NameCount>();

  addCell(key: number, count: number): void {
    add(this.cells, this.cells.size < MAX_CELLS || this.cells.has(key) ? key : this.#coarser(key), count);
  }

  addTime(key: number, count: number): void {
    // The bucket is worth more than the type.
    const kept =
      this.times.size < MAX_CELLS || this.times.has(key) ? key : (((key & ~TYPE) >>> 0) | (OTHER_TYPES << 20)) >>> 0;
    add(this.times, kept, count);
  }

  /** `name`: in lower case, as one character an octet. */
  addName(asked: number, name: string, count: number, error: number): void {
    const key = `${asked} ${name}`;
    const known = this.names.get(key);
    if (known) {
      known.count += count;
      known.error += error;
      return;
    }
    this.names.set(key, { asked, name, count, error });
    if (this.names.size > 2 * MAX_NAMES) this.#trim();
  }

  merge(other: ZoneCounts): void {
    for (const [key, count] of other.cells) this.addCell(key, count);
    for (const [key, count] of other.times) this.addTime(key, count);
    for (const { asked, name, count, error } of other.names.values()) this.addName(asked, name, count, error);
  }

  print(): string {
    this.#trim();
    const names = [...this.names.values()].map(({ asked, name, count, error }) => [asked, name, count, error]);
    return JSON.stringify({ version: VERSION, cells: [...this.cells].flat(), times: [...this.times].flat(), names });
  }

  #coarser(key: number): number {
    const withoutSizes = (key & ~SIZES) >>> 0;
    if (this.cells.size < 2 * MAX_CELLS || this.cells.has(withoutSizes)) return withoutSizes;
    return (((withoutSizes & ~TYPE) >>> 0) | (OTHER_TYPES << 20)) >>> 0;
  }

  #trim(): void {
    if (this.names.size <= MAX_NAMES) return;
    const sorted = [...this.names].sort(([, a], [, b]) => b.count - a.count);
    for (const [key] of sorted.slice(MAX_NAMES)) this.names.delete(key);
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

/** Adds what a worker counted; `ofZone` gives the counts of a zone. */
export function addReading(reading: TallyReading, ofZone: (zoneId: string) => ZoneCounts): void {
  for (const { zoneId, key, count } of reading.cells) ofZone(zoneId).addCell(key, count);
  for (const { zoneId, key, count } of reading.times) ofZone(zoneId).addTime(key, count);
  for (const { zoneId, asked, name, count, error } of reading.names) {
    // Mostly somebody else's count: it was taken over with the place.
    if (2 * error > count) continue;
    ofZone(zoneId).addName(asked, Buffer.from(name).toString("latin1").toLowerCase(), count, error);
  }
}

function add(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
