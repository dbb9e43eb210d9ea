/**
 * NOTIFY storms: from everywhere, with the primary's own address as the source, for zones we have and do not have, signed wrongly
 * and not at all. Questions are answered meanwhile, the primary is not asked more than a storm is worth, neither memory nor the
 * log nor the record of attempts grows with it, and the NOTIFY that means it is followed.
 */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCrypto } from "#crypto";
import { type ResourceRecord, writeMessage } from "#message";
import { readName } from "#name";
import { readRdata } from "#rdata";
import { readTsigAlgorithm, signMessage } from "#tsig";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import {
  LOOPBACK,
  makeDirectory,
  makeTsigKey,
  type PeerZone,
  queryUdp,
  removeDirectory,
  type TsigKey,
  until,
} from "../peers/index.ts";
import { eachMessage, type HostilePrimary, startHostilePrimary } from "./primary.ts";
import { type Random, seededRandom } from "./random.ts";
import { ALONE, breakages, residentMebibytes, tlsEnv } from "./world.ts";

/** Addresses a storm comes from, beside the primary's. */
const SOURCES = 200;
/** Messages between two questions that must be answered. */
const VOLLEY = 64;
const VOLLEYS = 400;
const CONNECTIONS = 40;
const MESSAGES_A_CONNECTION = 100;
const SERVFAIL = 2;
/**
 * Beside what the first quarter costs. Some 20 to 70 are seen until the collector has found its pace, and 25 more in a storm
 * four times as long; 10 kB kept of each message would be 180.
 */
const GROWTH_MEBIBYTES = 128;

const SOA = 6;
const NOTIFY = 4;
const AA = 0x0400;
const PLAIN = "plain.storm.example.";
const KEYED = "keyed.storm.example.";

const tsig = makeTsigKey("transfer.example.", "hmac-sha256");
const { startHmac } = openCrypto("node");

function zoneText(name: string, serial: number): PeerZone {
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN A 192.0.2.10
`;
  return { name, text };
}

function named(text: string) {
  const name = readName(text);
  if (!name.ok) throw new Error(text);
  return name.value;
}

function soaOf(zone: string, serial: number): ResourceRecord {
  const rdata = readRdata(SOA, ["ns1", "hostmaster", String(serial), "3600", "600", "86400", "300"], named(zone));
  if (!rdata.ok) throw new Error(zone);
  return { owner: named(zone), type: SOA, ttl: 300, rdata: rdata.value };
}

function notifyMessage(id: number, zone: string, serial?: number): Uint8Array {
  const question = [{ name: named(zone), type: SOA, class: 1 }];
  const answer = serial === undefined ? [] : [soaOf(zone, serial)];
  return writeMessage({ id, opcode: NOTIFY, flags: AA, question, answer }).octets.slice();
}

function signed(message: Uint8Array, key: TsigKey, clock = 0): Uint8Array {
  const algorithm = readTsigAlgorithm(key.algorithm);
  if (!algorithm.ok) throw new Error(key.algorithm);
  const secret = Uint8Array.from(Buffer.from(key.secret, "base64"));
  const wire = { name: named(key.name), algorithm: algorithm.value, secret };
  return signMessage(message, wire, Math.floor(Date.now() / 1000) + clock, startHmac).message;
}

type Attack = {
  readonly name: string;
  /** From the primary's own address, or from any but that. */
  readonly from: "primary" | "everywhere";
  readonly make: (id: number, random: Random) => Uint8Array;
  readonly rcode: number;
};

const other = makeTsigKey("transfer.example.", "hmac-sha256");
const ATTACKS: readonly Attack[] = [
  {
    name: "a zone that we do not have",
    from: "everywhere",
    make: (id, random) => notifyMessage(id, `z${random.below(1e9)}.nowhere.example.`, random.below(2 ** 32)),
    rcode: 9,
  },
  { name: "below a zone of ours", from: "primary", make: (id) => notifyMessage(id, `www.${PLAIN}`), rcode: 9 },
  { name: "a stranger", from: "everywhere", make: (id) => notifyMessage(id, PLAIN, 2), rcode: 5 },
  { name: "a stranger without the key", from: "everywhere", make: (id) => notifyMessage(id, KEYED, 2), rcode: 5 },
  { name: "the primary without its key", from: "primary", make: (id) => notifyMessage(id, KEYED, 2), rcode: 5 },
  {
    name: "another secret",
    from: "primary",
    make: (id) => signed(notifyMessage(id, KEYED, 2), other),
    rcode: 9,
  },
  {
    name: "another key",
    from: "primary",
    make: (id) => signed(notifyMessage(id, KEYED, 2), makeOther),
    rcode: 9,
  },
  {
    name: "an old recording",
    from: "primary",
    make: (id) => signed(notifyMessage(id, KEYED, 2), tsig, -9999),
    rcode: 9,
  },
  {
    name: "the primary's address, whatever serial",
    from: "primary",
    make: (id, random) => notifyMessage(id, PLAIN, random.pick([0, 1, 2, 1 + 2 ** 31, 2 ** 32 - 1, 12_345])),
    rcode: 0,
  },
  { name: "cut off", from: "everywhere", make: (id) => notifyMessage(id, PLAIN, 2).subarray(0, 40), rcode: 1 },
];
const makeOther = makeTsigKey("elsewhere.example.", "hmac-sha256");

describe("NOTIFY storms", () => {
  let product: Countersign;
  let plain: HostilePrimary;
  let keyed: HostilePrimary;
  let ids: { readonly plain: string; readonly keyed: string };
  let directory: string;
  let tlsPort: number;

  beforeAll(async () => {
    plain = await startHostilePrimary();
    keyed = await startHostilePrimary(tsig);
    directory = makeDirectory("notify");
    const tls = await tlsEnv(directory);
    tlsPort = tls.tlsPort;
    product = await startCountersign({ env: { ...ALONE, ...tls.env } });
    plain.serve(zoneText(PLAIN, 1));
    keyed.serve(zoneText(KEYED, 1));
    const at = ({ address, port }: HostilePrimary) => ({ kind: "knot" as const, address, port });
    ids = {
      plain: await product.addZone({ name: PLAIN, primary: at(plain), mode: "unsigned" }),
      keyed: await product.addZone({ name: KEYED, primary: at(keyed), tsig, mode: "unsigned" }),
    };
    await product.served(ids.plain, PLAIN, 1);
    await product.served(ids.keyed, KEYED, 1);
    await atRest();
  });
  afterAll(async () => {
    await product?.stop();
    await plain?.stop();
    await keyed?.stop();
    if (directory) removeDirectory(directory);
  });

  async function atRest(): Promise<void> {
    for (const id of Object.values(ids)) await until("rest", async () => (await product.status(id)).phase === "idle");
  }

  const logLines = () =>
    product.process
      .log()
      .split("\n")
      .filter((line) => line.includes('"notify.')).length;
  const rows = async (id: string) =>
    (await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as { reason: string; outcome: string }[];

  async function answered(): Promise<void> {
    const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name: `www.${PLAIN}`, type: 1 });
    expect([reply[3]! & 15, reply[7]]).toEqual([0, 1]);
  }

  /** What a storm may not do, whatever brought it. */
  async function harmless(sent: number, storm: (part: number) => Promise<void>): Promise<void> {
    const before = {
      lines: logLines(),
      rows: (await rows(ids.plain)).length,
    };
    const asked = plain.heard.udp + plain.heard.tcp;
    const keyedAsked = keyed.heard.udp + keyed.heard.tcp;
    const began = Date.now();
    await storm(0);
    const memory = await residentMebibytes(product);
    for (const part of [1, 2, 3]) await storm(part);
    await atRest();
    const seconds = (Date.now() - began) / 1000;
    expect((await residentMebibytes(product)) - memory).toBeLessThan(GROWTH_MEBIBYTES);
    // At most one question a second for what finds nothing.
    expect(plain.heard.udp + plain.heard.tcp - asked).toBeLessThan(2 * seconds + 10);
    // Nobody who was refused had it asked.
    expect(keyed.heard.udp + keyed.heard.tcp - keyedAsked).toBe(0);
    expect((await rows(ids.plain)).length - before.rows).toBeLessThan(20);
    expect(logLines() - before.lines).toBeLessThan(sent / 4);
    expect(/"notify\.more"/.test(product.process.log())).toBe(true);
    for (const id of Object.values(ids)) expect((await product.status(id)).serving).toBe("serving");
    expect(breakages(product)).toEqual([]);
  }

  test("by UDP, 25,600 of ten kinds from 201 addresses", async () => {
    const random = seededRandom(19_961);
    const own = await source(LOOPBACK);
    const strangers: UdpSocket[] = [];
    for (let i = 0; i < SOURCES; i++)
      strangers.push(await source(`127.${1 + random.below(254)}.${i}.${1 + random.below(254)}`));
    const kinds = new Map<number, Attack>();
    const seen = new Map<string, Set<number>>(ATTACKS.map(({ name }) => [name, new Set()]));
    for (const socket of [own, ...strangers])
      socket.on("message", (reply) => {
        const attack = kinds.get((reply[0]! << 8) | reply[1]!);
        if (attack) seen.get(attack.name)!.add(reply[3]! & 15);
      });
    await harmless(VOLLEYS * VOLLEY, async (part) => {
      const quarter = (VOLLEYS * VOLLEY) / 4;
      for (let i = part * quarter; i < (part + 1) * quarter; i++) {
        const attack = ATTACKS[i % ATTACKS.length]!;
        kinds.set(i, attack);
        const socket = attack.from === "primary" ? own : random.pick(strangers);
        socket.send(attack.make(i, random), product.port, LOOPBACK);
        if (i % VOLLEY === VOLLEY - 1) await answered();
      }
    });
    for (const { name, rcode } of ATTACKS) expect([name, ...seen.get(name)!]).toEqual([name, rcode]);
    for (const socket of [own, ...strangers]) socket.close();
  });

  const dialed = async (way: "TCP" | "TLS", localAddress: string): Promise<Socket> => {
    const port = way === "TLS" ? tlsPort : product.port;
    const to = { port, host: LOOPBACK, localAddress };
    const socket =
      way === "TLS" ? connectTls({ ...to, ALPNProtocols: ["dot"], rejectUnauthorized: false }) : connect(to);
    socket.on("error", () => socket.destroy());
    await once(socket, way === "TLS" ? "secureConnect" : "connect");
    return socket;
  };

  test.each([
    ["TCP", 19_962],
    ["TLS", 19_963],
  ] as const)("by %s, a hundred on each of 40 connections from 40 addresses", async (way, seed) => {
    const random = seededRandom(seed);
    const everywhere = ATTACKS.filter(({ from }) => from === "everywhere");
    const codes = new Set<number>();
    await harmless(CONNECTIONS * MESSAGES_A_CONNECTION, async (part) => {
      const connections = Array.from({ length: CONNECTIONS / 4 }, async (_, i) => {
        const socket = await dialed(way, `127.9.${part}.${i + 1}`);
        let judged = false;
        let answers = 0;
        eachMessage(socket, (answer) => {
          answers++;
          const rcode = answer[3]! & 15;
          // What finds no room with control is told so: others of the hundred were looked at.
          if (rcode === SERVFAIL) return;
          judged = true;
          codes.add(rcode);
        });
        for (let n = 0; n < MESSAGES_A_CONNECTION; n++) {
          const message = everywhere[(i + n) % everywhere.length]!.make(n, random);
          socket.write(Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message]));
        }
        await answered();
        await until("an answer", () => judged || answers === MESSAGES_A_CONNECTION || socket.destroyed);
        socket.destroy();
      });
      await Promise.all(connections);
    });
    expect([...codes].sort()).toEqual([...new Set(everywhere.map(({ rcode }) => rcode))].sort());
  });

  test("and the one that means it is followed, with and without a key", async () => {
    plain.serve(zoneText(PLAIN, 2));
    keyed.serve(zoneText(KEYED, 2));
    plain.notify(product.port, PLAIN);
    keyed.notify(product.port, KEYED);
    await product.served(ids.plain, PLAIN, 2);
    await product.served(ids.keyed, KEYED, 2);
    expect((await rows(ids.keyed))[0]).toMatchObject({ reason: "notify", outcome: "taken" });
    expect((await rows(ids.plain)).find(({ outcome }) => outcome === "taken")).toBeDefined();
  });
});

async function source(address: string): Promise<UdpSocket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}
