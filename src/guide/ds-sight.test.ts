/** One word for what is known of the DS: a resolver's "none" is one, silence is not. */
import { expect, test } from "vitest";
import { type DsSight, judgeDsSight, type ParentSeen } from "./ds-sight.ts";

const at = "2026-11-26T08:00:00Z";
const ds = ["example.com. IN DS 1 13 2 00"];
const cases: readonly (readonly [string, ParentSeen, DsSight])[] = [
  ["nobody was asked yet", { checked_time: null, ds: [], answered_by: null }, "not-asked"],
  ["the parent says that there is none", { checked_time: at, ds: [], answered_by: "parent" }, "none"],
  [
    "its servers are silent, a resolver says that there is none",
    { checked_time: at, ds: [], answered_by: "resolver" },
    "none",
  ],
  ["a resolver has one", { checked_time: at, ds, answered_by: "resolver" }, "some"],
  ["nobody answered", { checked_time: at, ds: [], answered_by: null }, "unknown"],
  ["nobody answered, one was seen before", { checked_time: at, ds, answered_by: null }, "unknown"],
];

test.each(cases)("%s", (_, parent, sight) => {
  expect(judgeDsSight(parent)).toBe(sight);
});
