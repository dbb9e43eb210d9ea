/**
 * `npm run demo`: a hidden primary feeds Countersign three zones by real zone transfer (AXFR over TCP with TSIG), which
 * come out live-signed, pre-signed and multi-signed; each answer is checked. Everything stays on 127.0.0.1.
 *
 *   bundled primary ══ AXFR, NOTIFY ═▶ Countersign ══ answers ═▶ our validator, delv
 *                                          ▲
 *                       the provider's API ┘ (this program, as an operator)
 *
 * With `-- --check` it exits by its own verdict: 0 when every check held. Without, it goes on until Ctrl-C.
 */
import { randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Name, readName } from "#name";
import { RRType, readRdata, typeName } from "#rdata";
import type { TsigKey } from "#tsig";
import { checkWithDelv, findDelv } from "./delv.ts";
import { openPrimary, type Primary, type PrimaryZone } from "./primary.ts";
import { type Product, startProduct } from "./product.ts";
import { EXPECTATIONS } from "./questions.ts";
import { ask, checkSignatures, fetchTrustedKeys } from "./verify.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const HOST = "127.0.0.1";
const DNS_PORT = 5300;
const HTTP_PORT = 8053;
/** Below those that systems give to whoever asks for none, so that it is still free when the product takes it. */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];
const WAIT_MILLISECONDS = 30_000;
const PAUSE_MILLISECONDS = 100;

type Mode = {
  readonly zone: string;
  readonly title: string;
  /** The body of `PATCH …/dnssec`: the seed of each mode. */
  readonly edit: object;
  readonly signedAtPrimary: boolean;
  readonly compact: boolean;
};

const MODES: readonly Mode[] = [
  {
    zone: "live.example",
    title: "live-signed here",
    edit: { status: "active" },
    signedAtPrimary: false,
    compact: true,
  },
  {
    zone: "presigned.example",
    title: "pre-signed by the primary",
    edit: { dnssec_presigned: true },
    signedAtPrimary: true,
    compact: false,
  },
  {
    zone: "multisigner.example",
    title: "signed by the primary and here (RFC 8901 model 2)",
    edit: { status: "active", dnssec_multi_signer: true },
    signedAtPrimary: true,
    compact: true,
  },
];

process.exitCode = await main(process.argv.includes("--check"));

async function main(checkOnly: boolean): Promise<number> {
  const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]).then(() => "stopped" as const);
  const data = mkdtempSync(join(tmpdir(), "countersign-demo-"));
  const key: TsigKey = { name: getName("demo-key."), algorithm: "hmac-sha256", secret: randomBytes(32) };
  const primary = await openPrimary(MODES.map(primaryZone), key, HOST);
  const dns = { address: HOST, port: await choosePort(checkOnly ? undefined : DNS_PORT) };
  const http = `${HOST}:${await choosePort(checkOnly ? undefined : HTTP_PORT)}`;
  let product: Product | undefined;
  try {
    product = await startProduct({
      root: dirname(HERE),
      data,
      dns: `${dns.address}:${dns.port}`,
      http,
      nameServers: ["ns1.countersign.example", "ns2.countersign.example"],
    });
    const failed = await Promise.race([runModes(product, primary, key, dns), stopped]);
    if (failed === "stopped") return 1;
    console.log(failed === 0 ? "\nAll checks held." : `\n${failed} checks failed.`);
    if (!checkOnly) {
      printHints(product, dns);
      await stopped;
    }
    return failed === 0 ? 0 : 1;
  } finally {
    await product?.stop();
    await primary.close();
    rmSync(data, { recursive: true, force: true });
  }
}

async function runModes(
  product: Product,
  primary: Primary,
  key: TsigKey,
  dns: { address: string; port: number },
): Promise<number> {
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const base = `/client/v4/accounts/${account!.id}/secondary_dns`;
  const tsig = (await product.call("POST", `${base}/tsigs`, {
    name: "demo-key.",
    algo: `${key.algorithm}.`,
    secret: Buffer.from(key.secret).toString("base64"),
  })) as { id: string };
  const peer = (await product.call("POST", `${base}/peers`, {
    name: "bundled primary",
    ip: primary.address.address,
    port: primary.address.port,
    tsig_id: tsig.id,
  })) as { id: string };
  let failed = 0;
  for (const mode of MODES) {
    const id = await addZone(product, account!.id, peer.id, mode);
    console.log(`\n${mode.zone}: ${mode.title}`);
    await waitServed(product, id, mode, dns);
    failed += await checkZone(product, id, mode, dns);
    const told = await primary.notify(getName(`${mode.zone}.`), dns);
    failed += report(told, "NOTIFY of the primary acknowledged");
  }
  return failed;
}

async function addZone(product: Product, accountId: string, peerId: string, mode: Mode): Promise<string> {
  const zone = (await product.call("POST", "/client/v4/zones", {
    name: mode.zone,
    type: "secondary",
    account: { id: accountId },
  })) as { id: string };
  await product.call("PATCH", `/client/v4/zones/${zone.id}/dnssec`, mode.edit);
  await product.call("POST", `/client/v4/zones/${zone.id}/secondary_dns/incoming`, {
    name: `${mode.zone}.`,
    peers: [peerId],
    auto_refresh_seconds: 300,
  });
  return zone.id;
}

async function waitServed(
  product: Product,
  id: string,
  mode: Mode,
  dns: { address: string; port: number },
): Promise<void> {
  const deadline = Date.now() + WAIT_MILLISECONDS;
  for (;;) {
    const reply = await ask(dns, getName(`${mode.zone}.`), RRType.DNSKEY);
    if (reply.answer.length > 0) return;
    if (Date.now() > deadline) {
      const status = await product.call("GET", `/countersign/v1/zones/${id}`);
      throw new Error(`${mode.zone} is not served after ${WAIT_MILLISECONDS} ms: ${JSON.stringify(status)}`);
    }
    await sleep(PAUSE_MILLISECONDS);
  }
}

/** The DS that the operator is told is the only thing trusted. */
async function checkZone(
  product: Product,
  id: string,
  mode: Mode,
  dns: { address: string; port: number },
): Promise<number> {
  const apex = getName(`${mode.zone}.`);
  const status = (await product.call("GET", `/countersign/v1/zones/${id}`)) as { dnssec: { ds: string[] } };
  const ds = status.dnssec.ds.flatMap((line) => readDs(line));
  const keys = await fetchTrustedKeys(dns, apex, ds);
  let failed = report(keys.ok, `DNSKEY set signed by the key of the DS${keys.ok ? "" : `: ${keys.error}`}`);
  if (!keys.ok) return failed;
  for (const expectation of EXPECTATIONS) {
    const name = expectation.name === "" ? `${mode.zone}.` : `${expectation.name}.${mode.zone}.`;
    const reply = await ask(dns, getName(name), expectation.type);
    const problem = checkSignatures(reply, keys.value);
    const text = `${name} ${typeName(expectation.type)}: ${expectation.sentence}${problem ? ` (${problem})` : ""}`;
    failed += report(!problem && expectation.holds(reply, mode.compact), text);
  }
  if (mode.edit && "dnssec_multi_signer" in mode.edit) {
    const zsks = keys.value.filter((dnskey) => (dnskey[1]! & 1) === 0);
    failed += report(zsks.length === 2, "both signers' ZSKs are in the DNSKEY set");
  }
  if (findDelv())
    for (const outcome of checkWithDelv(mode.zone, status.dnssec.ds, dns)) failed += report(outcome.ok, outcome.text);
  return failed;
}

function report(ok: boolean, text: string): number {
  console.log(`  ${ok ? "ok  " : "FAIL"} ${text}`);
  return ok ? 0 : 1;
}

function printHints(product: Product, dns: { address: string; port: number }): void {
  const dig = `dig +dnssec -p ${dns.port} @${dns.address}`;
  console.log("\nTry it:");
  for (const mode of MODES) console.log(`  ${dig} www.${mode.zone}    ${dig} nowhere.${mode.zone}`);
  console.log(`\nDashboard and API: ${product.url}/   token: ${product.token}`);
  console.log(`  curl -H 'Authorization: Bearer ${product.token}' ${product.url}/client/v4/zones`);
  console.log("\nCtrl-C ends it and throws its data away.");
}

function primaryZone(mode: Mode): PrimaryZone {
  const text = readFileSync(join(HERE, "zones", `${mode.zone}.zone`), "utf8");
  const apex = getName(`${mode.zone}.`);
  return mode.signedAtPrimary ? { apex, text, denial: { kind: "nsec" } } : { apex, text };
}

/** `example.com. 3600 IN DS 2371 13 2 HEX` to RDATA. */
function readDs(line: string): Uint8Array[] {
  const tokens = line.split(/\s+DS\s+/)[1]?.split(/\s+/) ?? [];
  const rdata = readRdata(RRType.DS, tokens);
  return rdata.ok ? [rdata.value] : [];
}

function getName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(`${text}: ${name.error}`);
  return name.value;
}

/** The usual port when it is free, any other when not. */
async function choosePort(wanted: number | undefined): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = attempt === 0 && wanted !== undefined ? wanted : randomInt(FIRST_PORT, LAST_PORT);
    if ((await isFreeTcp(port)) && (await isFreeUdp(port))) return port;
  }
  throw new Error(`no free port on ${HOST}`);
}

function isFreeTcp(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}

function isFreeUdp(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.once("error", () => socket.close(() => resolve(false)));
    socket.bind(port, HOST, () => socket.close(() => resolve(true)));
  });
}
