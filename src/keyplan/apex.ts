/**
 * Which DNSKEY, CDS and CDNSKEY records stand at the apex of a zone that is signed here: our own keys, and in multi-signer
 * mode (RFC 8901 model 2) those of the other signers as the transfer brought them.
 */
import { bytesEqual, compareBytes } from "#bytes";
import { type Digests, DigestType, dsMatches, isZoneKey, keyTag } from "#dnssec";
import type { Name } from "#name";
import { dsRdata, isEntryPoint, isPublishable } from "./ds.ts";
import type { SigningMode } from "./mode.ts";
import type { Phase } from "./status.ts";

/** Seconds; of all three RRsets. */
export const APEX_KEY_TTL = 3600;

/** "Remove the DS" (RFC 8078 section 4): alone in its RRset. */
export const DELETE_CDS = Uint8Array.of(0, 0, 0, 0, 0);
export const DELETE_CDNSKEY = Uint8Array.of(0, 0, 3, 0, 0);

/** RDATAs that the transfer brought at the apex; empty outside multi-signer mode. */
export type TransferredKeys = {
  readonly dnskey: readonly Uint8Array[];
  readonly cds: readonly Uint8Array[];
  readonly cdnskey: readonly Uint8Array[];
};

export const NO_TRANSFERRED_KEYS: TransferredKeys = { dnskey: [], cds: [], cdnskey: [] };

export type ApexPlan = {
  /** RDATAs in canonical order without duplicates; an empty list means that there is no such RRset. */
  readonly dnskey: readonly Uint8Array[];
  readonly cds: readonly Uint8Array[];
  readonly cdnskey: readonly Uint8Array[];
};

export type ApexInput = {
  readonly apex: Name;
  readonly mode: SigningMode;
  readonly phase: Phase;
  /** DNSKEY RDATAs of our keys that are published: KSKs and ZSKs. */
  readonly own: readonly Uint8Array[];
  /** Of them those that the parent is asked for; absent: every entry point. While a KSK is rolled, one of two. */
  readonly asked?: readonly Uint8Array[];
  readonly transferred: TransferredKeys;
};

/** Named bounds, for each of the three RRsets and for all together: larger ones fit no answer that anybody would accept. */
export const MAX_FOREIGN_KEYS = 32;
export const MAX_FOREIGN_OCTETS = 16_384;

/**
 * Sentence about what the other signers bring that is too much; undefined when it is not. To leave some of their keys out would
 * make their answers bogus for whoever has our DNSKEY RRset.
 */
export function foreignExcess(input: Pick<ApexInput, "mode" | "own" | "transferred">): string | undefined {
  const { dnskey, cds, cdnskey } = allForeign(input);
  for (const [what, rdatas] of [
    ["DNSKEY", dnskey],
    ["CDS", cds],
    ["CDNSKEY", cdnskey],
  ] as const) {
    if (rdatas.length > MAX_FOREIGN_KEYS)
      return `the transfer brings ${rdatas.length} ${what} records of other signers; at most ${MAX_FOREIGN_KEYS} are taken`;
  }
  const octets = [...dnskey, ...cds, ...cdnskey].reduce((sum, { length }) => sum + length, 0);
  if (octets <= MAX_FOREIGN_OCTETS) return undefined;
  return `the transfer brings ${octets} octets of DNSKEY, CDS and CDNSKEY records of other signers; at most ${MAX_FOREIGN_OCTETS} are taken`;
}

/**
 * What the KSK has to sign. In `pending` and `active` CDS and CDNSKEY ask for our key beside the other signers'; in
 * `pending-disabled` and `disabled` they ask for ours to go: by the delete form when we are the only signer, by naming
 * the others alone when we are not (the delete form would take away the others' DS as well).
 */
export function planApex(input: ApexInput, digests: Digests): ApexPlan {
  if (input.mode === "unsigned" || input.mode === "presigned") return { dnskey: [], cds: [], cdnskey: [] };
  const foreign = foreignKeys(input, digests);
  const dnskey = canonicalSet([...input.own, ...foreign.dnskey]);
  const enabled = input.phase === "pending" || input.phase === "active";
  const ours = enabled ? (input.asked ?? input.own).filter(isEntryPoint) : [];
  const cdnskey = canonicalSet([...ours, ...foreign.cdnskey]);
  const cds = canonicalSet([
    ...ours.map((key) => dsRdata(input.apex, key, digests)),
    ...foreignCds(input, foreign, digests),
  ]);
  if (cds.length === 0 && cdnskey.length === 0) return { dnskey, cds: [DELETE_CDS], cdnskey: [DELETE_CDNSKEY] };
  return { dnskey, cds, cdnskey };
}

/**
 * The other signers' keys. A record of our own that came back to us through the primary is not foreign, nor is a delete
 * form, nor a key that is no zone key. Every entry point among the DNSKEYs gets a CDNSKEY, even if the transfer had none, and
 * so does a key that their CDS asks for: CDS and CDNSKEY have to be the same at all signers (RFC 8901 section 8), and must
 * match (RFC 7344 section 4).
 */
function foreignKeys(input: ApexInput, digests: Digests): TransferredKeys {
  const { dnskey, cds, cdnskey } = allForeign(input);
  const bounded = dnskey.slice(0, MAX_FOREIGN_KEYS);
  const requests = cds.slice(0, MAX_FOREIGN_KEYS);
  const isAskedFor = (key: Uint8Array) =>
    isEntryPoint(key) ||
    (isZoneKey(key) && requests.some((ds) => isOf(ds, key) && dsMatches(input.apex, ds, key, digests)));
  const askable = [...bounded.filter(isAskedFor), ...cdnskey.slice(0, MAX_FOREIGN_KEYS)];
  return { dnskey: bounded, cds: requests, cdnskey: askable };
}

/**
 * Algorithm 0 is no key's: in CDS and CDNSKEY it alone says "remove the DS", whatever stands beside it (RFC 8078 section 4), and
 * under our signature it would take ours away, too.
 */
function allForeign({ mode, own, transferred }: Pick<ApexInput, "mode" | "own" | "transferred">): TransferredKeys {
  if (mode !== "multisigner") return NO_TRANSFERRED_KEYS;
  const { dnskey, cds, cdnskey } = transferred;
  const notOurs = (key: Uint8Array) => !own.some((ours) => bytesEqual(ours, key));
  return {
    dnskey: dnskey.filter((key) => isPublishable(key) && notOurs(key)),
    cds: cds.filter((ds) => ds[2] !== 0 && ds.length > 5),
    cdnskey: cdnskey.filter((key) => isPublishable(key) && isZoneKey(key) && notOurs(key)),
  };
}

/**
 * CDS of the foreign keys: as transferred where one proves the key, made here with SHA-256 where none does. One that names a key that is
 * shown and does not prove it is left out: a parent that followed it would have a DS of nobody's. One that names none that is shown stays
 * as it came: a third signer's KSK is in nobody's DNSKEY RRset but its own (RFC 8901 model 2), and without its CDS it would lose its DS.
 */
function foreignCds(input: ApexInput, foreign: TransferredKeys, digests: Digests): Uint8Array[] {
  const isOfOurs = (ds: Uint8Array): boolean => input.own.some((key) => isOf(ds, key));
  const ofShown = foreign.cdnskey.flatMap((key) => {
    const named = foreign.cds.filter((ds) => isOf(ds, key));
    const proving = named.filter((ds) => dsMatches(input.apex, ds, key, digests));
    // By a digest that can't be made here: it stands, and one that every parent knows beside it.
    const unknown = named.filter((ds) => !KNOWN_DIGESTS.has(ds[3]!) && !isOfOurs(ds));
    return proving.length > 0 ? [...proving, ...unknown] : [...unknown, dsRdata(input.apex, key, digests)];
  });
  const ofOthers = foreign.cds.filter((ds) => !isOfOurs(ds) && !foreign.cdnskey.some((key) => isOf(ds, key)));
  return [...ofShown, ...ofOthers];
}

const KNOWN_DIGESTS: ReadonlySet<number> = new Set([DigestType.SHA1, DigestType.SHA256, DigestType.SHA384]);

/** Names it by tag and algorithm: others may have these, too. */
function isOf(ds: Uint8Array, key: Uint8Array): boolean {
  return ((ds[0]! << 8) | ds[1]!) === keyTag(key) && ds[2] === key[3];
}

/** Canonical order of RDATAs, duplicates removed (RFC 4034 section 6.3). */
function canonicalSet(rdatas: readonly Uint8Array[]): Uint8Array[] {
  const sorted = [...rdatas].sort(compareBytes);
  return sorted.filter((rdata, i) => i === 0 || !bytesEqual(rdata, sorted[i - 1]!));
}
