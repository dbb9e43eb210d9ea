/** What an explanation is made of: the reply, the worker's account of it, and what control knows of the zone. */
import type { Message } from "#message";
import type { Name } from "#name";
import type { ProofStep } from "./proof.ts";

/** One look-up as the worker noted it. */
export type AccountStep = ProofStep & { readonly type: number; readonly emptyNonTerminal: boolean };

/** A key that the zone publishes. */
export type ExplainedKey = { readonly tag: number; readonly role: "ksk" | "zsk"; readonly ours: boolean };

export type ExplainInput = {
  readonly name: Name;
  readonly type: number;
  readonly message: Message;
  readonly steps: readonly AccountStep[];
  /** By the offset of their octets. */
  readonly signatures: ReadonlyMap<number, "table" | "made" | "cache">;
  /** Offsets of records. */
  readonly made: ReadonlySet<number>;
  /** Of the zone that answered; undefined when there is none. */
  readonly apex: Name | undefined;
  readonly state: "serving" | "not-ready" | "expired" | undefined;
  /** Answers are signed here. */
  readonly live: boolean;
  readonly keys: readonly ExplainedKey[];
  /** Unix seconds. */
  readonly now: number;
};
