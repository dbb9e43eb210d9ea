/**
 * What an answer costs without the network: the same zone pre-signed and live-signed (every signature made beforehand), the
 * same questions. `node bench/answer.ts [names]`. Read the ratio of the two.
 */
import { liveZone, newAnswerer } from "../test/answer/fixture.ts";
import { ABOUT, APEX, existingQueries, signedImage } from "./asked.ts";
import { syntheticZone } from "./synthetic-zone.ts";

const names = Number(process.argv[2] ?? 100_000);
const ROUNDS = 9;
const live = liveZone(APEX, syntheticZone(names, "example.com.", false), "compact");

const presignedAnswerer = newAnswerer();
presignedAnswerer.zones.set({ apex: APEX, state: "serving", image: signedImage(names) });
const liveAnswerer = newAnswerer();
liveAnswerer.zones.set({ apex: APEX, state: "serving", image: live.image, signing: live.signing });

const queries = existingQueries(names);
const reply = new Uint8Array(65_535);

const nanoseconds = { presigned: [] as number[], live: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, answerer] of [
    ["presigned", presignedAnswerer],
    ["live", liveAnswerer],
  ] as const) {
    const start = process.hrtime.bigint();
    for (let again = 0; again < 10; again++) {
      for (const query of queries) answerer.answer(query, query.length, reply, ABOUT);
    }
    nanoseconds[name].push(Number(process.hrtime.bigint() - start) / (10 * queries.length));
  }
}
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const [stored, made] = [median(nanoseconds.presigned), median(nanoseconds.live)];
console.log(`pre-signed, existing A, DO   ${stored.toFixed(0)} ns an answer`);
console.log(`live, signed once, DO        ${made.toFixed(0)} ns an answer, ${(made / stored).toFixed(2)} of it`);
