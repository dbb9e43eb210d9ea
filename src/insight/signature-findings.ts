/** What the signatures of one set are worth, in sentences: in force and for how long, TTLs against them, algorithms. */
import { bytesEqual } from "#bytes";
import { algorithmName, dnskeyAlgorithm, isZoneKey } from "#dnssec";
import { readRrsig } from "#rdata";
import type { Say } from "./say.ts";
import type { JudgedSignature, SignedSet, Verdict } from "./signatures.ts";

/** Less is left of a signature: somebody ought to look. What is signed while answering lives for two days and is renewed long before. */
const SOON_SECONDS = 2 * 86_400;
const SOON_OURS_SECONDS = 6 * 3600;

/** Of several that are no good, this is told: what says most about what happened. */
const TOLD_FIRST: readonly Verdict[] = ["expired", "early", "bad", "other-signer", "no-key", "unsupported"];

/** `name`: the type, for sentences. `ours`: DNSKEY RDATAs of keys that are held here. */
export function tellSignatures(
  name: string,
  signatures: readonly JudgedSignature[],
  ours: readonly Uint8Array[],
  say: Say,
): void {
  const good = signatures.filter(({ verdict }) => verdict === "good");
  if (good.length === 0) {
    tellWorst(
      name,
      [...signatures].sort((a, b) => TOLD_FIRST.indexOf(a.verdict) - TOLD_FIRST.indexOf(b.verdict))[0]!,
      say,
    );
    return;
  }
  const left = Math.max(...good.map((one) => one.left));
  const byUs = good.some(({ key }) => key && ours.some((own) => bytesEqual(own, key)));
  if (left < (byUs ? SOON_OURS_SECONDS : SOON_SECONDS)) {
    const sentence = `the signature of ${name} expires in ${printLeft(left)}`;
    say(
      "warning",
      "signature.expires-soon",
      sentence,
      "see that the zone is signed anew: at its primary, when that signs it",
    );
  } else say("ok", "signature.good", `${name} is signed, for ${printLeft(left)} from now`);
}

function tellWorst(name: string, worst: JudgedSignature, say: Say): void {
  const what: Readonly<Record<Exclude<Verdict, "good">, readonly [string, string, string]>> = {
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
    "other-signer": [
      "signature.other-signer",
      `the signature of ${name} names another zone as its signer: resolvers take it for none`,
      "let the primary sign the zone under its own name",
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
  if (worst.verdict === "good") return;
  const [code, sentence, advice] = what[worst.verdict];
  say(worst.verdict === "unsupported" ? "info" : "error", code, sentence, advice);
}

/**
 * TTLs that do not fit the signatures: above the one that was signed (RFC 4035 section 5.3.3: a resolver takes the lower), or
 * longer than any signature is in force.
 */
export function tellTtl(name: string, set: SignedSet, now: number, say: Say): void {
  const signed = set.signatures.map(readRrsig);
  if (signed.length === 0) return;
  const original = Math.min(...signed.map(({ originalTtl }) => originalTtl));
  if (set.ttl > original) {
    const sentence = `${name} is served with a TTL of ${set.ttl} s, and was signed with ${original} s`;
    say(
      "warning",
      "signature.ttl-raised",
      sentence,
      "something between signer and server changes TTLs: let it leave them alone",
    );
  }
  const left = Math.max(...signed.map(({ expiration }) => (expiration - now) | 0));
  if (left > 0 && set.ttl > left) {
    const sentence = `${name} may be kept for ${printLeft(set.ttl)}, and its signature ends in ${printLeft(left)}`;
    say(
      "warning",
      "signature.ttl-beyond-end",
      sentence,
      "sign anew earlier, or lower the TTL: caches would keep what is no longer valid",
    );
  }
}

/** Each algorithm that the zone's keys have signs every set (RFC 4035 section 2.2): without, some resolvers refuse (RFC 6840 section 5.11). */
export function tellAlgorithms(
  name: string,
  keys: readonly Uint8Array[],
  signatures: readonly JudgedSignature[],
  say: Say,
): void {
  const announced = new Set(keys.filter(isZoneKey).map(dnskeyAlgorithm));
  const used = new Set(signatures.map(({ algorithm }) => algorithm));
  const missing = [...announced].filter((algorithm) => !used.has(algorithm)).map(algorithmName);
  if (missing.length === 0 || signatures.length === 0) return;
  const sentence = `the zone has keys of ${missing.join(" and ")}, but ${name} is not signed with ${missing.length === 1 ? "it" : "them"}`;
  say(
    "warning",
    "algorithm.not-signed",
    sentence,
    "sign with every algorithm that a key of the zone has, or take that key out",
  );
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
