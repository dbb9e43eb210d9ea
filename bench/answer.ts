/**
 * What an answer costs without the network: the same zone pre-signed and live-signed (every signature made beforehand), the
 * same questions. `node bench/answer.ts [names]`. Read the ratio of the two.
 */
import { compileImage, verifyImage } from "#image";
import type { Name } from "#name";
import { RRType } from "#rdata";
import { liveZone, NOW, newAnswerer } from "../test/answer/fixture.ts";
import { encodeQuestion } from "../test/peers/index.ts";
import { syntheticZone } from "./synthetic-zone.ts";

const names = Number(process.argv[2] ?? 100_000);
const ROUNDS = 9;
const ABOUT = {
  transport: "udp",
  clientAddress: Uint8Array.of(127, 0, 0, 1),
  clientPort: 5300,
  nowSeconds: NOW,
} as const;

const apex = Uint8Array.from(Buffer.from("\x07example\x03com\0", "latin1")) as Name;
const signed = compileImage(syntheticZone(names), { treatment: "as-is" });
if (!signed.ok) throw new Error(signed.error.text);
const verified = verifyImage(signed.value);
if (!verified.ok) throw new Error(verified.error.text);
const live = liveZone(apex, syntheticZone(names, "example.com.", false), "compact");

const presignedAnswerer = newAnswerer();
presignedAnswerer.zones.set({ apex, state: "serving", image: verified.value });
const liveAnswerer = newAnswerer();
liveAnswerer.zones.set({ apex, state: "serving", image: live.image, signing: live.signing });

const asked = Math.min(names, 20_000);
const queries = Array.from({ length: asked }, (_, i) => {
  const n = (i * 7919) % names;
  return encodeQuestion({ name: `n${String(n).padStart(7, "0")}.example.com.`, type: RRType.A, edns: { do: true } }, i);
});
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
    nanoseconds[name].push(Number(process.hrtime.bigint() - start) / (10 * asked));
  }
}
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const [stored, made] = [median(nanoseconds.presigned), median(nanoseconds.live)];
console.log(`pre-signed, existing A, DO   ${stored.toFixed(0)} ns an answer`);
console.log(`live, signed once, DO        ${made.toFixed(0)} ns an answer, ${(made / stored).toFixed(2)} of it`);
