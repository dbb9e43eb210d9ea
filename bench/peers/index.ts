/**
 * `npm run bench -- peers`: Countersign beside Knot, NSD, BIND and PowerDNS, on the same zone, with the same questions, in
 * one run: the server on core 0 with one worker, the load generator on core 1. Read ratios, not figures; less than a fifth
 * is nothing. A server's own CPU time for each answer (us/q) is steadier than its rate.
 *
 * Behind it the transfer rows of `npm run bench -- transfers`, with three changes.
 *
 *   node bench/peers/index.ts [--names 100000] [--seconds 3] [--rows REGEXP] [--servers REGEXP] [--json]
 *
 * `--rows transfers` gives these alone; any other REGEXP leaves them out unless it fits their name.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openCrypto } from "#crypto";
import { makeKeyPair, openKeyPair } from "#keys";
import { LOOPBACK, makeDirectory, removeDirectory } from "../../test/peers/index.ts";
import { spawnLoad } from "../load/spawn.ts";
import { ROWS, type Row, writeQuestions } from "./questions.ts";
import { canStart, LIVE, PRESIGNED, type Start } from "./servers.ts";
import { printTable, type Result } from "./table.ts";
import { benchZone } from "./zone.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    names: { type: "string", default: "100000" },
    seconds: { type: "string", default: "3" },
    rows: { type: "string", default: "." },
    servers: { type: "string", default: "." },
    json: { type: "boolean", default: false },
  },
});
const names = Number(values.names);
const seconds = Number(values.seconds);
const pinned = availableParallelism() > 1;
/** Names asked for in the live row: all of them signed within the warm-up. */
const HOT_NAMES = 5_000;
const CEILING_MICROSECONDS = 2_000_000;

await main();

async function main(): Promise<void> {
  const rows = ROWS.filter((row) => new RegExp(values.rows).test(row.id));
  const directory = makeDirectory("bench");
  const results: Result[] = [];
  const notes: string[] = pinned ? [] : ["one core only: server and load generator disturb each other"];
  try {
    for (const [mode, starts] of [
      ["presigned", PRESIGNED],
      ["live", LIVE],
    ] as const) {
      const mine = rows.filter((row) => row.mode === mode);
      const wanted = mine.length > 0 ? starts.filter((start) => new RegExp(values.servers, "i").test(start.name)) : [];
      for (const start of wanted) results.push(...(await measureServer(start, mode, mine, directory, notes)));
    }
  } finally {
    removeDirectory(directory);
  }
  if (rows.some((row) => row.mode === "live")) notes.push(signingCeiling());
  if (values.json) console.log(JSON.stringify({ names, seconds, results, notes }));
  else if (results.length > 0) printTable(rows, results, notes, names);
  if (new RegExp(values.rows).test("transfers")) await measureTransfers();
}

/** In a process of its own: its primary and its prober want cores that nobody pins. */
function measureTransfers(): Promise<unknown> {
  const file = fileURLToPath(new URL("./transfers.ts", import.meta.url));
  const args = [
    "--names",
    values.names,
    "--servers",
    values.servers,
    "--changes",
    "3",
    ...(values.json ? ["--json"] : []),
  ];
  const child = spawn(process.execPath, [file, ...args], { stdio: "inherit" });
  return new Promise((resolve) => child.once("exit", resolve));
}

async function measureServer(
  start: Start,
  mode: "presigned" | "live",
  rows: readonly Row[],
  directory: string,
  notes: string[],
): Promise<Result[]> {
  if (!canStart(start)) {
    notes.push(`${start.name} left out: ${start.programs.join(", ")} not installed`);
    return [];
  }
  const zone = benchZone(names, mode === "presigned");
  process.stderr.write(`${start.name}, ${mode}: ${zone.records} records …\n`);
  const server = await start.start(zone, pinned ? ["taskset", "-c", "0"] : []).catch((error: Error) => {
    notes.push(`${start.name} (${mode}) left out, it did not start: ${error.message}`);
    return undefined;
  });
  if (!server) return [];
  const results: Result[] = [];
  try {
    for (const row of rows) {
      const questionFile = writeQuestions(directory, row, names, row.mode === "live" ? HOT_NAMES : names);
      const load = await spawnLoad({
        server: { address: LOOPBACK, port: server.port },
        questionFile,
        seconds,
        pids: [server.pid],
        edns: row.edns,
        dnssec: row.dnssec,
        ...(pinned ? { core: 1 } : {}),
      });
      results.push({ row: row.id, server: start.name, title: server.title, load });
    }
    notes.push(...server.facts);
  } finally {
    await server.stop();
  }
  return results;
}

/** What the OpenSSL inside Node gives on one core: the measure of live signing. */
function signingCeiling(): string {
  const key = openKeyPair(openCrypto(), makeKeyPair("zsk"));
  if (!key.ok) throw new Error(key.error);
  const message = new Uint8Array(150);
  const out = new Uint8Array(64);
  const before = process.cpuUsage();
  let count = 0;
  while (process.cpuUsage(before).user < CEILING_MICROSECONDS) {
    for (let i = 0; i < 200; i++) key.value.signer.sign(message, message.length, out, 0);
    count += 200;
  }
  const rate = Math.round(count / (CEILING_MICROSECONDS / 1e6));
  return `signing ceiling: ${rate} P-256 signatures a second of one core, by the OpenSSL inside Node ${process.version}`;
}
