/** Who takes part in the transfer rows, and what can be asked of each. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { missingPrograms, startCountersign, startSecondary } from "../../test/peers/index.ts";
import { ROOT } from "../../test/root.ts";
import type { StreamPrimary } from "./stream/primary.ts";

export type Rival = {
  readonly title: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** What it says it did since then (Unix milliseconds), one line a step. */
  steps?(since: number): readonly string[];
  /** Resolves when overlays have become an image again: true; false when that never happened. */
  compacted?(): Promise<boolean>;
  imageMebibytes?(): Promise<number>;
};

export type RivalStart = {
  readonly name: string;
  /** It checks every signature. */
  readonly checks: boolean;
  canStart(): boolean;
  /** Begins the transfer, on a port that the primary notifies. */
  start(primary: StreamPrimary, port: number): Promise<Rival>;
};

export const RIVALS: readonly RivalStart[] = [
  ours("Countersign, signatures unchecked", "apex"),
  theirs("NSD", "nsd", "nsd"),
  ours("Countersign, every signature checked", "all"),
  theirs("Knot", "knot", "knotd"),
  theirs("BIND", "bind", "named"),
];

/** With the flags and the cache of compiled code that operators have, in place of the Node that runs this and src/main.ts. */
const AS_SHIPPED = ["sh", "-c", 'shift 2; exec "$0" "$@"', join(ROOT, "bin", "countersign")];

/** A million names are compiled again within this on a machine that does something else, too. */
const COMPACTED_MS = 180_000;
const LOOK_MS = 250;

function ours(name: string, signatures: "apex" | "all"): RivalStart {
  return {
    name,
    checks: signatures === "all",
    canStart: () => true,
    start: async (primary, port) => {
      const env = { COUNTERSIGN_LOG_LEVEL: "debug" };
      const product = await startCountersign({ port, env, launcher: AS_SHIPPED });
      const settings = { signature_check: signatures };
      await product.addZone({ name: primary.zone, primary, mode: "presigned", ixfr: true, settings });
      const images = (): string[] => filesUnder(join(product.directory, "data", "zones"), ".image");
      let before: readonly string[] = [];
      return {
        title: name,
        pid: product.process.pid,
        stop: product.stop,
        steps: (since) => {
          before = images();
          return stepsOf(product.process.log(), since);
        },
        // The file of the image that was made takes the place of the one before.
        compacted: async () => {
          const deadline = performance.now() + COMPACTED_MS;
          while (performance.now() < deadline) {
            const now = images();
            if (now.length > 0 && now.every((file) => !before.includes(file))) return true;
            await sleep(LOOK_MS);
          }
          return false;
        },
        imageMebibytes: async () => Math.max(0, ...images().map((file) => statSync(file).size)) / 2 ** 20,
      };
    },
  };
}

function theirs(name: string, kind: "nsd" | "knot" | "bind", program: string): RivalStart {
  return {
    name,
    checks: false,
    canStart: () => missingPrograms(program).length === 0,
    start: async (primary, port) => {
      const rival = await startSecondary(kind, { zones: [primary.zone], primary, port });
      return { title: `${name} ${rival.version}`, pid: rival.process.pid, stop: rival.stop };
    },
  };
}

function filesUnder(directory: string, ending: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(directory, file));
}

/** Lines of the log that say how long a step took. */
function stepsOf(log: string, since: number): string[] {
  const steps: string[] = [];
  for (const line of log.split("\n").slice(-200)) {
    if (!line.startsWith("{")) continue;
    const { time, step, ms } = JSON.parse(line) as { time: number | string; step?: string; ms?: number };
    const at = typeof time === "number" ? time : Date.parse(time);
    if (step !== undefined && ms !== undefined && at >= Math.floor(since)) steps.push(`${step} ${ms.toFixed(1)} ms`);
  }
  return steps;
}
