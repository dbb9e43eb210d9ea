import { expect, test } from "vitest";
import { proposeMode } from "./mode-proposal.ts";

const plain = { signed: false, nsec3: false };
const signed = { signed: true, nsec3: false };

test.each([
  ["not-now", "countersign", "none", plain, "unsigned", undefined],
  ["not-now", "primary", "own-keys", signed, "unsigned", undefined],
  ["yes", "countersign", "none", plain, "live", undefined],
  ["yes", "countersign", "none", signed, "live", "signatures-dropped"],
  ["yes", "countersign", "copies", plain, "live", "others-unsigned"],
  ["yes", "countersign", "own-keys", plain, "multisigner", undefined],
  ["yes", "primary", "none", signed, "presigned", undefined],
  ["yes", "primary", "copies", signed, "presigned", undefined],
  ["yes", "primary", "none", plain, "presigned", "no-signatures-seen"],
  ["yes", "primary", "own-keys", signed, "multisigner", undefined],
] as const)("%s, %s, %s with %j", (dnssec, signer, others, seen, mode, caution) => {
  expect(proposeMode({ dnssec, signer, others }, seen)).toMatchObject({ mode, caution });
});

test("NSEC3 from the primary is accepted where the primary signs", () => {
  const answers = { dnssec: "yes", signer: "primary", others: "none" } as const;
  expect(proposeMode(answers, { signed: true, nsec3: true }).nsec3).toBe(true);
  expect(proposeMode(answers, signed).nsec3).toBe(false);
});
