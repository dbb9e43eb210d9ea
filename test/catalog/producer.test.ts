/** A catalog made here, of the zones that are given out: Knot DNS takes it as a consumer, and the members with it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { freePort, getProgram, LOOPBACK, makeTsigKey, missingPrograms, servedSerial, until } from "../peers/index.ts";
import { makeDirectory, type ServerProcess, startProcess, writeIn } from "../peers/server-process.ts";
import { type Catalog, catalogOf, memberText, NOERROR, REFUSED, rcodeOf, untilRcode } from "./world.ts";

const missing = missingPrograms("knotd");
const key = makeTsigKey("fleet.test.", "hmac-sha256");
const CATALOG = "catz.made.";

let product: Countersign;
let primary: HostilePrimary;
let knot: ServerProcess | undefined;
let knotPort: number;
beforeAll(async () => {
  [product, primary] = await Promise.all([startCountersign({ env: ALONE }), startHostilePrimary()]);
  if (missing.length > 0) return;
  knotPort = await freePort();
  knot = await startConsumer(knotPort, product.port);
});
afterAll(async () => {
  await knot?.stop();
  await product?.stop();
  await primary?.stop();
});

async function startConsumer(port: number, from: number): Promise<ServerProcess> {
  const directory = makeDirectory("consumer");
  const text = `server:
    rundir: "${directory}"
    listen: ${LOOPBACK}@${port}
log:
  - target: stderr
    any: info
database:
    storage: "${directory}"
    journal-db-max-size: 50M
    catalog-db-max-size: 20M
key:
  - id: fleet.test
    algorithm: ${key.algorithm}
    secret: ${key.secret}
remote:
  - id: made
    address: ${LOOPBACK}@${from}
    key: fleet.test
acl:
  - id: told
    address: ${LOOPBACK}
    key: fleet.test
    action: notify
template:
  - id: default
    storage: "${directory}"
  - id: unsigned
    storage: "${directory}"
    master: made
    acl: told
zone:
  - domain: "${CATALOG}"
    master: made
    acl: told
    catalog-role: interpret
    catalog-template: unsigned
`;
  const file = writeIn(directory, "knot.conf", text);
  return startProcess(getProgram("knotd"), ["-c", file], { directory, ready: async () => true });
}

async function peerOf(port: number): Promise<string> {
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const base = `/client/v4/accounts/${account!.id}/secondary_dns`;
  const tsig = { name: key.name, algo: key.algorithm, secret: key.secret };
  const made = (await product.call("POST", `${base}/tsigs`, tsig)) as { id: string };
  const peer = { name: "fleet", ip: LOOPBACK, port, tsig_id: made.id };
  return ((await product.call("POST", `${base}/peers`, peer)) as { id: string }).id;
}

async function giveOut(id: string, name: string, peer: string): Promise<void> {
  const base = `/client/v4/zones/${id}/secondary_dns/outgoing`;
  await product.call("POST", base, { name, peers: [peer] });
  await product.call("POST", `${base}/enable`);
}

async function addZone(name: string): Promise<string> {
  primary.serve({ name, text: memberText(name) });
  const from = { kind: "knot", address: primary.address, port: primary.port } as const;
  const id = await product.addZone({ name, primary: from, mode: "unsigned" });
  await product.served(id, name);
  return id;
}

const knotServes = (name: string, wanted: boolean) =>
  until(`${name} ${wanted ? "" : "not "}at Knot`, async () => {
    return ((await servedSerial(knotPort, name)) !== undefined) === wanted || undefined;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${knot!.log().slice(-3000)}\n${product.process.log().slice(-3000)}`);
  });

test.skipIf(missing.length > 0)("members come, go and come again as zones are given out and taken back", async () => {
  const peer = await peerOf(knotPort);
  const one = await addZone("one.made.");
  const made = await product.call("POST", "/countersign/v1/catalogs", { name: CATALOG, role: "producer" });
  const { id } = made as Catalog;
  await until("made", async () => (await catalogOf(product, id)).state === "applied" || undefined);
  const first = (await catalogOf(product, id)).applied_serial!;
  await giveOut(id, CATALOG, peer);
  await giveOut(one, "one.made.", peer);
  await knotServes("one.made.", true);
  expect((await catalogOf(product, id)).applied_serial).toBeGreaterThan(first);
  expect(await rcodeOf(product, CATALOG)).toBe(REFUSED);
  await untilRcode(product, "one.made.", NOERROR);

  const two = await addZone("two.made.");
  await giveOut(two, "two.made.", peer);
  await knotServes("two.made.", true);
  await product.call("POST", `/client/v4/zones/${one}/secondary_dns/outgoing/disable`);
  await knotServes("one.made.", false);
  await product.call("POST", `/client/v4/zones/${one}/secondary_dns/outgoing/enable`);
  await knotServes("one.made.", true);
  await product.call("DELETE", `/client/v4/zones/${two}`);
  await knotServes("two.made.", false);
  const export_ = await fetch(`${product.url}/client/v4/zones/${id}/dns_records/export`, {
    headers: { authorization: "Bearer countersign-test-token-0123456789abcdef" },
  });
  const lines = await export_.text();
  expect(lines).toContain(`${one}.zones.catz.made.`);
  expect(lines).not.toContain(two);
  expect(lines).toMatch(new RegExp(`group\\.${one}\\.zones\\.catz\\.made\\..*TXT.*"unsigned"`));
});
