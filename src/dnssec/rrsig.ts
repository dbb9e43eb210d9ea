/**
 * RRSIG: what is signed, in which order, and when it holds (RFC 4034 section 3 and 6, RFC 4035 section 5.3, RFC 1982).
 *
 * ```
 * RRSIG RDATA   type covered 2 | algorithm 1 | labels 1 | original TTL 4 | expiration 4 | inception 4 | key tag 2 | signer | signature
 * signed octets  = RDATA without the signature (signer in lower case) + for each RR: owner | type | class | original TTL | length | RDATA
 * ```
 */
import { compareBytes } from "#bytes";
import { isWildcard, labelCount, lowerName, type Name, stripLabels, wildcardOf } from "#name";
import { canonicalRdata } from "#rdata";

/** Octets of RRSIG RDATA in front of the signer's name. */
export const RRSIG_FIXED = 18;

export type RrsigFields = {
  readonly typeCovered: number;
  readonly algorithm: number;
  /** Without the root and without a leading `*`. */
  readonly labels: number;
  readonly originalTtl: number;
  /** Seconds since 1970 modulo 2^32: compare with `serialDistance`, never with `<`. */
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: Name;
};

/** RRSIG RDATA up to the signature; the signer in lower case (RFC 6840 section 5.1). */
export function rrsigHead(fields: RrsigFields): Uint8Array {
  const head = new Uint8Array(RRSIG_FIXED + fields.signer.length);
  const view = new DataView(head.buffer);
  view.setUint16(0, fields.typeCovered);
  view.setUint8(2, fields.algorithm);
  view.setUint8(3, fields.labels);
  view.setUint32(4, fields.originalTtl);
  view.setUint32(8, fields.expiration >>> 0);
  view.setUint32(12, fields.inception >>> 0);
  view.setUint16(16, fields.keyTag);
  head.set(lowerName(fields.signer), RRSIG_FIXED);
  return head;
}

/** The Labels field for an owner name: neither the root nor a leading `*` counts (RFC 4034 section 3.1.3). */
export function rrsigLabels(owner: Name): number {
  return labelCount(owner) - (isWildcard(owner) ? 1 : 0);
}

/** Each RDATA in canonical form, sorted, without duplicates: RFC 4034 section 6.3. */
export function canonicalRdatas(type: number, rdatas: readonly Uint8Array[]): readonly Uint8Array[] {
  if (rdatas.length === 1) return [canonicalRdata(type, rdatas[0]!)];
  const sorted = rdatas.map((rdata) => canonicalRdata(type, rdata)).sort(compareBytes);
  return sorted.filter((rdata, i) => i === 0 || compareBytes(sorted[i - 1]!, rdata) !== 0);
}

/**
 * The octets that are signed. `head` is RRSIG RDATA without the signature; `owner` the name signed over (see
 * `signedOwner`); `rdatas` come from `canonicalRdatas`. Owner and signer are lower-cased here. Class IN.
 */
export function rrsigPreimage(
  head: Uint8Array,
  owner: Name,
  type: number,
  originalTtl: number,
  rdatas: readonly Uint8Array[],
): Uint8Array {
  let length = head.length;
  for (const rdata of rdatas) length += owner.length + 10 + rdata.length;
  const out = new Uint8Array(length);
  out.set(head);
  out.set(lowerName(head.subarray(RRSIG_FIXED)), RRSIG_FIXED);
  const lower = lowerName(owner);
  let at = head.length;
  for (const rdata of rdatas) {
    out.set(lower, at);
    at += lower.length;
    out[at] = type >>> 8;
    out[at + 1] = type;
    out[at + 3] = 1;
    out[at + 4] = originalTtl >>> 24;
    out[at + 5] = originalTtl >>> 16;
    out[at + 6] = originalTtl >>> 8;
    out[at + 7] = originalTtl;
    out[at + 8] = rdata.length >>> 8;
    out[at + 9] = rdata.length;
    out.set(rdata, at + 10);
    at += 10 + rdata.length;
  }
  return out;
}

/**
 * The name that stands in the signed octets: the owner, or `*.` and the rightmost `labels` labels when the answer came
 * from a wildcard (RFC 4035 section 5.3.2). Undefined when the RRSIG claims more labels than the owner has.
 */
export function signedOwner(owner: Name, labels: number): Name | undefined {
  const have = rrsigLabels(owner);
  if (labels === have) return owner;
  if (labels > have) return undefined;
  return wildcardOf(stripLabels(owner, labelCount(owner) - labels));
}

/** Signed distance `to - from` on the circle of 2^32 seconds (RFC 1982; RFC 4034 section 3.1.5): negative = earlier. */
export function serialDistance(from: number, to: number): number {
  return (to - from) | 0;
}

/** Both ends belong to the window. `now` in seconds since 1970; it may be beyond 2^32. */
export function isInWindow(inception: number, expiration: number, now: number): boolean {
  const at = now >>> 0;
  return serialDistance(inception, at) >= 0 && serialDistance(at, expiration) >= 0;
}

/** The 32-bit time nearest to `now`, as seconds since 1970 without the wrap of 2106. */
export function absoluteTime(field: number, now: number): number {
  return now + serialDistance(now >>> 0, field);
}
