/**
 * The chain of trust of a zone judged from what servers say, as a validator would (RFC 4035 section 5), and drawn as a graph.
 *
 * ```
 * parent ─ DS ─▶ KSK ─ signs ─▶ DNSKEY ─ has ─▶ ZSK ─ signs ─▶ SOA, and a sample of a proof
 *          │                       │                            │
 *          no DS: insecure         no good signature: broken    no good signature: broken
 * ```
 */
import type { ChainFinding, ChainLink, ChainNode, SelfCheck } from "#contract";
import { type DnssecCrypto, dsMatches, isSecureEntryPoint, keyTag } from "#dnssec";
import { type Name, printName } from "#name";
import { RRType, readDnskey, readDs, typeName } from "#rdata";
import { judgeCds, printRequest } from "./cds.ts";
import { judgeDelegation, judgeServers, type ServerSaying } from "./delegation.ts";
import { type DenialSeen, judgeDenial } from "./denial.ts";
import { tellDs } from "./ds.ts";
import type { Say } from "./say.ts";
import { printLeft, tellAlgorithms, tellSignatures, tellTtl } from "./signature-findings.ts";
import { type JudgedSignature, judgeSignatures, type SignedSet } from "./signatures.ts";

export type ChainObservation = {
  readonly apex: Name;
  /** Unix seconds. */
  readonly now: number;
  readonly signed: boolean;
  /** What each of the parent's servers said; undefined: none could be asked, `parentFault` says why. */
  readonly parent: readonly { readonly server: string; readonly ds: readonly Uint8Array[] }[] | undefined;
  readonly parentFault: string | undefined;
  /** As served by us over the network; undefined: not in the answer. */
  readonly dnskey: SignedSet | undefined;
  /** SOA, CDS, CDNSKEY, NSEC or NSEC3 of a proof: whatever else was asked for and came. */
  readonly sets: readonly SignedSet[];
  /** The SOA was asked for and did not come: what was said instead. */
  readonly lame: string | undefined;
  /** What came for a name, and for a type, that is not there. */
  readonly denials: readonly DenialSeen[];
  /** DNSKEY RDATAs of ours. */
  readonly ours: readonly Uint8Array[];
  /** Each nameserver of the delegation with what it said. */
  readonly servers: readonly ServerSaying[];
  /** Names that the parent delegates to; undefined: not known. */
  readonly delegatedTo: readonly string[] | undefined;
  /** Our names as the operator configured them. */
  readonly ourServers: readonly string[];
};

export type ChainVerdict = Pick<SelfCheck, "state" | "summary" | "findings" | "nodes" | "links">;

type Draft = { readonly findings: ChainFinding[]; readonly nodes: ChainNode[]; readonly links: ChainLink[] };

export function judgeChain(seen: ChainObservation, crypto: DnssecCrypto): ChainVerdict {
  const draft: Draft = { findings: [], nodes: [], links: [] };
  // What holds for several sets is said once.
  const say: Say = (severity, code, sentence, advice = "") => {
    if (draft.findings.some((one) => one.code === code && one.sentence === sentence)) return;
    draft.findings.push({ code, severity, sentence, advice });
  };
  const keys = seen.dnskey?.rdatas ?? [];
  if (seen.lame !== undefined) {
    say(
      "error",
      "zone.not-answered",
      `our own servers do not answer for the zone: ${seen.lame}`,
      "look at the zone's status: it may be expired, held, or not transferred yet",
    );
  }
  const keySignatures = seen.dnskey ? judgeSignatures(seen.dnskey, keys, seen.apex, crypto, seen.now) : [];
  const trusted = judgeParent(seen, keys, keySignatures, draft, say, crypto);
  drawKeys(seen, keys, keySignatures, draft);
  const dnskeyFine = judgeKeySet(seen, trusted, keySignatures, say);
  let setsFine = true;
  for (const set of seen.sets) setsFine = judgeSet(seen, set, keys, draft, say, crypto) && setsFine;
  if (seen.signed && seen.lame === undefined) {
    for (const denial of seen.denials) setsFine = judgeDenial(denial, seen.apex, say) && setsFine;
  }
  judgeCds(seen, keySignatures, say, crypto);
  judgeDelegation(seen, say);
  judgeServers(seen, keys, say);
  const hasDs = (seen.parent ?? []).some(({ ds }) => ds.length > 0);
  const state = stateOf(seen, hasDs, trusted.length > 0 && dnskeyFine && setsFine);
  return { state, summary: summaryOf(seen, state, draft.findings), ...draft };
}

/** The keys that a DS of the parent leads to. */
function judgeParent(
  seen: ChainObservation,
  keys: readonly Uint8Array[],
  signatures: readonly JudgedSignature[],
  draft: Draft,
  say: Say,
  crypto: DnssecCrypto,
): Uint8Array[] {
  if (!seen.parent || seen.parent.length === 0) {
    say(
      "warning",
      "parent.unreachable",
      `the parent could not be asked: ${seen.parentFault ?? "nobody answered"}`,
      "check that the resolver of this server (--resolver) and the parent's nameservers can be reached",
    );
    return [];
  }
  const all = new Map<string, Uint8Array>();
  for (const { ds } of seen.parent) for (const rdata of ds) all.set(String(rdata), rdata);
  const differ = new Set(seen.parent.map(({ ds }) => ds.map(String).sort().join("|"))).size > 1;
  if (differ)
    say(
      "warning",
      "parent.disagrees",
      "the parent's nameservers do not all have the same DS",
      "a change is on its way: wait until all have it before anything else is changed",
    );
  if (all.size === 0) {
    const [severity, advice] = seen.signed
      ? ([
          "warning",
          "give the DS to the registrar: until it is there nobody can tell a forged answer from ours",
        ] as const)
      : (["ok", ""] as const);
    say(severity, "ds.none", "the parent has no DS for the zone", advice);
    return [];
  }
  const trusted: Uint8Array[] = [];
  const strange: Uint8Array[] = [];
  for (const rdata of all.values()) {
    const ds = readDs(rdata);
    const matching = keys.filter((key) => keyTag(key) === ds.keyTag && dsMatches(seen.apex, rdata, key, crypto));
    const signs = matching.some((key) => signatures.some(({ key: by, verdict }) => by === key && verdict === "good"));
    if (matching.length === 0) strange.push(rdata);
    else drawDs(seen, rdata, matching, draft);
    if (signs) trusted.push(...matching);
  }
  for (const rdata of strange) drawStrangeDs(rdata, keys, strange.length === all.size, draft);
  tellDs(keys, [...all.values()], strange, trusted, say);
  return trusted;
}

function drawDs(seen: ChainObservation, rdata: Uint8Array, matching: readonly Uint8Array[], draft: Draft): void {
  const { keyTag: tag, digestType } = readDs(rdata);
  const ours = matching.some((key) => seen.ours.some((own) => same(own, key)));
  const node = pushDs(rdata, `digest ${digestType}`, ours, "good", draft);
  const detail = `DS ${tag} is the digest of this key`;
  for (const key of matching) draft.links.push({ from: node, to: keyId(key), kind: "digest", state: "good", detail });
}

/** One that belongs to no key. It is a fault when the parent has no better one, or when it was plainly meant for a key that is there. */
function drawStrangeDs(rdata: Uint8Array, keys: readonly Uint8Array[], alone: boolean, draft: Draft): void {
  const { keyTag: tag, algorithm } = readDs(rdata);
  const near = keys.find((key) => keyTag(key) === tag);
  if (!near) {
    pushDs(rdata, "no such key", false, alone ? "bad" : "missing", draft);
    return;
  }
  const other = readDnskey(near).algorithm;
  const what = other === algorithm ? "wrong digest" : `key has ${other}`;
  const node = pushDs(rdata, what, false, "bad", draft);
  const fault =
    other === algorithm ? "is not the digest of this key" : `is of algorithm ${algorithm}, this key of ${other}`;
  const detail = `DS ${tag} ${fault}`;
  draft.links.push({ from: node, to: keyId(near), kind: "digest", state: "bad", detail });
}

/** Its identity; `what`: the end of the second line. */
function pushDs(rdata: Uint8Array, what: string, ours: boolean, state: ChainNode["state"], draft: Draft): string {
  const { keyTag: tag, algorithm, digestType } = readDs(rdata);
  const id = `ds-${tag}-${digestType}-${draft.nodes.length}`;
  const label = `DS ${tag}`;
  const note = `alg ${algorithm}, ${what}`;
  const detail = `DS at the parent: key tag ${tag}, algorithm ${algorithm}, digest type ${digestType}`;
  draft.nodes.push({ id, kind: "ds", side: "parent", label, note, detail, ours, state });
  return id;
}

function judgeKeySet(
  seen: ChainObservation,
  trusted: readonly Uint8Array[],
  signatures: readonly JudgedSignature[],
  say: Say,
): boolean {
  const hasDs = (seen.parent ?? []).some(({ ds }) => ds.length > 0);
  if (!seen.dnskey) {
    if (seen.signed || hasDs) {
      say(
        "error",
        "dnskey.missing",
        "the zone publishes no DNSKEY",
        hasDs
          ? "remove the DS at the registrar, or sign the zone again: with a DS and no key nothing validates"
          : "sign the zone, or transfer it signed",
      );
    } else say("ok", "zone.unsigned", "the zone is not signed, and the parent does not say that it is");
    return false;
  }
  if (signatures.length === 0) {
    say(
      "error",
      "dnskey.unsigned",
      "the set of keys has no signature",
      "transfer the zone anew from its primary, signed",
    );
    return false;
  }
  const good = signatures.filter(({ verdict }) => verdict === "good");
  tellSignatures("DNSKEY", signatures, seen.ours, say);
  tellTtl("DNSKEY", seen.dnskey, seen.now, say);
  tellAlgorithms("DNSKEY", seen.dnskey.rdatas, signatures, say);
  if (hasDs && trusted.length === 0 && good.length > 0) {
    say(
      "error",
      "dnskey.not-by-ds-key",
      "no key that a DS of the parent leads to signs the set of keys",
      "sign the keys with that key, or replace the DS at the registrar",
    );
  }
  return good.length > 0;
}

/** One set that is no key: signed by any key of the zone. */
function judgeSet(
  seen: ChainObservation,
  set: SignedSet,
  keys: readonly Uint8Array[],
  draft: Draft,
  say: Say,
  crypto: DnssecCrypto,
): boolean {
  const name = typeName(set.type);
  const signatures = judgeSignatures(set, keys, seen.apex, crypto, seen.now);
  const good = signatures.some(({ verdict }) => verdict === "good");
  const id = `rrset-${name}-${draft.nodes.length}`;
  const state = good ? "good" : seen.signed ? "bad" : "missing";
  draft.nodes.push({
    id,
    kind: "rrset",
    side: "zone",
    label: name,
    note: state === "bad" ? faultOf(signatures) : noteOf(set),
    detail: `${printName(set.owner)} ${name}`,
    ours: false,
    state,
  });
  linkSignatures(id, name, signatures, draft);
  if (!seen.signed) return true;
  if (signatures.length === 0) {
    say("error", "signature.missing", `${name} has no signature`, "transfer the zone anew from its primary, signed");
    return false;
  }
  tellSignatures(name, signatures, seen.ours, say);
  tellTtl(name, set, seen.now, say);
  tellAlgorithms(name, keys, signatures, say);
  return good;
}

function drawKeys(
  seen: ChainObservation,
  keys: readonly Uint8Array[],
  signatures: readonly JudgedSignature[],
  draft: Draft,
): void {
  for (const key of keys) {
    const ours = seen.ours.some((own) => same(own, key));
    const ksk = isSecureEntryPoint(key);
    const { algorithm, flags } = readDnskey(key);
    draft.nodes.push({
      id: keyId(key),
      kind: ksk ? "ksk" : "zsk",
      side: "zone",
      label: `${ksk ? "KSK" : "ZSK"} ${keyTag(key)}`,
      note: `flags ${flags}, alg ${algorithm}${ours ? ", ours" : ""}`,
      detail: `${ksk ? "key signing key" : "zone signing key"} ${keyTag(key)}, flags ${flags}, algorithm ${algorithm}, ${ours ? "ours" : "of another signer or the primary"}`,
      ours,
      state: "good",
    });
  }
  if (!seen.dnskey) return;
  const good = signatures.some(({ verdict }) => verdict === "good");
  const state = good ? "good" : "bad";
  const detail = `the set of ${keys.length} keys that the zone publishes`;
  draft.nodes.push({
    id: DNSKEY_ID,
    kind: "rrset",
    side: "zone",
    label: "DNSKEY",
    note: good ? `${keys.length} keys` : faultOf(signatures),
    detail,
    ours: false,
    state,
  });
  linkSignatures(DNSKEY_ID, "DNSKEY", signatures, draft);
  linkKeys(keys, signatures, draft);
}

/** A KSK signs the set that has the ZSKs in it, and so vouches for each: what leads from the DS to the records, without a gap. */
function linkKeys(keys: readonly Uint8Array[], signatures: readonly JudgedSignature[], draft: Draft): void {
  const zsks = keys.filter((key) => !isSecureEntryPoint(key));
  for (const { key, keyTag: tag, verdict } of signatures) {
    if (!key || !isSecureEntryPoint(key)) continue;
    const state = verdict === "good" ? "good" : "bad";
    for (const zsk of zsks) {
      const detail = `key ${tag} signs the set of keys that ZSK ${keyTag(zsk)} is in${state === "good" ? "" : `: ${verdict}`}`;
      draft.links.push({ from: keyId(key), to: keyId(zsk), kind: "signature", state, detail });
    }
  }
}

const FAULTS: Readonly<Record<Exclude<JudgedSignature["verdict"], "good">, string>> = {
  expired: "signature expired",
  early: "signature not valid yet",
  bad: "signature is wrong",
  "other-signer": "signed by another zone",
  "no-key": "signed by no key here",
  unsupported: "algorithm not known",
};

/** Why none of the signatures holds, in the words of a picture. */
function faultOf(signatures: readonly JudgedSignature[]): string {
  const verdict = signatures[0]?.verdict;
  return verdict === undefined || verdict === "good" ? "not signed" : FAULTS[verdict];
}

/** Of a proof the last label of its owner; of CDS and CDNSKEY what they ask for. */
function noteOf({ owner, type, rdatas }: SignedSet): string {
  if (type === RRType.CDS || type === RRType.CDNSKEY)
    return rdatas.map((rdata) => printRequest(type, rdata)).join(", ");
  if (type === RRType.NSEC3) return `of ${printName(owner).split(".", 1)[0]}`;
  return type === RRType.NSEC ? `of ${printName(owner)}` : "";
}

const DNSKEY_ID = "rrset-DNSKEY";

function linkSignatures(id: string, name: string, signatures: readonly JudgedSignature[], draft: Draft): void {
  for (const { key, keyTag: tag, verdict, left } of signatures) {
    if (!key) continue;
    const good = verdict === "good";
    const detail = good
      ? `key ${tag} signs ${name}, for ${printLeft(left)} from now`
      : `key ${tag} signs ${name}: ${verdict === "expired" ? `expired ${printLeft(-left)} ago` : verdict}`;
    draft.links.push({ from: keyId(key), to: id, kind: "signature", state: good ? "good" : "bad", detail });
  }
}

function stateOf(seen: ChainObservation, hasDs: boolean, whole: boolean): SelfCheck["state"] {
  if (!seen.parent || seen.parent.length === 0 || seen.lame !== undefined) return "unknown";
  if (!hasDs) return "insecure";
  return whole ? "secure" : "broken";
}

function summaryOf(seen: ChainObservation, state: SelfCheck["state"], findings: readonly ChainFinding[]): string {
  const name = printName(seen.apex);
  const first =
    findings.find(({ severity }) => severity === "error") ?? findings.find(({ severity }) => severity === "warning");
  switch (state) {
    case "secure":
      return first
        ? `${name}: the chain of trust is whole, but ${first.sentence}`
        : `${name}: the chain of trust is whole`;
    case "insecure":
      return seen.signed
        ? `${name}: signed, but the parent does not say so: nobody validates it`
        : `${name}: not signed, and the parent does not say that it is`;
    case "broken":
      return `${name}: validating resolvers can't use it: ${first?.sentence ?? "the chain is not whole"}`;
    default:
      return `${name}: the chain could not be looked at: ${first?.sentence ?? "nobody answered"}`;
  }
}

function keyId(key: Uint8Array): string {
  let sum = 0;
  for (const octet of key) sum = (Math.imul(sum, 31) + octet) >>> 0;
  return `key-${keyTag(key)}-${sum.toString(16)}`;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

/** Types that a check asks for beside DNSKEY. */
export const CHECKED_TYPES: readonly number[] = [RRType.SOA, RRType.NS, RRType.CDS, RRType.CDNSKEY];
