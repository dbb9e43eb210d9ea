/**
 * The zones that a worker serves, by apex. Open addressing on the name hash, so that a query's own suffix hashes find the
 * longest apex; entries are replaced whole, between two queries.
 *
 * A zone stands here as an entry, or as a ref to a record in shared memory (a `RecordSource` says what that means), of which an
 * entry is made when it is first asked for: tens of thousands of zones, most of which nobody asks this worker for, cost a few
 * words each. Entries of records are let go of, all at once, when there are many: the price of the next question for such a
 * zone is some microseconds.
 */
import { bytesEqual } from "#bytes";
import { CASE_FOLD, lowerName, type Name, nameHash } from "#name";
import type { NameView } from "./name-view.ts";
import { type ServedZone, ZoneEntry } from "./zone-entry.ts";

/** Entries of records that are open at the same time: some 5 MB. */
const MOST_OPEN = 4096;

/** Of `refs`: nothing stands there; an entry that is no record's. */
const FREE = 0;
const WHOLE = -1;

/** Zones that stand in shared memory; a ref is a whole number above 0 and means the same octets for as long as it is in the table. */
export interface RecordSource {
  /** `nameHash` of the apex. */
  hashOf(ref: number): number;
  /** The octets in which the apex stands. */
  octetsOf(ref: number): Uint8Array;
  apexAt(ref: number): number;
  apexLength(ref: number): number;
  open(ref: number): ServedZone;
  /** Its entry is let go of. */
  close(ref: number): void;
}

const NO_RECORDS: RecordSource = {
  hashOf: noRecords,
  octetsOf: noRecords,
  apexAt: noRecords,
  apexLength: noRecords,
  open: noRecords,
  close: noRecords,
};

export class ZoneTable {
  private readonly source: RecordSource;
  private readonly mostOpen: number;
  private hashes = new Int32Array(16);
  private refs = new Int32Array(16);
  private slots: (ZoneEntry | undefined)[] = new Array(16).fill(undefined);
  private used = 0;
  /** Entries of records. */
  private openEntries = 0;
  /** Of those that were let go of together. */
  private closedEntries = 0;
  private nextId = 1;

  constructor(source: RecordSource = NO_RECORDS, mostOpen = MOST_OPEN) {
    this.source = source;
    this.mostOpen = mostOpen;
  }

  get size(): number {
    return this.used;
  }

  get openCount(): number {
    return this.openEntries;
  }

  /** How many entries were let go of because there were many: they lived long enough that only a collection takes them away. */
  get closedCount(): number {
    return this.closedEntries;
  }

  /** Puts a zone in or replaces the one with this apex. */
  set(zone: ServedZone): void {
    const entry = new ZoneEntry(this.nextId++, zone);
    const slot = this.takeSlot(entry.apexHash, entry.lowerApex, 0, entry.lowerApex.length);
    this.vacate(slot);
    this.refs[slot] = WHOLE;
    this.slots[slot] = entry;
  }

  /** The same for a record. One that replaces a record whose entry is open is opened at once: somebody asks for it. */
  put(ref: number): void {
    const { source } = this;
    const slot = this.takeSlot(source.hashOf(ref), source.octetsOf(ref), source.apexAt(ref), source.apexLength(ref));
    const wasOpen = this.slots[slot] !== undefined;
    const before = this.refs[slot]!;
    this.refs[slot] = ref;
    if (!wasOpen) return;
    this.slots[slot] = undefined;
    if (before !== WHOLE) this.openEntries--;
    this.open(slot);
    if (before !== WHOLE) source.close(before);
  }

  /** The record of that apex stands elsewhere now and says the same: what is open stays open. */
  move(before: number, ref: number): void {
    const slot = this.placeOfRecord(before);
    if (this.refs[slot] === before) this.refs[slot] = ref;
  }

  /** False when there was none. */
  remove(apex: Name): boolean {
    const slot = this.place(nameHash(apex), apex, 0, apex.length);
    if (this.refs[slot] === FREE) return false;
    this.vacate(slot);
    this.refs[slot] = FREE;
    this.used--;
    this.refill(slot);
    return true;
  }

  get(apex: Name): ZoneEntry | undefined {
    const slot = this.place(nameHash(apex), apex, 0, apex.length);
    return this.refs[slot] === FREE ? undefined : (this.slots[slot] ?? this.open(slot));
  }

  /** The ref of this apex's record, 0 without one. */
  refOf(hash: number, octets: Uint8Array, at: number, length: number): number {
    return Math.max(0, this.refs[this.place(hash, octets, at, length)]!);
  }

  /** The entry of a record that still stands here. */
  entryOf(ref: number): ZoneEntry | undefined {
    const slot = this.placeOfRecord(ref);
    return this.refs[slot] === ref ? (this.slots[slot] ?? this.open(slot)) : undefined;
  }

  /** All records, in no order. */
  records(): Int32Array {
    return this.refs.filter((ref) => ref > 0);
  }

  /** The zone with the longest apex that `name` is at or below, of those with at most `name.labels - skip` labels. */
  find(name: NameView, skip: number): ZoneEntry | undefined {
    const { hashes, refs, slots } = this;
    const mask = refs.length - 1;
    for (let label = skip; label <= name.labels; label++) {
      const hash = name.hashes[label]!;
      // Ends at a free slot: the table is at most half full.
      for (let slot = hash & mask; refs[slot] !== FREE; slot = (slot + 1) & mask) {
        if (hashes[slot] !== hash) continue;
        const entry = slots[slot];
        if (entry === undefined) {
          if (this.isRecordSuffix(refs[slot]!, name, label)) return this.open(slot);
        } else if (isSuffix(entry.apex, 0, entry.apex.length, name, label)) return entry;
      }
    }
    return undefined;
  }

  private isRecordSuffix(ref: number, name: NameView, label: number): boolean {
    const { source } = this;
    return isSuffix(source.octetsOf(ref), source.apexAt(ref), source.apexLength(ref), name, label);
  }

  private open(slot: number): ZoneEntry {
    if (this.openEntries >= this.mostOpen) this.closeAll();
    const entry = new ZoneEntry(this.nextId++, this.source.open(this.refs[slot]!));
    this.slots[slot] = entry;
    this.openEntries++;
    return entry;
  }

  private closeAll(): void {
    this.closedEntries += this.openEntries;
    for (let slot = 0; slot < this.refs.length; slot++) {
      if (this.refs[slot]! > 0) this.vacate(slot);
    }
  }

  /** The entry goes, if there is one; what stands there is the caller's business. */
  private vacate(slot: number): void {
    const ref = this.refs[slot]!;
    if (this.slots[slot] === undefined) return;
    this.slots[slot] = undefined;
    if (ref <= FREE) return;
    this.openEntries--;
    this.source.close(ref);
  }

  /** The slot of this apex, which is used from now on. */
  private takeSlot(hash: number, octets: Uint8Array, at: number, length: number): number {
    if (2 * (this.used + 1) > this.refs.length) this.grow();
    const slot = this.place(hash, octets, at, length);
    if (this.refs[slot] === FREE) this.used++;
    this.hashes[slot] = hash;
    return slot;
  }

  /** The slot of this apex, or the free slot where it belongs. */
  private place(hash: number, octets: Uint8Array, at: number, length: number): number {
    const mask = this.refs.length - 1;
    let slot = hash & mask;
    while (this.refs[slot] !== FREE) {
      if (this.hashes[slot] === hash && this.isAt(slot, octets, at, length)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private placeOfRecord(ref: number): number {
    const { source } = this;
    return this.place(source.hashOf(ref), source.octetsOf(ref), source.apexAt(ref), source.apexLength(ref));
  }

  private isAt(slot: number, octets: Uint8Array, at: number, length: number): boolean {
    const ref = this.refs[slot]!;
    if (ref === WHOLE) return bytesEqual(this.slots[slot]!.lowerApex, lowerName(octets.subarray(at, at + length)));
    const { source } = this;
    return (
      source.apexLength(ref) === length && sameFolded(source.octetsOf(ref), source.apexAt(ref), octets, at, length)
    );
  }

  private grow(): void {
    const { hashes, refs, slots } = this;
    const size = 2 * refs.length;
    this.slots = new Array(size).fill(undefined);
    this.refs = new Int32Array(size);
    this.hashes = new Int32Array(size);
    for (let slot = 0; slot < refs.length; slot++) {
      if (refs[slot] !== FREE) this.putBack(hashes[slot]!, refs[slot]!, slots[slot]);
    }
  }

  /** Of one that stood elsewhere: nobody else has its apex. */
  private putBack(hash: number, ref: number, entry: ZoneEntry | undefined): void {
    const mask = this.refs.length - 1;
    let slot = hash & mask;
    while (this.refs[slot] !== FREE) slot = (slot + 1) & mask;
    this.hashes[slot] = hash;
    this.refs[slot] = ref;
    this.slots[slot] = entry;
  }

  /** After a removal: those that stand behind the gap move up, so that no probe ends too early. */
  private refill(gap: number): void {
    const mask = this.refs.length - 1;
    for (let slot = (gap + 1) & mask; ; slot = (slot + 1) & mask) {
      const ref = this.refs[slot]!;
      if (ref === FREE) return;
      const entry = this.slots[slot];
      this.refs[slot] = FREE;
      this.slots[slot] = undefined;
      this.putBack(this.hashes[slot]!, ref, entry);
    }
  }
}

function isSuffix(apex: Uint8Array, apexAt: number, apexLength: number, name: NameView, label: number): boolean {
  const start = name.starts[label]!;
  if (name.length - start !== apexLength) return false;
  return sameFolded(apex, apexAt, name.octets, name.at + start, apexLength);
}

/** Without regard to case. */
function sameFolded(one: Uint8Array, oneAt: number, other: Uint8Array, otherAt: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const a = one[oneAt + i]!;
    const b = other[otherAt + i]!;
    if (a !== b && CASE_FOLD[a] !== CASE_FOLD[b]) return false;
  }
  return true;
}

function noRecords(): never {
  throw new Error("this table has no records");
}
