/** The README's commands, run as they are printed, against a real primary: what a stranger would type. Only ports differ. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  freePort,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type Peer,
  removeDirectory,
  type ServerProcess,
  startKnot,
  startProcess,
} from "../peers/index.ts";
import { ROOT } from "../root.ts";

const missing = missingPrograms("knotd", "dig");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

/** The block behind `<!-- run: name -->`. */
function block(name: string): string {
  const found = new RegExp(`<!-- run: ${name} -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  if (!found) throw new Error(`README.md has no block ${name}`);
  return found;
}

const ZONE = `example.com. 300 IN SOA ns1.example.com. hostmaster.example.com. 5 3600 600 86400 300
example.com. 300 IN NS ns1.example.com.
ns1.example.com. 300 IN A 192.0.2.1
www.example.com. 300 IN A 192.0.2.2
`;

describe.skipIf(missing.length > 0)(
  `README.md${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    const directory = makeDirectory("readme");
    const running: (ServerProcess | Peer)[] = [];
    afterAll(async () => {
      for (const one of running.reverse()) await one.stop();
      removeDirectory(directory);
    });

    test("leads from nothing to a signed zone", async () => {
      const [dns, http, knotPort] = [await freePort(), await freePort(), await freePort()];
      const ports = (text: string): string =>
        text
          .replaceAll("127.0.0.1:5300", `${LOOPBACK}:${dns}`)
          .replaceAll("-p 5300", `-p ${dns}`)
          .replaceAll("127.0.0.1:8053", `${LOOPBACK}:${http}`)
          .replaceAll("127.0.0.1:5301", `${LOOPBACK}:${knotPort}`);
      const env = {
        ...process.env,
        COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`,
        COUNTERSIGN_URL: `http://${LOOPBACK}:${http}`,
      };
      const run = (text: string): string =>
        execFileSync("sh", ["-e", "-c", ports(text).replaceAll("bin/countersign", join(ROOT, "bin", "countersign"))], {
          cwd: directory,
          env,
          encoding: "utf8",
        });

      const [program, ...args] = ports(block("server")).trim().split(" ");
      const ready = (): Promise<boolean> =>
        fetch(`http://${LOOPBACK}:${http}/readyz`).then(
          (response) => response.ok,
          () => false,
        );
      running.push(await startProcess(join(ROOT, program!), args, { directory, env, ready, keepDirectory: true }));

      const printed = run(block("tsig"));
      const secret = /secret: (\S+)/.exec(printed)?.[1];
      expect(secret).toBeDefined();
      const tsig = { name: "transfer.example.com.", algorithm: "hmac-sha256", secret: secret! } as const;
      const notify = [{ address: LOOPBACK, port: dns }];
      running.push(await startKnot({ zones: [{ name: "example.com.", text: ZONE }], tsig, notify, port: knotPort }));

      const shown = run(block("zone"));
      expect(shown).toMatch(/example\.com\. 3600 IN DS \d+ 13 2 [0-9A-F]{64}/);
      expect(shown).toMatch(/status: NOERROR/);
      expect(shown).toMatch(/^www\.example\.com\.\s+300\s+IN\s+RRSIG\s+A 13 3 300/m);
    });
  },
);

test("the demo of the README checks itself", () => {
  expect(readme).toContain("npm run demo -- --check");
  const said = execFileSync(process.execPath, [join(ROOT, "demo", "index.ts"), "--check"], { encoding: "utf8" });
  expect(said).toContain("All checks held.");
  expect(said).not.toContain("FAIL");
});
