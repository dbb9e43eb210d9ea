/** NSEC and NSEC3 chains of a whole zone: which names have one, and what it says (RFC 4034 section 4, RFC 5155 section 7.1). */
import { compareBytes } from "#bytes";
import { isSubdomain, type Name } from "#name";
import { RRType, writeTypeBitmap } from "#rdata";
import { NSEC3_SHA1, type Nsec3Params, nsec3HashOf, nsec3Owner, nsec3Rdata } from "./nsec3.ts";
import { findRRset, ViewFlag, type ViewNode, type ZoneView } from "./zone-view.ts";

/** Existing and ours to speak for: not below a cut or a DNAME. Cuts and empty non-terminals belong to it. */
export function isAuthoritativeName(node: ViewNode): boolean {
  return (node.flags & ViewFlag.Occluded) === 0;
}

/** Does it get an NSEC? Empty non-terminals do not. */
export function hasNsec(node: ViewNode): boolean {
  return (node.flags & (ViewFlag.Occluded | ViewFlag.EmptyNonTerminal)) === 0;
}

/** A delegation without DS: what opt-out may leave out. */
export function isInsecureCut(node: ViewNode): boolean {
  return (node.flags & ViewFlag.Cut) !== 0 && !findRRset(node, RRType.DS);
}

/** The NSEC bitmap in wire form. `more`: types that stand beside the view. */
export function nsecBitmap(node: ViewNode, more: readonly number[] = []): Uint8Array {
  return writeTypeBitmap([...dataTypes(node), ...more, RRType.RRSIG, RRType.NSEC]);
}

/** The NSEC3 bitmap in wire form: empty for an empty non-terminal, without RRSIG for an insecure delegation. */
export function nsec3Bitmap(node: ViewNode): Uint8Array {
  const types = dataTypes(node);
  if (types.length > 0 && !isInsecureCut(node)) types.push(RRType.RRSIG);
  return writeTypeBitmap(types);
}

/** Types at a name that this zone speaks for: at a cut only NS and DS (RFC 4035 section 2.3). */
function dataTypes(node: ViewNode): number[] {
  const isCut = (node.flags & ViewFlag.Cut) !== 0;
  const types: number[] = [];
  for (const { type } of node.rrsets) {
    if (type === RRType.NSEC || type === RRType.NSEC3) continue;
    if (!isCut || type === RRType.NS || type === RRType.DS) types.push(type);
  }
  return types;
}

export type ChainLink = { readonly owner: Name; readonly rdata: Uint8Array };

/** The whole NSEC chain in canonical order: RDATA of type NSEC. */
export function buildNsecChain(view: ZoneView): ChainLink[] {
  const members: ViewNode[] = [];
  for (let i = 0; i < view.nodeCount; i++) {
    const node = view.node(i);
    if (hasNsec(node)) members.push(node);
  }
  return members.map((node, i) => {
    const next = members[(i + 1) % members.length]!.owner;
    const bitmap = nsecBitmap(node);
    const rdata = new Uint8Array(next.length + bitmap.length);
    rdata.set(next);
    rdata.set(bitmap, next.length);
    return { owner: node.owner, rdata };
  });
}

/**
 * The whole NSEC3 chain in hash order: RDATA of type NSEC3. The NSEC3PARAM has to be in the view already (the apex's bitmap
 * names it). With `optOut`, insecure delegations and the empty non-terminals that only lead to them are left out (RFC
 * 5155 section 7.1) and every link has the flag. Undefined when hashed owner names would pass 255 octets.
 */
export function buildNsec3Chain(view: ZoneView, params: Nsec3Params, optOut: boolean): ChainLink[] | undefined {
  if (params.algorithm !== NSEC3_SHA1) return undefined;
  const needed = optOut ? neededUnderOptOut(view) : undefined;
  const members: { hash: Uint8Array; owner: Name; bitmap: Uint8Array }[] = [];
  for (let i = 0; i < view.nodeCount; i++) {
    const node = view.node(i);
    if (!isAuthoritativeName(node) || (needed && !needed[i])) continue;
    const hash = nsec3HashOf(node.owner, params);
    const owner = nsec3Owner(hash, view.apex);
    if (!owner) return undefined;
    members.push({ hash, owner, bitmap: nsec3Bitmap(node) });
  }
  members.sort((a, b) => compareBytes(a.hash, b.hash));
  return members.map((member, i) => {
    const next = members[(i + 1) % members.length]!.hash;
    return { owner: member.owner, rdata: nsec3Rdata(params, optOut, next, member.bitmap) };
  });
}

/** 1 for each node that needs an NSEC3 although the zone opts out. Backwards: an empty non-terminal comes before what is below it. */
function neededUnderOptOut(view: ZoneView): Uint8Array {
  const needed = new Uint8Array(view.nodeCount);
  // The canonically next name that needs one; when it is below an empty non-terminal, that needs one too.
  let next: Name | undefined;
  for (let i = view.nodeCount - 1; i >= 0; i--) {
    const node = view.node(i);
    if (!isAuthoritativeName(node) || isInsecureCut(node)) continue;
    const isEmpty = (node.flags & ViewFlag.EmptyNonTerminal) !== 0;
    if (isEmpty && !(next && isSubdomain(next, node.owner))) continue;
    needed[i] = 1;
    next = node.owner;
  }
  return needed;
}
