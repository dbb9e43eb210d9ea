/** A fresh TSIG secret, made in the browser: as many octets as HMAC-SHA256 gives (RFC 2104 section 3), in base64. */
const OCTETS = 32;

export function makeTsigSecret(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(OCTETS))));
}

/** `transfer.example.com.`; with a few random digits, so that a second attempt does not meet the first one's name. */
export function tsigNameFor(zone: string): string {
  const tail = crypto
    .getRandomValues(new Uint8Array(2))
    .reduce((text, octet) => text + octet.toString(16).padStart(2, "0"), "");
  return `transfer-${tail}.${zone}.`;
}
