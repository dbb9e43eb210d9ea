import fc from "fast-check";
import { expect, test } from "vitest";
import { SignatureCache } from "./signature-cache.ts";

function signatureOf(key: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 64 }, (_, i) => (key[i % key.length]! * 31 + key.length + i) & 255);
}

function view(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.length);
}

test("gives back what was written, or nothing; never another's", () => {
  const keys = fc.array(fc.uint8Array({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 512, max: 4096 }), (all, octets) => {
      const cache = new SignatureCache(octets);
      const out = new Uint8Array(70);
      for (const [i, key] of all.entries()) {
        cache.write(view(key), key.length, view(signatureOf(key)), 0);
        if (4 * (key.length + 66) <= octets) {
          expect(cache.read(view(key), key.length, view(out), 3)).toBe(true);
          expect(out.subarray(3, 67)).toEqual(signatureOf(key));
        }
        const earlier = all[(i * 7) % (i + 1)]!;
        if (cache.read(view(earlier), earlier.length, view(out), 0))
          expect(out.subarray(0, 64)).toEqual(signatureOf(earlier));
      }
    }),
    { numRuns: 50 },
  );
});

test("keys that are a beginning of each other are different keys", () => {
  const cache = new SignatureCache(4096);
  const long = Uint8Array.of(1, 2, 3, 4);
  const out = new Uint8Array(64);
  cache.write(view(long), 4, view(signatureOf(long)), 0);
  expect(cache.read(view(long), 3, view(out), 0)).toBe(false);
  expect(cache.read(view(long), 4, view(out), 0)).toBe(true);
});

test("the oldest are forgotten first", () => {
  const cache = new SignatureCache(2048);
  const out = new Uint8Array(64);
  const key = (i: number) => Uint8Array.of(i >> 8, i, 9);
  for (let i = 0; i < 1000; i++) cache.write(view(key(i)), 3, view(signatureOf(key(i))), 0);
  expect(cache.read(view(key(999)), 3, view(out), 0)).toBe(true);
  expect(cache.read(view(key(0)), 3, view(out), 0)).toBe(false);
});
