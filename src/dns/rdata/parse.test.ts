/** RDATA out of messages: what is refused, what is decompressed, and that the straight code does as the field lists do. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "#bytes";
import { splitTokens } from "#zonefile";
import { COMMON_TYPES, copyCommon } from "./common.ts";
import { copyFields, isRdata, parseRdata, parseRdataInto } from "./parse.ts";
import { RR_TYPES } from "./registry.ts";
import { RDATA_CASES } from "./rr.cases.ts";
import { printRdata, readRdata } from "./text.ts";
import { RRType, typeCode } from "./types.ts";

const COMPRESSED_IN = "NS MD MF CNAME SOA MB MG MR PTR MINFO MX RP AFSDB RT SIG PX NXT SRV NAPTR".split(" ");

/** Cut off: these types have no smaller well-formed prefix of each case. */
const OPEN_ENDED = new Set(
  (
    "DS CDS DNSKEY CDNSKEY SSHFP RRSIG SIG KEY CERT DHCID TLSA SMIMEA OPENPGPKEY ZONEMD IPSECKEY URI CAA HIP NSEC NSEC3 " +
    "CSYNC NXT APL ISDN SVCB HTTPS TXT SPF AVC RESINFO WALLET"
  ).split(" "),
);

describe("exact consumption", () => {
  it.each(RDATA_CASES)("$type $text", ({ type, wire }) => {
    const code = typeCode(type)!;
    const octets = fromHex(wire)!;
    if (OPEN_ENDED.has(type)) return;
    for (let length = 0; length < octets.length; length++) {
      expect(parseRdata(code, octets, 0, length)).toBeUndefined();
    }
    expect(parseRdata(code, Uint8Array.from([...octets, 0]), 0, octets.length + 1)).toBeUndefined();
  });

  it("never reads past the message", () => {
    expect(parseRdata(RRType.A, new Uint8Array(4), 1, 4)).toBeUndefined();
    expect(parseRdata(RRType.A, new Uint8Array(4), -1, 4)).toBeUndefined();
    expect(parseRdata(RRType.A, new Uint8Array(4), 0, -1)).toBeUndefined();
    expect(parseRdata(65280, new Uint8Array(4), 2, 3)).toBeUndefined();
  });
});

describe("malformed RDATA", () => {
  it.each([
    ["A", "c00002", "too short"],
    ["A", "c000020100", "too long"],
    ["AAAA", "20010db8000000000000000000000000aa01", "too long"],
    ["NS", "", "no name"],
    ["NS", "0361", "label cut off"],
    ["NS", "0361626300ff", "octet behind the name"],
    ["NS", "4061", "reserved label type 01"],
    ["NS", "8061", "reserved label type 10"],
    ["NS", `${"3f".padEnd(128, "61").repeat(4)}00`, "name of 257 octets"],
    ["SOA", "00000000000100000002000000030000000400000005ff", "octet behind"],
    ["TXT", "", "no string"],
    ["TXT", "0361", "string cut off"],
    ["HINFO", "0161", "second string missing"],
    ["HINFO", "016101610161", "third string"],
    ["ISDN", "016101610161", "third string"],
    ["X25", "", "no string"],
    ["DS", "00010d02", "no digest"],
    ["DNSKEY", "0101030d", "no key"],
    ["RRSIG", "00010d0200000e100000000000000000000100", "no signature"],
    ["RRSIG", "00010d0200000e100000000000000000000161", "signer cut off"],
    ["NSEC", "00000240", "bitmap block cut off"],
    ["NSEC", "000000", "block of length 0"],
    ["NSEC", `000021${"01".repeat(33)}`, "block of length 33"],
    ["NSEC", "0000024000", "trailing zero octet"],
    ["NSEC", "00000140000140", "the same window twice"],
    ["NSEC", "00010140000140", "windows descending"],
    ["NSEC", "0000", "lone window"],
    ["NSEC3", "01000000", "no salt length"],
    ["NSEC3", "0100000001", "salt cut off"],
    ["NSEC3", "010000000000", "hash of length 0"],
    ["NSEC3", "010000000002aa", "hash cut off"],
    ["NSEC3", "010000000001aa0000", "bitmap block of length 0"],
    ["NSEC3PARAM", "01000000", "no salt length"],
    ["NSEC3PARAM", "0100000002aa", "salt cut off"],
    ["NSEC3PARAM", "0100000000aa", "octet behind"],
    ["CSYNC", "00000001000300", "lone window"],
    ["NXT", "00", "no bitmap"],
    ["NXT", "0080", "bit 0"],
    ["NXT", "004000", "trailing zero octet"],
    ["NXT", `00${"01".repeat(17)}`, "bitmap of 17 octets"],
    ["LOC", "01121613800000008000000000989680", "version 1"],
    ["LOC", "00a21613800000008000000000989680", "mantissa 10"],
    ["LOC", "001a1613800000008000000000989680", "exponent 10"],
    ["LOC", "00121613ffffffff8000000000989680", "latitude over 90 degrees"],
    ["LOC", "0012161380000000ffffffff00989680", "longitude over 180 degrees"],
    ["APL", "0003080101", "family 3"],
    ["APL", "0001210101", "prefix of 33"],
    ["APL", "00010805c000020101", "five octets of IPv4"],
    ["APL", "00010802c000", "trailing zero octet"],
    ["APL", "0001", "cut off"],
    ["IPSECKEY", "0a0402", "gateway type 4"],
    ["IPSECKEY", "0a0102c00002", "gateway cut off"],
    ["IPSECKEY", "0a0302c000", "pointer"],
    ["HIP", "00020001aa", "HIT of length 0"],
    ["HIP", "01020000aa", "key of length 0"],
    ["HIP", "01020001aabbc000", "pointer"],
    ["CAA", "0000", "tag of length 0"],
    ["CAA", "00022d2d", "tag with a hyphen"],
    ["CAA", "000561", "tag cut off"],
    ["URI", "000a00", "cut off"],
    ["SVCB", "000100000100", "parameter cut off"],
    ["SVCB", "0001000001000302683200", "parameter value cut off"],
    ["SVCB", "00010000030002235a00010003026832", "keys descending"],
    ["SVCB", "00010000030002235a00030002235a", "the same key twice"],
    ["SVCB", "0001c00c", "pointer"],
    ["SVCB", "00010000010000", "empty alpn"],
    ["SVCB", "0001000001000100", "empty alpn item"],
    ["SVCB", "0001000001000205aa", "alpn item cut off"],
    ["SVCB", "00010000020001aa", "no-default-alpn with a value"],
    ["SVCB", "00010000030001aa", "port of one octet"],
    ["SVCB", "00010000040003c00002", "ipv4hint of three octets"],
    ["SVCB", "00010000040000", "empty ipv4hint"],
    ["SVCB", "0001000006000420010db8", "ipv6hint of four octets"],
    ["SVCB", "000100000000020000", "mandatory in mandatory"],
    ["SVCB", "00010000000004000300010003000223500001000302683200", "mandatory descending"],
    ["SVCB", "00010000000000", "empty mandatory"],
    ["OPT", "000a0001", "option cut off"],
    ["OPT", "000a00", "option header cut off"],
    ["TSIG", "00000000000000012c0010", "MAC cut off"],
    ["EUI48", "0000000000", "too short"],
    ["L32", "000a0000", "too short"],
    ["LP", "000ac000", "pointer"],
  ])("%s %s: %s", (type, wire) => {
    const octets = fromHex(wire);
    expect(octets).toBeDefined();
    expect(parseRdata(typeCode(type)!, octets!, 0, octets!.length)).toBeUndefined();
    expect(isRdata(typeCode(type)!, octets!)).toBe(false);
  });
});

describe("compression in RDATA", () => {
  /** `example.` at offset 0; the RDATA's name becomes `a` and a pointer to it. */
  const prefix = fromHex("076578616d706c6500")!;
  const pointer = fromHex("0161c000")!;
  const plain = "0161076578616d706c6500";

  it.each(RDATA_CASES.filter((row) => row.wire.includes(plain.slice(4))))("$type $text", ({ type, wire }) => {
    const code = typeCode(type)!;
    const octets = fromHex(wire.replaceAll("076578616d706c6500", "c000"))!;
    const message = Uint8Array.from([...prefix, ...octets]);
    const parsed = parseRdata(code, message, prefix.length, octets.length);
    if (COMPRESSED_IN.includes(type)) {
      expect(toHex(parsed!)).toBe(wire);
      expect(isRdata(code, parsed!)).toBe(true);
    } else {
      expect(parsed).toBeUndefined();
    }
    expect(isRdata(code, octets)).toBe(false);
  });

  it("is refused for names that lead forward, to themselves or in circles", () => {
    for (const wire of ["c002", "c000", "0161c000"]) {
      const octets = fromHex(wire)!;
      expect(parseRdata(RRType.NS, octets, 0, octets.length)).toBeUndefined();
    }
    expect(toHex(parseRdata(RRType.NS, Uint8Array.from([...prefix, ...pointer]), 9, 4)!)).toBe(plain);
  });

  it("may make RDATA longer, but not over 65535 octets or over the room given", () => {
    const message = Uint8Array.from([...prefix, ...pointer]);
    const out = new Uint8Array(11);
    expect(parseRdataInto(RRType.NS, message, 9, 4, out, 0)).toBe(11);
    expect(toHex(out)).toBe(plain);
    expect(parseRdataInto(RRType.NS, message, 9, 4, out, 1)).toBe(-1);
    expect(parseRdataInto(RRType.NS, message, 9, 4, new Uint8Array(10), 0)).toBe(-1);
  });
});

describe("properties", () => {
  const types = RR_TYPES.map((spec) => spec.code);
  /** Octets that look a little like RDATA: real cases with a few octets changed, and plain noise. */
  const nearly = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .tuple(fc.constantFrom(...RDATA_CASES), fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 3 }))
      .map(([row, changes]) => {
        const octets = fromHex(row.wire)!;
        for (const [at, value] of changes) if (at < octets.length) octets[at] = value;
        return octets;
      }),
  );

  it("straight code and field lists agree on everything, with and without pointers", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COMMON_TYPES),
        nearly,
        fc.nat(30),
        fc.boolean(),
        (type, octets, before, pointers) => {
          const message = Uint8Array.from([...new Uint8Array(before).fill(0), ...octets]);
          const [a, b] = [new Uint8Array(700), new Uint8Array(700)];
          const straight = copyCommon(type, message, before, message.length, a, 3, pointers);
          const listed = copyFields(type, message, before, message.length, b, 3, pointers);
          expect(straight).toBe(listed);
          if (straight >= 0) expect(toHex(a.subarray(3, 3 + straight))).toBe(toHex(b.subarray(3, 3 + straight)));
        },
      ),
      { numRuns: 4000 },
    );
  });

  it("whatever parses is well-formed, parses to itself, and survives text", () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), nearly, (type, octets) => {
        const rdata = parseRdata(type, octets, 0, octets.length);
        if (!rdata) return;
        expect(isRdata(type, rdata)).toBe(true);
        expect(toHex(parseRdata(type, rdata, 0, rdata.length)!)).toBe(toHex(rdata));
        if (type === RRType.OPT || type === RRType.TSIG) return;
        const text = printRdata(type, rdata);
        expect(text).not.toMatch(/^\\#/);
        // A LOC precision of 0 m has ten encodings: there the text is the fixed point.
        const tokens = splitTokens(text);
        const again = readRdata(type, tokens.ok ? tokens.value : []);
        expect(again.ok).toBe(true);
        if (again.ok && type === RRType.LOC) expect(printRdata(type, again.value)).toBe(text);
        else if (again.ok) expect(toHex(again.value)).toBe(toHex(rdata));
      }),
      { numRuns: 6000 },
    );
  });
});
