/**
 * `npm run bench -- catalog`: a catalog of many members on the whole product: all of them added at once, half of them put into another
 * group, half of them taken away. How long each takes, what it costs, and what answers for another zone and the API feel of it.
 *
 *   node bench/catalog/index.ts [--members 10000] [--json]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { addCatalog, catalogOf, membersOf, memberText } from "../../test/catalog/world.ts";
import { startHostilePrimary } from "../../test/hostile/primary.ts";
import { ALONE, metric } from "../../test/hostile/world.ts";
import { LOOPBACK, queryUdp, servedSerial, startCountersign, until } from "../../test/peers/index.ts";
import { cpuSeconds } from "../load/cpu.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { members: { type: "string", default: "10000" }, json: { type: "boolean", default: false } },
});
const count = Number(values.members);
const CATALOG = "bench.catz.";
const OTHER = "other.bench.";
const MOST_MS = 3_600_000;
const ASK_EVERY_MS = 10;

const names = Array.from({ length: count }, (_, i) => `n${i}.bench.`);

type Figures = {
  readonly phase: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly residentMebibytes: number;
  /** Of another zone, over UDP. */
  readonly slowestAnswerMs: number;
  readonly slowestCallMs: number;
  /** To the primary, at the same time. */
  readonly mostConnections: number;
};

await main();

async function main(): Promise<void> {
  const primary = await startHostilePrimary();
  const product = await startCountersign({ env: { ...ALONE, COUNTERSIGN_LOG_LEVEL: "error" } });
  try {
    primary.serve({ name: OTHER, text: memberText(OTHER) });
    for (const name of names) primary.serve({ name, text: memberText(name) });
    const id = await product.addZone({ name: OTHER, primary: { ...primary, kind: "knot" }, mode: "unsigned" });
    await product.served(id, OTHER, 1);
    primary.serve(version(1, names, () => undefined));
    let catalogId = "";
    const applied = async (serial: number, members: number) => {
      const { state, applied_serial, members: here } = await catalogOf(product, catalogId);
      return state === "applied" && applied_serial === serial && here === members;
    };
    const change = async (serial: number, of: readonly string[], group: (i: number) => string | undefined) => {
      primary.serve(version(serial, of, group));
      primary.notify(product.port, CATALOG);
      await until(`serial ${serial}`, () => applied(serial, of.length), MOST_MS);
    };
    const measured = (phase: string, work: () => Promise<void>) => measure(phase, work, product, primary);
    const results = [
      await measured("members known", async () => {
        const groups = [{ group: "other", mode: "unsigned", auto_refresh_seconds: 3600 }];
        catalogId = (await addCatalog(product, CATALOG, primary, { groups, max_members: count + 1 })).id;
        await until("applied", () => applied(1, count), MOST_MS);
      }),
      await measured("all of them served", async () => {
        for (const name of names) {
          await until(name, async () => (await servedSerial(product.port, name)) === 1, MOST_MS);
        }
      }),
      await measured("half of them in another group", () => change(2, names, (i) => (i % 2 ? "other" : undefined))),
      await measured("half of them gone", () =>
        change(3, names.slice(0, count / 2), (i) => (i % 2 ? "other" : undefined)),
      ),
    ];
    const kept = (await membersOf(product, catalogId)).filter(({ state }) => state === "kept").length;
    if (values.json) console.log(JSON.stringify({ members: count, results, kept }));
    else console.table(results);
  } finally {
    await product.stop();
    await primary.stop();
  }
}

function version(serial: number, of: readonly string[], group: (i: number) => string | undefined) {
  const lines = of.map((name, i) => {
    const chosen = group(i);
    return `m${i}.zones PTR ${name}\n${chosen ? `group.m${i}.zones TXT "${chosen}"\n` : ""}`;
  });
  const head = `$ORIGIN ${CATALOG}\n$TTL 0\n@ SOA invalid. invalid. ${serial} 3600 600 86400 0\n@ NS invalid.\n`;
  return { name: CATALOG, text: `${head}version TXT "2"\n${lines.join("")}` };
}

/** Another zone is asked, and the API, one question after the other, while `work` goes on. */
async function measure(
  phase: string,
  work: () => Promise<void>,
  product: Awaited<ReturnType<typeof startCountersign>>,
  primary: { readonly connections: number },
): Promise<Figures> {
  const { pid } = product.process;
  const [startedAt, cpu] = [performance.now(), cpuSeconds([pid])];
  let [slowestAnswerMs, slowestCallMs, mostConnections] = [0, 0, 0];
  let over = false;
  const asking = async (ask: () => Promise<unknown>, note: (ms: number) => void) => {
    while (!over) {
      const at = performance.now();
      await ask();
      note(performance.now() - at);
      await sleep(ASK_EVERY_MS);
    }
  };
  const probes = [
    asking(
      () => queryUdp({ address: LOOPBACK, port: product.port }, { name: OTHER, type: 6 }),
      (ms) => {
        slowestAnswerMs = Math.max(slowestAnswerMs, ms);
        mostConnections = Math.max(mostConnections, primary.connections);
      },
    ),
    asking(
      () => fetch(`${product.url}/healthz`).then((response) => response.text()),
      (ms) => {
        slowestCallMs = Math.max(slowestCallMs, ms);
      },
    ),
  ];
  await work().finally(() => {
    over = true;
  });
  await Promise.all(probes);
  return {
    phase,
    seconds: rounded((performance.now() - startedAt) / 1000),
    cpuSeconds: rounded(cpuSeconds([pid]) - cpu),
    residentMebibytes: Math.round((await metric(product, "process_resident_memory_bytes")) / 2 ** 20),
    slowestAnswerMs: rounded(slowestAnswerMs),
    slowestCallMs: rounded(slowestCallMs),
    mostConnections,
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
