/** The queries a secondary sends: SOA (is there something newer?), AXFR (everything) and IXFR (what has changed). */
import { buildQuery, EdnsFlag, EdnsOption, queryEdns, writeMessage } from "#message";
import type { Name } from "#name";
import { RRClass, RRType } from "#rdata";

/**
 * `id` is 16 random bits from the caller. With EDNS and DO, so that the SOA's RRSIG comes along, and an empty EXPIRE option
 * (RFC 7314 section 2): how long the primary's own copy holds.
 */
export function buildSoaQuery(apex: Name, id: number): Uint8Array {
  const edns = queryEdns(EdnsFlag.DO);
  const options = [...edns.options, { code: EdnsOption.Expire, data: new Uint8Array(0) }];
  return buildQuery({ id, name: apex, type: RRType.SOA, edns: { ...edns, options } });
}

/** RFC 5936 section 2.1. Without EDNS, which means nothing here and which old primaries answer with FORMERR. */
export function buildAxfrQuery(apex: Name, id: number): Uint8Array {
  return buildQuery({ id, name: apex, type: RRType.AXFR });
}

/** RFC 1995 section 3: the SOA of the version that we have stands in the authority section, all of it. */
export function buildIxfrQuery(apex: Name, id: number, soa: Uint8Array): Uint8Array {
  const question = [{ name: apex, type: RRType.IXFR, class: RRClass.IN }];
  const authority = [{ owner: apex, type: RRType.SOA, class: RRClass.IN, ttl: 0, rdata: soa }];
  return writeMessage({ id, flags: 0, question, authority }).octets.slice();
}
