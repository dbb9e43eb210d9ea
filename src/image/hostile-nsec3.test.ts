/**
 * NSEC3 parameters that are made to cost time, in an image as it came (every mode keeps one): thousands of NSEC3PARAMs beside
 * thousands of NSEC3s, and 65,535 iterations under a change of thousands of names. Each was minutes of one core, or hours.
 */
import { expect, test } from "vitest";
import { nsec3Owner, nsec3Rdata } from "#dnssec";
import { type Name, readName } from "#name";
import { RRType } from "#rdata";
import { RecordBatch, type RRset, ZoneChange, zoneFromRRsets } from "#zone";
import { compileImage, overlayChanges, verifyImage, ZoneImage } from "./index.ts";

const APEX = name("example.");
const SALT = new Uint8Array(255).fill(0xab);

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

const soa = (serial: number) =>
  Uint8Array.from([...APEX, ...APEX, 0, 0, 0, serial, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 44]);
const base = (): RRset[] => [
  { owner: APEX, type: RRType.SOA, ttl: 3600, rdatas: [soa(1)] },
  { owner: APEX, type: RRType.NS, ttl: 3600, rdatas: [name("ns.example.")] },
];
const param = (iterations: number, salt: Uint8Array) =>
  Uint8Array.of(1, 0, iterations >> 8, iterations & 255, salt.length, ...salt);

function nsec3(i: number, iterations: number, salt: Uint8Array): RRset {
  const hash = new Uint8Array(20);
  new DataView(hash.buffer).setUint32(0, i * 40_503);
  const params = { algorithm: 1, iterations, salt } as const;
  const rdatas = [nsec3Rdata(params, false, hash, Uint8Array.of(0, 1, 0x40))];
  return { owner: nsec3Owner(hash, APEX)!, type: RRType.NSEC3, ttl: 300, rdatas };
}

function compiled(rrsets: readonly RRset[]): ZoneImage {
  const version = zoneFromRRsets(APEX, rrsets);
  if (!version.ok) throw new Error(JSON.stringify(version.error));
  const image = compileImage(version.value, { treatment: "as-is" });
  if (!image.ok) throw new Error(image.error.text);
  const verified = verifyImage(image.value);
  if (!verified.ok) throw new Error(verified.error.text);
  return new ZoneImage(image.value);
}

test("20,000 NSEC3PARAMs, and as many NSEC3s: the chain with most records is the one that counts", () => {
  const COUNT = 20_000;
  const salt = (i: number) => Uint8Array.of(i >> 8, i & 255);
  const params = Array.from({ length: COUNT }, (_, i) => param(0, salt(i)));
  const chain = Array.from({ length: COUNT }, (_, i) => nsec3(i, 0, i % 3 === 0 ? salt(7) : salt(i)));
  const image = compiled([...base(), { owner: APEX, type: RRType.NSEC3PARAM, ttl: 0, rdatas: params }, ...chain]);
  expect(image.nsec3).toMatchObject({ iterations: 0, salt: salt(7) });
  expect(image.nsec3!.count).toBeGreaterThanOrEqual(Math.floor(COUNT / 3));
});

test("65,535 iterations: a change of 3,000 names hashes none of them", () => {
  const before = compiled([
    ...base(),
    { owner: APEX, type: RRType.NSEC3PARAM, ttl: 0, rdatas: [param(65_535, SALT)] },
    ...Array.from({ length: 4000 }, (_, i) => nsec3(i, 65_535, SALT)),
  ]);
  expect(before.nsec3?.iterations).toBe(65_535);
  const [deletions, additions] = [new RecordBatch(), new RecordBatch()];
  deletions.append(APEX, APEX.length, RRType.SOA, 3600, soa(1), soa(1).length);
  additions.append(APEX, APEX.length, RRType.SOA, 3600, soa(2), soa(2).length);
  // An NSEC3 among them, so that no match of before is as good as a new one.
  const link = nsec3(4001, 65_535, SALT);
  additions.append(link.owner, link.owner.length, RRType.NSEC3, 300, link.rdatas[0]!, link.rdatas[0]!.length);
  for (let i = 0; i < 3000; i++) {
    const owner = name(`n${i}.example.`);
    additions.append(owner, owner.length, RRType.A, 300, Uint8Array.of(192, 0, 2, 1), 4);
  }
  const made = overlayChanges(before, [new ZoneChange(deletions, additions)], "as-is");
  if (!made.ok) throw new Error(made.error);
  const { image } = made.value;
  expect([image.serial, image.nsec3?.count]).toEqual([2, 4001]);
  expect(image.nsec3Match(image.apexNode)).toBe(-1);
});
