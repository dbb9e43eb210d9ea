/**
 * `npm run bench -- outgoing`: the same zone given out by Countersign, Knot, NSD and BIND, which all have it from one hidden
 * primary. A client that only counts records takes it whole, again and again, one at a time; then a change of one record by IXFR.
 * The figure is records for a second of the server's CPU: on a busy machine the clock says little. Read ratios within one run.
 *
 *   node bench/peers/outgoing.ts [--names 100000] [--times 5] [--servers REGEXP] [--json]
 */
import { once } from "node:events";
import { connect } from "node:net";
import { parseArgs } from "node:util";
import { readName } from "#name";
import { RRType, readRdata } from "#rdata";
import { buildAxfrQuery, buildIxfrQuery } from "#transfer";
import { giveTo } from "../../test/outgoing/world.ts";
import {
  freePort,
  LOOPBACK,
  missingPrograms,
  type Peer,
  type SecondaryKind,
  servedSerial,
  startCountersign,
  startKnot,
  startSecondary,
  until,
} from "../../test/peers/index.ts";
import { cpuSeconds } from "../load/cpu.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    names: { type: "string", default: "100000" },
    times: { type: "string", default: "5" },
    servers: { type: "string", default: "." },
    json: { type: "boolean", default: false },
  },
});
const names = Number(values.names);
const times = Number(values.times);
/** So many that none takes less than a tick of the CPU's clock. */
const IXFRS = 1000;
const ZONE = "outgoing.test.";
/** Large zones take their time to be loaded by everybody. */
const LOADED_MS = 300_000;

const RIVALS = [
  ["knot", "knotd"],
  ["nsd", "nsd"],
  ["bind", "named"],
] as const satisfies readonly (readonly [SecondaryKind, string])[];

type Server = { readonly title: string; readonly pid: number; readonly port: number; stop(): Promise<void> };
type Row = {
  readonly title: string;
  readonly recordsEachCpuSecond: number;
  readonly recordsEachSecond: number;
  /** Undefined: it gives the whole zone instead. */
  readonly ixfrCpuMs: number | undefined;
};

await main();

async function main(): Promise<void> {
  const missing = missingPrograms("knotd");
  if (missing.length > 0) throw new Error(`no ${missing.join(", ")} on this machine`);
  const wanted = new RegExp(values.servers, "i");
  const rivals = RIVALS.filter(([kind, program]) => wanted.test(kind) && missingPrograms(program).length === 0);
  const ports = await Promise.all([freePort(), ...rivals.map(() => freePort())]);
  const notify = ports.map((port) => ({ address: LOOPBACK, port }));
  const primary = await startKnot({ zones: [{ name: ZONE, text: zoneText(1) }], notify, ixfr: true });
  const servers: Server[] = [];
  try {
    if (wanted.test("countersign")) servers.push(await ours(primary, ports[0]!));
    for (const [i, [kind]] of rivals.entries()) servers.push(await theirs(kind, primary, ports[i + 1]!));
    for (const { port } of servers) await untilServed(port, 1);
    const whole = new Map<Server, Omit<Row, "title" | "ixfrCpuMs">>();
    for (const server of servers) whole.set(server, await takeWhole(server));
    await primary.replaceZone({ name: ZONE, text: zoneText(2) });
    for (const { port } of servers) await untilServed(port, 2);
    const rows: Row[] = [];
    for (const server of servers)
      rows.push({ title: server.title, ...whole.get(server)!, ixfrCpuMs: await takeChanges(server) });
    print(rows);
  } finally {
    for (const server of servers) await server.stop();
    await primary.stop();
  }
}

function zoneText(serial: number): string {
  const hosts = Array.from(
    { length: names },
    (_, i) => `n${i} IN A 10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}\nn${i} IN TXT "host ${i}"`,
  );
  return `$TTL 300\n$ORIGIN ${ZONE}\n@ IN SOA ns1 hostmaster ${serial} 60 60 86400 300\n@ IN NS ns1\nns1 IN A 192.0.2.1\nversion IN TXT "${serial}"\n${hosts.join("\n")}\n`;
}

/** SOA, NS, two more, and the SOA again. */
function recordsOfAxfr(): number {
  return 2 * names + 5;
}

async function ours(primary: Peer, port: number): Promise<Server> {
  const product = await startCountersign({ port });
  const id = await product.addZone({ name: ZONE, primary, mode: "unsigned", ixfr: true });
  await untilServed(port, 1);
  await giveTo(product, id, ZONE, [{ name: "client", port: 9 }]);
  return { title: "Countersign", pid: product.process.pid, port, stop: product.stop };
}

async function theirs(kind: SecondaryKind, primary: Peer, port: number): Promise<Server> {
  const server = await startSecondary(kind, { zones: [ZONE], primary, port });
  return { title: `${kind} ${server.version}`, pid: server.process.pid, port: server.port, stop: server.stop };
}

async function untilServed(port: number, serial: number): Promise<void> {
  await until(`serial ${serial} by port ${port}`, async () => (await servedSerial(port, ZONE)) === serial, LOADED_MS);
}

async function takeWhole({ pid, port }: Server): Promise<Omit<Row, "title" | "ixfrCpuMs">> {
  const query = buildAxfrQuery(apex(), 7);
  // Once unmeasured: what is made when it is first asked for is there then.
  await transfer(port, query, recordsOfAxfr());
  const [cpu, began] = [cpuSeconds([pid]), performance.now()];
  for (let i = 0; i < times; i++) await transfer(port, query, recordsOfAxfr());
  const records = times * recordsOfAxfr();
  const seconds = (performance.now() - began) / 1000;
  return {
    recordsEachCpuSecond: records / Math.max(0.01, cpuSeconds([pid]) - cpu),
    recordsEachSecond: records / seconds,
  };
}

/** CPU milliseconds for each: the new SOA twice around two deletions and two additions. */
async function takeChanges({ pid, port }: Server): Promise<number | undefined> {
  const tokens = [`ns1.${ZONE}`, `hostmaster.${ZONE}`, "1", "60", "60", "86400", "300"];
  const soa = readRdata(RRType.SOA, tokens, apex());
  if (!soa.ok) throw new Error(soa.error);
  const query = buildIxfrQuery(apex(), 7, soa.value);
  if ((await transfer(port, query, 6)) > 6) return undefined;
  const cpu = cpuSeconds([pid]);
  for (let i = 0; i < IXFRS; i++) await transfer(port, query, 6);
  return ((cpuSeconds([pid]) - cpu) * 1000) / IXFRS;
}

function apex() {
  const name = readName(ZONE);
  if (!name.ok) throw new Error(ZONE);
  return name.value;
}

/** Until so many answer records came, or more within a message: their count, by the headers of the messages. */
async function transfer(port: number, query: Uint8Array, wanted: number): Promise<number> {
  const socket = connect(port, LOOPBACK);
  await once(socket, "connect");
  socket.write(Buffer.concat([Uint8Array.of(query.length >> 8, query.length & 255), query]));
  let pending: Buffer = Buffer.alloc(0);
  let records = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    let at = 0;
    while (pending.length - at >= 2 && pending.length - at >= 2 + pending.readUInt16BE(at)) {
      if ((pending[at + 5]! & 15) !== 0) throw new Error(`RCODE ${pending[at + 5]! & 15} from port ${port}`);
      records += pending.readUInt16BE(at + 8);
      at += 2 + pending.readUInt16BE(at);
    }
    pending = pending.subarray(at);
    if (records >= wanted) break;
  }
  socket.destroy();
  if (records < wanted) throw new Error(`${records} records from port ${port}, ${wanted} were expected`);
  return records;
}

function print(rows: readonly Row[]): void {
  if (values.json) {
    console.log(JSON.stringify({ names, times, rows }));
    return;
  }
  const thousands = (value: number) => `${Math.round(value / 1000)} k`;
  console.log(`${names} names, ${recordsOfAxfr()} records, ${times} times`);
  for (const { title, recordsEachCpuSecond, recordsEachSecond, ixfrCpuMs } of rows) {
    const axfr = `AXFR ${thousands(recordsEachCpuSecond)} records a CPU second, ${thousands(recordsEachSecond)} a second`;
    console.log(
      `  ${title.padEnd(16)} ${axfr}; IXFR of one record ${ixfrCpuMs === undefined ? "as a whole" : `${ixfrCpuMs.toFixed(2)} CPU ms`}`,
    );
  }
}
