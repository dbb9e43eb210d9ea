/**
 * A request from outside (NOTIFY, and transfers out): is it signed, by whom, and what to answer when it is signed badly.
 * The order of the checks is RFC 8945 section 5.2's: key, MAC, time.
 */
import { Writer } from "#bytes";
import { Rcode } from "#message";
import type { Name } from "#name";
import { algorithmOf, keyMatches, type StartHmac, type TsigKey } from "./key.ts";
import { judgeMac, macOfReceived, startAfter } from "./mac.ts";
import { appendTsig, findTsig, stripTsig, TsigError, type TsigRecord } from "./record.ts";
import { FUDGE_SECONDS, signMessage } from "./sign.ts";

export type RequestRefusal = {
  readonly kind: "refused";
  readonly code: "form-error" | "bad-key" | "md5-refused" | "bad-mac" | "bad-time" | "truncated-mac";
  /** Of the answer: FormErr or NOTAUTH. */
  readonly rcode: number;
  readonly record?: TsigRecord;
  /** Set for "bad-time" only, whose answer is signed. */
  readonly key?: TsigKey;
};

export type VerifiedRequest =
  | { readonly kind: "unsigned" }
  | {
      readonly kind: "signed";
      readonly key: TsigKey;
      readonly mac: Uint8Array;
      /** Without the TSIG record, a copy. */
      readonly message: Uint8Array;
    }
  | RequestRefusal;

/** `findKey` may miss; `nowSeconds` since 1970. */
export function verifyRequest(
  message: Uint8Array,
  findKey: (name: Name) => TsigKey | undefined,
  nowSeconds: number,
  startHmac: StartHmac,
): VerifiedRequest {
  const found = findTsig(message);
  if (!found.ok) return { kind: "refused", code: "form-error", rcode: Rcode.FormErr };
  const record = found.value;
  if (!record) return { kind: "unsigned" };
  const refuse = (code: RequestRefusal["code"], key?: TsigKey): RequestRefusal => ({
    kind: "refused",
    code,
    rcode: code === "form-error" ? Rcode.FormErr : Rcode.NotAuth,
    record,
    key,
  });
  const key = findKey(record.keyName);
  if (!key || !keyMatches(key, record.keyName, record.algorithm)) {
    const algorithm = algorithmOf(record.algorithm);
    return refuse(!algorithm.ok && algorithm.error === "md5-refused" ? "md5-refused" : "bad-key");
  }
  const verdict = judgeMac(key, record.mac, () =>
    macOfReceived(startAfter(startHmac, key, undefined), message, record, false),
  );
  if (verdict === "form-error") return refuse("form-error");
  if (verdict === "truncated") return refuse("truncated-mac");
  if (verdict === "bad") return refuse("bad-mac");
  if (Math.abs(nowSeconds - record.timeSigned) > record.fudge) return refuse("bad-time", key);
  return { kind: "signed", key, mac: record.mac, message: stripTsig(message, record) };
}

/**
 * `reply` (its RCODE set by the caller to `refusal.rcode`) with the TSIG record that tells the requester what was wrong
 * (RFC 8945 section 5.2): unsigned for BADKEY, BADSIG and BADTRUNC, signed and with our time for BADTIME; as it is for FormErr.
 */
export function finishRefusal(
  reply: Uint8Array,
  refusal: RequestRefusal,
  nowSeconds: number,
  startHmac: StartHmac,
): Uint8Array {
  const { record, key, code } = refusal;
  if (!record || code === "form-error") return reply;
  if (code === "bad-time" && key) {
    const other = new Writer(new Uint8Array(6));
    other.u48(nowSeconds);
    const options = {
      requestMac: record.mac,
      error: TsigError.BadTime,
      other: other.written(),
      timeSigned: record.timeSigned,
    };
    return signMessage(reply, key, nowSeconds, startHmac, options).message;
  }
  const error =
    code === "bad-mac" ? TsigError.BadSig : code === "truncated-mac" ? TsigError.BadTrunc : TsigError.BadKey;
  return appendTsig(reply, {
    keyName: record.keyName,
    algorithm: record.algorithm,
    timeSigned: record.timeSigned,
    fudge: FUDGE_SECONDS,
    mac: new Uint8Array(0),
    originalId: (reply[0]! << 8) | reply[1]!,
    error,
    other: new Uint8Array(0),
  });
}
