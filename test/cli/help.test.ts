/** `--help` is the manual: every command has one, and the README's table of exit codes is the code's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ExitCode } from "#cli";
import { ROOT } from "../root.ts";
import { countersign } from "./command-line.ts";

const COMMANDS = [
  "zone add",
  "zone set",
  "zone list",
  "zone show",
  "zone check",
  "zone remove",
  "dnssec enable",
  "dnssec disable",
  "dnssec delete",
  "dnssec show",
  "dnssec mode",
  "dnssec zsk",
  "key list",
  "key roll",
  "key cancel",
  "key schedule",
  "transfer now",
  "transfer status",
  "outgoing set",
  "outgoing show",
  "outgoing enable",
  "outgoing disable",
  "outgoing notify",
  "outgoing remove",
  "peer add",
  "peer list",
  "peer show",
  "peer tls",
  "peer remove",
  "tsig add",
  "tsig list",
  "tsig show",
  "tsig remove",
  "acl add",
  "acl list",
  "acl remove",
  "user add",
  "user list",
  "user set",
  "user password",
  "user remove",
  "token create",
  "token list",
  "token groups",
  "token roll",
  "token revoke",
  "records",
  "export",
  "events",
  "watch",
  "doctor",
  "completion",
  "image dump",
];

test.each(COMMANDS)("%s --help", async (command) => {
  const { code, out, err } = await countersign([...command.split(" "), "--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(new RegExp(`^Usage: countersign ${command} `));
  expect(out).toContain("--json");
});

test("the first page names every noun, the server, where the token is looked for, and the exit codes", async () => {
  const { code, out } = await countersign(["--help"]);
  expect(code).toBe(0);
  for (const noun of new Set(COMMANDS.map((command) => command.split(" ")[0]!)))
    expect(out).toMatch(new RegExp(`^  ${noun} `, "m"));
  for (const word of ["countersign serve", "COUNTERSIGN_URL", "COUNTERSIGN_TOKEN", "COUNTERSIGN_DATA", "Exit codes"]) {
    expect(out).toContain(word);
  }
});

test("without words: the same page, and wrong usage", async () => {
  const { code, out } = await countersign([]);
  expect(code).toBe(ExitCode.Usage);
  expect(out).toBe((await countersign(["--help"])).out);
});

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  expect(await countersign(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
});

test("the README documents every exit code, and no other", () => {
  const readme = readFileSync(join(ROOT, "src", "cli", "README.md"), "utf8");
  const documented = [...readme.matchAll(/^\| (\d) +\|/gm)].map((match) => Number(match[1]));
  expect(documented).toEqual(Object.values(ExitCode));
});
