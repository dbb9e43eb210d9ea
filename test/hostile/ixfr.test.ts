/**
 * IXFR under attack, on the whole product: whatever is wrong with the changes, the last good zone is served on, the whole zone
 * is fetched in the same attempt where that helps, and the record of the attempt says what happened.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeAuthority, makeCertificate } from "../peers/certificates.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, makeTsigKey, type PeerZone, queryUdp, servedSerial, until } from "../peers/index.ts";
import { IXFR_CASES, type IxfrCase, record } from "./ixfr.cases.ts";
import { type HostilePrimary, incremental, startHostilePrimary, type Trick } from "./primary.ts";
import { ALONE, breakages } from "./world.ts";

const BOUNDS = {
  COUNTERSIGN_TRANSFER_IDLE_SECONDS: "1",
  COUNTERSIGN_TRANSFER_SECONDS: "10",
  COUNTERSIGN_CHECK_SECONDS: "1",
  COUNTERSIGN_MAX_ZONE_RECORDS: "20000",
  COUNTERSIGN_MAX_ZONE_OCTETS: "40000000",
};

const KINDS = ["plain", "tsig", "tls", "tls-tsig"] as const;
type Kind = (typeof KINDS)[number];
type Front = "plain" | "tsig";
const frontOf = (kind: Kind): Front => (kind.endsWith("tsig") ? "tsig" : "plain");
type Fault = { readonly code: string; readonly message: string } | null;
type Row = {
  readonly id: number;
  readonly kind: string;
  readonly transport: string;
  readonly got: string | null;
  readonly outcome: string;
  readonly serial_after: number | null;
  readonly error: Fault;
  readonly fallback: Fault;
};
type Zone = { readonly id: string; readonly name: string; readonly primary: HostilePrimary };

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

const tsig = makeTsigKey("transfer.example.", "hmac-sha256");
let product: Countersign;
let accountId: string;
let number = 0;
const primaries: Partial<Record<Front, HostilePrimary>> = {};
const peerIds: Partial<Record<Kind, string>> = {};

beforeAll(async () => {
  const authority = makeAuthority("Test authority");
  const certificate = makeCertificate({ name: "ns1.example", authority });
  const tls = { cert: certificate.certificate, key: certificate.key };
  primaries.plain = await startHostilePrimary(undefined, tls);
  primaries.tsig = await startHostilePrimary(tsig, tls);
  product = await startCountersign({ env: { ...ALONE, ...BOUNDS } });
  accountId = ((await product.call("GET", "/client/v4/accounts")) as { id: string }[])[0]!.id;
  const base = `/client/v4/accounts/${accountId}/secondary_dns`;
  const secret = { name: tsig.name, algo: tsig.algorithm, secret: tsig.secret };
  const key = (await product.call("POST", `${base}/tsigs`, secret)) as { id: string };
  for (const kind of KINDS) {
    const front = frontOf(kind);
    const { address: ip, port, tlsPort } = primaries[front]!;
    const peer = { name: kind, ip, port, ixfr_enable: true, ...(front === "tsig" ? { tsig_id: key.id } : {}) };
    const { id } = (await product.call("POST", `${base}/peers`, peer)) as { id: string };
    peerIds[kind] = id;
    if (!kind.startsWith("tls")) continue;
    const strict = { mode: "strict", host_name: "ns1.example", ca_pem: authority.certificate, port: tlsPort };
    await product.call("PUT", `/countersign/v1/peers/${id}/transport`, strict);
  }
});
afterAll(async () => {
  await product?.stop();
  await primaries.plain?.stop();
  await primaries.tsig?.stop();
});
afterEach(() => expect(breakages(product)).toEqual([]));

const rows = async ({ id }: { id: string }): Promise<readonly Row[]> =>
  ((await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as Row[]).filter((row) => row.kind !== "soa");

const atRest = ({ id }: Zone) => until("rest", async () => (await product.status(id)).phase === "idle");

/** A zone of which serial 1 came honestly and is served. */
async function attacked(kinds: readonly Kind[], first?: PeerZone["text"], mode?: object): Promise<Zone> {
  const name = `zone${++number}.ixfr.example.`;
  const primary = primaries[frontOf(kinds[0]!)]!;
  primary.serve(first === undefined ? zoneText(name, 1) : { name, text: first });
  const zone = { name: name.slice(0, -1), type: "secondary", account: { id: accountId } };
  const { id } = (await product.call("POST", "/client/v4/zones", zone)) as { id: string };
  if (mode) await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, mode);
  const incoming = { name, peers: kinds.map((kind) => peerIds[kind]), auto_refresh_seconds: 3600 };
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/incoming`, incoming);
  await product.served(id, name, 1);
  await atRest({ id, name, primary });
  return { id, name, primary };
}

/** Serves the version, sends NOTIFY, and gives the record of the attempt. */
async function changed(zone: Zone, version: PeerZone, trick?: Trick, primary = zone.primary): Promise<Row> {
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

async function force(zone: Zone, version: PeerZone, serial: number): Promise<void> {
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
  KINDS.filter((kind) => (one.tsig ? frontOf(kind) === "tsig" : kind !== "tls-tsig")).map(
    (kind) => [`${one.name} (${kind})`, kind, one] as const,
  ),
);

describe("each of them with and without TSIG, and over TLS", () => {
  test.concurrent.each(EVERY)("%s", async (_, kind, one: IxfrCase) => {
    const zone = await attacked([kind]);
    const row = await changed(zone, zoneText(zone.name, 2), { ixfr: one.ixfr });
    const { outcome = "taken", got, fallback, error } = one;
    expect(row).toMatchObject({ kind: "ixfr", got, outcome, transport: kind.startsWith("tls") ? "tls" : "tcp" });
    // A signed answer that was changed after it was signed fails by its MAC.
    const code = kind === "tsig" && one.name === "octets changed" ? /^tsig-/ : new RegExp(`^(${fallback ?? "none"})$`);
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

describe.each(["plain", "tsig", "tls"] as const)("broken off (%s)", (kind) => {
  test.concurrent("at every record: nothing is taken, and the whole zone comes next", async () => {
    const zone = await attacked([kind]);
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

  test.concurrent("at octets within a message", async () => {
    const zone = await attacked([kind]);
    let serial = 1;
    for (const octets of [1, 2, 14, 40, 120]) {
      const row = await changed(zone, zoneText(zone.name, serial + 1), {
        ixfr: (transfer, from) => {
          const message = transfer.message(incremental(from!, transfer.zone));
          transfer.raw(Uint8Array.from([message.length >> 8, message.length & 255, ...message]).subarray(0, octets));
          transfer.end();
        },
      });
      expect(row).toMatchObject({ kind: "ixfr", got: null, outcome: "failed", error: { code: "net.closed" } });
      serial++;
      await force(zone, zoneText(zone.name, serial), serial);
    }
  });
});

describe("what is remembered of a base", () => {
  test("TTLs that differ within a set: the lowest is served, and such a version is no base", async () => {
    const zone = await attacked(["plain"]);
    const mixed = "www 60 IN A 192.0.2.11";
    expect(await changed(zone, zoneText(zone.name, 2, mixed))).toMatchObject({ got: "ixfr", fallback: null });
    expect(await changed(zone, zoneText(zone.name, 3, "www 300 IN A 192.0.2.11"))).toMatchObject({ kind: "axfr" });
    expect(await changed(zone, zoneText(zone.name, 4))).toMatchObject({ kind: "ixfr", got: "ixfr" });
  });

  test("after a version made of changes was held, the next one comes whole", async () => {
    const zone = await attacked(["plain"]);
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
    const zone = await attacked(["plain", "tsig"]);
    const other = primaries.tsig!;
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
    const path = `/client/v4/accounts/${accountId}/secondary_dns/peers/${peerIds.plain}`;
    const { address: ip, port } = primaries.plain!;
    const zone = await attacked(["plain"]);
    await product.call("PUT", path, { name: "plain", ip, port });
    expect(await changed(zone, zoneText(zone.name, 2))).toMatchObject({ kind: "axfr", got: "axfr", outcome: "taken" });
    await product.call("PUT", path, { name: "plain", ip, port, ixfr_enable: true });
    expect(await changed(zone, zoneText(zone.name, 3))).toMatchObject({ kind: "ixfr", got: "ixfr", outcome: "taken" });
  });
});
