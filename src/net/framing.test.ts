import { expect, test } from "vitest";
import { frame, MessageFramer } from "./framing.ts";

const messages = [1, 2, 0, 12, 300, 700, 3].map((length, i) => Uint8Array.from({ length }, (_, k) => i * 16 + k));
const stream = Uint8Array.from(messages.flatMap((message) => [...frame(message)]));

function take(framer: MessageFramer, chunk: Uint8Array): number[][] {
  const out: number[][] = [];
  framer.push(chunk);
  for (let message = framer.next(); message !== undefined; message = framer.next()) out.push([...message]);
  return out;
}

const expected = messages.map((message) => [...message]);

test("a stream cut in two at every octet gives the same messages", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const framer = new MessageFramer();
    const out = [...take(framer, stream.subarray(0, cut)), ...take(framer, stream.subarray(cut))];
    expect(out).toEqual(expected);
    expect(framer.partial).toBe(false);
  }
});

test("octet by octet, and in pieces of every size up to 40", () => {
  for (let size = 1; size <= 40; size++) {
    const framer = new MessageFramer();
    const out: number[][] = [];
    for (let at = 0; at < stream.length; at += size) out.push(...take(framer, stream.subarray(at, at + size)));
    expect(out).toEqual(expected);
  }
});

test("what was not taken waits, also when more comes", () => {
  const framer = new MessageFramer();
  framer.push(stream.subarray(0, 50));
  expect([...framer.next()!]).toEqual(expected[0]);
  framer.push(stream.subarray(50));
  const rest: number[][] = [];
  for (let message = framer.next(); message !== undefined; message = framer.next()) rest.push([...message]);
  expect(rest).toEqual(expected.slice(1));
});

test("a message cut off is partial; the largest message passes", () => {
  const framer = new MessageFramer();
  expect(take(framer, Uint8Array.of(0))).toEqual([]);
  expect(framer.partial).toBe(true);
  expect(take(framer, Uint8Array.of(2, 9))).toEqual([]);
  expect(framer.partial).toBe(true);
  expect(take(framer, Uint8Array.of(8))).toEqual([[9, 8]]);
  expect(framer.partial).toBe(false);
  const largest = new Uint8Array(65_535).fill(3);
  const framed = frame(largest);
  framer.push(framed.subarray(0, 40_000));
  expect(framer.next()).toBeUndefined();
  framer.push(framed.subarray(40_000));
  expect(framer.next()?.length).toBe(65_535);
  expect(() => frame(new Uint8Array(65_536))).toThrow(RangeError);
});
