/**
 * The messages that come back after a signed request, one or many (RFC 8945 section 5.3): the first and the last are
 * signed, at most 99 unsigned ones stand between two signed ones, and each MAC covers the one before it.
 *
 * ```
 *  request MAC ─▶ message 1 (signed) ─ MAC ─▶ 2 … 100 unsigned, hashed as they are ─▶ 101 (signed) ─ MAC ─▶ … last (signed)
 * ```
 */
import { fail, ok, type Result } from "#bytes";
import { RCODE_MASK, Rcode, rcodeName } from "#message";
import { nameEquals, printName } from "#name";
import { algorithmOf, type HmacState, type StartHmac, type TsigKey } from "./key.ts";
import { judgeMac, macOfReceived, startAfter } from "./mac.ts";
import { findTsig, stripTsig, TsigError, type TsigRecord } from "./record.ts";

/** RFC 8945 section 5.3.1: unsigned messages that may stand between two signed ones. */
export const MAX_UNSIGNED = 99;

export type TsigProblemCode =
  | "tsig-form-error"
  | "tsig-missing"
  | "tsig-too-many-unsigned"
  | "tsig-wrong-key"
  | "tsig-wrong-algorithm"
  | "tsig-truncated-mac"
  | "tsig-bad-mac"
  | "tsig-bad-time"
  | "tsig-peer-bad-key"
  | "tsig-peer-bad-mac"
  | "tsig-peer-bad-time"
  | "tsig-peer-error";

export type TsigProblem = { readonly code: TsigProblemCode; readonly text: string };

export type VerifiedMessage = {
  /** Without TSIG: a copy when there was one. */
  readonly message: Uint8Array;
  readonly signed: boolean;
};

/**
 * One response. Feed every message in order; the first problem is final. An unsigned message is trustworthy only when a
 * later signed one was accepted: nothing may be applied before `complete` is true behind the last message.
 */
export class TsigVerifier {
  readonly #key: TsigKey;
  readonly #startHmac: StartHmac;
  #hmac: HmacState;
  #first = true;
  #unsigned = 0;

  /** `requestMac` as `signMessage` gave it. */
  constructor(key: TsigKey, requestMac: Uint8Array, startHmac: StartHmac) {
    this.#key = key;
    this.#startHmac = startHmac;
    this.#hmac = startAfter(startHmac, key, requestMac);
  }

  /** True when the last message fed was signed: the stream may end here. */
  get complete(): boolean {
    return !this.#first && this.#unsigned === 0;
  }

  /** `nowSeconds` since 1970. */
  accept(message: Uint8Array, nowSeconds: number): Result<VerifiedMessage, TsigProblem> {
    const found = findTsig(message);
    if (!found.ok) return problem("tsig-form-error", "malformed message or TSIG record not last");
    const record = found.value;
    if (!record) return this.#acceptUnsigned(message);
    const wrong = this.#checkRecord(record);
    if (wrong) return fail(wrong);
    const verdict = judgeMac(this.#key, record.mac, () => macOfReceived(this.#hmac, message, record, !this.#first));
    if (verdict === "form-error") return problem("tsig-form-error", `a MAC of ${record.mac.length} octets`);
    if (verdict === "truncated") return problem("tsig-truncated-mac", `MAC cut to ${record.mac.length} octets`);
    if (verdict === "bad")
      return problem("tsig-bad-mac", "the MAC does not match: another secret, or changed on the way");
    const apart = nowSeconds - record.timeSigned;
    if (Math.abs(apart) > record.fudge)
      return problem("tsig-bad-time", `the clocks are ${Math.abs(apart)} s apart, ${record.fudge} s allowed`);
    this.#hmac = startAfter(this.#startHmac, this.#key, record.mac);
    this.#first = false;
    this.#unsigned = 0;
    return ok({ message: stripTsig(message, record), signed: true });
  }

  #acceptUnsigned(message: Uint8Array): Result<VerifiedMessage, TsigProblem> {
    if (this.#first) return problem("tsig-missing", unsignedText(message[3]! & RCODE_MASK));
    if (this.#unsigned >= MAX_UNSIGNED)
      return problem("tsig-too-many-unsigned", `more than ${MAX_UNSIGNED} messages without TSIG`);
    this.#unsigned++;
    this.#hmac.update(message);
    return ok({ message, signed: false });
  }

  #checkRecord(record: TsigRecord): TsigProblem | undefined {
    const sent = printName(record.keyName);
    if (!nameEquals(this.#key.name, record.keyName))
      return { code: "tsig-wrong-key", text: `signed with ${sent}, not ${printName(this.#key.name)}` };
    const algorithm = algorithmOf(record.algorithm);
    if (!algorithm.ok || algorithm.value !== this.#key.algorithm)
      return {
        code: "tsig-wrong-algorithm",
        text: `signed with ${printName(record.algorithm)}, not ${this.#key.algorithm}`,
      };
    return record.error === TsigError.None ? undefined : peerProblem(record);
  }
}

/** What the peer says is wrong with our request. Not to be believed for more than a message: BADKEY and BADSIG come unsigned. */
function peerProblem(record: TsigRecord): TsigProblem {
  const key = printName(record.keyName);
  if (record.error === TsigError.BadKey)
    return { code: "tsig-peer-bad-key", text: `the primary does not know key ${key} (BADKEY)` };
  if (record.error === TsigError.BadSig)
    return { code: "tsig-peer-bad-mac", text: `the primary has another secret for key ${key} (BADSIG)` };
  if (record.error === TsigError.BadTime)
    return { code: "tsig-peer-bad-time", text: "the primary's clock is too far from ours (BADTIME)" };
  return { code: "tsig-peer-error", text: `the primary answered TSIG error ${record.error}` };
}

function problem(code: TsigProblemCode, text: string): { readonly ok: false; readonly error: TsigProblem } {
  return fail({ code, text });
}

/** Who refuses says so without a signature where it has no key to sign with (RFC 8945 section 5.3.2), or did not look at it. */
function unsignedText(rcode: number): string {
  const text = `the answer is ${rcodeName(rcode)} and not signed`;
  if (rcode !== Rcode.Refused && rcode !== Rcode.NotAuth) return text;
  return `${text}: that server does not know the zone, or does not allow this key or address`;
}
