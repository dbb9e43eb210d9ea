/**
 * Transfers in over TLS, the product whole: one scripted primary for each way to be right or wrong, with a clear port beside
 * that would answer everything. Nothing may ever be heard there.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { AXFR_CASES, type TrickCase } from "../hostile/primary.cases.ts";
import { type HostilePrimary, honestZone, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE, breakages } from "../hostile/world.ts";
import { makeAuthority, makeCertificate, type TestCertificate } from "../peers/certificates.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import {
  LOOPBACK,
  makeDirectory,
  makeTsigKey,
  queryUdp,
  removeDirectory,
  servedSerial,
  until,
} from "../peers/index.ts";

const BOUNDS = {
  COUNTERSIGN_TRANSFER_IDLE_SECONDS: "3",
  COUNTERSIGN_TRANSFER_SECONDS: "10",
  COUNTERSIGN_CHECK_SECONDS: "3",
  COUNTERSIGN_MAX_ZONE_RECORDS: "5000",
  COUNTERSIGN_MAX_ZONE_NAMES: "2500",
  COUNTERSIGN_MAX_ZONE_OCTETS: "500000",
};

const authority = makeAuthority("Test authority");
const own = makeCertificate({ name: "ns1.example", authority });
const ending = makeCertificate({ name: "ns1.example", authority, toDays: 5 });
const ended = makeCertificate({ name: "ns1.example", authority, fromDays: -20, toDays: -2 });
const client = makeCertificate({ name: "secondary.example", authority, toDays: 10 });
const tsig = makeTsigKey("transfer.example.", "hmac-sha256");

type TransferRow = {
  readonly kind: string;
  readonly outcome: string;
  readonly transport: string;
  readonly tls_identity: string | null;
  readonly id: number;
  readonly error: { readonly code: string; readonly message: string } | null;
};

type Shown = {
  readonly mode: string;
  readonly last_seen: { readonly authenticated: string; readonly spki: string } | null;
};

describe("a peer with TLS", () => {
  const directory = makeDirectory("tls");
  const primaries: HostilePrimary[] = [];
  let product: Countersign;
  let accountId: string;
  let number = 0;

  const start = () => startCountersign({ directory, env: { ...ALONE, ...BOUNDS } });

  beforeAll(async () => {
    product = await start();
    const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
    accountId = account!.id;
  });
  afterAll(async () => {
    await product?.stop();
    for (const primary of primaries) await primary.stop();
    removeDirectory(directory);
  });
  afterEach(() => {
    expect(breakages(product)).toEqual([]);
    // Whatever went wrong over TLS: nothing was asked in the clear.
    for (const { heard } of primaries) expect(heard).toMatchObject({ udp: 0, tcp: 0 });
  });

  async function primaryWith(certificate: TestCertificate, more: object = {}, key?: typeof tsig) {
    const primary = await startHostilePrimary(key, { cert: certificate.certificate, key: certificate.key, ...more });
    primaries.push(primary);
    return primary;
  }

  async function peerOf(primary: HostilePrimary, transport: object, tsigId?: string): Promise<string> {
    const body = { name: `peer${++number}`, ip: primary.address, port: primary.port, tsig_id: tsigId };
    const base = `/client/v4/accounts/${accountId}/secondary_dns`;
    const { id } = (await product.call("POST", `${base}/peers`, body)) as { id: string };
    await product.call("PUT", `/countersign/v1/peers/${id}/transport`, { port: primary.tlsPort, ...transport });
    return id;
  }

  async function zoneFrom(peerId: string, name = `zone${++number}.tls.example.`) {
    const zone = { name: name.slice(0, -1), type: "secondary", account: { id: accountId } };
    const { id } = (await product.call("POST", "/client/v4/zones", zone)) as { id: string };
    const incoming = { name, peers: [peerId], auto_refresh_seconds: 3600 };
    await product.call("POST", `/client/v4/zones/${id}/secondary_dns/incoming`, incoming);
    return { id, name };
  }

  const transfers = async (id: string) =>
    (await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as readonly TransferRow[];
  const transport = async (peerId: string) =>
    (await product.call("GET", `/countersign/v1/peers/${peerId}/transport`)) as Shown;
  const force = (id: string) => product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  const events = async () =>
    (await product.call("GET", "/countersign/v1/events")) as readonly { code: string; message: string }[];

  const STRICT = { mode: "strict", host_name: "ns1.example", ca_pem: authority.certificate };

  test("strict: several zones, their checks and their NOTIFYs share one handshake; the record says who it was", async () => {
    const primary = await primaryWith(own);
    const names = [1, 2, 3, 4].map((i) => `shared${i}.tls.example.`);
    for (const name of names) primary.serve(honestZone(name, 1));
    const peer = await peerOf(primary, STRICT);
    const zones = [];
    for (const name of names) {
      const zone = await zoneFrom(peer, name);
      await product.served(zone.id, name, 1);
      zones.push(zone);
    }
    for (const { id, name } of zones) {
      primary.serve(honestZone(name, 2));
      const reply = await queryUdp({ address: LOOPBACK, port: product.port }, { name, type: 6, flags: 0x2400 });
      expect(reply[3]! & 15).toBe(0);
      await product.served(id, name, 2);
      const [row] = await transfers(id);
      expect(row).toMatchObject({ transport: "tls", outcome: "taken" });
      for (const part of ["name ns1.example", "CN=Test authority", `sha256/${own.pin}`, "TLSv1.3", "until 2"])
        expect(row!.tls_identity).toContain(part);
    }
    // Eight transfers and four checks, at least.
    expect(primary.heard.tls).toBeGreaterThanOrEqual(12);
    expect(primary.handshakes).toBe(1);
    expect((await transport(peer)).last_seen).toMatchObject({ authenticated: "name", spki: own.pin });
  });

  test.each([
    ["pinned", { mode: "pinned", pins: [authority.pin, own.pin] }, "pin;"],
    ["strict with a pin", { ...STRICT, pins: [own.pin] }, "name ns1.example and pin;"],
    ["opportunistic", { mode: "opportunistic" }, "not authenticated;"],
  ])("%s", async (_, settings, identity) => {
    const primary = await primaryWith(own);
    const name = `mode${++number}.tls.example.`;
    primary.serve(honestZone(name, 1));
    const zone = await zoneFrom(await peerOf(primary, settings), name);
    await product.served(zone.id, name, 1);
    expect((await transfers(zone.id))[0]!.tls_identity).toContain(identity);
  });

  test.each([
    ["another name", own, {}, { ...STRICT, host_name: "ns2.example" }, "tls.wrong-name"],
    ["another key", own, {}, { mode: "pinned", pins: [client.pin] }, "tls.wrong-pin"],
    ["an expired certificate", ended, {}, STRICT, "tls.expired"],
    ["an unknown authority", own, {}, { mode: "strict", host_name: "ns1.example" }, "tls.untrusted"],
    ["no ALPN", own, { ALPNProtocols: [] }, STRICT, "tls.no-alpn"],
    ["TLS 1.2 alone", own, { maxVersion: "TLSv1.2" }, STRICT, "tls.version"],
    ["TLS 1.2 alone, opportunistic", own, { maxVersion: "TLSv1.2" }, { mode: "opportunistic" }, "tls.version"],
    [
      "a client certificate wanted",
      own,
      { requestCert: true, ca: authority.certificate },
      STRICT,
      "tls.client-certificate",
    ],
    ["nobody on the port", own, {}, { ...STRICT, port: 1 }, "net.refused"],
  ] as const)("refused, and nothing asked in the clear: %s", async (_, certificate, more, settings, code) => {
    const primary = await primaryWith(certificate, more);
    const name = `refused${++number}.tls.example.`;
    primary.serve(honestZone(name, 1));
    const peer = await peerOf(primary, settings);
    const zone = await zoneFrom(peer, name);
    const row = await until("an attempt", async () => (await transfers(zone.id))[0]);
    expect(row).toMatchObject({ transport: "tls", tls_identity: null, error: { code } });
    expect(await servedSerial(product.port, name)).toBeUndefined();
    // In TLS 1.3 a server says what it thinks of our certificate when the handshake is over for us.
    if (code !== "tls.client-certificate") expect((await transport(peer)).last_seen).toBeNull();
    // What TLS hides it also has not told: no question got through.
    expect(primary.heard.tls).toBe(0);
  });

  test("mutual: the key is sealed, never shown, and there again after a restart", async () => {
    const primary = await primaryWith(own, { requestCert: true, ca: authority.certificate });
    const name = "mutual.tls.example.";
    primary.serve(honestZone(name, 1));
    const identity = { client_certificate: { pem: client.certificate, private_key_pem: client.key } };
    const peer = await peerOf(primary, { ...STRICT, ...identity });
    const zone = await zoneFrom(peer, name);
    await product.served(zone.id, name, 1);
    expect((await transfers(zone.id))[0]!.tls_identity).toContain(`we are sha256/${client.pin}`);
    const shown = JSON.stringify(await transport(peer));
    expect(shown).toContain(client.pin);
    expect(shown).not.toContain("PRIVATE");
    // Left out: kept.
    await product.call("PUT", `/countersign/v1/peers/${peer}/transport`, { ...STRICT, port: primary.tlsPort });
    await product.process.stop();
    product = await start();
    primary.serve(honestZone(name, 2));
    await force(zone.id);
    await product.served(zone.id, name, 2);
    await product.call("PUT", `/countersign/v1/peers/${peer}/transport`, {
      ...STRICT,
      port: primary.tlsPort,
      client_certificate: null,
    });
    await force(zone.id);
    const refused = await until("a refusal", async () => (await transfers(zone.id)).find(({ error }) => error));
    expect(refused.error!.code).toBe("tls.client-certificate");
  });

  test("a certificate near its end is a warning, theirs and ours; one that ended, an error", async () => {
    const primary = await primaryWith(ending);
    primary.serve(honestZone("ending.tls.example.", 1));
    const peer = await peerOf(primary, {
      ...STRICT,
      client_certificate: { pem: client.certificate, private_key_pem: client.key },
    });
    const zone = await zoneFrom(peer, "ending.tls.example.");
    await product.served(zone.id, zone.name, 1);
    const told = await until("warnings", async () => {
      const found = (await events()).filter(({ code }) => code === "tls.certificate-ending");
      return found.length >= 2 ? found.map(({ message }) => message) : undefined;
    });
    expect(told.some((text) => /of the peer peer\d+ \(CN=ns1.example\) ends in 5 days/.test(text))).toBe(true);
    expect(told.some((text) => /we show to the peer peer\d+ \(CN=secondary.example\) ends in 10 days/.test(text))).toBe(
      true,
    );
    await peerOf(primary, {
      mode: "opportunistic",
      client_certificate: { pem: ended.certificate, private_key_pem: ended.key },
    });
    await until("an error", async () => (await events()).some(({ code }) => code === "tls.certificate-ended"));
  });

  test("a kept connection that the primary closes costs no failure", async () => {
    const primary = await primaryWith(own);
    const name = "closing.tls.example.";
    primary.serve(honestZone(name, 1));
    const zone = await zoneFrom(await peerOf(primary, STRICT), name);
    await product.served(zone.id, name, 1);
    primary.hangUp();
    for (const serial of [2, 3]) {
      primary.serve(honestZone(name, serial));
      await force(zone.id);
      await product.served(zone.id, name, serial);
      primary.hangUp();
    }
    expect((await transfers(zone.id)).filter(({ outcome }) => outcome !== "taken")).toEqual([]);
  });

  test("settings that can't be used are refused", async () => {
    const primary = await primaryWith(own);
    const peer = await peerOf(primary, { mode: "opportunistic" });
    const put = (body: object) => product.call("PUT", `/countersign/v1/peers/${peer}/transport`, body);
    await expect(put({ mode: "strict" })).rejects.toThrow(/20331/);
    await expect(put({ mode: "pinned" })).rejects.toThrow(/20332/);
    await expect(put({ mode: "pinned", pins: ["x"] })).rejects.toThrow(/20333/);
    await expect(put({ ...STRICT, ca_pem: "x" })).rejects.toThrow(/20333/);
    const mixed = { pem: client.certificate, private_key_pem: own.key };
    await expect(put({ ...STRICT, client_certificate: mixed })).rejects.toThrow(/20333/);
    await expect(product.call("GET", `/countersign/v1/peers/${"0".repeat(32)}/transport`)).rejects.toThrow(/20301/);
    expect((await transport(peer)).mode).toBe("opportunistic");
    await product.call("DELETE", `/countersign/v1/peers/${peer}/transport`);
    expect((await transport(peer)).mode).toBe("clear");
  });

  /** One of each kind; the whole table is run over TCP. */
  const SAMPLE = AXFR_CASES.filter(({ name }, i) => i % 6 === 0 || /TSIG|closes at once|endless octets/.test(name));

  test.each(SAMPLE)("over TLS: $name", async ({ trick, code, says, tsig: signed }: TrickCase) => {
    const primary = await shared(signed);
    const name = `hostile${++number}.tls.example.`;
    primary.serve(honestZone(name, 1));
    const zone = await zoneFrom(signed ? sharedPeers.tsig! : sharedPeers.plain!, name);
    await product.served(zone.id, name, 1);
    await until("rest", async () => (await product.status(zone.id)).phase === "idle");
    const known = (await transfers(zone.id))[0]!.id;
    primary.serve(honestZone(name, 2), trick);
    await force(zone.id);
    const row = await until("a failure", async () => {
      const newest = (await transfers(zone.id))[0];
      return newest && newest.id !== known ? newest : undefined;
    });
    expect([code].flat()).toContain(row.error?.code);
    if (says) expect(row.error!.message).toMatch(says);
    expect(row.transport).toBe("tls");
    expect(await servedSerial(product.port, name)).toBe(1);
    primary.serve(honestZone(name, 9));
    await force(zone.id);
    await product.served(zone.id, name, 9);
  });

  const sharedPrimaries: Partial<Record<"plain" | "tsig", HostilePrimary>> = {};
  const sharedPeers: Partial<Record<"plain" | "tsig", string>> = {};

  async function shared(signed = false): Promise<HostilePrimary> {
    const kind = signed ? "tsig" : "plain";
    const there = sharedPrimaries[kind];
    if (there) return there;
    const primary = await primaryWith(own, {}, signed ? tsig : undefined);
    const key = { name: tsig.name, algo: tsig.algorithm, secret: tsig.secret };
    const base = `/client/v4/accounts/${accountId}/secondary_dns`;
    const made = signed ? ((await product.call("POST", `${base}/tsigs`, key)) as { id: string }) : undefined;
    sharedPrimaries[kind] = primary;
    sharedPeers[kind] = await peerOf(primary, STRICT, made?.id);
    return primary;
  }
});
