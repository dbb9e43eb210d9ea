/** The lines that `tsig add` prints are taken as they are by the programs they are for. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tsig } from "#contract";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { getProgram, makeDirectory, missingPrograms, removeDirectory, writeIn } from "../peers/index.ts";
import { commandLineOf } from "./command-line.ts";

let product: Countersign;
let directory: string;
let printed: string;
let secret: string;

beforeAll(async () => {
  directory = makeDirectory("lines");
  product = await startCountersign();
  const cli = commandLineOf(product);
  printed = await cli.ok("tsig", "add", "transfer.example.com.", "--algorithm", "hmac-sha384");
  ({ secret } = await cli.json<Tsig>("tsig", "show", "transfer.example.com"));
});
afterAll(async () => {
  await product?.stop();
  removeDirectory(directory);
});

/** The part under the program's name, with an operator's own values set in. */
function linesFor(program: string): string {
  const part = new RegExp(`\n# ${program}\n((?:.|\n)*?)(?=\n# |$)`).exec(printed)![1]!;
  return part
    .replaceAll("COUNTERSIGN-ADDRESS", "192.0.2.7")
    .replaceAll("COUNTERSIGN-PORT", "5300")
    .replace(/\bZONE\b/g, "example.com");
}

const run = (program: string, ...args: readonly string[]) =>
  execFileSync(getProgram(program), args, { encoding: "utf8", cwd: directory, stdio: ["ignore", "pipe", "pipe"] });

describe("the secret is right and the configuration valid for", () => {
  test.skipIf(missingPrograms("knotc").length > 0)("Knot DNS", () => {
    const file = writeIn(directory, "knot.conf", linesFor("Knot DNS"));
    expect(run("knotc", "-c", file, "conf-check")).toContain("Configuration is valid");
  });

  test.skipIf(missingPrograms("named-checkconf").length > 0)("BIND", () => {
    const file = writeIn(directory, "named.conf", linesFor("BIND"));
    const read = run("named-checkconf", "-p", "-x", file);
    expect(read).toMatch(/algorithm "?hmac-sha384"?;/);
    expect(run("named-checkconf", "-p", file)).toContain(secret);
  });

  test.skipIf(missingPrograms("nsd-checkconf").length > 0)("NSD", () => {
    const file = writeIn(directory, "nsd.conf", linesFor("NSD"));
    run("nsd-checkconf", file);
    expect(run("nsd-checkconf", "-s", "transfer.example.com", file).trim()).toBe(secret);
    expect(run("nsd-checkconf", "-z", "example.com", "-o", "provide-xfr", file)).toContain("192.0.2.7");
  });

  test.skipIf(missingPrograms("pdnsutil").length > 0)("PowerDNS", () => {
    const settings = ["launch=bind", `bind-config=${directory}/bind.conf`, `bind-dnssec-db=${directory}/dnssec.db`];
    writeIn(directory, "pdns.conf", `${settings.join("\n")}\n`);
    writeIn(directory, "example.com.zone", "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n@ 3600 IN NS ns\n");
    writeIn(directory, "bind.conf", `zone "example.com" { type master; file "${directory}/example.com.zone"; };\n`);
    const pdnsutil = (...args: readonly string[]) => run("pdnsutil", `--config-dir=${directory}`, ...args);
    pdnsutil("create-bind-db", `${directory}/dnssec.db`);
    for (const line of linesFor("PowerDNS").trim().split("\n")) {
      const [program, ...args] = line.replaceAll("'", "").split(" ");
      expect(program).toBe("pdnsutil");
      pdnsutil(...args);
    }
    expect(pdnsutil("list-tsig-keys")).toContain(`transfer.example.com. hmac-sha384. ${secret}`);
    expect(pdnsutil("get-meta", "example.com", "TSIG-ALLOW-AXFR")).toContain("transfer.example.com");
    expect(pdnsutil("get-meta", "example.com", "ALSO-NOTIFY")).toContain("192.0.2.7:5300");
  });
});
