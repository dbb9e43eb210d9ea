/** Damaged files: an image, a signature table, the database. Never served, always said, made anew where that is possible. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { seededRandom } from "../hostile/random.ts";
import { breakages, smallZone } from "../hostile/world.ts";
import { freePort, LOOPBACK, servedSerial, until } from "../peers/index.ts";
import { addZone, kill, makeScene, NAME, startInVain, validates } from "./scene.ts";

const scene = makeScene();
afterEach(scene.cleanUp);

type Damage = { readonly name: string; readonly file: RegExp; readonly harm: (path: string) => void };

const random = seededRandom(0xbad);

function flip(path: string, count: number): void {
  const octets = readFileSync(path);
  for (let i = 0; i < count; i++) octets[random.below(octets.length)]! ^= 1 << random.below(8);
  writeFileSync(path, octets);
}

const DAMAGES: readonly Damage[] = [
  { name: "image: empty", file: /\.image$/, harm: (path) => truncateSync(path, 0) },
  { name: "image: three octets", file: /\.image$/, harm: (path) => truncateSync(path, 3) },
  { name: "image: half", file: /\.image$/, harm: (path) => truncateSync(path, statSync(path).size >> 1) },
  { name: "image: longer", file: /\.image$/, harm: (path) => writeFileSync(path, Buffer.alloc(4096), { flag: "a" }) },
  { name: "image: zeros", file: /\.image$/, harm: (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)) },
  { name: "image: a bit", file: /\.image$/, harm: (path) => flip(path, 1) },
  { name: "image: another bit", file: /\.image$/, harm: (path) => flip(path, 1) },
  { name: "image: many bits", file: /\.image$/, harm: (path) => flip(path, 1000) },
  { name: "image: gone", file: /\.image$/, harm: (path) => rmSync(path) },
  {
    name: "image: a directory in its place",
    file: /\.image$/,
    harm: (path) => {
      rmSync(path);
      mkdirSync(path);
    },
  },
];

const SIGNATURE_DAMAGES: readonly Damage[] = [
  { name: "empty", file: /\.signatures$/, harm: (path) => truncateSync(path, 0) },
  { name: "half", file: /\.signatures$/, harm: (path) => truncateSync(path, statSync(path).size >> 1) },
  { name: "a bit", file: /\.signatures$/, harm: (path) => flip(path, 1) },
  { name: "many bits", file: /\.signatures$/, harm: (path) => flip(path, 500) },
  { name: "gone", file: /\.signatures$/, harm: (path) => rmSync(path) },
];

function harmFiles(path: string, id: string, { file, harm }: Damage): void {
  const folder = join(path, "data", "zones", id);
  const files = readdirSync(folder).filter((each) => file.test(each));
  expect(files.length).toBeGreaterThan(0);
  for (const each of files) harm(join(folder, each));
}

describe("damaged files", () => {
  test("an image: never served, always said, fetched anew; the neighbour is served from disk", {
    timeout: 120_000,
  }, async () => {
    const path = scene.directory("damage");
    const primary = await scene.primaryWith(1);
    const neighbour = "neighbour.example.";
    primary.serve(smallZone(neighbour, 1));
    let product = await scene.start(path);
    const id = await addZone(product, primary);
    await addZone(product, primary, neighbour);
    for (const damage of DAMAGES) {
      await kill(product);
      harmFiles(path, id, damage);
      product = await scene.start(path);
      expect(await servedSerial(product.port, neighbour), damage.name).toBe(1);
      await product.served(id, NAME, 1);
      const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}&limit=20`)) as { code: string }[];
      expect(
        events.map(({ code }) => code),
        damage.name,
      ).toContain("zone.image-damaged");
      await until("rest", async () => (await product.status(id)).phase === "idle");
      expect((await product.status(id)).held, damage.name).toBeNull();
      expect(breakages(product), damage.name).toEqual([]);
    }
    await validates(product, id);
  });

  test("a signature table: what is damaged is made anew, nothing bogus is answered", { timeout: 240_000 }, async () => {
    const path = scene.directory("signatures");
    const primary = await scene.primaryWith(1);
    let product = await scene.start(path);
    const id = await addZone(product, primary);
    for (const damage of SIGNATURE_DAMAGES) {
      await validates(product, id);
      // Saved every two seconds.
      await until("signatures on the disk", () => {
        const folder = join(path, "data", "zones", id);
        const file = readdirSync(folder).find((each) => each.endsWith(".signatures"));
        return file !== undefined && statSync(join(folder, file)).size > 1000;
      });
      await kill(product);
      harmFiles(path, id, damage);
      product = await scene.start(path);
      expect(await servedSerial(product.port, NAME), damage.name).toBe(1);
      expect(breakages(product), damage.name).toEqual([]);
    }
    await validates(product, id);
  });

  test.each([
    ["rubbish", (path: string) => writeFileSync(path, Buffer.alloc(8192, 0x5a))],
    ["cut off in the middle", (path: string) => truncateSync(path, 5000)],
  ] as const)("a database that is %s ends the start with a sentence", async (_, harm) => {
    const path = scene.directory("database");
    const product = await scene.start(path);
    await product.process.stop();
    harm(join(path, "data", "countersign.db"));
    const http = `${LOOPBACK}:${await freePort()}`;
    const data = join(path, "data");
    const { code, said } = await startInVain({ data, dns: `${LOOPBACK}:${await freePort()}`, http });
    expect(code).toBe(1);
    expect(said).toMatch(/^countersign: /);
    expect(said).toContain("countersign.db");
    expect(said.trim().split("\n"), said).toHaveLength(1);
  });
});
