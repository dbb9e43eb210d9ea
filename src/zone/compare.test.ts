import { expect, test } from "vitest";
import { type Name, readName } from "#name";
import { readRdata, typeCode } from "#rdata";
import { firstDifference, ZoneBuilder, type ZoneVersion } from "./index.ts";

const BASE = [
  "example. 300 SOA ns.example. h.example. 1 3600 600 86400 300",
  "example. 300 NS ns.example.",
  "ns.example. 300 A 192.0.2.1",
  "ns.example. 300 A 192.0.2.2",
  "www.example. 300 RRSIG A 13 2 300 20300101000000 20200101000000 1 example. AAAA",
];

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function zone(lines: readonly string[]): ZoneVersion {
  const builder = new ZoneBuilder(name("example."));
  for (const line of lines) {
    const [owner, ttl, mnemonic, ...tokens] = line.split(" ");
    const rdata = readRdata(typeCode(mnemonic!)!, tokens);
    if (!rdata.ok) throw new Error(line);
    builder.add(name(owner!), typeCode(mnemonic!)!, Number(ttl), rdata.value);
  }
  const finished = builder.finish();
  if (!finished.ok) throw new Error(finished.error.text);
  return finished.value;
}

const told = (theirs: readonly string[]) => firstDifference(zone(BASE), zone(theirs));

test("the same: in another order, in another spelling", () => {
  expect(told(BASE)).toBeUndefined();
  expect(told(BASE.toReversed().map((line) => line.replace("ns.example. 300 A", "NS.Example. 300 A")))).toBeUndefined();
  expect(told(BASE.map((line) => line.replace("NS ns.", "NS NS.")))).toBeUndefined();
});

test("what differs is named, whichever side has it", () => {
  expect(told(BASE.slice(0, -1))).toBe("www.example. RRSIG is ours alone");
  expect(firstDifference(zone(BASE.slice(0, -1)), zone(BASE))).toBe("www.example. RRSIG is theirs alone");
  expect(told([...BASE, "a.example. 300 A 192.0.2.1"])).toBe("ns.example. A is ours, a.example. A theirs");
  expect(told(BASE.map((line) => line.replace("RRSIG A", "RRSIG AAAA")))).toMatch(/^www.example. RRSIG is ours, www/);
  expect(told(BASE.map((line) => line.replace(/^ns.example. 300/, "ns.example. 60")))).toBe(
    "ns.example. A: TTL 300 is ours, 60 theirs",
  );
  expect(told(BASE.map((line) => line.replace("192.0.2.2", "192.0.2.3")))).toBe(
    "ns.example. A: 2 records are ours, 2 theirs; ours alone: c0000202",
  );
});
