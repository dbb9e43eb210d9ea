/** What a worker counts, and what the main thread reads of it: nothing twice, nothing forgotten, and a bound for everything. */
import { expect, test } from "vitest";
import { type Tallied, TallyReader, TallyWriter } from "./tally.ts";
import { bucketMilliseconds, readTallyKey, TIME_BUCKETS, tallyKey, timeBucket } from "./tally-key.ts";

const zone = (number: number): Tallied => ({
  zoneId: number.toString(16).padStart(32, "0"),
  tallyEpoch: -1,
  tallySlot: 0,
});
const name = (label: string) => Uint8Array.from([label.length, ...Buffer.from(label), 0]);
const KEY = tallyKey(1, 0, 0, false, false, 40, 60);

function ask(
  writer: TallyWriter,
  asked: Tallied,
  label = "a",
  key = KEY,
  hash = Buffer.from(label).readUInt8(0),
  nanoseconds = -1,
) {
  const octets = name(label);
  writer.count(asked, key, octets, 0, octets.length, hash, nanoseconds);
}

/** Both halves, over some turns. */
function drain(reader: TallyReader, writer: TallyWriter) {
  const readings = [];
  for (let i = 0; i < 3; i++) {
    readings.push(reader.take());
    writer.turn();
  }
  return readings.filter((reading) => reading !== undefined);
}

test("a key says again what it was made of", () => {
  expect(readTallyKey(tallyKey(257, 3, 1, true, true, 100, 1000))).toMatchObject({
    type: 257,
    rcode: 3,
    transport: 1,
    six: true,
    signed: true,
    queryStep: 6,
    answerStep: 62,
  });
  expect(readTallyKey(tallyKey(65_280, 0, 0, false, false, 9999, 65_535))).toMatchObject({
    type: 4095,
    queryStep: 31,
    answerStep: 127,
  });
});

test("times fall into buckets a fifth apart, in order", () => {
  for (const nanoseconds of [200, 1_000, 17_000, 1_000_000, 90_000_000]) {
    const middle = bucketMilliseconds(timeBucket(nanoseconds)) * 1e6;
    expect(Math.abs(middle - nanoseconds) / nanoseconds).toBeLessThan(0.2);
  }
  expect(timeBucket(0)).toBe(0);
  expect(timeBucket(1e12)).toBe(TIME_BUCKETS - 1);
});

test("each answer is read once, whichever half it was written to", () => {
  const reader = new TallyReader();
  const writer = new TallyWriter(reader.buffer);
  const [one, two] = [zone(1), zone(2)];
  let [cells, names, times] = [0, 0, 0];
  for (let round = 0; round < 10; round++) {
    ask(writer, one, "www", KEY, 7, 5_000);
    ask(writer, one);
    ask(writer, two, "mail");
    for (const reading of drain(reader, writer)) {
      for (const { count } of reading.cells) cells += count;
      for (const { count } of reading.names) names += count;
      for (const { count } of reading.times) times += count;
      expect(reading.lost).toBe(0);
    }
  }
  expect([cells, names, times]).toEqual([30, 30, 10]);
});

test("the main thread never reads what is being written", () => {
  const reader = new TallyReader();
  const writer = new TallyWriter(reader.buffer);
  ask(writer, zone(1));
  expect(reader.take()?.cells).toEqual([]);
  expect(reader.take()).toBeUndefined();
  writer.turn();
  expect(reader.take()?.cells).toHaveLength(1);
  expect(new TallyReader().takeAll().flatMap(({ cells }) => cells)).toEqual([]);
});

test("of a worker that ended both halves are read", () => {
  const reader = new TallyReader();
  const writer = new TallyWriter(reader.buffer);
  ask(writer, zone(1));
  reader.take();
  writer.turn();
  ask(writer, zone(2));
  expect(reader.takeAll().flatMap(({ cells }) => cells)).toHaveLength(2);
});

test("too many zones and too many different questions are counted as lost, and no memory grows", () => {
  const reader = new TallyReader();
  const writer = new TallyWriter(reader.buffer);
  for (let i = 0; i < 10_000; i++) ask(writer, zone(i));
  const [first] = drain(reader, writer).filter(({ cells }) => cells.length > 0);
  expect(first!.cells).toHaveLength(8192);
  expect(first!.lost).toBe(10_000 - 8192);
  const one = zone(1);
  for (let i = 0; i < 100_000; i++) ask(writer, one, "a", tallyKey(i % 4000, i >> 14, 0, false, false, 40, i % 2000));
  const second = drain(reader, writer).find(({ cells }) => cells.length > 0)!;
  expect(second.cells.reduce((sum, { count }) => sum + count, 0) + second.lost).toBe(100_000);
});

test("names asked most stay under a flood of names that are asked once", () => {
  const reader = new TallyReader();
  const writer = new TallyWriter(reader.buffer);
  const one = zone(1);
  for (let i = 0; i < 200_000; i++) {
    if (i % 10 === 0) ask(writer, one, "www", KEY, 99);
    else ask(writer, one, `x${i}`, KEY, Math.imul(i, 0x9e3779b1));
  }
  const { names } = drain(reader, writer).find(({ cells }) => cells.length > 0)!;
  const www = names.find((entry) => Buffer.from(entry.name).toString("latin1").includes("www"));
  expect(www!.count - www!.error).toBeGreaterThan(15_000);
  expect(www!.count).toBeLessThan(30_000);
  expect(names.length).toBeLessThanOrEqual(1024);
});
