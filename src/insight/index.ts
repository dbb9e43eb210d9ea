/** What an operator wants to know of an answer or a chain of trust, in words and as a picture. The door of the room. */
export type { ExplainedKey, ExplainInput } from "./account.ts";
export { CHECKED_TYPES, type ChainObservation, type ChainVerdict, judgeChain } from "./chain.ts";
export { drawChain } from "./chain-svg.ts";
export type { ServerSaying } from "./delegation.ts";
export type { DenialSeen } from "./denial.ts";
export { explainReply } from "./explain.ts";
export { readProofs } from "./proof.ts";
export { findSet, type SignedSet } from "./signatures.ts";
