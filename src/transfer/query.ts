/** The queries a secondary sends: SOA (is there something newer?), AXFR (everything) and IXFR (what has changed). */
import { buildQuery, type Edns, EdnsFlag, EdnsOption, type EdnsOptionValue, queryEdns, writeMessage } from "#message";
import type { Name } from "#name";
import { RRClass, RRType } from "#rdata";

/**
 * `id` is 16 random bits from the caller. With EDNS and DO, so that the SOA's RRSIG comes along, and an empty EXPIRE option
 * (RFC 7314 section 2): how long the primary's own copy holds.
 */
export function buildSoaQuery(apex: Name, id: number): Uint8Array {
  return buildQuery({ id, name: apex, type: RRType.SOA, edns: askingExpire(EdnsFlag.DO) });
}

/** With EDNS the empty EXPIRE option goes along. Old primaries answer EDNS in a transfer's query with FORMERR: then without. */
export type WithEdns = boolean;

/** RFC 5936 section 2.1, RFC 7314 section 3.2. */
export function buildAxfrQuery(apex: Name, id: number, withEdns: WithEdns = false): Uint8Array {
  return buildQuery({ id, name: apex, type: RRType.AXFR, ...(withEdns && { edns: askingExpire() }) });
}

/** RFC 1995 section 3: the SOA of the version that we have stands in the authority section, all of it. */
export function buildIxfrQuery(apex: Name, id: number, soa: Uint8Array, withEdns: WithEdns = false): Uint8Array {
  const question = [{ name: apex, type: RRType.IXFR, class: RRClass.IN }];
  const authority = [{ owner: apex, type: RRType.SOA, class: RRClass.IN, ttl: 0, rdata: soa }];
  const edns = withEdns ? askingExpire() : undefined;
  return writeMessage({ id, flags: 0, question, authority, edns }).octets.slice();
}

function askingExpire(flags = 0): Edns {
  const edns = queryEdns(flags);
  return { ...edns, options: [...edns.options, { code: EdnsOption.Expire, data: new Uint8Array(0) }] };
}

/** EDNS EXPIRE of an answer: four octets, or it says nothing (RFC 7314 section 2). */
export function readExpire(options: readonly EdnsOptionValue[] | undefined): number | undefined {
  const data = options?.find(({ code }) => code === EdnsOption.Expire)?.data;
  return data?.length === 4 ? new DataView(data.buffer, data.byteOffset, 4).getUint32(0) : undefined;
}
