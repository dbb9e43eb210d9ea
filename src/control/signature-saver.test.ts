/** What becomes of signatures when a server with many zones stops. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SignatureTable } from "#image";
import { newId, openStore, type SignatureFile, type Store } from "#store";
import type { Deps } from "./deps.ts";
import type { Registry } from "./registry.ts";
import { SignatureSaver } from "./signature-saver.ts";

const ZONES = 200;
const SLOTS = 4;
const IDENTITY = Uint8Array.of(1, 2, 3);
const SEALER = { seal: (plain: Uint8Array) => plain, open: (sealed: Uint8Array) => sealed };

let directory: string;
let store: Store;
let ids: readonly string[];
let tables: readonly SignatureTable[];
let files: readonly SignatureFile[];
let warned: object[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "countersign-saver-"));
  store = openStore(directory, SEALER);
  ids = Array.from({ length: ZONES }, newId);
  tables = ids.map(() => SignatureTable.create(SLOTS, 7, 9));
  files = await Promise.all(ids.map((id, i) => store.files.openSignatures(id, "a", IDENTITY, tables[i]!)));
  warned = [];
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

/** The clock goes on by 10 ms with every look at it: one look for each zone. */
function saver(stopWithinMs: number): SignatureSaver {
  const units = files.map((tableFile, i) => ({ zone: { name: `z${i}`, served: { signing: { tableFile } } } }));
  const unsigned = { zone: { name: "unsigned", served: { signing: undefined } } };
  const registry = { all: () => [unsigned, ...units].values() } as unknown as Registry;
  const log = { warn: (about: object) => warned.push(about) } as unknown as Deps["log"];
  let ms = 0;
  const nowMs = () => {
    ms += 10;
    return ms;
  };
  return new SignatureSaver(registry, { log }, { stopWithinMs, nowMs });
}

/** A slot is written once in a period. */
function sign(zone: number, period: number): void {
  tables[zone]!.write(1, period, new Uint8Array(64).fill(period), 0);
}

/** Period of each zone's signature that a restart reads, 0 for none. */
function afterRestart(): Promise<number[]> {
  return Promise.all(
    ids.map(async (id) => {
      const table = SignatureTable.create(SLOTS, 7, 9);
      await store.files.openSignatures(id, "a", IDENTITY, table);
      const out = new Uint8Array(64);
      const period = [8, 9].find((one) => table.read(1, one, out, 0)) ?? 0;
      expect(out).toEqual(new Uint8Array(64).fill(period));
      return period;
    }),
  );
}

test("with time enough all of them are saved, in files that were there and in new ones", async () => {
  sign(3, 8);
  await files[3]!.save();
  for (let zone = 0; zone < ZONES; zone++) sign(zone, 9);
  await saver(1_000_000).stop();
  expect(await afterRestart()).toEqual(Array.from({ length: ZONES }, () => 9));
  expect(warned).toEqual([]);
});

test("when the time is over the rest is left out and told, and what was saved before is whole", async () => {
  for (let zone = 0; zone < ZONES; zone++) sign(zone, 8);
  for (const file of files) await file.save();
  // Every second one has something new.
  for (let zone = 0; zone < ZONES; zone += 2) sign(zone, 9);
  await saver(500).stop();
  const found = await afterRestart();
  const saved = found.filter((period) => period === 9).length;
  expect(saved).toBeGreaterThan(0);
  expect(saved).toBeLessThan(ZONES / 2);
  // In order, up to where the time was over; the others have what they had.
  expect(found).toEqual(Array.from({ length: ZONES }, (_, zone) => (zone % 2 === 0 && zone / 2 < saved ? 9 : 8)));
  expect(warned).toEqual([{ zones: ZONES / 2 - saved }]);
});

test("a zone whose folder is gone keeps nobody from the others", async () => {
  for (let zone = 0; zone < ZONES; zone++) sign(zone, 9);
  await store.files.removeZone(ids[0]!);
  await saver(1_000_000).stop();
  expect((await afterRestart()).slice(1).every((period) => period === 9)).toBe(true);
  expect(warned).toEqual([]);
});

test("a file that is another table's by now is left alone", async () => {
  sign(0, 8);
  await files[0]!.save();
  const other = SignatureTable.create(SLOTS, 7, 9);
  const others = await store.files.openSignatures(ids[0]!, "a", Uint8Array.of(4), other);
  other.write(2, 8, new Uint8Array(64).fill(5), 0);
  await others.save();
  sign(0, 9);
  await saver(1_000_000).stop();
  const again = SignatureTable.create(SLOTS, 7, 9);
  await store.files.openSignatures(ids[0]!, "a", Uint8Array.of(4), again);
  const out = new Uint8Array(64);
  expect([again.read(2, 8, out, 0), out[0], again.read(1, 9, out, 0)]).toEqual([true, 5, false]);
});
