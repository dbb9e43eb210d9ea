/** Bench cases of the zone image: build, compile, check, size a record, lookups. `node bench/image.ts [names]`. */

import { compileImage, verifyImage } from "#image";
import { HASH_SEED, hashLabel, nameHash } from "#name";
import { syntheticZone } from "./synthetic-zone.ts";

const names = Number(process.argv[2] ?? 250_000);
const time = <T>(label: string, f: () => T): T => {
  const start = process.hrtime.bigint();
  const value = f();
  console.log(`${label.padEnd(28)} ${(Number(process.hrtime.bigint() - start) / 1e6).toFixed(0)} ms`);
  return value;
};

const version = time("build (ZoneBuilder)", () => syntheticZone(names));
console.log(`records ${version.recordCount}, names ${version.nameCount}`);
const compiled = time("compileImage", () => compileImage(version, { treatment: "as-is" }));
if (!compiled.ok) throw new Error(compiled.error.text);
const verified = time("verifyImage", () => verifyImage(compiled.value));
if (!verified.ok) throw new Error(verified.error.text);
const image = verified.value;
console.log(
  `image ${compiled.value.byteLength} octets, ${(compiled.value.byteLength / image.recordCount).toFixed(1)} a record`,
);

const questions: Uint8Array[] = [];
let state = 1;
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return state / 0x1_0000_0000;
};
for (let i = 0; i < 500_000; i++)
  questions.push(Uint8Array.from(image.nodeName(image.nodeAt(Math.floor(random() * image.nodeCount)))));
let sum = 0;
const per = (label: string, f: () => void) => {
  for (let round = 0; round < 3; round++) {
    const start = process.hrtime.bigint();
    f();
    console.log(
      `${label.padEnd(28)} ${(Number(process.hrtime.bigint() - start) / questions.length).toFixed(0)} ns each`,
    );
  }
};
per("hash", () => {
  for (const q of questions) sum += nameHash(q);
});
per("findNode", () => {
  const apexHash = hashLabel(
    hashLabel(HASH_SEED, questions[0]!, questions[0]!.length - 5),
    questions[0]!,
    questions[0]!.length - 13,
  );
  for (const q of questions) sum += image.findNode(q.length === 13 ? apexHash : hashLabel(apexHash, q, 0), q, 0);
});
per("findPrevious", () => {
  for (const q of questions) sum += image.findPrevious(q, 0);
});
console.log(sum > 0 ? "" : "-");
