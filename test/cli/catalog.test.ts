/** `catalog` and `zone checks` against the real server, fed by a scripted primary. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { memberText } from "../catalog/world.ts";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { until } from "../peers/index.ts";
import { SIMPLE } from "../zonemd/vectors.ts";
import { commandLineOf } from "./command-line.ts";

let product: Countersign;
let primary: HostilePrimary;
let cli: ReturnType<typeof commandLineOf>;
let peer: string;

beforeAll(async () => {
  [product, primary] = await Promise.all([startCountersign({ env: ALONE }), startHostilePrimary()]);
  cli = commandLineOf(product);
  peer = `${primary.address}:${primary.port}`;
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
});

test("a catalog is added, shown with its members, changed and given up", async () => {
  expect(await cli.ok("catalog", "list")).toContain("There are no catalogs");
  primary.serve({ name: "one.test.", text: memberText("one.test.") });
  const lines = 'version TXT "2"\na.zones PTR one.test.\ngroup.a.zones TXT "big"\nb.zones PTR two.other.\n';
  primary.serve({
    name: "catz.test.",
    text: `$ORIGIN catz.test.\n$TTL 0\n@ SOA invalid. invalid. 5 3600 600 86400 0\n@ NS invalid.\n${lines}`,
  });
  const words = ["--allow", "test", "--group", "big=live/nsec3", "--grace", "60"];
  expect(await cli.ok("catalog", "add", "Catz.Test.", "--peer", peer, ...words)).toContain("catz.test is added");
  const shown = () => cli.ok("catalog", "show", "catz.test");
  await until("applied", async () => /applied +serial 5/.test(await shown()) || undefined);
  const text = await shown();
  expect(text).toMatch(/one\.test +member +big/);
  expect(text).toMatch(/two\.other +refused .*below none of the names/);
  expect(text).toMatch(/group big +live, denial nsec3/);
  expect(await cli.ok("catalog", "list")).toMatch(/catz\.test +applied +5 +1 +0 +1/);
  expect(await cli.ok("zone", "show", "catz.test")).toMatch(/serving +hidden/);
  expect((await cli.run("zone", "remove", "one.test", "--force")).err).toContain("comes from a catalog");

  expect(await cli.ok("catalog", "set", "catz.test", "--mode", "presigned", "--now")).toMatch(/set up as +presigned/);
  expect((await cli.run("catalog", "set", "catz.test")).code).toBe(2);
  expect((await cli.run("catalog", "set", "catz.test", "--group", "x=none")).code).toBe(2);
  expect((await cli.run("catalog", "show", "nothing.test")).code).toBe(4);
  expect((await cli.run("catalog", "add", "no.peer")).code).toBe(2);
  expect(await cli.ok("catalog", "remove", "catz.test", "--with-members")).toContain("deleted");
  expect(await cli.json("zone", "list")).toEqual([]);
});

test("a catalog is made of what is given out", async () => {
  expect(await cli.ok("catalog", "add", "fleet.test", "--produce")).toContain("outgoing set fleet.test");
  const role = async () => (await cli.json<{ role: string; state: string }>("catalog", "show", "fleet.test")).state;
  await until("made", async () => (await role()) === "applied" || undefined);
});

test("what a new version has to pass is shown and set", async () => {
  primary.serve({ name: "example.", text: SIMPLE });
  await cli.ok("zone", "add", "example", "--peer", peer, "--wait");
  expect(await cli.ok("zone", "checks", "example")).toMatch(/zonemd +verify\n +signatures +all/);
  expect(await cli.ok("zone", "show", "example")).toMatch(/verified by +its ZONEMD \(sha384\)/);
  const set = await cli.ok("zone", "checks", "example", "--zonemd", "required", "--signatures", "zonemd");
  expect(set).toMatch(/zonemd +required\n +signatures +zonemd/);
  expect((await cli.run("zone", "checks", "example", "--zonemd", "sometimes")).code).toBe(2);
});
