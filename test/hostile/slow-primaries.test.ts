/**
 * Primaries that agree to hold every place among the transfers: each sends a record now and then, and never ends. The zone of an honest
 * one comes all the same, what is slow for no bad reason loses nothing, and who was given up finds that in the record.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type PeerZone, servedSerial, until } from "../peers/index.ts";
import type { AxfrTrick } from "./primary.ts";
import { type Attacked, startWays, type Way, type Ways } from "./ways.ts";
import { breakages } from "./world.ts";

/** Two at once, and two aside: six slow ones are enough. */
const BOUNDS = { COUNTERSIGN_MAX_TRANSFERS: "2", COUNTERSIGN_TRANSFER_SLOW_SECONDS: "1" };
const SLOW: readonly Way[] = ["tcp", "tcp and TSIG", "tls"];
const MOST_MILLISECONDS = 60_000;
vi.setConfig({ testTimeout: 3 * MOST_MILLISECONDS });

let ways: Ways;
beforeAll(async () => {
  ways = await startWays(BOUNDS);
});
afterAll(() => ways?.stop());

const zoneText = (name: string, serial: number): PeerZone => ({
  name,
  text: `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN TXT "serial ${serial}"
`,
});

/** A record each tenth of a second, over and over, until it is let go. */
const dripping =
  (letGo: Promise<void>): AxfrTrick =>
  async (transfer) => {
    const { soa, records } = transfer.zone;
    transfer.send(transfer.message([soa]));
    let over = false;
    void letGo.then(() => {
      over = true;
    });
    while (!over && !transfer.gone) {
      transfer.send(transfer.message(records.slice(0, 1)));
      await sleep(100);
    }
    transfer.send(transfer.message([...records, soa]));
  };

const force = ({ id }: Attacked) => ways.product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
const serialOf = ({ name }: Attacked) => servedSerial(ways.product.port, name);
const lastCode = async ({ id }: Attacked): Promise<string | undefined> => {
  return (await ways.product.attempts(id)).find(({ kind }) => kind === "axfr")?.error?.code;
};

test("primaries that send a record now and then hold up no other", async () => {
  const slow: Attacked[] = [];
  for (const way of SLOW) {
    for (const place of ["a", "b"]) {
      slow.push(await ways.attacked([way], zoneText(`${place}.${way.replaceAll(" ", "-")}.slow.example.`, 1)));
    }
  }
  const honest = await ways.attacked(["tls and TSIG"], zoneText("honest.example.", 1));
  let letGo = () => {};
  const over = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  for (const { name, primary } of slow) primary.serve(zoneText(name, 2), { axfr: dripping(over) });
  honest.primary.serve(zoneText(honest.name, 2));
  for (const zone of slow) await force(zone);
  await force(honest);
  await until("the honest zone", async () => (await serialOf(honest)) === 2, MOST_MILLISECONDS);

  const stillComing = await Promise.all(slow.map(async (zone) => (await lastCode(zone)) === undefined));
  expect(stillComing.filter(Boolean).length, "those that went on beside it").toBeGreaterThanOrEqual(2);
  for (const zone of slow) expect(await serialOf(zone), zone.name).toBe(1);
  letGo();
  let givenUp = 0;
  for (const zone of slow) {
    const end = async () => ((await serialOf(zone)) === 2 ? "served" : await lastCode(zone));
    const how = await until(`the end of ${zone.name}`, end, MOST_MILLISECONDS);
    expect(["served", "net.too-slow"]).toContain(how);
    if (how !== "served") givenUp++;
  }
  expect(givenUp).toBeGreaterThan(0);
  expect(givenUp, "a slow line loses nothing by it").toBeLessThanOrEqual(slow.length - 2);
  expect(breakages(ways.product)).toEqual([]);
});
