/** The whole answer in one sentence, where what the look-up found and what the reply has are not the same. */
import { expect, test } from "vitest";
import { type Name, readName } from "#name";
import { RRType } from "#rdata";
import type { ExplainInput } from "./account.ts";
import { summaryOf } from "./sentences.ts";

const nameOf = (text: string): Name => {
  const name = readName(text);
  if (!name.ok) throw new Error(name.error);
  return name.value;
};
const apex = nameOf("example.");

/** One step that ends at `name`; `given`: types in the answer section. */
function summary(type: number, outcome: string, found: number, given: readonly number[] = []): string {
  const name = nameOf("www.example.");
  const step = { name, outcome, type: found, node: name, encloser: apex, wildcard: false, emptyNonTerminal: false };
  const message = { rcode: 0, flags: 0, answer: given.map((one) => ({ type: one, owner: name })) };
  const input = { name, type, apex, state: "serving", message, steps: [step], keys: [{}] };
  return summaryOf(input as unknown as ExplainInput);
}

test.each([
  [RRType.A, "answer", RRType.A, [RRType.A], /exists and has A records$/],
  [RRType.TXT, "nodata", 0, [], /exists, but has no record of this type$/],
  [RRType.NSEC, "nodata", 0, [RRType.NSEC], /has NSEC records that are made here/],
  [RRType.ANY, "answer", RRType.A, [RRType.A], /gets one type of those that are there/],
  [RRType.ANY, "answer", RRType.A, [RRType.HINFO], /gets one small HINFO record, made here/],
  [RRType.ANY, "answer", RRType.HINFO, [RRType.HINFO], /gets one type of those that are there/],
  [RRType.RRSIG, "answer", RRType.A, [RRType.RRSIG], /the signatures of its A records are given$/],
  [RRType.A, "cname", RRType.CNAME, [RRType.CNAME], /leads out of what is served here, or round in a circle/],
  [RRType.A, "nxdomain", 0, [], /does not exist, and no wildcard .*the signed proof/],
] as const)("type %i, %s of %i", (type, outcome, found, given, sentence) => {
  expect(summary(type, outcome, found, given)).toMatch(sentence);
});
