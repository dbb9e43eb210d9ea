import fc from "fast-check";
import { expect, it } from "vitest";
import { derToRaw, maxDerLength, rawToDer } from "./der.ts";

it("goes to DER and back for any numbers, of both curves", () => {
  for (const half of [32, 48]) {
    const number = fc.oneof(
      fc.uint8Array({ minLength: half, maxLength: half }),
      fc.integer({ min: 0, max: half }).map((zeros) => new Uint8Array(half).fill(200, zeros)),
      fc.integer({ min: 0, max: half }).map((zeros) => new Uint8Array(half).fill(100, zeros)),
    );
    fc.assert(
      fc.property(number, number, (r, s) => {
        const raw = Uint8Array.from([...r, ...s]);
        const der = new Uint8Array(maxDerLength(half));
        const length = rawToDer(raw, half, der);
        expect(length).toBeLessThanOrEqual(der.length);
        const back = new Uint8Array(2 * half + 2).fill(9);
        expect(derToRaw(der, length, half, back, 1)).toBe(true);
        expect(back).toEqual(Uint8Array.from([9, ...raw, 9]));
      }),
    );
  }
});

it("refuses what is no DER signature, and writes nothing past its place", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
      octets.set([0x30, octets.length - 2].slice(0, octets.length));
      const out = new Uint8Array(66).fill(9);
      derToRaw(octets, octets.length, 32, out, 1);
      expect([out[0], out[65]]).toEqual([9, 9]);
    }),
  );
  const good = new Uint8Array(maxDerLength(32));
  const length = rawToDer(new Uint8Array(64).fill(1), 32, good);
  for (let cut = 0; cut < length; cut++) expect(derToRaw(good, cut, 32, new Uint8Array(64), 0)).toBe(false);
});
