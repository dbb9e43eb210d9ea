/**
 * The mode changes and the serial does not: what secondaries have under it is not what the next change starts from, so they are
 * given the whole zone then, and none of them lays a change over the wrong version.
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
  missingPrograms,
  type Peer,
  type PeerZone,
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

    beforeAll(async () => {
      const port = await freePort();
      primary = await startKnot({ zones: [zoneOf(1)], notify: [{ address: "127.0.0.1", port }] });
      product = await startCountersign({ port });
      id = await product.addZone({ name: ZONE, primary, mode: "unsigned" });
      await product.served(id, ZONE, 1);
      const at = await freePort();
      await giveTo(product, id, ZONE, [{ name: "nsd", port: at }]);
      secondary = await startSecondary("nsd", { port: at, primary: product, zones: [ZONE] });
    });
    afterAll(async () => {
      await secondary?.stop();
      await Promise.all([product?.stop(), primary?.stop()]);
    });

    const bring = async (serial: number) => {
      await primary.replaceZone(zoneOf(serial));
      await product.served(id, ZONE, serial);
      const lines = await transferred(product, ZONE);
      expect(lines).toEqual(await transferred(primary, ZONE));
      await untilEqual(secondary, ZONE, lines);
    };
    const ixfr = async (serial: number) => {
      const { out } = await kdig(product, ZONE, { type: `IXFR=${serial}`, args: ["+noall", "+answer"] });
      return out.split("\n").filter((line) => line !== "" && !line.startsWith(";")).length;
    };

    test("unsigned and pre-signed under one serial: from there no change is given", async () => {
      await untilEqual(secondary, ZONE, await transferred(product, ZONE));
      await product.setMode(id, "presigned");
      await product.served(id, ZONE, 1);
      await until("the operator is told", async () => {
        const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string }[];
        return events.some(({ code }) => code === "outgoing.serial-not-newer");
      });
      await bring(2);
      expect((await outgoingOf(product, id)).journal).toEqual([]);
      expect(await ixfr(1)).toBeGreaterThan(300);
      await bring(3);
      expect((await outgoingOf(product, id)).journal).toEqual([2]);
      expect(await ixfr(1)).toBeGreaterThan(300);
    });
  },
);
