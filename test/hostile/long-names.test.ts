/** Names at the end of their length, where a label more does not fit: those that are hashed, those under a wildcard, and an apex of nothing but that. */
import * as dnsPacket from "dns-packet";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Countersign, SigningMode } from "../peers/countersign.ts";
import { LOOPBACK, type PeerZone, queryTcp, queryUdp, until } from "../peers/index.ts";
import { startWays, type Ways } from "./ways.ts";
import { breakages } from "./world.ts";
import { makeSigner } from "./zone-signer.ts";

const APEXES = [40, 222, 223, 240, 251, 253] as const;
const MODES: readonly SigningMode[] = ["unsigned", "live", "live-nsec3", "live-chain", "presigned", "presigned-nsec3"];
const MAX_NAME = 255;
/** A hash takes 33 octets. */
const MAX_HASHED_APEX = MAX_NAME - 33;

const sign = makeSigner();

/** `zone` with labels in front of it, `octets` long in wire form. */
function longName(zone: string, octets: number, letter: string): string {
  let left = octets - (zone.length + 1);
  let name = zone;
  while (left > 0) {
    const label = left > 64 + 1 || left === 64 ? 63 : left > 64 ? 62 : left - 1;
    name = `${letter.repeat(label)}.${name}`;
    left -= label + 1;
  }
  return name;
}

function zoneText(name: string): PeerZone {
  const text = `$ORIGIN ${name}
@ 300 IN SOA . . 1 3600 600 86400 300
@ 300 IN NS elsewhere.test.
@ 300 IN TXT "apex"
${longName(name, MAX_NAME, "a")} 300 IN A 192.0.2.1
${name.length + 1 < 240 ? `*.w.${name} 300 IN A 192.0.2.2` : ""}
`;
  return { name, text };
}

const typeName = (type: number) => ({ 1: "A", 16: "TXT", 28: "AAAA" })[type]!;

let product: Countersign;
let ways: Ways;
beforeAll(async () => {
  ways = await startWays({});
  product = ways.product;
});
afterAll(() => ways?.stop());
afterEach(() => expect(breakages(product)).toEqual([]));

function zoneOf(mode: SigningMode, octets: number, letter: string): PeerZone {
  const name = longName("example.", octets, letter);
  expect(name.length + 1).toBe(octets);
  const zone = zoneText(name);
  if (!mode.startsWith("presigned")) return zone;
  return sign(zone, { kind: mode === "presigned" ? "nsec" : "nsec3" });
}

describe.each(MODES)("%s", (mode) => {
  const apexes = APEXES.filter((octets) => mode !== "presigned-nsec3" || octets <= MAX_HASHED_APEX);
  test.each(apexes)("an apex of %i octets", async (octets) => {
    const zone = zoneOf(mode, octets, "uvwxyz"[MODES.indexOf(mode)]!);
    const { name } = zone;
    const primary = ways.primaryOf("tcp");
    primary.serve(zone);
    const { address, port } = primary;
    const id = await product.addZone({ name, primary: { kind: "knot", address, port }, mode });
    await product.served(id, name, 1);
    await until("rest", async () => (await product.status(id)).phase === "idle");
    await answersRightly(name, mode);
  });
});

test.each([
  ["tcp and TSIG", "p"],
  ["tls", "q"],
  ["tls and TSIG", "r"],
] as const)("pre-signed, names hashed, by %s", async (way, letter) => {
  const mode = "presigned-nsec3";
  const zone = zoneOf(mode, MAX_HASHED_APEX, letter);
  await ways.attacked([way], zone, { dnssec_presigned: true, dnssec_use_nsec3: true });
  await answersRightly(zone.name, mode);
});

/** What is there, what is not, and what a wildcard makes, by UDP where it fits, and by TCP. */
async function answersRightly(name: string, mode: SigningMode): Promise<void> {
  const octets = name.length + 1;
  const denial = mode.endsWith("nsec3") && octets <= MAX_HASHED_APEX ? "NSEC3" : "NSEC";
  const ask = async (owner: string, type: number, missing = false) => {
    for (const query of [queryUdp, queryTcp]) {
      const question = { name: owner, type, edns: { do: true, size: 1232 } };
      const reply = Buffer.from(await query({ address: LOOPBACK, port: product.port }, question));
      // Such names fill a datagram: then it says so, and TCP has it whole.
      if (query === queryUdp && reply[2]! & 2) continue;
      const { answers = [], authorities = [] } = dnsPacket.decode(reply);
      const types = (records: typeof answers) => [...new Set(records.map((one) => one.type as string))].sort();
      const compact = (mode.startsWith("live") && denial === "NSEC" && mode !== "live-chain") || !missing;
      expect([owner.length + 1, reply[3]! & 15]).toEqual([owner.length + 1, compact ? 0 : 3]);
      if (answers.length > 0)
        expect(types(answers)).toEqual(mode === "unsigned" ? [typeName(type)] : [typeName(type), "RRSIG"].sort());
      else expect(types(authorities)).toEqual(mode === "unsigned" ? ["SOA"] : [denial, "RRSIG", "SOA"].sort());
      expect(answers.length > 0).toBe(answered(owner, type));
    }
  };
  const long = longName(name, MAX_NAME, "a");
  const wild = octets < 240;
  const answered = (owner: string, type: number) =>
    (owner === name && type === 16) || ((owner === long || (wild && owner.includes(".w."))) && type === 1);
  await ask(name, 16);
  await ask(name, 1);
  await ask(long, 1);
  await ask(long, 28);
  await ask(longName(name, MAX_NAME, "b"), 1, true);
  if (wild) await ask(longName(`w.${name}`, MAX_NAME, "c"), 1);
  if (wild) await ask(longName(`w.${name}`, MAX_NAME, "c"), 28);
}
