/**
 * `npm run bench -- transfers`: a signed zone from one primary into Countersign, NSD, Knot and BIND, which all may use every
 * core: the whole zone from the question for it until it is served, with the memory that takes; then changes of one
 * record, from the NOTIFY to the new serial served, and a change large enough that its overlay is made an image again.
 * Meanwhile a prober asks steadily. Read ratios within one run.
 *
 *   node bench/peers/transfers.ts [--names 100000] [--changes 5] [--servers REGEXP] [--rate 2000] [--json]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../../test/peers/index.ts";
import { watchMemory } from "../load/memory.ts";
import { printCeiling, printHead, printRival } from "./print-transfers.ts";
import { RIVALS, type Rival, type RivalStart } from "./rivals.ts";
import { StreamPrimary } from "./stream/primary.ts";
import { type Observation, Prober } from "./stream/prober.ts";
import { type Ceiling, verifyCeiling } from "./stream/verify-ceiling.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    names: { type: "string", default: "100000" },
    changes: { type: "string", default: "5" },
    servers: { type: "string", default: "." },
    /** Questions a second meanwhile. */
    rate: { type: "string", default: "2000" },
    json: { type: "boolean", default: false },
  },
});
const names = Number(values.names);
/** Servers write to disk behind their first answer: let them, before a change is timed. */
const SETTLE_MS = 3_000;
const BETWEEN_CHANGES_MS = 500;
/** More than the nodes that an overlay may differ in before it is made an image. */
const MANY_NAMES = 4_200;
/** How long the answers are watched after that, longer where the server can say that it is done. */
const AFTERMATH_MS = 5_000;

export type RivalRow = {
  readonly title: string;
  /** From the question for the zone. */
  readonly servedSeconds: number;
  /** Of it, until the primary had handed its last octet to the kernel. */
  readonly sentSeconds: number;
  readonly peakMebibytes: number;
  readonly restMebibytes: number;
  readonly imageMebibytes: number | undefined;
  readonly changeMs: readonly number[];
  readonly steps: readonly string[];
  /** Nothing happens. */
  readonly quiet: Observation;
  /** From the first NOTIFY to the last change served, and a while. */
  readonly changing: Observation;
  readonly largeChangeMs: number;
  /** From the NOTIFY of a change of many names, until it is an image again. */
  readonly compacting: Observation;
  readonly compactedSeconds: number | undefined;
};

await main();

async function main(): Promise<void> {
  const rivals = RIVALS.filter(({ name }) => new RegExp(values.servers, "i").test(name));
  const primary = await StreamPrimary.start(names);
  const rows: RivalRow[] = [];
  let ceiling: Ceiling | undefined;
  if (!values.json) printHead(names);
  try {
    for (const rival of rivals) {
      const row = rival.canStart()
        ? await measure(rival, primary).catch((error: Error) => error.message)
        : "not installed";
      if (typeof row === "string") {
        process.stderr.write(`${rival.name} left out: ${row}\n`);
        continue;
      }
      rows.push(row);
      if (!values.json) printRival(row);
      if (rival.checks) ceiling = await verifyCeiling();
    }
  } finally {
    await primary.stop();
  }
  if (values.json) console.log(JSON.stringify({ names, rows, ceiling }));
  else printCeiling(rows, names, ceiling);
}

async function measure(start: RivalStart, primary: StreamPrimary): Promise<RivalRow> {
  process.stderr.write(`${start.name} …\n`);
  primary.reset();
  const port = await freePort();
  primary.notified = port;
  const rival = await start.start(primary, port);
  const watch = watchMemory(rival.pid);
  const prober = new Prober(port, primary.zone);
  try {
    const servedAt = (await prober.served(1)) - performance.timeOrigin;
    const servedSeconds = (servedAt - primary.axfrBegunAt) / 1000;
    const sentSeconds = (primary.axfrSentAt - primary.axfrBegunAt) / 1000;
    await sleep(SETTLE_MS);
    const peakMebibytes = watch.peak() / 2 ** 20;
    // A look at a process's memory holds its page tables: none while answers are timed.
    watch.stop();
    prober.pace(Number(values.rate));
    await prober.observe();
    await sleep(SETTLE_MS);
    const quiet = await prober.observe();
    const { changeMs, steps } = await changeOften(primary, prober, rival);
    const changing = await prober.observe();
    const large = await changeMuch(primary, prober, rival);
    const restMebibytes = watch.now() / 2 ** 20;
    const about = { title: rival.title, servedSeconds, sentSeconds, peakMebibytes, restMebibytes };
    return { ...about, imageMebibytes: await rival.imageMebibytes?.(), changeMs, steps, quiet, changing, ...large };
  } finally {
    watch.stop();
    await prober.stop();
    await rival.stop();
  }
}

async function changeOften(primary: StreamPrimary, prober: Prober, rival: Rival) {
  const changeMs: number[] = [];
  let steps: readonly string[] = [];
  for (let i = 0; i < Number(values.changes); i++) {
    primary.heard.length = 0;
    const served = prober.served(primary.serial + 1);
    const from = primary.change(`${rival.pid} ${i}`);
    changeMs.push((await served) - performance.timeOrigin - from);
    const heard = primary.heard.map(({ what, at }) => `${what} after ${(at - from).toFixed(1)} ms`);
    steps = [...heard, ...(rival.steps?.(performance.timeOrigin + from) ?? [])];
    await sleep(BETWEEN_CHANGES_MS);
  }
  return { changeMs, steps };
}

async function changeMuch(primary: StreamPrimary, prober: Prober, rival: Rival) {
  const served = prober.served(primary.serial + 1);
  const from = primary.addNames(MANY_NAMES);
  const largeChangeMs = (await served) - performance.timeOrigin - from;
  const began = performance.now();
  const known = await rival.compacted?.();
  await sleep(AFTERMATH_MS);
  const compactedSeconds = known ? (performance.now() - began - AFTERMATH_MS) / 1000 : undefined;
  return { largeChangeMs, compacting: await prober.observe(), compactedSeconds };
}
