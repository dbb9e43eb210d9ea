/** EDNS compliance as ISC's tester asks for it, to the letter; Knot and NSD get the same messages, and every difference is named. */
import { isDeepStrictEqual } from "node:util";
import * as dnsPacket from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, type Peer, startKnot, startNsd } from "../peers/index.ts";
import { askRaw } from "./ask-raw.ts";
import { CASES, type Verdict } from "./compliance.cases.ts";
import { ALONE, smallZone } from "./world.ts";

const ZONE = "compliance.example.";

function decoded(reply: Buffer): dnsPacket.DecodedPacket | undefined {
  try {
    return dnsPacket.decode(reply);
  } catch {
    // It throws on octets that are no message: what NSD says about an IXFR without SOA is one of these.
    return undefined;
  }
}

function verdictOf(reply: Buffer | undefined): Verdict {
  if (!reply) return "none";
  const message = decoded(reply);
  if (!message) return "malformed";
  const found = (message.additionals ?? []).find((record) => record.type === "OPT");
  const opt = found as unknown as {
    ednsVersion: number;
    flags: number;
    extendedRcode: number;
    options: { code: number }[];
  };
  const low = reply[3]! & 15;
  return {
    rcode: found ? (opt.extendedRcode << 4) | low : low,
    opt: found
      ? {
          version: opt.ednsVersion,
          flags: opt.flags,
          options: opt.options.map(({ code }) => code).sort((a, b) => a - b),
        }
      : false,
    answers: message.answers?.length ?? 0,
    aa: (reply[2]! & 4) !== 0,
    tc: (reply[2]! & 2) !== 0,
    ad: (reply[3]! & 0x20) !== 0,
    opcode: (reply[2]! >> 3) & 15,
  };
}

describe("EDNS compliance", () => {
  let knot: Peer;
  let nsd: Peer;
  let product: Countersign;
  beforeAll(async () => {
    const zones = [smallZone(ZONE, 1)];
    knot = await startKnot({ zones });
    nsd = await startNsd({ zones });
    product = await startCountersign({ env: ALONE });
    const id = await product.addZone({ name: ZONE, primary: knot, mode: "unsigned" });
    await product.served(id, ZONE, 1);
  });
  afterAll(async () => {
    await product?.stop();
    await nsd?.stop();
    await knot?.stop();
  });

  const ask = async (port: number, one: (typeof CASES)[number]): Promise<Verdict> =>
    verdictOf(await askRaw({ address: LOOPBACK, port }, one.message(ZONE), one.tcp ?? false));

  test.each(CASES)("$name", async (one) => {
    const reply = await askRaw({ address: LOOPBACK, port: product.port }, one.message(ZONE), one.tcp ?? false);
    expect(verdictOf(reply)).toEqual(one.expect);
    if (reply) expect(reply.readUInt16BE(0)).toBe(0x1234);
  });

  test.each(["knot", "nsd"] as const)("%s says the same, but for the differences that are named", async (kind) => {
    const port = (kind === "knot" ? knot : nsd).port;
    const differing: string[] = [];
    for (const one of CASES) {
      if (!isDeepStrictEqual(await ask(port, one), one.expect)) differing.push(one.name);
    }
    expect(differing).toEqual(CASES.filter((one) => one[kind] !== undefined).map((one) => one.name));
  });
});
