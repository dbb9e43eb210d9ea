/**
 * What is given out over restarts and kills: the same version with the same signatures, the changes before it as long as they
 * lead to it, and a pre-signed zone octet for octet.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  freePort,
  makeDirectory,
  makeTsigKey,
  missingPrograms,
  type Peer,
  type PeerZone,
  removeDirectory,
  signZone,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";
import { giveTo, kdig, outgoingOf, transferred } from "./world.ts";

const missing = missingPrograms("knotd", "kdig", "ldns-signzone", "ldns-keygen");
const LIVE = "live.test.";
const PLAIN = "plain.test.";
const SIGNED = "signed.test.";

function zoneOf(name: string, serial: number): PeerZone {
  const hosts = Array.from({ length: 100 }, (_, i) => `h${i} IN A 10.0.0.${i}`).join("\n");
  const text = `$TTL 300\n$ORIGIN ${name}\n@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 192.0.2.1\nversion IN TXT "${serial}"\n${hosts}\n`;
  return { name, text };
}

describe.skipIf(missing.length > 0)(
  `restarts${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let primary: Peer;
    let product: Countersign;
    let port: number;
    let directory: string;
    const key = makeTsigKey("again.key.", "hmac-sha384");
    const ids = new Map<string, string>();

    const start = () => startCountersign({ port, directory });
    const axfr = (zone: string) => transferred(product, zone, { key });
    const ixfr = async (zone: string, serial: number) => {
      const { out } = await kdig(product, zone, { key, type: `IXFR=${serial}`, args: ["+noall", "+answer"] });
      return out.split("\n").filter((line) => line !== "" && !line.startsWith(";")).length;
    };
    const journal = async (zone: string) => (await outgoingOf(product, ids.get(zone)!)).journal;
    const bring = async (zone: string, serial: number) => {
      await primary.replaceZone(zoneOf(zone, serial));
      await product.served(ids.get(zone)!, zone, serial);
      await until("journaled", async () => (await journal(zone)).at(-1) === serial - 1);
    };

    beforeAll(async () => {
      port = await freePort();
      directory = makeDirectory("restart");
      const signed = signZone(zoneOf(SIGNED, 1), { tool: "ldns", denial: "nsec3" });
      const zones = [zoneOf(LIVE, 1), zoneOf(PLAIN, 1), { name: SIGNED, text: signed.text }];
      primary = await startKnot({ zones, notify: [{ address: "127.0.0.1", port }] });
      product = await start();
      for (const [name, mode] of [
        [LIVE, "live"],
        [PLAIN, "unsigned"],
        [SIGNED, "presigned-nsec3"],
      ] as const) {
        const id = await product.addZone({ name, primary, mode });
        ids.set(name, id);
        await product.served(id, name);
        await giveTo(product, id, name, [{ name: `here for ${name}`, port: 9, tsig: key }]);
      }
    });
    afterAll(async () => {
      await Promise.all([product?.stop(), primary?.stop()]);
      if (directory) removeDirectory(directory);
    });

    test("a pre-signed zone goes out as it came, signatures and chain and all", async () => {
      const lines = await axfr(SIGNED);
      expect(lines).toEqual(await transferred(primary, SIGNED));
      expect(lines.some((line) => line.includes(" IN NSEC3 "))).toBe(true);
    });

    test("killed and started again: the same version, the same signatures, the same changes", async () => {
      for (const zone of [LIVE, PLAIN]) {
        await axfr(zone);
        await bring(zone, 2);
      }
      const before = [await axfr(LIVE), await axfr(PLAIN), await ixfr(LIVE, 1), await ixfr(PLAIN, 1)];
      expect(before[3]).toBe(6);
      await product.kill();
      product = await start();
      expect([await axfr(LIVE), await axfr(PLAIN), await ixfr(LIVE, 1), await ixfr(PLAIN, 1)]).toEqual(before);
      for (const zone of [LIVE, PLAIN]) {
        await bring(zone, 3);
        expect(await journal(zone)).toEqual([1, 2]);
      }
      expect(await ixfr(PLAIN, 1)).toBe(10);
    });

    test("what is lost on disk is not made up: changes are gone, a signed image is signed anew", async () => {
      await product.stop();
      for (const [zone, ending] of [
        [LIVE, ".image"],
        [PLAIN, ".change"],
      ] as const) {
        const folder = join(directory, "data", "zones", ids.get(zone)!);
        for (const file of readdirSync(folder)) {
          if (file.endsWith(ending) && (ending === ".change" || file.startsWith("g-"))) rmSync(join(folder, file));
        }
      }
      product = await start();
      const live = await axfr(LIVE);
      expect(live.some((line) => line.includes('TXT "3"'))).toBe(true);
      // New signatures under a serial that is known: no change may lead from there, nor to there.
      expect(await journal(LIVE)).toEqual([]);
      expect(await ixfr(PLAIN, 1)).toBeGreaterThan(100);
      await primary.replaceZone(zoneOf(LIVE, 4));
      await product.served(ids.get(LIVE)!, LIVE, 4);
      expect((await axfr(LIVE)).some((line) => line.includes('TXT "4"'))).toBe(true);
      expect(await journal(LIVE)).toEqual([]);
      await bring(LIVE, 5);
      expect(await journal(LIVE)).toEqual([4]);
    });

    test("a zone that is given to nobody any more leaves nothing behind", async () => {
      const id = ids.get(LIVE)!;
      await product.call("DELETE", `/client/v4/zones/${id}/secondary_dns/outgoing`);
      const files = readdirSync(join(directory, "data", "zones", id));
      expect(files.filter((file) => file.endsWith(".change") || file.startsWith("g-"))).toEqual([]);
      expect((await kdig(product, LIVE, { key })).err).toMatch(/BADKEY|REFUSED/);
    });
  },
);
