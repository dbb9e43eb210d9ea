/**
 * Thousands of stale zones whose primary is gone, on the whole product: changes at another primary get through at once, the
 * dead one is left in peace, and each zone says what is wrong with it. Then it comes back, and they are all well again.
 */
import { createSocket, type Socket } from "node:dgram";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Flag, Opcode, writeMessage } from "#message";
import { readName } from "#name";
import { RRClass, RRType } from "#rdata";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type Peer,
  removeDirectory,
  servedSerial,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";
import { populate, SERIAL, zoneName } from "./populate.ts";
import { answerSoa } from "./soa-primary.ts";

const ZONES = 2000;
const LIVELY = Array.from({ length: 5 }, (_, i) => `lively${i}.example.`);

type Status = {
  readonly next_check_time: string | null;
  readonly checked_time: string | null;
  readonly peers: readonly { readonly reachable: boolean; readonly verdict: string | null }[];
};

const missing = missingPrograms("knotd");
test.skipIf(missing.length > 0)(`${ZONES} stale zones and a dead primary ${missing.join(" ")}`, run, 300_000);

let directory: string;
let silent: Socket;
let questions = 0;
let alive = false;
let product: Countersign | undefined;
let knot: Peer | undefined;

beforeAll(async () => {
  directory = makeDirectory("many");
  silent = createSocket("udp4");
  silent.on("message", (query, from) => {
    questions++;
    const answer = alive ? answerSoa(query) : undefined;
    if (answer) silent.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => silent.bind(0, LOOPBACK, resolve));
});
afterAll(async () => {
  await product?.stop();
  await knot?.stop();
  silent.close();
  removeDirectory(directory);
});

async function run(): Promise<void> {
  const primary = { address: LOOPBACK, port: silent.address().port };
  // Checked for the last time ten days ago: all overdue.
  const checkedAt = Date.now() - 10 * 86_400_000;
  await populate(join(directory, "data"), {
    zones: ZONES,
    mode: "unsigned",
    primary,
    autoRefreshSeconds: 300,
    checkedAt,
  });
  const port = await freePort();
  knot = await startKnot({ zones: LIVELY.map((name) => lively(name, 1)), notify: [{ address: LOOPBACK, port }] });
  product = await startCountersign({ directory, port, env: { COUNTERSIGN_CHECK_SECONDS: "2" } });
  const ids: string[] = [];
  for (const name of LIVELY) ids.push(await product.addZone({ name, primary: knot, mode: "unsigned" }));
  for (const [i, name] of LIVELY.entries()) await product.served(ids[i]!, name, 1);

  // Every change comes through by NOTIFY, while thousands wait for the dead primary.
  for (let serial = 2; serial <= 4; serial++) {
    for (const [i, name] of LIVELY.entries()) {
      await knot.replaceZone(lively(name, serial));
      await product.served(ids[i]!, name, serial);
    }
  }

  const zones = (await product.call("GET", "/client/v4/zones?per_page=50")) as { id: string; name: string }[];
  const stale = zones.filter(({ name }) => name.startsWith("zone"));
  expect(stale.length).toBeGreaterThan(10);
  for (const { id } of stale.slice(0, 10)) {
    await until("a stale zone says so", async () => {
      const found = (await product!.status(id)) as unknown as Status;
      // Between two rounds: when the next one is, is known.
      return found.peers[0]?.reachable === false && found.next_check_time !== null ? found : undefined;
    });
  }
  const events = (await product.call("GET", "/countersign/v1/events?limit=1000")) as { code: string }[];
  expect(events.some(({ code }) => code === "refresh.all-failed")).toBe(true);
  // Not one question a zone. 48 go out together (src/control/lanes.ts), as many again when their time is over, while the first of them
  // are asked by TCP; then one in a while. 98 where nothing else runs, half as many more on a machine with no time.
  expect(questions).toBeLessThan(ZONES / 5);
  expect(await servedSerial(product.port, `${zoneName(ZONES - 1)}.`)).toBe(SERIAL);

  // It is back, and says so for one zone: a single question finds out, and all that waited ask, each at its own time.
  alive = true;
  silent.send(buildNotify(stale[0]!.name), product.port, LOOPBACK);
  await until("stale zones are checked again", async () => {
    const states = await Promise.all(stale.map(({ id }) => product!.status(id)));
    return states.filter((state) => (state as unknown as Status).peers[0]?.verdict === "same").length >= 5;
  });
}

function buildNotify(zone: string): Uint8Array {
  const name = readName(`${zone}.`);
  if (!name.ok) throw new Error(zone);
  const question = [{ name: name.value, type: RRType.SOA, class: RRClass.IN }];
  return writeMessage({ id: 7, flags: Flag.AA, opcode: Opcode.Notify, rcode: 0, question }).octets.slice();
}

function lively(name: string, serial: number) {
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
`;
  return { name, text };
}
