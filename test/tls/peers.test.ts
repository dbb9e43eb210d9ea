/**
 * Transfers over TLS between Countersign and other people's servers: from BIND and NSD as primaries, to BIND and NSD as
 * secondaries. What a release of Debian's can't do is left out, with the reason in the title.
 *
 *   BIND, NSD ── TLS ──▶ Countersign ── TLS ──▶ BIND, NSD
 */
import { spawnSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { dialTls, openTlsClient } from "#net";
import { makeAuthority, makeCertificate } from "../peers/certificates.ts";
import {
  type Countersign,
  freePort,
  getProgram,
  knotVersion,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type PeerZone,
  queryTcp,
  removeDirectory,
  servedSerial,
  startCountersign,
  startKnot,
  startNsd,
  until,
  writeIn,
} from "../peers/index.ts";
import {
  startTlsBind,
  startTlsBindSecondary,
  startTlsFront,
  startTlsNsd,
  startTlsNsdSecondary,
  type TlsPrimary,
  type TlsSecondary,
  type TlsSecondaryOptions,
} from "./servers.ts";

const authority = makeAuthority("Test authority");
const server = makeCertificate({ name: "ns1.example", authority });
const expired = makeCertificate({ name: "ns1.example", authority, fromDays: -30, toDays: -1 });
const client = makeCertificate({ name: "secondary.example", authority });
const stranger = makeCertificate({ name: "secondary.example" });

const ZONE = "move.test.";

function zoneText(serial: number): PeerZone {
  const hosts = Array.from({ length: 3000 }, (_, i) => `host${i} 300 IN TXT "${"x".repeat(60)}"`).join("\n");
  const text = `$ORIGIN ${ZONE}\n@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300\n@ 3600 IN NS ns1\nns1 3600 IN A 192.0.2.1\n${hosts}\n`;
  return { name: ZONE, text };
}

const STRICT = { mode: "strict", host_name: "ns1.example", ca_pem: authority.certificate };
const shownBy = ({ certificate, key }: typeof client) => ({
  client_certificate: { pem: certificate, private_key_pem: key },
});

type TransferRow = {
  readonly outcome: string;
  readonly direction: string;
  readonly transport: string;
  readonly records: number;
  readonly tls_identity: string | null;
  readonly error: { readonly code: string } | null;
};

let product: Countersign;
let tlsPort: number;
const directory = makeDirectory("tls-peers");
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  tlsPort = await freePort();
  product = await startCountersign({
    env: {
      COUNTERSIGN_DNS_TLS: `${LOOPBACK}:${tlsPort}`,
      COUNTERSIGN_DNS_TLS_CERTIFICATE: writeIn(directory, "here.pem", server.certificate),
      COUNTERSIGN_DNS_TLS_KEY: writeIn(directory, "here.key", server.key),
      COUNTERSIGN_DNS_TLS_CLIENT_CA: writeIn(directory, "clients.pem", authority.certificate),
    },
  });
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  for (const { id } of (await product.call("GET", "/client/v4/zones")) as { id: string }[]) {
    await product.call("DELETE", `/client/v4/zones/${id}`);
  }
});
afterAll(async () => {
  await product?.stop();
  removeDirectory(directory);
});

async function take(primary: Pick<TlsPrimary, "address" | "port" | "tlsPort">, transport: object): Promise<string> {
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const peers = `/client/v4/accounts/${account!.id}/secondary_dns/peers`;
  const peer = (await product.call("POST", peers, { name: "primary", ip: primary.address, port: primary.port })) as {
    id: string;
  };
  await product.call("PUT", `/countersign/v1/peers/${peer.id}/transport`, { port: primary.tlsPort, ...transport });
  const zone = { name: ZONE.slice(0, -1), type: "secondary", account };
  const { id } = (await product.call("POST", "/client/v4/zones", zone)) as { id: string };
  const incoming = { name: ZONE, peers: [peer.id], auto_refresh_seconds: 3600 };
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/incoming`, incoming);
  return id;
}

const transfers = async (id: string) =>
  (await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as readonly TransferRow[];

async function refusal(id: string): Promise<string> {
  const row = await until("an attempt that failed", async () => (await transfers(id)).find(({ error }) => error));
  expect(row.transport).toBe("tls");
  expect(await servedSerial(product.port, ZONE)).toBeUndefined();
  return row.error!.code;
}

async function fetched(id: string, serial = 1): Promise<TransferRow> {
  await product.served(id, ZONE, serial);
  const [row] = await transfers(id);
  expect(row).toMatchObject({ outcome: "taken", transport: "tls", error: null });
  return row!;
}

/** A server may say what it thinks of our certificate, or just hang up, as BIND 9.18 does. */
const NO_CERTIFICATE = ["tls.client-certificate", "net.closed"];

const withoutBind = missingPrograms("named");
describe.skipIf(withoutBind.length > 0)(`from BIND${withoutBind.length > 0 ? ": left out, no named" : ""}`, () => {
  const start = async (more: Partial<Parameters<typeof startTlsBind>[0]> = {}): Promise<TlsPrimary> => {
    const primary = await startTlsBind({ zone: zoneText(1), certificate: server, ...more });
    running.push(primary);
    return primary;
  };

  test("strict, and again when its NOTIFY comes; in the clear it gives nothing", async () => {
    const primary = await start({ notify: product.port });
    const id = await take(primary, STRICT);
    const row = await fetched(id);
    expect(row.tls_identity).toMatch(/^name ns1\.example; CN=ns1\.example; issuer CN=Test authority; .*; TLSv1\.3$/);
    expect(row.records).toBe(3003);
    await primary.replaceZone(zoneText(2));
    await fetched(id, 2);
    const [newest] = (await product.call("GET", "/client/v4/zones")) as { id: string }[];
    expect(newest!.id).toBe(id);
  });

  test("by pin", async () => {
    const pinned = await start();
    await fetched(await take(pinned, { mode: "pinned", pins: [client.pin, server.pin] }));
  });

  test("mutual: with our certificate; without it, and with a stranger's, nothing", async () => {
    const primary = await start({ clientCa: authority.certificate });
    const id = await take(primary, { ...STRICT, ...shownBy(client) });
    const row = await fetched(id);
    expect(row.tls_identity).toContain(`we are sha256/${client.pin}`);
    await product.call("DELETE", `/client/v4/zones/${id}`);
    const without = await take(primary, STRICT);
    expect(NO_CERTIFICATE).toContain(await refusal(without));
    await product.call("DELETE", `/client/v4/zones/${without}`);
    expect(NO_CERTIFICATE).toContain(await refusal(await take(primary, { ...STRICT, ...shownBy(stranger) })));
  });

  test.each([
    ["another name", {}, { ...STRICT, host_name: "ns2.example" }, "tls.wrong-name"],
    ["another key", {}, { mode: "pinned", pins: [client.pin] }, "tls.wrong-pin"],
    ["an expired certificate", { certificate: expired }, STRICT, "tls.expired"],
    // BIND 9.18 sends no alert.
    ["TLS 1.2 alone", { protocols: "TLSv1.2" }, STRICT, "net.closed"],
  ] as const)("refused: %s", async (_, more, transport, code) => {
    expect(await refusal(await take(await start(more), transport))).toBe(code);
  });
});

const withoutNsd = missingPrograms("nsd");
describe.skipIf(withoutNsd.length > 0)(`from NSD${withoutNsd.length > 0 ? ": left out, no nsd" : ""}`, () => {
  test("strict where it selects ALPN dot; one that does not (4.6) is refused for that, and not asked in the clear", async () => {
    const primary = await startTlsNsd({ zone: zoneText(1), certificate: server });
    running.push(primary);
    const id = await take(primary, STRICT);
    const row = await until("an attempt", async () => (await transfers(id))[0]);
    if (row.outcome === "taken") await fetched(id);
    else expect(await refusal(id)).toBe("tls.no-alpn");
  });
});

const FRONTED: readonly [string, string, typeof startKnot][] = [
  ["Knot", "knotd", startKnot],
  ["NSD", "nsd", startNsd],
];

test.each(FRONTED)("from %s behind a TLS front: checks and transfers on one connection", async (_, program, start) => {
  if (missingPrograms(program).length > 0) return;
  const primary = await start({ zones: [zoneText(1)] });
  running.push(primary);
  const front = await startTlsFront(primary.port, server);
  running.unshift(front);
  const id = await take({ ...primary, tlsPort: front.tlsPort }, STRICT);
  expect((await fetched(id)).records).toBe(3003);
  await primary.replaceZone(zoneText(2));
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  await fetched(id, 2);
});

test.skip(`from and to Knot: left out, Knot DNS ${safeKnotVersion()} speaks no DNS over TLS (3.4 and later do)`, () => {});

function safeKnotVersion(): string {
  return missingPrograms("knotd").length > 0 ? "(not installed)" : knotVersion();
}

type Start = (options: TlsSecondaryOptions) => Promise<TlsSecondary>;

/** NSD 4.6.1 is configured to show its certificate and shows none (seen on our side of the handshake). */
const SECONDARIES: readonly [string, string, Start, readonly (string | null)[]][] = [
  ["BIND", "named", startTlsBindSecondary, ["CN=secondary.example"]],
  ["NSD", "nsd", startTlsNsdSecondary, [null, "CN=secondary.example"]],
];

describe.each(SECONDARIES)("to %s", (_, program, start, identities) => {
  const missing = missingPrograms(program, "named");
  const left = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

  /** A zone of ours that is given out by TLS alone. */
  async function giving(): Promise<{ readonly id: string; readonly peer: string }> {
    const primary = await startTlsBind({ zone: zoneText(1), certificate: server });
    running.push(primary);
    const id = await take(primary, STRICT);
    await fetched(id);
    const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
    const peers = `/client/v4/accounts/${account!.id}/secondary_dns/peers`;
    const peer = (await product.call("POST", peers, { name: "out", ip: LOOPBACK, port: 9 })) as { id: string };
    const outgoing = `/client/v4/zones/${id}/secondary_dns/outgoing`;
    await product.call("POST", outgoing, { name: ZONE, peers: [peer.id] });
    await product.call("PATCH", `/countersign/v1/zones/${id}/outgoing`, { tls_only: true });
    await product.call("POST", `${outgoing}/enable`);
    return { id, peer: peer.id };
  }

  test.skipIf(missing.length > 0)(`over TLS alone, and known by its certificate${left}`, async () => {
    const { id } = await giving();
    const options = { zone: ZONE, primaryPort: tlsPort, hostName: "ns1.example", ca: authority.certificate };
    const secondary = await start({ ...options, identity: client });
    running.push(secondary);
    await until("its copy", async () => (await secondary.served()) === 1).catch((error) => {
      throw new Error(`${error}\n${secondary.process.log().slice(-2000)}`);
    });
    const row = await until("the record", async () =>
      (await transfers(id)).find(({ direction }) => direction === "out"),
    );
    expect(row).toMatchObject({ transport: "tls", outcome: "sent" });
    expect(identities).toContain(row.tls_identity);
  });

  test.skipIf(missing.length > 0)(
    `with a certificate asked for: without it nothing, whatever else is right${left}`,
    async () => {
      const { id, peer } = await giving();
      const asksAs = { mode: "clear", asks_as: { names: ["secondary.example"], pins: [] } };
      await product.call("PUT", `/countersign/v1/peers/${peer}/transport`, asksAs);
      await product.call("PATCH", `/countersign/v1/zones/${id}/outgoing`, { tls_only: false });
      const options = { zone: ZONE, primaryPort: tlsPort, hostName: "ns1.example", ca: authority.certificate };
      const wrong = await start({ ...options, identity: stranger });
      running.push(wrong);
      await until("its refusal", () => /refused|REFUSED/.test(wrong.process.log())).catch((error) => {
        throw new Error(`${error}\n${wrong.process.log().slice(-2000)}`);
      });
      expect(await wrong.served()).toBeUndefined();
      // The way round: plain TCP from the right address (CVE-2026-12490 of NSD).
      const plain = await queryTcp({ address: LOOPBACK, port: product.port }, { name: ZONE, type: 252 });
      expect(plain[3]! & 15).toBe(5);
      if (!identities.every((identity) => identity !== null)) return;
      const right = await start({ ...options, identity: client });
      running.push(right);
      await until("its copy", async () => (await right.served()) === 1);
    },
  );

  test.skipIf(missing.length > 0)(`it does not believe another name${left}`, async () => {
    await giving();
    const options = { zone: ZONE, primaryPort: tlsPort, hostName: "ns2.example", ca: authority.certificate };
    const secondary = await start(options);
    running.push(secondary);
    await until("its refusal", () => /verif|hostname|certificate/i.test(secondary.process.log()));
    expect(await secondary.served()).toBeUndefined();
  });
});

test("SIGHUP: a new certificate is shown; one that can't be read leaves the old one", async () => {
  const shown = async (): Promise<string> => {
    const dialled = await dialTls(
      {
        server: { address: LOOPBACK, port: tlsPort },
        connectTimeoutMs: 20_000,
        messageTimeoutMs: 1,
        totalTimeoutMs: 20_000,
      },
      strict,
    );
    if (!dialled.ok) throw new Error(`${dialled.error.code} ${dialled.error.detail}`);
    dialled.value.close();
    return dialled.value.tls!.certificate.spki;
  };
  const opened = openTlsClient({ mode: "strict", hostName: "ns1.example", pins: [], ca: authority.certificate });
  if (!opened.ok) throw new Error(opened.error);
  const strict = opened.value;
  expect(await shown()).toBe(server.pin);
  const next = makeCertificate({ name: "ns1.example", authority });
  writeIn(directory, "here.pem", next.certificate);
  product.process.signal("SIGHUP");
  // The key is still the old one's.
  await until("the complaint", () => product.process.log().includes("the old one stays in force"));
  expect(await shown()).toBe(server.pin);
  writeIn(directory, "here.key", next.key);
  product.process.signal("SIGHUP");
  await until("the new certificate", async () => (await shown()) === next.pin);
  expect(product.process.log()).not.toContain("PRIVATE");
});

const withoutKdig = missingPrograms("kdig");
test.skipIf(withoutKdig.length > 0)("ordinary questions over TLS, asked by kdig strictly", async () => {
  const asked = (name: string) =>
    spawnSync(
      getProgram("kdig"),
      [
        "-p",
        String(tlsPort),
        `@${LOOPBACK}`,
        `+tls-ca=${directory}/clients.pem`,
        `+tls-host=${name}`,
        "+tls",
        "example.",
        "SOA",
      ],
      { encoding: "utf8", timeout: 20_000 },
    );
  expect(asked("ns1.example").stdout).toMatch(/status: REFUSED/);
  expect(asked("ns2.example").stdout).not.toMatch(/status:/);
});
