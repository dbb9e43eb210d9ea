/** The light list of zones: problems first, narrowed by name, level and mode, and the same word of health as in a zone's status. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ZoneCounts, ZoneStatus, ZoneSummary } from "#contract";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { type Countersign, startCountersign, until } from "../peers/index.ts";

const text = `@ 3600 IN SOA ns hostmaster 7 3600 600 86400 300
@ 3600 IN NS ns
`;

let primary: HostilePrimary;
let product: Countersign;
let alone: string;
let refused: string;
let served: string;

beforeAll(async () => {
  primary = await startHostilePrimary();
  product = await startCountersign();
  const zonePrimary = { kind: "knot", address: primary.address, port: primary.port } as const;
  const origin = "served.example.";
  primary.serve({ name: origin, text: `$ORIGIN ${origin}\n${text}` });
  served = await product.addZone({ name: origin, primary: zonePrimary, mode: "unsigned" });
  await product.served(served, origin, 7);
  refused = await product.addZone({ name: "a-refused.example.", primary: zonePrimary, mode: "unsigned" });
  const made = await product.call("POST", "/client/v4/zones", { name: "alone.example", type: "secondary" });
  alone = (made as { id: string }).id;
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
});

async function list(query = ""): Promise<readonly string[]> {
  const zones = (await product.call("GET", `/countersign/v1/zones${query}`)) as ZoneSummary[];
  return zones.map(({ name, health }) => `${name} ${health.level} ${health.code}`);
}

test("problems come first, each level by name", async () => {
  const wanted = [
    "a-refused.example problem never-transferred",
    "alone.example problem no-primary",
    "served.example waiting not-delegated",
  ];
  await until("the refused transfer to be known", async () =>
    (await list()).join() === wanted.join() ? true : undefined,
  );
  expect(await list("?order=name")).toEqual(wanted);
});

test("by a part of the name, by level, by mode, page by page", async () => {
  expect(await list("?q=ALONE")).toEqual(["alone.example problem no-primary"]);
  expect(await list("?level=waiting,well")).toEqual(["served.example waiting not-delegated"]);
  expect(await list("?mode=live")).toEqual([]);
  expect(await list("?mode=unsigned&level=problem&per_page=1&page=2")).toEqual(["alone.example problem no-primary"]);
  await expect(list("?level=bad")).rejects.toThrow();
});

test("counts and the zone's own status say the same", async () => {
  const { total, levels, modes } = (await product.call("GET", "/countersign/v1/zone_counts")) as ZoneCounts;
  expect([total, levels, modes]).toEqual([
    3,
    { problem: 2, warning: 0, waiting: 1, well: 0 },
    { unsigned: 3, live: 0, presigned: 0, multisigner: 0 },
  ]);
  for (const [id, code] of [
    [alone, "no-primary"],
    [refused, "never-transferred"],
    [served, "not-delegated"],
  ] as const) {
    const status = (await product.status(id)) as unknown as ZoneStatus;
    expect(status.health.code).toBe(code);
  }
});
