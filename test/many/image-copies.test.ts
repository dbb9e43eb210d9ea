/**
 * Copies of small images (store/image-copies.ts) on the whole product: a start takes zones from them, and whatever is wrong with
 * them, or with the zones' own files, every zone is served as before.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseMessage } from "#message";
import { RRType } from "#rdata";
import { killHard } from "../chaos/world.ts";
import {
  askAllUdp,
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  removeDirectory,
  startCountersign,
  until,
} from "../peers/index.ts";
import { populate, zoneName } from "./populate.ts";

const ZONES = 1100;
const directory = makeDirectory("image-copies");
const data = join(directory, "data");
const copies = join(data, "image-copies");
let product: Countersign | undefined;

afterAll(async () => {
  await product?.stop();
  removeDirectory(directory);
});

test("a start takes zones from their copies, over kills and damage to the one and the other", async () => {
  // Nobody is there; asked again in a day.
  const primary = { address: LOOPBACK, port: await freePort() };
  await populate(data, { zones: ZONES, mode: "unsigned", primary, autoRefreshSeconds: 86_400 });
  product = await startCountersign({ directory });
  expect(await wrong(product)).toEqual([]);
  await until("copies are written", async () => existsSync(copies), 120_000);
  await killHard(product);

  // Without its own file a zone can come from its copy alone.
  const folders = readdirSync(join(data, "zones")).sort();
  const [first, second] = folders as [string, string];
  rmSync(join(data, "zones", first), { recursive: true });
  product = await startCountersign({ directory });
  expect(await wrong(product)).toEqual([]);
  await killHard(product);

  // One octet of each copy is another: whoever has a file is served from that, and the one that has none says so.
  const octets = readFileSync(copies);
  const apexes = folders.map((_, i) => octets.lastIndexOf(`zone${String(i).padStart(5, "0")}`));
  for (const at of apexes) octets[at + 4]! ^= 1;
  writeFileSync(copies, octets);
  product = await startCountersign({ directory });
  expect(await wrong(product)).toHaveLength(1);
  expect(product.process.log()).toContain("zone.image-damaged");
  expect(readdirSync(join(data, "zones"))).toContain(second);
}, 240_000);

/** Zones that do not answer with their address. */
async function wrong({ port }: Countersign): Promise<readonly number[]> {
  const questions = Array.from({ length: ZONES }, (_, i) => ({ name: `www.${zoneName(i)}.`, type: RRType.A }));
  const replies = await askAllUdp({ address: LOOPBACK, port }, questions);
  return replies.flatMap((reply, i) => {
    const message = parseMessage(reply);
    const address = message.ok ? message.value.answer.map(({ rdata }) => [...(rdata ?? [])].join(".")).join() : "";
    return address === `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` ? [] : [i];
  });
}
