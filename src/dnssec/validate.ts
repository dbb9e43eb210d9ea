/**
 * Validation of a whole signed zone before it is published.
 *
 * ```
 * planValidation ─▶ apex: DNSKEY there and self-signed, algorithms known, NSEC or NSEC3, iterations bounded
 *      │                                                    (an error here ends it: nothing else can be judged)
 *      ├─▶ validateSlice(plan, from, to)   any share of [0, itemCount): nodes, then NSEC3 links, then spare NSEC3s
 *      ├─▶ validateSlice …                 each in its own worker, with its own plan over the same zone
 *      ▼
 * finishValidation(plan, reports)          one report; NSEC3 records that match no name
 * ```
 */
import { nameEquals } from "#name";
import { RRType, readNsec3param, readRrsig, readSoa, typeName } from "#rdata";
import { algorithmName, type DnssecCrypto, isVerifiableAlgorithm } from "./algorithm.ts";
import { checkNsec3Link, checkNsec3Of, checkNsecAt, type DenialContext, findUnmatchedNsec3 } from "./check-denial.ts";
import {
  checkSigned,
  collectZoneKeys,
  MAX_KEYS_OF_A_TAG,
  MAX_ZONE_KEYS,
  type SignatureContext,
  type ZoneKeys,
} from "./check-signatures.ts";
import { FindingList, MAX_FINDINGS, ValidationError, type ValidationReport, ValidationWarning } from "./findings.ts";
import { MAX_NSEC3_ITERATIONS, nsec3HashOf } from "./nsec3.ts";
import { absoluteTime } from "./rrsig.ts";
import { findRRset, ViewFlag, type ViewNode, type ViewRRset, type ZoneView } from "./zone-view.ts";

export type ValidationOptions = {
  /** Seconds since 1970. */
  readonly now: number;
  /** Findings named in the report; all are counted. Default 20. */
  readonly maxFindings?: number;
  /** Default `MAX_NSEC3_ITERATIONS`. */
  readonly maxNsec3Iterations?: number;
  /**
   * A ZONEMD that is checked otherwise covers every record, signatures included: they are not verified, but everything else
   * about them is looked at. `apexItems` are not to be looked at in this way.
   */
  readonly trusted?: boolean;
};

export type Denial = "nsec" | "nsec3";

/** Not to be posted between threads: each makes its own, which costs one check of the apex. */
export type ValidationPlan = {
  readonly view: ZoneView;
  readonly crypto: DnssecCrypto;
  readonly options: ValidationOptions;
  readonly keys: ZoneKeys;
  readonly denial: Denial | undefined;
  readonly negativeTtl: number;
  /** What slices may cover; 0 when the apex is so wrong that nothing else can be judged. */
  readonly itemCount: number;
  /** Findings about the apex and the zone as a whole. */
  readonly report: ValidationReport;
};

/** All of it in this thread. */
export function validateZone(view: ZoneView, crypto: DnssecCrypto, options: ValidationOptions): ValidationReport {
  const plan = planValidation(view, crypto, options);
  return finishValidation(plan, [validateSlice(plan, 0, plan.itemCount)]);
}

export function planValidation(view: ZoneView, crypto: DnssecCrypto, options: ValidationOptions): ValidationPlan {
  const findings = new FindingList(options.maxFindings ?? MAX_FINDINGS);
  const apex = view.node(0);
  const dnskeys = findRRset(apex, RRType.DNSKEY);
  const keys = collectZoneKeys(dnskeys?.rdatas ?? []);
  const soa = findRRset(apex, RRType.SOA);
  const negativeTtl = soa ? Math.min(soa.ttl, readSoa(soa.rdatas[0]!).minimum) : 0;
  const base = { view, crypto, options, keys, negativeTtl };
  if (!dnskeys || !checkKeys(findings, view, dnskeys, keys, crypto, options.now)) {
    if (!dnskeys)
      findings.add(ValidationError.ZoneUnsigned, view.apex, RRType.DNSKEY, "The zone has no DNSKEY: it is not signed.");
    return { ...base, denial: undefined, itemCount: 0, report: findings.report() };
  }
  const denial = checkDenialKind(findings, view, apex, options.maxNsec3Iterations ?? MAX_NSEC3_ITERATIONS);
  const usable = denial !== "refused";
  const itemCount = usable ? view.nodeCount + view.nsec3Count + view.spareCount : 0;
  return { ...base, denial: usable ? denial : undefined, itemCount, report: findings.report() };
}

/**
 * The items that a ZONEMD must not vouch for, as it hangs on them itself (RFC 8976 section 4, steps 2 and 3): the apex with
 * SOA, DNSKEY, ZONEMD and NSEC, and the apex's NSEC3. Ascending.
 */
export function apexItems(view: ZoneView): readonly number[] {
  const params = view.nsec3Count > 0 ? view.nsec3Params : undefined;
  const matching = params ? view.findNsec3(nsec3HashOf(view.apex, params)) : -1;
  return matching < 0 ? [0] : [0, view.nodeCount + matching];
}

/** The apex alone, with the plan's findings: a zone whose other records are taken as they come. No earliest end of all signatures. */
export function validateApex(plan: ValidationPlan): ValidationReport {
  const findings = new FindingList(plan.options.maxFindings ?? MAX_FINDINGS);
  findings.merge(plan.report);
  for (const item of apexItems(plan.view)) findings.merge(validateSlice(plan, item, item + 1));
  return findings.report();
}

/** Signatures, structure and denial of items `from` to `to - 1`. The findings of the plan itself are not in the report. */
export function validateSlice(plan: ValidationPlan, from: number, to: number): ValidationReport {
  const { view, keys, crypto, options } = plan;
  const findings = new FindingList(options.maxFindings ?? MAX_FINDINGS);
  const { now, trusted } = options;
  const signing: SignatureContext = { apex: view.apex, keys, crypto, now, findings, ...(trusted && { trusted }) };
  const denial: DenialContext = { view, findings, negativeTtl: plan.negativeTtl, optedOutUntil: 0 };
  const end = Math.min(to, plan.itemCount);
  const linksAt = view.nodeCount;
  const sparesAt = linksAt + view.nsec3Count;
  for (let item = Math.max(0, from); item < end; item++) {
    if (item < linksAt) {
      const node = view.node(item);
      checkNode(signing, node);
      if (plan.denial === "nsec") checkNsecAt(denial, item, node);
      else if (view.nsec3Params) checkNsec3Of(denial, item, node, view.nsec3Params);
      continue;
    }
    const link = item < sparesAt ? view.nsec3(item - linksAt) : view.spare(item - sparesAt);
    for (const rrset of link.rrsets) checkSigned(signing, link.owner, rrset);
    noteStrays(findings, link);
    if (item < sparesAt) checkNsec3Link(denial, item - linksAt, link);
  }
  return findings.report();
}

/** The plan's findings and all slices' together; every item has to have been in exactly one slice. */
export function finishValidation(plan: ValidationPlan, reports: readonly ValidationReport[]): ValidationReport {
  const findings = new FindingList(plan.options.maxFindings ?? MAX_FINDINGS);
  findings.merge(plan.report);
  for (const report of reports) findings.merge(report);
  const { view, denial } = plan;
  if (denial === "nsec3" && view.nsec3Params && findings.nsec3Matched < view.nsec3Count) {
    findUnmatchedNsec3(view, view.nsec3Params, findings);
  }
  return findings.report();
}

/** The DNSKEY RRset: at least one of its own zone keys, of an algorithm we can check, has to sign it. */
function checkKeys(
  findings: FindingList,
  view: ZoneView,
  dnskeys: ViewRRset,
  keys: ZoneKeys,
  crypto: DnssecCrypto,
  now: number,
): boolean {
  const { apex } = view;
  if (dnskeys.rdatas.length > MAX_ZONE_KEYS) {
    const text = `${dnskeys.rdatas.length} DNSKEYs; ${MAX_ZONE_KEYS} is the limit.`;
    findings.add(ValidationError.DnskeysTooMany, apex, RRType.DNSKEY, text);
    return false;
  }
  const crowded = [...keys.byTag.values()].find((sharing) => sharing.length > MAX_KEYS_OF_A_TAG);
  if (crowded) {
    const text = `${crowded.length} DNSKEYs have the key tag ${crowded[0]!.tag}; ${MAX_KEYS_OF_A_TAG} is the limit, more are not tried by validators.`;
    findings.add(ValidationError.DnskeysTooMany, apex, RRType.DNSKEY, text);
    return false;
  }
  const algorithms = [...new Set(keys.all.map((key) => key.algorithm))];
  if (!algorithms.some(isVerifiableAlgorithm)) {
    const text = `No zone key of an algorithm that can be checked here (${algorithms.map(algorithmName).join(", ") || "no zone key at all"}).`;
    findings.add(ValidationError.AlgorithmUnsupported, apex, RRType.DNSKEY, text);
    return false;
  }
  // A list of its own: what is wrong with these signatures is noted when the apex node's turn comes.
  const scratch = new FindingList(1);
  const good = checkSigned({ apex, keys, crypto, now, findings: scratch }, apex, dnskeys);
  if (good.length === 0) {
    const reason = scratch.report().findings[0]?.text ?? "";
    const text = `The DNSKEY RRset is not signed by one of its own zone keys. ${reason}`.trim();
    findings.add(ValidationError.DnskeyNotSelfSigned, apex, RRType.DNSKEY, text);
    return false;
  }
  if (keys.all.some((key) => key.sep) && !good.some((key) => key.sep)) {
    const text = "No key with the SEP flag signs the DNSKEY RRset: a DS usually points to one of those.";
    findings.add(ValidationWarning.DnskeyNotSignedBySep, apex, RRType.DNSKEY, text);
  }
  return true;
}

function checkDenialKind(
  findings: FindingList,
  view: ZoneView,
  apex: ViewNode,
  maxIterations: number,
): Denial | "refused" {
  const params = view.nsec3Count > 0 ? view.nsec3Params : undefined;
  const hasNsecAtApex = findRRset(apex, RRType.NSEC) !== undefined;
  const nsec3params = findRRset(apex, RRType.NSEC3PARAM)?.rdatas.filter((rdata) => readNsec3param(rdata).flags === 0);
  if (!params) {
    if (nsec3params && nsec3params.length > 0) {
      const text = "There is an NSEC3PARAM, but no NSEC3 with its parameters at the hash of the apex.";
      const code = hasNsecAtApex ? ValidationWarning.Nsec3ParamWithoutChain : ValidationError.Nsec3Missing;
      findings.add(code, view.apex, RRType.NSEC3PARAM, text);
    }
    if (hasNsecAtApex) return "nsec";
    const spare = view.spareCount > 0 ? ` (${view.spareCount} NSEC3 records belong to no NSEC3PARAM)` : "";
    const text = `Neither an NSEC chain nor an NSEC3 chain${spare}: nothing can prove that a name does not exist.`;
    findings.add(ValidationError.DenialMissing, view.apex, undefined, text);
    return "refused";
  }
  if (params.iterations > maxIterations) {
    const text = `${params.iterations} NSEC3 iterations; ${maxIterations} is the limit, 0 is what RFC 9276 asks for.`;
    findings.add(ValidationError.Nsec3Iterations, view.apex, RRType.NSEC3PARAM, text);
    return "refused";
  }
  if (params.iterations > 0) {
    const text = `${params.iterations} NSEC3 iterations: RFC 9276 asks for 0, and some validators take more as insecure.`;
    findings.add(ValidationWarning.Nsec3IterationsNotZero, view.apex, RRType.NSEC3PARAM, text);
  }
  if (hasNsecAtApex) {
    const text = "The zone has an NSEC3 chain and an NSEC at the apex.";
    findings.add(ValidationError.DenialMixed, view.apex, RRType.NSEC, text);
  }
  return "nsec3";
}

/** Which RRsets of a name have to be signed, and which must not be (RFC 4035 section 2.2). */
function checkNode(signing: SignatureContext, node: ViewNode): void {
  const isCut = (node.flags & ViewFlag.Cut) !== 0;
  const isOccluded = (node.flags & ViewFlag.Occluded) !== 0;
  for (const rrset of node.rrsets) {
    const isOurs = !isOccluded && (!isCut || rrset.type === RRType.DS || rrset.type === RRType.NSEC);
    if (isOurs) {
      const good = checkSigned(signing, node.owner, rrset);
      if (good.length > 0 && rrset.type === RRType.SOA) noteMissingAlgorithms(signing, node, rrset);
    } else if (rrset.signatures.length > 0) {
      const what = isOccluded ? "below a delegation or a DNAME" : "at a delegation, where only DS and NSEC are signed";
      const text = `This ${typeName(rrset.type)} RRset lies ${what}: it must not be signed here.`;
      signing.findings.add(ValidationError.SignatureUnexpected, node.owner, rrset.type, text);
    }
  }
  noteStrays(signing.findings, node);
}

function noteStrays(findings: FindingList, node: ViewNode): void {
  for (const type of node.strays) {
    const text = `An RRSIG covers ${typeName(type)}, which this name does not have.`;
    findings.add(ValidationWarning.SignatureStray, node.owner, type, text);
  }
}

/** RFC 4035 section 2.2 wants every algorithm of the DNSKEY RRset to sign; RFC 6840 section 5.11 tells validators not to insist. Looked at on the SOA. */
function noteMissingAlgorithms(signing: SignatureContext, node: ViewNode, soa: ViewRRset): void {
  const used = new Set(soa.signatures.map((rdata) => readRrsig(rdata).algorithm));
  for (const algorithm of new Set(signing.keys.all.map((key) => key.algorithm))) {
    if (used.has(algorithm)) continue;
    const text = `There is a key of algorithm ${algorithmName(algorithm)}, but the zone is not signed with it.`;
    signing.findings.add(ValidationWarning.AlgorithmIncomplete, node.owner, RRType.DNSKEY, text);
  }
}

export type SignatureHorizon = { readonly seconds: number; readonly owner: Uint8Array; readonly type: number };

/**
 * When the first RRset loses its last signature by the zone's own dates, without checking signatures: seconds since 1970
 * (in the past when it has happened). Undefined for a zone without signatures.
 */
export function signatureHorizon(view: ZoneView, now: number): SignatureHorizon | undefined {
  let horizon: SignatureHorizon | undefined;
  const consider = (node: ViewNode): void => {
    for (const rrset of node.rrsets) {
      let until = Number.NEGATIVE_INFINITY;
      for (const rdata of rrset.signatures) {
        const rrsig = readRrsig(rdata);
        if (!nameEquals(rrsig.signer, view.apex)) continue;
        until = Math.max(until, absoluteTime(rrsig.expiration, now));
      }
      if (until === Number.NEGATIVE_INFINITY || (horizon && until >= horizon.seconds)) continue;
      horizon = { seconds: until, owner: node.owner, type: rrset.type };
    }
  };
  for (let i = 0; i < view.nodeCount; i++) consider(view.node(i));
  for (let i = 0; i < view.nsec3Count; i++) consider(view.nsec3(i));
  return horizon;
}
