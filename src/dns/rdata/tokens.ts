/**
 * The tokens of one record's RDATA in master-file form (RFC 1035 section 5.1), and how single tokens are understood. A
 * token is raw: escapes as written, quotes still around it. One character is one octet (ISO 8859-1).
 */
import { type Name, readName } from "#name";

/** Why text is no RDATA of its type. Codes, not sentences. */
export type RdataError =
  | "missing-field"
  | "extra-field"
  | "bad-number"
  | "bad-name"
  | "bad-character-string"
  | "bad-base64"
  | "bad-hex"
  | "bad-base32"
  | "bad-address"
  | "bad-type"
  | "bad-time"
  | "bad-mnemonic"
  | "bad-location"
  | "bad-prefix"
  | "bad-service-parameter"
  | "bad-generic-rdata"
  | "no-text-form"
  | "too-long"
  | "malformed-rdata";

/** A cursor over tokens with a sticky error; after an error every token reads as empty. */
export class TokenReader {
  private readonly tokens: readonly string[];
  readonly origin: Name | undefined;
  private at = 0;
  error: RdataError | undefined;

  constructor(tokens: readonly string[], origin?: Name) {
    this.tokens = tokens;
    this.origin = origin;
  }

  get finished(): boolean {
    return this.at >= this.tokens.length || this.error !== undefined;
  }

  fail(error: RdataError): void {
    this.error ??= error;
  }

  next(): string {
    if (this.error !== undefined || this.at >= this.tokens.length) {
      this.fail("missing-field");
      return "";
    }
    return this.tokens[this.at++]!;
  }

  /** All tokens that are left, joined: base64 and hex may be broken over several. */
  rest(): string {
    const text = this.tokens.slice(this.at).join("");
    this.at = this.tokens.length;
    return this.error === undefined ? text : "";
  }

  /** Unsigned decimal, at most `max`. */
  number(max: number): number {
    const value = readNumber(this.next(), max);
    if (value === undefined) this.fail("bad-number");
    return value ?? 0;
  }

  name(): Name | undefined {
    const token = this.next();
    const name = readName(token, this.origin);
    // readName would take a quotation mark as an octet of a label: in a master file it opens a quoted string.
    if (name.ok && !token.startsWith('"')) return name.value;
    this.fail("bad-name");
    return undefined;
  }

  /** A <character-string>'s octets, at most `max`; quoted or not. */
  characters(max: number): Uint8Array {
    const octets = readCharacters(this.next());
    if (octets === undefined) this.fail("bad-character-string");
    else if (octets.length > max) this.fail("too-long");
    else return octets;
    return new Uint8Array(0);
  }
}

export function readNumber(text: string, max: number): number | undefined {
  if (!/^[0-9]{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** Seconds in each unit of a TTL (the notation that BIND brought and all take). */
const TTL_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

/** `3600`, `1h30m`, `1W`: seconds, 0 to 2^32-1; undefined for anything else. */
export function readTtl(text: string): number | undefined {
  const plain = readNumber(text, 0xffffffff);
  if (plain !== undefined) return plain;
  if (!/^([0-9]{1,10}[smhdwSMHDW])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const part of text.toLowerCase().match(/[0-9]+[smhdw]/g) ?? []) {
    seconds += Number(part.slice(0, -1)) * TTL_UNITS[part.slice(-1)]!;
  }
  return seconds <= 0xffffffff ? seconds : undefined;
}

/** Takes quotes off and escapes apart; undefined for a bad escape, a stray quote, or a character over 255. */
export function readCharacters(token: string): Uint8Array | undefined {
  const quoted = token.startsWith('"');
  const end = quoted ? token.length - 1 : token.length;
  if (quoted && (end < 1 || token[end] !== '"')) return undefined;
  const octets = new Uint8Array(end);
  let length = 0;
  for (let i = quoted ? 1 : 0; i < end; i++) {
    let code = token.charCodeAt(i);
    if (code > 255 || code === 0x22) return undefined;
    if (code === 0x5c) {
      const digits = token.slice(i + 1, Math.min(i + 4, end));
      if (/^[0-9]{3}$/.test(digits)) {
        code = Number(digits);
        i += 3;
      } else {
        i++;
        if (i >= end || /^[0-9]/.test(digits)) return undefined;
        code = token.charCodeAt(i);
      }
      if (code > 255) return undefined;
    }
    octets[length++] = code;
  }
  return octets.subarray(0, length);
}

/** Quoted, with `"`, `\` and everything outside printable ASCII escaped. */
export function printCharacters(octets: Uint8Array): string {
  let text = '"';
  for (const octet of octets) {
    if (octet === 0x22 || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else if (octet >= 0x20 && octet < 0x7f) text += String.fromCharCode(octet);
    else text += `\\${String(octet).padStart(3, "0")}`;
  }
  return `${text}"`;
}
