/**
 * The reader of one overlay segment: which names, links and list places differ from the base. `ZoneImage` asks it first.
 *
 * ```
 * base list    0   1   2   3   4            merged place of an edit = its place in the base + shift of those before it
 * edits              ▲+a  ✎2  ✗3            Added: before base entry 2    Replaced: instead of it    Gone
 * merged       0   1   a   2'  4
 * ```
 */
import { CASE_FOLD } from "#name";
import { EditKind, EditWord, NodeWord, OVERLAY_FLAG, OverlayHeader, SetWord } from "./layout.ts";

/** What `find` gives for a name that the base has and the version has not. */
export const GONE = -1;

/** Of SHA-1. */
const HASH_WORDS = 5;

/** Keeps nothing but where things stand; the octets are the segment's. */
export class OverlayIndex {
  readonly root: number;
  readonly nodes: EditList;
  readonly nsec3: EditList;
  readonly nsec3Moved: boolean;
  readonly addressed: boolean;
  private readonly words: Uint32Array;
  private readonly octets: Uint8Array;
  private readonly table: number;
  private readonly mask: number;
  private readonly forwards: number;
  private readonly forwardMask: number;

  constructor(words: Uint32Array, octets: Uint8Array, root: number) {
    this.root = root;
    this.words = words;
    this.octets = octets;
    this.table = words[root + OverlayHeader.HashTable]!;
    this.mask = words[root + OverlayHeader.HashMask]!;
    this.forwards = words[root + OverlayHeader.Forward]!;
    this.forwardMask = words[root + OverlayHeader.ForwardMask]!;
    this.nodes = new EditList(words, words[root + OverlayHeader.Nodes]!, words[root + OverlayHeader.NodeEdits]!);
    this.nsec3 = new EditList(words, words[root + OverlayHeader.Nsec3]!, words[root + OverlayHeader.Nsec3Edits]!);
    this.nsec3Moved = words[root + OverlayHeader.Nsec3Moved]! > 0;
    this.addressed = words[root + OverlayHeader.Addressed]! > 0;
  }

  /** The node of this name when the overlay knows it, `GONE`, or 0: ask the base. */
  find(hash: number, name: Uint8Array, at: number): number {
    const { words, table, mask } = this;
    const wanted = hash >>> 0;
    let slot = hash & mask;
    // The table is at most half full: an empty slot ends this.
    for (;;) {
      const entry = table + 2 * slot;
      const ref = words[entry + 1]!;
      if (ref === 0) return 0;
      if (words[entry] === wanted && this.hasName(ref & ~OVERLAY_FLAG, name, at))
        return ref >= OVERLAY_FLAG ? GONE : ref;
      slot = (slot + 1) & mask;
    }
  }

  /** What stands for an older ref: itself, a newer one, or 0 when it is gone. */
  forward(ref: number): number {
    const { words, forwards, forwardMask } = this;
    let slot = hashRef(ref) & forwardMask;
    for (;;) {
      const entry = forwards + 2 * slot;
      const from = words[entry]!;
      if (from === ref) return words[entry + 1]!;
      if (from === 0) return ref;
      slot = (slot + 1) & forwardMask;
    }
  }

  private hasName(node: number, name: Uint8Array, at: number): boolean {
    const { words, octets } = this;
    const start = 4 * (node + NodeWord.Size + SetWord.Size * words[node + NodeWord.RRsetCount]!);
    const length = words[node + NodeWord.Shape]! >>> 24;
    for (let i = 0; i < length; i++) if (CASE_FOLD[octets[start + i]!] !== CASE_FOLD[name[at + i]!]) return false;
    return true;
  }
}

/** Multiplicative: refs are close together. */
export function hashRef(ref: number): number {
  const mixed = Math.imul(ref, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** The order of two NSEC3 entries: that of the hashes that they begin with. */
export function compareHashesAt(words: Uint32Array, a: number, b: number): number {
  for (let i = 0; i < HASH_WORDS; i++) {
    const difference = words[a + i]! - words[b + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The edits of one ordered list, by index from 0. */
export class EditList {
  readonly count: number;
  private readonly words: Uint32Array;
  private readonly start: number;

  constructor(words: Uint32Array, start: number, count: number) {
    this.words = words;
    this.start = start;
    this.count = count;
  }

  place(edit: number): number {
    return this.words[this.start + EditWord.Size * edit + EditWord.Place]!;
  }

  ref(edit: number): number {
    return this.words[this.start + EditWord.Size * edit + EditWord.Ref]!;
  }

  kind(edit: number): number {
    return this.words[this.start + EditWord.Size * edit + EditWord.Kind]!;
  }

  hash(edit: number): number {
    return this.words[this.start + EditWord.Size * edit + EditWord.Hash]! | 0;
  }

  /** Entries gained by all edits before this one (`count`: by all). */
  shiftBefore(edit: number): number {
    return edit === 0 ? 0 : this.words[this.start + EditWord.Size * (edit - 1) + EditWord.Shift]! | 0;
  }

  /** Index of the first edit at this place of the base or behind it. */
  firstAt(place: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.place(middle) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The edit that replaces or takes away the base's entry at this place, or -1. */
  ofBase(place: number): number {
    const edit = this.firstAt(place + 1) - 1;
    return edit >= 0 && this.place(edit) === place && this.kind(edit) !== EditKind.Added ? edit : -1;
  }

  /**
   * The edit that put this ref in, or -1; `place` is that of the base that it stands before or at. Thousands may have come in at
   * one place: `compare` is the order of the list.
   */
  ofRef(place: number, ref: number, compare: (a: number, b: number) => number): number {
    let low = this.firstAt(place);
    let high = this.firstAt(place + 1);
    // What became of the base's own entry stands behind those that came in before it, whatever its name.
    if (low < high && this.kind(high - 1) !== EditKind.Added) {
      high--;
      if (this.ref(high) === ref) return high;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.ref(middle);
      if (found === ref) return middle;
      if (compare(found, ref) < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  /** Merged place of the base's entry at `place`, which must not be gone. */
  mergedBase(place: number): number {
    let edit = this.firstAt(place + 1);
    if (edit > 0 && this.place(edit - 1) === place && this.kind(edit - 1) !== EditKind.Added) edit--;
    return place + this.shiftBefore(edit);
  }

  mergedEdit(edit: number): number {
    return this.place(edit) + this.shiftBefore(edit);
  }

  /**
   * The last entry before edit `edit`: those from `first` on stand behind the base's entry `place`, all others not. Writes into
   * `at`; both -1 when there is none.
   */
  lastBefore(edit: number, first: number, place: number, at: ListPlace): void {
    at.edit = -1;
    at.place = -1;
    if (edit > first) {
      at.edit = edit - 1;
      return;
    }
    let before = first;
    for (let base = place; base >= 0; base--) {
      const known = before > 0 && this.place(before - 1) === base && this.kind(before - 1) !== EditKind.Added;
      if (!known) {
        at.place = base;
        return;
      }
      before--;
      if (this.kind(before) === EditKind.Replaced) {
        at.edit = before;
        return;
      }
      if (before > 0 && this.place(before - 1) === base) {
        at.edit = before - 1;
        return;
      }
    }
  }

  /** What stands at a merged place: `edit` ≥ 0, or the base's entry (`place`). Writes into `at`. */
  seek(merged: number, at: ListPlace): void {
    // The last edit whose merged place is not behind `merged`.
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.mergedEdit(middle) <= merged) low = middle + 1;
      else high = middle;
    }
    const edit = low - 1;
    if (edit >= 0 && this.kind(edit) !== EditKind.Gone && this.mergedEdit(edit) === merged) {
      at.edit = edit;
      at.place = -1;
      return;
    }
    at.edit = -1;
    at.place = merged - this.shiftBefore(low);
  }
}

/** Reused answer of `seek`. */
export type ListPlace = { edit: number; place: number };
