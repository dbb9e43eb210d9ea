/** The README's commands, run as they are printed, against a real primary: what a stranger would type. Only ports differ. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  freePort,
  getProgram,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  removeDirectory,
  type ServerProcess,
  servedSerial,
  startProcess,
  until,
  writeIn,
} from "../peers/index.ts";
import { ROOT } from "../root.ts";
import { getBlock, readBlocks, replaceAll, runShell } from "./blocks.ts";

const missing = missingPrograms("knotd", "knotc", "dig", "delv", "curl");
const blocks = readBlocks("README.md");

describe.skipIf(missing.length > 0)(
  `README.md${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    const directory = makeDirectory("readme");
    const running: ServerProcess[] = [];
    let pairs: readonly (readonly [string, string])[];
    let env: NodeJS.ProcessEnv;
    let dnsPort: number;

    const printed = (name: string): string => replaceAll(getBlock(blocks, name), pairs);
    const run = (name: string): string => runShell(printed(name), directory, env);
    const start = async (name: string, ready: () => Promise<boolean>): Promise<void> => {
      const [program, ...args] = printed(name).trim().split(" ");
      const path = program!.includes("/") ? program! : getProgram(program!);
      running.push(await startProcess(path, args, { directory, env, ready, keepDirectory: true }));
    };

    beforeAll(async () => {
      dnsPort = await freePort();
      const [http, knot] = [await freePort(), await freePort()];
      pairs = [
        ["127.0.0.1:5300", `${LOOPBACK}:${dnsPort}`],
        ["127.0.0.1@5300", `${LOOPBACK}@${dnsPort}`],
        ["-p 5300", `-p ${dnsPort}`],
        ["127.0.0.1:8053", `${LOOPBACK}:${http}`],
        ["127.0.0.1:5301", `${LOOPBACK}:${knot}`],
        ["127.0.0.1@5301", `${LOOPBACK}@${knot}`],
        ["bin/countersign", join(ROOT, "bin", "countersign")],
      ];
      // No test asks the machine's resolver; the address of the API is the only thing a reader need not say.
      const { COUNTERSIGN_TOKEN: _, ...inherited } = process.env;
      env = { ...inherited, COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`, COUNTERSIGN_URL: `http://${LOOPBACK}:${http}` };
      mkdirSync(join(directory, "try"));
      await start("background server", () => answers(`http://${LOOPBACK}:${http}/readyz`));
    });
    afterAll(async () => {
      for (const one of running.reverse()) await one.stop();
      removeDirectory(directory);
    });

    test("leads from nothing to a zone that is served", async () => {
      expect(running[0]!.log()).toMatch(/token\s+\S{32}\n\s+shown this once; kept in countersign-data\/admin-token/);
      expect(run("tsig")).toMatch(/secret: \S{44}/);
      run("primary");
      const port = Number(/listen: .*@(\d+)/.exec(readFileSync(join(directory, "try", "knot.conf"), "utf8"))![1]);
      await start("background knot", async () => (await servedSerial(port, "first.example.")) !== undefined);
      expect(run("zone")).toBe("first.example is served with serial 1.\n192.0.2.80\n");
    });

    test("to a signed one that validates", () => {
      const signed = run("sign");
      expect(signed).toMatch(/^first\.example\n {2}status\s+pending: signed, the parent has no DS of it yet$/m);
      expect(signed).toMatch(/first\.example\. 3600 IN DS \d+ 13 2 [0-9A-F]{64}/);
      expect(signed).toMatch(/ns1\.provider\.example and ns2\.provider\.example are its nameservers/);
      expect(signed).toMatch(/^www\.first\.example\.\s+300\s+IN\s+RRSIG\s+A 13 3 300/m);
      const checked = run("check");
      expect(checked).toMatch(/^; fully validated$/m);
      expect(checked).toMatch(/^; negative response, fully validated$/m);
    });

    test("a change at the primary comes through", async () => {
      const file = join(directory, "try", "first.example.zone");
      const changed = readFileSync(file, "utf8").replace(
        "hostmaster.first.example. 1 ",
        "hostmaster.first.example. 2 ",
      );
      writeIn(join(directory, "try"), "first.example.zone", `${changed}new.first.example. 300 IN A 192.0.2.81\n`);
      runShell("knotc -c try/knot.conf reload", directory, env);
      // Workers take a version over one by one: the one that dig meets may be the last.
      const dig = `dig +short -p ${dnsPort} @127.0.0.1 new.first.example`;
      expect(await until("the new record", () => runShell(dig, directory, env) || undefined)).toBe("192.0.2.81\n");
    });

    test("the same by curl and by the SDK", () => {
      expect(JSON.parse(run("curl"))).toMatchObject({ success: true, result: { status: "pending", algorithm: "13" } });
      const token = readFileSync(join(directory, "countersign-data", "admin-token"), "utf8").trim();
      const said = execFileSync(process.execPath, ["--input-type=module"], {
        cwd: ROOT,
        env: { ...env, COUNTERSIGN_TOKEN: token },
        input: printed("sdk"),
        encoding: "utf8",
      });
      expect(said).toMatch(/^first\.example pending first\.example\. 3600 IN DS \d+ 13 2 [0-9A-F]{64}\n$/);
    });
  },
);

test("the demo of the README checks itself", () => {
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain("npm run demo -- --check");
  const demo = [join(ROOT, "demo", "index.ts"), "--check"];
  const { status, stdout, stderr } = spawnSync(process.execPath, demo, { encoding: "utf8" });
  const said = `${stdout}${stderr}`;
  expect(said, said).toContain("All checks held.");
  expect(said).not.toContain("FAIL");
  expect(status).toBe(0);
}, 240_000);

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
