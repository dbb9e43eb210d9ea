/** What follows from a catalog: one case for each cell of the table in plan.ts. */
import { describe, expect, test } from "vitest";
import { type Name, nameKey, printName, readName } from "#name";
import { type CatalogMember, type KnownMember, type PlanInput, planCatalog } from "./index.ts";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const ONE = name("one.test.");
const NEW = name("new.catz.");
const OLD = name("old.catz.");

const member = (more: Partial<CatalogMember> = {}): CatalogMember => ({
  node: "a",
  zone: ONE,
  groups: [],
  coo: undefined,
  ...more,
});
const known = (more: Partial<KnownMember> = {}): KnownMember => ({
  zoneId: "z1",
  catalogId: "new",
  catalogKey: nameKey(NEW),
  zone: ONE,
  node: "a",
  groups: [],
  coo: undefined,
  kept: false,
  ...more,
});
const elsewhere = (more: Partial<KnownMember> = {}) => known({ catalogId: "old", catalogKey: nameKey(OLD), ...more });

function plan(members: readonly CatalogMember[], own: readonly KnownMember[], more: Partial<PlanInput> = {}): string[] {
  const { steps, refused } = planCatalog({
    catalogId: "new",
    catalogKey: nameKey(NEW),
    catalog: { members },
    members: own,
    claimOf: () => undefined,
    allowed: [],
    ...more,
  });
  return [
    ...steps.map((step) => `${step.kind} ${printName("known" in step ? step.known.zone : step.member.zone)}`),
    ...refused.map((refusal) => refusal.code),
  ];
}

describe("members of this catalog", () => {
  test.each([
    ["the same twice", [member()], [known()], []],
    ["new", [member()], [], ["add one.test."]],
    ["gone", [], [known()], ["leave one.test."]],
    ["gone and kept already", [], [known({ kept: true })], []],
    ["back", [member()], [known({ kept: true })], ["return one.test."]],
    ["back at another node", [member({ node: "b" })], [known({ kept: true })], ["return one.test."]],
    ["another node", [member({ node: "b" })], [known()], ["reset one.test."]],
    ["another group", [member({ groups: ["g"] })], [known()], ["update one.test."]],
    ["coo set", [member({ coo: OLD })], [known()], ["update one.test."]],
    ["coo spelled otherwise", [member({ coo: name("OLD.catz.") })], [known({ coo: OLD })], []],
    ["name spelled otherwise", [member({ zone: name("One.TEST.") })], [known()], []],
    ["the root", [member({ zone: name(".") })], [], ["not-a-zone"]],
  ])("%s", (_, members, own, expected) => {
    expect(plan(members, own)).toEqual(expected);
  });
});

describe("names that are taken", () => {
  test.each([
    ["by hand", "by-hand", {}, ["exists"]],
    ["by another catalog", elsewhere(), {}, ["other-catalog"]],
    ["by another catalog that hands it to a third", elsewhere({ coo: name("third.") }), {}, ["other-catalog"]],
    ["handed over, same node", elsewhere({ coo: NEW }), {}, ["migrate one.test."]],
    ["handed over, another node", elsewhere({ coo: NEW, node: "b" }), {}, ["reset one.test."]],
    ["removed there before", elsewhere({ kept: true }), {}, ["reset one.test."]],
    ["handed over by us, and taken", elsewhere(), { coo: OLD }, ["moved"]],
  ] as const)("%s", (_, claim, more, expected) => {
    expect(plan([member(more)], [], { claimOf: () => claim })).toEqual(expected);
  });
});

describe("names that are allowed", () => {
  const allowed = [name("test.")];
  test("within", () => expect(plan([member()], [], { allowed })).toEqual(["add one.test."]));
  test("without", () => expect(plan([member({ zone: name("x.example.") })], [], { allowed })).toEqual(["not-allowed"]));
  test("no longer: the member leaves", () => {
    expect(plan([member()], [known()], { allowed: [name("example.")] })).toEqual(["leave one.test.", "not-allowed"]);
  });
});
