import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes, toHex } from "#bytes";
import { compareNames, isSubdomain, lowerName, type Name, nameKey, printName, readName } from "#name";
import { canonicalRdata, RRType, readRdata } from "#rdata";
import { DEFAULT_ZONE_LIMITS, type RRset, ZoneBuilder, type ZoneLimits, ZoneVersion } from "./index.ts";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

function rdata(type: number, text: string): Uint8Array {
  const read = readRdata(type, text.split(" "));
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

const APEX = name("Example.org.");
const SOA = rdata(RRType.SOA, "ns.example.org. h.example.org. 4294967295 1 2 3 4");

type Row = { owner: Name; type: number; ttl: number; rdata: Uint8Array };

function build(rows: readonly Row[], limits: ZoneLimits = DEFAULT_ZONE_LIMITS) {
  const builder = new ZoneBuilder(APEX, limits);
  for (const row of rows) {
    const added = builder.add(row.owner, row.type, row.ttl, row.rdata);
    if (!added.ok) return added;
  }
  return builder.finish();
}

function zone(rows: readonly Row[]): ZoneVersion {
  const built = build(rows);
  if (!built.ok) throw new Error(built.error.text);
  return built.value;
}

const soaRow: Row = { owner: APEX, type: RRType.SOA, ttl: 3600, rdata: SOA };

describe("ZoneBuilder against a slow obvious model", () => {
  // Few labels and octets, so that names collide, differ in case only, sort closely and repeat.
  const label = fc
    .uint8Array({ minLength: 1, maxLength: 3 })
    .map((octets) => octets.map((o) => [0, 1, 2, 0x41, 0x61, 0x62, 0x5b, 0xff][o & 7]!));
  const owner = fc.array(label, { maxLength: 3 }).map((labels) => {
    const octets = labels.flatMap((l) => [l.length, ...l]);
    return Uint8Array.from([...octets, ...APEX]);
  });
  const ns = fc.constantFrom("a.example.org.", "A.example.org.", "b.example.org.");
  const data = fc.oneof(
    fc.uint8Array({ minLength: 0, maxLength: 2 }).map((rdata) => ({ type: 65280, rdata })),
    fc
      .constantFrom("\u0001a", "\u0001A")
      .map((t) => ({ type: RRType.TXT as number, rdata: Uint8Array.from(t, (c) => c.charCodeAt(0)) })),
    ns.map((text) => ({ type: RRType.NS as number, rdata: rdata(RRType.NS, text) })),
    fc.constantFrom(1, 2, 65280).map((covered) => ({
      type: RRType.RRSIG as number,
      rdata: Uint8Array.from([covered >> 8, covered & 255, ...new Uint8Array(16), 0, 9]),
    })),
  );
  const row = fc
    .record({ owner, ttl: fc.constantFrom(0, 60, 3600, 0x80000001), data })
    .map(({ owner, ttl, data }): Row => ({ owner, ttl, ...data }));

  test("same RRsets, order, TTLs, owners and duplicates", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 120 }), fc.nat(), (rows, at) => {
        const all = [...rows];
        all.splice(at % (rows.length + 1), 0, soaRow);
        expect([...zone(all).rrsets()].map(show)).toEqual(model(all).map(show));
      }),
      { numRuns: 300 },
    );
  });

  test("an RRset of many records: duplicates found by sorting too", () => {
    const many: Row[] = [soaRow];
    for (let i = 0; i < 100; i++)
      many.push({
        owner: APEX,
        type: RRType.NS,
        ttl: 60,
        rdata: rdata(RRType.NS, `${i % 2 ? "N" : "n"}${(i * 7) % 50}.example.org.`),
      });
    expect([...zone(many).rrsets()].map(show)).toEqual(model(many).map(show));
    expect(zone(many).recordCount).toBe(51);
  });

  function model(rows: readonly Row[]): RRset[] {
    const sets = new Map<string, { owner: Name; type: number; order: number; ttl: number; rdatas: Uint8Array[] }>();
    const spelling = new Map<string, Name>();
    for (const { owner, type, ttl, rdata } of rows) {
      if (!spelling.has(nameKey(owner))) spelling.set(nameKey(owner), owner);
      const covered = type === RRType.RRSIG ? rdata[0]! * 256 + rdata[1]! : -1;
      const order = covered >= 0 ? covered + 0.5 : type;
      const key = `${nameKey(owner)}|${order}`;
      const real = ttl > 0x7fffffff ? 0 : ttl;
      const set = sets.get(key) ?? { owner: spelling.get(nameKey(owner))!, type, order, ttl: real, rdatas: [] };
      set.ttl = Math.min(set.ttl, real);
      const canonical = toHex(canonicalRdata(type, rdata));
      if (!set.rdatas.some((other) => toHex(canonicalRdata(type, other)) === canonical)) set.rdatas.push(rdata);
      sets.set(key, set);
    }
    return [...sets.values()].sort((a, b) => compareNames(a.owner, b.owner) || a.order - b.order);
  }

  function show(set: RRset) {
    return [printName(set.owner), set.type, set.ttl, ...set.rdatas.map(toHex)];
  }
});

describe("ZoneBuilder refuses", () => {
  const a: Row = { owner: name("a.example.org."), type: RRType.A, ttl: 60, rdata: Uint8Array.of(192, 0, 2, 1) };
  const cases: [string, readonly Row[], Partial<ZoneLimits>, string][] = [
    ["a name outside", [{ ...a, owner: name("a.example.com.") }], {}, "out-of-zone"],
    ["a name that only ends in the same letters", [{ ...a, owner: name("badexample.org.") }], {}, "out-of-zone"],
    ["the parent", [{ ...a, owner: name("org.") }], {}, "out-of-zone"],
    [
      "octets that look like the apex inside a label",
      [{ ...a, owner: Uint8Array.from([12, ...APEX]) }],
      {},
      "out-of-zone",
    ],
    ["an owner without its final zero", [{ ...a, owner: APEX.subarray(0, -1) }], {}, "bad-owner"],
    ["an owner with a pointer", [{ ...a, owner: Uint8Array.of(0xc0, 12) }], {}, "bad-owner"],
    ["an owner with octets behind the root", [{ ...a, owner: Uint8Array.from([...APEX, 0]) }], {}, "bad-owner"],
    ["ANY as a type", [{ ...a, type: 255 }], {}, "meta-type"],
    ["OPT", [{ ...a, type: RRType.OPT }], {}, "meta-type"],
    ["NXNAME", [{ ...a, type: RRType.NXNAME }], {}, "meta-type"],
    ["type 0", [{ ...a, type: 0 }], {}, "meta-type"],
    ["an RRSIG too short to cover a type", [{ ...a, type: RRType.RRSIG, rdata: new Uint8Array(18) }], {}, "bad-rdata"],
    ["a cut SOA", [{ ...soaRow, rdata: SOA.subarray(0, 21) }], {}, "bad-rdata"],
    ["one record too many, duplicates counted", [a, a, a], { records: 2 }, "too-many-records"],
    ["octets over the limit", [a, { ...a, rdata: new Uint8Array(4) }], { octets: 22 }, "too-many-octets"],
    ["one name too many", [a, { ...a, owner: name("b.example.org.") }], { names: 1 }, "too-many-names"],
    // a, y.x, x, and the apex: four.
    ["an empty name too many", [soaRow, a, { ...a, owner: name("y.x.example.org.") }], { names: 3 }, "too-many-names"],
    ["a zone without SOA", [a], {}, "no-soa"],
    ["a SOA elsewhere only", [{ ...soaRow, owner: a.owner }], {}, "no-soa"],
    ["an empty zone", [], {}, "no-soa"],
    ["two different SOAs", [soaRow, { ...soaRow, rdata: rdata(RRType.SOA, "ns. h. 1 1 1 1 1") }], {}, "several-soas"],
  ];
  test.each(cases)("%s", (_, rows, limits, code) => {
    const built = build(rows, { ...DEFAULT_ZONE_LIMITS, ...limits });
    expect(built).toMatchObject({ ok: false, error: { code } });
  });

  test("empty names count once, whatever stands below them, and in whatever order they came", () => {
    const rows = ["d.x", "a", "c.b.x", "x.y", "b.x", "y"].map((label) => ({
      ...a,
      owner: name(`${label}.example.org.`),
    }));
    const most = (names: number) => build([soaRow, ...rows], { ...DEFAULT_ZONE_LIMITS, names }).ok;
    // The apex, the six, and x.
    expect([most(7), most(8)]).toEqual([false, true]);
  });

  test("says where: owner, type and figures", () => {
    const built = build([a, a], { ...DEFAULT_ZONE_LIMITS, records: 1 });
    expect(built).toMatchObject({
      error: { owner: "a.example.org.", type: 1, text: "a.example.org. A: more than 1 records" },
    });
  });
});

describe("ZoneVersion", () => {
  const rows: Row[] = [soaRow];
  for (const owner of ["z", "a", "b.a", "Ent.x", "*.w", "w"])
    rows.push({ owner: name(`${owner}.example.org.`), type: RRType.A, ttl: 5, rdata: Uint8Array.of(1, 2, 3, 4) });
  rows.push({ owner: name("a.EXAMPLE.org."), type: RRType.AAAA, ttl: 5, rdata: new Uint8Array(16) });

  test("apex, serial, counts", () => {
    const version = zone(rows);
    expect(version.serial).toBe(4294967295);
    expect(printName(version.apex)).toBe("Example.org.");
    expect([version.nameCount, version.rrsetCount, version.recordCount]).toEqual([7, 8, 8]);
  });

  test("names are numbered in canonical order, the apex first, and found whatever their case", () => {
    const version = zone(rows);
    const names = Array.from({ length: version.nameCount }, (_, i) => version.nameOf(i));
    expect(names).toEqual([...names].sort(compareNames));
    names.forEach((n, i) => {
      expect(version.findName(n)).toBe(i);
      expect(version.findName(lowerName(n))).toBe(i);
      for (let from = 0; from <= i; from++) expect(version.seekName(n, from)).toBe(i);
      expect(isSubdomain(n, APEX)).toBe(true);
    });
    expect(version.findName(name("x.example.org."))).toBe(-1);
    expect(version.seekName(name("zz.example.org."))).toBe(version.nameCount);
    expect(version.seekName(name("x.example.org."))).toBe(version.findName(name("ent.x.example.org.")));
  });

  test("columns posted to another thread open to the same zone, without a copy", () => {
    const version = zone(rows);
    const posted = structuredClone(version.columns);
    expect(posted.rdata.buffer).toBeInstanceOf(SharedArrayBuffer);
    const opened = ZoneVersion.open(posted);
    expect([...opened.rrsets()]).toEqual([...version.rrsets()]);
    // Shared, not copied: what one writes the other sees.
    version.columns.rdata[0]! ^= 255;
    expect(compareBytes(opened.columns.rdata, version.columns.rdata)).toBe(0);
  });
});

test("ten thousand names in random order come out sorted", () => {
  const builder = new ZoneBuilder(APEX);
  builder.add(APEX, RRType.SOA, 1, SOA);
  let seed = 1;
  for (let i = 0; i < 10_000; i++) {
    seed = Math.imul(seed, 1664525) + 1013904223;
    builder.add(name(`h${(seed >>> 8) % 5000}.s${i % 7}.example.org.`), RRType.A, 1, Uint8Array.of(i >> 8, i, 0, 0));
  }
  const built = builder.finish();
  if (!built.ok) throw new Error(built.error.text);
  const version = built.value;
  expect(version.recordCount).toBe(10_001);
  for (let i = 1; i < version.nameCount; i++)
    expect(compareNames(version.nameOf(i - 1), version.nameOf(i))).toBeLessThan(0);
});

test("columns of different widths grow together: 300,000 records, two at a name", () => {
  const builder = new ZoneBuilder(APEX);
  builder.add(APEX, RRType.SOA, 1, SOA);
  const owner = name("h0000000.example.org.");
  const address = new Uint8Array(4);
  for (let i = 0; i < 300_000; i++) {
    let rest = i >> 1;
    for (let digit = 8; digit >= 2; digit--, rest = Math.floor(rest / 10)) owner[digit] = 0x30 + (rest % 10);
    address.set([1, i >> 16, i >> 8, i]);
    builder.addFrom(owner, 0, owner.length, RRType.A, i % 1000, address, 0, 4);
  }
  const built = builder.finish();
  if (!built.ok) throw new Error(built.error.text);
  const version = built.value;
  expect([version.nameCount, version.rrsetCount, version.recordCount]).toEqual([150_001, 150_001, 300_001]);
  let wrong = 0;
  for (let i = 0; i < 300_000; i++) {
    const found = version.rdataOf(i + 1);
    if (found.length !== 4 || found[1] !== i >> 16 || found[2] !== ((i >> 8) & 255) || found[3] !== (i & 255)) wrong++;
  }
  expect(wrong).toBe(0);
  expect(printName(version.nameOf(150_000))).toBe("h0149999.example.org.");
  expect(version.columns.rrsetTtls[150_000]).toBe(998);
});
