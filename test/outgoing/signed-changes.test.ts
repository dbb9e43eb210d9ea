/**
 * Small changes of larger zones that are signed here and given out: only what changed is signed, secondaries have the whole zone
 * valid after each step, and a kill in between costs nobody a whole transfer.
 *
 *   unsigned zone at Knot ─NOTIFY, IXFR─▶ Countersign (live: compact, NSEC3) ─NOTIFY, IXFR─▶ Knot · NSD ─AXFR─▶ the verifiers
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  freePort,
  makeDirectory,
  makeTsigKey,
  missingPrograms,
  type Peer,
  removeDirectory,
  type Secondary,
  type SigningMode,
  startCountersign,
  startKnot,
  startSecondary,
  until,
} from "../peers/index.ts";
import { verifyLines } from "./verify.ts";
import { giveTo, kdig, outgoingOf, transferred, untilEqual } from "./world.ts";

const missing = missingPrograms("knotd", "kdig", "nsd", "ldns-verify-zone", "dnssec-verify");
const ZONES: readonly (readonly [string, SigningMode])[] = [
  ["linked.test.", "live"],
  ["hashed.test.", "live-nsec3"],
];

/** What is added to the zone in each version; everything else stays. Empty: what was added before goes. */
const STEPS: readonly (readonly [what: string, lines: readonly string[]])[] = [
  ["an address more at a name that is there", ["h7 IN A 192.0.2.7"]],
  ["another type at a name that is there", ["h7 IN TXT seven"]],
  ["a name between two", ["h7a IN A 192.0.2.8"]],
  ["names below empty ones, and a wildcard", ['a.b.c IN TXT "deep"', '*.b.c IN TXT "wild"']],
  ["one of those goes: an empty one stays", ['*.b.c IN TXT "wild"']],
  [
    "a delegation without and one with DS",
    [
      "sub IN NS ns1",
      "safe IN NS ns1",
      "safe IN DS 1 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A",
    ],
  ],
  [
    "the one loses its DS, the other gets one",
    [
      "safe IN NS ns1",
      "sub IN NS ns1",
      "sub IN DS 1 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A",
    ],
  ],
  ["all of it goes", []],
];

function zoneText(zone: string, serial: number, added: readonly string[]): string {
  const hosts = Array.from({ length: 1200 }, (_, i) => `h${i} IN A 10.0.${i >> 8}.${i & 255}`);
  return `$TTL 300
$ORIGIN ${zone}
@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ IN NS ns1
ns1 IN A 192.0.2.1
zz IN AAAA 2001:db8::1
${hosts.join("\n")}
${added.join("\n")}
`;
}

describe.skipIf(missing.length > 0)(
  `signed changes out${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let primary: Peer;
    let product: Countersign;
    let port: number;
    let directory: string;
    const secondaries: Secondary[] = [];
    const key = makeTsigKey("fleet.key.", "hmac-sha256");
    const ids = new Map<string, string>();

    beforeAll(async () => {
      port = await freePort();
      directory = makeDirectory("signed-changes");
      const zones = ZONES.map(([name]) => ({ name, text: zoneText(name, 1, []) }));
      primary = await startKnot({ zones, notify: [{ address: "127.0.0.1", port }], ixfr: true });
      product = await startCountersign({ port, directory });
      const fleet = await Promise.all(
        (["knot", "nsd"] as const).map(async (name) => ({ name, port: await freePort(), tsig: key })),
      );
      for (const [name, mode] of ZONES) {
        const id = await product.addZone({ name, primary, mode, ixfr: true });
        ids.set(name, id);
        await product.served(id, name);
        const named = fleet.map((each) => ({ ...each, name: `${each.name} for ${name}` }));
        await giveTo(product, id, name, named);
      }
      const names = ZONES.map(([name]) => name);
      for (const { name, port: at } of fleet) {
        secondaries.push(await startSecondary(name, { port: at, primary: product, zones: names, tsig: key }));
      }
    });
    afterAll(async () => {
      await Promise.all(secondaries.map((each) => each.stop()));
      await Promise.all([product?.stop(), primary?.stop()]);
      if (directory) removeDirectory(directory);
    });

    const bring = async (zone: string, serial: number, added: readonly string[]) => {
      await primary.replaceZone({ name: zone, text: zoneText(zone, serial, added) });
      await product.served(ids.get(zone)!, zone, serial);
    };
    const changedBy = async (zone: string, serial: number) => {
      const { out } = await kdig(product, zone, { key, type: `IXFR=${serial}`, args: ["+noall", "+answer"] });
      return out.split("\n").filter((line) => line !== "" && !line.startsWith(";")).length;
    };
    /** Files of what is given out: an image, and what was laid over it. */
    const files = (zone: string) =>
      readdirSync(join(directory, "data", "zones", ids.get(zone)!)).filter((file) => file.startsWith("g-"));

    test.each(ZONES)("%s (%s): each step is valid everywhere, and small", async (zone) => {
      const first = await transferred(product, zone, { key });
      for (const secondary of secondaries) await untilEqual(secondary, zone, first);
      const image = files(zone);
      expect(image.map((file) => file.replace(/.*\./, ""))).toEqual(["image"]);
      for (const [i, [, added]] of STEPS.entries()) {
        const serial = i + 2;
        await bring(zone, serial, added);
        verifyLines(zone, await transferred(product, zone, { key }));
        expect(await changedBy(zone, serial - 1)).toBeLessThan(60);
      }
      // Step by step they came there by IXFR, strictly applied.
      const last = await transferred(product, zone, { key });
      for (const secondary of secondaries) await untilEqual(secondary, zone, last);
      // Never signed as a whole again: it is the first image still, with overlays over it.
      expect(files(zone).sort()).toEqual([image[0]!, image[0]!.replace(/image$/, "overlay")]);
      expect((await outgoingOf(product, ids.get(zone)!)).journal).toEqual(STEPS.map((_, i) => i + 1));
    });

    test("killed after a change: the same is given out, and the changes to it", async () => {
      const before = new Map<string, readonly string[]>();
      for (const [zone] of ZONES) {
        await bring(zone, 100, ["late IN A 192.0.2.9"]);
        before.set(zone, await transferred(product, zone, { key }));
        await until("journaled", async () => (await outgoingOf(product, ids.get(zone)!)).journal.at(-1) === 9);
      }
      await product.kill();
      product = await startCountersign({ port, directory });
      for (const [zone] of ZONES) {
        await product.served(ids.get(zone)!, zone, 100);
        expect(await transferred(product, zone, { key })).toEqual(before.get(zone));
        expect(await changedBy(zone, 9)).toBeLessThan(30);
        await bring(zone, 101, ["later IN A 192.0.2.10"]);
        const lines = await transferred(product, zone, { key });
        for (const secondary of secondaries) await untilEqual(secondary, zone, lines);
        verifyLines(zone, lines);
        expect(files(zone)).toHaveLength(2);
      }
    });
  },
);
