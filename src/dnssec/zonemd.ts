/**
 * ZONEMD: what the digests at a zone's apex say about it (RFC 8976 section 4). Pure: the digests themselves are handed in.
 *
 * ```
 * ZONEMD RRset ─▶ which records can be checked ─▶ digest of the zone for each hash wanted ─▶ one that matches is enough
 *                  serial = SOA's · scheme 1 (SIMPLE) · hash 1 (SHA-384) or 2 (SHA-512)
 *                  only record of its scheme and hash · digest of the hash's length
 * ```
 */
import { bytesEqual } from "#bytes";
import { readZonemd, type Zonemd } from "#rdata";

export const ZONEMD_SIMPLE = 1;

export type ZonemdHash = "sha384" | "sha512";

/** A digest that takes octets bit by bit; what #crypto hands in. */
export type DigestState = { update(octets: Uint8Array): void; digest(): Uint8Array };
export type StartDigest = (hash: ZonemdHash) => DigestState;

const HASHES: ReadonlyMap<number, { readonly name: ZonemdHash; readonly octets: number }> = new Map([
  [1, { name: "sha384", octets: 48 }],
  [2, { name: "sha512", octets: 64 }],
]);

/** More records than this are not looked at: there are 2 hashes. */
export const MAX_ZONEMD = 64;

export type ZonemdFault =
  /** No ZONEMD RRset at the apex. */
  | "missing"
  /** Schemes or hashes that are not known here. */
  | "unsupported"
  | "serial-mismatch"
  /** Two records of one scheme and hash: neither may be used (section 4, step 4). */
  | "ambiguous"
  /** The digest has not the length of its hash. */
  | "malformed"
  | "digest-mismatch";

export type ZonemdVerdict =
  | { readonly kind: "verified"; readonly hash: ZonemdHash }
  | { readonly kind: "unverified"; readonly fault: ZonemdFault; readonly text: string };

type Judged = { readonly record: Zonemd } & (
  | { readonly hash: ZonemdHash }
  | { readonly fault: ZonemdFault; readonly text: string }
);

/** The worst comes first: it is what the operator is told when nothing could be verified. */
const WORST_FIRST: readonly ZonemdFault[] = [
  "digest-mismatch",
  "serial-mismatch",
  "malformed",
  "ambiguous",
  "unsupported",
  "missing",
];

/**
 * `rdatas`: the ZONEMD RRset of the apex, `serial` the SOA's. `digestsOf` goes over the whole zone once for all hashes it is
 * asked for; it is not called when there is nothing that could be checked.
 */
export function verifyZonemd(
  rdatas: readonly Uint8Array[],
  serial: number,
  digestsOf: (hashes: readonly ZonemdHash[]) => readonly Uint8Array[],
): ZonemdVerdict {
  if (rdatas.length === 0) return { kind: "unverified", fault: "missing", text: "the zone has no ZONEMD at its apex" };
  if (rdatas.length > MAX_ZONEMD) {
    const text = `${rdatas.length} ZONEMD records; ${MAX_ZONEMD} is the limit`;
    return { kind: "unverified", fault: "malformed", text };
  }
  const judged = judge(rdatas.map(readZonemd), serial);
  const usable = judged.filter((one) => "hash" in one);
  const digests = usable.length === 0 ? [] : digestsOf(usable.map((one) => one.hash));
  const faults: { fault: ZonemdFault; text: string }[] = [];
  for (const [i, { record, hash }] of usable.entries()) {
    if (bytesEqual(record.digest, digests[i]!)) return { kind: "verified", hash };
    const text = `the zone's ${hash} digest is not the one in its ZONEMD: records were changed, lost or added`;
    faults.push({ fault: "digest-mismatch", text });
  }
  for (const one of judged) if ("fault" in one) faults.push(one);
  faults.sort((a, b) => WORST_FIRST.indexOf(a.fault) - WORST_FIRST.indexOf(b.fault));
  const { fault, text } = faults[0]!;
  return { kind: "unverified", fault, text };
}

function judge(records: readonly Zonemd[], serial: number): readonly Judged[] {
  return records.map((record): Judged => {
    const { scheme, hashAlgorithm, digest } = record;
    const what = `ZONEMD of scheme ${scheme} and hash ${hashAlgorithm}`;
    const same = records.filter((other) => other.scheme === scheme && other.hashAlgorithm === hashAlgorithm);
    if (same.length > 1) return { record, fault: "ambiguous", text: `there are ${same.length} records: ${what}` };
    if (record.serial !== serial) {
      const text = `${what} is of serial ${record.serial}, the SOA has ${serial}: the zone was changed after its digest was made`;
      return { record, fault: "serial-mismatch", text };
    }
    const hash = scheme === ZONEMD_SIMPLE ? HASHES.get(hashAlgorithm) : undefined;
    if (!hash) return { record, fault: "unsupported", text: `${what} can't be checked here` };
    if (digest.length !== hash.octets) {
      return { record, fault: "malformed", text: `${what} has ${digest.length} octets, ${hash.octets} are right` };
    }
    return { record, hash: hash.name };
  });
}
