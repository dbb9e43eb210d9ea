/** Queries as a client sends them. */
import type { Name } from "#name";
import { RRClass } from "#rdata";
import { EdnsFlag } from "./constants.ts";
import type { Edns } from "./edns.ts";
import { type ResourceRecord, writeMessage } from "./write.ts";

export type QueryParts = {
  readonly id: number;
  readonly name: Name;
  readonly type: number;
  /** IN when missing. */
  readonly class?: number;
  /** Bits of `Flag`. */
  readonly flags?: number;
  /** Query when missing. */
  readonly opcode?: number;
  /** What stands in the answer section: NOTIFY's SOA (RFC 1996 section 3.7). */
  readonly answer?: readonly ResourceRecord[];
  /** What stands in the authority section: IXFR's SOA (RFC 1995 section 3). */
  readonly authority?: readonly ResourceRecord[];
  readonly edns?: Edns;
};

export function buildQuery(parts: QueryParts): Uint8Array {
  const { name, type, class: rrClass = RRClass.IN, ...rest } = parts;
  return writeMessage({ ...rest, question: [{ name, type, class: rrClass }] }).octets.slice();
}

/** The Edns of a query with no options. 1232 octets pass unfragmented nearly everywhere (RFC 9715). */
export function queryEdns(flags = 0, udpSize = 1232): Edns {
  return { udpSize, version: 0, flags, options: [] };
}

/** The Edns that answers this one: there when it is (RFC 6891 section 6.1.1), with its DO (RFC 3225 section 3). */
export function replyEdns(asked: Edns | undefined): Edns | undefined {
  return asked && queryEdns(asked.flags & EdnsFlag.DO);
}
