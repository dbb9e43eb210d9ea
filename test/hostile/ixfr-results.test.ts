/**
 * What changes lead to, with every IXFR compared with an AXFR of the same serial by the product: pre-signed zones whose chain
 * is replaced, which lose their signatures and get them back; and a primary whose changes are well-formed, and wrong.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { openCrypto } from "#crypto";
import { makeKeyPair, type OpenKey, openKeyPair, signZone, type ZoneDenial } from "#keys";
import type { ResourceRecord } from "#message";
import { nameKey, readName } from "#name";
import type { RRset } from "#zone";
import { printZone, readZoneFile } from "#zonefile";
import { type Countersign, type SigningMode, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, type PeerZone, queryUdp, servedSerial, until } from "../peers/index.ts";
import { record } from "./ixfr.cases.ts";
import { type HostilePrimary, honestIxfr, incremental, startHostilePrimary, type Trick } from "./primary.ts";
import { ALONE, breakages } from "./world.ts";

type Row = {
  readonly id: number;
  readonly kind: string;
  readonly got: string | null;
  readonly outcome: string;
  readonly error: { readonly code: string } | null;
  readonly fallback: { readonly code: string; readonly message: string } | null;
};

const crypto = openCrypto("node");
const KEYS = [openKey("ksk"), openKey("zsk")];
const DENIALS = {
  nsec: { kind: "nsec" },
  nsec3: { kind: "nsec3" },
  salted: { kind: "nsec3", params: { algorithm: 1, iterations: 0, salt: Uint8Array.of(0xab, 0xcd) } },
} as const satisfies Record<string, ZoneDenial>;

function openKey(role: "ksk" | "zsk"): OpenKey {
  const opened = openKeyPair(crypto, makeKeyPair(role));
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

let product: Countersign;
let primary: HostilePrimary;
beforeAll(async () => {
  primary = await startHostilePrimary();
  product = await startCountersign({ env: { ...ALONE, COUNTERSIGN_IXFR_CHECK_PERCENT: "100" } });
});
afterAll(async () => {
  await product?.stop();
  await primary?.stop();
});
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
  return { name, text: denial ? signed(name, text, denial) : text };
}

function signed(zone: string, text: string, denial: ZoneDenial): string {
  const apex = readName(zone);
  if (!apex.ok) throw new Error(zone);
  const read = readZoneFile(text, apex.value);
  if (!read.ok) throw new Error(read.error.reason);
  const sets: RRset[] = read.value.map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const now = Math.floor(Date.now() / 1000);
  const made = signZone(apex.value, sets, KEYS, {
    window: { inception: now - 3600, expiration: now + 86_400 },
    denial,
  });
  if (!made.ok) throw new Error(made.error);
  return printZone(
    made.value.flatMap(({ owner, type, ttl, rdatas }) => rdatas.map((rdata) => ({ owner, type, ttl, rdata }))),
  );
}

type Attacked = { readonly id: string; readonly name: string };

async function attacked(name: string, mode: SigningMode, first: PeerZone): Promise<Attacked> {
  primary.serve(first);
  const { address, port } = primary;
  const id = await product.addZone({ name, primary: { kind: "knot", address, port }, mode, ixfr: true });
  await product.served(id, name, 1);
  await until("rest", async () => (await product.status(id)).phase === "idle");
  return { id, name };
}

const rows = async ({ id }: Attacked): Promise<readonly Row[]> =>
  ((await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as Row[]).filter((row) => row.kind !== "soa");

async function changed(zone: Attacked, version: PeerZone, trick?: Trick): Promise<Row> {
  const known = (await rows(zone))[0]?.id;
  primary.serve(version, trick);
  primary.notify(product.port, zone.name);
  const newest = await until(`an attempt for ${zone.name}`, async () => {
    const [row] = await rows(zone);
    return row && row.id !== known ? row : undefined;
  });
  await until("rest", async () => (await product.status(zone.id)).phase === "idle");
  return newest;
}

const BY_CHANGES = { kind: "ixfr", got: "ixfr", outcome: "taken", fallback: null };

describe("pre-signed", () => {
  test("every NSEC3 deleted and added again, as they were and under another salt", async () => {
    const name = "chain.ixfr.example.";
    const zone = await attacked(name, "presigned-nsec3", zoneText(name, 1, DENIALS.nsec3));
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

  test("the signatures go: held, and served on; they come back: taken as a whole, then by changes again", async () => {
    const name = "unsigned.ixfr.example.";
    const zone = await attacked(name, "presigned", zoneText(name, 1, DENIALS.nsec));
    expect(await changed(zone, zoneText(name, 2))).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "held" });
    expect(await servedSerial(product.port, name)).toBe(1);
    expect((await product.status(zone.id)).held?.code).toMatch(/^dnssec\./);
    const back = await changed(zone, zoneText(name, 3, DENIALS.nsec));
    expect(back).toMatchObject({ kind: "axfr", got: "axfr", outcome: "taken" });
    expect(await changed(zone, zoneText(name, 4, DENIALS.nsec))).toMatchObject(BY_CHANGES);
    expect(await servedSerial(product.port, name)).toBe(4);
  });

  test("one signature left out of the changes: held with the record, the good version is served on", async () => {
    const name = "missing.ixfr.example.";
    const zone = await attacked(name, "presigned", zoneText(name, 1, DENIALS.nsec));
    // AXFR leaves it out, too, so that the comparison finds nothing.
    const version = zoneText(name, 2, DENIALS.nsec);
    const lines = version.text.split("\n").filter((line) => !/^www\S*\s.*RRSIG\s+TXT/.test(line));
    expect(lines.length).toBe(version.text.split("\n").length - 1);
    const row = await changed(zone, { name, text: lines.join("\n") });
    expect(row).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "held" });
    expect(row.error?.code).toMatch(/^dnssec\./);
    expect(await servedSerial(product.port, name)).toBe(1);
  });

  test("from unsigned to signed and back in a zone that is served unsigned", async () => {
    const name = "plain.ixfr.example.";
    const zone = await attacked(name, "unsigned", zoneText(name, 1));
    expect(await changed(zone, zoneText(name, 2, DENIALS.nsec))).toMatchObject(BY_CHANGES);
    expect(await changed(zone, zoneText(name, 3, DENIALS.salted))).toMatchObject(BY_CHANGES);
    expect(await changed(zone, zoneText(name, 4))).toMatchObject(BY_CHANGES);
    expect(await servedSerial(product.port, name)).toBe(4);
  });

  test("changes of a zone that is signed here", async () => {
    const name = "live.ixfr.example.";
    const zone = await attacked(name, "live", zoneText(name, 1));
    for (const serial of [2, 3]) expect(await changed(zone, zoneText(name, serial))).toMatchObject(BY_CHANGES);
    const reply = await queryUdp(
      { address: LOOPBACK, port: product.port },
      { name: `www.${name}`, type: 16, edns: { do: true } },
    );
    expect(Buffer.from(reply).toString("latin1")).toContain("serial 3");
  });
});

describe("the comparison with an AXFR", () => {
  const events = async ({ id }: Attacked) =>
    (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string; message: string }[];

  test("a change that says too little: told, and the whole zone is taken", async () => {
    const name = "wrong.ixfr.example.";
    const zone = await attacked(name, "unsigned", zoneText(name, 1));
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
    const zone = await attacked(name, "unsigned", zoneText(name, 1));
    const later = zoneText(name, 9);
    const row = await changed(zone, zoneText(name, 2), {
      ixfr: (transfer, from) => {
        honestIxfr(transfer, from);
        primary.serve(later, { soa: () => undefined });
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
