/** What goes into a MAC, and comparing MACs in constant time. */
import { type HmacState, MAC_LENGTH, type StartHmac, type TsigKey } from "./key.ts";
import { signedHeader, type TsigRecord, tsigTimers, tsigVariables } from "./record.ts";

/** An HMAC that begins with an earlier MAC and its length, as every response does (RFC 8945 section 5.3.1). */
export function startAfter(startHmac: StartHmac, key: TsigKey, priorMac: Uint8Array | undefined): HmacState {
  const hmac = startHmac(key.algorithm, key.secret);
  if (priorMac) {
    hmac.update(Uint8Array.of(priorMac.length >> 8, priorMac.length));
    hmac.update(priorMac);
  }
  return hmac;
}

/** The MAC of a received message that carries `record`; `timersOnly` for all but the first of a stream. */
export function macOfReceived(
  hmac: HmacState,
  message: Uint8Array,
  record: TsigRecord,
  timersOnly: boolean,
): Uint8Array {
  hmac.update(signedHeader(message, record.originalId));
  hmac.update(message.subarray(12, record.at));
  hmac.update(timersOnly ? tsigTimers(record.timeSigned, record.fudge) : tsigVariables(record));
  return hmac.digest();
}

export type MacVerdict = "good" | "bad" | "truncated" | "form-error";

/**
 * RFC 8945 section 5.2.2.1: longer than the digest, or shorter than ten octets and half of it, is malformed; other
 * truncation is legal and refused here (nobody needs it, and it weakens the key).
 */
export function judgeMac(key: TsigKey, received: Uint8Array, computed: () => Uint8Array): MacVerdict {
  const full = MAC_LENGTH[key.algorithm];
  if (received.length > full || received.length < Math.max(10, full / 2)) return "form-error";
  if (received.length < full) return "truncated";
  return equalInConstantTime(received, computed()) ? "good" : "bad";
}

function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}
