/**
 * SOA EXPIRE on the whole product: it ends the service to the world, over a restart too; a setting serves on; afterwards any
 * serial is taken. And EDNS EXPIRE (RFC 7314) tells our own secondaries what is left.
 */
import { afterAll, expect, test } from "vitest";
import { EdnsOption, extendedErrors, findOption, type Message, parseMessage, Rcode } from "#message";
import { RRType, readSoa } from "#rdata";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type Peer,
  queryUdp,
  removeDirectory,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";

const ZONE = "ends.example.";
const EXPIRE = 8;
const INVALID_DATA = 24;

const directory = makeDirectory("expiry");
let product: Countersign | undefined;
let knot: Peer | undefined;
afterAll(async () => {
  await product?.stop();
  await knot?.stop();
  removeDirectory(directory);
});

test.skipIf(missingPrograms("knotd").length > 0)("EXPIRE ends a zone, and what comes after", run, 120_000);

async function run(): Promise<void> {
  const port = await freePort();
  knot = await startKnot({ zones: [zoneOf(10)], port });
  product = await startCountersign({ directory });
  const id = await product.addZone({ name: ZONE, primary: knot, mode: "unsigned" });
  await product.served(id, ZONE, 10);
  const left = findOption((await askSoa()).edns, EdnsOption.Expire);
  expect(left).toHaveLength(4);
  expect(new DataView(left!.buffer, left!.byteOffset).getUint32(0)).toBeLessThanOrEqual(EXPIRE);

  await knot.stop();
  await until("it has expired", isExpired);

  // Nothing of that is forgotten over a restart: never is it served again in between.
  await product.stop();
  product = await startCountersign({ directory });
  expect(await isExpired()).toBe(true);

  const settings = `/countersign/v1/zones/${id}/settings`;
  await product.call("PATCH", settings, { expired: "serve" });
  await until("it is served on", async () => serialOf(await askSoa()) === 10);
  await product.call("PATCH", settings, { expired: "default" });
  await until("it is not served on", isExpired);

  // The primary is back, with less than before.
  knot = await startKnot({ zones: [zoneOf(5)], port });
  await until("the older serial is taken", async () => serialOf(await askSoa()) === 5);
}

async function isExpired(): Promise<boolean> {
  const message = await askSoa();
  const told = extendedErrors(message.edns).some(({ infoCode }) => infoCode === INVALID_DATA);
  return message.rcode === Rcode.ServFail && told;
}

async function askSoa(): Promise<Message> {
  const edns = { options: Uint8Array.of(0, EdnsOption.Expire, 0, 0) };
  const server = { address: LOOPBACK, port: product!.port };
  const parsed = parseMessage(await queryUdp(server, { name: ZONE, type: RRType.SOA, edns }));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function serialOf(message: Message): number | undefined {
  const rdata = message.answer.find(({ type }) => type === RRType.SOA)?.rdata;
  return rdata && readSoa(rdata).serial;
}

function zoneOf(serial: number) {
  const text = `$ORIGIN ${ZONE}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 ${EXPIRE} 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
`;
  return { name: ZONE, text };
}
