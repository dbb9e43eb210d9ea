/** The API and the dashboard over TLS, as curl, the provider's SDK and the command line ask for them. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect as dial } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trustAuthorities } from "#net";
import { makeAuthority, makeCertificate, type TestCertificate } from "../peers/certificates.ts";
import {
  type Countersign,
  getProgram,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  removeDirectory,
  startCountersign,
  TEST_TOKEN,
  until,
  writeIn,
} from "../peers/index.ts";
import { ROOT } from "../root.ts";

const missing = missingPrograms("curl");
const authority = makeAuthority("The test's own CA");
const ending = makeCertificate({ name: "localhost", authority, toDays: 5 });
const lasting = makeCertificate({ name: "localhost", authority, toDays: 90 });

let product: Countersign;
let directory: string;
let ca: string;

function put({ certificate, key }: TestCertificate): void {
  writeIn(directory, "api.pem", certificate);
  writeFileSync(join(directory, "api.key"), key, { mode: 0o600 });
}

beforeAll(async () => {
  directory = makeDirectory("api-tls");
  ca = writeIn(directory, "ca.pem", authority.certificate);
  put(ending);
  // The harness asks whether it is ready, by this process's own fetch.
  expect(trustAuthorities(ca)).toMatchObject({ ok: true });
  product = await startCountersign({
    https: true,
    env: {
      COUNTERSIGN_HTTP_TLS_CERTIFICATE: join(directory, "api.pem"),
      COUNTERSIGN_HTTP_TLS_KEY: join(directory, "api.key"),
    },
  });
});
afterAll(async () => {
  await product?.stop();
  removeDirectory(directory);
});

type Ran = { readonly code: number; readonly out: string; readonly err: string };

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(program, args, { env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, out, err }));
  });
}

const curl = (...args: readonly string[]) => run(getProgram("curl"), ["-sS", "--max-time", "60", ...args]);
const cli = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  run(process.execPath, [join(ROOT, "src", "main.ts"), "--url", product.url, "--token", TEST_TOKEN, ...args], env);

/** SubjectPublicKeyInfo of what is shown to a new connection, as a pin; at most TLS 1.2 where `max` says so. */
function shown(max: "TLSv1.2" | "TLSv1.3" = "TLSv1.3"): Promise<{ serial: string; protocol: string | null }> {
  return new Promise((resolve, reject) => {
    const options = { host: LOOPBACK, port: product.httpPort, servername: "localhost", maxVersion: max };
    const socket = connect({ ...options, ca: authority.certificate }, () => {
      const certificate = socket.getPeerX509Certificate()!;
      resolve({ serial: certificate.serialNumber, protocol: socket.getProtocol() });
      socket.end();
    });
    socket.on("error", reject);
  });
}

test.skipIf(missing.length > 0)("curl: TLS 1.2 and 1.3, HSTS; nothing older, and no unknown CA", async () => {
  const path = `${product.url}/client/v4/zones`;
  for (const version of ["1.2", "1.3"]) {
    const args = [`--tlsv${version}`, "--tls-max", version, "--cacert", ca, "-i", path];
    const said = await curl(...args, "-H", `Authorization: Bearer ${TEST_TOKEN}`);
    expect(said.out, version).toMatch(/^HTTP\/1\.1 200/);
    expect(said.out.toLowerCase()).toContain("\r\nstrict-transport-security: max-age=31536000\r\n");
  }
  expect((await curl(path)).code).toBe(60);
  expect((await curl("--cacert", ca, "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", path)).code).not.toBe(0);
});

test("plain HTTP is told where it went wrong, a browser is led on, and no call is carried out", async () => {
  const url = `http://localhost:${product.httpPort}`;
  const headers = { authorization: `Bearer ${TEST_TOKEN}` };
  const asked = await fetch(`${url}/client/v4/zones`, { headers });
  const { errors } = (await asked.json()) as { errors: { code: number; reason: string }[] };
  expect([asked.status, errors[0]!.reason]).toEqual([400, "request.plain-http"]);
  const page = await fetch(`${url}/zones?x=1`, { headers: { accept: "text/html,*/*" }, redirect: "manual" });
  expect([page.status, page.headers.get("location")]).toEqual([308, `${product.url}/zones?x=1`]);
  const written = await fetch(`${url}/client/v4/zones`, { method: "POST", headers, body: "{}", redirect: "manual" });
  expect(written.status).toBe(400);
});

test("the dashboard's cookie is for TLS alone", async () => {
  const said = await fetch(`${product.url}/countersign/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ token: TEST_TOKEN }),
  });
  expect([said.status, said.headers.get("set-cookie")]).toEqual([200, expect.stringMatching(/HttpOnly.*; Secure$/)]);
});

test("the SDK, unchanged", async () => {
  const client = new Cloudflare({ apiToken: TEST_TOKEN, baseURL: `${product.url}/client/v4` });
  const made = await client.zones.create({ name: "over-tls.test", type: "secondary" } as never);
  expect((await client.zones.get({ zone_id: made.id })).name).toBe("over-tls.test");
});

test("the command line: by --ca, by COUNTERSIGN_CA, not without; doctor sees the end", {
  timeout: 240_000,
}, async () => {
  const without = await cli({}, "zone", "list");
  expect([without.code, without.err]).toEqual([
    3,
    expect.stringMatching(/not known here.*--ca FILE or COUNTERSIGN_CA/),
  ]);
  expect((await cli({}, "--ca", ca, "zone", "list")).code).toBe(0);
  expect((await cli({ COUNTERSIGN_CA: ca }, "zone", "list")).code).toBe(0);
  const wrong = await cli({}, "--ca", join(directory, "api.key"), "zone", "list");
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/there is no certificate in it/)]);
  const doctor = await cli({ COUNTERSIGN_CA: ca }, "doctor");
  expect(doctor.out).toMatch(/warning {2}tls .*the API and the dashboard .*ends in 5 days/);
  const plain = await run(process.execPath, [
    join(ROOT, "src", "main.ts"),
    ...["--url", product.url.replace("https", "http"), "--token", TEST_TOKEN, "zone", "list"],
  ]);
  expect([plain.code, plain.err]).toEqual([1, expect.stringContaining("request.plain-http")]);
});

test("a handshake that is none, and one that never comes, hurt nobody", async () => {
  const silent = dial(product.httpPort, LOOPBACK);
  const garbage = dial(product.httpPort, LOOPBACK);
  garbage.on("error", () => undefined);
  garbage.resume();
  garbage.write(Uint8Array.of(22, 3, 1, 255, 255, ...new Uint8Array(300)));
  await new Promise((resolve) => garbage.on("close", resolve));
  expect((await fetch(`${product.url}/readyz`)).status).toBe(200);
  silent.destroy();
});

test("who came by plain HTTP, was told, and stays is cut off", async () => {
  const socket = dial({ port: product.httpPort, host: LOOPBACK, allowHalfOpen: true });
  const cut = new Promise<string>((resolve) =>
    socket.on("error", (error) => resolve((error as NodeJS.ErrnoException).code ?? "")),
  );
  socket.resume();
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await new Promise((resolve) => socket.once("end", resolve));
  const talking = setInterval(() => socket.write("x"), 200);
  try {
    expect(await cut).toMatch(/^(EPIPE|ECONNRESET)$/);
  } finally {
    clearInterval(talking);
    socket.destroy();
  }
});

test("files that change are taken without a word; a pair that does not fit is not", { timeout: 240_000 }, async () => {
  const before = await shown();
  expect(before.protocol).toBe("TLSv1.3");
  expect((await shown("TLSv1.2")).protocol).toBe("TLSv1.2");
  writeIn(directory, "api.pem", makeCertificate({ name: "localhost", authority }).certificate);
  await until("the misfit is noticed", () => product.process.log().includes("the old one stays in force"), 60_000);
  expect((await shown()).serial).toBe(before.serial);
  const misfit = await cli({ COUNTERSIGN_CA: ca }, "doctor");
  expect(misfit.out).toMatch(
    /problem {2}tls .*the new files of the certificate of the API.*can't be used: the old one/,
  );
  expect(misfit.code).toBe(1);
  put(lasting);
  const after = await until(
    "the new one",
    async () => {
      const now = await shown();
      return now.serial !== before.serial && now;
    },
    60_000,
  );
  expect(after.serial).not.toBe(before.serial);
  expect((await cli({ COUNTERSIGN_CA: ca }, "doctor")).out).toMatch(/ok {7}tls .*is good until/);
});
