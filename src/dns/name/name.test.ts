/** Names: out of hostile messages, text both ways, canonical order, hash. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, fromLatin1, toHex } from "#bytes";
import {
  appendLabel,
  CASE_FOLD,
  commonLabels,
  compareNames,
  compareNamesAt,
  copyName,
  HASH_SEED,
  hashLabel,
  isSubdomain,
  isWildcard,
  labelCount,
  lowerName,
  MAX_POINTERS,
  type Name,
  nameEquals,
  nameHash,
  nameKey,
  parentName,
  parseName,
  printName,
  ROOT,
  readName,
  skipName,
  stripLabels,
  wildcardOf,
} from "#name";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

function wire(labels: readonly Uint8Array[]): Name {
  return Uint8Array.from([...labels.flatMap((label) => [label.length, ...label]), 0]);
}

const label = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 63 }),
  fc.uint8Array({ minLength: 1, maxLength: 2, min: 0x40, max: 0x62 }),
);
const anyName = fc
  .array(label, { maxLength: 8 })
  .map((labels) => wire(labels))
  .filter((octets) => octets.length <= 255);

describe("parseName", () => {
  const cases: readonly [what: string, message: string, offset: number, expected: string | undefined, next?: number][] =
    [
      ["the root", "00", 0, ".", 1],
      ["a plain name", "0161026263 00", 0, "a.bc.", 6],
      ["a pointer behind labels", "0161 00 0162 c000", 3, "b.a.", 7],
      ["only a pointer", "0161 00 c000", 3, "a.", 5],
      ["a pointer to a pointer", "0161 00 c000 c003", 5, "a.", 7],
      ["a pointer into the middle of a name", "0161 0162 00 c002", 5, "b.", 7],
      ["nothing", "", 0, undefined],
      ["no end", "0161", 0, undefined],
      ["a label cut off", "0361 62", 0, undefined],
      ["a pointer cut off", "00 c0", 1, undefined],
      ["a pointer to itself", "c000", 0, undefined],
      ["a pointer forward", "c002 00", 0, undefined],
      ["a pointer into the labels in front of it", "0161 c000", 0, undefined],
      ["two pointers at each other", "c002 c000", 2, undefined],
      ["a pointer that leads into itself by another label", "0161 c000 0162 c000", 4, undefined],
      ["a reserved label type 01", "4161 00", 0, undefined],
      ["a reserved label type 10", "8161 00", 0, undefined],
    ];

  it.each(cases)("%s", (_, hex, offset, expected, next) => {
    const message = fromHex(hex.replaceAll(" ", ""))!;
    const parsed = parseName(message, offset);
    expect(parsed && printName(parsed.name)).toBe(expected);
    if (next !== undefined) expect(parsed?.next).toBe(next);
  });

  it("stays before `end` until the first pointer only", () => {
    const message = fromHex("0161000162c000")!;
    expect(parseName(message, 3, 7)).toBeDefined();
    expect(parseName(message, 3, 6)).toBeUndefined();
    expect(parseName(message, 0, 2)).toBeUndefined();
  });

  it("takes 255 octets and not 256, with pointers as without", () => {
    const long = wire([63, 63, 63, 61].map((n) => new Uint8Array(n).fill(0x61)));
    expect(long.length).toBe(255);
    expect(parseName(long, 0)?.name.length).toBe(255);
    const longer = Uint8Array.from([...long, 1, 0x62, 0xc0, 0]);
    expect(parseName(longer, 255)).toBeUndefined();
    const shorter = Uint8Array.from([...long, 1, 0x62, 0xc0, 64]);
    expect(parseName(shorter, 255)?.name.length).toBe(255 - 64 + 2);
  });

  it("gives up on a chain of more pointers than a name has labels", () => {
    const chain = [0];
    for (let at = 0; chain.length <= 4 * MAX_POINTERS; at = chain.length - 2) chain.push(0xc0 | (at >> 8), at & 255);
    const message = Uint8Array.from(chain);
    expect(parseName(message, 1 + 2 * (MAX_POINTERS - 1))).toBeDefined();
    expect(parseName(message, 1 + 2 * MAX_POINTERS)).toBeUndefined();
  });

  it("ends on hostile octets, and what it gives is a name", () => {
    // Lengths and pointers are far more frequent here than in noise.
    const octet = fc.oneof(fc.constantFrom(0, 1, 2, 3, 0xc0, 0xc1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 300 }), fc.nat(310), fc.nat(310), (octets, offset, end) => {
        const message = Uint8Array.from(octets);
        const parsed = parseName(message, offset, end);
        if (!parsed) return;
        expect(parsed.next).toBeLessThanOrEqual(Math.min(end, message.length));
        expect(parsed.next).toBeGreaterThan(offset);
        expect(skipName(message, offset, end)).toBe(parsed.next);
        const again = parseName(parsed.name, 0);
        expect(toHex(again!.name)).toBe(toHex(parsed.name));
        expect(again!.next).toBe(parsed.name.length);
      }),
      { numRuns: 5000 },
    );
  });

  it("copyName refuses pointers when told to, and writes where told to", () => {
    const message = fromHex("0161000162c000")!;
    const out = new Uint8Array(10).fill(0xee);
    expect(copyName(message, 3, 7, out, 2, false)).toBe(-1);
    expect(copyName(message, 3, 7, out, 2)).toBe((4 << 8) | 5);
    expect(toHex(out.subarray(2, 7))).toBe("0162016100");
    expect(out[7]).toBe(0xee);
  });
});

describe("text", () => {
  it.each([
    ["", "empty"],
    ["..", "empty-label"],
    [".a", "empty-label"],
    ["a..b", "empty-label"],
    ["a".repeat(64), "label-too-long"],
    [`${"a".repeat(63)}.`.repeat(4), "name-too-long"],
    ["a\\", "bad-escape"],
    ["a\\1", "bad-escape"],
    ["a\\256", "bad-escape"],
    ["b\u00fccher", "not-ascii"],
  ])("%s is refused", (text, error) => {
    expect(readName(text)).toEqual({ ok: false, error });
  });

  it("puts the origin behind relative names only", () => {
    const origin = name("example.");
    const print = (text: string) => {
      const read = readName(text, origin);
      return read.ok ? printName(read.value) : read.error;
    };
    expect(["a", "a.", "@", ".", "\\@"].map(print)).toEqual(["a.example.", "a.", "example.", ".", "\\@.example."]);
  });

  it("comes back whatever octets the labels have", () => {
    fc.assert(
      fc.property(anyName, (octets) => {
        const text = printName(octets);
        expect(text).toMatch(/^[\x21-\x7e]+$/);
        expect(toHex(name(text))).toBe(toHex(octets));
      }),
    );
  });
});

describe("order", () => {
  it("is that of RFC 4034 section 6.1", () => {
    const ordered = ["example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.", "z.example."];
    const names = [...ordered, "\\001.z.example.", "*.z.example.", "\\200.z.example."].map(name);
    for (const [i, a] of names.entries()) {
      for (const [j, b] of names.entries()) expect(Math.sign(compareNames(a, b))).toBe(Math.sign(i - j));
    }
  });

  it("is total, ignores case, and agrees with equality, hash and key", () => {
    fc.assert(
      fc.property(anyName, anyName, anyName, (a, b, c) => {
        expect(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a))).toBe(0);
        const both = Uint8Array.of(9, ...a, 9, ...b);
        expect(compareNamesAt(both, 1, both, 2 + a.length)).toBe(compareNames(a, b));
        if (compareNames(a, b) <= 0 && compareNames(b, c) <= 0) expect(compareNames(a, c)).toBeLessThanOrEqual(0);
        const lower = lowerName(a);
        expect([compareNames(a, lower), nameEquals(a, lower), nameHash(a)]).toEqual([0, true, nameHash(lower)]);
        expect(nameEquals(a, b)).toBe(compareNames(a, b) === 0);
        expect(nameKey(a) === nameKey(b)).toBe(nameEquals(a, b));
      }),
    );
  });

  it("folds the 26 letters and nothing else (RFC 4343)", () => {
    const folded = CASE_FOLD.reduce((count, octet, i) => count + (octet === i ? 0 : 1), 0);
    expect([folded, CASE_FOLD[0x41], CASE_FOLD[0x5a], CASE_FOLD[0x40], CASE_FOLD[0x5b], CASE_FOLD[0xc0]]).toEqual([
      26, 0x61, 0x7a, 0x40, 0x5b, 0xc0,
    ]);
  });
});

describe("relations", () => {
  it("parents, subdomains and common labels hold together", () => {
    fc.assert(
      fc.property(anyName, fc.nat(9), (octets, depth) => {
        const count = labelCount(octets);
        const above = stripLabels(octets, depth);
        expect(labelCount(above)).toBe(Math.max(0, count - depth));
        expect(isSubdomain(octets, above)).toBe(true);
        expect(isSubdomain(above, octets)).toBe(depth === 0 || count === 0);
        expect(commonLabels(octets, above)).toBe(labelCount(above));
        if (count > 0) expect(hashLabel(nameHash(parentName(octets)), octets, 0)).toBe(nameHash(octets));
      }),
    );
    expect(nameHash(ROOT)).toBe(HASH_SEED);
  });

  it("a name whose octets end like the apex is not below it", () => {
    // The label "\\001a" ends with the octets of the label "a".
    expect(isSubdomain(Uint8Array.of(3, 0x62, 1, 0x61, 0), name("a."))).toBe(false);
    expect(isSubdomain(name("xexample."), name("example."))).toBe(false);
    expect(isSubdomain(name("a.EXAMPLE."), name("example."))).toBe(true);
  });

  it("wildcards", () => {
    expect(printName(wildcardOf(name("a.example."))!)).toBe("*.a.example.");
    expect([isWildcard(name("*.a.")), isWildcard(name("a.*.")), isWildcard(name("**.a.")), isWildcard(ROOT)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("labels are put in front up to 255 octets", () => {
    const long = wire([63, 63, 63, 59].map((n) => new Uint8Array(n).fill(0x61)));
    expect(appendLabel(fromLatin1("b"), long)?.length).toBe(255);
    expect(appendLabel(fromLatin1("bc"), long)).toBeUndefined();
    expect(wildcardOf(appendLabel(fromLatin1("b"), long)!)).toBeUndefined();
    expect(appendLabel(new Uint8Array(0), ROOT)).toBeUndefined();
    expect(appendLabel(new Uint8Array(64), ROOT)).toBeUndefined();
  });
});
