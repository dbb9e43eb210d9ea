/**
 * Is the denial of existence of one name right? Each function looks at one node or one chain link and its neighbours, so
 * that workers can share a zone; together they show that the chain is complete and closed (RFC 4035 section 2.3, RFC
 * 5155 section 7.1).
 */
import { bytesEqual } from "#bytes";
import { isSubdomain, nameEquals, printName } from "#name";
import { parseTypeBitmap, RRType, readNsec, readNsec3, typeName } from "#rdata";
import { hasNsec, isAuthoritativeName, isInsecureCut, nsec3Bitmap, nsecBitmap } from "./chain.ts";
import { type FindingList, ValidationError, ValidationWarning } from "./findings.ts";
import { NSEC3_OPT_OUT, type Nsec3Params, nsec3Hash, sameNsec3Params } from "./nsec3.ts";
import { SHA1_LENGTH } from "./sha1.ts";
import { findRRset, ViewFlag, type ViewNode, type ViewRRset, type ZoneView } from "./zone-view.ts";

export type DenialContext = {
  readonly view: ZoneView;
  readonly findings: FindingList;
  /** min(SOA TTL, SOA MINIMUM): the TTL that NSEC and NSEC3 should have (RFC 9077). */
  readonly negativeTtl: number;
  /**
   * Nodes with a smaller index that lie behind the empty non-terminal looked at last were found to be opted out: nested
   * empty non-terminals would otherwise be walked again and again.
   */
  optedOutUntil: number;
};

/** The NSEC at node `index` of a zone whose denial is NSEC. */
export function checkNsecAt(context: DenialContext, index: number, node: ViewNode): void {
  const { view, findings } = context;
  const nsec = findRRset(node, RRType.NSEC);
  if (!hasNsec(node)) {
    if (nsec) findings.add(ValidationError.NsecUnexpected, node.owner, RRType.NSEC, "This name must not have an NSEC.");
    return;
  }
  if (!nsec) {
    findings.add(ValidationError.NsecMissing, node.owner, RRType.NSEC, "This name has no NSEC.");
    return;
  }
  if (nsec.rdatas.length !== 1) {
    findings.add(
      ValidationError.NsecSeveral,
      node.owner,
      RRType.NSEC,
      `${nsec.rdatas.length} NSEC records at one name.`,
    );
    return;
  }
  const { next, bitmap } = readNsec(nsec.rdatas[0]!);
  const wanted = followingNsecOwner(view, index);
  if (!nameEquals(next, wanted)) {
    const text = `The NSEC's next name is ${printName(next)}, the zone's is ${printName(wanted)}.`;
    findings.add(ValidationError.NsecNextWrong, node.owner, RRType.NSEC, text);
  }
  const expected = nsecBitmap(node);
  if (!bytesEqual(bitmap, expected)) {
    findings.add(ValidationError.NsecBitmapWrong, node.owner, RRType.NSEC, differingTypes(bitmap, expected));
  }
  checkDenialTtl(context, node, nsec);
}

/** Walks over hidden names and empty non-terminals; each is walked once for the whole zone. */
function followingNsecOwner(view: ZoneView, index: number): Uint8Array {
  for (let i = index + 1; i < view.nodeCount; i++) {
    const node = view.node(i);
    if (hasNsec(node)) return node.owner;
  }
  return view.apex;
}

/** The NSEC3 of node `index`: there and right, or rightly absent. Counts a match in `findings.nsec3Matched`. */
export function checkNsec3Of(context: DenialContext, index: number, node: ViewNode, params: Nsec3Params): void {
  const { view, findings } = context;
  const stray = findRRset(node, RRType.NSEC3);
  if (stray) {
    const text = "An NSEC3 whose owner is not a hash directly below the apex.";
    findings.add(ValidationError.Nsec3Misplaced, node.owner, RRType.NSEC3, text);
  }
  if (findRRset(node, RRType.NSEC)) {
    findings.add(ValidationError.NsecUnexpected, node.owner, RRType.NSEC, "An NSEC in a zone that uses NSEC3.");
  }
  if (!isAuthoritativeName(node)) return;
  const hash = hashNode(node, params);
  const at = view.findNsec3(hash);
  const link = view.nsec3(at);
  if (!view.nsec3Equals(at, hash)) {
    checkOptedOut(context, index, node, link, params);
    return;
  }
  findings.nsec3Matched++;
  const rdata = linkRdata(link, params);
  if (!rdata) return;
  const expected = nsec3Bitmap(node);
  const { bitmap } = readNsec3(rdata);
  if (!bytesEqual(bitmap, expected)) {
    const text = `NSEC3 ${printName(link.owner)}: ${differingTypes(bitmap, expected)}`;
    findings.add(ValidationError.Nsec3BitmapWrong, node.owner, RRType.NSEC3, text);
  }
}

/** May this name be without an NSEC3? Under an opt-out span: insecure delegations and what only leads to them. */
function checkOptedOut(
  context: DenialContext,
  index: number,
  node: ViewNode,
  covering: ViewNode,
  params: Nsec3Params,
): void {
  const { findings } = context;
  const isEmpty = (node.flags & ViewFlag.EmptyNonTerminal) !== 0;
  const mayMiss = isInsecureCut(node) || (isEmpty && leadsToOptedOut(context, index, node, params));
  if (!mayMiss) {
    findings.add(ValidationError.Nsec3Missing, node.owner, RRType.NSEC3, "No NSEC3 matches the hash of this name.");
    return;
  }
  const rdata = linkRdata(covering, params);
  if (!rdata || (readNsec3(rdata).flags & NSEC3_OPT_OUT) === 0) {
    const text = `No NSEC3 matches this ${isEmpty ? "empty non-terminal" : "insecure delegation"}, and ${printName(covering.owner)}, which covers it, does not opt out.`;
    findings.add(ValidationError.Nsec3Missing, node.owner, RRType.NSEC3, text);
  }
}

/** True when everything below this empty non-terminal is an insecure delegation without an NSEC3 (RFC 5155 section 7.1). */
function leadsToOptedOut(context: DenialContext, index: number, node: ViewNode, params: Nsec3Params): boolean {
  const { view } = context;
  if (index < context.optedOutUntil) return true;
  let i = index + 1;
  for (; i < view.nodeCount; i++) {
    const below = view.node(i);
    if (!isSubdomain(below.owner, node.owner)) break;
    if (!isAuthoritativeName(below) || (below.flags & ViewFlag.EmptyNonTerminal) !== 0) continue;
    if (!isInsecureCut(below)) return false;
    const hash = hashNode(below, params);
    if (view.nsec3Equals(view.findNsec3(hash), hash)) return false;
  }
  context.optedOutUntil = i;
  return true;
}

/** Link `index` of the NSEC3 chain: one record, known flags, and the hash that follows in the zone as its next. */
export function checkNsec3Link(context: DenialContext, index: number, link: ViewNode): void {
  const { view, findings } = context;
  const nsec3 = findRRset(link, RRType.NSEC3);
  if (nsec3?.rdatas.length !== 1) {
    const text = `${nsec3?.rdatas.length ?? 0} NSEC3 records at one name.`;
    findings.add(ValidationError.Nsec3Several, link.owner, RRType.NSEC3, text);
    return;
  }
  const { flags, nextHash } = readNsec3(nsec3.rdatas[0]!);
  if ((flags & ~NSEC3_OPT_OUT) !== 0) {
    const text = `Flags ${flags}: validators ignore an NSEC3 with flags they do not know (RFC 5155 section 8.2).`;
    findings.add(ValidationError.Nsec3Flags, link.owner, RRType.NSEC3, text);
  }
  const following = (index + 1) % view.nsec3Count;
  if (!view.nsec3Equals(following, nextHash)) {
    const text = `Its next hash is not that of ${printName(view.nsec3(following).owner)}, which follows in the zone.`;
    findings.add(ValidationError.Nsec3NextWrong, link.owner, RRType.NSEC3, text);
  }
  checkDenialTtl(context, link, nsec3);
}

/** Names the NSEC3 records that match no name: only when counting showed that there are some. Hashes the zone once more. */
export function findUnmatchedNsec3(view: ZoneView, params: Nsec3Params, findings: FindingList): void {
  const matched = new Uint8Array(view.nsec3Count);
  for (let i = 0; i < view.nodeCount; i++) {
    const node = view.node(i);
    if (!isAuthoritativeName(node)) continue;
    const hash = hashNode(node, params);
    const at = view.findNsec3(hash);
    if (view.nsec3Equals(at, hash)) matched[at] = 1;
  }
  for (let i = 0; i < matched.length; i++) {
    if (matched[i]) continue;
    const text = "This NSEC3 matches no name that the zone speaks for.";
    findings.add(ValidationError.Nsec3Unmatched, view.nsec3(i).owner, RRType.NSEC3, text);
  }
}

function hashNode(node: ViewNode, params: Nsec3Params): Uint8Array {
  const hash = new Uint8Array(SHA1_LENGTH);
  nsec3Hash(node.owner, params.salt, params.iterations, hash);
  return hash;
}

function linkRdata(link: ViewNode, params: Nsec3Params): Uint8Array | undefined {
  const rdatas = findRRset(link, RRType.NSEC3)?.rdatas ?? [];
  return rdatas.find((rdata) => sameNsec3Params(readNsec3(rdata), params));
}

function checkDenialTtl(context: DenialContext, node: ViewNode, rrset: ViewRRset): void {
  if (rrset.ttl === context.negativeTtl) return;
  const text = `Its TTL is ${rrset.ttl}; the negative TTL of the zone is ${context.negativeTtl} (RFC 9077).`;
  context.findings.add(ValidationWarning.DenialTtl, node.owner, rrset.type, text);
}

/** "The bitmap lacks A, MX and has TXT too many." */
function differingTypes(bitmap: Uint8Array, expected: Uint8Array): string {
  const have = new Set(parseTypeBitmap(bitmap));
  const want = new Set(parseTypeBitmap(expected));
  const lacks = [...want].filter((type) => !have.has(type)).map(typeName);
  const extra = [...have].filter((type) => !want.has(type)).map(typeName);
  const parts: string[] = [];
  if (lacks.length > 0) parts.push(`lacks ${lacks.slice(0, 8).join(", ")}`);
  if (extra.length > 0) parts.push(`has ${extra.slice(0, 8).join(", ")} too many`);
  return parts.length > 0 ? `The bitmap ${parts.join(" and ")}.` : "The bitmap is not in its shortest form.";
}
