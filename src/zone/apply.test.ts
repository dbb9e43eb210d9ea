import { describe, expect, test } from "vitest";
import type { Result } from "#bytes";
import { type Name, printName, readName } from "#name";
import { printRdata, readRdata, typeCode, typeName } from "#rdata";
import {
  applyChanges,
  type ChangeError,
  DEFAULT_ZONE_LIMITS,
  RecordBatch,
  ttlsDiffered,
  ZoneBuilder,
  ZoneChange,
  type ZoneVersion,
} from "./index.ts";

const APEX = name("example.");

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

/** `owner TTL TYPE rdata…` */
function record(line: string) {
  const [owner, ttl, mnemonic, ...tokens] = line.split(" ");
  const type = typeCode(mnemonic!)!;
  const rdata = readRdata(type, tokens);
  if (!rdata.ok) throw new Error(`${line}: ${rdata.error}`);
  return { owner: name(owner!), ttl: Number(ttl), type, rdata: rdata.value };
}

const soa = (serial: number, mname = "ns.example.") =>
  `example. 300 SOA ${mname} h.example. ${serial} 3600 600 86400 300`;

function batch(lines: readonly string[]): RecordBatch {
  const records = new RecordBatch();
  for (const { owner, ttl, type, rdata } of lines.map(record))
    records.append(owner, owner.length, type, ttl, rdata, rdata.length);
  return records;
}

function change(from: number, deletions: readonly string[], additions: readonly string[], to = from + 1): ZoneChange {
  return new ZoneChange(batch([soa(from), ...deletions]), batch([soa(to), ...additions]));
}

function zone(lines: readonly string[]): ZoneVersion {
  const builder = new ZoneBuilder(APEX);
  for (const { owner, ttl, type, rdata } of lines.map(record)) builder.add(owner, type, ttl, rdata);
  const finished = builder.finish();
  if (!finished.ok) throw new Error(finished.error.text);
  return finished.value;
}

const REST = ["example. 300 NS ns.example.", "ns.example. 300 A 192.0.2.1", "ns.example. 300 A 192.0.2.2"];
const BASE = zone([soa(1), ...REST, "www.example. 300 A 192.0.2.9", "www.example. 300 TXT hello"]);

function lines(result: Result<ZoneVersion, ChangeError>): string[] {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.text}`);
  return [...result.value.rrsets()].flatMap(({ owner, ttl, type, rdatas }) =>
    rdatas.map((rdata) => `${printName(owner)} ${ttl} ${typeName(type)} ${printRdata(type, rdata)}`),
  );
}

const A9 = "www.example. 300 A 192.0.2.9";
const A8 = "www.example. 300 A 192.0.2.8";
const TXT = 'www.example. 300 TXT "hello"';
const whole = (serial: number, more: readonly string[]) => [REST[0], soa(serial), REST[1], REST[2], ...more];

describe("what results", () => {
  test("deletions, additions, the SOA's own exchange, several changes one after the other", () => {
    expect(lines(applyChanges(BASE, [change(1, [A9], [A8])]))).toEqual(whole(2, [A8, TXT]));
    expect(lines(applyChanges(BASE, [change(1, [], [])]))).toEqual(whole(2, [A9, TXT]));
    expect(lines(applyChanges(BASE, [change(1, [A9], [A8]), change(2, [A8, TXT], [])]))).toEqual(whole(3, []));
    expect(lines(applyChanges(BASE, []))).toEqual(whole(1, [A9, TXT]));
  });

  test("one record out of a set, another into it; new names in canonical order", () => {
    const added = ["ns.example. 300 A 192.0.2.3", "a.z.example. 60 TXT x"];
    expect(lines(applyChanges(BASE, [change(1, [REST[1]!], added)]))).toEqual([
      ...[REST[0], soa(2), REST[2], added[0], A9, TXT, 'a.z.example. 60 TXT "x"'],
    ]);
  });

  test("owners without case, RDATA in canonical form", () => {
    const deletions = ["WWW.Example. 300 A 192.0.2.9", "EXAMPLE. 300 NS NS.example."];
    expect(lines(applyChanges(BASE, [change(1, deletions, [])]))).toEqual([soa(2), REST[1], REST[2], TXT]);
  });

  test("a change of case alone: the spelling that was added is kept, in RDATA and in an owner that is spelled anew", () => {
    const upper = ["WWW.example. 300 A 192.0.2.9", 'WWW.example. 300 TXT "hello"'];
    const ns = "example. 300 NS NS.EXAMPLE.";
    expect(lines(applyChanges(BASE, [change(1, [A9, TXT, REST[0]!], [...upper, ns])]))).toEqual([
      ...[ns, soa(2), REST[1], REST[2], ...upper],
    ]);
  });

  test("the same record deleted and added again", () => {
    expect(lines(applyChanges(BASE, [change(1, [A9], [A9])]))).toEqual(whole(2, [A9, TXT]));
    expect(lines(applyChanges(BASE, [change(1, [A9], []), change(2, [], [A9])]))).toEqual(whole(3, [A9, TXT]));
  });

  test("RRSIGs are a set for each type that they cover, with a TTL of their own", () => {
    const rrsig = (covered: string, ttl: number) =>
      `www.example. ${ttl} RRSIG ${covered} 13 2 ${ttl} 20300101000000 20200101000000 1 example. AAAA`;
    const result = applyChanges(BASE, [
      change(1, [], [rrsig("A", 300), rrsig("TXT", 60)]),
      change(2, [rrsig("A", 300)], []),
    ]);
    expect(lines(result)).toEqual(whole(3, [A9, TXT, rrsig("TXT", 60)]));
    expect(result.ok && ttlsDiffered(result.value)).toBe(false);
  });

  test("TTLs that differ in a set: the lowest, as after an AXFR, and no base for another IXFR", () => {
    const result = applyChanges(BASE, [change(1, [], ["www.example. 60 A 192.0.2.8"])]);
    expect(lines(result)).toEqual(whole(2, [A9, A8].map((line) => line.replace("300", "60")).concat(TXT)));
    expect(result.ok && ttlsDiffered(result.value)).toBe(true);
    // Within a chain each record has its own.
    const back = applyChanges(BASE, [change(1, [], ["www.example. 60 A 192.0.2.8"]), change(2, [A9], [])]);
    expect(lines(back)).toEqual(whole(3, ["www.example. 60 A 192.0.2.8", TXT]));
    expect(back.ok && ttlsDiffered(back.value)).toBe(false);
    expect(ttlsDiffered(zone([soa(1), A9, "www.example. 60 A 192.0.2.9", "www.example. 60 A 192.0.2.8"]))).toBe(true);
  });
});

describe("what does not fit", () => {
  const cases: readonly [string, ZoneChange[], string][] = [
    ["a deletion of what is not there", [change(1, [A8], [])], "delete-missing"],
    ["a deletion at a name that is not there", [change(1, ["x.example. 300 A 192.0.2.1"], [])], "delete-missing"],
    ["a deletion of a type that is not there", [change(1, ["www.example. 300 AAAA ::1"], [])], "delete-missing"],
    ["the same deletion twice", [change(1, [A9, A9], [])], "delete-missing"],
    ["a deletion with another TTL", [change(1, ["www.example. 60 A 192.0.2.9"], [])], "delete-other-ttl"],
    ["an addition of what is there", [change(1, [], [A9])], "add-present"],
    ["the same but for its TTL", [change(1, [], ["www.example. 60 A 192.0.2.9"])], "add-present"],
    ["the same but for its case", [change(1, [], ["example. 300 NS NS.Example."])], "add-present"],
    ["the same addition twice", [change(1, [], [A8, A8])], "add-present"],
    ["another serial than ours", [change(2, [], [])], "base-differs"],
    ["our serial with another SOA", [new ZoneChange(batch([soa(1, "x.example.")]), batch([soa(2)]))], "base-differs"],
    ["a gap in the chain", [change(1, [], []), change(3, [], [])], "base-differs"],
    ["no SOA among the deletions", [new ZoneChange(batch([A9]), batch([soa(2)]))], "soa-missing"],
    ["no SOA among the additions", [new ZoneChange(batch([soa(1)]), batch([A8]))], "soa-missing"],
    ["the SOA deleted and none added", [new ZoneChange(batch([soa(1), A9]), batch([]))], "soa-missing"],
    ["nothing at all", [new ZoneChange(batch([]), batch([]))], "soa-missing"],
    ["the SOA deleted once more", [change(1, [soa(1)], [])], "delete-missing"],
    ["a second SOA", [change(1, [], [soa(3)])], "several-soas"],
    ["an owner outside the zone", [change(1, [], ["www.elsewhere. 300 A 192.0.2.1"])], "out-of-zone"],
  ];
  test.each(cases)("%s", (_, changes, code) => {
    expect(applyChanges(BASE, changes)).toMatchObject({ ok: false, error: { code } });
  });

  test("the sentence names the record", () => {
    const result = applyChanges(BASE, [change(1, [A8], [])]);
    expect(!result.ok && result.error.text).toBe("www.example. A: is to be deleted and is not there");
  });

  test("limits are those of a zone", () => {
    const few = { ...DEFAULT_ZONE_LIMITS, records: 6 };
    expect(applyChanges(BASE, [change(1, [], [A8])], few)).toMatchObject({ error: { code: "too-many-records" } });
    expect(lines(applyChanges(BASE, [change(1, [A9], [A8])], few))).toEqual(whole(2, [A8, TXT]));
  });

  test("the base is as it was", () => {
    const before = lines({ ok: true, value: BASE });
    applyChanges(BASE, [change(1, [A9], [A8])]);
    applyChanges(BASE, [change(1, [A8], [])]);
    expect(lines({ ok: true, value: BASE })).toEqual(before);
  });
});
