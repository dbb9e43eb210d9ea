/**
 * What each zone was asked, counted by the worker that answers: in shared memory, two halves in turn. The worker writes one; the
 * main thread reads the other when the worker has gone over, and gives it back empty. No atomic operation for a query, nothing to wait
 * for, and a bound for everything: what finds no room is counted as lost.
 *
 * ```
 *  words  wanted half │ half that is written │ of each half: zones, cells, times, lost
 *  half   zones: 16 octets of an id each
 *         cells: zone, what was asked and said (tally-key.ts), count        ◀─ index by hash, open addressing
 *         times: the same with a bucket of the time that an answer took     ◀─ sampled
 *         names: sets of 8 entries; in a full set the smallest makes room (Space-Saving, set by set)  ◀─ sampled
 * ```
 */
import { type TallyCount, type TallyName, type TallyReading, timeBucket } from "./tally-key.ts";

const HEAD_WORDS = 16;
const Head = { Wanted: 0, Writing: 1, Half: 2 } as const;
const HalfWord = { Zones: 0, Cells: 1, Times: 2, Lost: 3, Words: 4 } as const;

/** Zones that one worker counts in one interval. */
const ZONES = 8192;
const ID_OCTETS = 16;
const CELLS = 16_384;
const TIMES = 4096;
/** Zone + 1, key, count, place in the index. */
const CELL_WORDS = 4;
/** The index is at most half full; a key that is not found in so many steps is lost. */
const MAX_PROBES = 16;
const SETS = 128;
const WAYS = 8;
/** Zone + 1, hash, type and RCODE, count, error, octets of the name; then the name. */
const NAME_WORDS = 6 + 64;

/** Queries of an interval whose names are all looked at, and every how many of those that follow. */
const NAMES_WHOLE = 1024;
const NAMES_EVERY = 64;
/** The same for times: two looks at a clock. */
const TIMES_WHOLE = 256;
const TIMES_EVERY = 64;

const HALF_WORDS =
  (ZONES * ID_OCTETS) / 4 + CELL_WORDS * (CELLS + TIMES) + 2 * (CELLS + TIMES) + SETS * WAYS * NAME_WORDS;
export const TALLY_OCTETS = 4 * (HEAD_WORDS + 2 * HALF_WORDS);

class Half {
  readonly ids: Uint8Array;
  readonly cells: Table;
  readonly times: Table;
  readonly names: Uint32Array;
  readonly head: Int32Array;

  constructor(buffer: SharedArrayBuffer, number: number) {
    let at = HEAD_WORDS + number * HALF_WORDS;
    const take = (words: number): Uint32Array => {
      const taken = new Uint32Array(buffer, 4 * at, words);
      at += words;
      return taken;
    };
    this.head = new Int32Array(buffer, 4 * (Head.Half + number * HalfWord.Words), HalfWord.Words);
    const ids = take((ZONES * ID_OCTETS) / 4);
    this.ids = new Uint8Array(buffer, ids.byteOffset, ids.byteLength);
    this.cells = { entries: take(CELL_WORDS * CELLS), index: take(2 * CELLS), most: CELLS, used: HalfWord.Cells };
    this.times = { entries: take(CELL_WORDS * TIMES), index: take(2 * TIMES), most: TIMES, used: HalfWord.Times };
    this.names = take(SETS * WAYS * NAME_WORDS);
  }
}

type Table = {
  readonly entries: Uint32Array;
  readonly index: Uint32Array;
  readonly most: number;
  readonly used: number;
};

/** What a zone carries while a worker counts for it: its place in the half of `epoch`. */
export interface Tallied {
  readonly zoneId: string | undefined;
  tallyEpoch: number;
  tallySlot: number;
}

/** The worker's side. */
export class TallyWriter {
  private readonly words: Int32Array;
  private readonly halves: readonly [Half, Half];
  private half: Half;
  private writing = 0;
  private epoch = 0;
  private queries = 0;
  private nextName = 0;
  private chance = 1;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer, 0, HEAD_WORDS);
    this.halves = [new Half(buffer, 0), new Half(buffer, 1)];
    this.writing = Atomics.load(this.words, Head.Wanted);
    this.half = this.halves[this.writing]!;
    Atomics.store(this.words, Head.Writing, this.writing);
  }

  /** Once a batch: goes over to the other half when that is wanted. */
  turn(): void {
    const wanted = Atomics.load(this.words, Head.Wanted);
    if (wanted === this.writing) return;
    this.writing = wanted;
    this.half = this.halves[wanted]!;
    this.epoch++;
    this.queries = 0;
    this.nextName = 0;
    Atomics.store(this.words, Head.Writing, wanted);
  }

  /** Whether the next answer's time is to be measured. */
  get wantsTime(): boolean {
    return this.queries < TIMES_WHOLE || this.queries % TIMES_EVERY === 0;
  }

  /** One answer. `key` as of tally-key.ts; `name` are wire octets at `at`, `hash` theirs; `nanoseconds` below 0: not measured. */
  count(
    zone: Tallied,
    key: number,
    name: Uint8Array,
    at: number,
    length: number,
    hash: number,
    nanoseconds: number,
  ): void {
    const slot = this.slotOf(zone);
    if (slot < 0) return;
    const { half } = this;
    this.add(half.cells, slot, key, 1);
    const number = this.queries++;
    if (number < NAMES_WHOLE) this.addName(slot, key, name, at, length, hash, 1);
    else if (number >= this.nextName) {
      this.addName(slot, key, name, at, length, hash, NAMES_EVERY);
      // Not every sixty-fourth: questions come in rounds.
      this.chance = (Math.imul(this.chance, 1_664_525) + 1_013_904_223) >>> 0;
      this.nextName = number + 1 + ((this.chance >>> 8) % (2 * NAMES_EVERY - 1));
    }
    if (nanoseconds >= 0) {
      // Sizes make room for the bucket.
      const timed = ((key & ~0xfff) | timeBucket(nanoseconds)) >>> 0;
      this.add(half.times, slot, timed, number < TIMES_WHOLE ? 1 : TIMES_EVERY);
    }
  }

  private slotOf(zone: Tallied): number {
    if (zone.tallyEpoch === this.epoch) return zone.tallySlot;
    const { head, ids } = this.half;
    const slot = head[HalfWord.Zones]!;
    if (slot === ZONES || zone.zoneId === undefined) {
      head[HalfWord.Lost]!++;
      return -1;
    }
    for (let i = 0; i < ID_OCTETS; i++)
      ids[slot * ID_OCTETS + i] = Number.parseInt(zone.zoneId.slice(2 * i, 2 * i + 2), 16);
    head[HalfWord.Zones] = slot + 1;
    zone.tallyEpoch = this.epoch;
    zone.tallySlot = slot;
    return slot;
  }

  private add(table: Table, slot: number, key: number, weight: number): void {
    const { entries, index } = table;
    const mask = index.length - 1;
    let place = mix(slot, key) & mask;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const number = index[place]!;
      if (number === 0) {
        this.append(table, slot, key, weight, place);
        return;
      }
      const entry = (number - 1) * CELL_WORDS;
      if (entries[entry + 1] === key && entries[entry] === slot + 1) {
        entries[entry + 2]! += weight;
        return;
      }
      place = (place + 1) & mask;
    }
    this.half.head[HalfWord.Lost]! += weight;
  }

  private append(
    { entries, index, most, used }: Table,
    slot: number,
    key: number,
    weight: number,
    place: number,
  ): void {
    const { head } = this.half;
    const number = head[used]!;
    if (number === most) {
      head[HalfWord.Lost]! += weight;
      return;
    }
    const entry = number * CELL_WORDS;
    entries[entry] = slot + 1;
    entries[entry + 1] = key;
    entries[entry + 2] = weight;
    entries[entry + 3] = place;
    index[place] = number + 1;
    head[used] = number + 1;
  }

  private addName(
    slot: number,
    key: number,
    name: Uint8Array,
    at: number,
    length: number,
    hash: number,
    weight: number,
  ): void {
    const { names } = this.half;
    const asked = key >>> 16;
    const set = (mix(slot ^ asked, hash) & (SETS - 1)) * WAYS * NAME_WORDS;
    let least = set;
    for (let way = 0; way < WAYS; way++) {
      const entry = set + way * NAME_WORDS;
      if (names[entry] === slot + 1 && names[entry + 1] === hash >>> 0 && names[entry + 2] === asked) {
        names[entry + 3]! += weight;
        return;
      }
      if (names[entry + 3]! < names[least + 3]!) least = entry;
    }
    // Space-Saving: whoever comes takes over the count of the one that goes, and says by how much it may be wrong.
    names[least + 4] = names[least + 3]!;
    names[least + 3]! += weight;
    names[least] = slot + 1;
    names[least + 1] = hash;
    names[least + 2] = asked;
    names[least + 5] = length;
    for (let i = 0; i < length; i += 4) {
      names[least + 6 + i / 4] =
        ((name[at + i] ?? 0) |
          ((name[at + i + 1] ?? 0) << 8) |
          ((name[at + i + 2] ?? 0) << 16) |
          ((name[at + i + 3] ?? 0) << 24)) >>>
        0;
    }
  }
}

/** The main thread's side. */
export class TallyReader {
  readonly buffer: SharedArrayBuffer;
  private readonly words: Int32Array;
  private readonly halves: readonly [Half, Half];

  constructor() {
    this.buffer = new SharedArrayBuffer(TALLY_OCTETS);
    this.words = new Int32Array(this.buffer, 0, HEAD_WORDS);
    this.halves = [new Half(this.buffer, 0), new Half(this.buffer, 1)];
  }

  /** What the worker has left, emptied; asks it to go over for the next time. Undefined while it has not gone over. */
  take(): TallyReading | undefined {
    const writing = Atomics.load(this.words, Head.Writing);
    if (writing !== Atomics.load(this.words, Head.Wanted)) return undefined;
    const reading = takeHalf(this.halves[1 - writing]!);
    Atomics.store(this.words, Head.Wanted, 1 - writing);
    return reading;
  }

  /** Of a worker that has ended. */
  takeAll(): TallyReading[] {
    return this.halves.map(takeHalf);
  }
}

function takeHalf(half: Half): TallyReading {
  const { head, ids } = half;
  const zones: string[] = [];
  for (let i = 0; i < head[HalfWord.Zones]!; i++) {
    zones.push(Buffer.from(ids.subarray(i * ID_OCTETS, (i + 1) * ID_OCTETS)).toString("hex"));
  }
  const reading: TallyReading = {
    cells: takeTable(half, half.cells, zones),
    times: takeTable(half, half.times, zones),
    names: zones.length > 0 ? takeNames(half, zones) : [],
    lost: head[HalfWord.Lost]!,
  };
  head.fill(0);
  return reading;
}

function takeTable({ head }: Half, { entries, index, used }: Table, zones: readonly string[]): TallyCount[] {
  const counts: TallyCount[] = [];
  for (let i = 0; i < head[used]!; i++) {
    const entry = i * CELL_WORDS;
    counts.push({ zoneId: zones[entries[entry]! - 1]!, key: entries[entry + 1]!, count: entries[entry + 2]! });
    index[entries[entry + 3]!] = 0;
  }
  return counts;
}

function takeNames({ names }: Half, zones: readonly string[]): TallyName[] {
  const found: TallyName[] = [];
  for (let entry = 0; entry < names.length; entry += NAME_WORDS) {
    const zoneId = zones[names[entry]! - 1];
    if (zoneId === undefined) continue;
    const asked = names[entry + 2]!;
    const from = 4 * (entry + 6);
    const name = new Uint8Array(names.buffer, names.byteOffset + from, names[entry + 5]!).slice();
    found.push({ zoneId, asked, name, count: names[entry + 3]!, error: names[entry + 4]! });
    names.fill(0, entry, entry + 6);
  }
  return found;
}

function mix(slot: number, key: number): number {
  let mixed = Math.imul(key ^ Math.imul(slot + 1, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 13;
  return Math.imul(mixed, 0xc2b2ae35) ^ (mixed >>> 16);
}
