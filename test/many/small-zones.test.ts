/**
 * Many small zones on the whole product, from a data directory as a server left it: more than a worker opens as they come, so
 * packs, records and zones that are opened when first asked for are all at work. One is replaced within its pack, one goes,
 * one's image is damaged; the others are what they were, over a `kill -9` too.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Message, parseMessage, Rcode } from "#message";
import { RRType } from "#rdata";
import { killHard } from "../chaos/world.ts";
import {
  askAllTcp,
  askAllUdp,
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type Peer,
  queryUdp,
  removeDirectory,
  servedSerial,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";
import { populate, SERIAL, zoneName } from "./populate.ts";

const ZONES = 1300;
const CHANGED = 700;
const GONE = 701;
const DAMAGED = 1250;
const NONE = new Uint8Array(0);

const missing = missingPrograms("knotd");
const directory = makeDirectory("small-zones");
let product: Countersign | undefined;
let knot: Peer | undefined;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const primaryPort = await freePort();
  const primary = { address: LOOPBACK, port: primaryPort };
  const data = join(directory, "data");
  // Asked again in a day: what changes here comes by NOTIFY.
  await populate(data, { zones: ZONES, mode: "unsigned", primary, autoRefreshSeconds: 86_400 });
  await populate(join(directory, "live", "data"), { zones: ZONES, mode: "live", primary, autoRefreshSeconds: 86_400 });
  damage(data, DAMAGED);
  if (missing.length > 0) return;
  const notify = [{ address: LOOPBACK, port }];
  knot = await startKnot({ zones: [CHANGED, GONE].map((i) => zoneOf(i, SERIAL)), port: primaryPort, notify });
}, 240_000);
afterAll(async () => {
  await product?.stop();
  await knot?.stop();
  removeDirectory(directory);
});

test.skipIf(missing.length > 0)(
  "small zones change, go and come back, and their neighbours stay what they are",
  async () => {
    product = await startCountersign({ directory, port });
    const others = Array.from({ length: ZONES }, (_, i) => i).filter((i) => ![CHANGED, GONE, DAMAGED].includes(i));
    expect(await wrongAnswers([...others, CHANGED, GONE])).toEqual([]);
    expect(await codeOf(DAMAGED)).toBe(Rcode.ServFail);

    for (let serial = SERIAL + 1; serial <= SERIAL + 4; serial++) {
      await knot!.replaceZone(zoneOf(CHANGED, serial));
      await until("the change is served", async () => (await servedSerial(port, `${zoneName(CHANGED)}.`)) === serial);
    }
    const gone = await idOf(GONE);
    await product.call("DELETE", `/client/v4/zones/${gone}`);
    await until("it is gone", async () => (await codeOf(GONE)) === Rcode.Refused);
    expect(await wrongAnswers(others)).toEqual([]);
    expect(await addressesOf(CHANGED)).toEqual(["192.0.2.4"]);

    // Whatever was acknowledged is there after the hardest of ends; the deleted one's files and the old versions' are not.
    const changed = await idOf(CHANGED);
    await killHard(product);
    product = await startCountersign({ directory, port });
    expect(await servedSerial(port, `${zoneName(CHANGED)}.`)).toBe(SERIAL + 4);
    expect([await addressesOf(CHANGED), await codeOf(GONE)]).toEqual([["192.0.2.4"], Rcode.Refused]);
    expect(await wrongAnswers(others)).toEqual([]);
    const folder = join(directory, "data", "zones");
    await until("orphans are gone", async () => readdirSync(join(folder, changed)).length === 1);
    expect(readdirSync(folder)).not.toContain(gone);
  },
  120_000,
);

test.skipIf(missing.length > 0)(
  "live-signed small zones are signed when asked, each with its own key",
  async () => {
    const live = await startCountersign({ directory: join(directory, "live") });
    try {
      const edns = { do: true };
      const questions = Array.from({ length: ZONES }, (_, i) => ({
        name: `www.${zoneName(i)}.`,
        type: RRType.A,
        edns,
      }));
      const answers = (await askAllUdp({ address: LOOPBACK, port: live.port }, questions)).map(read);
      const tags = answers.map(({ answer }) => answer.filter(({ type }) => type === RRType.RRSIG).map(keyTagOf));
      expect(tags.filter((found) => found.length !== 1)).toEqual([]);
      // Keys of their own: tags are 16 bits, so a few of them meet.
      expect(new Set(tags.flat()).size).toBeGreaterThan(ZONES * 0.95);
    } finally {
      await live.stop();
    }
  },
  120_000,
);

/** By UDP and by TCP: those whose address is another. */
async function wrongAnswers(zones: readonly number[]): Promise<readonly number[]> {
  const server = { address: LOOPBACK, port };
  const questions = zones.map((i) => ({ name: `www.${zoneName(i)}.`, type: RRType.A }));
  const wrong = new Set<number>();
  for (const ask of [askAllUdp, askAllTcp]) {
    const answers = await ask(server, questions);
    for (const [at, reply] of answers.entries()) {
      const i = zones[at]!;
      if (addresses(read(reply)).join(" ") !== addressOf(i)) wrong.add(i);
    }
  }
  return [...wrong];
}

function addressOf(i: number): string {
  return `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
}

async function addressesOf(i: number): Promise<readonly string[]> {
  return addresses(await ask(i));
}

async function codeOf(i: number): Promise<number> {
  return (await ask(i)).rcode;
}

async function ask(i: number): Promise<Message> {
  return read(await queryUdp({ address: LOOPBACK, port }, { name: `www.${zoneName(i)}.`, type: RRType.A }));
}

function read(reply: Uint8Array): Message {
  const message = parseMessage(reply);
  if (!message.ok) throw new Error(message.error);
  return message.value;
}

function addresses(message: Message): readonly string[] {
  return message.answer.map(({ rdata = NONE }) => [...rdata].join("."));
}

function keyTagOf({ rdata = NONE }: { readonly rdata: Uint8Array | undefined }): number {
  return (rdata[16]! << 8) | rdata[17]!;
}

async function idOf(i: number): Promise<string> {
  const found = (await product!.call("GET", `/client/v4/zones?name=${zoneName(i)}`)) as { readonly id: string }[];
  return found[0]!.id;
}

/** As `populate` writes it, or as the primary has changed it since: `www` has the number of the change. */
function zoneOf(i: number, serial: number) {
  const name = `${zoneName(i)}.`;
  const address = serial === SERIAL ? addressOf(i) : `192.0.2.${serial - SERIAL}`;
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1.provider.test. hostmaster.provider.test. ${serial} 7200 900 1209600 300
@ 3600 IN NS ns1.provider.test.
www 3600 IN A ${address}
`;
  return { name, text };
}

/** Turns a bit in the middle of the image of one zone; which folder is its own only the database knows. */
function damage(data: string, i: number): void {
  const wanted = Buffer.from(zoneName(i).split(".")[0]!);
  for (const zone of readdirSync(join(data, "zones"))) {
    for (const file of readdirSync(join(data, "zones", zone))) {
      const path = join(data, "zones", zone, file);
      const octets = readFileSync(path);
      if (!octets.includes(wanted)) continue;
      octets[octets.length >> 1]! ^= 1;
      writeFileSync(path, octets);
      return;
    }
  }
  throw new Error("no image of that zone");
}
