/** The queries a secondary sends: SOA (is there something newer?) and AXFR (everything). */
import { buildQuery, EdnsFlag, queryEdns } from "#message";
import type { Name } from "#name";
import { RRType } from "#rdata";

/** `id` is 16 random bits from the caller. With EDNS and DO, so that the SOA's RRSIG comes along. */
export function buildSoaQuery(apex: Name, id: number): Uint8Array {
  return buildQuery({ id, name: apex, type: RRType.SOA, edns: queryEdns(EdnsFlag.DO) });
}

/** RFC 5936 section 2.1. Without EDNS, which means nothing here and which old primaries answer with FORMERR. */
export function buildAxfrQuery(apex: Name, id: number): Uint8Array {
  return buildQuery({ id, name: apex, type: RRType.AXFR });
}
