/** TSIG (RFC 8945): messages and streams of messages signed and verified; HMAC and clock are handed in. The door of the room. */

export {
  type HmacState,
  MAC_LENGTH,
  readTsigAlgorithm,
  type StartHmac,
  TSIG_ALGORITHMS,
  type TsigAlgorithm,
  type TsigAlgorithmError,
  type TsigKey,
} from "./key.ts";
export { findTsig, TsigError, type TsigRecord } from "./record.ts";
export { finishRefusal, type RequestRefusal, type VerifiedRequest, verifyRequest } from "./request.ts";
export { FUDGE_SECONDS, type Signed, type SignOptions, signMessage, TsigSigner, tsigLength } from "./sign.ts";
export { MAX_UNSIGNED, type TsigProblem, type TsigProblemCode, TsigVerifier, type VerifiedMessage } from "./verify.ts";
