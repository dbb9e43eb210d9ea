/** Cursors that can't leave their window, and text forms of octets. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bytesEqual,
  compareBytes,
  concatBytes,
  copyOctets,
  fromBase64,
  fromHex,
  fromLatin1,
  Reader,
  sameOctets,
  toBase64,
  toHex,
  toLatin1,
  Writer,
  wordsView,
} from "#bytes";

describe("Reader", () => {
  const octets = Uint8Array.of(0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9);

  it("reads unsigned numbers", () => {
    const r = new Reader(octets);
    expect([r.u8(), r.u16(), r.u32()]).toEqual([0xff, 0xfefd, 0xfcfbfaf9]);
    expect(r.finished).toBe(true);
    expect(new Reader(octets).u48()).toBe(0xfffefdfcfbfa);
  });

  it("fails for good with the first read that passes the window, and moves no further", () => {
    const r = new Reader(octets, 1, 3);
    expect(r.u32()).toBe(0);
    expect(r.failed).toBe(true);
    expect([r.offset, r.u8(), r.remaining, r.finished, r.bytes(1).length]).toEqual([1, 0, 0, false, 0]);
  });

  it("fails on a negative length and on a window that starts behind its end", () => {
    const r = new Reader(octets);
    r.skip(-1);
    expect([r.failed, r.offset]).toEqual([true, 0]);
    expect(new Reader(octets, 8).failed).toBe(true);
    expect(new Reader(octets, 3, 100).end).toBe(7);
  });

  it("gives a window inside the window only", () => {
    const r = new Reader(octets, 0, 4);
    const inner = r.window(2);
    expect([inner.offset, inner.end, r.offset]).toEqual([0, 2, 2]);
    expect(r.window(3).failed).toBe(true);
    expect(r.failed).toBe(true);
  });

  it("never yields an octet from outside, whatever is asked", () => {
    const step = fc.oneof(
      fc.constant("u8" as const),
      fc.constant("u16" as const),
      fc.constant("u32" as const),
      fc.constant("u48" as const),
      fc.integer({ min: -3, max: 12 }),
    );
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.array(step, { maxLength: 12 }), (start, end, steps) => {
        // Inside the window ones, outside twos: no result may have a two in it.
        const all = new Uint8Array(12).map((_, i) => (i >= start && i < end ? 0x11 : 0x22));
        const r = new Reader(all, start, end);
        for (const what of steps) {
          const text = typeof what === "number" ? toHex(r.bytes(what)) : r[what]().toString(16);
          expect(text).toMatch(/^[01]*$/);
          if (!r.failed) expect(r.offset).toBeLessThanOrEqual(Math.min(end, 12));
        }
      }),
    );
  });
});

describe("Writer", () => {
  it("writes what Reader reads", () => {
    const w = new Writer(new Uint8Array(15));
    w.u8(1);
    w.u16(0x8002);
    w.u32(0xfffffffe);
    w.u48(0xfffefdfcfbfa);
    w.bytes(Uint8Array.of(9, 8));
    const r = new Reader(w.written());
    expect([r.u8(), r.u16(), r.u32(), r.u48(), ...r.rest()]).toEqual([1, 0x8002, 0xfffffffe, 0xfffefdfcfbfa, 9, 8]);
    expect(w.failed).toBe(false);
  });

  it("writes nothing of what does not fit, and nothing after it", () => {
    const octets = new Uint8Array(8);
    const w = new Writer(octets, 0, 3);
    w.u16(0x0102);
    w.u32(0x03040506);
    w.u8(7);
    expect([toHex(octets), w.offset, w.failed]).toEqual(["0102000000000000", 2, true]);
    expect(w.reserve(0)).toBe(-1);
  });

  it("starts anywhere and fills in later", () => {
    const w = new Writer(new Uint8Array(6), 2);
    const at = w.reserve(2);
    w.u16(0xaabb);
    w.putU16(at, 0x0102);
    expect([at, toHex(w.written(2))]).toEqual([2, "0102aabb"]);
  });
});

describe("octets as text", () => {
  it.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foobar", "Zm9vYmFy"],
  ])("%s in base64 (RFC 4648 section 10)", (text, encoded) => {
    expect(toBase64(fromLatin1(text))).toBe(encoded);
    expect(toLatin1(fromBase64(encoded)!)).toBe(text);
    expect(toLatin1(fromBase64(encoded.replace(/=/g, ""))!)).toBe(text);
  });

  it.each(["A", "====", "Z g==", "Zg\u20ac=", "Zm9v*"])("%s is no base64", (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });

  it.each(["0", "0g", "+1", "0x", " 1"])("%s is no hex", (text) => {
    expect(fromHex(text)).toBeUndefined();
  });

  it("comes back from base64, hex and Latin 1, as Node's Buffer has it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (octets) => {
        const buffer = Buffer.from(octets);
        expect([toHex(octets), toBase64(octets), toLatin1(octets)]).toEqual([
          buffer.toString("hex"),
          buffer.toString("base64"),
          buffer.toString("latin1"),
        ]);
        expect(bytesEqual(fromHex(toHex(octets).toUpperCase())!, octets)).toBe(true);
        expect(bytesEqual(fromBase64(toBase64(octets))!, octets)).toBe(true);
        expect(bytesEqual(fromLatin1(toLatin1(octets)), octets)).toBe(true);
      }),
    );
  });
});

describe("comparing and joining", () => {
  it("copies any stretch to any place, and nothing beside it", () => {
    const stretch = fc.tuple(fc.uint8Array({ maxLength: 90 }), fc.nat(9), fc.nat(9));
    fc.assert(
      fc.property(stretch, ([octets, from, at]) => {
        const source = concatBytes([new Uint8Array(from), octets]);
        const target = new Uint8Array(at + octets.length + 9).fill(255);
        copyOctets(wordsView(source), from, wordsView(target), at, octets.length);
        const around = (length: number) => new Uint8Array(length).fill(255);
        expect(toHex(target)).toBe(toHex(concatBytes([around(at), octets, around(9)])));
        const same = (length: number) => sameOctets(wordsView(source), from, wordsView(target), at, length);
        expect(same(octets.length)).toBe(true);
        for (let i = 0; i < octets.length; i++) {
          target[at + i]! ^= 1;
          expect([same(i), same(octets.length)]).toEqual([true, false]);
          target[at + i]! ^= 1;
        }
      }),
    );
  });

  it("orders as Buffer.compare does", () => {
    const short = fc.uint8Array({ maxLength: 4, max: 3 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(bytesEqual(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(toHex(concatBytes([a, b, a]))).toBe(toHex(a) + toHex(b) + toHex(a));
      }),
    );
  });
});
