/** What names inside RDATA mean to others: canonical form, compression in messages, additional-section processing. */

import { Reader } from "#bytes";
import { CASE_FOLD, type Name } from "#name";
import { takeName } from "./readers.ts";
import { findSpec } from "./registry.ts";
import type { NameRules } from "./spec.ts";

/**
 * Canonical RDATA (RFC 4034 section 6.2 as amended by RFC 6840 section 5.1): names lower-cased for the types of that
 * list. The same array when nothing changes. RDATA as `parseRdata` gives it.
 */
export function canonicalRdata(type: number, rdata: Uint8Array): Uint8Array {
  let lower: Uint8Array | undefined;
  forEachName(type, rdata, (rules, start, end) => {
    if (!rules.lower) return;
    for (let i = start; i < end; i++) {
      const octet = rdata[i]!;
      if (CASE_FOLD[octet] === octet) continue;
      lower ??= rdata.slice();
      lower[i] = CASE_FOLD[octet]!;
    }
  });
  return lower ?? rdata;
}

/** True when RDATA of this type has a name that canonical form may change: the others need no `canonicalRdata`. */
export function hasCanonicalNames(type: number): boolean {
  return findSpec(type)?.fields.some((field) => field.name?.lower) ?? false;
}

/** Calls back for each name that may be compressed in a message (types of RFC 1035): octets `start` to `end` of the RDATA. */
export function forEachCompressible(
  type: number,
  rdata: Uint8Array,
  onName: (start: number, end: number) => void,
): void {
  forEachName(type, rdata, (rules, start, end) => {
    if (rules.compressOut) onName(start, end);
  });
}

/**
 * The name whose addresses additional-section processing adds (RFC 1034 section 4.3.2 step 6; NS, MX, SRV, SVCB, HTTPS,
 * AFSDB, RT, KX); undefined for other types and for the root. SVCB and HTTPS in service mode have the root where they
 * mean the owner (RFC 9460 section 2.5.2): only the caller knows that one.
 */
export function rdataTarget(type: number, rdata: Uint8Array): Name | undefined {
  const spec = findSpec(type);
  if (spec?.target === undefined) return undefined;
  let at = 0;
  for (let i = 0; i < spec.target; i++) at = spec.fields[i]!.skip(rdata, at);
  const name = takeName(new Reader(rdata, at));
  return name.length <= 1 ? undefined : name;
}

function forEachName(
  type: number,
  rdata: Uint8Array,
  onName: (rules: NameRules, start: number, end: number) => void,
): void {
  const fields = findSpec(type)?.fields;
  if (!fields?.some((field) => field.name)) return;
  let at = 0;
  for (const field of fields) {
    if (at >= rdata.length) return;
    const next = Math.min(rdata.length, field.skip(rdata, at));
    if (field.name) onName(field.name, at, next);
    at = next;
  }
}
