/**
 * `npm run bench -- transfers`: a signed zone from one Knot primary into Countersign, NSD, Knot and BIND, each on core 0:
 * the whole zone until it is served, with the memory it takes; then changes of one record, from the change to the new
 * serial served. Read ratios within one run.
 *
 *   node bench/peers/transfers.ts [--names 100000] [--changes 5] [--servers REGEXP] [--json]
 */
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  bareName,
  freePort,
  LOOPBACK,
  missingPrograms,
  queryUdp,
  type SigningMode,
  soaSerial,
  startCountersign,
  startSecondary,
} from "../../test/peers/index.ts";
import { memoryOf, watchMemory } from "../load/memory.ts";
import { startSigningPrimary, type TransferPrimary } from "./primary.ts";
import { benchZone } from "./zone.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    names: { type: "string", default: "100000" },
    changes: { type: "string", default: "5" },
    servers: { type: "string", default: "." },
    json: { type: "boolean", default: false },
  },
});
const names = Number(values.names);
const changes = Number(values.changes);
const LAUNCHER = availableParallelism() > 1 ? ["taskset", "-c", "0"] : [];
/** Nobody needs so long; a server that never serves must not hold the bench for ever. */
const MOST_MILLISECONDS = 900_000;
/** Knot and NSD write to disk behind their first answer: let them, before a change is timed. */
const SETTLE_MILLISECONDS = 2_000;
const TYPE_TXT = 16;
const TYPE_SOA = 6;

type Rival = { readonly title: string; readonly port: number; readonly pid: number; stop(): Promise<void> };

type Starter = {
  readonly name: string;
  readonly program: string;
  /** Begins the transfer, on a port that the primary notifies. */
  start(primary: TransferPrimary, port: number): Promise<Rival>;
};

type Row = {
  readonly title: string;
  readonly servedSeconds: number;
  readonly peakMebibytes: number;
  readonly restMebibytes: number;
  readonly changeSeconds: readonly number[];
  readonly worstAnswerMs: number;
};

const STARTERS: readonly Starter[] = [
  ours("Countersign, unchecked", "unsigned"),
  ours("Countersign, every signature checked", "presigned"),
  theirs("NSD", "nsd", "nsd"),
  theirs("Knot", "knot", "knotd"),
  theirs("BIND", "bind", "named"),
];

await main();

async function main(): Promise<void> {
  const wanted = STARTERS.filter(({ name }) => new RegExp(values.servers, "i").test(name));
  const port = await freePort();
  const zone = benchZone(names, false);
  process.stderr.write(`primary: signing ${names} names …\n`);
  const primary = await startSigningPrimary(zone, [{ address: LOOPBACK, port }]);
  const rows: Row[] = [];
  try {
    for (const starter of wanted) {
      if (missingPrograms(starter.program).length > 0) console.log(`${starter.name} left out: no ${starter.program}`);
      else rows.push(await measure(starter, primary, port));
    }
  } finally {
    await primary.stop();
  }
  if (values.json) console.log(JSON.stringify({ names, rows }));
  else printRows(rows);
}

async function measure(starter: Starter, primary: TransferPrimary, port: number): Promise<Row> {
  process.stderr.write(`${starter.name} …\n`);
  const begin = performance.now();
  const rival = await starter.start(primary, port);
  const watch = watchMemory(rival.pid);
  try {
    await reached(port, primary.zone, 0);
    const servedSeconds = (performance.now() - begin) / 1000;
    const peakMebibytes = watch.peak() / 2 ** 20;
    await sleep(SETTLE_MILLISECONDS);
    const changeSeconds: number[] = [];
    const answers = watchAnswers(port, primary.zone);
    for (let i = 0; i < changes; i++) {
      const serial = await primary.change(`${rival.pid} ${i}`);
      const from = performance.now();
      await reached(port, primary.zone, serial);
      changeSeconds.push((performance.now() - from) / 1000);
      await sleep(SETTLE_MILLISECONDS / 4);
    }
    const worstAnswerMs = await answers.stop();
    const restMebibytes = memoryOf(rival.pid) / 2 ** 20;
    return { title: rival.title, servedSeconds, peakMebibytes, restMebibytes, changeSeconds, worstAnswerMs };
  } finally {
    watch.stop();
    await rival.stop();
  }
}

/** Until the server's serial is not below `serial`; asked by UDP, as a client would, often and yet cheaply. */
async function reached(port: number, zone: string, serial: number): Promise<void> {
  const deadline = performance.now() + MOST_MILLISECONDS;
  while (performance.now() < deadline) {
    const reply = await queryUdp({ address: LOOPBACK, port }, { name: zone, type: TYPE_SOA }).catch(() => undefined);
    const served = reply && soaSerial(reply);
    if (served !== undefined && served >= serial) return;
    await sleep(serial === 0 ? 20 : 1);
  }
  throw new Error(`serial ${serial} was never served`);
}

/** Asks one question after the other meanwhile; the longest wait for an answer in milliseconds. */
function watchAnswers(port: number, zone: string): { stop(): Promise<number> } {
  let over = false;
  let worst = 0;
  const asking = (async () => {
    while (!over) {
      const from = performance.now();
      await queryUdp({ address: LOOPBACK, port }, { name: `change.${zone}`, type: TYPE_TXT }).catch(() => undefined);
      worst = Math.max(worst, performance.now() - from);
      await sleep(2);
    }
  })();
  return {
    stop: async () => {
      over = true;
      await asking;
      return worst;
    },
  };
}

function ours(name: string, mode: SigningMode): Starter {
  return {
    name,
    program: "knotd",
    start: async (primary, port) => {
      const product = await startCountersign({ port, launcher: LAUNCHER, env: { COUNTERSIGN_LOG_LEVEL: "warn" } });
      await product.addZone({ name: primary.zone, primary, mode, ixfr: true });
      return { title: name, port, pid: product.process.pid, stop: product.stop };
    },
  };
}

function theirs(name: string, kind: "nsd" | "knot" | "bind", program: string): Starter {
  return {
    name,
    program,
    start: async (primary, port) => {
      const rival = await startSecondary(kind, { zones: [primary.zone], primary, port, launcher: LAUNCHER });
      return { title: `${name} ${rival.version}`, port, pid: rival.process.pid, stop: rival.stop };
    },
  };
}

function printRows(rows: readonly Row[]): void {
  console.log(`\n${bareName("bench.example.")}, ${names} names signed, one primary (Knot), each server on one core\n`);
  for (const row of rows) {
    const sorted = [...row.changeSeconds].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    const cells = [
      row.title.padEnd(40),
      `served after ${row.servedSeconds.toFixed(2)} s`.padStart(22),
      `peak ${row.peakMebibytes.toFixed(0)} MiB`.padStart(14),
      `at rest ${row.restMebibytes.toFixed(0)} MiB`.padStart(16),
      median === undefined ? "" : `a change ${(1000 * median).toFixed(1)} ms (median)`.padStart(28),
      `worst answer ${row.worstAnswerMs.toFixed(1)} ms`.padStart(24),
    ];
    console.log(`  ${cells.join("  ")}`);
  }
}
