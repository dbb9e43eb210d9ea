/** One RR as it stands in an image: `C0 0C | type | class | ttl | rdlength | rdata`. */
import { RR_HEAD } from "./layout.ts";

/** Gives the octet offset behind it. */
export function writeRR(
  o: Uint8Array,
  at: number,
  type: number,
  ttl: number,
  rdata: Uint8Array,
  from: number,
  length: number,
): number {
  o[at] = 0xc0;
  o[at + 1] = 12;
  o[at + 2] = type >>> 8;
  o[at + 3] = type;
  o[at + 4] = 0;
  o[at + 5] = 1;
  o[at + 6] = ttl >>> 24;
  o[at + 7] = ttl >>> 16;
  o[at + 8] = ttl >>> 8;
  o[at + 9] = ttl;
  o[at + 10] = length >>> 8;
  o[at + 11] = length;
  const start = at + RR_HEAD;
  if (length > 96) o.set(rdata.subarray(from, from + length), start);
  else for (let i = 0; i < length; i++) o[start + i] = rdata[from + i]!;
  return start + length;
}
