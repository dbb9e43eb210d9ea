/** The checker of overlay segments: that they are whole, belong to this base, and that their lists and tables can be read to the end. */
import { overlayChecksum } from "./checksum.ts";
import {
  EditKind,
  EditWord,
  Header,
  NodeWord,
  OVERLAY_FLAG,
  OVERLAY_MAGIC,
  OVERLAY_VERSION,
  OverlayHeader,
} from "./layout.ts";

export type OverlayErrorCode = "bad-overlay" | "overlay-checksum";

type OverlayError = { readonly code: OverlayErrorCode; readonly at: number; readonly text: string };

/** Each segment starts behind the one before and holds a header: so this bounds the chain. */
const LEAST_SEGMENT = OverlayHeader.Size;

/** From `root` back to the base, or to `until`, which was checked before. */
export function checkSegments(words: Uint32Array, root: number, until = 0): OverlayError | undefined {
  const base = words[Header.Words]!;
  let end = words.length;
  for (let at = root; at !== until; ) {
    if (at < base || at + LEAST_SEGMENT > end || at % 2 !== 0) return bad(at, "a segment is outside");
    const segment = checkSegment(words, at, end);
    if (segment) return segment;
    const previous = words[at + OverlayHeader.Previous]!;
    if (previous !== 0 && previous + LEAST_SEGMENT > at) return bad(at, "the segment before is not before it");
    if (previous < until) return bad(at, "the chain of segments misses one");
    end = at;
    at = previous;
  }
  return checkLists(words, root);
}

function checkSegment(words: Uint32Array, at: number, limit: number): OverlayError | undefined {
  if (words[at + OverlayHeader.Magic] !== OVERLAY_MAGIC) return bad(at, "the magic number is another one");
  if (words[at + OverlayHeader.Version] !== OVERLAY_VERSION) return bad(at, "another format version");
  if (words[at + OverlayHeader.Base] !== words[Header.Checksum]) return bad(at, "it belongs to another base");
  const end = words[at + OverlayHeader.End]!;
  if (end < at + LEAST_SEGMENT || end > limit) return bad(at, "the segment is cut off");
  if (overlayChecksum(words, at, end) !== words[at + OverlayHeader.Checksum])
    return { code: "overlay-checksum", at, text: "the segment's checksum differs" };
  return undefined;
}

function checkLists(words: Uint32Array, root: number): OverlayError | undefined {
  const end = words[root + OverlayHeader.End]!;
  const inside = (start: number, size: number) => start >= root + OverlayHeader.Size && start + size <= end;
  for (const [at, mask] of [
    [OverlayHeader.HashTable, OverlayHeader.HashMask],
    [OverlayHeader.Forward, OverlayHeader.ForwardMask],
  ] as const) {
    const slots = words[root + mask]! + 1;
    const table = words[root + at]!;
    if ((slots & (slots - 1)) !== 0 || !inside(table, 2 * slots)) return bad(root, "a table is outside");
    if (!hasEmptySlot(words, table, slots, at === OverlayHeader.HashTable ? 1 : 0)) return bad(root, "a table is full");
  }
  return (
    checkEdits(words, root, OverlayHeader.Nodes, OverlayHeader.NodeEdits, words[Header.NodeCount]!, true) ??
    checkEdits(words, root, OverlayHeader.Nsec3, OverlayHeader.Nsec3Edits, words[Header.Nsec3Count]!, false) ??
    (words[root + OverlayHeader.Nsec3Count]! > 0 === words[Header.Nsec3Count]! > 0
      ? undefined
      : bad(root, "the NSEC3 chain came or went"))
  );
}

/** Places ascend, kinds and shifts are right, refs lie inside, and the count of what remains is the header's. */
function checkEdits(
  words: Uint32Array,
  root: number,
  listWord: number,
  countWord: number,
  baseCount: number,
  isNodes: boolean,
): OverlayError | undefined {
  const start = words[root + listWord]!;
  const count = words[root + countWord]!;
  const end = words[root + OverlayHeader.End]!;
  if (start < root || start + EditWord.Size * count > end) return bad(root, "a list of edits is outside");
  let shift = 0;
  let place = -1;
  let closed = false;
  for (let i = 0; i < count; i++) {
    const at = start + EditWord.Size * i;
    const kind = words[at + EditWord.Kind]!;
    const next = words[at + EditWord.Place]!;
    const isAdded = kind === EditKind.Added;
    if (kind > EditKind.Gone || next < place || (next === place && closed)) return bad(at, "edits do not ascend");
    if (next > baseCount || (!isAdded && next === baseCount)) return bad(at, "an edit is outside the base");
    if (words[at + EditWord.Ref]! < Header.Size || words[at + EditWord.Ref]! + NodeWord.Size > end)
      return bad(at, "an edit's entry is outside");
    shift += isAdded ? 1 : kind === EditKind.Gone ? -1 : 0;
    if ((words[at + EditWord.Shift]! | 0) !== shift) return bad(at, "an edit's shift is wrong");
    place = next;
    closed = !isAdded;
  }
  const total = words[root + (isNodes ? OverlayHeader.NodeCount : OverlayHeader.Nsec3Count)]!;
  return baseCount + shift === total ? undefined : bad(root, "the number of entries is wrong");
}

function hasEmptySlot(words: Uint32Array, table: number, slots: number, word: number): boolean {
  for (let slot = 0; slot < slots; slot++) if ((words[table + 2 * slot + word]! & ~OVERLAY_FLAG) === 0) return true;
  return false;
}

function bad(at: number, text: string): OverlayError {
  return { code: "bad-overlay", at, text };
}
