import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openZoneFiles, type ZoneFiles } from "./files.ts";
import { newId } from "./ids.ts";
import { copySettledSlots, type SavableTable, type SignatureFile } from "./signatures.ts";
import { temporaryDirectory } from "./testing/fixtures.ts";

let directory: string;
let files: ZoneFiles;
const zone = newId();

beforeEach(() => {
  directory = temporaryDirectory();
  mkdirSync(join(directory, "zones"));
  files = openZoneFiles(directory);
});
afterEach(() => rmSync(directory, { recursive: true }));

function shared(octets: readonly number[]): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(octets.length);
  new Uint8Array(buffer).set(octets);
  return buffer;
}

describe("images", () => {
  it("come back octet for octet in shared memory, also when larger than one write", async () => {
    const image = new SharedArrayBuffer(40 * 1024 * 1024 + 3);
    const octets = new Uint8Array(image);
    for (let i = 0; i < octets.length; i += 4093) octets[i] = i & 0xff;
    await files.saveImage(zone, "served-1", image);
    const back = await files.loadImage(zone, "served-1");
    expect(back).toBeInstanceOf(SharedArrayBuffer);
    expect(Buffer.compare(Buffer.from(back), Buffer.from(image))).toBe(0);
    expect(readdirSync(join(directory, "zones", zone))).toEqual(["served-1.image"]);
  });

  it("are replaced whole, and missed by code", async () => {
    await files.saveImage(zone, "a", shared([1, 2, 3, 4]));
    await files.saveImage(zone, "a", shared([5]));
    expect(new Uint8Array(await files.loadImage(zone, "a"))).toEqual(Uint8Array.of(5));
    await files.removeImage(zone, "a");
    await expect(files.loadImage(zone, "a")).rejects.toMatchObject({ code: "store.missing" });
  });

  it("are read beforehand, many at once; one that is missing is told when it is wanted", async () => {
    await files.saveImage(zone, "a", shared([1, 2, 3, 4]));
    const wanted = ["a", "missing", "a"].map((name) => ({ zoneId: zone, name }));
    expect(await files.warmImages(wanted)).toBeUndefined();
    const into = new Uint8Array(4);
    files.readImage(zone, "a", into);
    expect(into).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(() => files.readImage(zone, "missing", into)).toThrow(expect.objectContaining({ code: "store.missing" }));
  });

  it("never leave their folder", async () => {
    await expect(files.saveImage("../etc", "a", shared([1]))).rejects.toMatchObject({ code: "store.name" });
    await expect(files.saveImage(zone, "../a", shared([1]))).rejects.toMatchObject({ code: "store.name" });
  });
});

describe("overlays", () => {
  const room = () => 16;
  const load = async () => [...new Uint8Array(await files.loadImage(zone, "a", room))];

  it("stand behind their image, each where it belongs; what was written in vain is written over", async () => {
    await files.saveImage(zone, "a", shared([1, 2, 3, 4]));
    expect(await load()).toEqual([1, 2, 3, 4, ...new Array(16).fill(0)]);
    await files.saveOverlay(zone, "a", Uint8Array.of(5, 6, 7, 8), 0);
    await files.saveOverlay(zone, "a", Uint8Array.of(9, 9, 9, 9, 9, 9), 4);
    expect(await load()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9, ...new Array(6).fill(0)]);
    await files.saveOverlay(zone, "a", Uint8Array.of(1, 1), 4);
    expect((await load()).slice(0, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 9, 9]);
  });

  it("stay with their image, and go with it; more of them than there is room for are not read", async () => {
    await files.saveImage(zone, "a", shared([1, 2, 3, 4]));
    await files.saveOverlay(zone, "a", new Uint8Array(40).fill(7), 0);
    expect(await load()).toEqual([1, 2, 3, 4, ...new Array(16).fill(7)]);
    expect(await files.removeOrphans(new Map([[zone, new Set(["a"])]]))).toEqual([]);
    await files.removeImage(zone, "a");
    expect(readdirSync(join(directory, "zones", zone))).toEqual([]);
  });
});

it("takes away orphans and half-written files, and keeps the rest", async () => {
  const gone = newId();
  await files.saveImage(zone, "a", shared([1]));
  await files.saveImage(zone, "b", shared([1]));
  await files.saveImage(gone, "a", shared([1]));
  writeFileSync(join(directory, "zones", zone, "a.image.0123.aside"), "half");
  const removed = await files.removeOrphans(new Map([[zone, new Set(["a"])]]));
  expect([...removed].sort()).toEqual([`${zone}/a.image.0123.aside`, `${zone}/b.image`, gone].sort());
  expect(readdirSync(join(directory, "zones", zone))).toEqual(["a.image"]);
});

const SLOTS = 4;
const SLOT_OCTETS = 68;

/** Chunks of 4 slots in shared memory, with dirty flags. */
function makeTable(chunks: number): SavableTable & { sign(chunk: number, slot: number, fill: number): void } {
  const memory = new SharedArrayBuffer(chunks * SLOTS * SLOT_OCTETS);
  const dirty = new Set<number>();
  const chunkOctets = (chunk: number) => new Uint8Array(memory, chunk * SLOTS * SLOT_OCTETS, SLOTS * SLOT_OCTETS);
  return {
    chunks,
    chunkOctets,
    takeDirty: (chunk) => dirty.delete(chunk),
    sign(chunk, slot, fill) {
      const octets = chunkOctets(chunk).subarray(slot * SLOT_OCTETS, (slot + 1) * SLOT_OCTETS);
      octets.fill(fill);
      new DataView(octets.buffer, octets.byteOffset).setUint32(0, 1000 + fill, true);
      dirty.add(chunk);
    },
  };
}

describe("signature tables", () => {
  const identity = new TextEncoder().encode("image 7, key 2371");
  const path = () => join(directory, "zones", zone, "a.signatures");

  it("save only what changed, and come back", async () => {
    const table = makeTable(3);
    const file = await files.openSignatures(zone, "a", identity, table);
    table.sign(0, 1, 5);
    table.sign(2, 3, 6);
    expect(await file.save()).toBe(2);
    expect(await file.save()).toBe(0);
    table.sign(2, 0, 7);
    await file.close();
    const again = makeTable(3);
    const reopened = await files.openSignatures(zone, "a", identity, again);
    expect([reopened.chunksLoaded, reopened.chunksDropped]).toEqual([2, 0]);
    for (const chunk of [0, 1, 2]) expect(again.chunkOctets(chunk)).toEqual(table.chunkOctets(chunk));
    await reopened.close();
  });

  describe("that are read later", () => {
    const saved = async () => {
      const table = makeTable(2);
      const file = await files.openSignatures(zone, "a", identity, table);
      table.sign(0, 1, 5);
      table.sign(1, 2, 6);
      await file.close();
      return table;
    };

    it("come into empty slots with the first save, and what was signed meanwhile stays", async () => {
      const before = await saved();
      const table = makeTable(2);
      const file = files.signaturesLater(zone, "a", identity, table);
      expect(table.chunkOctets(0).some((octet) => octet !== 0)).toBe(false);
      table.sign(0, 1, 8);
      table.sign(0, 3, 9);
      const slot = (of: typeof table, chunk: number, at: number) =>
        of.chunkOctets(chunk).slice(at * SLOT_OCTETS, (at + 1) * SLOT_OCTETS);
      const meanwhile = [slot(table, 0, 1), slot(table, 0, 3)];
      expect(await file.save()).toBe(1);
      expect([slot(table, 0, 1), slot(table, 0, 3)]).toEqual(meanwhile);
      expect(table.chunkOctets(1)).toEqual(before.chunkOctets(1));
      // Nothing that was there is lost by what was written over it.
      const again = makeTable(2);
      expect((await files.openSignatures(zone, "a", identity, again)).chunksLoaded).toBe(2);
      for (const chunk of [0, 1]) expect(again.chunkOctets(chunk)).toEqual(table.chunkOctets(chunk));
    });

    it("are left as they are by a stop before that", async () => {
      const before = await saved();
      const table = makeTable(2);
      const file = files.signaturesLater(zone, "a", identity, table);
      table.sign(0, 3, 9);
      expect(file.saveAtOnce()).toBe(0);
      const again = makeTable(2);
      await files.openSignatures(zone, "a", identity, again);
      for (const chunk of [0, 1]) expect(again.chunkOctets(chunk)).toEqual(before.chunkOctets(chunk));
    });

    it("are written where there was no file, by a save or a stop, and no sweep takes them away", async () => {
      const sweep = files.beginSweep(new Map());
      for (const [name, save] of [
        ["b", async (file: SignatureFile) => file.save()],
        ["c", async (file: SignatureFile) => file.saveAtOnce()],
      ] as const) {
        await files.saveImage(zone, "x", new Uint8Array(4));
        const table = makeTable(1);
        const file = files.signaturesLater(zone, name, identity, table);
        table.sign(0, 3, 9);
        expect(await save(file)).toBe(1);
        const again = makeTable(1);
        expect((await files.openSignatures(zone, name, identity, again)).chunksLoaded).toBe(1);
      }
      await sweep.run();
      expect(existsSync(join(directory, "zones", zone, "b.signatures"))).toBe(true);
      expect(existsSync(join(directory, "zones", zone, "c.signatures"))).toBe(true);
    });

    it("go to where the table has moved to meanwhile, and not into slots that somebody is writing", async () => {
      const before = await saved();
      const [table, moved] = [makeTable(2), makeTable(2)];
      const file = files.signaturesLater(zone, "a", identity, table);
      const reading = file.read();
      file.moveTo(moved);
      new DataView(moved.chunkOctets(0).buffer).setInt32(SLOT_OCTETS, 0x7fff_ffff, true);
      await reading;
      expect(moved.chunkOctets(1)).toEqual(before.chunkOctets(1));
      expect(new DataView(moved.chunkOctets(0).buffer).getInt32(SLOT_OCTETS, true)).toBe(0x7fff_ffff);
      expect(
        moved
          .chunkOctets(0)
          .subarray(SLOT_OCTETS + 4)
          .some((octet) => octet !== 0),
      ).toBe(false);
      expect(table.chunkOctets(1).some((octet) => octet !== 0)).toBe(false);
    });
  });

  it("are not taken over by another image or key", async () => {
    const table = makeTable(1);
    const file = await files.openSignatures(zone, "a", identity, table);
    table.sign(0, 0, 5);
    await file.close();
    const other = makeTable(1);
    const reopened = await files.openSignatures(zone, "a", new TextEncoder().encode("image 8"), other);
    expect(reopened.chunksLoaded).toBe(0);
    expect(other.chunkOctets(0).some((octet) => octet !== 0)).toBe(false);
    await reopened.close();
  });

  it("lose a chunk, never gain a wrong one: each octet of the file changed in turn", async () => {
    const table = makeTable(2);
    const file = await files.openSignatures(zone, "a", identity, table);
    table.sign(0, 1, 5);
    table.sign(1, 2, 6);
    await file.close();
    const good = readFileSync(path());
    for (let at = 0; at < good.length; at += 7) {
      const bad = Buffer.from(good);
      bad[at]! ^= 0x40;
      writeFileSync(path(), bad);
      const again = makeTable(2);
      await (await files.openSignatures(zone, "a", identity, again)).close();
      for (const chunk of [0, 1]) {
        const loaded = again.chunkOctets(chunk);
        if (loaded.some((octet) => octet !== 0)) expect(loaded).toEqual(table.chunkOctets(chunk));
      }
    }
    // A chunk copied over another one has a good CRC of its own, but not at this place.
    const moved = Buffer.from(good);
    const size = 8 + SLOTS * SLOT_OCTETS;
    good.copy(moved, 128 + size, 128, 128 + size);
    writeFileSync(path(), moved);
    const again = makeTable(2);
    const reopened = await files.openSignatures(zone, "a", identity, again);
    expect([reopened.chunksLoaded, reopened.chunksDropped]).toEqual([1, 1]);
    await reopened.close();
  });

  it("end where the file ends", async () => {
    const table = makeTable(2);
    const file = await files.openSignatures(zone, "a", identity, table);
    table.sign(0, 1, 5);
    table.sign(1, 1, 5);
    await file.close();
    const good = readFileSync(path());
    for (const length of [0, 64, 128, 140, good.length - 1]) {
      writeFileSync(path(), good.subarray(0, length));
      const again = makeTable(2);
      const reopened = await files.openSignatures(zone, "a", identity, again);
      expect(reopened.chunksLoaded).toBe(length === good.length - 1 ? 1 : 0);
      await reopened.close();
    }
  });

  it("leave out slots that somebody is writing", () => {
    const table = makeTable(1);
    for (const slot of [0, 1, 2]) table.sign(0, slot, slot + 1);
    const words = new Int32Array(table.chunkOctets(0).buffer);
    words[17] = 0x7fff_ffff;
    const copy = new Uint8Array(SLOTS * SLOT_OCTETS).fill(0xee);
    copySettledSlots(table.chunkOctets(0), copy);
    expect(copy.subarray(68, 136).every((octet) => octet === 0)).toBe(true);
    expect(copy.subarray(204).every((octet) => octet === 0)).toBe(true);
    expect(copy.subarray(0, 68)).toEqual(table.chunkOctets(0).slice(0, 68));
  });
});
