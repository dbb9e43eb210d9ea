/**
 * Three plain questions and the signing mode that follows:
 *
 *   shall resolvers check the answers?  no ▶ unsigned
 *   who else answers for the domain?    others, with keys of their own ▶ multisigner
 *   who signs?                          the primary ▶ presigned        Countersign ▶ live
 */
import type { Mode } from "./mode-plan.ts";

export type ModeAnswers = {
  readonly dnssec: "yes" | "not-now";
  readonly signer: "countersign" | "primary";
  /** `copies`: others serve what the primary sends, as it is. `own-keys`: others sign, too. */
  readonly others: "none" | "copies" | "own-keys";
};

/**
 * What speaks against it, as far as it can be seen.
 *
 *   others-unsigned     others would answer without our signatures: resolvers would refuse those answers
 *   no-signatures-seen  the primary is to sign, but sends no signatures yet
 *   signatures-dropped  the primary signs, and its signatures would be taken out
 */
export type ModeCaution = "others-unsigned" | "no-signatures-seen" | "signatures-dropped";

/** What the transfer brought. */
export type SeenRecords = { readonly signed: boolean; readonly nsec3: boolean };

export type ModeProposal = {
  readonly mode: Mode;
  /** For `dnssec_use_nsec3`; undefined: as it is. */
  readonly nsec3: boolean | undefined;
  readonly caution: ModeCaution | undefined;
};

export function proposeMode({ dnssec, signer, others }: ModeAnswers, seen: SeenRecords): ModeProposal {
  if (dnssec === "not-now") return { mode: "unsigned", nsec3: undefined, caution: undefined };
  if (others === "own-keys") return { mode: "multisigner", nsec3: undefined, caution: undefined };
  if (signer === "primary") {
    return { mode: "presigned", nsec3: seen.nsec3, caution: seen.signed ? undefined : "no-signatures-seen" };
  }
  const caution = others === "copies" ? "others-unsigned" : seen.signed ? "signatures-dropped" : undefined;
  return { mode: "live", nsec3: undefined, caution };
}
