import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openZoneFiles, type ZoneFiles } from "./files.ts";
import { newId } from "./ids.ts";
import type { ImageCopies, ImageCopy } from "./image-copies.ts";
import { temporaryDirectory } from "./testing/fixtures.ts";

let directory: string;
let path: string;
let files: ZoneFiles;
let opened: ImageCopies | undefined;

/** More than a block of them, of sizes that leave a rest at the end of one. */
const copies: readonly ImageCopy[] = Array.from({ length: 90 }, (_, i) => ({
  zoneId: newId(),
  name: `t-${i}`,
  octets: new Uint8Array(20_000 + 4 * i).fill(i + 1),
}));

beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, "image-copies");
  mkdirSync(join(directory, "zones"));
  files = openZoneFiles(directory);
});
afterEach(() => {
  opened?.close();
  opened = undefined;
  rmSync(directory, { recursive: true });
});

const write = (some: readonly ImageCopy[] = copies, isOver = () => false) => files.writeImageCopies(some, isOver);

function open(): ImageCopies | undefined {
  opened?.close();
  opened = files.openImageCopies();
  return opened;
}

/** Those that come back as they were written. */
function found(): readonly number[] {
  const all = open();
  return copies.flatMap(({ zoneId, name, octets }, i) => {
    const place = all?.find(zoneId, name, octets.length);
    if (!place) return [];
    expect(place.byteOffset % 8).toBe(0);
    const { buffer, byteOffset, byteLength } = place;
    expect(Buffer.compare(Buffer.from(buffer, byteOffset, byteLength), octets)).toBe(0);
    return [i];
  });
}

const ALL = copies.map((_, i) => i);

function change(at: number): void {
  const octets = readFileSync(path);
  octets[at]! ^= 0x40;
  writeFileSync(path, octets);
}

test("all come back, from several blocks, in buffers of many", async () => {
  expect(await write()).toBe(true);
  expect(found()).toEqual(ALL);
  expect(opened!.size).toBe(copies.length);
  const buffers = new Set(copies.map(({ zoneId, name, octets }) => opened!.find(zoneId, name, octets.length)!.buffer));
  expect(buffers.size).toBe(2);
  expect(existsSync(`${path}.new`)).toBe(false);
});

test("an image of another zone, name or size is not there", async () => {
  await write();
  const [{ zoneId, name, octets }, other] = copies as [ImageCopy, ImageCopy];
  expect(open()!.find(other.zoneId, name, octets.length)).toBeUndefined();
  expect(opened!.find(zoneId, "t-7", octets.length)).toBeUndefined();
  expect(opened!.find(zoneId, name, octets.length + 4)).toBeUndefined();
  expect(opened!.find(zoneId, name, octets.length)).toBeDefined();
});

test("none were written, or none at all are wanted", async () => {
  expect(open()).toBeUndefined();
  expect(await write([])).toBe(false);
  expect(open()).toBeUndefined();
});

test("one octet of an image is another: that one is not there, the others are", async () => {
  await write();
  change(readFileSync(path).indexOf(Buffer.alloc(64, 41)) + 32);
  expect(found()).toEqual(ALL.filter((i) => i !== 40));
});

test("head or index are damaged, or of another format: there are none", async () => {
  await write();
  for (const at of [0, 8, 12, 16, 20, 300]) {
    change(at);
    expect(open(), `octet ${at}`).toBeUndefined();
    change(at);
  }
  expect(found()).toEqual(ALL);
});

test("the file ends early: what is whole is there", async () => {
  await write();
  truncateSync(path, readFileSync(path).indexOf(Buffer.alloc(64, 61)) + 100);
  expect(found()).toEqual(ALL.slice(0, 60));
  truncateSync(path, 12);
  expect(open()).toBeUndefined();
});

test("a writing that is ended leaves those before", async () => {
  await write(copies.slice(0, 10));
  let looks = 0;
  expect(await write(copies, () => ++looks > 1)).toBe(false);
  expect(found()).toEqual(ALL.slice(0, 10));
  expect(existsSync(`${path}.new`)).toBe(false);
});

test("what a kill left of a writing is written over", async () => {
  await write(copies.slice(0, 10));
  writeFileSync(`${path}.new`, new Uint8Array(5_000_000));
  expect(found()).toEqual(ALL.slice(0, 10));
  expect(await write()).toBe(true);
  expect(found()).toEqual(ALL);
});
