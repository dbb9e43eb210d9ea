/** CDS and CDNSKEY against keys and DS: each finding fires once, and is silent where all is well. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { DigestType, type DnssecCrypto, dnskeyRdata, keyTag, makeDs } from "#dnssec";
import { readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { type CdsSeen, judgeCds } from "./cds.ts";
import { judgeSignatures, type SignedSet } from "./signatures.ts";

const digest = (algorithm: string) => (data: Uint8Array) =>
  Uint8Array.from(createHash(algorithm).update(data).digest());
/** Every signature is taken for good: what is judged here is who made it and what it says. */
const crypto = {
  sha1: digest("sha1"),
  sha256: digest("sha256"),
  sha384: digest("sha384"),
  verify: () => true,
} as unknown as DnssecCrypto;

const apex = (() => {
  const name = readName("example.");
  if (!name.ok) throw new Error(name.error);
  return name.value;
})();
const keyOf = (fill: number) => dnskeyRdata(257, 13, new Uint8Array(64).fill(fill));
const dsOf = (key: Uint8Array) => makeDs(apex, key, DigestType.SHA256, crypto)!;
const [ours, other] = [keyOf(1), keyOf(2)];
const DELETE_CDS = Uint8Array.of(0, 0, 0, 0, 0);
const DELETE_CDNSKEY = Uint8Array.of(0, 0, 3, 0, 0);
const NOW = 1_800_000_000;

function signatureOf(type: string, key: Uint8Array): Uint8Array {
  const words = `${type} 13 1 3600 20370101000000 20200101000000 ${keyTag(key)} example. AAAA`.split(" ");
  const rdata = readRdata(RRType.RRSIG, words);
  if (!rdata.ok) throw new Error(rdata.error);
  return rdata.value;
}

function setOf(type: "DNSKEY" | "CDS" | "CDNSKEY", rdatas: readonly Uint8Array[], by: Uint8Array): SignedSet {
  return { owner: apex, type: RRType[type], ttl: 3600, rdatas, signatures: [signatureOf(type, by)] };
}

type Scene = {
  readonly keys?: readonly Uint8Array[];
  readonly ds?: readonly Uint8Array[];
  readonly cds?: readonly Uint8Array[];
  readonly cdnskey?: readonly Uint8Array[];
  readonly by?: Uint8Array;
};

/** `severity code`, in the order that they are said. */
function judge({ keys = [ours], ds = [dsOf(ours)], cds, cdnskey, by = ours }: Scene): string[] {
  const dnskey = setOf("DNSKEY", keys, ours);
  const sets = [...(cds ? [setOf("CDS", cds, by)] : []), ...(cdnskey ? [setOf("CDNSKEY", cdnskey, by)] : [])];
  const seen: CdsSeen = { apex, now: NOW, parent: [{ ds }], dnskey, sets };
  const said: string[] = [];
  judgeCds(
    seen,
    judgeSignatures(dnskey, keys, apex, crypto, NOW),
    (severity, code) => said.push(`${severity} ${code}`),
    crypto,
  );
  return said;
}

const same = { cds: [dsOf(ours)], cdnskey: [ours] };
const CASES: readonly (readonly [string, Scene, readonly string[]])[] = [
  ["neither is published", {}, []],
  ["the parent has what is asked for", same, ["ok cds.agrees", "ok cds.equals-ds"]],
  ["the parent has no DS yet", { ...same, ds: [] }, ["ok cds.agrees", "info cds.pending"]],
  ["the parent has a DS too many", { ...same, ds: [dsOf(ours), dsOf(other)] }, ["ok cds.agrees", "info cds.pending"]],
  [
    "a key that stands by is asked for",
    { cds: [dsOf(ours), dsOf(other)], cdnskey: [ours, other] },
    ["ok cds.agrees", "info cds.without-key", "info cds.pending"],
  ],
  ["CDS alone", { cds: [dsOf(ours)] }, ["info cds.one-missing", "ok cds.equals-ds"]],
  ["CDNSKEY alone", { cdnskey: [ours] }, ["info cds.one-missing"]],
  ["of different keys", { cds: [dsOf(ours)], cdnskey: [other] }, ["error cds.differs-from-cdnskey"]],
  ["CDS of one more", { cds: [dsOf(ours), dsOf(other)], cdnskey: [ours] }, ["error cds.differs-from-cdnskey"]],
  ["CDNSKEY of one more", { cds: [dsOf(ours)], cdnskey: [ours, other] }, ["error cds.differs-from-cdnskey"]],
  ["one asks for removal", { cds: [DELETE_CDS], cdnskey: [ours] }, ["error cds.differs-from-cdnskey"]],
  [
    "removal, and the DS is there",
    { cds: [DELETE_CDS], cdnskey: [DELETE_CDNSKEY] },
    ["ok cds.agrees", "info cds.delete"],
  ],
  [
    "removal, and the DS is gone",
    { cds: [DELETE_CDS], cdnskey: [DELETE_CDNSKEY], ds: [] },
    ["ok cds.agrees", "info cds.delete-done"],
  ],
  ["removal beside a key", { cds: [DELETE_CDS, dsOf(ours)], cdnskey: [ours] }, ["error cds.delete-not-alone"]],
  [
    "signed by a key without a DS",
    { ...same, keys: [ours, other], by: other },
    ["ok cds.agrees", "warning cds.not-by-ds-key", "ok cds.equals-ds"],
  ],
  [
    "only a key that is not published",
    { cds: [dsOf(other)], cdnskey: [other] },
    ["ok cds.agrees", "error cds.would-break"],
  ],
  [
    "only a key that signs nothing",
    { keys: [ours, other], cds: [dsOf(other)], cdnskey: [other] },
    ["ok cds.agrees", "error cds.would-break"],
  ],
];

test.each(CASES)("CDS and CDNSKEY: %s", (_what, scene, expected) => {
  expect(judge(scene)).toEqual(expected);
});
