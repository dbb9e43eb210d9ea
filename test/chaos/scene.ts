/** What the tests of accidents share: one live-signed zone, starts that succeed and starts that must not, everything undone afterwards. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE, smallZone } from "../hostile/world.ts";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/countersign.ts";
import { askAllUdp, LOOPBACK, makeDirectory, removeDirectory, startUnbound, until } from "../peers/index.ts";
import { ROOT } from "../root.ts";

export const NAME = "fault.example.";

export type Scene = {
  /** Done at the end, last one first, whatever the test came to. */
  undo(step: () => unknown): void;
  cleanUp(): Promise<void>;
  directory(name: string): string;
  primaryWith(serial: number): Promise<HostilePrimary>;
  start(directory: string, env?: Readonly<Record<string, string>>): Promise<Countersign>;
  /** A small file system of its own; false where mounting is not allowed. */
  mountSmall(path: string, mebibytes: number): boolean;
};

export function makeScene(): Scene {
  const steps: (() => unknown)[] = [];
  const undo: Scene["undo"] = (step) => void steps.push(step);
  return {
    undo,
    async cleanUp() {
      for (const step of steps.splice(0).reverse()) await step();
    },
    directory(name) {
      const path = makeDirectory(name);
      undo(() => removeDirectory(path));
      return path;
    },
    async primaryWith(serial) {
      const primary = await startHostilePrimary();
      undo(() => primary.stop());
      primary.serve(smallZone(NAME, serial));
      return primary;
    },
    async start(directory, env = {}) {
      const product = await startCountersign({ directory, env: { ...ALONE, ...env } });
      undo(() => product.process.stop());
      return product;
    },
    mountSmall(path, mebibytes) {
      mkdirSync(path, { recursive: true });
      const options = ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=0700`, "countersign-test", path];
      if (spawnSync("mount", options).status !== 0) return false;
      undo(() => void spawnSync("umount", ["-l", path]));
      return true;
    },
  };
}

/** Live-signed, serial 1 served. */
export async function addZone(product: Countersign, primary: HostilePrimary, name = NAME): Promise<string> {
  const id = await product.addZone({ name, primary: { ...primary, kind: "knot" }, mode: "live" });
  await product.served(id, name, 1);
  await until("rest", async () => (await product.status(id)).phase === "idle");
  return id;
}

export const force = (product: Countersign, id: string) =>
  product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);

export async function kill(product: Countersign): Promise<void> {
  product.process.signal("SIGKILL");
  await product.process.ended;
}

/** A start that is expected to fail: its exit code and everything it said. */
export async function startInVain(
  args: Readonly<Record<string, string>>,
): Promise<{ code: number | null; said: string }> {
  const flags = Object.entries(args).flatMap(([flag, value]) => [`--${flag}`, value]);
  const child = spawn(process.execPath, [join(ROOT, "src", "main.ts"), "serve", ...flags], {
    env: { ...process.env, ...ALONE, COUNTERSIGN_LOG_LEVEL: "error", COUNTERSIGN_TOKEN: TEST_TOKEN },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += String(chunk);
    });
  const killer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(killer);
  return { code, said };
}

/** Unbound finds every answer authentic. */
export async function validates(product: Countersign, id: string): Promise<void> {
  const { dnssec } = await product.status(id);
  const unbound = await startUnbound({
    trustAnchors: dnssec.ds,
    stubs: [{ zone: NAME, servers: [{ address: LOOPBACK, port: product.port }] }],
  });
  try {
    const questions = ["www", "mail", "alias", "x.wild", "missing"].map((label) => ({
      name: `${label}.${NAME}`,
      type: 1,
      flags: 0x0100,
      edns: { do: true },
    }));
    const replies = await askAllUdp({ address: LOOPBACK, port: unbound.port }, questions);
    expect(replies.map((reply) => reply[3]! & 0x20)).toEqual(questions.map(() => 0x20));
  } finally {
    await unbound.stop();
  }
}
