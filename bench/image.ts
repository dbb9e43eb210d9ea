/** Bench cases of the zone image: build, compile, check, size a record, lookups. `node bench/image.ts [names]`. */

import { compileImage, overlayChanges, rrsetRdatas, verifyImage } from "#image";
import { HASH_SEED, hashLabel, nameHash } from "#name";
import { RRType } from "#rdata";
import { RecordBatch, ZoneChange } from "#zone";
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

/** One-record changes, one after the other: the address of some name. What the rest of the zone is does not matter, so NSEC stays. */
const step = (serial: number): ZoneChange => {
  const deletions = new RecordBatch();
  const additions = new RecordBatch();
  const soaRef = current.findRRset(current.apexNode, RRType.SOA);
  const apex = current.nodeName(current.apexNode).slice();
  const before = rrsetRdatas(current, soaRef)[0]!.slice();
  const after = before.slice();
  new DataView(after.buffer).setUint32(after.length - 20, serial);
  deletions.append(apex, apex.length, RRType.SOA, 3600, before, before.length);
  additions.append(apex, apex.length, RRType.SOA, 3600, after, after.length);
  const owner = questions[serial]!;
  const node = current.findNode(nameHash(owner), owner, 0);
  const ref = current.findRRset(node, RRType.A);
  if (ref !== 0) {
    const address = rrsetRdatas(current, ref)[0]!.slice();
    deletions.append(owner, owner.length, RRType.A, 300, address, 4);
    additions.append(owner, owner.length, RRType.A, 300, Uint8Array.of(192, 0, 2, serial), 4);
  }
  return new ZoneChange(deletions, additions);
};
let current = image;
const timings: number[] = [];
for (let serial = 2; serial < 2000; serial++) {
  const change = step(serial);
  const start = process.hrtime.bigint();
  const overlaid = overlayChanges(current, [change], "as-is");
  timings.push(Number(process.hrtime.bigint() - start) / 1e6);
  if (!overlaid.ok) {
    console.log(`after ${serial - 2} changes: ${overlaid.error}`);
    break;
  }
  current = overlaid.value.image;
}
timings.sort((a, b) => a - b);
const at = (share: number) => timings[Math.floor(share * (timings.length - 1))]!.toFixed(2);
console.log(
  `overlay, one record: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, ${4 * (current.end - image.end)} octets for ${timings.length}`,
);
per("findNode with overlay", () => {
  for (const q of questions) sum += current.findNode(nameHash(q), q, 0);
});
console.log(sum > 0 ? "" : "-");
