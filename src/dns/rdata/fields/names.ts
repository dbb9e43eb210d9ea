/** Fields that are domain names, by the rules that apply to them. */
import { printName } from "#name";
import { takeName } from "../readers.ts";
import type { Field, NameRules } from "../spec.ts";

/** NS, SOA, MX and the other types of RFC 1035: pointers in and out, lower case in canonical form. */
export const compressedName: Field = nameField(true, { compressOut: true, lower: true });

/** RP, AFSDB, RT, SIG, PX, NXT, NAPTR, SRV: pointers in, none out (RFC 3597 section 4). */
export const decompressedName: Field = nameField(true, { compressOut: false, lower: true });

/** KX, DNAME, RRSIG: no pointers at all, lower case in canonical form. */
export const lowerCasedName: Field = nameField(false, { compressOut: false, lower: true });

/** NSEC (RFC 6840 section 5.1), LP, SVCB and everything newer: as it is. */
export const plainName: Field = nameField(false, { compressOut: false, lower: false });

function nameField(pointersIn: boolean, name: NameRules): Field {
  return {
    copy: (c) => c.name(pointersIn),
    print: (r) => printName(takeName(r)),
    read: (t, d) => {
      const value = t.name();
      if (value) d.bytes(value);
    },
    skip: skipLabels,
    name,
  };
}

function skipLabels(rdata: Uint8Array, start: number): number {
  let at = start;
  while (at < rdata.length && rdata[at] !== 0) at += rdata[at]! + 1;
  return at + 1;
}
