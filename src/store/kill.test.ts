import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newId } from "./ids.ts";
import { openStore } from "./open.ts";
import { temporaryDirectory, testSealer, zoneRow } from "./testing/fixtures.ts";

const SLOT_WORDS = 17;
const CHUNKS = 8;
const ROUNDS_OF_KILLING = 8;

it("kill -9 at any moment loses nothing that was confirmed and leaves nothing half", { timeout: 240_000 }, async () => {
  const directory = temporaryDirectory();
  const zoneId = newId();
  await prepare(directory, zoneId);
  let kept = 0;
  for (let i = 0; i < ROUNDS_OF_KILLING; i++) {
    const confirmed = await writeUntilKilled(directory, zoneId, 3 + ((i * 7) % 11), i * 3);
    expect(confirmed).toBeGreaterThan(0);
    kept = Math.max(kept, await check(directory, zoneId, confirmed));
  }
  expect(kept).toBeGreaterThan(0);
  rmSync(directory, { recursive: true });
});

async function prepare(directory: string, zoneId: string): Promise<void> {
  const store = openStore(directory, testSealer());
  const accountId = newId();
  await store.accounts.add({ id: accountId, name: "a", createdAt: 1 });
  await store.zones.add(zoneRow({ id: zoneId, accountId, name: "example.com", createdAt: 1 }));
  await store.close();
}

/** Kills the writer `delay` milliseconds after it confirmed `rounds` rounds; gives the last one that it confirmed. */
async function writeUntilKilled(directory: string, zoneId: string, rounds: number, delay: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/kill.child.ts"), directory, zoneId], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  let due = false;
  child.stdout.on("data", (data) => {
    text += data;
    if (!due && text.split("\n").length > rounds) {
      due = true;
      setTimeout(() => child.kill("SIGKILL"), delay);
    }
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  return Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1));
}

/** Gives the number of signatures that were loaded. */
async function check(directory: string, zoneId: string, confirmed: number): Promise<number> {
  const store = openStore(directory, testSealer());
  expect(await store.settings.find("round")).toBeGreaterThanOrEqual(confirmed);
  const incoming = await store.incoming.find(zoneId);
  expect(incoming!.modifiedAt).toBeGreaterThanOrEqual(confirmed);
  expect((await store.peers.find(incoming!.peers[0]!))!.name).toBe(`p${incoming!.name}`);

  await store.files.removeOrphans(new Map([[zoneId, new Set(["served", "live"])]]));
  const image = new Uint8Array(await store.files.loadImage(zoneId, "served"));
  expect(image.length).toBe(512 * 1024);
  expect(image.every((octet) => octet === image[0])).toBe(true);

  const memory = new SharedArrayBuffer(CHUNKS * 256 * SLOT_WORDS * 4);
  const file = await store.files.openSignatures(zoneId, "live", Uint8Array.of(1), {
    chunks: CHUNKS,
    takeDirty: () => false,
    chunkOctets: (chunk) => new Uint8Array(memory, chunk * 256 * SLOT_WORDS * 4, 256 * SLOT_WORDS * 4),
  });
  const words = new Int32Array(memory);
  const octets = new Uint8Array(memory);
  let signatures = 0;
  for (let slot = 0; slot < CHUNKS * 256; slot++) {
    const state = words[slot * SLOT_WORDS]!;
    const slotOctets = octets.subarray(slot * SLOT_WORDS * 4 + 4, (slot + 1) * SLOT_WORDS * 4);
    expect(slotOctets.every((octet) => octet === state)).toBe(true);
    if (state !== 0) signatures++;
  }
  await file.close();
  await store.close();
  return signatures;
}
