/** Every type from text to octets and back, by the case table. */
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "#bytes";
import { type Name, readName } from "#name";
import { splitTokens } from "#zonefile";
import { isRdata, parseRdata } from "./parse.ts";
import { RR_TYPES } from "./registry.ts";
import { RDATA_CASES } from "./rr.cases.ts";
import { printRdata, readRdata } from "./text.ts";
import { RRType, typeCode } from "./types.ts";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function read(type: string, text: string): string {
  const tokens = splitTokens(text);
  if (!tokens.ok) return tokens.error;
  const rdata = readRdata(typeCode(type)!, tokens.value, name("example."));
  return rdata.ok ? toHex(rdata.value) : rdata.error;
}

describe("the case table", () => {
  it.each(RDATA_CASES)("$type $text", ({ type, text, wire, printed = text }) => {
    const code = typeCode(type)!;
    const octets = fromHex(wire)!;
    expect(read(type, text)).toBe(wire);
    expect(printRdata(code, octets)).toBe(printed);
    expect(read(type, printed)).toBe(wire);
    expect(read(type, `\\# ${octets.length} ${wire}`)).toBe(wire);
    expect(isRdata(code, octets)).toBe(true);
    // In the middle of a message, and one octet shorter or longer.
    const message = Uint8Array.from([255, ...octets, 255]);
    expect(toHex(parseRdata(code, message, 1, octets.length)!)).toBe(wire);
  });

  it("has every type with a text form", () => {
    const covered = new Set(RDATA_CASES.map((row) => row.type));
    expect(RR_TYPES.filter((spec) => spec.text !== false && !covered.has(spec.name))).toEqual([]);
  });
});

describe("registry", () => {
  it("agrees with RRType", () => {
    for (const { name, code } of RR_TYPES)
      expect({ name, code: RRType[name as keyof typeof RRType] }).toEqual({ name, code });
    expect(new Set(RR_TYPES.map((spec) => spec.code)).size).toBe(RR_TYPES.length);
    const known = new Set(RR_TYPES.map((spec) => spec.name));
    const without = Object.keys(RRType).filter((mnemonic) => !known.has(mnemonic));
    expect(without).toEqual(["NULL", "NXNAME", "TKEY", "IXFR", "AXFR", "MAILB", "MAILA", "ANY"]);
  });
});

describe("text that is refused", () => {
  it.each([
    ["A", "192.0.2", "bad-address"],
    ["A", "192.0.2.256", "bad-address"],
    ["A", "192.0.2.01", "bad-address"],
    ["A", "", "missing-field"],
    ["A", "192.0.2.1 192.0.2.2", "extra-field"],
    ["AAAA", "1:2:3:4:5:6:7", "bad-address"],
    ["AAAA", "1::2::3", "bad-address"],
    ["AAAA", "1:2:3:4:5:6:7::8", "bad-address"],
    ["AAAA", "::192.0.2.1:1", "bad-address"],
    ["AAAA", "fe80::1%eth0", "bad-address"],
    ["MX", "65536 mail", "bad-number"],
    ["MX", "-1 mail", "bad-number"],
    ["MX", "10", "missing-field"],
    ["MX", "10 a..b", "bad-name"],
    ["MX", '10 "mail"', "bad-name"],
    ["TXT", "", "missing-field"],
    ["TXT", "a".repeat(256), "too-long"],
    ["TXT", "\\256", "bad-character-string"],
    ["TXT", "\\1", "bad-character-string"],
    ["TXT", 'a="b"', "bad-character-string"],
    ["TXT", "\u20ac", "bad-character-string"],
    ["SOA", "ns1 host 1 2 3 4", "missing-field"],
    ["SOA", "ns1 host 4294967296 2 3 4 5", "bad-number"],
    ["RRSIG", "A 13 2 3600 20301301000000 20200101000000 1 . AA==", "bad-time"],
    ["RRSIG", "A 13 2 3600 20300230000000 20200101000000 1 . AA==", "bad-time"],
    ["RRSIG", "A 13 2 3600 0 0 1 .", "bad-base64"],
    ["RRSIG", "NOSUCH 13 2 3600 0 0 1 . AA==", "bad-type"],
    ["DNSKEY", "257 3 NOSUCH AA==", "bad-mnemonic"],
    ["DNSKEY", "257 3 toString AA==", "bad-mnemonic"],
    ["DNSKEY", "257 3 13 A*==", "bad-base64"],
    ["DS", "1 2 3 ABC", "bad-hex"],
    ["DS", "1 2 3", "bad-hex"],
    ["NSEC", "a. NOSUCH", "bad-type"],
    ["NSEC3", "1 0 0 abc 2t7b4g4v", "bad-hex"],
    ["NSEC3", "1 0 0 - w", "bad-base32"],
    ["NSEC3", "1 0 0 - 1", "bad-base32"],
    ["CAA", '0 is-sue "x"', "bad-mnemonic"],
    ["EUI48", "00-00-5e-00-53", "bad-hex"],
    ["NID", "1 0014:4fff:ff20", "bad-hex"],
    ["APL", "1:192.0.2.0/33", "bad-prefix"],
    ["APL", "3:192.0.2.0/3", "bad-prefix"],
    ["LOC", "91 N 0 E 0", "bad-location"],
    ["LOC", "1 60 N 0 E 0", "bad-location"],
    ["LOC", "1 1 1 1 N 0 E 0", "bad-location"],
    ["LOC", "1 N 1 E -100000.01", "bad-location"],
    ["LOC", "1 N 1 E 0 1 1 1 1", "extra-field"],
    ["SVCB", "1 . port=65536", "bad-service-parameter"],
    ["SVCB", "1 . port=1 port=2", "bad-service-parameter"],
    ["SVCB", "1 . alpn=", "bad-service-parameter"],
    ["SVCB", "1 . alpn=a,,b", "bad-service-parameter"],
    ["SVCB", "1 . mandatory=mandatory", "malformed-rdata"],
    ["SVCB", "1 . key1=h2", "malformed-rdata"],
    ["SVCB", "1 . key01=h2", "bad-service-parameter"],
    ["SVCB", "1 . no-default-alpn=1", "bad-service-parameter"],
    ["SVCB", "1 . ALPN=h2", "bad-service-parameter"],
    ["IPSECKEY", "10 4 2 . AA==", "bad-number"],
    ["IPSECKEY", "10 0 2 a. AA==", "bad-name"],
    ["NXT", "a. TYPE128", "bad-type"],
    ["NXT", "a.", "malformed-rdata"],
    ["OPT", "a", "no-text-form"],
    ["TSIG", "a", "no-text-form"],
    ["TYPE65280", "a", "no-text-form"],
    ["TYPE65280", "\\# 2 0", "bad-generic-rdata"],
    ["TYPE65280", "\\# 1 0000", "bad-generic-rdata"],
    ["TYPE65280", "\\# 65536 00", "bad-generic-rdata"],
    ["A", "\\# 3 000000", "malformed-rdata"],
    ["MX", "\\# 4 000ac000", "malformed-rdata"],
  ])("%s %s", (type, text, error) => {
    expect(read(type, text)).toBe(error);
  });
});

describe("moments", () => {
  it("outside of 1970 to 2106 are read modulo 2^32 seconds", () => {
    const rest = "1 . AA==";
    expect(read("RRSIG", `A 13 2 3600 21060207062816 19691231235959 ${rest}`)).toBe(
      read("RRSIG", `A 13 2 3600 0 4294967295 ${rest}`),
    );
  });
});

describe("generic form", () => {
  it("is what unknown types print", () => {
    expect(printRdata(65280, Uint8Array.of(10, 0, 0, 1))).toBe("\\# 4 0A000001");
    expect(printRdata(65280, new Uint8Array(0))).toBe("\\# 0");
    expect(read("TYPE65280", "\\# 0")).toBe("");
    expect(read("TYPE65280", "\\# 4 0A 0000 01")).toBe("0a000001");
  });

  it("is what malformed RDATA of a known type prints", () => {
    expect(printRdata(RRType.A, Uint8Array.of(1, 2, 3))).toBe("\\# 3 010203");
    expect(printRdata(RRType.MX, Uint8Array.of(0, 1, 0xc0, 0))).toBe("\\# 4 0001C000");
  });

  it("is not taken from a quoted token", () => {
    expect(read("TXT", '"\\#" 4')).toBe("01230134");
  });
});
