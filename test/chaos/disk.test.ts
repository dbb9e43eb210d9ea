/** A full disk, and one that can't be written: nothing that was served goes, nothing is acknowledged that is not kept. */
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { smallZone } from "../hostile/world.ts";
import { TEST_TOKEN } from "../peers/countersign.ts";
import { freePort, LOOPBACK, servedSerial, until } from "../peers/index.ts";
import { addZone, force, kill, makeScene, NAME, startInVain, validates } from "./scene.ts";

const scene = makeScene();
afterEach(scene.cleanUp);

describe("the disk", () => {
  test("full: the old version is served on and the reason is said; with room again everything goes on", async (context) => {
    const path = scene.directory("full");
    const data = join(path, "data");
    if (!scene.mountSmall(data, 24)) context.skip("mounting a file system is not allowed here");
    const primary = await scene.primaryWith(1);
    const product = await scene.start(path);
    const id = await addZone(product, primary);
    fill(join(data, "ballast"));
    // Larger than what may be left in blocks that are half used.
    const more = Array.from({ length: 4000 }, (_, i) => `n${i} 300 IN A 192.0.2.1`).join("\n");
    primary.serve({ name: NAME, text: `${smallZone(NAME, 2).text}${more}\n` });
    // The operator can't ask for it: what he asks is written down first, and there is no room for that.
    primary.notify(product.port, NAME);
    const status = await until("held", async () => {
      const now = await product.status(id);
      return now.held !== null ? now : undefined;
    });
    expect(status.held!.reason).toMatch(/ENOSPC|full/i);
    expect(status.serving).toBe("serving");
    expect(await servedSerial(product.port, NAME)).toBe(1);
    // Configuration that can't be kept is not acknowledged.
    const zone = await fetch(`${product.url}/client/v4/zones`, {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_TOKEN}` },
      body: JSON.stringify({ name: "more.example", type: "secondary" }),
    });
    const acknowledged = ((await zone.json()) as { success: boolean }).success;
    await sleep(300);
    expect(await servedSerial(product.port, NAME)).toBe(1);
    rmSync(join(data, "ballast"));
    await force(product, id);
    await product.served(id, NAME, 2);
    await until("released", async () => (await product.status(id)).held === null);
    await kill(product);
    const again = await scene.start(path);
    expect(await servedSerial(again.port, NAME)).toBe(2);
    const zones = (await again.call("GET", "/client/v4/zones")) as { name: string }[];
    expect(zones.some(({ name }) => name === "more.example")).toBe(acknowledged);
    await validates(again, id);
  });

  test("full at the moment of the kill: the restart serves", async (context) => {
    const path = scene.directory("fullkill");
    const data = join(path, "data");
    if (!scene.mountSmall(data, 24)) context.skip("mounting a file system is not allowed here");
    const primary = await scene.primaryWith(1);
    const product = await scene.start(path);
    const id = await addZone(product, primary);
    fill(join(data, "ballast"));
    primary.serve(smallZone(NAME, 2));
    await force(product, id).catch(() => undefined);
    await sleep(200);
    await kill(product);
    const again = await scene.start(path);
    expect(await servedSerial(again.port, NAME)).toBeGreaterThanOrEqual(1);
    await validates(again, id);
    rmSync(join(data, "ballast"));
  });

  test("full, and the first version of a large zone comes: it is served from memory at most until that is known", {
    timeout: 180_000,
  }, async (context) => {
    const path = scene.directory("firstlarge");
    const data = join(path, "data");
    if (!scene.mountSmall(data, 64)) context.skip("mounting a file system is not allowed here");
    const primary = await scene.primaryWith(1);
    const product = await scene.start(path);
    fill(join(data, "ballast"), 50);
    primary.serve(largeZone());
    const id = await product.addZone({ name: LARGE, primary: { ...primary, kind: "knot" }, mode: "unsigned" });
    const status = await until("held", async () => {
      const now = await product.status(id);
      return now.held !== null ? now : undefined;
    });
    expect(status.held!.reason).toMatch(/ENOSPC|full/i);
    expect(status.serials).toMatchObject({ stored: null, served: null });
    await until("not served", async () => (await servedSerial(product.port, LARGE)) === undefined);
    rmSync(join(data, "ballast"));
    await force(product, id);
    await product.served(id, LARGE, 1);
    await kill(product);
    const again = await scene.start(path);
    expect(await servedSerial(again.port, LARGE)).toBe(1);
  });

  test("killed when the first version of a large zone is answered: there whole after the restart, or fetched again", {
    timeout: 180_000,
  }, async () => {
    const path = scene.directory("firstkill");
    const primary = await scene.primaryWith(1);
    primary.serve(largeZone());
    let product = await scene.start(path);
    const id = await product.addZone({ name: LARGE, primary: { ...primary, kind: "knot" }, mode: "unsigned" });
    await until("answered", async () => (await servedSerial(product.port, LARGE)) === 1);
    await kill(product);
    product = await scene.start(path);
    expect([1, undefined]).toContain(await servedSerial(product.port, LARGE));
    await product.served(id, LARGE, 1);
    const files = readdirSync(join(path, "data", "zones", id));
    expect(files.filter((file) => file.endsWith(".image"))).toHaveLength(1);
    expect(files.filter((file) => file.endsWith(".aside"))).toEqual([]);
  });

  test("read-only: the start ends with one sentence", async (context) => {
    const path = scene.directory("readonly");
    const data = join(path, "data");
    if (!scene.mountSmall(data, 8)) context.skip("mounting a file system is not allowed here");
    const product = await scene.start(path);
    await product.process.stop();
    execFileSync("mount", ["-o", "remount,ro", data]);
    const http = `${LOOPBACK}:${await freePort()}`;
    const { code, said } = await startInVain({ data, dns: `${LOOPBACK}:${await freePort()}`, http });
    expect(code).toBe(1);
    expect(said).toContain(data);
    expect(said.trim().split("\n"), said).toHaveLength(1);
    const fresh = join(data, "not-yet");
    const other = await startInVain({ data: fresh, dns: `${LOOPBACK}:${await freePort()}`, http });
    expect(other.code).toBe(1);
    expect(other.said).toContain(fresh);
    expect(other.said.trim().split("\n"), other.said).toHaveLength(1);
  });
});

const LARGE = "large.example.";

/** An image of more than 16 MiB, of few names. */
function largeZone() {
  const text = `"${"x".repeat(250)}" "${"y".repeat(250)}"`;
  const hosts = Array.from({ length: 40_000 }, (_, i) => `n${i} 300 IN TXT ${text}`).join("\n");
  return { name: LARGE, text: `${smallZone(LARGE, 1).text}${hosts}\n` };
}

/** Up to `mebibytes`, or all there is. */
function fill(path: string, mebibytes = 0): void {
  if (mebibytes > 0) {
    writeFileSync(path, Buffer.alloc(mebibytes << 20, 0x55));
    return;
  }
  const block = Buffer.alloc(1 << 16, 0x55);
  for (const size of [block.length, 4096, 512]) {
    try {
      for (let i = 0; i < 100_000; i++) writeFileSync(path, block.subarray(0, size), { flag: "a" });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
    }
  }
}
