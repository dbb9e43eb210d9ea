/**
 * Item 2 of the main job under attack: "every malformed packet gets the right answer or silence, and never ends a worker".
 * Black box, on both UDP paths and TCP, with a zone in every mode; dns-packet is the second opinion on every reply.
 */
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import * as dnsPacket from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeQuestion } from "../peers/client.ts";
import { LOOPBACK } from "../peers/index.ts";
import { hostileMessage } from "./packets.ts";
import { type Random, seededRandom } from "./random.ts";
import { breakages, residentMebibytes, startWorld, type World } from "./world.ts";

/** Messages between two questions that must be answered: what came before them was dealt with by then. */
const VOLLEY = 64;
const UDP_VOLLEYS = 1500;
/** How often a question is asked before the server counts as gone: every 200 ms. */
const PROBES = 100;
const TCP_VOLLEYS = 300;

/** What a worker may take beside the first tenth of the attack, in MiB: a leak of an octet a message would not show, of a message it would. */
const GROWTH_MEBIBYTES = 96;

const MAX_FAULTS = 20;
/** The default of maxUdpPayload. */
const UDP_LIMIT = 1232;

type Tally = { sent: number; replies: number; readonly faults: string[] };

function judge(reply: Uint8Array, queries: ReadonlyMap<number, Uint8Array>, limit: number, tally: Tally): void {
  tally.replies++;
  const id = (reply[0]! << 8) | reply[1]!;
  const query = queries.get(id);
  const fault = faultOf(reply, query, limit);
  if (fault !== undefined && tally.faults.length < MAX_FAULTS)
    tally.faults.push(`${fault}: ${hex(query ?? new Uint8Array())} was answered ${hex(reply)}`);
}

function faultOf(reply: Uint8Array, query: Uint8Array | undefined, limit: number): string | undefined {
  if (!query) return "an ID that nobody asked";
  if ((reply[2]! & 0x80) === 0) return "no response";
  if (((reply[2]! ^ query[2]!) & 0x78) !== 0) return "another opcode";
  if (reply.length > limit) return `${reply.length} octets`;
  try {
    // dns-packet has no idea of RDATA beyond the types it knows: what it reads, it reads whole.
    const { additionals } = dnsPacket.decode(Buffer.from(reply));
    const edns = additionals?.some(({ type }) => type === "OPT");
    // RFC 1035 section 4.2.1: who does not speak EDNS takes 512 octets.
    return limit === UDP_LIMIT && !edns && reply.length > 512 ? `${reply.length} octets without EDNS` : undefined;
  } catch (error) {
    return `dns-packet: ${String(error)}`;
  }
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

async function attackUdp(world: World, random: Random, volleys: number): Promise<Tally> {
  const { port } = world.product;
  const zones = world.zones.map(({ name }) => name);
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 22 });
  const queries = new Map<number, Uint8Array>();
  const tally: Tally = { sent: 0, replies: 0, faults: [] };
  const probes = new Map<number, () => void>();
  socket.on("message", (reply) => {
    judge(reply, queries, UDP_LIMIT, tally);
    probes.get((reply[0]! << 8) | reply[1]!)?.();
  });
  const send = (message: Uint8Array) => socket.send(message, port, LOOPBACK);
  /** Until the probe is answered; asked again, since the attack may have filled a receive buffer. */
  const probed = (id: number, probe: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      let left = PROBES;
      const again = setInterval(() => (left-- > 0 ? send(probe) : give(new Error(`silence after ${tally.sent}`))), 200);
      const give = (error?: Error): void => {
        clearInterval(again);
        probes.delete(id);
        if (error) reject(error);
        else resolve();
      };
      probes.set(id, give);
      send(probe);
    });
  let id = 0;
  try {
    for (let volley = 0; volley < volleys; volley++) {
      for (let i = 0; i < VOLLEY; i++) {
        id = (id + 1) & 0xffff;
        const message = hostileMessage(random, zones, id);
        queries.set(id, message);
        // Too short for an ID: not to be found again, and not to be answered.
        if (message.length < 2) queries.delete(id);
        tally.sent++;
        send(message);
      }
      id = (id + 1) & 0xffff;
      const probe = encodeQuestion({ name: `www.${random.pick(zones)}`, type: 1 }, id);
      queries.set(id, probe);
      await probed(id, probe);
    }
  } finally {
    socket.close();
  }
  return tally;
}

/** Volleys over connections of their own: each ends with a question that must be answered. */
async function attackTcp(world: World, random: Random, volleys: number): Promise<Tally> {
  const tally: Tally = { sent: 0, replies: 0, faults: [] };
  for (let volley = 0; volley < volleys; volley++) await tcpVolley(world, random, tally);
  return tally;
}

function tcpVolley(world: World, random: Random, tally: Tally): Promise<void> {
  const zones = world.zones.map(({ name }) => name);
  const queries = new Map<number, Uint8Array>();
  const frames: Buffer[] = [];
  const add = (message: Uint8Array, id: number): void => {
    queries.set(id, message);
    frames.push(Buffer.from([message.length >> 8, message.length & 255]), Buffer.from(message));
  };
  for (let id = 1; id <= VOLLEY; id++) {
    const message = hostileMessage(random, zones, id);
    // An empty frame ends the connection, which is another test's subject.
    if (message.length === 0) continue;
    tally.sent++;
    add(message, id);
  }
  const last = VOLLEY + 1;
  add(encodeQuestion({ name: `www.${random.pick(zones)}`, type: 1 }, last), last);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: LOOPBACK, port: world.product.port });
    let pending = Buffer.alloc(0);
    const give = (error?: Error): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.setTimeout(20_000, () => give(new Error(`no answer behind ${frames.map(hex).join(" ")}`)));
    socket.once("error", give);
    socket.once("close", () => give(new Error(`closed in the middle of ${frames.map(hex).join(" ")}`)));
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const reply = pending.subarray(2, 2 + pending.readUInt16BE(0));
        pending = pending.subarray(2 + reply.length);
        judge(reply, queries, 65_535, tally);
        if (reply.readUInt16BE(0) === last) give();
      }
    });
    const all = Buffer.concat(frames);
    // Cut anywhere, as networks do.
    const cut = random.below(all.length);
    socket.write(all.subarray(0, cut));
    socket.write(all.subarray(cut));
  });
}

describe.each(["ffi", "dgram"])("hostile messages, UDP by %s", (path) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ COUNTERSIGN_UDP: path });
  });
  afterAll(() => world?.stop());

  test("UDP: everything is answered soundly or not at all, and the worker lives on", async () => {
    const random = seededRandom(path === "ffi" ? 0x5eed : 0xd6a3);
    await attackUdp(world, random, UDP_VOLLEYS / 10);
    const before = await residentMebibytes(world.product);
    const tally = await attackUdp(world, random, UDP_VOLLEYS);
    expect(tally.faults).toEqual([]);
    expect(tally.replies).toBeGreaterThan(tally.sent / 3);
    expect(breakages(world.product)).toEqual([]);
    expect((await residentMebibytes(world.product)) - before).toBeLessThan(GROWTH_MEBIBYTES);
  });

  test.runIf(path === "ffi")("TCP: the same", async () => {
    const random = seededRandom(0x7c9);
    await attackTcp(world, random, TCP_VOLLEYS / 10);
    const before = await residentMebibytes(world.product);
    const tally = await attackTcp(world, random, TCP_VOLLEYS);
    expect(tally.faults).toEqual([]);
    expect(tally.replies).toBeGreaterThan(tally.sent / 3);
    expect(breakages(world.product)).toEqual([]);
    expect((await residentMebibytes(world.product)) - before).toBeLessThan(GROWTH_MEBIBYTES);
  });
});
