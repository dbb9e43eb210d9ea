/** Signing what we send: single messages, and streams of responses. */
import { algorithmName, MAC_LENGTH, type StartHmac, type TsigKey } from "./key.ts";
import { startAfter } from "./mac.ts";
import { appendTsig, recordLength, TsigError, tsigTimers, tsigVariables } from "./record.ts";

/** Seconds that clocks may differ (RFC 8945 section 10 recommends it). */
export const FUDGE_SECONDS = 300;

const NOTHING = new Uint8Array(0);

export type Signed = {
  readonly message: Uint8Array;
  /** Response MACs begin with the request's: keep it until the answer is in. */
  readonly mac: Uint8Array;
};

export type SignOptions = {
  /** The request's MAC when `message` is a response to a signed request. */
  readonly requestMac?: Uint8Array;
  /** `TsigError` and Other Data; BADTIME needs them. */
  readonly error?: number;
  readonly other?: Uint8Array;
  /** When another time than `nowSeconds` has to stand in the record: BADTIME repeats the client's. */
  readonly timeSigned?: number;
};

/** Octets to leave free in a message that is to be signed with `key`. */
export function tsigLength(key: TsigKey): number {
  return recordLength(key.name, algorithmName(key.algorithm), MAC_LENGTH[key.algorithm], 0);
}

/** One whole message, request or response, signed. `nowSeconds` since 1970. */
export function signMessage(
  message: Uint8Array,
  key: TsigKey,
  nowSeconds: number,
  startHmac: StartHmac,
  options: SignOptions = {},
): Signed {
  const record = {
    keyName: key.name,
    algorithm: algorithmName(key.algorithm),
    timeSigned: options.timeSigned ?? nowSeconds,
    fudge: FUDGE_SECONDS,
    originalId: (message[0]! << 8) | message[1]!,
    error: options.error ?? TsigError.None,
    other: options.other ?? NOTHING,
  };
  const hmac = startAfter(startHmac, key, options.requestMac);
  hmac.update(message);
  hmac.update(tsigVariables(record));
  const mac = hmac.digest();
  return { message: appendTsig(message, { ...record, mac }), mac };
}

/** Signs every message of one response, in order: keeps the chain of MACs (RFC 8945 section 5.3.1). */
export class TsigSigner {
  readonly #key: TsigKey;
  readonly #startHmac: StartHmac;
  #priorMac: Uint8Array;
  #first = true;

  constructor(key: TsigKey, requestMac: Uint8Array, startHmac: StartHmac) {
    this.#key = key;
    this.#startHmac = startHmac;
    this.#priorMac = requestMac;
  }

  sign(message: Uint8Array, nowSeconds: number): Uint8Array {
    if (this.#first) {
      this.#first = false;
      const signed = signMessage(message, this.#key, nowSeconds, this.#startHmac, { requestMac: this.#priorMac });
      this.#priorMac = signed.mac;
      return signed.message;
    }
    const hmac = startAfter(this.#startHmac, this.#key, this.#priorMac);
    hmac.update(message);
    hmac.update(tsigTimers(nowSeconds, FUDGE_SECONDS));
    const mac = hmac.digest();
    this.#priorMac = mac;
    return appendTsig(message, {
      keyName: this.#key.name,
      algorithm: algorithmName(this.#key.algorithm),
      timeSigned: nowSeconds,
      fudge: FUDGE_SECONDS,
      mac,
      originalId: (message[0]! << 8) | message[1]!,
      error: TsigError.None,
      other: NOTHING,
    });
  }
}
