/** RDATA as master-file text, both ways, with the generic form of RFC 3597 section 5 for every type. */
import { fail, fromHex, ok, Reader, type Result, toHex } from "#bytes";
import type { Name } from "#name";
import { Draft } from "./draft.ts";
import { isRdata } from "./parse.ts";
import { findSpec } from "./registry.ts";
import { type RdataError, TokenReader } from "./tokens.ts";

/** Master-file form, names absolute. RDATA that is not well-formed, or of a type without text form, in generic form. */
export function printRdata(type: number, rdata: Uint8Array): string {
  const spec = findSpec(type);
  if (!spec || spec.text === false || !isRdata(type, rdata)) return printGeneric(rdata);
  const r = new Reader(rdata);
  const texts: string[] = [];
  for (const field of spec.fields) {
    const text = field.print(r);
    if (text !== undefined) texts.push(text);
  }
  // No known type has empty text but APL without a prefix, which has nothing to print.
  return r.finished ? texts.join(" ") : printGeneric(rdata);
}

/** `\# 4 0A000001`. */
function printGeneric(rdata: Uint8Array): string {
  return rdata.length === 0 ? "\\# 0" : `\\# ${rdata.length} ${toHex(rdata).toUpperCase()}`;
}

/**
 * Tokens of one record's RDATA to octets. Tokens are raw, one character an octet: escapes as written, quotes kept
 * (`splitTokens` and the zone file reader make such). Names without a final dot get `origin` behind them. The generic
 * form is read for every type, and then has to be well-formed for a type that is known.
 */
export function readRdata(type: number, tokens: readonly string[], origin?: Name): Result<Uint8Array, RdataError> {
  if (tokens[0] === "\\#") return readGeneric(type, tokens);
  const spec = findSpec(type);
  if (!spec || spec.text === false) return fail("no-text-form");
  const t = new TokenReader(tokens, origin);
  const d = new Draft();
  for (const field of spec.fields) {
    field.read(t, d);
    if (t.error !== undefined) return fail(t.error);
  }
  if (d.overflow) return fail("too-long");
  if (!t.finished) return fail("extra-field");
  const rdata = d.finish();
  return isRdata(type, rdata) ? ok(rdata) : fail("malformed-rdata");
}

function readGeneric(type: number, tokens: readonly string[]): Result<Uint8Array, RdataError> {
  const t = new TokenReader(tokens.slice(1));
  const length = t.number(65535);
  const rdata = fromHex(t.rest());
  if (t.error !== undefined || !rdata || rdata.length !== length) return fail("bad-generic-rdata");
  return isRdata(type, rdata) ? ok(rdata) : fail("malformed-rdata");
}
