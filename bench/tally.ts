/**
 * What counting costs an answer: the same answers with and without it, as a worker does it (`Desk`): key, table of counts, names and
 * times as they are sampled. `node bench/tally.ts [names] [nanoseconds a query]`. The share is of the CPU that a query costs in
 * all, which is nearly all the kernel's: 4000 ns unless said.
 */
import { TallyReader, TallyWriter, tallyKey } from "#telemetry";
import { newAnswerer } from "../test/answer/fixture.ts";
import { ABOUT, APEX, existingQueries, signedImage } from "./asked.ts";

const names = Number(process.argv[2] ?? 100_000);
const wholeNanoseconds = Number(process.argv[3] ?? 4000);
const ROUNDS = 15;
const answerer = newAnswerer();
answerer.zones.set({ apex: APEX, zoneId: "0".repeat(32), state: "serving", image: signedImage(names) });

const queries = existingQueries(names);
const reply = new Uint8Array(65_535);
const reader = new TallyReader();
const writer = new TallyWriter(reader.buffer);

function plain(): void {
  for (const query of queries) answerer.answer(query, query.length, reply, ABOUT);
}

function counted(): void {
  for (const query of queries) {
    const start = writer.wantsTime ? performance.now() : -1;
    const octets = answerer.answer(query, query.length, reply, ABOUT);
    const { zone, query: parsed } = answerer;
    if (zone === undefined) continue;
    const key = tallyKey(parsed.type, reply[3]!, 0, false, false, query.length, octets);
    const { name } = parsed;
    const nanoseconds = start < 0 ? -1 : (performance.now() - start) * 1e6;
    writer.count(zone, key, name.octets, name.at, name.length, name.hashes[0]!, nanoseconds);
  }
}

const nanoseconds = { plain: [] as number[], counted: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of [
    ["plain", plain],
    ["counted", counted],
  ] as const) {
    const start = process.cpuUsage().user;
    for (let again = 0; again < 10; again++) run();
    nanoseconds[name].push(((process.cpuUsage().user - start) * 1000) / (10 * queries.length));
    reader.take();
    writer.turn();
  }
}
const least = (values: readonly number[]): number => Math.min(...values);
const [without, withCounts] = [least(nanoseconds.plain), least(nanoseconds.counted)];
const price = withCounts - without;
console.log(`an answer without counting   ${without.toFixed(0)} ns`);
console.log(`an answer with counting      ${withCounts.toFixed(0)} ns: ${price.toFixed(0)} ns more`);
console.log(
  `share of a query's CPU       ${((100 * price) / wholeNanoseconds).toFixed(1)} % of ${wholeNanoseconds} ns`,
);
