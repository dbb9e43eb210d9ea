/**
 * Several primaries, and nobody at most of them: they take UDP and connections and say nothing. The others are asked while the first one's
 * time runs, not one after the other: with 29 of them that was four minutes.
 */
import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server, type Socket as Stream } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { type Countersign, freePort, LOOPBACK, startCountersign } from "../peers/index.ts";

const SILENT = 9;
const NAME = "failover.example.";

/** What came, by whom and how, in order. */
const heard: string[] = [];
const udps: Socket[] = [];
const tcps: Server[] = [];
const streams = new Set<Stream>();
let primary: HostilePrimary;
let product: Countersign;

beforeAll(async () => {
  primary = await startHostilePrimary();
  const text = `$ORIGIN ${NAME}\n@ 300 IN SOA ns1 hostmaster 1 3600 600 1209600 300\n@ 300 IN NS ns1\nns1 300 IN A 192.0.2.1\n`;
  primary.serve({ name: NAME, text });
  product = await startCountersign({ env: { COUNTERSIGN_CHECK_SECONDS: "2" } });
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
  for (const stream of streams) stream.destroy();
  for (const server of [...udps, ...tcps]) server.close();
});

/** Its port. */
async function startSilent(name: string): Promise<number> {
  const port = await freePort();
  const udp = createSocket("udp4");
  udp.on("message", () => heard.push(`${name} udp`));
  await new Promise<void>((resolve) => udp.bind(port, LOOPBACK, resolve));
  const tcp = createServer((stream) => {
    heard.push(`${name} tcp`);
    streams.add(stream);
    stream.on("error", () => stream.destroy());
  });
  await new Promise<void>((resolve) => tcp.listen(port, LOOPBACK, resolve));
  udps.push(udp);
  tcps.push(tcp);
  return port;
}

test("primaries that say nothing are waited for together", { timeout: 120_000 }, async () => {
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const makePeer = async (name: string, port: number): Promise<string> => {
    const path = `/client/v4/accounts/${account!.id}/secondary_dns/peers`;
    return ((await product.call("POST", path, { name, ip: LOOPBACK, port })) as { id: string }).id;
  };
  const peers: string[] = [];
  for (let i = 0; i < SILENT; i++) peers.push(await makePeer(`silent${i}`, await startSilent(`silent${i}`)));
  peers.push(await makePeer("good", primary.port));
  const { id } = (await product.call("POST", "/client/v4/zones", {
    name: NAME.slice(0, -1),
    type: "secondary",
    account: { id: account!.id },
  })) as { id: string };
  const incoming = { name: NAME, peers, auto_refresh_seconds: 3600 };
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/incoming`, incoming);
  await product.served(id, NAME, 1);
  // Each by UDP and then by TCP, and none of them twice: what was found out ahead holds when its turn comes.
  const everyone = Array.from({ length: SILENT }, (_, i) => [`silent${i} udp`, `silent${i} tcp`]).flat();
  expect([...heard].sort()).toEqual(everyone.sort());
  // All had been asked before the second one's time by UDP was over.
  const second = heard.indexOf("silent1 tcp");
  for (let i = 0; i < SILENT; i++) expect(heard.indexOf(`silent${i} udp`)).toBeLessThan(second);
});
