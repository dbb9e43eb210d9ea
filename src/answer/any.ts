/**
 * Type ANY at a name that has something: one small HINFO made here, in place of what is there (RFC 8482 section 4.2).
 *
 * ```
 * no signature could be made (the primary's DNSSEC is served)   the first RRset, its own RRSIGs   (section 4.1)
 * CNAME at the name                                             the CNAME                         (section 4.2 asks for it)
 * HINFO at the name                                             that one: a made one would stand in caches for it
 * else                                                          HINFO "RFC8482" "", signed with the ZSK
 * ```
 * By a wildcard it is the wildcard's: one signature serves every name, as with its other sets; under compact denial each
 * name has its own, which does without a proof.
 */
import { ExtendedError } from "#message";
import { RRType } from "#rdata";
import type { Work } from "./work.ts";
import { Denial } from "./zone-entry.ts";

/** In seconds, the provider's: long enough that nobody asks again and again (RFC 8482 section 4.2). */
export const ANY_TTL = 3789;
const RDATA = Uint8Array.of(7, ...[..."RFC8482"].map((c) => c.charCodeAt(0)), 0);

/** Whether `work.found`, the answer to ANY, is kept back for a record that is made here. */
export function isAnyRefused(work: Work): boolean {
  const { entry, found } = work;
  const { image } = entry;
  if (!entry.refusesAny) return false;
  return image.findRRset(found.node, RRType.CNAME) === 0 && image.findRRset(found.node, RRType.HINFO) === 0;
}

/** False when it does not fit. Additional data: none. */
export function writeAnyRefusal(work: Work): boolean {
  const { live, entry, found, reply, owner } = work;
  const { made } = live;
  if (found.wildcard && entry.denial !== Denial.Compact) {
    work.madeName.set(entry.image.octets, entry.image.nodeNameAt(found.node));
    made.setOwner(work.madeName);
  } else {
    made.setOwner(work.name);
  }
  made.type = RRType.HINFO;
  made.ttl = ANY_TTL;
  made.rdata.set(RDATA);
  made.rdataLength = RDATA.length;
  made.keyFrom = RDATA.length;
  work.extendedError = ExtendedError.NotSupported;
  return live.writeMade(reply, entry, owner, work.dnssec && entry.signing !== undefined, work.now);
}
