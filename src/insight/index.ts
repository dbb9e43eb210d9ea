/** What an operator wants to know of an answer, in words. The door of the room. */
export type { ExplainedKey, ExplainInput } from "./account.ts";
export { explainReply } from "./explain.ts";
export { readProofs } from "./proof.ts";
