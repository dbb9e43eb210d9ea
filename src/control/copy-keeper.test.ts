/** When copies of small images are written, and that nothing but the next start depends on it. */
import { expect, test } from "vitest";
import type { ImageCopy } from "#store";
import { CopyKeeper } from "./copy-keeper.ts";
import { ImagePacks } from "./image-packs.ts";
import { slimStored } from "./packed-versions.ts";
import type { Registry } from "./registry.ts";
import type { Scheduler } from "./scheduler.ts";
import type { StoredVersion } from "./versions.ts";

type Scene = {
  readonly keeper: CopyKeeper;
  readonly written: (readonly ImageCopy[])[];
  readonly warned: object[];
  /** Lets so many seconds pass; resolves when what became due is over. */
  readonly pass: (seconds: number) => Promise<void>;
};

/** `zones`: with a small image each, but for the last, which is large. `trouble`: the disk's. */
function scene(zones: number, trouble?: Error): Scene {
  const packs = new ImagePacks();
  const units = Array.from({ length: zones }, (_, i) => {
    const octets = i === zones - 1 ? 40_000 : 64;
    const image = packs.room(octets) ?? new SharedArrayBuffer(octets);
    const version = { image: { buffer: image, root: 0 }, file: `t-${i}` } as unknown as StoredVersion;
    const stored = slimStored(version);
    return { zone: { id: String(zones - i).padStart(6, "0"), stored, served: { file: `t-${i}`, from: stored } } };
  });
  const registry = { size: zones, all: () => units.values() } as unknown as Registry;
  const [written, warned]: [(readonly ImageCopy[])[], object[]] = [[], []];
  let now = 1000;
  let due: { readonly at: number; readonly run: () => void } | undefined;
  const scheduler = {
    set(_key: string, at: number, run: () => void) {
      due = { at, run };
    },
  } as unknown as Scheduler;
  const files = {
    async writeImageCopies(copies: readonly ImageCopy[], isOver: () => boolean) {
      if (trouble) throw trouble;
      if (isOver()) return false;
      written.push(copies);
      return true;
    },
  };
  const store = { files } as never;
  const log = { warn: (about: object) => warned.push(about) } as never;
  const keeper = new CopyKeeper(registry, { store, log, scheduler, now: () => now, nowMs: () => now * 1000 });
  const pass = async (seconds: number) => {
    now += seconds;
    if (due && due.at <= now) due.run();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { keeper, written, warned, pass };
}

test("after the first start of many zones all small images are written once, in order of id", async () => {
  const { keeper, written, pass } = scene(1200);
  keeper.noteNew(1200);
  keeper.begin();
  await pass(5);
  expect(written).toEqual([]);
  await pass(10);
  expect(written).toHaveLength(1);
  const ids = written[0]!.map(({ zoneId }) => zoneId);
  expect(ids).toHaveLength(1199);
  expect(ids).toEqual(ids.toSorted());
  await pass(4000);
  await keeper.stop();
  expect(written).toHaveLength(1);
});

test("again when a twentieth is new, at the next look or at the end", async () => {
  const { keeper, written, pass } = scene(1200);
  keeper.begin();
  keeper.noteNew(59);
  await pass(20);
  expect(written).toHaveLength(0);
  keeper.noteNew();
  await pass(4000);
  expect(written).toHaveLength(1);
  keeper.noteNew(60);
  await keeper.stop();
  expect(written).toHaveLength(2);
});

test("what is deleted goes with the next look", async () => {
  const { keeper, written, pass } = scene(1200);
  keeper.begin();
  await pass(20);
  keeper.noteGone();
  await pass(4000);
  expect(written).toHaveLength(1);
});

test("few zones have none", async () => {
  const { keeper, written, pass } = scene(999);
  keeper.noteNew(999);
  keeper.begin();
  await pass(20);
  await keeper.stop();
  expect(written).toEqual([]);
});

test("a disk that is full costs a warning, and is tried again", async () => {
  const { keeper, warned, pass } = scene(1200, new Error("ENOSPC"));
  keeper.noteNew(1200);
  keeper.begin();
  await pass(20);
  await pass(4000);
  await keeper.stop();
  expect(warned).toHaveLength(3);
});
