import { expect, test } from "vitest";
import { octetsOf, PackBook, PackWriter, SignatureTable } from "#image";

test("parts stand aligned, behind one another, and a full pack is followed by the next", () => {
  const writer = new PackWriter(64);
  const parts = [5, 8, 40, 16].map((length) => writer.put(new Uint8Array(length).fill(length)));
  expect(parts.map(({ byteOffset, byteLength }) => [byteOffset, byteLength])).toEqual([
    [0, 5],
    [8, 8],
    [16, 40],
    [0, 16],
  ]);
  expect(parts[2]!.buffer).toBe(parts[0]!.buffer);
  expect(parts[3]!.buffer).not.toBe(parts[0]!.buffer);
  for (const part of parts) expect(octetsOf(part).every((octet) => octet === part.byteLength)).toBe(true);
  expect(writer.givenOctets).toBe(8 + 8 + 40 + 16);
});

test("what passes a pack gets one of its own", () => {
  const writer = new PackWriter(64);
  expect(writer.put(new Uint8Array(1000)).buffer.byteLength).toBe(1000);
});

test("the part taken last can be shortened, and what follows finds zeros", () => {
  const writer = new PackWriter(64);
  const part = writer.take(40);
  octetsOf(part).fill(7);
  expect(writer.shorten(part, 9).byteLength).toBe(9);
  const next = writer.take(16);
  expect(next.byteOffset).toBe(16);
  expect(octetsOf(next).every((octet) => octet === 0)).toBe(true);
  // One that stands before another keeps its room.
  expect(writer.shorten(part, 1).byteLength).toBe(1);
  expect(writer.take(8).byteOffset).toBe(32);
});

test("a pack of which less than half is wanted is sparse", () => {
  const writer = new PackWriter(64);
  const parts = Array.from({ length: 16 }, () => writer.put(new Uint8Array(8)));
  const book = new PackBook();
  for (const part of [...parts.slice(0, 3), ...parts.slice(8, 12)]) book.count(part);
  expect([...book.sparse()]).toEqual([parts[0]!.buffer]);
  expect(book.wantedOctets).toBe(56);
});

test("a signature table in a pack is one like any other, and touches nothing beside it", () => {
  const writer = new PackWriter(4096);
  const before = writer.put(new Uint8Array(8).fill(1));
  const room = writer.take(SignatureTable.octets(3));
  const behind = writer.put(new Uint8Array(8).fill(2));
  const table = SignatureTable.create(3, 77, 5, room);
  const signature = Uint8Array.from({ length: 64 }, (_, i) => i);
  for (let slot = 0; slot < 3; slot++) table.write(slot, 9, signature, 0);
  const opened = SignatureTable.open(room)!;
  const read = new Uint8Array(64);
  expect(opened.read(2, 9, read, 0)).toBe(true);
  expect([...read]).toEqual([...signature]);
  expect([opened.keyTag, opened.imageChecksum, opened.takeDirty(0), opened.takeDirty(0)]).toEqual([77, 5, true, false]);
  expect([...octetsOf(before), ...octetsOf(behind)]).toEqual([...new Array(8).fill(1), ...new Array(8).fill(2)]);
});
