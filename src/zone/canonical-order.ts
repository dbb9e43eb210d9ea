/**
 * Names of a zone in canonical order (RFC 4034 section 6.1), by order keys: octets whose plain order is the canonical
 * one. Labels from the right, case-folded, each closed by 0; octets 0 and 1 inside a label are escaped by 1, so that
 * "absent" stays smaller than any octet. The first eight octets of each key are kept as two words: random input then
 * mostly sorts without touching a name.
 */
import { CASE_FOLD, compareNamesAt, labelCount, MAX_NAME, type Name } from "#name";
import { grown, longerLength } from "./grow.ts";
import type { NameTable } from "./name-table.ts";
import { sortIndexes } from "./sort.ts";

/** Every octet of the longest name escaped. */
const MAX_ORDER_KEY = 2 * MAX_NAME;

/**
 * Identifiers of `names` in canonical order, the apex first when it is among them; undefined when they came in that
 * order, as they do from Knot and NSD.
 */
export function canonicalOrder(names: NameTable, apex: Name): Uint32Array | undefined {
  const count = names.count;
  if (inOrder(names)) return undefined;
  const keys = buildKeys(names, labelCount(apex));
  const { octets, offsets, high, low } = keys;
  const order = new Uint32Array(count);
  for (let id = 0; id < count; id++) order[id] = id;
  sortIndexes(order, (a, b) => {
    const h = high[a]! - high[b]!;
    if (h !== 0) return h;
    const l = low[a]! - low[b]!;
    if (l !== 0) return l;
    const startA = offsets[a]! + 8;
    const startB = offsets[b]! + 8;
    const lengthA = offsets[a + 1]! - startA;
    const lengthB = offsets[b + 1]! - startB;
    const shared = Math.min(lengthA, lengthB);
    for (let i = 0; i < shared; i++) {
      const d = octets[startA + i]! - octets[startB + i]!;
      if (d !== 0) return d;
    }
    return lengthA - lengthB;
  });
  return order;
}

function inOrder(names: NameTable): boolean {
  const { octets, offsets } = names;
  for (let id = 1; id < names.count; id++)
    if (compareNamesAt(octets, offsets[id - 1]!, octets, offsets[id]!) > 0) return false;
  return true;
}

type OrderKeys = { octets: Uint8Array; offsets: Uint32Array; high: Uint32Array; low: Uint32Array };

function buildKeys(names: NameTable, apexLabels: number): OrderKeys {
  const count = names.count;
  let octets: Uint8Array = new Uint8Array(names.octetsUsed + MAX_ORDER_KEY);
  const offsets = new Uint32Array(count + 1);
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  const labels = new Uint16Array(MAX_NAME >> 1);
  // Every octet escaped.
  const most = 2 * names.octetsUsed + MAX_ORDER_KEY;
  let used = 0;
  for (let id = 0; id < count; id++) {
    const needed = used + MAX_ORDER_KEY;
    if (needed > octets.length) octets = grown(octets, longerLength(octets.length, needed, most), most);
    const end = writeKey(names.octets, names.offsets[id]!, apexLabels, octets, used, labels);
    high[id] = wordAt(octets, used, end);
    low[id] = wordAt(octets, used + 4, end);
    used = end;
    offsets[id + 1] = end;
  }
  return { octets, offsets, high, low };
}

/** Writes the key of the name at `name[at]`, without its last `apexLabels` labels, to `out[used]`; gives its end. */
function writeKey(
  name: Uint8Array,
  at: number,
  apexLabels: number,
  out: Uint8Array,
  used: number,
  labels: Uint16Array,
): number {
  let count = 0;
  for (let p = at; name[p]! !== 0; p += name[p]! + 1) labels[count++] = p - at;
  let end = used;
  for (let label = count - apexLabels - 1; label >= 0; label--) {
    const start = at + labels[label]!;
    const last = start + name[start]!;
    for (let p = start + 1; p <= last; p++) {
      const octet = CASE_FOLD[name[p]!]!;
      if (octet <= 1) {
        out[end++] = 1;
        out[end++] = octet + 1;
      } else {
        out[end++] = octet;
      }
    }
    out[end++] = 0;
  }
  return end;
}

/** Four octets as an unsigned word, zeros behind `end`. Zero padding can't make unequal keys equal: the tail decides. */
function wordAt(octets: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let i = at; i < at + 4; i++) word = (word << 8) | (i < end ? octets[i]! : 0);
  return word >>> 0;
}
