/** RDATA out of messages: checked, decompressed, consumed exactly. */
import { copyCommon, NOT_COMMON } from "./common.ts";
import { Copier } from "./copier.ts";
import { MAX_RDATA } from "./draft.ts";
import { findSpec } from "./registry.ts";

/** A name that a pointer of two octets stands for adds at most 253; no type that may have pointers has more than two. */
const MAX_GROWTH = 2 * 253;

/**
 * The RDATA of `length` octets at `offset` of `message`, checked and uncompressed, as a copy; undefined when it is
 * malformed. RDATA of types unknown here is taken as it is (RFC 3597 section 4).
 */
export function parseRdata(type: number, message: Uint8Array, offset: number, length: number): Uint8Array | undefined {
  const out = new Uint8Array(Math.max(0, length) + MAX_GROWTH);
  const written = parseRdataInto(type, message, offset, length, out, 0);
  return written < 0 ? undefined : out.slice(0, written);
}

/**
 * `parseRdata` into the caller's octets, without an allocation for the common types: octets written at `out[outAt]`, or
 * -1 when malformed or when `out` has no room (65535 octets are always enough).
 */
export function parseRdataInto(
  type: number,
  message: Uint8Array,
  offset: number,
  length: number,
  out: Uint8Array,
  outAt: number,
): number {
  return copyRdata(type, message, offset, length, out, outAt, true);
}

/** Whether these octets are well-formed RDATA of the type, standing alone: exactly what `parseRdata` gives, no pointers. */
export function isRdata(type: number, rdata: Uint8Array): boolean {
  if (rdata.length > MAX_RDATA) return false;
  return copyRdata(type, rdata, 0, rdata.length, new Uint8Array(rdata.length), 0, false) === rdata.length;
}

function copyRdata(
  type: number,
  message: Uint8Array,
  offset: number,
  length: number,
  out: Uint8Array,
  outAt: number,
  pointers: boolean,
): number {
  const end = offset + length;
  if (offset < 0 || length < 0 || end > message.length) return -1;
  let written = copyCommon(type, message, offset, end, out, outAt, pointers);
  if (written === NOT_COMMON) written = copyFields(type, message, offset, end, out, outAt, pointers);
  return written > MAX_RDATA || outAt + written > out.length ? -1 : written;
}

/** By the type's list of fields. Exported for the test that holds `copyCommon` against it. */
export function copyFields(
  type: number,
  message: Uint8Array,
  offset: number,
  end: number,
  out: Uint8Array,
  outAt: number,
  pointers: boolean,
): number {
  const c = new Copier(message, offset, end, out, outAt, pointers);
  const spec = findSpec(type);
  if (!spec) c.copy(end - offset);
  else for (const field of spec.fields) field.copy(c);
  return c.failed || c.at !== end ? -1 : c.outAt - outAt;
}
