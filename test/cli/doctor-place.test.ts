/** `doctor` looks at this machine only where the server is on it: at the data directory, and at who has the ports of a silent one. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTcpServer, openUdpDgram } from "#net";
import { freePort, LOOPBACK, makeDirectory, removeDirectory } from "../peers/index.ts";
import { countersign } from "./command-line.ts";

let directory: string;

beforeAll(() => {
  directory = makeDirectory("doctor-place");
  writeFileSync(join(directory, "master-key"), "secret");
  chmodSync(join(directory, "master-key"), 0o644);
});
afterAll(() => removeDirectory(directory));

/** Nobody answers there, or not in time: only where it is counts. */
const here = async () => `http://${LOOPBACK}:${await freePort()}`;
const ELSEWHERE = "http://server.invalid:8053";

const doctor = async (url: string, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  countersign(["doctor", ...words], {
    COUNTERSIGN_URL: url,
    COUNTERSIGN_TOKEN: "token",
    COUNTERSIGN_DATA: directory,
    ...env,
  });

test("the data directory is looked at for a server here, and for one elsewhere only when --data names it", async () => {
  expect((await doctor(await here())).out).toMatch(/problem {2}secrets .*master-key/);
  expect((await doctor(ELSEWHERE)).out).toMatch(/^problem {2}server /);
  expect((await doctor(ELSEWHERE)).out).not.toMatch(/secrets|data/);
  expect((await doctor(ELSEWHERE, ["--data", directory])).out).toMatch(/problem {2}secrets /);
});

test("a silent server: who has the ports that it would have is asked, each transport by itself", async () => {
  const udp = await openUdpDgram({ addresses: [{ address: LOOPBACK, port: 0 }], handler: () => 0, reusePort: false });
  const tcp = await openTcpServer({ addresses: [{ address: LOOPBACK, port: 0 }], onMessage: () => undefined });
  if (!udp.ok || !tcp.ok) throw new Error("no ports");
  try {
    for (const [taken, transport] of [
      [udp.value.addresses[0]!, "UDP"],
      [tcp.value.addresses[0]!, "TCP"],
    ] as const) {
      const dns = `${LOOPBACK}:${taken.port}`;
      const { out, code } = await doctor(await here(), [], { COUNTERSIGN_DNS: dns });
      expect(out).toContain(`something listens on ${transport} ${dns} already`);
      expect(code).toBe(1);
      expect((await doctor(ELSEWHERE, [], { COUNTERSIGN_DNS: dns })).out).not.toContain("ports");
    }
  } finally {
    udp.value.close();
    await tcp.value.close(0);
  }
});

test("a silent server: the ports of the API and of DNS over TLS are looked at, too", async () => {
  const tcp = await openTcpServer({ addresses: [{ address: LOOPBACK, port: 0 }], onMessage: () => undefined });
  if (!tcp.ok) throw new Error("no port");
  const taken = `${LOOPBACK}:${tcp.value.addresses[0]!.port}`;
  const dns = `${LOOPBACK}:${await freePort()}`;
  try {
    const api = await doctor(await here(), [], { COUNTERSIGN_DNS: dns, COUNTERSIGN_HTTP: taken });
    expect(api.out).toContain(`something listens on TCP ${taken}, for the API, already`);
    expect(api.out).toContain("(--http of serve)");
    const certificate = join(directory, "certificate.pem");
    const tls = await doctor(await here(), [], {
      COUNTERSIGN_DNS: dns,
      COUNTERSIGN_DNS_TLS: taken,
      COUNTERSIGN_DNS_TLS_CERTIFICATE: certificate,
      COUNTERSIGN_DNS_TLS_KEY: certificate,
    });
    expect(tls.out).toContain(`something listens on TCP ${taken}, for DNS over TLS, already`);
  } finally {
    await tcp.value.close(0);
  }
});

test("a data directory that is named and not there is said to be wrong, whatever other token there is", async () => {
  const nowhere = join(directory, "nowhere");
  const { code, err } = await countersign(["zone", "list", "--data", nowhere], {
    COUNTERSIGN_URL: await here(),
    COUNTERSIGN_TOKEN: "token",
  });
  expect([code, err]).toEqual([2, expect.stringContaining(`There is no directory ${nowhere}`)]);
});

test("a silent server: options that it would not start with are named", async () => {
  const { out } = await doctor(await here(), [], { COUNTERSIGN_DNS: "nonsense" });
  expect(out).toMatch(/problem {2}options .*COUNTERSIGN_DNS.*is not valid/);
});
