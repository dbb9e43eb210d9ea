/**
 * What changes lead to, with every IXFR compared with an AXFR of the same serial by the product: pre-signed zones whose chain
 * is replaced, which lose their signatures and get them back; and a primary whose changes are well-formed, and wrong.
 */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import type { Transfer as Attempt } from "#contract";
import type { ZoneDenial } from "#keys";
import type { ResourceRecord } from "#message";
import { nameKey, readName } from "#name";
import { RRType } from "#rdata";
import { printZone, readZoneFile } from "#zonefile";
import type { Countersign } from "../peers/countersign.ts";
import { LOOPBACK, type PeerZone, queryUdp, servedSerial, until } from "../peers/index.ts";
import { record } from "./ixfr.cases.ts";
import { honestIxfr, incremental, type Trick } from "./primary.ts";
import { type Attacked, startWays, WAYS, type Way, type Ways } from "./ways.ts";
import { breakages } from "./world.ts";
import { makeSigner } from "./zone-signer.ts";

const sign = makeSigner();
const DENIALS = {
  nsec: { kind: "nsec" },
  nsec3: { kind: "nsec3" },
  salted: { kind: "nsec3", params: { algorithm: 1, iterations: 0, salt: Uint8Array.of(0xab, 0xcd) } },
} as const satisfies Record<string, ZoneDenial>;

const UNSIGNED = {};
const LIVE = { status: "active" };
const PRESIGNED = { dnssec_presigned: true };
const HASHED = { dnssec_presigned: true, dnssec_use_nsec3: true };

let ways: Ways;
let product: Countersign;
beforeAll(async () => {
  ways = await startWays({ COUNTERSIGN_IXFR_CHECK_PERCENT: "100" }, { ixfr: true });
  product = ways.product;
});
afterAll(() => ways?.stop());
afterEach(() => expect(breakages(product)).toEqual([]));

function zoneText(name: string, serial: number, denial?: ZoneDenial): PeerZone {
  const names = Array.from(
    { length: 20 },
    (_, i) => `h${i}${i % 3 === serial % 3 ? ".ent" : ""} 300 IN A 192.0.2.${i}`,
  );
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN TXT "serial ${serial}"
${names.join("\n")}
`;
  return denial ? sign({ name, text }, denial) : { name, text };
}

/** Names of the zones of a way are its own. */
const zoneName = (label: string, way: Way) => `${label}.${WAYS.indexOf(way)}.ixfr.example.`;

const rows = ({ id }: Attacked) => product.attempts(id);

async function changed(zone: Attacked, version: PeerZone, trick?: Trick): Promise<Attempt> {
  const known = (await rows(zone))[0]?.id;
  zone.primary.serve(version, trick);
  zone.primary.notify(product.port, zone.name);
  const newest = await until(`an attempt for ${zone.name}`, async () => {
    const [row] = await rows(zone);
    return row && row.id !== known ? row : undefined;
  });
  await until("rest", async () => (await product.status(zone.id)).phase === "idle");
  return newest;
}

/** One NSEC3 of the chain, signed anew under an owner that is no hash: a label with a letter that base32hex has not. */
function withStrayNsec3({ name, text }: PeerZone, instead = false): PeerZone {
  const apex = readName(name);
  const read = apex.ok && readZoneFile(text, apex.value);
  if (!read || !("value" in read)) throw new Error(name);
  const link = read.value.find(({ type }) => type === RRType.NSEC3)!;
  const owner = link.owner.slice();
  owner[1] = "z".charCodeAt(0);
  const { ttl, rdata } = link;
  const rrsig = sign.rrsig(apex.value, { owner, type: link.type, ttl, rdatas: [rdata] });
  const kept = read.value.filter((one) => !instead || nameKey(one.owner) !== nameKey(link.owner));
  const stray = [
    { ...link, owner },
    { ...link, owner, type: RRType.RRSIG, rdata: rrsig },
  ];
  return { name, text: printZone([...kept, ...stray]) };
}

const BY_CHANGES = { kind: "ixfr", got: "ixfr", outcome: "taken", fallback: null };

describe.concurrent.each(WAYS)("%s", (way) => {
  const attacked = (first: PeerZone, mode: object) => ways.attacked([way], first, mode);

  test.concurrent("every NSEC3 deleted and added again, as they were and under another salt", async () => {
    const name = zoneName("chain", way);
    const zone = await attacked(zoneText(name, 1, DENIALS.nsec3), HASHED);
    const again: Trick = {
      ixfr: (transfer, from) => {
        const text = ({ owner, ttl, rdata }: ResourceRecord) => `${nameKey(owner)} ${ttl} ${toHex(rdata)}`;
        const old3 = new Set(from!.records.filter(({ type }) => type === 50).map(text));
        const stays = transfer.zone.records.filter((one) => one.type === 50 && old3.has(text(one)));
        expect(stays.length).toBeGreaterThan(0);
        const [newest, old, ...rest] = incremental(from!, transfer.zone);
        const all = [newest!, old!, ...stays, ...rest.slice(0, -1), ...stays, newest!];
        for (let at = 0; at < all.length; at += 20) transfer.send(transfer.message(all.slice(at, at + 20)));
      },
    };
    expect(await changed(zone, zoneText(name, 2, DENIALS.nsec3), again)).toMatchObject(BY_CHANGES);
    expect(await changed(zone, zoneText(name, 3, DENIALS.salted))).toMatchObject(BY_CHANGES);
    expect(await changed(zone, zoneText(name, 4, DENIALS.nsec3))).toMatchObject(BY_CHANGES);
    expect(await servedSerial(product.port, name)).toBe(4);
  });

  test.concurrent("the signatures go: held, and served on; they come back: taken as a whole, then by changes again", async () => {
    const name = zoneName("unsigned", way);
    const zone = await attacked(zoneText(name, 1, DENIALS.nsec), PRESIGNED);
    expect(await changed(zone, zoneText(name, 2))).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "held" });
    expect(await servedSerial(product.port, name)).toBe(1);
    expect((await product.status(zone.id)).held?.code).toMatch(/^dnssec\./);
    const back = await changed(zone, zoneText(name, 3, DENIALS.nsec));
    expect(back).toMatchObject({ kind: "axfr", got: "axfr", outcome: "taken" });
    expect(await changed(zone, zoneText(name, 4, DENIALS.nsec))).toMatchObject(BY_CHANGES);
    expect(await servedSerial(product.port, name)).toBe(4);
  });

  test.concurrent("one signature left out of the changes: held with the record, the good version is served on", async () => {
    const name = zoneName("missing", way);
    const zone = await attacked(zoneText(name, 1, DENIALS.nsec), PRESIGNED);
    // AXFR leaves it out, too, so that the comparison finds nothing.
    const version = zoneText(name, 2, DENIALS.nsec);
    const lines = version.text.split("\n").filter((line) => !/^www\S*\s.*RRSIG\s+TXT/.test(line));
    expect(lines.length).toBe(version.text.split("\n").length - 1);
    const row = await changed(zone, { name, text: lines.join("\n") });
    expect(row).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "held" });
    expect(row.error?.code).toMatch(/^dnssec\./);
    expect(await servedSerial(product.port, name)).toBe(1);
  });

  test.concurrent("an NSEC3 whose owner is no base32, validly signed: beside a whole chain no link of it, in the place of one a gap", async () => {
    const name = zoneName("base32", way);
    const zone = await attacked(zoneText(name, 1, DENIALS.nsec3), HASHED);
    const beside = withStrayNsec3(zoneText(name, 2, DENIALS.nsec3));
    expect(await changed(zone, beside)).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "taken" });
    const gap = await changed(zone, withStrayNsec3(zoneText(name, 3, DENIALS.nsec3), true));
    expect(gap).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "held", error: { code: "dnssec.nsec3-missing" } });
    expect(await servedSerial(product.port, name)).toBe(2);
    const missing = { name: `nothing.${name}`, type: 1, edns: { do: true } };
    const denied = await queryUdp({ address: LOOPBACK, port: product.port }, missing);
    expect(denied[3]! & 15).toBe(3);
    await changed(zone, zoneText(name, 4, DENIALS.nsec3));
    expect(await servedSerial(product.port, name)).toBe(4);
  });

  test.concurrent("from unsigned to signed and back in a zone that is served unsigned", async () => {
    const name = zoneName("plain", way);
    const zone = await attacked(zoneText(name, 1), UNSIGNED);
    expect(await changed(zone, zoneText(name, 2, DENIALS.nsec))).toMatchObject(BY_CHANGES);
    expect(await changed(zone, zoneText(name, 3, DENIALS.salted))).toMatchObject(BY_CHANGES);
    expect(await changed(zone, zoneText(name, 4))).toMatchObject(BY_CHANGES);
    expect(await servedSerial(product.port, name)).toBe(4);
  });

  test.concurrent("changes of a zone that is signed here", async () => {
    const name = zoneName("live", way);
    const zone = await attacked(zoneText(name, 1), LIVE);
    for (const serial of [2, 3]) expect(await changed(zone, zoneText(name, serial))).toMatchObject(BY_CHANGES);
    const reply = await queryUdp(
      { address: LOOPBACK, port: product.port },
      { name: `www.${name}`, type: 16, edns: { do: true } },
    );
    expect(Buffer.from(reply).toString("latin1")).toContain("serial 3");
  });
});

describe("the comparison with an AXFR", () => {
  const attacked = (first: PeerZone, mode: object) => ways.attacked(["tcp"], first, mode);
  const events = async ({ id }: Attacked) =>
    (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string; message: string }[];

  test("a change that says too little: told, and the whole zone is taken", async () => {
    const name = "wrong.ixfr.example.";
    const zone = await attacked(zoneText(name, 1), UNSIGNED);
    const row = await changed(zone, zoneText(name, 2), {
      ixfr: (transfer, from) => {
        const [newest, ...rest] = incremental(from!, transfer.zone);
        const stray = record(transfer.zone, "stray 300 TXT stray");
        transfer.send(transfer.message([newest!, ...rest.slice(0, -1), stray, newest!]));
      },
    });
    expect(row).toMatchObject({
      kind: "ixfr",
      got: "axfr",
      outcome: "taken",
      fallback: { code: "transfer.ixfr-differs" },
    });
    expect(row.fallback?.message).toContain("stray.wrong.ixfr.example. TXT");
    const told = (await events(zone)).find(({ code }) => code === "transfer.ixfr-differs");
    expect(told?.message).toContain("stray.wrong.ixfr.example. TXT");
    const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name: `stray.${name}`, type: 16 });
    expect(reply[3]! & 15).toBe(3);
    expect(await changed(zone, zoneText(name, 3))).toMatchObject(BY_CHANGES);
  });

  test("a primary that is further on by then, or says no, proves nothing: the changes are taken", async () => {
    const name = "further.ixfr.example.";
    const zone = await attacked(zoneText(name, 1), UNSIGNED);
    const later = zoneText(name, 9);
    const row = await changed(zone, zoneText(name, 2), {
      ixfr: (transfer, from) => {
        honestIxfr(transfer, from);
        zone.primary.serve(later, { soa: () => undefined });
      },
    });
    expect(row).toMatchObject(BY_CHANGES);
    const refusing = await changed(zone, zoneText(name, 10), {
      axfr: (transfer) => transfer.send(transfer.message([], { rcode: 5 })),
    });
    expect(refusing).toMatchObject(BY_CHANGES);
    expect((await events(zone)).map(({ code }) => code)).not.toContain("transfer.ixfr-differs");
  });
});
