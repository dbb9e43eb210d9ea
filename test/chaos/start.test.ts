/** Starts that must not succeed: another master key, a lost one, a directory that is in use. One sentence, exit code 1, nothing changed. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { freePort, LOOPBACK, missingPrograms } from "../peers/index.ts";
import { ROOT } from "../root.ts";
import { ask, Chores, killHard, makeZone, statusWhen, Type } from "./world.ts";

const missing = missingPrograms("knotd");
const TEST_MILLISECONDS = 240_000;
const chores = new Chores();
afterEach(() => chores.end());

/** How a start that should not succeed ended. */
type FailedStart = { readonly code: number | null; readonly said: string };

async function startInVain(directory: string, env: Readonly<Record<string, string>> = {}): Promise<FailedStart> {
  const dns = `${LOOPBACK}:${await freePort()}`;
  const http = `${LOOPBACK}:${await freePort()}`;
  const args = ["serve", "--data", join(directory, "data"), "--dns", dns, "--http", http];
  const child = spawn(process.execPath, [join(ROOT, "src", "main.ts"), ...args], {
    env: { ...process.env, COUNTERSIGN_LOG_LEVEL: "error", COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => said.push(String(chunk)));
  const killer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(killer);
  return { code, said: said.join("") };
}

describe.skipIf(missing.length > 0)(
  `starts in vain${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    test("in use, sealed with another key, and without its key; and then a start that finds everything", {
      timeout: TEST_MILLISECONDS,
    }, async () => {
      const directory = chores.directory("starts");
      const knot = await chores.knot([makeZone("sealed.example.", 1)]);
      let product = await chores.product(directory);
      // No TSIG: the zone's keys alone are sealed.
      const id = await product.addZone({ name: "sealed.example.", primary: knot, mode: "live" });
      await product.served(id, "sealed.example.");
      const { dnssec } = await statusWhen(product, id, "at rest");

      const second = await startInVain(directory);
      expect(second).toMatchObject({ code: 1, said: expect.stringContaining(`process ${product.process.pid}`) });
      expect(second.said.trim().split("\n")).toHaveLength(1);
      expect(await product.call("GET", "/client/v4/user/tokens/verify")).toMatchObject({ status: "active" });
      await killHard(product);

      const wrong = await startInVain(directory, { COUNTERSIGN_MASTER_KEY: randomBytes(32).toString("hex") });
      expect(wrong.code).toBe(1);
      expect(wrong.said.trim().split("\n")).toHaveLength(1);
      expect(wrong.said).toMatch(/^countersign: .*not the right master key.*COUNTERSIGN_MASTER_KEY/);

      const file = join(directory, "data", "master-key");
      const kept = readFileSync(file);
      rmSync(file);
      const lost = await startInVain(directory);
      expect(lost).toMatchObject({ code: 1, said: expect.stringMatching(/^countersign: .*put its file back/) });
      expect(existsSync(file)).toBe(false);
      writeFileSync(file, kept, { mode: 0o600 });

      product = await chores.product(directory);
      expect((await product.status(id)).dnssec).toMatchObject({ ds: dnssec.ds, dnskeys: dnssec.dnskeys });
      expect((await ask(product.port, "www.sealed.example.", Type.A)).rdatas(Type.RRSIG)).toHaveLength(1);
    });
  },
);
