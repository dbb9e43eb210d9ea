/**
 * HIP: host identity, RFC 8005 section 5. The rendezvous servers are uncompressed names, none or more.
 *
 *   | HIT length 8, 1 up | PK algorithm 8 | PK length 16, 1 up | HIT | Public Key | Rendezvous Servers |
 */
import { fromBase64, fromHex, type Reader, toBase64, toHex } from "#bytes";
import { printName } from "#name";
import type { Draft } from "../draft.ts";
import { takeName } from "../readers.ts";
import type { Field, RRTypeSpec } from "../spec.ts";
import type { TokenReader } from "../tokens.ts";

const body: Field = {
  copy: (c) => {
    const hitLength = c.peek(0);
    const keyLength = c.peekU16(2);
    if (hitLength === 0 || keyLength === 0) c.failed = true;
    c.copy(4 + hitLength + keyLength);
    // Every turn takes at least one octet, or fails.
    while (!c.failed && c.remaining > 0) c.name(false);
  },
  print: printBody,
  read: readBody,
  skip: (rdata) => rdata.length,
};

function printBody(r: Reader): string {
  const hitLength = r.u8();
  const algorithm = r.u8();
  const keyLength = r.u16();
  const texts = [String(algorithm), toHex(r.bytes(hitLength)).toUpperCase(), toBase64(r.bytes(keyLength))];
  while (r.remaining > 0) texts.push(printName(takeName(r)));
  return texts.join(" ");
}

function readBody(t: TokenReader, d: Draft): void {
  const algorithm = t.number(255);
  const hit = fromHex(t.next());
  const key = fromBase64(t.next());
  if (!hit || hit.length < 1 || hit.length > 255) t.fail("bad-hex");
  if (!key || key.length < 1 || key.length > 65535) t.fail("bad-base64");
  if (!hit || !key || t.error !== undefined) return;
  d.u8(hit.length);
  d.u8(algorithm);
  d.u16(key.length);
  d.bytes(hit);
  d.bytes(key);
  while (!t.finished) {
    const server = t.name();
    if (server) d.bytes(server);
  }
}

export const HIP: RRTypeSpec = { code: 55, name: "HIP", fields: [body] };
