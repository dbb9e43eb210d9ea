/**
 * What the pages say of the DS agrees in every look there can be. Before, the overview said "not known" and the keys "no" when the
 * parent's servers were silent and a resolver said that there is none.
 */
import { expect, test } from "vitest";
import { readName } from "#name";
import type { ParentSaying } from "./ask-parent.ts";
import { hasDsOf, shownParent } from "./seen-ds.ts";
import type { ParentNote } from "./watcher.ts";

const read = readName("example.com.");
if (!read.ok) throw new Error("a name");
const apex = read.value;
const key = Uint8Array.from([1, 1, 3, 13, ...Array.from({ length: 64 }, (_, i) => i)]);
const digests = { digest: () => new Uint8Array(32) } as unknown as Parameters<typeof hasDsOf>[3];
const NONE: ParentSaying = {
  server: "192.0.2.1:53",
  ds: [],
  delegatedTo: undefined,
  ttls: { ds: undefined, ns: undefined },
};
const FAULT = { code: "parent.rcode", text: "ns1.example: SERVFAIL" };
const note = (change: Partial<ParentNote>): ParentNote => ({
  checkedAt: 1_800_000_000,
  ds: [],
  fault: undefined,
  from: "parent",
  sayings: [NONE],
  silent: 0,
  ...change,
});

test.each([
  ["nobody was asked", undefined, null, undefined],
  ["the parent says none", note({}), "parent", false],
  ["one of its servers says none, another is silent", note({ fault: FAULT, silent: 1 }), "parent", false],
  ["all are silent, a resolver says none", note({ fault: FAULT, from: "resolver", silent: 2 }), "resolver", false],
  ["nobody says anything", note({ fault: FAULT, sayings: [] }), null, undefined],
  ["nobody says anything, a DS was seen before", note({ fault: FAULT, sayings: [], ds: ["x"] }), null, undefined],
] as const)("%s", (_, seen, answeredBy, has) => {
  expect(shownParent(seen).answered_by).toBe(answeredBy);
  expect(hasDsOf(apex, key, seen, digests)).toBe(has);
});
