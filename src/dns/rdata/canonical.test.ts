/** Names inside RDATA: canonical form, compression out, additional targets. */
import { describe, expect, it } from "vitest";
import { fromHex, fromLatin1, toHex, toLatin1 } from "#bytes";
import { printName } from "#name";
import { canonicalRdata, forEachCompressible, hasCanonicalNames, rdataTarget } from "./canonical.ts";
import { RR_TYPES } from "./registry.ts";
import { RDATA_CASES } from "./rr.cases.ts";
import { readRdata } from "./text.ts";
import { RRType, typeName } from "./types.ts";

/** RFC 4034 section 6.2 without HINFO (no names) and A6, NSEC taken out by RFC 6840 section 5.1. */
const LOWER = "NS MD MF CNAME SOA MB MG MR PTR MINFO MX RP AFSDB RT SIG PX NXT NAPTR KX SRV DNAME RRSIG".split(" ");
/** RFC 3597 section 4: the types of RFC 1035. */
const COMPRESSED_OUT = "NS MD MF CNAME SOA MB MG MR PTR MINFO MX".split(" ");

function rdata(type: number, text: string): Uint8Array {
  const read = readRdata(type, text.split(" "));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe("canonicalRdata", () => {
  it("changes the types of the list and no other", () => {
    expect(
      RR_TYPES.filter((spec) => hasCanonicalNames(spec.code))
        .map((spec) => spec.name)
        .sort(),
    ).toEqual(LOWER.sort());
    expect(hasCanonicalNames(65280)).toBe(false);
  });

  it.each([
    [RRType.NS, "NS1.Example.", "ns1.example."],
    [RRType.SOA, "NS1.Example. HOST.Example. 1 2 3 4 5", "ns1.example. host.example. 1 2 3 4 5"],
    [RRType.MX, "16961 Mail.EXAMPLE.", "16961 mail.example."],
    [RRType.SRV, "16961 16961 16961 Sip.Example.", "16961 16961 16961 sip.example."],
    [RRType.NAPTR, '1 2 "A" "B" "C" Sip.Example.', '1 2 "A" "B" "C" sip.example.'],
    [RRType.PX, "1 A.Example. B.Example.", "1 a.example. b.example."],
    [RRType.KX, "1 A.Example.", "1 a.example."],
    [RRType.DNAME, "A.Example.", "a.example."],
    [RRType.RRSIG, "A 13 2 1 0 0 1 Example. QUFBQQ==", "A 13 2 1 0 0 1 example. QUFBQQ=="],
  ])("%s %s", (type, given, canonical) => {
    const before = rdata(type, given);
    const copy = toHex(before);
    expect(toHex(canonicalRdata(type, before))).toBe(toHex(rdata(type, canonical)));
    expect(toHex(before)).toBe(copy);
  });

  it.each([
    [RRType.NSEC, "Host.Example. A"],
    [RRType.SVCB, "1 Host.Example."],
    [RRType.LP, "1 Host.Example."],
    [RRType.TXT, '"Host.Example."'],
    [RRType.NS, "host.example."],
  ])("gives the same array for %s %s", (type, text) => {
    const before = rdata(type, text);
    expect(canonicalRdata(type, before)).toBe(before);
  });

  it("leaves an octet that only looks like upper case in a number alone", () => {
    // Preference 0x4141 is "AA".
    expect(toLatin1(canonicalRdata(RRType.MX, fromLatin1("AA\x01B\x00")))).toBe("AA\x01b\x00");
  });
});

describe("forEachCompressible", () => {
  it("is for the types of RFC 1035", () => {
    const called = new Set<string>();
    for (const { type, wire } of RDATA_CASES) {
      const code = RRType[type as keyof typeof RRType];
      forEachCompressible(code, fromHex(wire)!, () => called.add(type));
    }
    expect([...called].sort()).toEqual([...COMPRESSED_OUT].sort());
  });

  it("gives where the names stand", () => {
    const spans: [number, number][] = [];
    forEachCompressible(RRType.SOA, rdata(RRType.SOA, "a. bc. 1 2 3 4 5"), (start, end) => spans.push([start, end]));
    expect(spans).toEqual([
      [0, 3],
      [3, 7],
    ]);
  });
});

describe("rdataTarget", () => {
  it.each([
    [RRType.NS, "Ns1.example.", "Ns1.example."],
    [RRType.MX, "10 mail.example.", "mail.example."],
    [RRType.MX, "0 .", undefined],
    [RRType.SRV, "1 2 3 sip.example.", "sip.example."],
    [RRType.SVCB, "0 pool.example.", "pool.example."],
    [RRType.HTTPS, "1 .", undefined],
    [RRType.HTTPS, "1 host.example. port=53", "host.example."],
    [RRType.AFSDB, "1 afs.example.", "afs.example."],
    [RRType.KX, "1 kx.example.", "kx.example."],
    [RRType.CNAME, "a.example.", undefined],
    [RRType.PTR, "a.example.", undefined],
    [RRType.A, "192.0.2.1", undefined],
  ])("%s %s", (type, text, target) => {
    const found = rdataTarget(type, rdata(type, text));
    expect(found && printName(found), typeName(type)).toBe(target);
  });

  it("is nothing for unknown types", () => {
    expect(rdataTarget(65280, Uint8Array.of(1, 0x61, 0))).toBeUndefined();
  });
});
