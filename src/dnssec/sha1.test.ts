import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { fromHex, toHex } from "#bytes";
import { lowerName, readName } from "#name";
import { hashOfNsec3Owner, nextHash, nsec3HashOf, nsec3Owner, previousHash, sha1 } from "./index.ts";

it("is SHA-1 for every length around the block borders", () => {
  for (let length = 0; length < 600; length++) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
    const out = new Uint8Array(24);
    sha1(data, length, out, 3);
    expect(toHex(out.subarray(3, 23))).toBe(createHash("sha1").update(data).digest("hex"));
    expect([out[0], out[2], out[23]]).toEqual([0, 0, 0]);
  }
});

it("hashes names with any salt and iterations as the formula of RFC 5155 section 5 says", () => {
  const cases = fc.record({
    labels: fc.array(fc.uint8Array({ minLength: 1, maxLength: 63 }), { maxLength: 3 }),
    salt: fc.uint8Array({ maxLength: 255 }),
    iterations: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(cases, ({ labels, salt, iterations }) => {
      const name = Uint8Array.from([...labels.flatMap((label) => [label.length, ...label]), 0]);
      let expected = createHash("sha1").update(lowerName(name)).update(salt).digest();
      for (let i = 0; i < iterations; i++) expected = createHash("sha1").update(expected).update(salt).digest();
      expect(toHex(nsec3HashOf(name, { algorithm: 1, iterations, salt }))).toBe(expected.toString("hex"));
    }),
  );
});

it("finds the neighbours of a hash, round the ends", () => {
  const hash = fromHex("00000000000000000000000000000000000000ff")!;
  expect(toHex(nextHash(hash))).toBe("0000000000000000000000000000000000000100");
  expect(previousHash(nextHash(hash))).toEqual(hash);
  expect(toHex(previousHash(new Uint8Array(20)))).toBe("ff".repeat(20));
  expect(nextHash(new Uint8Array(20).fill(255))).toEqual(new Uint8Array(20));
});

it("makes hashed owner names and reads them back, in any case; refuses what is none", () => {
  const apex = readName("Example.org.");
  if (!apex.ok) throw new Error();
  const hash = Uint8Array.from({ length: 20 }, (_, i) => i * 11);
  const owner = nsec3Owner(hash, apex.value)!;
  expect(hashOfNsec3Owner(owner, apex.value)).toEqual(hash);
  expect(hashOfNsec3Owner(lowerName(owner), apex.value)).toEqual(hash);
  expect(hashOfNsec3Owner(apex.value, apex.value)).toBeUndefined();
  const other = owner.slice();
  other[5] = 0x7a; // "z" is no base32hex digit
  expect(hashOfNsec3Owner(other, apex.value)).toBeUndefined();
});

it("has no hashed owner below an apex of 223 octets", () => {
  const label = [55, ...new Array<number>(55).fill(97)];
  const apex222 = Uint8Array.from([...label, ...label, ...label, 52, ...new Array<number>(52).fill(97), 0]);
  expect(apex222.length).toBe(222);
  expect(nsec3Owner(new Uint8Array(20), apex222)!.length).toBe(255);
  const apex223 = Uint8Array.from([...label, ...label, ...label, 53, ...new Array<number>(53).fill(97), 0]);
  expect(nsec3Owner(new Uint8Array(20), apex223)).toBeUndefined();
});
