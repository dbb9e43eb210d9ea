/**
 * The mode changes: whatever a zone was before, and whatever was given out, no secondary is left behind, none lays a change over the
 * wrong version, and what is served never has a serial under which somebody has something else.
 *
 *   unsigned ▶ pre-signed (held until the primary's serial has moved) ▶ unsigned ▶ live ▶ (kill -9) ▶ unsigned ▶ live ▶ pre-signed, released
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RRset } from "#dnssec";
import { signZone } from "#keys";
import { RRType, readRdata } from "#rdata";
import { printZone } from "#zonefile";
import { nameOf, rememberingKey } from "../overlay/history.ts";
import {
  type Countersign,
  freePort,
  makeDirectory,
  missingPrograms,
  type Peer,
  type PeerZone,
  removeDirectory,
  type Secondary,
  startCountersign,
  startKnot,
  startSecondary,
  until,
} from "../peers/index.ts";
import { giveTo, kdig, outgoingOf, transferred, untilEqual } from "./world.ts";

const missing = missingPrograms("knotd", "kdig", "nsd");
const ZONE = "mode.test.";

const keys = [rememberingKey("ksk"), rememberingKey("zsk")];

/** Signatures over what does not change stay. */
function zoneOf(serial: number): PeerZone {
  const apex = nameOf(ZONE);
  const rrset = (owner: string, type: number, ...tokens: string[]): RRset => {
    const rdata = readRdata(type, tokens, apex);
    if (!rdata.ok) throw new Error(rdata.error);
    return { owner: nameOf(owner), type, ttl: 300, rdatas: [rdata.value] };
  };
  const plain = [
    rrset(ZONE, RRType.SOA, `ns1.${ZONE}`, `hostmaster.${ZONE}`, String(serial), "3600", "600", "86400", "300"),
    rrset(ZONE, RRType.NS, `ns1.${ZONE}`),
    rrset(`version.${ZONE}`, RRType.TXT, String(serial)),
    ...Array.from({ length: 100 }, (_, i) => rrset(`h${i}.${ZONE}`, RRType.A, `10.0.0.${i}`)),
  ];
  const day = Math.floor(Date.now() / 86_400_000) * 86_400;
  const signed = signZone(apex, plain, keys, { window: { inception: day - 86_400, expiration: day + 30 * 86_400 } });
  if (!signed.ok) throw new Error(signed.error);
  const records = signed.value.flatMap(({ owner, type, ttl, rdatas }) =>
    rdatas.map((rdata) => ({ owner, type, ttl, class: 1, rdata })),
  );
  return { name: ZONE, text: printZone(records) };
}

describe.skipIf(missing.length > 0)(
  `another mode${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let primary: Peer;
    let product: Countersign;
    let secondary: Secondary;
    let id: string;
    let directory: string;
    let port: number;

    beforeAll(async () => {
      port = await freePort();
      directory = makeDirectory("other-mode");
      primary = await startKnot({ zones: [zoneOf(1)], notify: [{ address: "127.0.0.1", port }] });
      product = await startCountersign({ port, directory });
      id = await product.addZone({ name: ZONE, primary, mode: "unsigned" });
      await product.served(id, ZONE, 1);
      const at = await freePort();
      await giveTo(product, id, ZONE, [{ name: "nsd", port: at }]);
      secondary = await startSecondary("nsd", { port: at, primary: product, zones: [ZONE] });
    });
    afterAll(async () => {
      await secondary?.stop();
      await Promise.all([product?.stop(), primary?.stop()]);
      if (directory) removeDirectory(directory);
    });

    const dnssec = (edit: object) => product.call("PATCH", `/client/v4/zones/${id}/dnssec`, edit);
    const unsign = async () => {
      await dnssec({ status: "disabled", dnssec_presigned: false });
      await product.call("DELETE", `/client/v4/zones/${id}/dnssec`);
    };
    const serials = async () => (await outgoingOf(product, id)).serials;
    const isTold = async (code: string) => {
      const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string }[];
      return events.some((event) => event.code === code);
    };
    /** Secondary and product alike, with this serial. */
    const follows = async (serial: number) => {
      await product.served(id, ZONE, serial);
      const lines = await transferred(product, ZONE);
      await untilEqual(secondary, ZONE, lines);
      return lines;
    };
    const ixfr = async (serial: number) => {
      const { out } = await kdig(product, ZONE, { type: `IXFR=${serial}`, args: ["+noall", "+answer"] });
      return out.split("\n").filter((line) => line !== "" && !line.startsWith(";")).length;
    };

    test("to pre-signed under a serial that was given out: held, served on as it was, until the primary's serial has moved", async () => {
      const before = await follows(1);
      await product.setMode(id, "presigned");
      await until("held", async () => (await product.status(id)).held?.code === "outgoing.serial-behind");
      expect(await follows(1)).toEqual(before);
      const held = (await product.call("GET", `/countersign/v1/zones/${id}/held`)) as {
        release: string;
        advice: string;
      };
      expect(held.release).toBe("force");
      expect(held.advice).toContain("zone-retransfer");
      await primary.replaceZone(zoneOf(2));
      expect(await follows(2)).toEqual(await transferred(primary, ZONE));
      expect((await product.status(id)).held).toBeNull();
      expect(await isTold("outgoing.serial-not-newer")).toBe(false);
    });

    test("back to unsigned: a serial more, until the primary's has passed it", async () => {
      await unsign();
      const plain = await follows(3);
      expect(plain.some((line) => / IN (RRSIG|NSEC|DNSKEY) /.test(line))).toBe(false);
      expect(await serials()).toEqual({ primary: 2, served: 3 });
      await primary.replaceZone(zoneOf(3));
      expect((await follows(4)).some((line) => line.includes('TXT "3"'))).toBe(true);
      await primary.replaceZone(zoneOf(10));
      await follows(10);
      expect(await serials()).toEqual({ primary: 10, served: 10 });
      expect((await outgoingOf(product, id)).journal).toEqual([3, 4]);
    });

    test("from live to unsigned, killed in between: it goes on from there, and stands still where nothing changes", async () => {
      await product.setMode(id, "live");
      await follows(11);
      // Other records at the apex first (the DS may go), then no signatures: two versions, though the first may have been given to nobody.
      await unsign();
      await follows(13);
      await product.kill();
      product = await startCountersign({ port, directory });
      await follows(13);
      await primary.replaceZone(zoneOf(11));
      await follows(14);
      expect(await serials()).toEqual({ primary: 11, served: 14 });
    });

    test("given to nobody for a while, and signed then: enabled again, it is a version of its own", async () => {
      const outgoing = `/client/v4/zones/${id}/secondary_dns/outgoing`;
      await product.call("POST", `${outgoing}/disable`);
      await product.setMode(id, "live");
      await product.call("POST", `${outgoing}/enable`);
      expect((await follows(15)).some((line) => line.includes(" IN RRSIG "))).toBe(true);
    });

    test("to pre-signed by force: told what secondaries have to be told; the whole zone is there for them", async () => {
      await dnssec({ dnssec_presigned: true });
      await until("held", async () => (await product.status(id)).held?.code === "outgoing.serial-behind");
      await follows(15);
      await product.call("POST", `/countersign/v1/zones/${id}/held/release`, { force: true });
      await product.served(id, ZONE, 11);
      await until("the operator is told", () => isTold("outgoing.serial-not-newer"));
      expect(await transferred(product, ZONE)).toEqual(await transferred(primary, ZONE));
      expect((await outgoingOf(product, id)).journal).toEqual([]);
      await primary.replaceZone(zoneOf(12));
      await product.served(id, ZONE, 12);
      // From a serial under which secondaries have something else no change is given.
      expect(await ixfr(11)).toBeGreaterThan(300);
      await primary.replaceZone(zoneOf(20));
      expect(await follows(20)).toEqual(await transferred(primary, ZONE));
    });

    test("given to nobody while a new version came, enabled again and killed at once: it goes on from there", async () => {
      const outgoing = `/client/v4/zones/${id}/secondary_dns/outgoing`;
      await dnssec({ dnssec_presigned: false, status: "active" });
      for (const hashed of [true, false]) await dnssec({ dnssec_use_nsec3: hashed });
      await until("at rest", async () => (await product.status(id)).phase === "idle");
      const given = (await serials()).served!;
      expect(given).toBeGreaterThan(21);
      await product.call("POST", `${outgoing}/disable`);
      await primary.replaceZone(zoneOf(21));
      await product.served(id, ZONE, 21);
      await product.call("POST", `${outgoing}/enable`);
      await product.kill();
      product = await startCountersign({ port, directory });
      expect((await follows(given + 1)).some((line) => line.includes('TXT "21"'))).toBe(true);
    });
  },
);
