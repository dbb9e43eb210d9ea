/** When the first RRset of an image loses its last signature, by the dates in its RRSIGs alone: one pass, nothing verified. */
import { absoluteTime } from "#dnssec";
import type { ZoneImage } from "./image.ts";
import { RR_HEAD } from "./layout.ts";

/** Of the expiration in an RRSIG's RDATA (RFC 4034 section 3.1). */
const EXPIRATION_AT = 8;

/** Seconds since 1970, in the past when it has happened. `lessTtl`: the earliest end less its RRset's TTL. */
export type SignatureEnd = { readonly earliest: number; readonly lessTtl: number };

/** Undefined for an image without RRSIGs. */
export function earliestSignatureEnd(image: ZoneImage, now: number): SignatureEnd | undefined {
  let earliest = Number.POSITIVE_INFINITY;
  let lessTtl = Number.POSITIVE_INFINITY;
  const consider = (ref: number): void => {
    if (image.rrsetSigCount(ref) === 0) return;
    const end = lastEnd(image, ref, now);
    earliest = Math.min(earliest, end);
    lessTtl = Math.min(lessTtl, end - image.rrsetTtl(ref));
  };
  for (let index = 0; index < image.nodeCount; index++) {
    const node = image.nodeAt(index);
    for (let i = 0; i < image.rrsetsAt(node); i++) consider(image.rrsetAt(node, i));
  }
  const hashed = image.nsec3?.count ?? 0;
  for (let index = 0; index < hashed; index++) consider(image.nsec3RRset(image.nsec3At(index)));
  return Number.isFinite(earliest) ? { earliest, lessTtl } : undefined;
}

function lastEnd(image: ZoneImage, ref: number, now: number): number {
  const { octets: o } = image;
  const start = image.rrsetData(ref) + image.rrsetDataLength(ref);
  const end = start + image.rrsetSigLength(ref);
  let last = Number.NEGATIVE_INFINITY;
  for (let at = start; at < end; at += RR_HEAD + ((o[at + 10]! << 8) | o[at + 11]!)) {
    const from = at + RR_HEAD + EXPIRATION_AT;
    const field = ((o[from]! << 24) | (o[from + 1]! << 16) | (o[from + 2]! << 8) | o[from + 3]!) >>> 0;
    last = Math.max(last, absoluteTime(field, now));
  }
  return last;
}
