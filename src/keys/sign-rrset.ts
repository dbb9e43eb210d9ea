/** RRSIG RDATA for one RRset (RFC 4034 section 3): what the KSK does to DNSKEY, CDS and CDNSKEY, and a zone signer to everything. */
import { concatBytes } from "#bytes";
import type { Signer } from "#crypto";
import { canonicalRdatas, type RRset, rrsigHead, rrsigLabels, rrsigPreimage } from "#dnssec";
import type { Name } from "#name";

/** Seconds since 1970 modulo 2^32. */
export type SignatureWindow = { readonly inception: number; readonly expiration: number };

/** RRSIG RDATA by `signer` for the zone `apex`. The original TTL is the RRset's. */
export function signRRset(signer: Signer, apex: Name, rrset: RRset, window: SignatureWindow): Uint8Array {
  const head = rrsigHead({
    typeCovered: rrset.type,
    algorithm: signer.algorithm,
    labels: rrsigLabels(rrset.owner),
    originalTtl: rrset.ttl,
    expiration: window.expiration,
    inception: window.inception,
    keyTag: signer.keyTag,
    signer: apex,
  });
  const rdatas = canonicalRdatas(rrset.type, rrset.rdatas);
  const preimage = rrsigPreimage(head, rrset.owner, rrset.type, rrset.ttl, rdatas);
  const signature = new Uint8Array(signer.signatureLength);
  signer.sign(preimage, preimage.length, signature, 0);
  return concatBytes([head, signature]);
}
