import { expect, test } from "vitest";
import { fromHex, toHex } from "#bytes";
import { siphash24 } from "./siphash.ts";

/** The reference implementation's vectors: key 00 01 … 0f, message 00 01 … n-1. */
test.each([
  [0, "310e0edd47db6f72"],
  [1, "fd67dc93c539f874"],
  [7, "37d1018bf50002ab"],
  [8, "6224939a79f5f593"],
  [15, "e545be4961ca29a1"],
  [63, "724506eb4c328a95"],
])("%i octets", (length, expected) => {
  const key = Uint8Array.from({ length: 16 }, (_, i) => i);
  const message = Uint8Array.from({ length }, (_, i) => i);
  const out = new Uint8Array(10);
  siphash24(key, message, length, out, 1);
  expect(toHex(out)).toBe(`00${expected}00`);
});

test("carries run over both halves", () => {
  const key = fromHex("ffffffffffffffffffffffffffffffff")!;
  const out = new Uint8Array(8);
  siphash24(key, key, 16, out, 0);
  // Computed with 64-bit integers below: the same rounds, no halves.
  expect(toHex(out)).toBe(toHex(reference(key, key)));
});

function reference(key: Uint8Array, data: Uint8Array): Uint8Array {
  const view = (octets: Uint8Array) => new DataView(octets.buffer, octets.byteOffset);
  const mask = (1n << 64n) - 1n;
  const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (64n - by))) & mask;
  const k0 = view(key).getBigUint64(0, true);
  const k1 = view(key).getBigUint64(8, true);
  let [v0, v1, v2, v3] = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const round = () => {
    v0 = (v0! + v1!) & mask;
    v1 = rotate(v1!, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = (v2! + v3!) & mask;
    v3 = rotate(v3!, 16n) ^ v2;
    v0 = (v0 + v3) & mask;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = (v2 + v1) & mask;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const words: bigint[] = [];
  for (let at = 0; at + 8 <= data.length; at += 8) words.push(view(data).getBigUint64(at, true));
  words.push(BigInt(data.length & 255) << 56n);
  for (const word of words) {
    v3 = v3! ^ word;
    round();
    round();
    v0 = v0! ^ word;
  }
  v2 = v2! ^ 0xffn;
  for (let i = 0; i < 4; i++) round();
  const out = new Uint8Array(8);
  view(out).setBigUint64(0, v0! ^ v1! ^ v2! ^ v3!, true);
  return out;
}
