/** Names as text: master-file escapes both ways (RFC 1035 section 5.1, RFC 4343 section 2.1). */
import { fail, ok, type Result } from "#bytes";
import { MAX_NAME, type Name, ROOT } from "./name.ts";

export type NameError =
  | "empty"
  | "empty-label"
  | "label-too-long"
  | "name-too-long"
  | "bad-escape"
  | "not-absolute"
  | "not-ascii";

/**
 * Text to a Name. A name without a final dot gets `origin` behind it; without an origin it is taken as absolute, as
 * `dig` does. `@` alone is the origin. Escapes: `\.`, `\\`, `\DDD`. Octets over 126 must be escaped: internationalised
 * names come in as A-labels.
 */
export function readName(text: string, origin?: Name): Result<Name, NameError> {
  if (text === "") return fail("empty");
  if (text === ".") return ok(ROOT);
  if (text === "@" && origin) return ok(origin);
  const octets: number[] = [];
  let label: number[] = [];
  let absolute = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    absolute = false;
    if (code === 0x2e) {
      if (label.length === 0) return fail("empty-label");
      octets.push(label.length, ...label);
      label = [];
      absolute = true;
      continue;
    }
    let octet = code;
    if (code === 0x5c) {
      const escaped = readEscape(text, i);
      if (!escaped) return fail("bad-escape");
      octet = escaped.octet;
      i = escaped.last;
    } else if (code > 126) {
      return fail("not-ascii");
    }
    label.push(octet);
    if (label.length > 63) return fail("label-too-long");
  }
  if (!absolute) octets.push(label.length, ...label);
  const tail = absolute || !origin ? ROOT : origin;
  if (octets.length + tail.length > MAX_NAME) return fail("name-too-long");
  const name = new Uint8Array(octets.length + tail.length);
  name.set(octets);
  name.set(tail, octets.length);
  return ok(name);
}

/** Absolute, with the final dot, case kept, everything outside the printable ASCII characters as `\DDD`. */
export function printName(name: Name): string {
  if (name[0] === 0) return ".";
  let text = "";
  for (let at = 0; name[at]! !== 0; at += name[at]! + 1) {
    for (let i = at + 1; i <= at + name[at]!; i++) text += printOctet(name[i]!);
    text += ".";
  }
  return text;
}

/** Characters that mean something in a master file: " $ ( ) . ; @ \ */
const SPECIAL = new Set([0x22, 0x24, 0x28, 0x29, 0x2e, 0x3b, 0x40, 0x5c]);

function printOctet(octet: number): string {
  if (SPECIAL.has(octet)) return `\\${String.fromCharCode(octet)}`;
  if (octet > 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return `\\${String(octet).padStart(3, "0")}`;
}

function readEscape(text: string, at: number): { octet: number; last: number } | undefined {
  const digits = text.slice(at + 1, at + 4);
  if (/^[0-9]{3}$/.test(digits)) {
    const octet = Number(digits);
    return octet > 255 ? undefined : { octet, last: at + 3 };
  }
  const code = text.charCodeAt(at + 1);
  if (Number.isNaN(code) || code > 126 || (code >= 0x30 && code <= 0x39)) return undefined;
  return { octet: code, last: at + 1 };
}
