/** The lists of an overlay segment while it is written: those of the segment before, with the edits of one change more. */
import { EditKind, EditWord, OVERLAY_FLAG } from "./layout.ts";
import { type EditList, hashRef } from "./overlay-index.ts";

export type Edit = { place: number; ref: number; kind: number; hash: number };

/** Keeps: one edit for each entry of the base that was replaced or is gone, one for each that came in; refs are the newest. */
export class EditBook {
  readonly edits: Edit[] = [];
  /** Old ref to new ref, 0 gone. */
  readonly forwards = new Map<number, number>();
  private readonly byRef = new Map<number, Edit>();
  private readonly goneAt = new Map<number, Edit>();
  private readonly dropped = new Set<Edit>();

  constructor(before: EditList | undefined) {
    for (let i = 0; before && i < before.count; i++) {
      const edit = { place: before.place(i), ref: before.ref(i), kind: before.kind(i), hash: before.hash(i) };
      this.edits.push(edit);
      if (edit.kind === EditKind.Gone) this.goneAt.set(edit.place, edit);
      else this.byRef.set(edit.ref, edit);
    }
  }

  get count(): number {
    return this.edits.length - this.dropped.size;
  }

  /** Another entry in the place of `old`; `basePlace` is that of `old` where it is the base's own. */
  replace(old: number, ref: number, basePlace: number, hash: number): void {
    const edit = this.byRef.get(old);
    if (edit) edit.ref = ref;
    else this.edits.push({ place: basePlace, ref, kind: EditKind.Replaced, hash });
    this.forwards.set(old, ref);
  }

  remove(old: number, basePlace: number, hash: number): void {
    const edit = this.byRef.get(old);
    if (edit?.kind === EditKind.Added) this.dropped.add(edit);
    else if (edit) edit.kind = EditKind.Gone;
    else this.edits.push({ place: basePlace, ref: old, kind: EditKind.Gone, hash });
    this.forwards.set(old, 0);
  }

  /** An entry that the base once had and that was gone: true when it stands there again. */
  revive(basePlace: number, ref: number): boolean {
    const edit = this.goneAt.get(basePlace);
    if (!edit) return false;
    edit.kind = EditKind.Replaced;
    edit.ref = ref;
    return true;
  }

  insert(place: number, ref: number, hash: number): void {
    this.edits.push({ place, ref, kind: EditKind.Added, hash });
  }

  /** In the order of the list; `compare` decides between entries that came in at one place. */
  sorted(compare: (a: number, b: number) => number): readonly Edit[] {
    const kept = this.dropped.size === 0 ? this.edits : this.edits.filter((edit) => !this.dropped.has(edit));
    return kept.sort((a, b) => {
      if (a.place !== b.place) return a.place - b.place;
      const [aIn, bIn] = [a.kind === EditKind.Added, b.kind === EditKind.Added];
      if (aIn && bIn) return compare(a.ref, b.ref);
      return aIn ? -1 : bIn ? 1 : 0;
    });
  }
}

export function writeEdits(words: Uint32Array, at: number, edits: readonly Edit[]): void {
  let shift = 0;
  edits.forEach((edit, i) => {
    const entry = at + EditWord.Size * i;
    if (edit.kind === EditKind.Added) shift++;
    else if (edit.kind === EditKind.Gone) shift--;
    words[entry + EditWord.Place] = edit.place;
    words[entry + EditWord.Ref] = edit.ref;
    words[entry + EditWord.Kind] = edit.kind;
    words[entry + EditWord.Shift] = shift;
    words[entry + EditWord.Hash] = edit.hash;
  });
}

/** Slots for so many entries, at most half full. */
export function slotsFor(entries: number): number {
  let slots = 4;
  while (slots < 2 * entries + 2) slots *= 2;
  return slots;
}

export function writeNameTable(words: Uint32Array, at: number, mask: number, edits: readonly Edit[]): void {
  words.fill(0, at, at + 2 * (mask + 1));
  for (const edit of edits) {
    let slot = edit.hash & mask;
    while (words[at + 2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    words[at + 2 * slot] = edit.hash;
    words[at + 2 * slot + 1] = edit.kind === EditKind.Gone ? (edit.ref | OVERLAY_FLAG) >>> 0 : edit.ref;
  }
}

export function writeForwards(
  words: Uint32Array,
  at: number,
  mask: number,
  forwards: ReadonlyMap<number, number>,
): void {
  words.fill(0, at, at + 2 * (mask + 1));
  for (const [from, to] of forwards) {
    let slot = hashRef(from) & mask;
    while (words[at + 2 * slot] !== 0) slot = (slot + 1) & mask;
    words[at + 2 * slot] = from;
    words[at + 2 * slot + 1] = to;
  }
}

/** The forwards of the segment before, led on to where they lead now, and those of this change. */
export function mergeForwards(
  words: Uint32Array,
  at: number,
  slots: number,
  fresh: ReadonlyMap<number, number>,
): Map<number, number> {
  const merged = new Map<number, number>();
  for (let slot = 0; slot < slots; slot++) {
    const from = words[at + 2 * slot]!;
    if (from === 0) continue;
    const to = words[at + 2 * slot + 1]!;
    merged.set(from, fresh.get(to) ?? to);
  }
  for (const [from, to] of fresh) merged.set(from, to);
  return merged;
}
