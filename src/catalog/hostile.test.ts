/** Catalogs that are made to do harm: with a million members, with themselves or each other as members, with members by the hundred at one node. */
import { describe, expect, test } from "vitest";
import { type Name, nameKey, readName } from "#name";
import { RRType } from "#rdata";
import type { RRset } from "#zone";
import { planCatalog, readCatalog } from "./index.ts";
import { MAX_GROUPS } from "./read.ts";

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

test("two catalogs that hand one member to each other: it stays with the one that has it", () => {
  const zone = name("n.example.");
  const of = (catalogId: string, apex: Name, coo: Name) => {
    return { zoneId: "z", catalogId, catalogKey: nameKey(apex), zone, node: "a", groups: [], coo, kept: false };
  };
  const looks = [
    [APEX, OTHER, of("other", OTHER, APEX)],
    [OTHER, APEX, of("bad", APEX, OTHER)],
  ] as const;
  for (const [apex, coo, has] of looks) {
    const { steps, refused } = planCatalog({
      catalogId: "looked at",
      catalogKey: nameKey(apex),
      catalog: { members: [{ node: "a", zone, groups: [], coo }] },
      members: [],
      claimOf: () => has,
      allowed: [],
    });
    expect(steps).toEqual([]);
    expect(refused.map(({ code }) => code)).toEqual(["moved"]);
  }
});

test("a member that is handed to the catalog it is in, and members above and below each other and the catalog: nothing special", () => {
  const zones = ["n.example.", "a.n.example.", "catz.", "below.bad.catz.", "zones.bad.catz."].map(name);
  const members = zones.map((zone, i) => ({ node: `m${i}`, zone, groups: [], coo: APEX }));
  const input = { catalogId: "bad", catalogKey: nameKey(APEX), catalog: { members }, allowed: [] };
  const { steps, refused } = planCatalog({ ...input, members: [], claimOf: () => undefined });
  expect([steps.map(({ kind }) => kind), refused]).toEqual([zones.map(() => "add"), []]);
  const known = members.map((one, i) => {
    return { ...one, zoneId: `z${i}`, catalogId: "bad", catalogKey: nameKey(APEX), kept: false };
  });
  expect(planCatalog({ ...input, members: known, claimOf: () => undefined }).steps).toEqual([]);
});

describe("properties", () => {
  const text = (owner: Name, ...values: readonly string[]): RRset => {
    const rdatas = values.map((value) => Uint8Array.from([value.length, ...Buffer.from(value, "latin1")]));
    return { owner, type: RRType.TXT, ttl: 0, rdatas };
  };

  test.each([
    ["missing", [], "version-missing"],
    ["twice", ["2", "2"], "version-several"],
    ["of the first and the second kind", ["1", "2"], "version-several"],
    ["3", ["3"], "version-unknown"],
    ["empty", [""], "version-unknown"],
    ["2 and a blank", ["2 "], "version-unknown"],
  ] as const)("a version that is %s", (_, versions, code) => {
    const version = versions.length > 0 ? [text(name("version.bad.catz."), ...versions)] : [];
    const read = readCatalog(APEX, [...version, pointer("m", "n.example.")], 1000);
    expect(read.ok ? "read" : read.error.code).toBe(code);
  });

  test("nodes of 63 octets of every value are as many members as there are", () => {
    const sets = Array.from({ length: 4 }, (_, quarter) => {
      const label = Uint8Array.from({ length: 64 }, (_octet, i) => (i === 0 ? 63 : (quarter * 64 + i) & 255));
      const owner = Uint8Array.from([...label, ...name("zones.bad.catz.")]);
      return { owner, type: RRType.PTR, ttl: 0, rdatas: [name(`n${quarter}.example.`)] };
    });
    const read = readCatalog(APEX, [VERSION, ...sets], 1000);
    expect(read.ok && new Set(read.value.members.map(({ node }) => node)).size).toBe(4);
  });

  test("ten thousand groups of one member: as many as are looked at", () => {
    const groups = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(200, "g"));
    const owner = name("group.m.zones.bad.catz.");
    const read = readCatalog(APEX, [VERSION, pointer("m", "n.example."), text(owner, ...groups)], 1000);
    expect(read.ok && read.value.members[0]!.groups.length).toBe(MAX_GROUPS);
  });
});
