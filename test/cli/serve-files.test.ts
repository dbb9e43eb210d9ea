/** `serve` with files of TLS, addresses and a directory that can't be used: one sentence that says what, where and what to do, and nothing is made. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeAuthority, makeCertificate } from "../peers/certificates.ts";
import { LOOPBACK, makeDirectory, removeDirectory } from "../peers/index.ts";
import { ROOT } from "../root.ts";

let directory: string;
const at = (name: string) => join(directory, name);

beforeAll(() => {
  directory = makeDirectory("serve-files");
  const authority = makeAuthority("Test CA");
  for (const name of ["a", "b"]) {
    const { certificate, key } = makeCertificate({ name: "localhost", authority });
    writeFileSync(at(`${name}.pem`), certificate);
    writeFileSync(at(`${name}.key`), key, { mode: 0o600 });
  }
  writeFileSync(at("junk"), Buffer.alloc(100, 0xa5));
  writeFileSync(at("empty"), "");
});
afterAll(() => removeDirectory(directory));

const PORT = `${LOOPBACK}:0`;

function serveInVain(...words: readonly string[]): { code: number | null; said: string } {
  const ran = spawnSync(
    process.execPath,
    [join(ROOT, "src", "main.ts"), "serve", "--data", at("data"), "--http", PORT, ...words],
    {
      encoding: "utf8",
      timeout: 120_000,
      killSignal: "SIGKILL",
      env: { ...process.env, COUNTERSIGN_TOKEN: undefined },
    },
  );
  return { code: ran.status, said: `${ran.stdout}${ran.stderr}` };
}

test.each([
  [
    "the key of another certificate",
    "http",
    "a.pem",
    "b.key",
    /the private key is not the certificate's\. Give a certificate and its own/,
  ],
  [
    "a missing certificate",
    "dns",
    "none.pem",
    "a.key",
    /none\.pem of --(http|dns)-tls-certificate is not there: look at the path/,
  ],
  ["a missing key", "http", "a.pem", "none.key", /none\.key of --(http|dns)-tls-key is not there: look at the path/],
  ["a directory", "dns", ".", "a.key", /is a directory: name a file \(EISDIR\)/],
  ["octets that are no PEM", "http", "junk", "a.key", /there is no certificate in it.* Give a certificate/],
  ["an empty key", "dns", "a.pem", "empty", /the private key can't be read.*without a passphrase\.$/],
] as const)("%s", { timeout: 300_000 }, (_, what, certificate, key, sentence) => {
  const listen = what === "dns" ? ["--dns-tls", PORT] : [];
  const files = [`--${what}-tls-certificate`, at(certificate), `--${what}-tls-key`, at(key)];
  const { code, said } = serveInVain("--dns", PORT, ...listen, ...files);
  expect([code, said.trim()]).toEqual([1, expect.stringMatching(sentence)]);
  expect(said.trim().split("\n")).toHaveLength(1);
  expect(existsSync(at("data"))).toBe(false);
});

test("an address named twice is told as that, not as one that somebody else has", { timeout: 300_000 }, () => {
  const { code, said } = serveInVain("--dns", `${LOOPBACK}:5301,${LOOPBACK}:5301`);
  expect([code, said]).toEqual([2, `countersign: dns: ${LOOPBACK}:5301 is there twice; name it once.\n`]);
  expect(existsSync(at("data"))).toBe(false);
});

test("a file in the place of the data directory", { timeout: 300_000 }, () => {
  const { code, said } = serveInVain("--dns", PORT, "--data", at("junk"));
  expect([code, said]).toEqual([
    1,
    expect.stringMatching(/^countersign: The data directory .*junk can't be used: .*\.\n$/),
  ]);
  expect(said.trim().split("\n")).toHaveLength(1);
});
