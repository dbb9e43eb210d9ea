/**
 * Zones that are signed here, given out whole: a bump-in-the-wire signer for a fleet. Secondaries get every signature and a whole
 * chain; ldns-verify-zone and dnssec-verify judge what they give back, for one version after the other and for signing anew.
 *
 *   unsigned zone at Knot ─AXFR─▶ Countersign (live: compact, chain, NSEC3) ─NOTIFY, AXFR, IXFR─▶ Knot · NSD ─AXFR─▶ the verifiers
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  freePort,
  makeTsigKey,
  missingPrograms,
  type Peer,
  type Secondary,
  type SigningMode,
  servedSerial,
  startCountersign,
  startKnot,
  startSecondary,
  until,
} from "../peers/index.ts";
import { verifyLines } from "./verify.ts";
import { giveTo, outgoingOf, transferred, transfersOut, untilEqual } from "./world.ts";

const missing = missingPrograms("knotd", "kdig", "nsd", "ldns-verify-zone", "dnssec-verify");
const MODES: readonly (readonly [string, SigningMode, "NSEC" | "NSEC3"])[] = [
  ["compact.test.", "live", "NSEC"],
  ["chain.test.", "live-chain", "NSEC"],
  ["hashed.test.", "live-nsec3", "NSEC3"],
  ["multi.test.", "multisigner", "NSEC"],
];

function zoneText(zone: string, serial: number): string {
  const hosts = Array.from({ length: 300 }, (_, i) => `h${i} IN A 10.0.${i >> 8}.${i & 255}`);
  return `$TTL 300
$ORIGIN ${zone}
@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ IN NS ns1
@ IN MX 10 mail
ns1 IN A 192.0.2.1
mail IN AAAA 2001:db8::25
* IN TXT "wild"
a.b.c IN TXT "below empty names"
sub IN NS ns.sub
ns.sub IN AAAA 2001:db8::1
safe IN NS ns1
safe IN DS 1 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A
tree IN DNAME elsewhere.test.
version IN TXT "${serial}"
${hosts.join("\n")}
`;
}

const DNSSEC = /\sIN (RRSIG|NSEC|NSEC3|NSEC3PARAM|DNSKEY|CDS|CDNSKEY) /;
const plain = (lines: readonly string[]) => lines.filter((line) => !DNSSEC.test(line) && !/\sIN SOA /.test(line));

describe.skipIf(missing.length > 0)(
  `live-signed out${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let primary: Peer;
    let product: Countersign;
    const secondaries: Secondary[] = [];
    const key = makeTsigKey("fleet.key.", "hmac-sha256");
    const ids = new Map<string, string>();

    beforeAll(async () => {
      const port = await freePort();
      const zones = MODES.map(([zone]) => ({ name: zone, text: zoneText(zone, 100) }));
      primary = await startKnot({ zones, notify: [{ address: "127.0.0.1", port }] });
      product = await startCountersign({ port });
      const fleet = await Promise.all(
        (["knot", "nsd"] as const).map(async (name) => ({ name, port: await freePort(), tsig: key })),
      );
      for (const [zone, mode] of MODES) {
        const id = await product.addZone({ name: zone, primary, mode });
        ids.set(zone, id);
        await product.served(id, zone);
        await giveTo(
          product,
          id,
          zone,
          fleet.map((each) => ({ ...each, name: `${each.name} for ${zone}` })),
        );
      }
      for (const { name, port: at } of fleet) {
        secondaries.push(
          await startSecondary(name, { port: at, primary: product, zones: MODES.map(([zone]) => zone), tsig: key }),
        );
      }
    });
    afterAll(async () => {
      await Promise.all(secondaries.map((each) => each.stop()));
      await Promise.all([product?.stop(), primary?.stop()]);
    });

    const given = async (zone: string) => {
      const lines = await transferred(product, zone, { key });
      for (const secondary of secondaries) await untilEqual(secondary, zone, lines);
      verifyLines(zone, lines);
      return lines;
    };

    test.each(MODES)(
      "%s (%s): whole, with a chain of %s; a new version keeps the signatures of what did not change",
      async (zone, _, chain) => {
        const id = ids.get(zone)!;
        const first = await given(zone);
        expect(plain(first)).toEqual(plain(await transferred(primary, zone)));
        const count = (lines: readonly string[], type: string) =>
          lines.filter((line) => line.includes(` IN ${type} `)).length;
        expect(count(first, chain)).toBeGreaterThan(300);
        expect(count(first, chain === "NSEC" ? "NSEC3" : "NSEC")).toBe(0);
        const { serials } = await outgoingOf(product, id);
        expect(serials.primary).toBe(100);
        expect(await servedSerial(product.port, zone)).toBe(serials.served);

        await primary.replaceZone({ name: zone, text: zoneText(zone, 200) });
        await product.served(id, zone, 200);
        const second = await given(zone);
        expect(second.some((line) => line.includes('TXT "200"'))).toBe(true);
        const signatures = new Set(first.filter((line) => line.includes(" IN RRSIG ")));
        const kept = second.filter((line) => signatures.has(line)).length;
        expect(signatures.size - kept).toBeLessThan(8);
        const ixfrs = (await transfersOut(product, id)).filter(({ got }) => got === "ixfr");
        expect(ixfrs.length).toBeGreaterThanOrEqual(secondaries.length);
        expect((await outgoingOf(product, id)).serials).toEqual({ primary: 200, served: 200 });
      },
    );

    test("signing otherwise is a version of its own: a serial more, in answers as in transfers, until the primary's has passed it", async () => {
      const [zone] = MODES[0]!;
      const id = ids.get(zone)!;
      await product.setMode(id, "live-nsec3");
      await product.served(id, zone, 201);
      const hashed = await given(zone);
      expect(hashed.some((line) => line.includes(" IN NSEC3 "))).toBe(true);
      expect((await outgoingOf(product, id)).serials).toEqual({ primary: 200, served: 201 });
      await primary.replaceZone({ name: zone, text: zoneText(zone, 201) });
      await product.served(id, zone, 202);
      expect((await given(zone)).some((line) => line.includes('TXT "201"'))).toBe(true);
      await primary.replaceZone({ name: zone, text: zoneText(zone, 300) });
      await product.served(id, zone, 300);
      await given(zone);
      // The parent is asked to take our DS away: other records at the apex, and secondaries are told by a serial more.
      const cds = async () =>
        (await given(zone)).filter((line) => line.includes(" IN CDS ")).map((line) => line.replace(/.* CDS /, ""));
      expect(await cds()).not.toEqual(["0 0 0 00"]);
      await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { status: "disabled" });
      await product.served(id, zone, 301);
      expect(await cds()).toEqual(["0 0 0 00"]);
      await until("told of", async () =>
        (await outgoingOf(product, id)).peers.every(({ notify }) => notify?.outcome === "taken"),
      );
    });
  },
);
