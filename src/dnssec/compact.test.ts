import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareNames, isSubdomain, lowerName, type Name, nameEquals, printName, ROOT, readName } from "#name";
import { canonicalSuccessor, compactNext, referralNext, subtreeSuccessor } from "./index.ts";

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function fromLabels(labels: readonly Uint8Array[], tail: Name): Name {
  return Uint8Array.from([...labels.flatMap((label) => [label.length, ...label]), ...tail]);
}

const APEX = name("example.");
/** Octets around which order is odd: zero, both sides of the upper-case letters, the last one. */
const octet = fc.oneof(
  fc.constantFrom(0, 1, 0x40, 0x41, 0x5a, 0x5b, 0x60, 0x61, 0x7a, 0x7b, 254, 255),
  fc.integer({ min: 0, max: 255 }),
);
const label = fc
  .tuple(fc.constantFrom(1, 2, 3, 61, 62, 63), octet, octet, octet)
  .map(([length, first, middle, last]) => {
    const octets = new Uint8Array(length).fill(middle);
    octets[0] = first;
    octets[length - 1] = last;
    return octets;
  });
const nameInZone = fc
  .array(label, { maxLength: 5 })
  .map((labels) => fromLabels(labels, APEX))
  .filter((made) => made.length <= 255);
/** Names of nearly full length: the hard ones. */
const longName = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 2 }), fc.integer({ min: 240, max: 255 }), octet)
  .map(([labels, length, fill]) => {
    let tail = APEX;
    const front = labels.reduce((sum, one) => sum + one.length + 1, 0);
    while (front + tail.length < length) {
      const take = Math.min(63, length - front - tail.length - 1);
      if (take < 1) break;
      tail = fromLabels([new Uint8Array(take).fill(fill)], tail);
    }
    return fromLabels(labels, tail);
  })
  .filter((made) => made.length <= 255);
const anyName = fc.oneof(nameInZone, longName);

describe("canonicalSuccessor", () => {
  it("is a valid name behind the given one, or the apex", () => {
    fc.assert(
      fc.property(anyName, (given) => {
        const next = canonicalSuccessor(given, APEX);
        expect(next.length).toBeLessThanOrEqual(255);
        expect(isSubdomain(next, APEX)).toBe(true);
        for (let at = 0; next[at]! !== 0; at += next[at]! + 1) expect(next[at]!).toBeLessThanOrEqual(63);
        if (!nameEquals(next, APEX)) expect(compareNames(next, given)).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves no room for another name", () => {
    fc.assert(
      fc.property(anyName, anyName, (given, other) => {
        const next = canonicalSuccessor(given, APEX);
        const behind = compareNames(other, given) > 0;
        const before = nameEquals(next, APEX) || compareNames(other, next) < 0;
        expect(behind && before).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it("leaves no room for names made from the name itself", () => {
    fc.assert(
      fc.property(anyName, octet, (given, extra) => {
        const next = canonicalSuccessor(given, APEX);
        for (const other of variants(given, extra)) {
          const behind = compareNames(other, given) > 0;
          const before = nameEquals(next, APEX) || compareNames(other, next) < 0;
          expect(behind && before, `${printName(other)} between ${printName(given)} and ${printName(next)}`).toBe(
            false,
          );
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("is \\000. in front as long as that fits (RFC 9824)", () => {
    expect(printName(compactNext(name("a.example."), APEX))).toBe("\\000.a.example.");
    expect(printName(compactNext(APEX, APEX))).toBe("\\000.example.");
  });

  it("goes round to the apex behind the last possible name", () => {
    const full = new Uint8Array(63).fill(255);
    const last = fromLabels([new Uint8Array(53).fill(255), full, full, full], APEX);
    expect(last.length).toBe(255);
    expect(canonicalSuccessor(last, APEX)).toEqual(APEX);
  });

  it("steps over the upper-case letters", () => {
    const tail = fromLabels(
      [new Uint8Array(63).fill(98), new Uint8Array(63).fill(98), new Uint8Array(63).fill(98)],
      APEX,
    );
    const at = (last: number): Name => {
      const octets = new Uint8Array(53).fill(97);
      octets[52] = last;
      return fromLabels([octets], tail);
    };
    expect(at(97).length).toBe(255);
    expect(canonicalSuccessor(at(0x40), APEX)).toEqual(at(0x5b));
    expect(canonicalSuccessor(at(0x5a), APEX)).toEqual(at(0x7b));
    expect(canonicalSuccessor(at(0x60), APEX)).toEqual(at(0x61));
  });
});

describe("subtreeSuccessor", () => {
  it("lies behind every name below, and before every other name that follows", () => {
    fc.assert(
      fc.property(anyName, anyName, (given, other) => {
        const next = subtreeSuccessor(given, APEX);
        const isBefore = nameEquals(next, APEX) || compareNames(other, next) < 0;
        if (nameEquals(given, APEX)) expect(next).toEqual(APEX);
        else if (isSubdomain(other, given)) expect(isBefore).toBe(true);
        else if (compareNames(other, given) > 0) expect(isBefore).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it("puts a zero octet behind the first label, not in front of the name (RFC 9824 section 3.4)", () => {
    expect(printName(referralNext(name("Sub.example."), APEX))).toBe("Sub\\000.example.");
  });

  it("increments a 63-octet label, and gives up into the parent when all octets are 255", () => {
    const full = fromLabels([new Uint8Array(63).fill(97)], APEX);
    const expected = new Uint8Array(63).fill(97);
    expected[62] = 98;
    expect(referralNext(full, APEX)).toEqual(fromLabels([expected], APEX));
    const greatest = fromLabels([new Uint8Array(63).fill(255)], name("sub.example."));
    expect(printName(referralNext(greatest, APEX))).toBe("sub\\000.example.");
    expect(referralNext(fromLabels([new Uint8Array(63).fill(255)], APEX), APEX)).toEqual(APEX);
    expect(referralNext(fromLabels([new Uint8Array(63).fill(255)], ROOT), ROOT)).toEqual(ROOT);
  });
});

/** Longer and shorter relatives: where an inexact successor would leave a gap. */
function variants(given: Name, extra: number): Name[] {
  const first = given.subarray(1, given[0]! + 1);
  const rest = given.subarray(given[0]! + 1);
  const made: Name[] = [];
  const offer = (octets: Uint8Array, tail: Name): void => {
    if (octets.length >= 1 && octets.length <= 63 && octets.length + 1 + tail.length <= 255) {
      made.push(fromLabels([octets], tail));
    }
  };
  offer(Uint8Array.of(extra), given);
  offer(Uint8Array.of(0), given);
  if (isSubdomain(rest, APEX)) {
    offer(Uint8Array.from([...first, extra]), rest);
    offer(Uint8Array.from([...first, 0, 0]), rest);
    const changed = first.slice();
    if (changed.length > 0) changed[changed.length - 1] = extra;
    offer(changed, rest);
    offer(Uint8Array.from([...changed, 0]), rest);
  }
  return made.map((one, i) => (i % 2 ? one : lowerName(one)));
}
