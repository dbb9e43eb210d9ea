/**
 * NOTIFY messages that are odd, and one connection that sends them without end and reads no answer: each has the answer that it should
 * have, none is followed that should not be, and another zone's NOTIFY is followed meanwhile.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeQuestion } from "../peers/client.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, makeDirectory, removeDirectory, until } from "../peers/index.ts";
import { type HostilePrimary, honestZone, startHostilePrimary } from "./primary.ts";
import { ALONE, breakages, residentMebibytes, tlsEnv } from "./world.ts";

const SOA = 6;
const NOTIFY_AA = 0x2400;
const QR = 0x8000;
const FORMERR = 1;
const FLOODED = "flooded.notify-odd.example.";
const MEANT = "meant.notify-odd.example.";
/** In one write, and so many of them waiting at most. */
const VOLLEY = 500;
const GROWTH_MEBIBYTES = 128;

describe("odd NOTIFYs", () => {
  let primary: HostilePrimary;
  let product: Countersign;
  let meant: string;
  let directory: string;
  let tlsPort: number;
  let serial = 1;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    primary = await startHostilePrimary();
    directory = makeDirectory("notify-odd");
    const tls = await tlsEnv(directory);
    tlsPort = tls.tlsPort;
    product = await startCountersign({ env: { ...ALONE, ...tls.env } });
    const { address, port } = primary;
    const at = { kind: "knot" as const, address, port };
    for (const name of [FLOODED, MEANT]) primary.serve(honestZone(name, 1));
    const flooded = await product.addZone({ name: FLOODED, primary: at, mode: "unsigned" });
    meant = await product.addZone({ name: MEANT, primary: at, mode: "unsigned" });
    await product.served(flooded, FLOODED, 1);
    await product.served(meant, MEANT, 1);
    for (const id of [flooded, meant]) await until("rest", async () => (await product.status(id)).phase === "idle");
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await product?.stop();
    await primary?.stop();
    if (directory) removeDirectory(directory);
  });

  async function open(way: "TCP" | "TLS"): Promise<Socket> {
    const to = { host: LOOPBACK, port: way === "TLS" ? tlsPort : product.port };
    const socket =
      way === "TLS" ? connectTls({ ...to, ALPNProtocols: ["dot"], rejectUnauthorized: false }) : connect(to);
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    await once(socket, way === "TLS" ? "secureConnect" : "connect");
    return socket;
  }

  const framed = (message: Uint8Array) => Buffer.concat([Uint8Array.of(message.length >> 8, message.length), message]);
  const notify = (name: string, flags = NOTIFY_AA) => encodeQuestion({ name, type: SOA, flags }, 7);

  /** The RCODE, or that there is none before that of a question behind it. */
  async function rcodeOf(message: Uint8Array): Promise<number | "none"> {
    const socket = await open("TCP");
    let got = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
    });
    socket.write(Buffer.concat([framed(message), framed(encodeQuestion({ name: MEANT, type: SOA }, 8))]));
    const ids = () => {
      const seen = new Map<number, number>();
      for (let at = 0; at + 6 <= got.length; at += 2 + got.readUInt16BE(at))
        seen.set(got.readUInt16BE(at + 2), got[at + 5]! & 15);
      return seen;
    };
    await until("the answer behind it", () => ids().has(8));
    const seen = ids();
    socket.destroy();
    return seen.get(7) ?? "none";
  }

  const change = (octets: Uint8Array, at: number, value: number) => {
    const changed = Uint8Array.from(octets);
    changed[at] = value;
    return changed;
  };

  test.each([
    ["two questions", () => Buffer.concat([change(notify(FLOODED), 5, 2), notify(FLOODED).subarray(12)]), FORMERR],
    ["octets behind it", () => Buffer.concat([notify(FLOODED), Uint8Array.of(0, 0, 0)]), FORMERR],
    ["an answer, not a question", () => notify(FLOODED, QR | NOTIFY_AA), "none"],
    ["class CH", () => change(notify(FLOODED), notify(FLOODED).length - 1, 3), FORMERR],
  ] as const)("%s", async (_, message, rcode) => {
    const asked = primary.heard.udp + primary.heard.tcp;
    expect(await rcodeOf(message())).toBe(rcode);
    expect(primary.heard.udp + primary.heard.tcp).toBe(asked);
  });

  test.each(["TCP", "TLS"] as const)(
    "without end on one connection by %s, and no answer is read: another zone's is followed",
    async (way) => {
      const memory = await residentMebibytes(product);
      const socket = await open(way);
      socket.pause();
      const volley = Buffer.concat(Array.from({ length: VOLLEY }, () => framed(notify(FLOODED))));
      let sent = 0;
      const flood = setInterval(() => {
        if (socket.destroyed || socket.writableLength > 1 << 20) return;
        socket.write(volley);
        sent += VOLLEY;
      }, 20);
      try {
        await until("a flood", () => sent >= 10 * VOLLEY || socket.destroyed);
        primary.serve(honestZone(MEANT, ++serial));
        primary.notify(product.port, MEANT);
        await product.served(meant, MEANT, serial);
      } finally {
        clearInterval(flood);
        socket.destroy();
      }
      expect((await residentMebibytes(product)) - memory).toBeLessThan(GROWTH_MEBIBYTES);
      expect(breakages(product)).toEqual([]);
    },
  );
});
