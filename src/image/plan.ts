/**
 * First half of the compiler: from the flat columns of a ZoneVersion to the nodes and RRsets that the image will have,
 * in canonical order, empty non-terminals included. Columns of numbers, no object for a name or a record.
 */
import { compareBytes } from "#bytes";
import { labelCount, type Name } from "#name";
import { canonicalRdata, RRType } from "#rdata";
import type { ZoneColumns } from "#zone";
import { NodeFlag, RR_HEAD } from "./layout.ts";

/** What becomes of the primary's DNSSEC records. */
export type Treatment = "as-is" | "strip";

/** Types that live signing replaces, and ZONEMD, which any change of the zone makes wrong (RFC 8976 section 2). DS stays: it is the child's. */
export const STRIPPED: ReadonlySet<number> = new Set([
  RRType.RRSIG,
  RRType.NSEC,
  RRType.NSEC3,
  RRType.NSEC3PARAM,
  RRType.DNSKEY,
  RRType.CDS,
  RRType.CDNSKEY,
  RRType.ZONEMD,
]);

/** Of those what a zone that is not signed does not have; a digest it may have, which holds for as long as it is served as it came. */
export function isDnssec(type: number): boolean {
  return type !== RRType.ZONEMD && STRIPPED.has(type);
}

type TakenSets = {
  readonly type: Uint16Array;
  readonly ttl: Uint32Array;
  readonly sigTtl: Uint32Array;
  readonly first: Uint32Array;
  readonly records: Uint16Array;
  readonly signatures: Uint8Array;
  readonly data: Uint32Array;
  readonly sigData: Uint32Array;
  readonly made: Int32Array;
};

/** Columns of what the image will hold. Set columns: RRs are `records[first .. first+count)`, their RRSIGs right behind. */
export class Plan {
  readonly columns: ZoneColumns;
  nodeCount = 0;
  setCount = 0;
  recordCount = 0;
  /** Where the owner name stands in `columns.nameOctets`, and its length. */
  nameAt = new Uint32Array(0);
  nameLength = new Uint8Array(0);
  labels = new Uint8Array(0);
  flags = new Uint16Array(0);
  /** Indexes of nodes; -1 none. */
  parent = new Int32Array(0);
  cut = new Int32Array(0);
  wildcardChild = new Int32Array(0);
  nsec = new Int32Array(0);
  firstSet = new Uint32Array(0);
  sets = new Uint16Array(0);
  setType = new Uint16Array(0);
  setTtl = new Uint32Array(0);
  /** TTL of the RRSIG RRs. */
  setSigTtl = new Uint32Array(0);
  setFirst = new Uint32Array(0);
  setRecords = new Uint16Array(0);
  setSignatures = new Uint8Array(0);
  /** Octets of the RRs and of the RRSIGs, heads included. */
  setData = new Uint32Array(0);
  setSigData = new Uint32Array(0);
  /** Index into `made` of RDATA that the compiler itself made (the NSECs of an own chain), or -1. */
  setMade = new Int32Array(0);
  readonly made: Uint8Array[] = [];
  records: Uint32Array;
  /** Sets of NSEC3 records, each with the name it hangs on; they belong to no node. */
  readonly hashed: { readonly set: number; readonly nameAt: number; readonly nameLength: number }[] = [];
  hasDnssec = false;
  signed = false;

  constructor(columns: ZoneColumns) {
    this.columns = columns;
    this.records = new Uint32Array(columns.recordOffsets.length);
    this.growNodes(columns.nameOffsets.length + 15);
    this.growSets(columns.rrsetTypes.length + 16);
  }

  growNodes(capacity: number): void {
    this.nameAt = grow(this.nameAt, new Uint32Array(capacity));
    this.nameLength = grow(this.nameLength, new Uint8Array(capacity));
    this.labels = grow(this.labels, new Uint8Array(capacity));
    this.flags = grow(this.flags, new Uint16Array(capacity));
    this.parent = grow(this.parent, new Int32Array(capacity));
    this.cut = grow(this.cut, new Int32Array(capacity));
    this.wildcardChild = grow(this.wildcardChild, new Int32Array(capacity));
    this.nsec = grow(this.nsec, new Int32Array(capacity));
    this.firstSet = grow(this.firstSet, new Uint32Array(capacity));
    this.sets = grow(this.sets, new Uint16Array(capacity));
  }

  growSets(capacity: number): void {
    this.setType = grow(this.setType, new Uint16Array(capacity));
    this.setTtl = grow(this.setTtl, new Uint32Array(capacity));
    this.setSigTtl = grow(this.setSigTtl, new Uint32Array(capacity));
    this.setFirst = grow(this.setFirst, new Uint32Array(capacity));
    this.setRecords = grow(this.setRecords, new Uint16Array(capacity));
    this.setSignatures = grow(this.setSignatures, new Uint8Array(capacity));
    this.setData = grow(this.setData, new Uint32Array(capacity));
    this.setSigData = grow(this.setSigData, new Uint32Array(capacity));
    this.setMade = grow(this.setMade, new Int32Array(capacity));
  }

  /** Takes the set columns away and leaves empty ones, for a pass that copies them back with sets inserted. */
  takeSets(): TakenSets {
    const taken: TakenSets = {
      type: this.setType,
      ttl: this.setTtl,
      sigTtl: this.setSigTtl,
      first: this.setFirst,
      records: this.setRecords,
      signatures: this.setSignatures,
      data: this.setData,
      sigData: this.setSigData,
      made: this.setMade,
    };
    this.setCount = 0;
    return taken;
  }

  /** Appends one of the taken sets. */
  copySet(from: TakenSets, set: number): void {
    const to = this.setCount++;
    this.setType[to] = from.type[set]!;
    this.setTtl[to] = from.ttl[set]!;
    this.setSigTtl[to] = from.sigTtl[set]!;
    this.setFirst[to] = from.first[set]!;
    this.setRecords[to] = from.records[set]!;
    this.setSignatures[to] = from.signatures[set]!;
    this.setData[to] = from.data[set]!;
    this.setSigData[to] = from.sigData[set]!;
    this.setMade[to] = from.made[set]!;
  }

  /** The set of a type at a node that has RRs, or -1. */
  findSet(node: number, type: number): number {
    const first = this.firstSet[node]!;
    for (let set = first; set < first + this.sets[node]!; set++) {
      if (this.setType[set] === type && (this.setRecords[set]! > 0 || this.setMade[set]! >= 0)) return set;
    }
    return -1;
  }
}

function grow<T extends { set(from: T): void; readonly length: number }>(from: T, into: T): T {
  into.set(from);
  return into;
}

/** The owner name of a node, a view. */
export function plannedName(plan: Plan, node: number): Name {
  const at = plan.nameAt[node]!;
  return plan.columns.nameOctets.subarray(at, at + plan.nameLength[node]!);
}

/** Walks the names in canonical order and fills the plan. */
export function planImage(columns: ZoneColumns, treatment: Treatment): Plan {
  const plan = new Plan(columns);
  const stack: number[] = [];
  const apexLabels = labelCount(columns.apex);
  const names = columns.nameOffsets.length - 1;
  let lastNsec = -1;
  for (let id = 0; id < names; id++) {
    const nameAt = columns.nameOffsets[id]!;
    const length = columns.nameOffsets[id + 1]! - nameAt;
    const firstSet = plan.setCount;
    const row = planSets(plan, id, treatment === "strip");
    // A name that held nothing but NSEC3 (or nothing at all after stripping) is no name of the zone (RFC 5155 section 7.2.8).
    if (row === 0) continue;
    popToAncestor(plan, stack, nameAt, length);
    const labels = labelsAt(columns.nameOctets, nameAt);
    addEmptyNonTerminals(plan, stack, nameAt, length, labels, apexLabels, firstSet);
    const node = addNode(plan, stack, nameAt, length, labels);
    plan.firstSet[node] = firstSet;
    plan.sets[node] = row;
    markNode(plan, node);
    if ((plan.flags[node]! & (NodeFlag.HasNsec | NodeFlag.Occluded)) === NodeFlag.HasNsec) lastNsec = node;
    plan.nsec[node] = lastNsec;
    stack.push(node);
  }
  return plan;
}

/** Leaves on the stack only ancestors of the name. */
function popToAncestor(plan: Plan, stack: number[], nameAt: number, length: number): void {
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (endsWith(plan.columns.nameOctets, nameAt, length, plan.nameAt[top]!, plan.nameLength[top]!)) return;
    stack.pop();
  }
}

/** Nodes for the labels between the closest ancestor and the name: they exist, with nothing in them (RFC 8020, RFC 4592 section 2.2.2). */
function addEmptyNonTerminals(
  plan: Plan,
  stack: number[],
  nameAt: number,
  length: number,
  labels: number,
  apexLabels: number,
  firstSet: number,
): void {
  const above = stack.length > 0 ? plan.labels[stack[stack.length - 1]!]! : apexLabels - 1;
  const octets = plan.columns.nameOctets;
  for (let want = above + 1; want < labels; want++) {
    let at = nameAt;
    for (let skip = labels - want; skip > 0; skip--) at += octets[at]! + 1;
    const node = addNode(plan, stack, at, length - (at - nameAt), want);
    plan.firstSet[node] = firstSet;
    plan.flags[node]! |= NodeFlag.Ent;
    plan.nsec[node] = node > 0 ? plan.nsec[node - 1]! : -1;
    stack.push(node);
  }
}

function addNode(plan: Plan, stack: number[], nameAt: number, length: number, labels: number): number {
  const node = plan.nodeCount++;
  if (node === plan.nameAt.length) plan.growNodes(node * 2);
  const parent = stack.length > 0 ? stack[stack.length - 1]! : -1;
  const octets = plan.columns.nameOctets;
  plan.nameAt[node] = nameAt;
  plan.nameLength[node] = length;
  plan.labels[node] = labels;
  plan.parent[node] = parent;
  plan.cut[node] = -1;
  plan.wildcardChild[node] = -1;
  plan.sets[node] = 0;
  let flags = 0;
  if (parent < 0) {
    flags |= NodeFlag.Apex;
  } else {
    const above = plan.flags[parent]!;
    plan.flags[parent] = above | NodeFlag.HasChildren;
    if ((above & (NodeFlag.Occluded | NodeFlag.Cut | NodeFlag.Dname)) !== 0) {
      flags |= NodeFlag.Occluded;
      plan.cut[node] = (above & NodeFlag.Occluded) !== 0 ? plan.cut[parent]! : parent;
    }
    if (octets[nameAt] === 1 && octets[nameAt + 1] === 0x2a) {
      flags |= NodeFlag.Wildcard;
      plan.wildcardChild[parent] = node;
    }
  }
  plan.flags[node] = flags;
  return node;
}

/** Cut, DNAME and NSEC flags, from the node's sets. */
function markNode(plan: Plan, node: number): void {
  let flags = plan.flags[node]!;
  if (plan.findSet(node, RRType.NSEC) >= 0) flags |= NodeFlag.HasNsec;
  if ((flags & NodeFlag.Occluded) === 0) {
    if ((flags & NodeFlag.Apex) === 0 && plan.findSet(node, RRType.NS) >= 0) flags |= NodeFlag.Cut;
    else if (plan.findSet(node, RRType.DNAME) >= 0) flags |= NodeFlag.Dname;
  }
  plan.flags[node] = flags;
}

function labelsAt(octets: Uint8Array, at: number): number {
  let labels = 0;
  for (let p = at; octets[p]! !== 0; p += octets[p]! + 1) labels++;
  return labels;
}

/** True when the name at `at` is, case-folded, below or equal to the one at `suffixAt`. */
function endsWith(octets: Uint8Array, at: number, length: number, suffixAt: number, suffixLength: number): boolean {
  let p = at;
  const start = at + length - suffixLength;
  while (p < start) p += octets[p]! + 1;
  if (p !== start) return false;
  for (let i = 0; i < suffixLength; i++) {
    const a = octets[start + i]!;
    const b = octets[suffixAt + i]!;
    if (a !== b && fold(a) !== fold(b)) return false;
  }
  return true;
}

function fold(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}

/**
 * Adds a name's RRsets to the plan, RRs in canonical order (RFC 4034 section 6.3), RRSIGs with the set they cover; gives
 * how many of them form its node's row. An NSEC3 set comes behind the row: it hangs on no node.
 */
function planSets(plan: Plan, id: number, strip: boolean): number {
  const { columns } = plan;
  const first = plan.setCount;
  const end = columns.nameRRsets[id + 1]!;
  let nsec3At = -1;
  let from = columns.nameRRsets[id]!;
  while (from < end) {
    const type = coveredType(columns, from);
    const data = columns.rrsetTypes[from] === type ? from : -1;
    const next = data < 0 ? from : from + 1;
    const signatures = type !== RRType.RRSIG && next < end && coveredType(columns, next) === type ? next : -1;
    const behind = signatures < 0 ? next : next + 1;
    if (type === RRType.NSEC3 && !strip) nsec3At = from;
    else if (!(strip && STRIPPED.has(type))) planSet(plan, type, data, strip ? -1 : signatures);
    from = Math.max(behind, from + 1);
  }
  const row = plan.setCount - first;
  if (nsec3At >= 0) {
    const nameAt = columns.nameOffsets[id]!;
    plan.hashed.push({ set: plan.setCount, nameAt, nameLength: columns.nameOffsets[id + 1]! - nameAt });
    const data = columns.rrsetTypes[nsec3At] === RRType.NSEC3 ? nsec3At : -1;
    const signatures = data < 0 ? nsec3At : nsec3At + 1;
    planSet(
      plan,
      RRType.NSEC3,
      data,
      signatures < end && coveredType(columns, signatures) === RRType.NSEC3 ? signatures : -1,
    );
  }
  return row;
}

/** The type of a column RRset, or for RRSIGs the one that they cover. */
function coveredType(columns: ZoneColumns, rrset: number): number {
  return columns.rrsetTypes[rrset] === RRType.RRSIG ? columns.rrsetCovered[rrset]! : columns.rrsetTypes[rrset]!;
}

function planSet(plan: Plan, type: number, data: number, signatures: number): void {
  if (data < 0 && signatures < 0) return;
  const { columns } = plan;
  const set = plan.setCount++;
  plan.setType[set] = type;
  plan.setFirst[set] = plan.recordCount;
  plan.setMade[set] = -1;
  plan.setRecords[set] = data < 0 ? 0 : planRecords(plan, type, data, 0xffff);
  plan.setData[set] = octetsSince(plan, plan.setFirst[set]!);
  const firstSignature = plan.recordCount;
  plan.setSignatures[set] = signatures < 0 ? 0 : planRecords(plan, RRType.RRSIG, signatures, 255);
  plan.setSigData[set] = octetsSince(plan, firstSignature);
  plan.setTtl[set] = columns.rrsetTtls[data < 0 ? signatures : data]!;
  plan.setSigTtl[set] = signatures < 0 ? 0 : columns.rrsetTtls[signatures]!;
  if (signatures >= 0) plan.signed = true;
  if (signatures >= 0 || isDnssec(type)) plan.hasDnssec = true;
}

/** Appends an RRset's records in canonical order, equal ones once; gives how many. */
function planRecords(plan: Plan, type: number, rrset: number, most: number): number {
  const { columns } = plan;
  const first = columns.rrsetRecords[rrset]!;
  const end = columns.rrsetRecords[rrset + 1]!;
  if (end - first === 1) {
    plan.records[plan.recordCount++] = first;
    return 1;
  }
  const sorted: { record: number; rdata: Uint8Array }[] = [];
  for (let record = first; record < end; record++) {
    const at = columns.recordOffsets[record]!;
    sorted.push({
      record,
      rdata: canonicalRdata(type, columns.rdata.subarray(at, at + columns.recordLengths[record]!)),
    });
  }
  sorted.sort((a, b) => compareBytes(a.rdata, b.rdata));
  let count = 0;
  for (let i = 0; i < sorted.length && count < most; i++) {
    if (i > 0 && compareBytes(sorted[i - 1]!.rdata, sorted[i]!.rdata) === 0) continue;
    plan.records[plan.recordCount++] = sorted[i]!.record;
    count++;
  }
  return count;
}

/** Octets of the RRs planned since, heads included. */
function octetsSince(plan: Plan, first: number): number {
  let octets = 0;
  for (let i = first; i < plan.recordCount; i++) octets += RR_HEAD + plan.columns.recordLengths[plan.records[i]!]!;
  return octets;
}
