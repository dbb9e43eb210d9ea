/** `--ca` is the API's and, behind `peer tls`, the peer's: the program took both for its own, and the peer's was lost without a word. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeAuthority } from "../peers/certificates.ts";
import { type Countersign, makeDirectory, removeDirectory, startCountersign } from "../peers/index.ts";
import { commandLineOf } from "./command-line.ts";

let directory: string;
let product: Countersign;

beforeAll(async () => {
  directory = makeDirectory("peer-ca");
  product = await startCountersign();
});
afterAll(async () => {
  await product?.stop();
  if (directory) removeDirectory(directory);
});

test.each([["--ca"], ["--peer-ca"], ["--ca="]])("peer tls … %s", async (option) => {
  const { certificate } = makeAuthority("The peer's authority");
  const file = join(directory, "ca.pem");
  writeFileSync(file, certificate);
  const cli = commandLineOf(product);
  const name = `peer${option.replaceAll(/\W/g, "x")}`;
  await cli.ok("peer", "add", name, "192.0.2.1");
  const given = option.endsWith("=") ? [`${option}${file}`] : [option, file];
  expect(await cli.ok("peer", "tls", name, "--strict", "ns1.example", ...given)).toMatch(/CAs +its own/);
  const shown = await cli.json<{ ca_pem: string }>("peer", "tls", name);
  expect(shown.ca_pem.trim()).toBe(certificate.trim());
});
