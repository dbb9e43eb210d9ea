/** The hash index of names: open addressing, linear probes, at most half full. */
import { HASH_SEED, hashLabel } from "#name";
import { MAX_PROBE } from "./layout.ts";
import type { Plan } from "./plan.ts";

export type NameIndex = {
  /** Node index + 1 in each slot, 0 empty. */
  readonly slots: Int32Array;
  readonly mask: number;
  /** Hash of each node's name. */
  readonly hashes: Int32Array;
  readonly maxProbe: number;
};

/** Undefined when some name would need more than `MAX_PROBE` probes even in a table four times as large. */
export function buildNameIndex(plan: Plan): NameIndex | undefined {
  const hashes = new Int32Array(plan.nodeCount);
  for (let node = 0; node < plan.nodeCount; node++) {
    // The parent's hash is there already: ancestors come first in canonical order.
    const parent = plan.parent[node]!;
    hashes[node] =
      parent >= 0 ? hashLabel(hashes[parent]!, plan.columns.nameOctets, plan.nameAt[node]!) : hashFromRoot(plan, node);
  }
  let size = 4;
  while (size < 2 * plan.nodeCount) size *= 2;
  for (let tries = 0; tries < 3; tries++, size *= 2) {
    const index = fill(hashes, size);
    if (index) return index;
  }
  return undefined;
}

/** The node with the name at `name[at]` (`hash` is its hash), or -1. */
export function findPlanned(
  plan: Plan,
  index: NameIndex,
  hash: number,
  name: Uint8Array,
  at: number,
  length: number,
): number {
  let slot = hash & index.mask;
  for (let probe = 0; probe <= MAX_PROBE; probe++) {
    const node = index.slots[slot]! - 1;
    if (node < 0) return -1;
    if (index.hashes[node] === hash && plan.nameLength[node] === length && sameName(plan, node, name, at, length))
      return node;
    slot = (slot + 1) & index.mask;
  }
  return -1;
}

function fill(hashes: Int32Array, size: number): NameIndex | undefined {
  const slots = new Int32Array(size);
  const mask = size - 1;
  let maxProbe = 0;
  for (let node = 0; node < hashes.length; node++) {
    let slot = hashes[node]! & mask;
    let probe = 0;
    while (slots[slot] !== 0) {
      slot = (slot + 1) & mask;
      if (++probe > MAX_PROBE) return undefined;
    }
    slots[slot] = node + 1;
    if (probe > maxProbe) maxProbe = probe;
  }
  return { slots, mask, hashes, maxProbe };
}

function hashFromRoot(plan: Plan, node: number): number {
  const octets = plan.columns.nameOctets;
  const starts: number[] = [];
  for (let p = plan.nameAt[node]!; octets[p]! !== 0; p += octets[p]! + 1) starts.push(p);
  let hash = HASH_SEED;
  for (let i = starts.length - 1; i >= 0; i--) hash = hashLabel(hash, octets, starts[i]!);
  return hash;
}

function sameName(plan: Plan, node: number, name: Uint8Array, at: number, length: number): boolean {
  const octets = plan.columns.nameOctets;
  const start = plan.nameAt[node]!;
  for (let i = 0; i < length; i++) {
    const a = octets[start + i]!;
    const b = name[at + i]!;
    if (a !== b && fold(a) !== fold(b)) return false;
  }
  return true;
}

function fold(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}
