/**
 * Validation of a change of a zone that was valid before: the items that it touched and their neighbours, by the same checks as
 * the whole zone. What these can't decide is left to the validation of the whole zone.
 *
 * ```
 * touched names ─────────────▶ signatures, bitmap, NSEC or NSEC3      gone names ──▶ no NSEC3 of theirs may remain
 * names before those ────────▶ NSEC: does it lead to what follows now
 * empty non-terminals above ─▶ NSEC3: may it still be without one (opt-out)
 * touched NSEC3s, and those before ─▶ signatures, next hash
 * ```
 * Undecided, so that the whole zone is checked: other keys, another kind of denial or negative TTL; an NSEC3 that came,
 * went or says other types for a name that the change does not touch (hashes do not tell which); a span that opted out and
 * does no longer, as it may hold names that the change does not touch.
 */
import { bytesEqual, toHex } from "#bytes";
import type { Name } from "#name";
import { RRType, readNsec3 } from "#rdata";
import { hasNsec, isAuthoritativeName } from "./chain.ts";
import { FindingList, MAX_FINDINGS, ValidationError, type ValidationReport } from "./findings.ts";
import { hashOfNsec3Owner, NSEC3_OPT_OUT, type Nsec3Params, nsec3HashOf, sameNsec3Params } from "./nsec3.ts";
import { type ValidationPlan, validateSlice } from "./validate.ts";
import { findRRset, type ViewNode, type ZoneView } from "./zone-view.ts";

/** What a change touched, as places in the view of the version that it led to. */
export type ZoneDelta = {
  /** Names that came or changed. */
  readonly nodes: readonly number[];
  readonly goneNames: readonly Name[];
  /** The last name before each that is gone. */
  readonly beforeGone: readonly number[];
  /** Empty non-terminals above all of these. */
  readonly enclosers: readonly number[];
  /** NSEC3s of the chain that came or changed. */
  readonly links: readonly number[];
  readonly goneHashes: readonly Uint8Array[];
};

/** One of `of` parts of the work; all of them together, in order, are one report (`mergeReports`). */
export type DeltaShare = { readonly index: number; readonly of: number };

const ALL: DeltaShare = { index: 0, of: 1 };

/** Undefined: not to be decided from the change alone. `before` has to have been found valid, with signatures that still hold. */
export function validateDelta(
  before: ZoneView,
  plan: ValidationPlan,
  delta: ZoneDelta,
  { index, of }: DeltaShare = ALL,
): ValidationReport | undefined {
  const { view } = plan;
  const findings = new FindingList(plan.options.maxFindings ?? MAX_FINDINGS);
  if (index === 0) findings.merge(plan.report);
  if (plan.itemCount === 0) return findings.report();
  if (!sameKind(before, view, plan.negativeTtl)) return undefined;
  const items = new Set<number>(delta.nodes);
  if (plan.denial === "nsec") {
    for (const node of delta.nodes) addNsecBefore(view, node - 1, items);
    for (const node of delta.beforeGone) addNsecBefore(view, node, items);
  } else {
    const params = view.nsec3Params!;
    if (!isDecidable(before, view, params, delta)) return undefined;
    for (const node of delta.enclosers) items.add(node);
    addLinks(view, delta, items);
    if (index === 0) noteLeftOver(view, params, delta.goneNames, findings);
  }
  const sorted = [...items].sort((a, b) => a - b);
  const [from, to] = [index, index + 1].map((part) => Math.floor((part * sorted.length) / of));
  for (const item of sorted.slice(from, to)) findings.merge(validateSlice(plan, item, item + 1));
  return findings.report();
}

function sameKind(before: ZoneView, after: ZoneView, negativeTtl: number): boolean {
  const [old, top] = [before.node(0), after.node(0)];
  const keys = (node: ViewNode) => (findRRset(node, RRType.DNSKEY)?.rdatas ?? []).map(toHex).sort().join();
  const [oldParams, params] = [before.nsec3Params, after.nsec3Params];
  const sameChain = oldParams && params ? sameNsec3Params(oldParams, params) : oldParams === params;
  const hadNsec = findRRset(old, RRType.NSEC) !== undefined;
  const soa = (node: ViewNode) => findRRset(node, RRType.SOA);
  const minimum = (rdata: Uint8Array) => new DataView(rdata.buffer, rdata.byteOffset).getUint32(rdata.length - 4);
  const [oldSoa, newSoa] = [soa(old), soa(top)];
  return (
    sameChain &&
    keys(old) === keys(top) &&
    hadNsec === (findRRset(top, RRType.NSEC) !== undefined) &&
    oldSoa !== undefined &&
    newSoa !== undefined &&
    Math.min(oldSoa.ttl, minimum(oldSoa.rdatas[0]!)) === negativeTtl
  );
}

/** The name at or before `index` that has an NSEC, over hidden names and empty non-terminals. The apex has one. */
function addNsecBefore(view: ZoneView, index: number, items: Set<number>): void {
  for (let i = index; i >= 0; i--) {
    if (!hasNsec(view.node(i))) continue;
    items.add(i);
    return;
  }
  // Before the apex comes the last name of all.
  if (index < 0) addNsecBefore(view, view.nodeCount - 1, items);
}

/** The links that changed, and before each, and before each that is gone, the one that has to lead on. */
function addLinks(view: ZoneView, delta: ZoneDelta, items: Set<number>): void {
  const { nodeCount, nsec3Count } = view;
  for (const link of delta.links) {
    items.add(nodeCount + link);
    items.add(nodeCount + ((link + nsec3Count - 1) % nsec3Count));
  }
  for (const hash of delta.goneHashes) items.add(nodeCount + view.findNsec3(hash));
}

function isDecidable(before: ZoneView, after: ZoneView, params: Nsec3Params, delta: ZoneDelta): boolean {
  const touched = new Set<string>();
  for (const index of [...delta.nodes, ...delta.enclosers]) {
    const node = after.node(index);
    if (isAuthoritativeName(node)) touched.add(toHex(nsec3HashOf(node.owner, params)));
  }
  for (const name of delta.goneNames) touched.add(toHex(nsec3HashOf(name, params)));
  for (const index of delta.links) {
    const link = after.nsec3(index);
    const hash = hashOfNsec3Owner(link.owner, after.apex);
    const nsec3 = nsec3Of(link);
    // What is wrong with the link itself is found when its turn comes; which names it concerns is not.
    if (!hash || !nsec3) return false;
    const at = before.findNsec3(hash);
    const old = nsec3Of(before.nsec3(at));
    const isOld = before.nsec3Equals(at, hash);
    if (!old || (isOptOut(old) && !isOptOut(nsec3))) return false;
    if (!touched.has(toHex(hash)) && !(isOld && bytesEqual(old.bitmap, nsec3.bitmap))) return false;
  }
  for (const hash of delta.goneHashes) {
    if (!touched.has(toHex(hash))) return false;
    const old = nsec3Of(before.nsec3(before.findNsec3(hash)));
    const covering = nsec3Of(after.nsec3(after.findNsec3(hash)));
    if (!old || !covering || (isOptOut(old) && !isOptOut(covering))) return false;
  }
  return true;
}

/** NSEC3s that stayed behind although their names went. */
function noteLeftOver(view: ZoneView, params: Nsec3Params, names: readonly Name[], findings: FindingList): void {
  for (const name of names) {
    const hash = nsec3HashOf(name, params);
    const at = view.findNsec3(hash);
    if (!view.nsec3Equals(at, hash)) continue;
    const text = "This NSEC3 matches no name that the zone speaks for.";
    findings.add(ValidationError.Nsec3Unmatched, view.nsec3(at).owner, RRType.NSEC3, text);
  }
}

function nsec3Of(link: ViewNode) {
  const rdatas = findRRset(link, RRType.NSEC3)?.rdatas ?? [];
  return rdatas.length === 1 ? readNsec3(rdatas[0]!) : undefined;
}

function isOptOut({ flags }: { readonly flags: number }): boolean {
  return (flags & NSEC3_OPT_OUT) !== 0;
}
