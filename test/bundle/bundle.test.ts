/**
 * The server as a dozen files (tools/bundle.mjs): what is loaded in another form does the same, in every thread; and
 * bin/countersign takes it only while nothing is newer.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Message, parseMessage } from "#message";
import { RRType } from "#rdata";
import {
  askAllTcp,
  askAllUdp,
  type Countersign,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type Peer,
  removeDirectory,
  startCountersign,
  startKnot,
} from "../peers/index.ts";
import { ROOT } from "../root.ts";

/** Beside the one for use: paths in it are relative to where it stands. */
const OUTPUT = join(ROOT, "dist", "bundle-test");
/** So large a transfer is read by a thread of its own, and checked by others. */
const NAMES = 10_000;
const ZONE = "bundled.example.";

const missing = missingPrograms("knotd");
let main: string;

beforeAll(() => {
  for (let i = 0; i < 4; i++) mkdirSync(join(OUTPUT, `old-${i}`), { recursive: true });
  main = execFileSync(process.execPath, [join(ROOT, "tools", "bundle.mjs"), OUTPUT], { encoding: "utf8" }).trim();
});
afterAll(() => rmSync(OUTPUT, { recursive: true, force: true }));

test("has an entry for each thread, and one for the command line", () => {
  const [directory] = readdirSync(OUTPUT).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const files = readdirSync(join(OUTPUT, directory!));
  for (const entry of ["main", "udp-worker", "dgram-worker", "stream-worker", "job-worker", "transfer-worker"])
    expect(files).toContain(`${entry}.mjs`);
  expect(execFileSync(process.execPath, [main, "--version"], { encoding: "utf8" })).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("takes the place of older ones", () => {
  const bundles = readdirSync(OUTPUT).filter((name) => name !== "main.mjs");
  expect(bundles).toHaveLength(3);
});

describe.skipIf(missing.length > 0)("as a server", () => {
  let knot: Peer;
  let product: Countersign;

  beforeAll(async () => {
    const lines = Array.from({ length: NAMES }, (_, i) => `n${i} 300 IN A 192.0.2.${i % 250}\n`).join("");
    const text = `$ORIGIN ${ZONE}\n@ 3600 IN SOA ns1 hostmaster 7 3600 600 86400 300\n@ 3600 IN NS ns1\nns1 3600 IN A 192.0.2.1\n${lines}`;
    knot = await startKnot({ zones: [{ name: ZONE, text }] });
    // In place of the Node and the file that follow.
    const launcher = ["sh", "-c", 'main=$1; shift 3; exec "$0" "$main" "$@"', process.execPath, main];
    product = await startCountersign({ launcher });
  });
  afterAll(async () => {
    await product?.stop();
    await knot?.stop();
  });

  test("transfers, signs, answers, shows its counts, and stops", async () => {
    const id = await product.addZone({ name: ZONE, primary: knot, mode: "live" });
    await product.served(id, ZONE, 7);
    const where = { address: LOOPBACK, port: product.port };
    const questions = [{ name: `n1.${ZONE}`, type: RRType.A, edns: { do: true } }];
    for (const replies of [await askAllUdp(where, questions), await askAllTcp(where, questions)]) {
      const answer = parsed(replies[0]);
      expect(answer.answer.map(({ type }) => type)).toEqual([RRType.A, RRType.RRSIG]);
    }
    const metrics = await (await fetch(`${product.url}/metrics`)).text();
    expect(metrics).toContain("countersign_zones 1");
    await product.stop();
    expect(product.process.log()).not.toContain("Error");
  });
});

test("bin/countersign takes it while no source is newer, and only then", () => {
  const root = makeDirectory("launcher");
  try {
    for (const folder of ["bin", "src", "dist/server", "node_modules/.bin"])
      mkdirSync(join(root, folder), { recursive: true });
    const launcher = join(root, "bin", "countersign");
    cpSync(join(ROOT, "bin", "countersign"), launcher);
    chmodSync(launcher, 0o755);
    symlinkSync(process.execPath, join(root, "node_modules", ".bin", "node"));
    const files = ["package.json", "src/main.ts", "src/other.ts", "dist/server/main.mjs"].map((file) =>
      join(root, file),
    );
    writeFileSync(files[0]!, '{ "type": "module" }');
    for (const file of files.slice(1)) writeFileSync(file, `console.log(${JSON.stringify(file)});\n`);
    const [, source, other, bundle] = files as [string, string, string, string];
    const age = (path: string, seconds: number) => utimesSync(path, seconds, seconds);
    const all = [...files, join(root, "src"), join(root, "node_modules", ".package-lock.json")];
    const taken = () => execFileSync(launcher, [], { encoding: "utf8" }).trim();
    for (const path of all) if (existsSync(path)) age(path, 1_000_000_000);
    age(bundle, 1_000_000_001);
    expect(taken()).toBe(bundle);
    age(other, 1_000_000_002);
    expect(taken()).toBe(source);
    // One that went shows by its folder.
    rmSync(other);
    expect(taken()).toBe(source);
    age(join(root, "src"), 1_000_000_000);
    expect(taken()).toBe(bundle);
    rmSync(bundle);
    expect(taken()).toBe(source);
  } finally {
    removeDirectory(root);
  }
});

function parsed(reply: Uint8Array | undefined): Message {
  const message = parseMessage(reply!);
  if (!message.ok) throw new Error("not a message");
  return message.value;
}
