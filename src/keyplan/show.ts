/** The values that a registrar asks for, from a DNSKEY: what `GET dnssec` shows. */
import { toBase64, toHex } from "#bytes";
import { algorithmName, type Digests, dnskeyFlags, keyTag } from "#dnssec";
import { type Name, printName } from "#name";
import type { TransferredKeys } from "./apex.ts";
import { dsRdata, isEntryPoint } from "./ds.ts";
import type { SigningMode } from "./mode.ts";

export type ShownKey = {
  readonly flags: number;
  readonly protocol: number;
  /** Number as text, as the API wants it. */
  readonly algorithm: string;
  /** Mnemonic, `ECDSAP256SHA256`. */
  readonly keyType: string;
  readonly digestType: "2";
  readonly digestAlgorithm: "SHA256";
  /** Upper case. */
  readonly digest: string;
  /** `example.com. 3600 IN DS 2371 13 2 …`. */
  readonly ds: string;
  readonly keyTag: number;
  /** base64. */
  readonly publicKey: string;
};

export function showKey(apex: Name, dnskey: Uint8Array, digests: Digests): ShownKey {
  const algorithm = dnskey[3]!;
  const tag = keyTag(dnskey);
  const digest = toHex(dsRdata(apex, dnskey, digests).subarray(4)).toUpperCase();
  return {
    flags: dnskeyFlags(dnskey),
    protocol: dnskey[2]!,
    algorithm: String(algorithm),
    keyType: algorithmName(algorithm),
    digestType: "2",
    digestAlgorithm: "SHA256",
    digest,
    ds: `${printName(apex)} 3600 IN DS ${tag} ${algorithm} 2 ${digest}`,
    keyTag: tag,
    publicKey: toBase64(dnskey.subarray(4)),
  };
}

/**
 * The DNSKEYs that a DS should be made of, best first: our KSK where we sign; in pre-signed mode the primary's entry
 * points out of the transfer, those that sign the DNSKEY RRset (`signingTags`) before those that merely stand by, and a
 * signing key without the SEP bit when there is no other; none when the zone is unsigned.
 */
export function entryPoints(
  mode: SigningMode,
  own: readonly Uint8Array[],
  transferred: TransferredKeys,
  signingTags: ReadonlySet<number>,
): readonly Uint8Array[] {
  if (mode === "unsigned") return [];
  if (mode !== "presigned") return own.filter(isEntryPoint);
  const keys = transferred.dnskey.filter((key) => key.length > 4);
  const signing = keys.filter((key) => signingTags.has(keyTag(key)));
  const sep = [...signing.filter(isEntryPoint), ...keys.filter((key) => isEntryPoint(key) && !signing.includes(key))];
  return sep.length > 0 ? sep : signing;
}
