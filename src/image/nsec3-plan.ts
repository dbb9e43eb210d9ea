/**
 * The NSEC3 chain that is served: the records whose parameters the apex's NSEC3PARAM names, in the order of their
 * hashes, and for each node the one that matches it. Records of other parameters (a chain being replaced) are kept aside.
 */
import { toLatin1 } from "#bytes";
import { MAX_NSEC3_ITERATIONS, nsec3Hash } from "#dnssec";
import { type Name, wildcardOf } from "#name";
import { base32hexDecode, RRType, readNsec3, readNsec3param } from "#rdata";
import { NodeFlag } from "./layout.ts";
import { type Plan, plannedName } from "./plan.ts";

export const HASH_OCTETS = 20;

export type Nsec3Plan = {
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly optOut: boolean;
  /** Entries of `plan.hashed`, in hash order. */
  readonly chain: readonly { readonly set: number; readonly nameAt: number; readonly nameLength: number }[];
  /** Their hashes, 20 octets each. */
  readonly hashes: Uint8Array;
  readonly spare: readonly { readonly set: number; readonly nameAt: number; readonly nameLength: number }[];
  /** For each node, entry index + 1; 0 none. */
  readonly match: Int32Array;
  /** For each node with children, index + 1 of the entry that matches or covers the wildcard below it. */
  readonly wildcard: Int32Array;
};

type Parameters = { readonly iterations: number; readonly salt: Uint8Array };

/** Undefined when the zone has no NSEC3 at all. */
export function planNsec3(plan: Plan): Nsec3Plan | undefined {
  if (plan.hashed.length === 0) return undefined;
  const parameters = chooseParameters(plan);
  const chosen: { entry: (typeof plan.hashed)[number]; hash: Uint8Array; key: string }[] = [];
  const spare: (typeof plan.hashed)[number][] = [];
  let optOut = false;
  for (const entry of plan.hashed) {
    const hash = parameters && plan.setRecords[entry.set]! > 0 ? hashOf(plan, entry) : undefined;
    const nsec3 = hash && readNsec3(firstRdata(plan, entry.set));
    if (!hash || !nsec3 || !parameters || !sameParameters(nsec3, parameters)) {
      spare.push(entry);
      continue;
    }
    if ((nsec3.flags & 1) !== 0) optOut = true;
    chosen.push({ entry, hash, key: toLatin1(hash) });
  }
  chosen.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const hashes = new Uint8Array(HASH_OCTETS * chosen.length);
  chosen.forEach(({ hash }, i) => {
    hashes.set(hash, HASH_OCTETS * i);
  });
  const { match, wildcard } = matchNodes(plan, hashes, chosen.length, parameters);
  return {
    iterations: parameters?.iterations ?? 0,
    salt: parameters?.salt ?? new Uint8Array(0),
    optOut,
    chain: chosen.map(({ entry }) => entry),
    hashes,
    spare,
    match,
    wildcard,
  };
}

/**
 * Of several NSEC3PARAMs the one with most NSEC3 records: while a zone changes its salt only one chain is complete. Each record is
 * looked at once: a zone may have 65,535 of the one and a million of the other.
 */
function chooseParameters(plan: Plan): Parameters | undefined {
  const set = plan.findSet(0, RRType.NSEC3PARAM);
  if (set < 0) return undefined;
  const counts = new Map<string, number>();
  for (const entry of plan.hashed) {
    if (plan.setRecords[entry.set]! === 0) continue;
    const key = keyOfParameters(readNsec3(firstRdata(plan, entry.set)));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let best: Parameters | undefined;
  let most = 0;
  const first = plan.setFirst[set]!;
  for (let i = first; i < first + plan.setRecords[set]!; i++) {
    const parameters = readNsec3param(rdataOf(plan, plan.records[i]!));
    const count = parameters.algorithm === 1 ? (counts.get(keyOfParameters(parameters)) ?? 0) : 0;
    if (count <= most) continue;
    most = count;
    best = { iterations: parameters.iterations, salt: parameters.salt };
  }
  return best;
}

function keyOfParameters(of: { readonly algorithm: number; readonly iterations: number; readonly salt: Uint8Array }) {
  return `${of.algorithm} ${of.iterations} ${toLatin1(of.salt)}`;
}

function matchNodes(
  plan: Plan,
  hashes: Uint8Array,
  count: number,
  parameters: Parameters | undefined,
): { match: Int32Array; wildcard: Int32Array } {
  const match = new Int32Array(plan.nodeCount);
  const wildcard = new Int32Array(plan.nodeCount);
  // A chain of more iterations is refused when it is checked (RFC 9276 section 3.2): no work is spent on it here.
  if (!parameters || count === 0 || parameters.iterations > MAX_NSEC3_ITERATIONS) return { match, wildcard };
  const hash = new Uint8Array(HASH_OCTETS);
  for (let node = 0; node < plan.nodeCount; node++) {
    if ((plan.flags[node]! & NodeFlag.Occluded) !== 0) continue;
    const name = plannedName(plan, node);
    nsec3Hash(name, parameters.salt, parameters.iterations, hash);
    const found = floorIndex(hashes, count, hash);
    if (equalAt(hashes, found, hash)) match[node] = found + 1;
    if ((plan.flags[node]! & NodeFlag.HasChildren) === 0) continue;
    const star = wildcardOf(name);
    if (!star) continue;
    nsec3Hash(star, parameters.salt, parameters.iterations, hash);
    wildcard[node] = floorIndex(hashes, count, hash) + 1;
  }
  return { match, wildcard };
}

/** Index of the greatest hash not above this one; the last one when it is below all (the chain is a ring). */
function floorIndex(hashes: Uint8Array, count: number, hash: Uint8Array): number {
  let first = -1;
  let last = count;
  while (last - first > 1) {
    const middle = (first + last) >> 1;
    if (compareAt(hashes, middle, hash) <= 0) first = middle;
    else last = middle;
  }
  return first < 0 ? count - 1 : first;
}

function compareAt(hashes: Uint8Array, index: number, hash: Uint8Array): number {
  for (let i = 0; i < HASH_OCTETS; i++) {
    const d = hashes[HASH_OCTETS * index + i]! - hash[i]!;
    if (d !== 0) return d;
  }
  return 0;
}

function equalAt(hashes: Uint8Array, index: number, hash: Uint8Array): boolean {
  return compareAt(hashes, index, hash) === 0;
}

function hashOf(plan: Plan, entry: { nameAt: number; nameLength: number }): Uint8Array | undefined {
  return hashOfOwner(
    plan.columns.nameOctets.subarray(entry.nameAt, entry.nameAt + entry.nameLength),
    plan.columns.apex,
  );
}

/** The hash that an owner name's first label spells, when it lies just below the apex. */
export function hashOfOwner(owner: Name, apex: Name): Uint8Array | undefined {
  const label = owner[0]!;
  if (owner.length - label - 1 !== apex.length) return undefined;
  const hash = base32hexDecode(toLatin1(owner, 1, 1 + label));
  return hash?.length === HASH_OCTETS ? hash : undefined;
}

export function sameParameters(
  a: { algorithm?: number; iterations: number; salt: Uint8Array },
  b: Parameters,
): boolean {
  return (a.algorithm ?? 1) === 1 && a.iterations === b.iterations && toLatin1(a.salt) === toLatin1(b.salt);
}

function firstRdata(plan: Plan, set: number): Uint8Array {
  return rdataOf(plan, plan.records[plan.setFirst[set]!]!);
}

function rdataOf(plan: Plan, record: number): Uint8Array {
  const at = plan.columns.recordOffsets[record]!;
  return plan.columns.rdata.subarray(at, at + plan.columns.recordLengths[record]!);
}
