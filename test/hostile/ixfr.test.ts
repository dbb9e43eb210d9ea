/**
 * IXFR under attack, on the whole product: whatever is wrong with the changes, the last good zone is served on, the whole zone
 * is fetched in the same attempt where that helps, and the record of the attempt says what happened.
 */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Transfer as Attempt } from "#contract";
import type { Countersign } from "../peers/countersign.ts";
import { LOOPBACK, type PeerZone, queryUdp, servedSerial, until } from "../peers/index.ts";
import { IXFR_CASES, type IxfrCase, record } from "./ixfr.cases.ts";
import { makeMatrix } from "./matrix.ts";
import { framed, incremental, type Trick } from "./primary.ts";
import { type Attacked, isSigned, startWays, WAYS, type Way, type Ways } from "./ways.ts";
import { breakages } from "./world.ts";

const BOUNDS = {
  COUNTERSIGN_TRANSFER_IDLE_SECONDS: "2",
  COUNTERSIGN_TRANSFER_SECONDS: "60",
  COUNTERSIGN_CHECK_SECONDS: "2",
  COUNTERSIGN_MAX_ZONE_RECORDS: "20000",
  COUNTERSIGN_MAX_ZONE_OCTETS: "40000000",
};

/** What is changed from one serial to the next: the text of `www`; the filler makes it several messages long. */
function zoneText(name: string, serial: number, more = ""): PeerZone {
  const filler = Array.from({ length: 30 }, (_, i) => `host${i} 300 IN A 192.0.2.${i}`).join("\n");
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN A 192.0.2.10
www 300 IN TXT "serial ${serial}"
case 300 IN TXT x
${filler}
${more}
`;
  return { name, text };
}

let ways: Ways;
let product: Countersign;
let number = 0;
const matrix = makeMatrix();

beforeAll(async () => {
  ways = await startWays(BOUNDS, { ixfr: true });
  product = ways.product;
});
afterAll(() => ways?.stop());
afterEach(() => expect(breakages(product)).toEqual([]));

const rows = ({ id }: { id: string }) => product.attempts(id);

const atRest = ({ id }: Attacked) => until("rest", async () => (await product.status(id)).phase === "idle");

const attacked = (of: readonly Way[]): Promise<Attacked> =>
  ways.attacked(of, zoneText(`zone${++number}.ixfr.example.`, 1));

/** Serves the version, sends NOTIFY, and gives the record of the attempt. */
async function changed(zone: Attacked, version: PeerZone, trick?: Trick, primary = zone.primary): Promise<Attempt> {
  const known = (await rows(zone))[0]?.id;
  primary.serve(version, trick);
  primary.notify(product.port, zone.name);
  const newest = await until(`an attempt for ${zone.name}`, async () => {
    const [row] = await rows(zone);
    return row && row.id !== known ? row : undefined;
  });
  await atRest(zone);
  return newest;
}

async function force(zone: Attacked, version: PeerZone, serial: number): Promise<void> {
  zone.primary.serve(version);
  await product.call("POST", `/client/v4/zones/${zone.id}/secondary_dns/force_axfr`);
  await product.served(zone.id, zone.name, serial);
  await atRest(zone);
}

async function text(owner: string): Promise<string> {
  const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name: owner, type: 16 });
  return Buffer.from(reply).toString("latin1");
}

const EVERY = IXFR_CASES.flatMap((one) =>
  WAYS.filter((way) => !one.tsig || isSigned(way)).map((way) => [`${one.name} (${way})`, way, one] as const),
);

describe("each of them by TCP and TLS, with and without TSIG", () => {
  test.concurrent.each(EVERY)("%s", async (_, way, one: IxfrCase) => {
    const zone = await attacked([way]);
    const row = await changed(zone, zoneText(zone.name, 2), { ixfr: one.ixfr });
    const { outcome = "taken", got, fallback, error } = one;
    matrix.saw(one.name, way, row.error?.code ?? row.fallback?.code ?? `${row.got} ${row.outcome}`);
    expect(row).toMatchObject({ kind: "ixfr", got, outcome, transport: way.slice(0, 3) });
    // A signed answer that was changed after it was signed fails by its MAC.
    const code = isSigned(way) && one.name === "octets changed" ? /^tsig-/ : new RegExp(`^(${fallback ?? "none"})$`);
    expect(row.fallback?.code ?? "none", row.fallback?.message).toMatch(code);
    expect(row.error?.code).toBe(error);
    const serial = outcome === "taken" ? 2 : 1;
    expect(await servedSerial(product.port, zone.name)).toBe(serial);
    expect(await text(`www.${zone.name}`)).toContain(`serial ${serial}`);
    if (outcome === "taken") return;
    // What the network did to an IXFR is not tried again as one.
    await force(zone, zoneText(zone.name, 9), 9);
    expect((await rows(zone))[0]).toMatchObject({ kind: "axfr", got: "axfr", outcome: "taken" });
  });
});

/** Then the changes are asked for at once, without the SOA question before them. */
describe("some of them, told by a NOTIFY with its SOA: one attempt, too", () => {
  const some = ["a base that is not ours", "a deletion of what is not there", "an older serial", "SERVFAIL", "NOTIMP"];
  const chosen = IXFR_CASES.filter(({ name }) => [...some, "a wrong ID"].includes(name));
  test.concurrent.each(chosen.map((one) => [one.name, one] as const))("%s", async (_, one: IxfrCase) => {
    const zone = await attacked(["tcp"]);
    const known = (await rows(zone)).length;
    zone.primary.serve(zoneText(zone.name, 2), { ixfr: one.ixfr });
    zone.primary.notify(product.port, zone.name, true);
    await until("an attempt", async () => (await rows(zone)).length > known);
    await atRest(zone);
    const { outcome = "taken", got, fallback, error } = one;
    const attempts = (await rows(zone)).slice(0, -known);
    expect(attempts).toHaveLength(1);
    expect(attempts[0]).toMatchObject({ kind: "ixfr", got, outcome, reason: "notify" });
    expect([attempts[0]!.fallback?.code, attempts[0]!.error?.code]).toEqual([fallback, error]);
    expect(await servedSerial(product.port, zone.name)).toBe(outcome === "taken" ? 2 : 1);
  });
});

describe.each(WAYS)("broken off (%s)", (way) => {
  test.concurrent("at every record: nothing is taken, and the whole zone comes next", async () => {
    const zone = await attacked([way]);
    let serial = 1;
    for (let records = 0; records < 6; records++) {
      const row = await changed(zone, zoneText(zone.name, serial + 1), {
        ixfr: (transfer, from) => {
          for (const one of incremental(from!, transfer.zone).slice(0, records)) transfer.send(transfer.message([one]));
          transfer.end();
        },
      });
      expect(row).toMatchObject({
        kind: "ixfr",
        got: null,
        outcome: "failed",
        error: { code: "net.closed" },
        fallback: null,
      });
      expect(await servedSerial(product.port, zone.name)).toBe(serial);
      serial++;
      await force(zone, zoneText(zone.name, serial), serial);
    }
  });
});

/** Every octet is gone through without sockets (`src/transfer/cut-off.test.ts`): here the ways take turns, each at every sixteenth. */
const CUT_STEP = 16;

test.concurrent.each(WAYS)(
  "broken off within a change, at every sixteenth octet (%s)",
  { timeout: 180_000 },
  async (way) => {
    const name = `cut${++number}.ixfr.example.`;
    const version = (serial: number): PeerZone => {
      const soa = `@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300`;
      return { name, text: `$ORIGIN ${name}\n${soa}\n@ 3600 IN NS ns1\n@ 60 IN TXT "${serial}"\n` };
    };
    const zone = await ways.attacked([way], version(1));
    let serial = 1;
    let length = Number.POSITIVE_INFINITY;
    for (let octets = 4 * WAYS.indexOf(way); octets < length; octets += CUT_STEP) {
      const row = await changed(zone, version(serial + 1), {
        ixfr: (transfer, from) => {
          const message = transfer.message(incremental(from!, transfer.zone));
          length = message.length + 2;
          transfer.raw(framed(message).subarray(0, octets));
          transfer.end();
        },
      });
      expect([octets, row]).toMatchObject([octets, { kind: "ixfr", outcome: "failed", error: { code: "net.closed" } }]);
      serial++;
      await force(zone, version(serial), serial);
    }
    expect(length).toBeLessThan(400);
  },
);

test("all of it was seen by every way", () => {
  console.log(matrix.print("IXFR"));
  expect(matrix.holes(EVERY.map(([, way, { name }]) => [name, way]))).toEqual([]);
});

describe("what is remembered of a base", () => {
  test("TTLs that differ within a set: the lowest is served, and such a version is no base", async () => {
    const zone = await attacked(["tcp"]);
    const mixed = "www 60 IN A 192.0.2.11";
    expect(await changed(zone, zoneText(zone.name, 2, mixed))).toMatchObject({ got: "ixfr", fallback: null });
    expect(await changed(zone, zoneText(zone.name, 3, "www 300 IN A 192.0.2.11"))).toMatchObject({ kind: "axfr" });
    expect(await changed(zone, zoneText(zone.name, 4))).toMatchObject({ kind: "ixfr", got: "ixfr" });
  });

  test("after a version made of changes was held, the next one comes whole", async () => {
    const zone = await attacked(["tcp"]);
    const row = await changed(zone, zoneText(zone.name, 2), {
      ixfr: (transfer, from) => {
        const [newest, ...honest] = incremental(from!, transfer.zone);
        const broken = record(transfer.zone, "www 300 CNAME ns1");
        transfer.send(transfer.message([newest!, ...honest.slice(0, -1), broken, newest!]));
      },
    });
    expect(row).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "held", error: { code: "zone.broken" } });
    expect(await servedSerial(product.port, zone.name)).toBe(1);
    expect(await changed(zone, zoneText(zone.name, 3))).toMatchObject({ kind: "axfr", outcome: "taken" });
    expect(await changed(zone, zoneText(zone.name, 4))).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "taken" });
  });

  test("another primary is asked for changes only when it was seen with the same SOA", async () => {
    const zone = await attacked(["tcp", "tcp and TSIG"]);
    const other = ways.primaryOf("tcp and TSIG");
    // It never said what its serial 1 is.
    expect(await changed(zone, zoneText(zone.name, 2), undefined, other)).toMatchObject({ kind: "axfr" });
    expect(await changed(zone, zoneText(zone.name, 3), undefined, other)).toMatchObject({ kind: "ixfr", got: "ixfr" });
    // The first one comes to the same serial by itself, is asked, and is the same.
    zone.primary.serve(zoneText(zone.name, 3));
    const asked = async () =>
      ((await product.status(zone.id)) as unknown as { peers: { id: string; serial: number | null }[] }).peers;
    zone.primary.notify(product.port, zone.name);
    await until("the check", async () => (await asked()).every(({ serial }) => serial === 3));
    await atRest(zone);
    expect(await changed(zone, zoneText(zone.name, 4))).toMatchObject({ kind: "ixfr", got: "ixfr" });
  });

  test("a peer without ixfr_enable is asked for the whole zone", async () => {
    const path = `/client/v4/accounts/${ways.accountId}/secondary_dns/peers/${ways.peerIds.tcp}`;
    const { address: ip, port } = ways.primaryOf("tcp");
    const zone = await attacked(["tcp"]);
    await product.call("PUT", path, { name: "tcp", ip, port });
    expect(await changed(zone, zoneText(zone.name, 2))).toMatchObject({ kind: "axfr", got: "axfr", outcome: "taken" });
    await product.call("PUT", path, { name: "tcp", ip, port, ixfr_enable: true });
    expect(await changed(zone, zoneText(zone.name, 3))).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "taken" });
  });
});
