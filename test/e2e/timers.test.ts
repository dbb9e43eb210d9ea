/** Whose timers rule: the option for all zones, what a zone says for itself before it, and a signal that brings another option. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandLineOf } from "../cli/command-line.ts";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { type Countersign, makeDirectory, removeDirectory, startCountersign, until } from "../peers/index.ts";

const NAME = "timed.example.";
const REFRESH_SECONDS = 3600;
const AUTO_REFRESH_SECONDS = 86_400;

let directory: string;
let primary: HostilePrimary;
let product: Countersign;
let id: string;

const config = (timers: string) => writeFileSync(join(directory, "config.json"), JSON.stringify({ timers }));

beforeAll(async () => {
  directory = makeDirectory("timers");
  config("soa");
  primary = await startHostilePrimary();
  const text = `$ORIGIN ${NAME}\n@ 300 IN SOA ns1 hostmaster 1 ${REFRESH_SECONDS} 600 1209600 300\n@ 300 IN NS ns1\nns1 300 IN A 192.0.2.1\n`;
  primary.serve({ name: NAME, text });
  product = await startCountersign({ directory, env: { COUNTERSIGN_CONFIG: join(directory, "config.json") } });
  const { address, port } = primary;
  id = await product.addZone({ name: NAME, primary: { kind: "knot", address, port }, mode: "unsigned" });
  await product.served(id, NAME, 1);
  const incoming = (await product.call("GET", `/client/v4/zones/${id}/secondary_dns/incoming`)) as { peers: string[] };
  await product.call("PUT", `/client/v4/zones/${id}/secondary_dns/incoming`, {
    name: NAME,
    peers: incoming.peers,
    auto_refresh_seconds: AUTO_REFRESH_SECONDS,
  });
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
  if (directory) removeDirectory(directory);
});

/** Until the next check is due within REFRESH of the SOA, or not. */
const untilDue = (within: boolean) =>
  until(`the next check ${within ? "within" : "behind"} REFRESH`, async () => {
    const status = (await product.call("GET", `/countersign/v1/zones/${id}`)) as { next_check_time: string | null };
    if (status.next_check_time === null) return false;
    const seconds = (Date.parse(status.next_check_time) - Date.now()) / 1000;
    return seconds < REFRESH_SECONDS + 60 === within;
  });

test("the option, the zone's own word, and the option again", async () => {
  expect(await product.call("GET", `/countersign/v1/zones/${id}/settings`)).toMatchObject({ timers: "default" });
  await untilDue(true);
  const cli = commandLineOf(product);
  await cli.ok("zone", "timers", "timed.example", "--by", "interval");
  await untilDue(false);
  expect(await cli.ok("zone", "timers", "timed.example", "--by", "default")).toMatch(/timers +default/);
  await untilDue(true);
  config("interval");
  product.process.signal("SIGHUP");
  await untilDue(false);
});
