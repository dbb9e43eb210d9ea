/** One RR as it stands in an image: `C0 0C | type | class | ttl | rdlength | rdata`. */
import { copyOctets } from "#bytes";
import { RR_HEAD } from "./layout.ts";

const OWNER_POINTER = 0xc00c;
const CLASS_IN = 1;

/** Gives the octet offset behind it. */
export function writeRR(
  out: DataView,
  at: number,
  type: number,
  ttl: number,
  rdata: DataView,
  from: number,
  length: number,
): number {
  out.setInt32(at, (OWNER_POINTER << 16) | type);
  out.setInt32(at + 4, (CLASS_IN << 16) | (ttl >>> 16));
  out.setInt32(at + 8, (ttl << 16) | length);
  copyOctets(rdata, from, out, at + RR_HEAD, length);
  return at + RR_HEAD + length;
}
