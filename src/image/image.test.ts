import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesEqual, compareBytes, fromLatin1, toHex } from "#bytes";
import { compareNames, isSubdomain, type Name, nameHash, nameKey, parentName, printName, readName } from "#name";
import { RRType } from "#rdata";
import { type RRset, zoneFromRRsets } from "#zone";
import { carrySignatures } from "./carry.ts";
import { imageChecksum } from "./checksum.ts";
import {
  compileImage,
  Header,
  ImageFlag,
  NodeFlag,
  SignatureTable,
  unpackImage,
  verifyImage,
  type ZoneImage,
} from "./index.ts";

const APEX = name("example.");

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

function soa(serial = 1): Uint8Array {
  return Uint8Array.from([...APEX, ...APEX, 0, 0, 0, serial, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 44]);
}

function a(octet: number): Uint8Array {
  return Uint8Array.of(192, 0, 2, octet);
}

function build(
  rrsets: readonly RRset[],
  options: Parameters<typeof compileImage>[1] = { treatment: "as-is" },
): ZoneImage {
  const version = zoneFromRRsets(APEX, rrsets);
  if (!version.ok) throw new Error(JSON.stringify(version.error));
  const compiled = compileImage(version.value, options);
  if (!compiled.ok) throw new Error(compiled.error.text);
  const verified = verifyImage(compiled.value);
  if (!verified.ok) throw new Error(`${verified.error.code} at ${verified.error.at}: ${verified.error.text}`);
  return verified.value;
}

const BASE: RRset[] = [
  { owner: APEX, type: RRType.SOA, ttl: 3600, rdatas: [soa()] },
  { owner: APEX, type: RRType.NS, ttl: 3600, rdatas: [name("ns.example.")] },
  { owner: name("ns.example."), type: RRType.A, ttl: 300, rdatas: [a(1)] },
];

/** As format 1 had it, with a header of 64 words: deflated, base64. */
const BASE_IN_FORMAT_1 =
  "cw6O8mRkYGCYwsDAcK3nijuIDQJMDAwMzFDswMDA0ANlg0AbAwNDB4gBVdzDgATQxAT4GBh0GCG0A1TvYAONDIycTHjkmRgYwe7P" +
  "YGRgkEASbwH6hw0q18DIwGCEGgQM7KkVibkFOakg9gEesDEMfAIMPEx5xXCpAzxgI0DianBBZI2MEPPgWAdmPhMPIzRusAFGBkZw" +
  "uIMiUgApTsE0qv2MYDt0GFgOMDAxgrTkQs3NRTGxOA9EznHVywHJZcaEdeRisRcA";

function find(image: ZoneImage, text: string): number {
  const octets = name(text);
  return image.findNode(nameHash(octets), octets, 0);
}

describe("a small zone", () => {
  const image = build([
    ...BASE,
    { owner: name("a.ent.deep.example."), type: RRType.A, ttl: 60, rdatas: [a(9), a(2), a(2)] },
    { owner: name("*.wild.example."), type: RRType.TXT, ttl: 60, rdatas: [Uint8Array.of(1, 120)] },
    { owner: name("sub.example."), type: RRType.NS, ttl: 60, rdatas: [name("ns.sub.example."), name("ns.other.")] },
    { owner: name("ns.sub.example."), type: RRType.A, ttl: 60, rdatas: [a(3)] },
    { owner: name("d.example."), type: RRType.DNAME, ttl: 60, rdatas: [name("elsewhere.")] },
    { owner: name("x.d.example."), type: RRType.A, ttl: 60, rdatas: [a(4)] },
  ]);

  test("finds names whatever their case, and empty non-terminals", () => {
    expect(find(image, "A.ENT.deep.EXAMPLE.")).not.toBe(0);
    expect(image.nodeFlags(find(image, "ent.deep.example."))).toBe(NodeFlag.Ent | NodeFlag.HasChildren);
    expect(find(image, "deep.example.")).not.toBe(0);
    expect(find(image, "b.ent.deep.example.")).toBe(0);
    expect(find(image, "other.")).toBe(0);
  });

  test("has no room that nothing stands in: of tens of thousands of small zones it would be most", () => {
    const word = (at: number) => image.words[at]!;
    const wordsOf = (octets: number) => Math.ceil(octets / 4);
    const even = (at: number) => at + (at % 2);
    const { nodeCount } = image;
    const before = wordsOf(word(Header.CommonKeyLength)) + wordsOf(word(Header.Nsec3SaltLength));
    expect(word(Header.NodesStart)).toBe(Header.Size + before);
    expect(word(Header.Order)).toBe(word(Header.NodesEnd));
    expect(word(Header.OrderKeys)).toBe(even(word(Header.Order) + nodeCount));
    expect(word(Header.HashTable)).toBe(even(word(Header.OrderKeys) + 2 * nodeCount));
    expect(word(Header.Words)).toBe(word(Header.HashTable) + 2 * (word(Header.HashMask) + 1));
  });

  test("of format 1 is read as it is, and one of a later format is not", () => {
    const octets = inflateRawSync(Buffer.from(BASE_IN_FORMAT_1, "base64"));
    const buffer = new SharedArrayBuffer(octets.length);
    new Uint8Array(buffer).set(octets);
    const verified = verifyImage(buffer);
    if (!verified.ok) throw new Error(verified.error.text);
    expect(verified.value.words[Header.Version]).toBe(1);
    expect([...unpackImage(verified.value)]).toEqual([...unpackImage(build(BASE))]);
    new Uint32Array(buffer)[Header.Version] = 3;
    const later = verifyImage(buffer);
    expect(later.ok ? "" : later.error.text).toContain("format version 3, this program reads 1 to 2");
  });

  test("marks cuts, glue, DNAME and what it hides, wildcards", () => {
    const cut = find(image, "sub.example.");
    expect(image.nodeFlags(cut) & NodeFlag.Cut).not.toBe(0);
    const glue = find(image, "ns.sub.example.");
    expect(image.nodeFlags(glue) & NodeFlag.Occluded).not.toBe(0);
    expect(image.cutOf(glue)).toBe(cut);
    const dname = find(image, "d.example.");
    expect(image.nodeFlags(dname) & NodeFlag.Dname).not.toBe(0);
    expect(image.cutOf(find(image, "x.d.example."))).toBe(dname);
    expect(image.wildcardChild(find(image, "wild.example."))).toBe(find(image, "*.wild.example."));
    expect(image.wildcardChild(image.apexNode)).toBe(0);
  });

  test("keeps an RRset once a record, in canonical order, ready to copy", () => {
    const ref = image.findRRset(find(image, "a.ent.deep.example."), RRType.A);
    expect(image.rrsetCountOf(ref)).toBe(2);
    const at = image.rrsetData(ref);
    expect(toHex(image.octets.slice(at, at + image.rrsetDataLength(ref)))).toBe(
      "c00c000100010000003c0004c0000202c00c000100010000003c0004c0000209",
    );
  });

  test("knows whose addresses go along", () => {
    const nodes = new Uint32Array(64);
    expect(image.additionalNodes(image.findRRset(find(image, "sub.example."), RRType.NS), nodes)).toBe(1);
    expect(nodes[0]).toBe(find(image, "ns.sub.example."));
  });

  test("a damaged octet anywhere is found", () => {
    const copy = new SharedArrayBuffer(image.buffer.byteLength);
    const octets = new Uint8Array(copy);
    octets.set(image.octets);
    expect(verifyImage(copy).ok).toBe(true);
    for (let at = 0; at < octets.length; at += 7) {
      octets[at]! ^= 0x10;
      expect(verifyImage(copy).ok, `octet ${at}`).toBe(false);
      octets[at]! ^= 0x10;
    }
    const short = new SharedArrayBuffer(image.buffer.byteLength - 4);
    new Uint8Array(short).set(image.octets.subarray(0, short.byteLength));
    expect(verifyImage(short)).toMatchObject({ ok: false, error: { code: "cut-off" } });
  });
});

describe("treatments", () => {
  const nsec = (next: string) => Uint8Array.from([...name(next), 0, 1, 0x40]);
  const rrsig = (covered: number) =>
    Uint8Array.from([covered >> 8, covered & 255, 13, 2, ...new Array(14).fill(0), ...APEX, 1, 2, 3]);
  const signed: RRset[] = [
    ...BASE,
    { owner: APEX, type: RRType.NSEC, ttl: 300, rdatas: [nsec("ns.example.")] },
    { owner: APEX, type: RRType.RRSIG, ttl: 300, rdatas: [rrsig(RRType.NSEC)] },
    { owner: APEX, type: RRType.RRSIG, ttl: 3600, rdatas: [rrsig(RRType.SOA)] },
    { owner: name("ns.example."), type: RRType.RRSIG, ttl: 300, rdatas: [rrsig(RRType.A)] },
    { owner: name("ns.example."), type: RRType.NSEC, ttl: 300, rdatas: [nsec("example.")] },
    { owner: name("only.ns.example."), type: RRType.RRSIG, ttl: 300, rdatas: [rrsig(RRType.A)] },
  ];

  test("as it came: RRSIGs with the RRset they cover, strays kept", () => {
    const image = build(signed);
    const ref = image.findRRset(find(image, "ns.example."), RRType.A);
    expect(image.rrsetSigCount(ref)).toBe(1);
    expect(image.flags & (ImageFlag.Signed | ImageFlag.Nsec)).toBe(ImageFlag.Signed | ImageFlag.Nsec);
    expect(image.findRRset(find(image, "only.ns.example."), RRType.A)).toBe(0);
    expect(key([...unpackImage(image)])).toEqual(key(signed));
    expect(image.nsecNode(find(image, "only.ns.example."))).toBe(find(image, "ns.example."));
  });

  test("stripped: nothing of the primary's DNSSEC left", () => {
    const image = build(signed, { treatment: "strip" });
    expect(key([...unpackImage(image)])).toEqual(key(BASE));
    expect(image.flags).toBe(0);
    expect(find(image, "only.ns.example.")).toBe(0);
  });

  test("own chain: every authoritative name once round, with the types of the apex", () => {
    const image = build(signed, { treatment: "strip", ownChain: { apexTypes: [RRType.DNSKEY] } });
    const chain = [...unpackImage(image)].filter((set) => set.type === RRType.NSEC);
    expect(chain.map((set) => [printName(set.owner), toHex(set.rdatas[0]!)])).toEqual([
      ["example.", `${toHex(name("ns.example."))}0007220000000003 80`.replace(" ", "")],
      ["ns.example.", `${toHex(name("example."))}0006400000000003`],
    ]);
    expect(chain[0]!.ttl).toBe(300);
  });
});

/** Labels that make order and escapes hard: the octets 0, 1, 2, upper case, `*`, and long ones. */
const label = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("a", "b", "A", "*", "\0", "\x01", "\x02", "\xff", "a\0", "zz") },
  fc.string({ minLength: 1, maxLength: 9, unit: fc.integer({ min: 0, max: 255 }).map((o) => String.fromCharCode(o)) }),
);
const owner = fc.array(label, { maxLength: 5 }).map((labels): Name => {
  const octets: number[] = [];
  for (const text of labels) octets.push(text.length, ...fromLatin1(text));
  return Uint8Array.from([...octets, ...APEX]);
});

describe("random zones", () => {
  test("give back what went in; every name is found; predecessors agree with a plain search", () => {
    fc.assert(
      fc.property(
        fc.array(owner, { maxLength: 40 }),
        fc.array(owner, { minLength: 5, maxLength: 40 }),
        (owners, probes) => {
          const unique = new Map(owners.map((o) => [nameKey(o), o]));
          const rrsets: RRset[] = [...BASE];
          for (const [k, o] of unique)
            if (k !== nameKey(BASE[2]!.owner))
              rrsets.push({ owner: o, type: RRType.TXT, ttl: 5, rdatas: [Uint8Array.of(0)] });
          const image = build(rrsets);
          expect(key([...unpackImage(image)])).toEqual(key(rrsets));
          const names = allNames(rrsets.map((set) => set.owner));
          expect(image.nodeCount).toBe(names.length);
          for (const probe of [...names, ...probes]) {
            const there = names.find((n) => nameKey(n) === nameKey(probe));
            expect(image.findNode(nameHash(probe), probe, 0) !== 0).toBe(there !== undefined);
            const before = names.filter((n) => compareNames(n, probe) <= 0).at(-1)!;
            expect(printName(image.nodeName(image.findPrevious(probe, 0))).toLowerCase()).toBe(
              printName(before).toLowerCase(),
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("signature table", () => {
  test("gives back what was written, for its period only; carries over what did not change", () => {
    const image = build(BASE);
    const table = SignatureTable.create(image.rrsetCount, 7, 1);
    const ref = image.findRRset(find(image, "ns.example."), RRType.A);
    const signature = new Uint8Array(64).fill(5);
    const out = new Uint8Array(64);
    table.write(image.rrsetSlot(ref), 10, signature, 0);
    expect(table.read(image.rrsetSlot(ref), 11, out, 0)).toBe(false);
    expect(table.read(image.rrsetSlot(ref), 10, out, 0) && bytesEqual(out, signature)).toBe(true);
    expect([table.takeDirty(0), table.takeDirty(0)]).toEqual([true, false]);
    const soaRef = image.findRRset(image.apexNode, RRType.SOA);
    table.write(image.rrsetSlot(soaRef), 10, signature, 0);

    const changed = build([
      { ...BASE[0]!, rdatas: [soa(2)] },
      BASE[1]!,
      BASE[2]!,
      { owner: name("new.example."), type: RRType.A, ttl: 1, rdatas: [a(1)] },
    ]);
    const next = SignatureTable.create(changed.rrsetCount, 7, 2);
    expect(carrySignatures(image, table, changed, next)).toBe(1);
    expect(next.read(changed.rrsetSlot(changed.findRRset(find(changed, "ns.example."), RRType.A)), 10, out, 0)).toBe(
      true,
    );
    expect(next.periodOf(changed.rrsetSlot(changed.findRRset(changed.apexNode, RRType.SOA)))).toBe(-1);
  });
});

function key(rrsets: readonly RRset[]): string[] {
  const lines: string[] = [];
  for (const set of rrsets)
    for (const rdata of set.rdatas) lines.push(`${printName(set.owner)} ${set.type} ${set.ttl} ${toHex(rdata)}`);
  return [...new Set(lines)].sort();
}

/** The names and all between them and the apex, in canonical order. */
function allNames(owners: readonly Name[]): Name[] {
  const all = new Map<string, Name>([[nameKey(APEX), APEX]]);
  for (const start of owners) {
    for (let n = start; isSubdomain(n, APEX); n = parentName(n)) {
      if (!all.has(nameKey(n))) all.set(nameKey(n), n);
      if (n.length === APEX.length) break;
    }
  }
  return [...all.values()].sort((x, y) => compareNames(x, y) || compareBytes(x, y));
}

test("an image is verified without a word of it being written: its file may be on its way meanwhile", () => {
  const image = build(BASE);
  const guarded = new Proxy(image.words, {
    get: (target, key) => Reflect.get(target, key, target),
    set: () => {
      throw new Error("written to");
    },
  });
  expect(imageChecksum(guarded, image.words[Header.Words]!)).toBe(image.words[Header.Checksum]);
  expect(imageChecksum(image.words, image.words[Header.Words]!)).toBe(image.words[Header.Checksum]);
});
