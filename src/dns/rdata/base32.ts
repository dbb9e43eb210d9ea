/** base32hex without padding (RFC 4648 section 7): how NSEC3 writes hashes as labels (RFC 5155 section 1.3). */

const DIGITS = "0123456789abcdefghijklmnopqrstuv";

/** Lower case, as RFC 5155 owner names are usually seen. */
export function base32hexEncode(octets: Uint8Array): string {
  let text = "";
  let word = 0;
  let bits = 0;
  for (const octet of octets) {
    word = ((word << 8) | octet) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += DIGITS[(word >> bits) & 31]!;
    }
  }
  return bits > 0 ? text + DIGITS[(word << (5 - bits)) & 31]! : text;
}

/** Either case; undefined for other characters, an impossible length, or bits left over that are not zero. */
export function base32hexDecode(text: string): Uint8Array | undefined {
  const left = text.length % 8;
  if (left === 1 || left === 3 || left === 6) return undefined;
  const octets = new Uint8Array(Math.floor((text.length * 5) / 8));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = digitValue(text.charCodeAt(i));
    if (value < 0) return undefined;
    word = ((word << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      octets[at++] = (word >> bits) & 255;
    }
  }
  return (word & ((1 << bits) - 1)) === 0 ? octets : undefined;
}

function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x76) return code - 0x61 + 10;
  if (code >= 0x41 && code <= 0x56) return code - 0x41 + 10;
  return -1;
}
