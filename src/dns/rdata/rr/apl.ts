/**
 * APL: lists of address prefixes, RFC 3123 section 4. Trailing zero octets of the address part are left out.
 *
 *   | ( ADDRESSFAMILY 16 | PREFIX 8 | N 1 | AFDLENGTH 7 | AFDPART )* |
 */
import type { Reader } from "#bytes";
import type { Copier } from "../copier.ts";
import type { Draft } from "../draft.ts";
import { printIpv4, printIpv6, readIpv4, readIpv6 } from "../fields/addresses.ts";
import type { Field, RRTypeSpec } from "../spec.ts";
import { readNumber, type TokenReader } from "../tokens.ts";

/** Address family numbers and their address lengths in octets. */
const FAMILY_LENGTH: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [2, 16],
]);

const prefixes: Field = {
  // Every turn takes at least four octets, or fails.
  copy: (c) => {
    while (!c.failed && c.remaining > 0) copyPrefix(c);
  },
  print: (r) => {
    const texts: string[] = [];
    while (r.remaining > 0) texts.push(printPrefix(r));
    return texts.length === 0 ? undefined : texts.join(" ");
  },
  read: (t, d) => {
    while (!t.finished) readPrefix(t, d);
  },
  skip: (rdata) => rdata.length,
};

function copyPrefix(c: Copier): void {
  const addressLength = FAMILY_LENGTH.get(c.peekU16(0));
  const partLength = c.peek(3) & 0x7f;
  if (addressLength === undefined || c.peek(2) > addressLength * 8 || partLength > addressLength) c.failed = true;
  // "MUST NOT have trailing zero octets" (RFC 3123 section 4): one prefix has one form.
  if (partLength > 0 && c.peek(3 + partLength) === 0) c.failed = true;
  c.copy(4 + partLength);
}

function printPrefix(r: Reader): string {
  const family = r.u16();
  const prefixLength = r.u8();
  const octet = r.u8();
  const address = new Uint8Array(FAMILY_LENGTH.get(family) ?? 16);
  const part = r.bytes(octet & 0x7f);
  if (part.length > address.length) r.fail();
  else address.set(part);
  const text = family === 1 ? printIpv4(address) : printIpv6(address);
  return `${octet >= 0x80 ? "!" : ""}${family}:${text}/${prefixLength}`;
}

function readPrefix(t: TokenReader, d: Draft): void {
  const parts = /^(!?)([12]):([0-9a-fA-F.:]+)\/([0-9]{1,3})$/.exec(t.next());
  const family = Number(parts?.[2]);
  const address = family === 1 ? readIpv4(parts![3]!) : family === 2 ? readIpv6(parts![3]!) : undefined;
  const prefixLength = address && readNumber(parts![4]!, address.length * 8);
  if (!address || prefixLength === undefined) {
    t.fail("bad-prefix");
    return;
  }
  let partLength = address.length;
  while (partLength > 0 && address[partLength - 1] === 0) partLength--;
  d.u16(family);
  d.u8(prefixLength);
  d.u8(partLength | (parts![1] === "!" ? 0x80 : 0));
  d.bytes(address.subarray(0, partLength));
}

export const APL: RRTypeSpec = { code: 42, name: "APL", fields: [prefixes] };
