/**
 * `npm run bench -- zones`: many small zones on one machine. How long from the start of the process until every zone was
 * answered, memory a zone, and what it costs to poll them.
 *
 *   node bench/zones/index.ts [--zones 20000] [--mode unsigned|live] [--signatures] [--interval 300] [--settle 60] [--seconds 60] [--json]
 *
 * `--signatures`: asked with DO, and answered well with a signature alone; of live-signed zones, whose first server was asked without, so that few are on disk.
 * All files of the data directory, which is as a server leaves it that ran for a while, are taken out of the page cache before the start that is measured, where the system lets us. `--seconds 0` leaves polling out. Polling is measured `--settle` seconds after the start, when the first checks are over.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { populate } from "../../test/many/populate.ts";
import { freePort, LOOPBACK, makeDirectory, removeDirectory } from "../../test/peers/index.ts";
import { ROOT } from "../../test/root.ts";
import { cpuSeconds } from "../load/cpu.ts";
import { askAll, makeQuestions } from "./asking.ts";
import { dropFromCache } from "./cold.ts";
import { CountingPrimary } from "./primary.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    zones: { type: "string", default: "20000" },
    mode: { type: "string", default: "unsigned" },
    signatures: { type: "boolean", default: false },
    interval: { type: "string", default: "300" },
    settle: { type: "string", default: "60" },
    seconds: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});
const zones = Number(values.zones);
const mode = values.mode === "live" ? "live" : "unsigned";
const autoRefreshSeconds = Number(values.interval);

const { signatures } = values;
const questions = makeQuestions(zones);

/** From the last answer to the look at the memory. Most zones still wait for their first check, and their questions are in it. */
const SETTLE_MS = 5000;

/** In which a first start writes down what it has signed. */
const WRITTEN_MS = 30_000;

type Server = { readonly pid: number; readonly port: number; readonly startedAt: number; stop(): Promise<void> };

await main();

async function main(): Promise<void> {
  const primary = await CountingPrimary.start();
  const where = { address: LOOPBACK, port: primary.port };
  const directory = makeDirectory("bench-zones");
  try {
    await populate(join(directory, "empty"), { zones: 0, mode, primary: where, autoRefreshSeconds });
    // Checked an hour ago: all of them are due.
    const checkedAt = Date.now() - 3_600_000;
    await populate(join(directory, "full"), {
      zones,
      mode,
      primary: where,
      autoRefreshSeconds,
      checkedAt,
      copies: true,
    });
    // The first start of all compiles every file and keeps that for the next ones: none of what is measured here.
    const first = await startServer(join(directory, "empty"));
    await settled(first).finally(() => first.stop());
    const empty = await startServer(join(directory, "empty"));
    const baseOctets = await settled(empty).finally(() => empty.stop());
    if (mode === "live") {
      // What a server leaves behind has its apexes signed; what was populated has not.
      const before = await startServer(join(directory, "full"));
      await answerAll(before);
      await pause(WRITTEN_MS);
      await before.stop();
    }
    const filesOutOfCache = dropFromCache(join(directory, "full"));
    const server = await startServer(join(directory, "full"));
    try {
      const answeredSeconds = await answerAll(server, signatures ? makeQuestions(zones, true) : questions);
      const begun = primary.second;
      // The machine may be busy with other things: the process's own time says what it cost.
      const answeredCpuSeconds = cpuSeconds([server.pid]);
      await pause(SETTLE_MS);
      const octets = residentOctets(server.pid);
      const result = {
        ...{ zones, mode, filesOutOfCache, answeredSeconds, answeredCpuSeconds },
        octetsAZone: Math.round((octets - baseOctets) / zones),
        residentMebibytes: Math.round(octets / 2 ** 20),
        baseMebibytes: Math.round(baseOctets / 2 ** 20),
        descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
        ...(Number(values.seconds) > 0 ? await measurePolling(server, primary, begun) : {}),
      };
      // With what the checks of all zones have left behind, as far as it was not collected yet.
      const afterwards = Math.round((residentOctets(server.pid) - baseOctets) / zones);
      print({ ...result, octetsAZoneAfterwards: afterwards });
    } finally {
      await server.stop();
    }
  } finally {
    primary.close();
    removeDirectory(directory);
  }
}

async function startServer(data: string): Promise<Server> {
  const port = await freePort();
  const http = await freePort();
  const startedAt = performance.now();
  const where = ["--data", data, "--dns", `${LOOPBACK}:${port}`, "--http", `${LOOPBACK}:${http}`];
  // The launcher, as it is started in earnest: it keeps compiled code from one start to the next, and becomes the server.
  const child = spawn(join(ROOT, "bin", "countersign"), ["serve", ...where], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      COUNTERSIGN_TOKEN: "bench-token-0123456789",
      COUNTERSIGN_RESOLVER: "127.0.0.1:9",
      COUNTERSIGN_LOG_LEVEL: "error",
    },
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let stopping = false;
  void gone.then(() => {
    if (!stopping) throw new Error("the server ended by itself");
  });
  return {
    pid: child.pid!,
    port,
    startedAt,
    stop: () => {
      stopping = true;
      child.kill("SIGTERM");
      return gone;
    },
  };
}

/** Until it answers at all (REFUSED, with no zones), and a little longer. */
async function settled(server: Server): Promise<number> {
  await askAll(at(server), makeQuestions(1), () => true);
  await pause(SETTLE_MS);
  return residentOctets(server.pid);
}

function at({ port }: Server) {
  return { address: LOOPBACK, port };
}

async function answerAll(server: Server, asked = questions): Promise<number> {
  // Until it answers at all only one question is on its way at a time: asking must not take the cores of the start.
  await askAll(at(server), questions.slice(0, 1), () => true);
  await askAll(at(server), asked, (answer) => isGood(answer) && (asked === questions || answer[7] === 2));
  return (performance.now() - server.startedAt) / 1000;
}

/** NOERROR, with AA. */
function isGood(answer: Uint8Array): boolean {
  return (answer[3]! & 15) === 0 && (answer[2]! & 0x04) !== 0;
}

async function measurePolling(server: Server, primary: CountingPrimary, begun: number) {
  const seconds = Number(values.seconds);
  await pause(Math.max(0, begun + Number(values.settle) - primary.second) * 1000);
  const first = primary.second;
  const cpu = cpuSeconds([server.pid]);
  const from = performance.now();
  await pause(seconds * 1000);
  const spent = (cpuSeconds([server.pid]) - cpu) / ((performance.now() - from) / 1000);
  const counts = Array.from({ length: seconds }, (_, i) => primary.perSecond[first + i] ?? 0);
  if (process.env["BENCH_TRACE"]) console.error(primary.perSecond.join(" "));
  const atStart = Array.from({ length: first - begun }, (_, i) => primary.perSecond[begun + i] ?? 0);
  return {
    pollingCorePercent: Math.round(1000 * spent) / 10,
    pollsASecond: Math.round(counts.reduce((sum, n) => sum + n, 0) / seconds),
    mostPollsASecond: Math.max(...counts),
    mostPollsASecondAfterTheStart: Math.max(0, ...atStart),
  };
}

function residentOctets(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1]) * 1024;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function print(result: Record<string, number | string>): void {
  if (values.json) console.log(JSON.stringify(result));
  else
    for (const [what, value] of Object.entries(result))
      console.log(`  ${what.padEnd(32)} ${typeof value === "number" ? Math.round(value * 100) / 100 : value}`);
}
