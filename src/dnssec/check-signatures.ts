/**
 * Is one RRset signed as it has to be? RFC 4035 section 5.3 from the signer's side, at a fixed time, with the zone's own
 * keys as the only anchor. One good RRSIG is enough (RFC 6840 section 5.11); bad ones beside it are warned about, but for those that
 * validators stumble over.
 */
import { labelCount, type Name, nameEquals } from "#name";
import { type Rrsig, readRrsig, typeName } from "#rdata";
import { algorithmName, type DnssecCrypto, isVerifiableAlgorithm, isWeakAlgorithm } from "./algorithm.ts";
import { dnskeyAlgorithm, isSecureEntryPoint, isZoneKey, keyTag } from "./dnskey.ts";
import { type FindingList, type ValidationCode, ValidationError, ValidationWarning } from "./findings.ts";
import { absoluteTime, canonicalRdatas, isInWindow, rrsigLabels, rrsigPreimage, serialDistance } from "./rrsig.ts";
import type { ViewRRset } from "./zone-view.ts";

/** RRSIGs of one RRset that are looked at, and keys of one tag that are tried: KeyTrap (CVE-2023-50387) made cheap. */
export const MAX_SIGNATURES = 32;
export const MAX_KEYS_OF_A_TAG = 4;
/** Signatures by a known key that match nothing, beside a good one: BIND gives up at the second, Unbound at the ninth. */
export const MAX_BROKEN_BESIDE = 1;
/** Of one RRset, then it is wrong whatever else signs it: a zone of such sets costs hardly more than one that is right. */
export const MAX_BROKEN = 4;
/** Zone keys of a zone. Multi-signer zones in the middle of a rollover have about ten. */
export const MAX_ZONE_KEYS = 64;

export type ZoneKey = {
  readonly rdata: Uint8Array;
  readonly tag: number;
  readonly algorithm: number;
  readonly sep: boolean;
};

/** The keys that may sign this zone's data, by key tag and algorithm. */
export type ZoneKeys = {
  readonly all: readonly ZoneKey[];
  readonly byTag: ReadonlyMap<number, readonly ZoneKey[]>;
};

/** Of the DNSKEY RRset's RDATAs: at most `MAX_ZONE_KEYS`, the rest is not looked at. */
export function collectZoneKeys(dnskeys: readonly Uint8Array[]): ZoneKeys {
  const all: ZoneKey[] = [];
  const byTag = new Map<number, ZoneKey[]>();
  for (const rdata of dnskeys.slice(0, MAX_ZONE_KEYS)) {
    if (!isZoneKey(rdata)) continue;
    const key = { rdata, tag: keyTag(rdata), algorithm: dnskeyAlgorithm(rdata), sep: isSecureEntryPoint(rdata) };
    all.push(key);
    const id = tagKey(key.algorithm, key.tag);
    byTag.set(id, [...(byTag.get(id) ?? []), key]);
  }
  return { all, byTag };
}

function tagKey(algorithm: number, tag: number): number {
  return (algorithm << 16) | tag;
}

export type SignatureContext = {
  readonly apex: Name;
  readonly keys: ZoneKeys;
  readonly crypto: DnssecCrypto;
  /** Seconds since 1970. */
  readonly now: number;
  readonly findings: FindingList;
  /** The octets are vouched for by something else: a signature of a known key, with the right fields and dates, counts as good. */
  readonly trusted?: boolean;
};

type Verdict = { code: ValidationCode; text: string } | { good: ZoneKey; until: number };

/** Notes everything wrong with the signatures of an RRset that has to be signed. Gives the keys whose signatures are good. */
export function checkSigned(context: SignatureContext, owner: Name, rrset: ViewRRset): readonly ZoneKey[] {
  const { findings } = context;
  if (rrset.signatures.length === 0) {
    findings.add(
      ValidationError.RRsetUnsigned,
      owner,
      rrset.type,
      `No RRSIG covers this ${typeName(rrset.type)} RRset.`,
    );
    return [];
  }
  if (rrset.signatures.length > MAX_SIGNATURES) {
    const text = `${rrset.signatures.length} RRSIGs cover this RRset; ${MAX_SIGNATURES} is the limit.`;
    findings.add(ValidationError.SignaturesTooMany, owner, rrset.type, text);
    return [];
  }
  const rdatas = canonicalRdatas(rrset.type, rrset.rdatas);
  const good: ZoneKey[] = [];
  const bad: { code: ValidationCode; text: string }[] = [];
  let until = Number.NEGATIVE_INFINITY;
  let broken = 0;
  for (const rdata of rrset.signatures) {
    const verdict = judge(context, owner, rrset, rdatas, rdata);
    if ("good" in verdict) {
      good.push(verdict.good);
      until = Math.max(until, verdict.until);
      continue;
    }
    bad.push(verdict);
    if (verdict.code === ValidationError.SignatureInvalid && ++broken === MAX_BROKEN) break;
  }
  if (good.length > 0) findings.sawExpiration(until, rrset.ttl);
  if (good.length === 0) {
    for (const { code, text } of bad.slice(0, 1)) findings.add(code, owner, rrset.type, text);
  } else {
    noteBeside(findings, owner, rrset.type, bad);
  }
  return good;
}

/**
 * Beside a good signature most others do no harm. Three do, by what validators make of the whole set: Unbound takes one whose
 * signatures differ in Labels as bogus, looks for the keys of whatever signer it meets first, and nobody tries all that are broken.
 */
function noteBeside(
  findings: FindingList,
  owner: Name,
  type: number,
  bad: readonly { readonly code: ValidationCode; readonly text: string }[],
): void {
  let broken = 0;
  for (const { code, text } of bad) {
    if (code === ValidationError.SignatureInvalid) broken++;
    const isHarmful =
      HARMFUL_BESIDE.has(code) || (code === ValidationError.SignatureInvalid && broken > MAX_BROKEN_BESIDE);
    if (isHarmful)
      findings.add(code, owner, type, `${text} There is a good one beside it, but validators take the set as bogus.`);
    else findings.add(ValidationWarning.SignatureBeside, owner, type, `${text} (${code})`);
  }
}

const HARMFUL_BESIDE: ReadonlySet<string> = new Set([
  ValidationError.SignatureWrongLabels,
  ValidationError.SignatureWrongSigner,
]);

/** Cheap checks first; the signature itself last. */
function judge(
  context: SignatureContext,
  owner: Name,
  rrset: ViewRRset,
  rdatas: readonly Uint8Array[],
  rdata: Uint8Array,
): Verdict {
  const rrsig = readRrsig(rdata);
  const by = `RRSIG by key ${rrsig.keyTag} (${algorithmName(rrsig.algorithm)})`;
  const wrong = checkFields(context, owner, rrset, rrsig, by);
  if (wrong) return wrong;
  const keys = context.keys.byTag.get(tagKey(rrsig.algorithm, rrsig.keyTag));
  if (!keys) {
    return { code: ValidationError.SignatureUnknownKey, text: `${by}: no such zone key in the DNSKEY RRset.` };
  }
  if (!isVerifiableAlgorithm(rrsig.algorithm)) {
    return { code: ValidationError.AlgorithmUnsupported, text: `${by}: this algorithm can't be checked here.` };
  }
  if (context.trusted) {
    noteOddities(context, owner, rrset, rrsig);
    return { good: keys[0]!, until: absoluteTime(rrsig.expiration, context.now) };
  }
  const head = rdata.subarray(0, rdata.length - rrsig.signature.length);
  const data = rrsigPreimage(head, owner, rrset.type, rrsig.originalTtl, rdatas);
  for (const key of keys.slice(0, MAX_KEYS_OF_A_TAG)) {
    context.findings.signaturesChecked++;
    const outcome = context.crypto.verify(key.algorithm, key.rdata, data, rrsig.signature);
    if (outcome === true) {
      noteOddities(context, owner, rrset, rrsig);
      return { good: key, until: absoluteTime(rrsig.expiration, context.now) };
    }
    if (outcome === "unsupported") {
      return { code: ValidationError.AlgorithmUnsupported, text: `${by}: this algorithm can't be checked here.` };
    }
  }
  return { code: ValidationError.SignatureInvalid, text: `${by}: the signature does not match the records.` };
}

function checkFields(
  context: SignatureContext,
  owner: Name,
  rrset: ViewRRset,
  rrsig: Rrsig,
  by: string,
): { code: ValidationCode; text: string } | undefined {
  const now = context.now >>> 0;
  if (!nameEquals(rrsig.signer, context.apex)) {
    return { code: ValidationError.SignatureWrongSigner, text: `${by}: its signer is not the zone's apex.` };
  }
  if (rrsig.labels !== rrsigLabels(owner)) {
    const text = `${by}: its Labels field is ${rrsig.labels}; this name of ${labelCount(owner)} labels wants ${rrsigLabels(owner)}.`;
    return { code: ValidationError.SignatureWrongLabels, text };
  }
  if (rrset.ttl > rrsig.originalTtl) {
    const text = `${by}: its Original TTL is ${rrsig.originalTtl}, but the RRset's TTL is ${rrset.ttl}.`;
    return { code: ValidationError.SignatureWrongTtl, text };
  }
  if (isInWindow(rrsig.inception, rrsig.expiration, context.now)) return undefined;
  if (serialDistance(now, rrsig.expiration) < 0 || serialDistance(rrsig.inception, rrsig.expiration) < 0) {
    return {
      code: ValidationError.SignatureExpired,
      text: `${by}: expired at ${printTime(rrsig.expiration, context.now)}.`,
    };
  }
  return {
    code: ValidationError.SignatureNotYetValid,
    text: `${by}: valid only from ${printTime(rrsig.inception, context.now)} on.`,
  };
}

/** Good, but worth a word. */
function noteOddities(context: SignatureContext, owner: Name, rrset: ViewRRset, rrsig: Rrsig): void {
  if (rrset.ttl < rrsig.originalTtl) {
    const text = `The RRset's TTL is ${rrset.ttl}, signed was ${rrsig.originalTtl}: validators accept it.`;
    context.findings.add(ValidationWarning.SignatureTtlDiffers, owner, rrset.type, text);
  }
  if (isWeakAlgorithm(rrsig.algorithm)) {
    const text = `Signed with ${algorithmName(rrsig.algorithm)}: many validators no longer accept SHA-1 (RFC 9905).`;
    context.findings.add(ValidationWarning.AlgorithmWeak, owner, rrset.type, text);
  }
}

/** ISO 8601, seconds. */
function printTime(field: number, now: number): string {
  return new Date(absoluteTime(field, now) * 1000).toISOString().replace(".000Z", "Z");
}
