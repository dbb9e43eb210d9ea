/**
 * What counts as told already, and who waits for whom: a hold right after a warning about the same zone is told, too, and a receiver that
 * takes letters and never answers holds up nobody else's.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  type Peer,
  type PeerZone,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";

const MANY = Array.from({ length: 12 }, (_, i) => `many${i}.example.`);
const NAME = "held.example.";

function zone(name: string, serial: number, more = ""): PeerZone {
  const apex = `@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 192.0.2.1\n`;
  return { name, text: `$ORIGIN ${name}\n$TTL 3600\n${apex}${more}` };
}

type Letter = {
  readonly kind: string;
  readonly zone: { readonly name: string } | null;
  readonly event: { readonly code: string };
};

/** Takes what is posted to `/good`; to `/silent` it listens and says nothing. */
const told: Letter[] = [];
const silent: ServerResponse[] = [];
const server: Server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  request.on("end", () => {
    if (request.url === "/silent") {
      silent.push(response);
      return;
    }
    told.push(JSON.parse(text));
    response.writeHead(204).end();
  });
});

let knot: Peer;
let product: Countersign;
let id: string;
const destinations: string[] = [];

const post = (path: string, body: unknown) => product.call("POST", `/countersign/v1/alerts${path}`, body);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const port = await freePort();
  const zones = [NAME, ...MANY].map((name) => zone(name, 1));
  knot = await startKnot({ zones, notify: [{ address: LOOPBACK, port }] });
  product = await startCountersign({ port, env: { COUNTERSIGN_ALERT_RANGES: "127.0.0.0/8" } });
  const at = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
  for (const path of ["/silent", "/good"]) {
    const made = await post("/destinations", { name: path, webhook: { url: at + path }, secret: "0123456789abcdef" });
    destinations.push((made as { id: string }).id);
  }
  id = await product.addZone({
    name: NAME,
    primary: knot,
    mode: "unsigned",
    settings: { hold_record_loss_percent: 10 },
  });
  await product.served(id, NAME, 1);
});
afterAll(async () => {
  await product?.stop();
  await knot?.stop();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test("a version that is held is told, whatever was told of the zone a moment before; once more of the same is a repeat", async () => {
  const kind = "secondary_dns_warning";
  await post("", { name: "warnings", kinds: [kind], destinations: destinations.slice(1), zones: [id] });
  await knot.replaceZone(zone(NAME, 2, "sub IN NS ns.sub\n"));
  await until("the missing glue to be told", () => told.some(({ event }) => event.code === "zone.suspicious"));
  await knot.replaceZone(zone(NAME, 3));
  await until("the hold to be told", () => told.some(({ event }) => event.code === "zone.held"));
  await knot.replaceZone(zone(NAME, 4));
  const deliveries = async () =>
    (await product.call("GET", "/countersign/v1/alerts/deliveries")) as { message: string; repeats: number }[];
  await until("the second hold to be counted", async () => (await deliveries()).some(({ repeats }) => repeats === 1));
  expect(told.map(({ kind: each, event }) => [each, event.code])).toEqual([
    [kind, "zone.suspicious"],
    [kind, "zone.held"],
  ]);
});

test("a receiver that never answers holds up nobody else's letters", async () => {
  const kind = "secondary_dns_zone_successfully_updated";
  await post("", { name: "updates", kinds: [kind], destinations, zones: [] });
  for (const name of MANY) await product.addZone({ name, primary: knot, mode: "unsigned" });
  const names = () => new Set(told.flatMap((each) => (each.kind === kind && each.zone ? each.zone.name : [])));
  await until("all to be told", () => names().size >= MANY.length);
  // Each of them is given ten seconds: where they were waited for, every letter went to it before the last good one.
  expect(silent.length).toBeLessThan(MANY.length);
});
