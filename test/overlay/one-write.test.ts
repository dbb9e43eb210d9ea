/**
 * An overlay's row is written with that of what is served of it, in one transaction, and by itself when it is held: a start finds the
 * same either way. The zone is large enough for overlays.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { killHard } from "../chaos/world.ts";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import {
  type Countersign,
  makeDirectory,
  type PeerZone,
  removeDirectory,
  servedSerial,
  startCountersign,
  until,
} from "../peers/index.ts";

const NAME = "one-write.example.";
const NAMES = Array.from({ length: 6_000 }, (_, i) => `n${i} 300 IN A 192.0.2.${i % 250}`).join("\n");

function zone(serial: number, odd = false): PeerZone {
  const text = `$ORIGIN ${NAME}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN TXT "serial ${serial}"
${odd ? "child 3600 IN NS ns.child" : ""}
${NAMES}
`;
  return { name: NAME, text };
}

let directory: string;
let primary: HostilePrimary;
let product: Countersign;
let id: string;
const start = () =>
  startCountersign({ directory, env: { COUNTERSIGN_SUSPICIOUS: "hold", COUNTERSIGN_LOG_LEVEL: "debug" } });

beforeAll(async () => {
  directory = makeDirectory("one-write");
  primary = await startHostilePrimary();
  primary.serve(zone(1));
  product = await start();
  const { address, port } = primary;
  id = await product.addZone({ name: NAME, primary: { kind: "knot", address, port }, mode: "unsigned", ixfr: true });
  await product.served(id, NAME, 1);
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
  removeDirectory(directory);
});

function change(next: PeerZone): void {
  primary.serve(next);
  primary.notify(product.port, NAME);
}

/** No primary answers: what there is comes from the disk. */
async function startAgain(serial: number): Promise<void> {
  await killHard(product);
  primary.serve(zone(serial), { soa: () => undefined, ixfr: (t) => t.end(), axfr: (t) => t.end() });
  product = await start();
}

test("one that is served is named by both rows when it is", async () => {
  change(zone(2));
  await product.served(id, NAME, 2);
  await startAgain(2);
  await product.served(id, NAME, 2);
  expect((await product.status(id)).serials).toMatchObject({ stored: 2, served: 2 });
}, 180_000);

test("one that is held is there after a kill, and can be released", async () => {
  change(zone(3, true));
  await until("held", async () => (await product.status(id)).held ?? undefined);
  await startAgain(3);
  const status = await product.status(id);
  expect(status.held?.code).toBe("guard.suspicious");
  expect(status.serials).toMatchObject({ stored: 3, served: 2 });
  expect(await servedSerial(product.port, NAME)).toBe(2);
  await product.call("POST", `/countersign/v1/zones/${id}/held/release`, {});
  await product.served(id, NAME, 3);
}, 180_000);
