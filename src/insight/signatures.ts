/** RRsets out of a reply, and what their signatures are worth at a moment (RFC 4035 section 5.3). */
import {
  absoluteTime,
  canonicalRdatas,
  type DnssecCrypto,
  isZoneKey,
  keyTag,
  rrsigHead,
  rrsigPreimage,
  signedOwner,
} from "#dnssec";
import type { Message } from "#message";
import { type Name, nameEquals } from "#name";
import { RRType, readDnskey, readRrsig } from "#rdata";

export type SignedSet = {
  readonly owner: Name;
  readonly type: number;
  /** Seconds, as served. */
  readonly ttl: number;
  readonly rdatas: readonly Uint8Array[];
  /** RDATA of the RRSIGs that cover it. */
  readonly signatures: readonly Uint8Array[];
};

export type Verdict = "good" | "expired" | "early" | "bad" | "other-signer" | "no-key" | "unsupported";

export type JudgedSignature = {
  readonly verdict: Verdict;
  readonly keyTag: number;
  readonly algorithm: number;
  /** RDATA of the key it is judged by; undefined when none has its tag and algorithm. */
  readonly key: Uint8Array | undefined;
  /** Seconds until it expires; below 0 since it has. */
  readonly left: number;
};

/** Keys of one tag that are tried, and signatures of one set: more are made to cost us time (KeyTrap). */
const MAX_KEYS = 4;
const MAX_SIGNATURES = 8;

export function findSet(message: Message, owner: Name, type: number): SignedSet | undefined {
  const records = [...message.answer, ...message.authority].filter((record) => nameEquals(record.owner, owner));
  const found = records.filter((record) => record.type === type);
  const rdatas = found.flatMap(({ rdata }) => rdata ?? []);
  const signatures = records
    .filter((record) => record.type === RRType.RRSIG)
    .flatMap(({ rdata }) => rdata ?? [])
    .filter((rdata) => readRrsig(rdata).typeCovered === type);
  const ttl = found[0]?.ttl ?? 0;
  return rdatas.length === 0 ? undefined : { owner, type, ttl, rdatas, signatures };
}

export function judgeSignatures(
  set: SignedSet,
  keys: readonly Uint8Array[],
  apex: Name,
  crypto: DnssecCrypto,
  now: number,
): JudgedSignature[] {
  return set.signatures.slice(0, MAX_SIGNATURES).map((rdata) => {
    const fields = readRrsig(rdata);
    const left = absoluteTime(fields.expiration, now) - now;
    const about = { keyTag: fields.keyTag, algorithm: fields.algorithm, left };
    const fit = keys
      .filter(
        (key) => isZoneKey(key) && keyTag(key) === fields.keyTag && readDnskey(key).algorithm === fields.algorithm,
      )
      .slice(0, MAX_KEYS);
    if (!nameEquals(fields.signer, apex)) return { ...about, verdict: "other-signer", key: undefined };
    if (fit.length === 0) return { ...about, verdict: "no-key", key: undefined };
    const owner = signedOwner(set.owner, fields.labels);
    if (!owner) return { ...about, verdict: "bad", key: fit[0] };
    const data = rrsigPreimage(
      rrsigHead(fields),
      owner,
      set.type,
      fields.originalTtl,
      canonicalRdatas(set.type, set.rdatas),
    );
    for (const key of fit) {
      const verified = crypto.verify(fields.algorithm, key, data, fields.signature);
      if (verified === "unsupported") return { ...about, verdict: "unsupported", key };
      if (!verified) continue;
      if (left < 0) return { ...about, verdict: "expired", key };
      return { ...about, verdict: absoluteTime(fields.inception, now) > now ? "early" : "good", key };
    }
    return { ...about, verdict: "bad", key: fit[0] };
  });
}
