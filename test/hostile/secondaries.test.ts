/**
 * Secondaries, and who says he is one: requests for transfers by the thousand, by UDP from any address, signed with no key of ours, all at
 * once on connections that nobody reads. Other secondaries and NOTIFYs go their way; the log and the record of attempts still say what happened.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { writeMessage } from "#message";
import { readName } from "#name";
import { readTsigAlgorithm, signMessage } from "#tsig";
import { giveTo } from "../outgoing/world.ts";
import { encodeQuestion, queryUdp } from "../peers/client.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, makeTsigKey, until } from "../peers/index.ts";
import { type HostilePrimary, honestAxfr, honestZone, startHostilePrimary } from "./primary.ts";
import { ALONE, breakages, residentMebibytes } from "./world.ts";

const SMALL = "small.secondaries.example.";
const BIG = "big.secondaries.example.";
/** More than the kernel takes for one connection, some 10 MB. */
const BIG_RECORDS = 3000;
const AXFR = 252;
const IXFR = 251;
const STORM = 2000;
/** So many requests wait unanswered on one connection; nine of them are more than may wait in all. */
const PIPELINED = 64;
const CONNECTIONS = 12;
/** Some 40 are seen until the collector of garbage has found its pace. */
const GROWTH_MEBIBYTES = 128;
const { startHmac } = openCrypto("node");

let primary: HostilePrimary;
let product: Countersign;
let small: string;
const sockets = new Set<Socket>();

beforeAll(async () => {
  primary = await startHostilePrimary();
  primary.serve(honestZone(SMALL, 1));
  const records = Array.from(
    { length: BIG_RECORDS },
    (_, i) => `host${i} IN TXT${` "${"x".repeat(250)}"`.repeat(13)}`,
  ).join("\n");
  const apex = "@ IN SOA ns1 hostmaster 1 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 192.0.2.1";
  primary.serve(
    { name: BIG, text: `$TTL 300\n$ORIGIN ${BIG}\n${apex}\n${records}\n` },
    { axfr: (transfer) => honestAxfr(transfer, 15) },
  );
  product = await startCountersign({ env: ALONE });
  const at = { kind: "knot" as const, address: primary.address, port: primary.port };
  small = await product.addZone({ name: SMALL, primary: at, mode: "unsigned" });
  const big = await product.addZone({ name: BIG, primary: at, mode: "unsigned" });
  await product.served(small, SMALL, 1);
  await product.served(big, BIG, 1);
  await giveTo(product, small, SMALL, [{ name: "one", port: 9 }]);
  await giveTo(product, big, BIG, [{ name: "two", port: 9 }]);
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const acl = { name: "the others", ip_range: "127.0.6.0/24" };
  await product.call("POST", `/client/v4/accounts/${account!.id}/secondary_dns/acls`, acl);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await product?.stop();
  await primary?.stop();
});

function framed(message: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length), message]);
}

async function open(localAddress: string): Promise<Socket> {
  const socket = connect({ host: LOOPBACK, port: product.port, localAddress });
  sockets.add(socket);
  socket.on("error", () => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** The first message of the answer. */
async function askFrom(localAddress: string, message: Uint8Array): Promise<Buffer> {
  const socket = await open(localAddress);
  let got = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    got = Buffer.concat([got, chunk]);
  });
  socket.write(framed(message));
  await until("an answer", () => got.length > 2 && got.length >= 2 + got.readUInt16BE(0));
  socket.destroy();
  return got.subarray(2);
}

/** Where there is no room at the moment it is SERVFAIL: who means it asks again. */
async function asked(localAddress: string, message: Uint8Array): Promise<Buffer | undefined> {
  const answer = await askFrom(localAddress, message);
  return (answer[3]! & 15) === 2 ? undefined : answer;
}

const rows = async (direction: string) =>
  (await product.call("GET", `/countersign/v1/zones/${small}/transfers?direction=${direction}`)) as {
    outcome: string;
    repeats: number;
    error: { code: string } | null;
  }[];

const logged = (code: string) => product.process.log().split(`"${code}"`).length - 1;

function notifyMessage(id: number): Uint8Array {
  const name = readName(SMALL);
  if (!name.ok) throw new Error(SMALL);
  const question = [{ name: name.value, type: 6, class: 1 }];
  return writeMessage({ id, opcode: 4, flags: 0x0400, question }).octets.slice();
}

test("a storm by UDP, of strangers and with the secondary's own address: a few lines, one row for each kind", async () => {
  const key = makeTsigKey("nobody.example.", "hmac-sha256");
  const name = readName(key.name);
  const algorithm = readTsigAlgorithm(key.algorithm);
  if (!name.ok || !algorithm.ok) throw new Error(key.name);
  const wire = { name: name.value, algorithm: algorithm.value, secret: Buffer.from(key.secret, "base64") };
  const now = Math.floor(Date.now() / 1000);
  const memory = await residentMebibytes(product);
  const before = { taken: (await rows("in")).length, told: logged("outgoing.refused") };
  const began = Date.now();
  const answers = { stranger: 0, secondary: 0 };
  const stranger = createSocket({ type: "udp4", recvBufferSize: 1 << 20 }).on("message", () => answers.stranger++);
  const secondary = createSocket({ type: "udp4", recvBufferSize: 1 << 20 }).on("message", () => answers.secondary++);
  stranger.bind(0, "127.0.5.5");
  secondary.bind(0, LOOPBACK);
  await Promise.all([once(stranger, "listening"), once(secondary, "listening")]);
  for (let i = 0; i < STORM; i++) {
    const type = i % 2 ? AXFR : IXFR;
    const question = encodeQuestion({ name: SMALL, type }, i);
    stranger.send(question, product.port, LOOPBACK);
    secondary.send(signMessage(question, wire, now, startHmac).message, product.port, LOOPBACK);
    if (i % 64 === 63) await queryUdp({ address: LOOPBACK, port: product.port }, { name: `www.${SMALL}`, type: 1 });
  }
  await until("answers", () => answers.stranger > STORM / 40 && answers.secondary > STORM / 40);
  const told = "their rows";
  await until(told, async () => (await rows("out")).reduce((sum, row) => sum + row.repeats + 1, 0) > STORM / 40);
  stranger.close();
  secondary.close();
  const seconds = (Date.now() - began) / 1000;
  expect(logged("outgoing.refused") - before.told).toBeLessThan(10 * (seconds + 2));
  const out = await rows("out");
  expect(out.map((row) => [row.outcome, row.error?.code])).toEqual([
    ["refused", "outgoing.tsig"],
    ["refused", "outgoing.tsig"],
  ]);
  expect((await rows("in")).length).toBeGreaterThanOrEqual(before.taken);
  expect((await residentMebibytes(product)) - memory).toBeLessThan(GROWTH_MEBIBYTES);
  // The next one, in another second, says how many more there were.
  const more = "how many more there were";
  const ask = () => askFrom("127.0.5.5", encodeQuestion({ name: SMALL, type: AXFR }, 1));
  await until(more, async () => ((await ask())[3]! & 15) === 5 && logged("outgoing.more-refused") > 0);
});

test("one secondary asks for everything hundreds of times at once, and reads nothing: the others have their zone, a NOTIFY its answer", async () => {
  const memory = await residentMebibytes(product);
  const much = Buffer.concat(
    Array.from({ length: PIPELINED }, (_, i) => framed(encodeQuestion({ name: BIG, type: AXFR }, i))),
  );
  const greedy: Socket[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const socket = await open("127.0.6.1");
    // What it took shows that it was heard.
    socket.once("data", () => socket.pause());
    socket.write(much);
    greedy.push(socket);
  }
  await until("what it asks for begins", () => greedy.some((socket) => socket.isPaused()));
  const given = await until("the zone", () => asked("127.0.6.2", encodeQuestion({ name: SMALL, type: AXFR }, 7)));
  expect([given[3]! & 15, given.readUInt16BE(6)]).toEqual([0, 85]);
  const noted = await until("an answer to NOTIFY", () => asked(LOOPBACK, notifyMessage(8)));
  expect([noted[2]! >> 3, noted[3]! & 15]).toEqual([0x14, 0]);
  await queryUdp({ address: LOOPBACK, port: product.port }, { name: `www.${SMALL}`, type: 1 });
  expect((await residentMebibytes(product)) - memory).toBeLessThan(GROWTH_MEBIBYTES);
  for (const socket of greedy) socket.destroy();
});

test("a transfer that is dropped behind its first message, again and again: places come free", async () => {
  for (let i = 0; i < 20; i++) {
    const first = await until("a place", () => asked("127.0.6.3", encodeQuestion({ name: BIG, type: AXFR }, i)));
    expect(first[3]! & 15).toBe(0);
  }
  expect(breakages(product)).toEqual([]);
});
