/**
 * Enemies that nobody has named, in the spirit of the table of `primary.test.ts`: the last good zone is served on or the right one
 * taken, bounds hold, the record of the attempt says what happened.
 */

import { connect, type Socket } from "node:net";
import * as dnsPacket from "dns-packet";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Transfer as Attempt } from "#contract";
import type { Countersign } from "../peers/countersign.ts";
import { LOOPBACK, type PeerZone, queryTcp, queryUdp, servedSerial, until } from "../peers/index.ts";
import { makeMatrix } from "./matrix.ts";
import { changing, endingAt, honest, type Meddling, octetByOctet, startMiddleman } from "./middleman.ts";
import type { Trick } from "./primary.ts";
import { UNNAMED_AXFR, UNNAMED_IXFR, type UnnamedCase } from "./unnamed.cases.ts";
import { type Attacked, isSigned, startWays, WAYS, type Way, type Ways } from "./ways.ts";
import { breakages, residentMebibytes } from "./world.ts";

const BOUNDS = {
  COUNTERSIGN_TRANSFER_IDLE_SECONDS: "8",
  COUNTERSIGN_TRANSFER_SECONDS: "60",
  COUNTERSIGN_CHECK_SECONDS: "2",
  COUNTERSIGN_MAX_ZONE_RECORDS: "20000",
  COUNTERSIGN_MAX_ZONE_NAMES: "15000",
  COUNTERSIGN_MAX_ZONE_OCTETS: "40000000",
};
/** Beside what the product has with an honest zone. */
const GROWTH_MEBIBYTES = 400;

/** On a busy machine: each of them waits for a transfer or two, and some for the end of a time. */
const MOST_MILLISECONDS = 120_000;
vi.setConfig({ testTimeout: 2 * MOST_MILLISECONDS });

function zoneText(name: string, serial: number): PeerZone {
  const more = Array.from({ length: 80 }, (_, i) => `host${i} 300 IN A 192.0.2.${i}`).join("\n");
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN TXT "serial ${serial}"
${more}
`;
  return { name, text };
}

let ways: Ways;
let product: Countersign;
let before: number;
let number = 0;
beforeAll(async () => {
  ways = await startWays(BOUNDS, { ixfr: true });
  product = ways.product;
  before = await residentMebibytes(product);
});
afterAll(() => ways?.stop());
afterEach(() => expect(breakages(product)).toEqual([]));

const attacked = (way: Way): Promise<Attacked> => ways.attacked([way], zoneText(`zone${++number}.unnamed.example.`, 1));
const rows = ({ id }: Attacked) => product.attempts(id);
const force = ({ id }: Attacked) => product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);

/** The record of the next attempt, which `begin` brings about. */
async function attempt(zone: Attacked, begin: () => unknown): Promise<Attempt> {
  const known = (await rows(zone))[0]?.id;
  await begin();
  const row = await until(
    `an attempt for ${zone.name}`,
    async () => {
      const [newest] = await rows(zone);
      return newest && newest.id !== known ? newest : undefined;
    },
    MOST_MILLISECONDS,
  );
  await until("rest", async () => (await product.status(zone.id)).phase === "idle");
  return row;
}

async function play(zone: Attacked, serial: number, trick: Trick): Promise<Attempt> {
  zone.primary.serve(zoneText(zone.name, serial), trick);
  return attempt(zone, () => (trick.ixfr ? zone.primary.notify(product.port, zone.name) : force(zone)));
}

async function recovers(zone: Attacked, serial: number): Promise<void> {
  zone.primary.serve(zoneText(zone.name, serial));
  await force(zone);
  await product.served(zone.id, zone.name, serial);
  expect(Buffer.from(await ask(`www.${zone.name}`, 16)).toString("latin1")).toContain(`serial ${serial}`);
}

const ask = (name: string, type: number) => queryTcp({ address: LOOPBACK, port: product.port }, { name, type });

describe.each([
  ["AXFR", UNNAMED_AXFR],
  ["IXFR", UNNAMED_IXFR],
] as const)("%s", (kind, cases: readonly (UnnamedCase & { readonly serial?: number })[]) => {
  const matrix = makeMatrix();
  const every = cases.flatMap((one) =>
    WAYS.filter((way) => one.tsig === undefined || one.tsig === isSigned(way)).map(
      (way) => [`${one.name} (${way})`, way, one] as const,
    ),
  );

  test.concurrent.each(every)("%s", async (_, way, { name, trick, becomes, fallback, ttl, serial = 2 }) => {
    const zone = await attacked(way);
    const row = await play(zone, serial, trick);
    const what = row.error?.code ?? row.outcome;
    matrix.saw(name, way, fallback ? `${what}, ${row.fallback?.code}` : what);
    expect([becomes].flat(), row.error?.message).toContain(what);
    expect(row.fallback?.code).toBe(fallback);
    expect(row.transport).toBe(way.slice(0, 3));
    expect(await servedSerial(product.port, zone.name)).toBe(what === "taken" ? serial : 1);
    if (ttl) {
      const { answers } = dnsPacket.decode(Buffer.from(await ask(`${ttl[0]}.${zone.name}`, ttl[1])));
      expect(answers).toMatchObject([{ ttl: ttl[2] }]);
    }
    await recovers(zone, serial + 9);
  });

  test("all of it was seen by every way", () => {
    console.log(matrix.print(`${kind}, unnamed`));
    expect(matrix.holes(every.map(([, way, { name }]) => [name, way]))).toEqual([]);
  });
});

/** What happens to the octets of the connection, beside what an honest primary says. `becomes` by TCP and by TLS. */
const MEDDLINGS: readonly {
  readonly name: string;
  readonly how: Meddling;
  readonly becomes: Readonly<Record<"tcp" | "tls", RegExp>>;
}[] = [
  { name: "a segment for every octet", how: octetByOctet, becomes: { tcp: /^taken$/, tls: /^taken$/ } },
  {
    name: "ends within the first message, or the handshake",
    how: endingAt(700, "end"),
    becomes: { tcp: /^net\.closed$/, tls: /^(net|tls)\./ },
  },
  {
    name: "is reset within the first message, or the handshake",
    how: endingAt(700, "resetAndDestroy"),
    becomes: { tcp: /^net\.(closed|failed|reset)$/, tls: /^(net|tls)\./ },
  },
  {
    name: "ends behind the handshake without close_notify, in the middle of the transfer",
    how: endingAt(2300, "end"),
    becomes: { tcp: /^(net\.closed|taken)$/, tls: /^net\.closed$/ },
  },
  { name: "says nothing at all", how: () => undefined, becomes: { tcp: /^net\.timeout$/, tls: /^net\.timeout$/ } },
  {
    name: "accepts, and never reads",
    how: (client) => client.pause(),
    becomes: { tcp: /^net\.timeout$/, tls: /^net\.timeout$/ },
  },
  {
    name: "stops in the middle of the handshake, or of a message",
    how: changing((octets, at) => (at >= 100 ? Buffer.alloc(0) : octets.subarray(0, 100))),
    becomes: { tcp: /^net\.timeout$/, tls: /^net\.timeout$/ },
  },
  {
    name: "answers before it is asked, in the clear",
    how: (client, through) => {
      client.write(Buffer.from("000c0001840000000000000000000000", "hex"));
      honest(client, through);
    },
    becomes: { tcp: /^transfer\.(wrong-id|malformed|question-missing)$/, tls: /^(tls\.failed|net\.)/ },
  },
  {
    name: "speaks HTTP",
    how: (client) => client.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    becomes: { tcp: /^net\.closed$/, tls: /^(tls\.failed|net\.)/ },
  },
  {
    name: "one bit changed, late",
    how: changing((octets, at) => {
      const late = 2200 - at;
      if (late >= 0 && late < octets.length) octets[late]! ^= 1;
      return octets;
    }),
    // By TCP alone nobody notices a bit of an address.
    becomes: { tcp: /./, tls: /^(tls\.|net\.)/ },
  },
  {
    name: "everything said twice over",
    how: changing((octets) => Buffer.concat([octets, octets])),
    becomes: { tcp: /^(taken|transfer\.|net\.)/, tls: /^(tls\.|net\.)/ },
  },
];

describe("between the product and its primary", () => {
  test.concurrent.each(
    MEDDLINGS.flatMap((one) => (["tcp", "tls"] as const).map((way) => [one.name, way, one] as const)),
  )("%s (%s)", async (_, way, { how, becomes }) => {
    const primary = ways.primaryOf(way);
    const middleman = await startMiddleman(way === "tls" ? primary.tlsPort : primary.port);
    try {
      const zone = await ways.attacked(
        [way],
        zoneText(`zone${++number}.unnamed.example.`, 1),
        undefined,
        middleman.port,
      );
      middleman.meddle(how);
      const row = await play(zone, 2, {});
      const what = row.error?.code ?? row.outcome;
      expect(what, row.error?.message).toMatch(becomes[way]);
      expect(await servedSerial(product.port, zone.name)).toBe(what === "taken" ? 2 : 1);
      middleman.meddle(honest);
      await recovers(zone, 9);
    } finally {
      await middleman.stop();
    }
  });
});

describe("NOTIFY", () => {
  const header = (questions: number) => Uint8Array.of(0, 9, 0x24, 0, questions >> 8, questions & 255, 0, 0, 0, 0, 0, 0);
  const rcode = async (message: Uint8Array): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = connect(product.port, LOOPBACK);
      socket.on("error", reject);
      socket.once("data", (reply: Buffer) => {
        socket.destroy();
        resolve(reply[5]! & 15);
      });
      socket.write(Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message]));
    });

  test("of 65,535 questions: one octet each, none at all, and as many as a message holds", async () => {
    expect(await rcode(Buffer.concat([header(65_535), Buffer.alloc(5)]))).toBe(1);
    expect(await rcode(header(65_535))).toBe(1);
    // The root, SOA, IN: five octets each.
    const questions = Math.floor((65_535 - 12) / 5);
    const many = Buffer.concat([
      header(questions),
      ...Array.from({ length: questions }, () => Uint8Array.of(0, 0, 6, 0, 1)),
    ]);
    expect(await rcode(many)).toBe(1);
  });

  test("on 1,000 connections from 50 addresses that are held open: the one that means it is followed", async () => {
    const zone = await attacked("tcp");
    const sockets: Socket[] = [];
    const wire = zone.name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
    const message = Uint8Array.from([...header(1), ...wire, 0, 6, 0, 1]);
    const framed = Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message]);
    try {
      for (let i = 0; i < 1000; i++) {
        const socket = connect({ port: product.port, host: LOOPBACK, localAddress: `127.3.${i % 50}.1` });
        socket.on("error", () => socket.destroy());
        sockets.push(socket);
        // Whole, or without its last octet.
        socket.write(i % 2 === 0 ? framed : framed.subarray(0, -1));
      }
      zone.primary.serve(zoneText(zone.name, 2));
      zone.primary.notify(product.port, zone.name);
      await product.served(zone.id, zone.name, 2);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name: zone.name, type: 6 });
    expect(reply[3]! & 15).toBe(0);
  });
});

test("all that cost a bounded amount of memory", async () => {
  expect((await residentMebibytes(product)) - before).toBeLessThan(GROWTH_MEBIBYTES);
});
