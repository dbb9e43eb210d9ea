/**
 * Secondaries that agree to hold every place among the transfers out: each fetches a little now and then. Another has its zone all the
 * same, what is slow for no bad reason goes on, and whoever was given up finds that in the record.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { giveTo } from "../outgoing/world.ts";
import { encodeQuestion } from "../peers/client.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, until } from "../peers/index.ts";
import { type HostilePrimary, honestAxfr, honestZone, startHostilePrimary } from "./primary.ts";
import { ALONE, breakages } from "./world.ts";

const SMALL = "small.slow.example.";
const BIG = "big.slow.example.";
/** Some 13 MB, which no kernel takes for one connection. */
const BIG_RECORDS = 4000;
const AXFR = 252;
/** Two places, two aside: with three that want two each, one has to be given up, at least. */
const BOUNDS = { COUNTERSIGN_MAX_TRANSFERS_OUT: "2", COUNTERSIGN_TRANSFER_SLOW_SECONDS: "1" };
const SLOW = ["127.0.7.1", "127.0.7.1", "127.0.7.2", "127.0.7.2", "127.0.7.3", "127.0.7.3"];
const MOST_MILLISECONDS = 60_000;
vi.setConfig({ testTimeout: 3 * MOST_MILLISECONDS });

let primary: HostilePrimary;
let product: Countersign;
let big: string;
const sockets = new Set<Socket>();

beforeAll(async () => {
  primary = await startHostilePrimary();
  primary.serve(honestZone(SMALL, 1));
  const strings = ` "${"x".repeat(250)}"`.repeat(13);
  const records = Array.from({ length: BIG_RECORDS }, (_, i) => `host${i} IN TXT${strings}`).join("\n");
  const apex = "@ IN SOA ns1 hostmaster 1 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 192.0.2.1";
  const text = `$TTL 300\n$ORIGIN ${BIG}\n${apex}\n${records}\n`;
  primary.serve({ name: BIG, text }, { axfr: (transfer) => honestAxfr(transfer, 15) });
  product = await startCountersign({ env: { ...ALONE, ...BOUNDS } });
  const at = { kind: "knot" as const, address: primary.address, port: primary.port };
  const small = await product.addZone({ name: SMALL, primary: at, mode: "unsigned" });
  big = await product.addZone({ name: BIG, primary: at, mode: "unsigned" });
  await product.served(small, SMALL, 1);
  await product.served(big, BIG, 1);
  await giveTo(product, small, SMALL, [{ name: "one", port: 9 }]);
  await giveTo(product, big, BIG, [{ name: "two", port: 9 }]);
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const acl = { name: "the slow and the quick", ip_range: "127.0.7.0/24" };
  await product.call("POST", `/client/v4/accounts/${account!.id}/secondary_dns/acls`, acl);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await product?.stop();
  await primary?.stop();
});

async function asking(localAddress: string, name: string): Promise<Socket> {
  const socket = connect({ host: LOOPBACK, port: product.port, localAddress });
  sockets.add(socket);
  socket.on("error", () => socket.destroy());
  await once(socket, "connect");
  const message = encodeQuestion({ name, type: AXFR }, 1);
  socket.write(Buffer.concat([Uint8Array.of(message.length >> 8, message.length), message]));
  return socket;
}

/** A piece of up to 64 KiB each two seconds. */
async function fetchSlowly(localAddress: string): Promise<void> {
  const socket = await asking(localAddress, BIG);
  socket.on("data", () => {
    socket.pause();
    void sleep(2000, undefined, { ref: false }).then(() => socket.resume());
  });
}

type Row = { readonly outcome: string; readonly address: string; readonly error: { readonly code: string } | null };
const rows = async () => (await product.call("GET", `/countersign/v1/zones/${big}/transfers?direction=out`)) as Row[];

/** The first message that is no SERVFAIL: where there is no room at the moment, who means it asks again. */
async function given(localAddress: string, name: string): Promise<Buffer> {
  const ask = async () => {
    const answer = await firstMessage(await asking(localAddress, name));
    return (answer[3]! & 15) === 2 ? undefined : answer;
  };
  return until(name, ask, MOST_MILLISECONDS);
}

async function firstMessage(socket: Socket): Promise<Buffer> {
  let got = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    got = Buffer.concat([got, chunk]);
  });
  await until("an answer", () => got.length > 2 && got.length >= 2 + got.readUInt16BE(0), MOST_MILLISECONDS);
  socket.destroy();
  return got.subarray(2);
}

test("secondaries that fetch a little now and then hold up no other", async () => {
  for (const address of SLOW) await fetchSlowly(address);
  const zone = await given("127.0.7.9", SMALL);
  expect([zone[3]! & 15, zone.readUInt16BE(6)]).toEqual([0, 85]);

  const tooSlow = await until("who was given up", async () => {
    const found = (await rows()).filter(({ error }) => error?.code === "outgoing.too-slow");
    return found.length > 0 ? found : undefined;
  });
  expect(tooSlow.length, "a slow line loses nothing by it").toBeLessThanOrEqual(SLOW.length - 2);
  for (const { outcome } of tooSlow) expect(outcome).toBe("failed");
  const large = await given("127.0.7.9", BIG);
  expect(large[3]! & 15).toBe(0);
  expect(breakages(product)).toEqual([]);
});
