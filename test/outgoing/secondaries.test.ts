/**
 * Real secondaries fetch from the product: Knot, NSD, BIND and PowerDNS, with TSIG and without, told by NOTIFY of one version
 * after the other; what each gives back is what the primary itself gives, record by record.
 *
 *   Knot primary ─AXFR─▶ Countersign ─NOTIFY, AXFR─▶ Knot · NSD · BIND · PowerDNS      kdig asks all of them
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  flattenZone,
  freePort,
  makeTsigKey,
  missingPrograms,
  type Peer,
  type Secondary,
  type SecondaryKind,
  servedSerial,
  startCountersign,
  startKnot,
  startSecondary,
  until,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";
import { giveTo, kdig, outgoingOf, transferred, transfersOut, untilEqual } from "./world.ts";

const missing = missingPrograms("knotd", "kdig", "named-checkzone", "nsd", "named", "pdns_server");
const ZONE = "give.test.";
const KINDS: readonly SecondaryKind[] = ["knot", "nsd", "bind", "powerdns"];

function zoneText(serial: number, hosts: number): string {
  const lines = Array.from({ length: hosts }, (_, i) => `h${i} IN A 10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  return `$TTL 300
$ORIGIN give.test.
@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ IN NS ns1
@ IN MX 10 mail.elsewhere.test.
ns1 IN A 192.0.2.1
* IN TXT "wild" "card"
Case IN TXT "kept"
sub IN NS ns.sub
ns.sub IN AAAA 2001:db8::1
alias IN CNAME ns1
a.b.c IN SRV 1 2 3 ns1
odd IN TYPE65280 \\# 3 010203
version IN TXT "${serial}"
${lines.join("\n")}
`;
}

describe.skipIf(missing.length > 0)(
  `secondaries${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let primary: Peer;
    let product: Countersign;
    let zoneId: string;
    const key = makeTsigKey("give.key.", "hmac-sha256");
    const started: Secondary[] = [];

    beforeAll(async () => {
      const odd = { name: "odd.example.", text: flattenZone("odd.example.", zonePath("odd.zone")) };
      const notify = [{ address: "127.0.0.1", port: await freePort() }];
      primary = await startKnot({ zones: [{ name: ZONE, text: zoneText(1, 3000) }, odd], notify });
      product = await startCountersign({ port: notify[0]!.port });
      zoneId = await product.addZone({ name: ZONE, primary, mode: "unsigned" });
      await product.served(zoneId, ZONE, 1);
    });
    afterAll(async () => {
      await Promise.all(started.map((each) => each.stop()));
      await Promise.all([product?.stop(), primary?.stop()]);
    });

    test("all four take the zone with TSIG, and every later version by NOTIFY", async () => {
      const ports = await Promise.all(KINDS.map(() => freePort()));
      await giveTo(
        product,
        zoneId,
        ZONE,
        KINDS.map((kind, i) => ({ name: kind, port: ports[i]!, tsig: key })),
      );
      for (const [i, kind] of KINDS.entries()) {
        const options = { port: ports[i]!, primary: product, zones: [ZONE], tsig: key };
        started.push(await startSecondary(kind, options));
      }
      const first = await transferred(primary, ZONE);
      expect(first.length).toBeGreaterThan(3000);
      for (const secondary of started) await untilEqual(secondary, ZONE, first);
      for (const serial of [2, 3]) {
        await primary.replaceZone({ name: ZONE, text: zoneText(serial, 3000 - serial) });
        const lines = await transferred(primary, ZONE);
        for (const secondary of started) await untilEqual(secondary, ZONE, lines);
      }
      await until("every NOTIFY acknowledged", async () => {
        const { peers } = await outgoingOf(product, zoneId);
        return peers.every(({ notify }) => notify?.serial === 3 && notify.outcome === "taken");
      });
      const { peers, serials, journal } = await outgoingOf(product, zoneId);
      expect(serials).toEqual({ primary: 3, served: 3 });
      expect(journal).toEqual([1, 2]);
      const given = await transfersOut(product, zoneId);
      // Knot, NSD and BIND each at least once: 1 to 2, or 1 to 3 where it came late. PowerDNS asks for whole zones here.
      expect(given.filter(({ got }) => got === "ixfr").length).toBeGreaterThanOrEqual(KINDS.length - 1);
      expect(given.every(({ outcome }) => outcome === "sent" || outcome === "unchanged")).toBe(true);
      expect(peers.map(({ name }) => name)).toEqual(KINDS);
      const shown = (await product.call("GET", `/client/v4/zones/${zoneId}/secondary_dns/outgoing`)) as {
        soa_serial: number;
        last_transferred_time: string | null;
      };
      expect(shown.soa_serial).toBe(3);
      expect(shown.last_transferred_time).not.toBeNull();
    });

    test("IXFR: every step, nothing when there is nothing newer, the whole zone when the steps are not known", async () => {
      const ixfr = async (serial: number) => {
        const { out } = await kdig(product, ZONE, { key, type: `IXFR=${serial}`, args: ["+noall", "+answer"] });
        const lines = out.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
        return lines.map((line) => line.replace(/\s+\d+\s+IN\s+/, " ").replace(/\s+/g, " "));
      };
      const soa = (serial: number) => `${ZONE} SOA ns1.${ZONE} hostmaster.${ZONE} ${serial} 3600 600 86400 300`;
      const version = (serial: number) => `version.${ZONE} TXT "${serial}"`;
      const second = [soa(2), `h2997.${ZONE} A 10.0.11.181`, version(2), soa(3), version(3), soa(3)];
      expect(await ixfr(2)).toEqual([soa(3), ...second]);
      expect((await ixfr(1)).slice(0, 2)).toEqual([soa(3), soa(1)]);
      expect((await ixfr(1)).slice(-second.length)).toEqual(second);
      expect(await ixfr(3)).toEqual([soa(3)]);
      expect(await ixfr(4)).toEqual([soa(3)]);
      expect((await ixfr(0)).length).toBeGreaterThan(2900);
      await product.call("POST", `/client/v4/zones/${zoneId}/secondary_dns/outgoing/force_notify`);
      expect((await outgoingOf(product, zoneId)).journal).toEqual([]);
      expect((await ixfr(2)).length).toBeGreaterThan(2900);
    });

    test("a zone of odd records, without TSIG: octet for octet", async () => {
      const odd = await product.addZone({ name: "odd.example.", primary, mode: "unsigned" });
      await product.served(odd, "odd.example.");
      const port = await freePort();
      await giveTo(product, odd, "odd.example.", [{ name: "knot-odd", port }]);
      const lines = await transferred(primary, "odd.example.");
      expect(await transferred(product, "odd.example.")).toEqual(lines);
      for (const kind of ["knot", "nsd"] as const) {
        const secondary = await startSecondary(kind, { primary: product, zones: ["odd.example."] });
        started.push(secondary);
        await untilEqual(secondary, "odd.example.", lines);
      }
      expect(await servedSerial(started.at(-1)!.port, "odd.example.")).toBe(
        await servedSerial(product.port, "odd.example."),
      );
    });
  },
);
