/**
 * A zone as its validator sees it: names in canonical order, each with its RRsets and their RRSIGs, NSEC3 records apart.
 * Zone images implement it over their octets; `viewRRsets` makes one from any list of RRsets (tests, signing a zone
 * file, small zones).
 *
 * ```
 * nodes    [0] apex, then every name that exists, empty non-terminals, glue and hidden names too; canonical order
 * nsec3s   the NSEC3 records of the chain that the NSEC3PARAM names, by hash
 * spares   NSEC3 records of other chains (a change of salt under way): their signatures are checked, nothing else
 * ```
 */
import { bytesEqual, compareBytes, toLatin1 } from "#bytes";
import { CASE_FOLD, isSubdomain, labelOffsets, type Name, nameEquals, nameKey, parentName } from "#name";
import { RRType, readNsec3, readNsec3param, readRrsig } from "#rdata";
import type { RRset, ZoneVersion } from "#zone";
import { hashOfNsec3Owner, NSEC3_SHA1, type Nsec3Params, nsec3HashOf, sameNsec3Params } from "./nsec3.ts";

export const ViewFlag = {
  /** Has NS and is not the apex: the parent side of a delegation. */
  Cut: 1,
  /** Below a cut or a DNAME: glue, or hidden. */
  Occluded: 2,
  /** Has no records; names below it have. */
  EmptyNonTerminal: 4,
} as const;

export type ViewRRset = {
  readonly type: number;
  readonly ttl: number;
  readonly rdatas: readonly Uint8Array[];
  /** RDATA of the RRSIGs that cover this RRset. */
  readonly signatures: readonly Uint8Array[];
};

export type ViewNode = {
  readonly owner: Name;
  /** `ViewFlag` bits. */
  readonly flags: number;
  /** Without RRSIG; each RRSIG is with the RRset it covers. */
  readonly rrsets: readonly ViewRRset[];
  /** Types that RRSIGs here cover without an RRset of that type. */
  readonly strays: readonly number[];
};

export interface ZoneView {
  readonly apex: Name;
  readonly nodeCount: number;
  /** 0 to nodeCount - 1. */
  node(index: number): ViewNode;
  /** Of the chain in `nsec3`; undefined when there is no usable NSEC3PARAM with a chain. */
  readonly nsec3Params: Nsec3Params | undefined;
  readonly nsec3Count: number;
  nsec3(index: number): ViewNode;
  /** The entry with the greatest hash that is not greater than `hash`, wrapping to the last one; -1 when there are none. */
  findNsec3(hash: Uint8Array): number;
  /** Is `hash` that of entry `index`? */
  nsec3Equals(index: number, hash: Uint8Array): boolean;
  readonly spareCount: number;
  spare(index: number): ViewNode;
}

/** A view of what was transferred. Makes an object for each RRset: for small zones and tests; large ones have images. */
export function viewVersion(version: ZoneVersion): ZoneView {
  return viewRRsets(version.apex, version.rrsets());
}

type Draft = {
  owner: Name;
  flags: number;
  rrsets: Map<number, { type: number; ttl: number; rdatas: Uint8Array[]; signatures: Uint8Array[] }>;
  covered: Map<number, Uint8Array[]>;
};

/** A view of these RRsets, all in class IN and in the zone `apex`. RRSIGs come as RRsets of type RRSIG. */
export function viewRRsets(apex: Name, rrsets: Iterable<RRset>): ZoneView {
  const drafts = new Map<string, Draft>();
  const nsec3Drafts = new Map<string, Draft>();
  draftOf(drafts, apex);
  for (const rrset of rrsets) {
    if (rrset.type !== RRType.RRSIG) {
      const isNsec3 = rrset.type === RRType.NSEC3 && hashOfNsec3Owner(rrset.owner, apex) !== undefined;
      addRRset(draftOf(isNsec3 ? nsec3Drafts : drafts, rrset.owner), rrset);
      continue;
    }
    for (const rdata of rrset.rdatas) {
      const { typeCovered } = readRrsig(rdata);
      const isNsec3 = typeCovered === RRType.NSEC3 && hashOfNsec3Owner(rrset.owner, apex) !== undefined;
      addSignature(draftOf(isNsec3 ? nsec3Drafts : drafts, rrset.owner), typeCovered, rdata);
    }
  }
  addEmptyNonTerminals(drafts, apex);
  const nodes = inOrder(drafts.values());
  markHidden(nodes, apex);
  return new ListView(apex, nodes.map(finish), inOrder(nsec3Drafts.values()).map(finish));
}

/** Keeps: `chain` is sorted by hash and all of it has the parameters `nsec3Params`. */
class ListView implements ZoneView {
  readonly apex: Name;
  readonly nsec3Params: Nsec3Params | undefined;
  private readonly nodes: readonly ViewNode[];
  private readonly chain: readonly ViewNode[];
  private readonly hashes: readonly Uint8Array[];
  private readonly spares: readonly ViewNode[];

  constructor(apex: Name, nodes: readonly ViewNode[], nsec3s: readonly ViewNode[]) {
    this.apex = apex;
    this.nodes = nodes;
    const params = chooseNsec3Params(apex, nodes[0]!, nsec3s);
    this.nsec3Params = params;
    const inChain = (node: ViewNode): boolean => params !== undefined && hasNsec3With(node, params);
    this.chain = nsec3s.filter(inChain);
    this.spares = nsec3s.filter((node) => !inChain(node));
    this.hashes = this.chain.map((node) => hashOfNsec3Owner(node.owner, apex)!);
  }

  get nodeCount(): number {
    return this.nodes.length;
  }
  node(index: number): ViewNode {
    return this.nodes[index]!;
  }
  get nsec3Count(): number {
    return this.chain.length;
  }
  nsec3(index: number): ViewNode {
    return this.chain[index]!;
  }
  get spareCount(): number {
    return this.spares.length;
  }
  spare(index: number): ViewNode {
    return this.spares[index]!;
  }

  findNsec3(hash: Uint8Array): number {
    let low = 0;
    let high = this.hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.hashes[middle]!, hash) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 ? low - 1 : this.hashes.length - 1;
  }

  nsec3Equals(index: number, hash: Uint8Array): boolean {
    return bytesEqual(this.hashes[index]!, hash);
  }
}

/**
 * Which chain counts: the first NSEC3PARAM without flags that has an NSEC3 at the hash of the apex (RFC 5155 section
 * 7.3). Two may stand there while a zone changes its salt.
 */
function chooseNsec3Params(apex: Name, top: ViewNode, nsec3s: readonly ViewNode[]): Nsec3Params | undefined {
  for (const rdata of findRRset(top, RRType.NSEC3PARAM)?.rdatas ?? []) {
    const params = readNsec3param(rdata);
    if (params.flags !== 0 || params.algorithm !== NSEC3_SHA1) continue;
    const hash = nsec3HashOf(apex, params);
    const atApex = nsec3s.find((node) => compareBytes(hashOfNsec3Owner(node.owner, apex)!, hash) === 0);
    if (atApex && hasNsec3With(atApex, params)) return params;
  }
  return undefined;
}

function hasNsec3With(node: ViewNode, params: Nsec3Params): boolean {
  const rdatas = findRRset(node, RRType.NSEC3)?.rdatas ?? [];
  return rdatas.some((rdata) => sameNsec3Params(readNsec3(rdata), params));
}

export function findRRset(node: ViewNode, type: number): ViewRRset | undefined {
  for (const rrset of node.rrsets) if (rrset.type === type) return rrset;
  return undefined;
}

function draftOf(drafts: Map<string, Draft>, owner: Name): Draft {
  const key = nameKey(owner);
  let draft = drafts.get(key);
  if (!draft) {
    draft = { owner, flags: 0, rrsets: new Map(), covered: new Map() };
    drafts.set(key, draft);
  }
  return draft;
}

function addRRset(draft: Draft, rrset: RRset): void {
  const have = draft.rrsets.get(rrset.type);
  if (have) {
    have.ttl = Math.min(have.ttl, rrset.ttl);
    have.rdatas.push(...rrset.rdatas);
  } else {
    draft.rrsets.set(rrset.type, { type: rrset.type, ttl: rrset.ttl, rdatas: [...rrset.rdatas], signatures: [] });
  }
}

function addSignature(draft: Draft, type: number, rdata: Uint8Array): void {
  const list = draft.covered.get(type);
  if (list) list.push(rdata);
  else draft.covered.set(type, [rdata]);
}

function addEmptyNonTerminals(drafts: Map<string, Draft>, apex: Name): void {
  for (const draft of [...drafts.values()]) {
    // At most 127 labels above a name, and it stops at the first one that is there.
    for (let name = draft.owner; !nameEquals(name, apex); ) {
      name = parentName(name);
      if (drafts.has(nameKey(name))) break;
      draftOf(drafts, name).flags = ViewFlag.EmptyNonTerminal;
    }
  }
}

function inOrder(drafts: Iterable<Draft>): Draft[] {
  const keyed = [...drafts].map((draft) => ({ draft, key: orderKey(draft.owner) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map((entry) => entry.draft);
}

/** Text whose plain order is the canonical order of names: labels from the right, octets 0 and 1 escaped by 1. */
function orderKey(name: Name): string {
  let key = "";
  for (const at of labelOffsets(name).reverse()) {
    for (let i = at + 1; i <= at + name[at]!; i++) {
      const octet = CASE_FOLD[name[i]!]!;
      key += octet > 1 ? String.fromCharCode(octet) : toLatin1(Uint8Array.of(1, octet + 1));
    }
    key += "\0";
  }
  return key;
}

/** `nodes` in canonical order: what is below a name follows it at once. */
function markHidden(nodes: readonly Draft[], apex: Name): void {
  let cover: Name | undefined;
  for (const node of nodes) {
    if (cover && isSubdomain(node.owner, cover)) {
      node.flags |= ViewFlag.Occluded;
      continue;
    }
    const isCut = node.rrsets.has(RRType.NS) && !nameEquals(node.owner, apex);
    if (isCut) node.flags |= ViewFlag.Cut;
    cover = isCut || node.rrsets.has(RRType.DNAME) ? node.owner : undefined;
  }
}

function finish(draft: Draft): ViewNode {
  const strays: number[] = [];
  for (const [type, signatures] of draft.covered) {
    const rrset = draft.rrsets.get(type);
    if (rrset) rrset.signatures.push(...signatures);
    else strays.push(type);
  }
  const rrsets = [...draft.rrsets.values()].sort((a, b) => a.type - b.type);
  return { owner: draft.owner, flags: draft.flags, rrsets, strays };
}
