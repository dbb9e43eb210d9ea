/**
 * What CDS and CDNSKEY ask the parent for, and whether it may and does follow (RFC 7344, RFC 8078 section 4, RFC 9615 section 4.1).
 *
 * ```
 * CDNSKEY ─ same keys ─ CDS ─ asks for ─▶ DS at the parent
 *                        │ of keys that are published, signed by a key that a DS leads to
 *                        └ 0 0 0 00 alone: take every DS away
 * ```
 */
import { bytesEqual } from "#bytes";
import { type DnssecCrypto, dsMatches, keyTag } from "#dnssec";
import type { Name } from "#name";
import { RRType, readDs } from "#rdata";
import type { Say } from "./say.ts";
import { type JudgedSignature, judgeSignatures, type SignedSet } from "./signatures.ts";

export type CdsSeen = {
  readonly apex: Name;
  /** Unix seconds. */
  readonly now: number;
  readonly parent: readonly { readonly ds: readonly Uint8Array[] }[] | undefined;
  readonly dnskey: SignedSet | undefined;
  readonly sets: readonly SignedSet[];
};

/** Algorithm 0 in a CDS or CDNSKEY: no key has it. */
const DELETE_ALGORITHM = 0;
const cdsDeletes = (rdata: Uint8Array): boolean => rdata[2] === DELETE_ALGORITHM;
const cdnskeyDeletes = (rdata: Uint8Array): boolean => rdata[3] === DELETE_ALGORITHM;

export function judgeCds(
  seen: CdsSeen,
  keySignatures: readonly JudgedSignature[],
  say: Say,
  crypto: DnssecCrypto,
): void {
  const cds = seen.sets.find(({ type }) => type === RRType.CDS);
  const cdnskey = seen.sets.find(({ type }) => type === RRType.CDNSKEY);
  if (!cds && !cdnskey) return;
  if (!tellAgreement(seen.apex, cds, cdnskey, say, crypto)) return;
  const ds = distinct((seen.parent ?? []).flatMap((one) => one.ds));
  tellSigner(seen, cds ?? cdnskey!, ds, say, crypto);
  const deletes = cds ? cds.rdatas.some(cdsDeletes) : cdnskey!.rdatas.some(cdnskeyDeletes);
  if (deletes) tellDelete(seen, ds, say);
  else if (cds && tellKeys(seen, cds.rdatas, keySignatures, say, crypto)) tellParent(seen, cds.rdatas, ds, say);
}

/** "If both are published, they MUST match in content" (RFC 7344 section 4). False: nothing more can be said of them. */
function tellAgreement(
  apex: Name,
  cds: SignedSet | undefined,
  cdnskey: SignedSet | undefined,
  say: Say,
  crypto: DnssecCrypto,
): boolean {
  const mixed = [
    cds && cds.rdatas.length > 1 && cds.rdatas.some(cdsDeletes) ? ["CDS"] : [],
    cdnskey && cdnskey.rdatas.length > 1 && cdnskey.rdatas.some(cdnskeyDeletes) ? ["CDNSKEY"] : [],
  ].flat();
  if (mixed.length > 0) {
    const sentence = `${mixed.join(" and ")} ask the parent to remove the DS and to keep one at once: it will do neither`;
    say("error", "cds.delete-not-alone", sentence, "publish the request to remove alone, or take it out");
    return false;
  }
  if (!cds || !cdnskey) {
    const [there, missing] = cds ? ["CDS", "CDNSKEY"] : ["CDNSKEY", "CDS"];
    say("info", "cds.one-missing", `there is ${there} without ${missing}: parents that read the other do not see it`);
    return true;
  }
  const deletes = cds.rdatas.some(cdsDeletes);
  const agree =
    deletes === cdnskey.rdatas.some(cdnskeyDeletes) &&
    (deletes ||
      (cds.rdatas.every((one) => cdnskey.rdatas.some((key) => dsMatches(apex, one, key, crypto))) &&
        cdnskey.rdatas.every((key) => cds.rdatas.some((one) => dsMatches(apex, one, key, crypto)))));
  if (agree) say("ok", "cds.agrees", "CDS and CDNSKEY ask the parent for the same");
  else {
    const sentence = "CDS and CDNSKEY ask the parent for different keys: what it does depends on which it reads";
    say("error", "cds.differs-from-cdnskey", sentence, "let both be made from the same keys");
  }
  return agree;
}

/** "Signed with a key that is represented in both the current DNSKEY and DS RRsets" (RFC 7344 section 4.1). */
function tellSigner(seen: CdsSeen, set: SignedSet, ds: readonly Uint8Array[], say: Say, crypto: DnssecCrypto): void {
  if (ds.length === 0) return;
  const keys = seen.dnskey?.rdatas ?? [];
  const good = judgeSignatures(set, keys, seen.apex, crypto, seen.now).filter(({ verdict }) => verdict === "good");
  const trusted = good.some(({ key }) => key && ds.some((one) => dsMatches(seen.apex, one, key, crypto)));
  // Without any good signature it is told as that.
  if (trusted || good.length === 0) return;
  const sentence = "CDS is not signed by a key that a DS of the parent leads to: the parent will not follow it";
  say("warning", "cds.not-by-ds-key", sentence, "sign CDS with the key whose DS the parent has");
}

function tellDelete(seen: CdsSeen, ds: readonly Uint8Array[], say: Say): void {
  if (seen.parent === undefined) return;
  if (ds.length === 0) {
    say("info", "cds.delete-done", "the parent was asked to remove the DS, and has none");
    return;
  }
  const sentence =
    "the parent is asked to remove the DS, and still has it: the zone has to stay signed until it is gone";
  say("info", "cds.delete", sentence, "where the parent does not follow such requests, remove the DS at the registrar");
}

/** What the parent would have must lead to a key that signs the zone's keys, or following it would break the zone. */
function tellKeys(
  seen: CdsSeen,
  cds: readonly Uint8Array[],
  keySignatures: readonly JudgedSignature[],
  say: Say,
  crypto: DnssecCrypto,
): boolean {
  const keys = seen.dnskey?.rdatas ?? [];
  const strange = cds.filter((one) => !keys.some((key) => dsMatches(seen.apex, one, key, crypto)));
  const signing = keySignatures.filter(({ verdict }) => verdict === "good").flatMap(({ key }) => key ?? []);
  if (!cds.some((one) => signing.some((key) => dsMatches(seen.apex, one, key, crypto)))) {
    const sentence =
      "CDS asks for no key that signs the zone's keys: if the parent follows it, resolvers refuse the zone";
    say("error", "cds.would-break", sentence, "take CDS out at the primary, or let it name the key that signs");
    return false;
  }
  if (strange.length > 0) {
    const tags = strange.map((one) => readDs(one).keyTag).join(", ");
    say(
      "info",
      "cds.without-key",
      `CDS asks for key ${tags} too, which the zone does not publish: a key that stands by`,
    );
  }
  return true;
}

function tellParent(seen: CdsSeen, cds: readonly Uint8Array[], ds: readonly Uint8Array[], say: Say): void {
  if (seen.parent === undefined) return;
  const has = (list: readonly Uint8Array[], rdata: Uint8Array) => list.some((one) => bytesEqual(one, rdata));
  if (cds.every((one) => has(ds, one)) && ds.every((one) => has(cds, one))) {
    say("ok", "cds.equals-ds", "the parent has the DS that CDS asks for, and no other");
    return;
  }
  const add = cds.filter((one) => !has(ds, one)).map((one) => readDs(one).keyTag);
  const remove = ds.filter((one) => !has(cds, one)).map((one) => readDs(one).keyTag);
  const wants = [
    add.length > 0 ? [`add DS ${add.join(", ")}`] : [],
    remove.length > 0 ? [`remove DS ${remove.join(", ")}`] : [],
  ].flat();
  const sentence = `CDS asks the parent to ${wants.join(" and to ")}: it has not done so yet`;
  say("info", "cds.pending", sentence, "where the parent does not follow such requests, do the same at the registrar");
}

function distinct(rdatas: readonly Uint8Array[]): readonly Uint8Array[] {
  return rdatas.filter((one, i) => rdatas.findIndex((other) => bytesEqual(other, one)) === i);
}

/** For pictures: `keep 12345`, `remove`. */
export function printRequest(type: number, rdata: Uint8Array): string {
  if (type === RRType.CDS) return cdsDeletes(rdata) ? "remove every DS" : `DS ${readDs(rdata).keyTag}`;
  return cdnskeyDeletes(rdata) ? "remove every DS" : `key ${keyTag(rdata)}`;
}
