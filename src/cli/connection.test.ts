import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_URL, findConnection, isHere } from "./connection.ts";
import { CliFailure, ExitCode } from "./exit.ts";

let root: string;
let data: string;
let other: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "countersign-cli-"));
  data = join(root, "data");
  other = join(root, "other");
  for (const directory of [data, other]) mkdirSync(directory);
  writeFileSync(join(data, "admin-token"), "from-data\n");
  writeFileSync(join(other, "admin-token"), "from-other\n");
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ["http://127.0.0.1:8053", true],
  ["http://[::1]:8053", true],
  ["https://localhost", true],
  ["http://192.0.2.7:1", true],
  ["http://192.0.2.8:1", false],
  ["https://ns1.example.net:8443", false],
  ["no address", false],
])("%s: on this machine: %s", (url, here) => {
  expect(isHere({ url }, {}, ["192.0.2.7"])).toBe(here);
  expect(isHere({}, { COUNTERSIGN_URL: url }, ["192.0.2.7"])).toBe(here);
});

test("the address: flag, environment, default", () => {
  const url = (flag: string | undefined, env: string | undefined) =>
    findConnection({ url: flag, token: "t" }, { COUNTERSIGN_URL: env }).url;
  expect(url("http://a:1/", "http://b:2")).toBe("http://a:1");
  expect(url(undefined, "https://b:2/dns/")).toBe("https://b:2/dns");
  expect(url(undefined, "")).toBe(DEFAULT_URL);
  expect(url("http://a:1/client/v4", undefined)).toBe("http://a:1");
  expect(url("http://a:1/client/v4/", undefined)).toBe("http://a:1");
});

test.each(["a:1", "127.0.0.1:8053", "ftp://a", ""])("%j is no address", (text) => {
  expect(() => findConnection({ url: text, token: "t" }, {})).toThrow(/is not the address/);
});

test("the token: flag, named directory, environment, directory of the environment", () => {
  mkdirSync(join(root, "empty"));
  const env = { COUNTERSIGN_TOKEN: "from-environment", COUNTERSIGN_DATA: other };
  expect(findConnection({ token: "flag", data }, env).token).toBe("flag");
  expect(findConnection({ data }, env).token).toBe("from-data");
  expect(findConnection({ data: join(root, "empty") }, env).token).toBe("from-environment");
  expect(findConnection({}, env).token).toBe("from-environment");
  expect(findConnection({}, { COUNTERSIGN_DATA: other }).token).toBe("from-other");
});

test("without a token it says where one would be", () => {
  const attempt = () => findConnection({ data: join(root, "empty") }, { COUNTERSIGN_DATA: join(root, "none") });
  expect(attempt).toThrow(/No token: set COUNTERSIGN_TOKEN.*empty\/admin-token/);
  expect(attempt).toThrow(expect.objectContaining({ exitCode: ExitCode.Usage }));
  expect(() => findConnection({ token: "two\nlines" }, {})).toThrow(CliFailure);
});

// A directory in its place fails for root as well, whom file modes do not stop.
test("a token that can't be read is a sentence", () => {
  const strange = join(root, "strange");
  mkdirSync(join(strange, "admin-token"), { recursive: true });
  expect(() => findConnection({ data: strange }, {})).toThrow(/can't be read \(EISDIR\)/);
});
