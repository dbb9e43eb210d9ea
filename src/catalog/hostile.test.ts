/** Catalogs that are made to do harm: with a million members, with themselves or each other as members, with members by the hundred at one node. */
import { describe, expect, test } from "vitest";
import { type Name, nameKey, readName } from "#name";
import { RRType } from "#rdata";
import type { RRset } from "#zone";
import { planCatalog, readCatalog } from "./index.ts";

const APEX = name("bad.catz.");
const OTHER = name("other.catz.");

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const VERSION: RRset = { owner: name("version.bad.catz."), type: RRType.TXT, ttl: 0, rdatas: [Uint8Array.of(1, 50)] };
const pointer = (node: string, ...zones: readonly string[]): RRset => {
  return { owner: name(`${node}.zones.bad.catz.`), type: RRType.PTR, ttl: 0, rdatas: zones.map(name) };
};

describe("read", () => {
  test("a million members: no more are looked at than are allowed", () => {
    let looked = 0;
    function* endless(): Generator<RRset> {
      yield VERSION;
      for (let i = 0; i < 1_000_000; i++) {
        looked++;
        yield pointer(`m${i}`, `n${i}.example.`);
      }
    }
    const read = readCatalog(APEX, endless(), 1000);
    expect(read.ok ? "read" : read.error.code).toBe("too-many-members");
    expect(looked).toBe(1001);
  });

  test("five hundred members at one node, and one at five hundred nodes", () => {
    const many = Array.from({ length: 500 }, (_, i) => `n${i}.example.`);
    const one = readCatalog(APEX, [VERSION, pointer("m", ...many)], 1000);
    expect(one.ok ? "read" : one.error.code).toBe("member-several");
    const same = readCatalog(APEX, [VERSION, ...many.map((_, i) => pointer(`m${i}`, "n.example."))], 1000);
    expect(same.ok ? "read" : same.error.code).toBe("member-twice");
  });
});

test("itself and another catalog as members, each named to hand the other over: both are left alone", () => {
  const members = [
    { node: "a", zone: APEX, groups: [], coo: OTHER },
    { node: "b", zone: OTHER, groups: [], coo: APEX },
    { node: "c", zone: name("."), groups: [], coo: undefined },
  ];
  const { steps, refused } = planCatalog({
    catalogId: "bad",
    catalogKey: nameKey(APEX),
    catalog: { members },
    members: [],
    // Catalogs are zones that somebody made.
    claimOf: () => "by-hand",
    allowed: [],
  });
  expect(steps).toEqual([]);
  expect(refused.map(({ code }) => code)).toEqual(["exists", "exists", "not-a-zone"]);
});
