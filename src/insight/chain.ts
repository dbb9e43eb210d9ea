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
  /** A name that does not exist was asked for and a proof came. */
  readonly proven: boolean;
  /** DNSKEY RDATAs of ours. */
  readonly ours: readonly Uint8Array[];
  /** Each nameserver of the delegation with what it said. */
  readonly servers: readonly ServerSaying[];
  /** Names that the parent delegates to; undefined: not known. */
  readonly delegatedTo: readonly string[] | undefined;
  /** Our names as the operator configured them. */
  readonly ourServers: readonly string[];
};

export type ServerSaying = {
  readonly name: string;
  readonly address: string;
  /** Undefined: it did not answer for the zone, `fault` says what it did. */
  readonly serial: number | undefined;
  readonly keys: readonly Uint8Array[] | undefined;
  readonly fault: string | undefined;
};

export type ChainVerdict = Pick<SelfCheck, "state" | "summary" | "findings" | "nodes" | "links">;

/** Less is left of a signature: somebody ought to look. What is signed while answering lives for two days and is renewed long before. */
const SOON_SECONDS = 2 * 86_400;
const SOON_OURS_SECONDS = 6 * 3600;

type Draft = { readonly findings: ChainFinding[]; readonly nodes: ChainNode[]; readonly links: ChainLink[] };

export function judgeChain(seen: ChainObservation, crypto: DnssecCrypto): ChainVerdict {
  const draft: Draft = { findings: [], nodes: [], links: [] };
  const say = (severity: ChainFinding["severity"], code: string, sentence: string, advice = ""): void =>
    void draft.findings.push({ code, severity, sentence, advice });
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
  if (seen.signed && !seen.proven && seen.lame === undefined) {
    say(
      "error",
      "denial.missing",
      "for a name that does not exist no proof comes",
      "transfer the zone anew: its chain of NSEC or NSEC3 is incomplete",
    );
    setsFine = false;
  }
  judgeServers(seen, keys, say);
  const hasDs = (seen.parent ?? []).some(({ ds }) => ds.length > 0);
  const state = stateOf(seen, hasDs, trusted.length > 0 && dnskeyFine && setsFine);
  return { state, summary: summaryOf(seen, state, draft.findings), ...draft };
}

type Say = (severity: ChainFinding["severity"], code: string, sentence: string, advice?: string) => void;

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
  const stale: number[] = [];
  for (const rdata of all.values()) {
    const ds = readDs(rdata);
    const matching = keys.filter((key) => keyTag(key) === ds.keyTag && dsMatches(seen.apex, rdata, key, crypto));
    const signs = matching.some((key) => signatures.some(({ key: by, verdict }) => by === key && verdict === "good"));
    drawDs(seen, rdata, matching, draft);
    if (matching.length === 0) stale.push(ds.keyTag);
    if (signs) trusted.push(...matching);
  }
  tellDs(keys, all.size, stale, trusted, say);
  return trusted;
}

function tellDs(
  keys: readonly Uint8Array[],
  count: number,
  stale: readonly number[],
  trusted: readonly Uint8Array[],
  say: Say,
): void {
  if (keys.length > 0 && stale.length === count) {
    const sentence = `none of the DS at the parent (${stale.join(", ")}) belongs to a key that the zone publishes: validating resolvers answer SERVFAIL`;
    const advice = "replace the DS at the registrar by the one that is shown here, or bring the key back";
    say("error", "ds.matches-no-key", sentence, advice);
  } else if (stale.length > 0) {
    const sentence = `a DS at the parent (${stale.join(", ")}) belongs to no key that the zone publishes now`;
    say("info", "ds.without-key", sentence, "remove it at the registrar, unless its key is about to come");
  }
  if (trusted.length === 0) return;
  const tags = trusted.map(keyTag).join(", ");
  say("ok", "ds.matches", `the DS at the parent leads to key ${tags}, which signs the zone's keys`);
}

function drawDs(seen: ChainObservation, rdata: Uint8Array, matching: readonly Uint8Array[], draft: Draft): void {
  const { keyTag: tag, algorithm, digestType } = readDs(rdata);
  const node = `ds-${tag}-${digestType}-${draft.nodes.length}`;
  draft.nodes.push({
    id: node,
    kind: "ds",
    side: "parent",
    label: `DS ${tag}`,
    detail: `DS at the parent: key tag ${tag}, algorithm ${algorithm}, digest type ${digestType}`,
    ours: matching.some((key) => seen.ours.some((own) => same(own, key))),
    state: matching.length > 0 ? "good" : "missing",
  });
  const detail = `DS ${tag} is the digest of this key`;
  for (const key of matching) draft.links.push({ from: node, to: keyId(key), kind: "digest", state: "good", detail });
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
  tellWorst(seen, "DNSKEY", signatures, say);
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
  const state = good ? "good" : seen.signed ? (signatures.length === 0 ? "missing" : "bad") : "missing";
  draft.nodes.push({
    id,
    kind: "rrset",
    side: "zone",
    label: name,
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
  tellWorst(seen, name, signatures, say);
  return good;
}

function tellWorst(seen: ChainObservation, name: string, signatures: readonly JudgedSignature[], say: Say): void {
  const good = signatures.filter(({ verdict }) => verdict === "good");
  if (good.length > 0) {
    const left = Math.max(...good.map(({ left }) => left));
    const ours = good.some(({ key }) => key && seen.ours.some((own) => same(own, key)));
    if (left < (ours ? SOON_OURS_SECONDS : SOON_SECONDS)) {
      say(
        "warning",
        "signature.expires-soon",
        `the signature of ${name} expires in ${printLeft(left)}`,
        "see that the zone is signed anew: at its primary, when that signs it",
      );
    } else say("ok", "signature.good", `${name} is signed, for ${printLeft(left)} from now`);
    return;
  }
  const worst = signatures[0]!;
  const what: Readonly<Record<string, readonly [string, string, string]>> = {
    expired: [
      "signature.expired",
      `the signature of ${name} expired ${printLeft(-worst.left)} ago`,
      "sign the zone anew: at its primary, when that signs it, then transfer",
    ],
    early: [
      "signature.early",
      `the signature of ${name} is not in force yet`,
      "set the clocks of the signer and of this server right",
    ],
    "no-key": [
      "signature.no-key",
      `${name} is signed by key ${worst.keyTag}, which the zone does not publish`,
      "publish that key, or sign with one that is published",
    ],
    unsupported: ["signature.unsupported", `the algorithm of the signature of ${name} can't be checked here`, ""],
    bad: [
      "signature.bad",
      `the signature of ${name} does not fit what is served`,
      "transfer the zone anew from its primary",
    ],
  };
  const [code, sentence, advice] = what[worst.verdict]!;
  say(worst.verdict === "unsupported" ? "info" : "error", code, sentence, advice);
}

function judgeServers(seen: ChainObservation, keys: readonly Uint8Array[], say: Say): void {
  const { delegatedTo, ourServers } = seen;
  if (delegatedTo) {
    const plain = (name: string) => name.replace(/\.$/, "").toLowerCase();
    const ours = ourServers.filter((name) => delegatedTo.some((other) => plain(other) === plain(name)));
    if (ours.length > 0) say("ok", "delegation.to-us", `the parent delegates to ${ours.join(", ")}`);
    else if (ourServers.length > 0) {
      say(
        "warning",
        "delegation.not-to-us",
        "the parent does not delegate the zone to us",
        `give the registrar our nameservers: ${ourServers.join(", ")}`,
      );
    }
  }
  for (const { name, address, serial, fault, keys: theirs } of seen.servers) {
    if (serial === undefined) {
      say(
        "error",
        "delegation.lame",
        `${name} (${address}) is named in the delegation and does not answer for the zone: ${fault ?? "no answer"}`,
        "set the zone up there, or take the nameserver out at the registrar",
      );
      continue;
    }
    const lacks = theirs && keys.length > 0 ? keys.filter((key) => !theirs.some((other) => same(other, key))) : [];
    if (lacks.length > 0) {
      say(
        "error",
        "multi-signer.key-missing",
        `${name} (${address}) does not publish key ${lacks.map(keyTag).join(", ")}, which we do: answers of one do not validate with the keys of the other`,
        "give every signer the keys of all others",
      );
    }
  }
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
    const { algorithm } = readDnskey(key);
    draft.nodes.push({
      id: keyId(key),
      kind: ksk ? "ksk" : "zsk",
      side: "zone",
      label: `${ksk ? "KSK" : "ZSK"} ${keyTag(key)}`,
      detail: `${ksk ? "key signing key" : "zone signing key"} ${keyTag(key)}, algorithm ${algorithm}, ${ours ? "ours" : "of another signer or the primary"}`,
      ours,
      state: "good",
    });
  }
  if (!seen.dnskey) return;
  const good = signatures.some(({ verdict }) => verdict === "good");
  const state = good ? "good" : signatures.length === 0 ? "missing" : "bad";
  const detail = `the set of ${keys.length} keys that the zone publishes`;
  draft.nodes.push({ id: DNSKEY_ID, kind: "rrset", side: "zone", label: "DNSKEY", detail, ours: false, state });
  linkSignatures(DNSKEY_ID, "DNSKEY", signatures, draft);
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

/** `3 days`, `5 hours`, `12 minutes`. */
export function printLeft(seconds: number): string {
  const units = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ] as const;
  const [size, word] = units.find(([size]) => seconds >= size) ?? [1, "second"];
  const count = Math.floor(seconds / size);
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** Types that a check asks for beside DNSKEY. */
export const CHECKED_TYPES: readonly number[] = [RRType.SOA, RRType.NS, RRType.CDS, RRType.CDNSKEY];
