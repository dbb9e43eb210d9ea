/** Numbers, mnemonics, bitmaps, base32hex and the typed readers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromLatin1, toHex } from "#bytes";
import { printName } from "#name";
import { base32hexDecode, base32hexEncode } from "./base32.ts";
import { bitmapHas, isTypeBitmap, parseTypeBitmap, writeTypeBitmap } from "./bitmap.ts";
import { readDnskey, readDs, readNsec, readNsec3, readNsec3param, readRrsig, readSoa } from "./readers.ts";
import { readRdata } from "./text.ts";
import { readTtl } from "./tokens.ts";
import { classCode, className, isMetaType, RRType, typeCode, typeName } from "./types.ts";

describe("types and classes by name", () => {
  it.each([
    ["A", 1],
    ["a", 1],
    ["TYPE65280", 65280],
    ["type1", 1],
    ["TYPE0", 0],
    ["TYPE65536", undefined],
    ["TYPE", undefined],
    ["TYPE-1", undefined],
    ["TYPE1x", undefined],
    ["", undefined],
    ["constructor", undefined],
  ])("%s is %s", (text, code) => {
    expect(typeCode(text)).toBe(code);
  });

  it("prints every number so that it reads back", () => {
    for (let code = 0; code < 65536; code++) expect(typeCode(typeName(code))).toBe(code);
    expect(typeName(65280)).toBe("TYPE65280");
    expect(typeName(RRType.NXNAME)).toBe("NXNAME");
    expect(className(1)).toBe("IN");
    expect(className(32)).toBe("CLASS32");
    expect([classCode("in"), classCode("CLASS3"), classCode("A")]).toEqual([1, 3, undefined]);
  });

  it("knows which types no zone can hold", () => {
    expect([0, 41, 128, 249, 250, 251, 252, 255].every(isMetaType)).toBe(true);
    expect([1, 6, 46, 127, 256, 257, 65280].some(isMetaType)).toBe(false);
  });
});

describe("readTtl", () => {
  it.each([
    ["0", 0],
    ["3600", 3600],
    ["4294967295", 4294967295],
    ["4294967296", undefined],
    ["1h30m", 5400],
    ["1W2D", 777600],
    ["1h30", undefined],
    ["h", undefined],
    ["", undefined],
    ["-1", undefined],
    ["9999999999w", undefined],
  ])("%s", (text, seconds) => {
    expect(readTtl(text)).toBe(seconds);
  });
});

describe("type bitmaps", () => {
  it("writes the example of RFC 4034 section 4.3", () => {
    expect(toHex(writeTypeBitmap([1, 15, 46, 47, 1234]))).toBe(`0006400100000003041b${"00".repeat(26)}20`);
  });

  it("writes what it reads, in any order, with no type lost or made up", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(fc.nat(300), fc.nat(65535)), { maxLength: 40 }), (types) => {
        const bitmap = writeTypeBitmap(types);
        const sorted = [...types].sort((a, b) => a - b);
        expect(isTypeBitmap(bitmap, 0, bitmap.length)).toBe(true);
        expect(parseTypeBitmap(bitmap)).toEqual(sorted);
        for (const type of types) expect(bitmapHas(bitmap, type)).toBe(true);
        for (const type of [0, 1, 255, 256, 65535]) expect(bitmapHas(bitmap, type)).toBe(types.includes(type));
      }),
    );
  });

  it("reads hostile octets without going past them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(65535), (octets, type) => {
        const good = isTypeBitmap(octets, 0, octets.length);
        const types = parseTypeBitmap(octets);
        if (good) expect(toHex(writeTypeBitmap(types))).toBe(toHex(octets));
        if (good) expect(bitmapHas(octets, type)).toBe(types.includes(type));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("base32hex", () => {
  it.each([
    ["", ""],
    ["f", "co"],
    ["fo", "cpng"],
    ["foo", "cpnmu"],
    ["foob", "cpnmuog"],
    ["fooba", "cpnmuoj1"],
    ["foobar", "cpnmuoj1e8"],
  ])("%s (RFC 4648 section 10)", (text, encoded) => {
    expect(base32hexEncode(fromLatin1(text))).toBe(encoded);
    expect(toHex(base32hexDecode(encoded.toUpperCase())!)).toBe(toHex(fromLatin1(text)));
  });

  it("refuses what nothing encodes to", () => {
    for (const text of ["c", "cpn", "cpnmuo", "cw", "cp=", "cp", "c\u00e9"])
      expect(base32hexDecode(text)).toBeUndefined();
  });

  it("comes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
        expect(toHex(base32hexDecode(base32hexEncode(octets))!)).toBe(toHex(octets));
      }),
    );
  });
});

describe("typed readers", () => {
  function rdata(type: number, text: string): Uint8Array {
    const read = readRdata(type, text.split(" "));
    if (!read.ok) throw new Error(read.error);
    return read.value;
  }

  it("SOA", () => {
    const { mname, rname, ...numbers } = readSoa(rdata(RRType.SOA, "ns1. host\\.master. 4294967295 2 3 4 5"));
    expect([printName(mname), printName(rname)]).toEqual(["ns1.", "host\\.master."]);
    expect(numbers).toEqual({ serial: 4294967295, refresh: 2, retry: 3, expire: 4, minimum: 5 });
  });

  it("RRSIG", () => {
    const { signer, signature, ...numbers } = readRrsig(
      rdata(RRType.RRSIG, "MX 13 2 300 4000000000 1 65535 Example. AQID"),
    );
    expect([printName(signer), toHex(signature)]).toEqual(["Example.", "010203"]);
    expect(numbers).toEqual({
      typeCovered: 15,
      algorithm: 13,
      labels: 2,
      originalTtl: 300,
      expiration: 4000000000,
      inception: 1,
      keyTag: 65535,
    });
  });

  it("DNSKEY and DS", () => {
    const { publicKey, ...key } = readDnskey(rdata(RRType.DNSKEY, "257 3 13 AQID"));
    expect(key).toEqual({ flags: 257, protocol: 3, algorithm: 13 });
    expect(toHex(publicKey)).toBe("010203");
    const { digest, ...ds } = readDs(rdata(RRType.DS, "12345 13 2 0102"));
    expect(ds).toEqual({ keyTag: 12345, algorithm: 13, digestType: 2 });
    expect(toHex(digest)).toBe("0102");
  });

  it("NSEC, NSEC3 and NSEC3PARAM", () => {
    const nsec = readNsec(rdata(RRType.NSEC, "Next. A TYPE300"));
    expect([printName(nsec.next), parseTypeBitmap(nsec.bitmap)]).toEqual(["Next.", [1, 300]]);
    const { salt, nextHash, bitmap, ...numbers } = readNsec3(rdata(RRType.NSEC3, "1 1 500 AABB cpnmuoj1 A"));
    expect(numbers).toEqual({ algorithm: 1, flags: 1, iterations: 500 });
    expect([toHex(salt), toHex(nextHash), parseTypeBitmap(bitmap)]).toEqual(["aabb", toHex(fromLatin1("fooba")), [1]]);
    const param = readNsec3param(rdata(RRType.NSEC3PARAM, "1 0 10 -"));
    expect({ ...param, salt: toHex(param.salt) }).toEqual({ algorithm: 1, flags: 0, iterations: 10, salt: "" });
  });
});
