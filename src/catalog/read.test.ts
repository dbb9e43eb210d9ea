/** Catalogs that are right, and broken in every way that RFC 9432 names. */
import { describe, expect, test } from "vitest";
import { type Name, printName, readName } from "#name";
import { type RRset, zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import { buildCatalog, readCatalog } from "./index.ts";

const CATZ = name("catz.test.");
const HEAD = "@ 0 SOA invalid. invalid. 1 3600 600 86400 0\n@ 0 NS invalid.\n";
const V2 = `${HEAD}version 0 TXT "2"\n`;

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function rrsets(text: string): Iterable<RRset> {
  const read = readZoneFile(text, CATZ);
  if (!read.ok) throw new Error(`${read.error.line}: ${read.error.reason}`);
  const sets = read.value.map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const version = zoneFromRRsets(CATZ, sets);
  if (!version.ok) throw new Error(version.error.text);
  return version.value.rrsets();
}

function read(text: string, max = 100) {
  const catalog = readCatalog(CATZ, rrsets(text), max);
  if (!catalog.ok) return catalog.error.code;
  return catalog.value.members
    .map(({ node, zone, groups, coo }) => [node, printName(zone), ...groups, ...(coo ? [`coo ${printName(coo)}`] : [])])
    .sort();
}

describe("a catalog that is right", () => {
  test.each([
    ["no members", V2, []],
    [
      "members",
      `${V2}a.zones 0 PTR one.test.\nb.zones 0 PTR two.test.\n`,
      [
        ["a", "one.test."],
        ["b", "two.test."],
      ],
    ],
    [
      "groups, several values",
      `${V2}a.zones PTR one.test.\ngroup.a.zones TXT "y"\ngroup.a.zones TXT "x" "z"\n`,
      [["a", "one.test.", "xz", "y"]],
    ],
    [
      "change of ownership",
      `${V2}a.zones PTR one.test.\ncoo.a.zones PTR new.test.\n`,
      [["a", "one.test.", "coo new.test."]],
    ],
    [
      "capitals in labels of properties and nodes",
      `${HEAD}VERSION TXT 2\nA.ZONES PTR one.test.\nGroup.a.zones TXT g\n`,
      [["a", "one.test.", "g"]],
    ],
    [
      "custom properties, unknown ones, other types",
      `${V2}a.zones PTR one.test.\na.zones A 192.0.2.1\nx.ext.a.zones TXT "1"\nx.ext TXT "1"\nserial.a.zones TXT "7"\nother A 192.0.2.1\ngroup.a.zones A 192.0.2.1\ncoo.a.zones TXT "no"\n`,
      [["a", "one.test."]],
    ],
    ["properties of a node without a member", `${V2}group.a.zones TXT "g"\n`, []],
    ["PTRs elsewhere", `${V2}x PTR one.test.\nzones PTR one.test.\na.b.c.zones PTR one.test.\n`, []],
    ["an odd label", `${V2}a\\.b\\000.zones PTR one.test.\n`, [["a\\.b\\000", "one.test."]]],
  ])("%s", (_, text, members) => {
    expect(read(text)).toEqual(members);
  });
});

describe("a broken one", () => {
  test.each([
    ["no version", `${HEAD}a.zones PTR one.test.\n`, "version-missing"],
    ["version of another type", `${HEAD}version A 192.0.2.1\n`, "version-missing"],
    ["two versions", `${V2}version TXT "1"\n`, "version-several"],
    ["version 1", `${HEAD}version TXT "1"\n`, "version-unknown"],
    ["version 3", `${HEAD}version TXT "3"\n`, "version-unknown"],
    ["an empty version", `${HEAD}version TXT ""\n`, "version-unknown"],
    ["a version of 2 and an empty string", `${HEAD}version TXT "2" ""\n`, "version-unknown"],
    ["a version of an empty string and 2", `${HEAD}version TXT "" "2"\n`, "version-unknown"],
    ["two PTRs at a node", `${V2}a.zones PTR one.test.\na.zones PTR two.test.\n`, "member-several"],
    ["one member at two nodes", `${V2}a.zones PTR one.test.\nb.zones PTR ONE.test.\n`, "member-twice"],
    ["two coos", `${V2}a.zones PTR one.test.\ncoo.a.zones PTR x.test.\ncoo.a.zones PTR y.test.\n`, "coo-several"],
  ])("%s", (_, text, code) => {
    expect(read(text)).toBe(code);
  });

  test("more members than the limit", () => {
    const text = `${V2}${Array.from({ length: 4 }, (_, i) => `n${i}.zones PTR z${i}.test.`).join("\n")}\n`;
    expect(read(text, 3)).toBe("too-many-members");
    expect(read(text, 4)).toHaveLength(4);
  });
});

test("what is made here is read here", () => {
  const made = buildCatalog(CATZ, 7, [
    { node: "a1", zone: name("one.test."), group: "live" },
    { node: "b2", zone: name("two.test."), group: undefined },
  ]);
  if (!made.ok) throw new Error(made.error.text);
  expect(made.value.serial).toBe(7);
  const catalog = readCatalog(CATZ, made.value.rrsets(), 10);
  if (!catalog.ok) throw new Error(catalog.error.text);
  expect(catalog.value.members.map(({ node, zone, groups }) => [node, printName(zone), ...groups])).toEqual([
    ["a1", "one.test.", "live"],
    ["b2", "two.test."],
  ]);
});
