/** A table of a key's multiples says what ECDSA_verify says, also where the two multiples meet or cancel out. */
import { createECDH, generateKeyPairSync, sign as nodeSign } from "node:crypto";
import { expect, test } from "vitest";
import { fromHex, toHex } from "#bytes";
import { generateKeyPair, openCrypto } from "./index.ts";
import { KeyTable, KeyTables, type TabledKey, tabledKey } from "./key-table.ts";
import { loadTableFunctions } from "./openssl.ts";

const loaded = loadTableFunctions();
if (!loaded.ok) throw new Error(loaded.error);
const functions = loaded.value;

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function octets(number: bigint): Uint8Array {
  return fromHex(number.toString(16).padStart(64, "0"))!;
}

function number(of: Uint8Array): bigint {
  return BigInt(`0x${toHex(of)}`);
}

function modulo(value: bigint): bigint {
  return ((value % ORDER) + ORDER) % ORDER;
}

/** By Fermat: the order is a prime. */
function inverse(value: bigint): bigint {
  let [result, base] = [1n, modulo(value)];
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * base);
    base = modulo(base * base);
  }
  return result;
}

/** 04 | x | y of a scalar times the generator. */
function pointOf(scalar: bigint): Uint8Array {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(octets(scalar));
  return Uint8Array.from(curve.getPublicKey());
}

function signature(r: bigint, s: bigint): Uint8Array {
  return Uint8Array.from([...octets(r), ...octets(s)]);
}

function tableOf(point: Uint8Array): KeyTable {
  const table = KeyTable.make(functions, point);
  if (!table) throw new Error("no table");
  return table;
}

const SECRET = 0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdefn;

/** A signature over this digest, with the nonce chosen. */
function sign(digest: bigint, nonce: bigint): Uint8Array {
  const r = modulo(number(pointOf(nonce).subarray(1, 33)));
  return signature(r, modulo(inverse(nonce) * (digest + r * SECRET)));
}

test("signatures over any digest, and with a bit of each part turned over", () => {
  const table = tableOf(pointOf(SECRET));
  for (const digest of [0n, 1n, 77n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 256n - 1n, 2n ** 255n]) {
    for (const nonce of [1n, 2n, 3n, ORDER - 1n, SECRET, SECRET - 1n, 2n ** 200n + 5n]) {
      const good = sign(digest, nonce);
      expect(table.verify(octets(digest), good), `${digest} ${nonce}`).toBe(true);
      for (const at of [0, 31, 32, 63]) {
        const bad = good.map((octet, i) => (i === at ? octet ^ 1 : octet));
        expect(table.verify(octets(digest), bad)).toBe(false);
      }
      expect(table.verify(octets(digest ^ 4n), good)).toBe(false);
    }
  }
  table.free();
});

test("both multiples are the same point, or cancel out", () => {
  const table = tableOf(pointOf(SECRET));
  const nonce = 99n;
  const r = modulo(number(pointOf(nonce).subarray(1, 33)));
  // u1 = u2 · secret: the sum is a doubling.
  const twice = modulo(r * SECRET);
  expect(table.verify(octets(twice), sign(twice, nonce))).toBe(true);
  // u1 = -u2 · secret: the sum is the point at infinity, and no signature.
  expect(table.verify(octets(modulo(-twice)), signature(r, 5n))).toBe(false);
  table.free();
});

test("numbers out of range are no signature", () => {
  const table = tableOf(pointOf(SECRET));
  const [r, s] = [number(sign(7n, 9n).subarray(0, 32)), number(sign(7n, 9n).subarray(32))];
  expect(table.verify(octets(7n), signature(r, s))).toBe(true);
  // The other root is a signature, too (RFC 6605 knows no low s).
  expect(table.verify(octets(7n), signature(r, ORDER - s))).toBe(true);
  for (const [a, b] of [
    [0n, s],
    [r, 0n],
    [ORDER, s],
    [r, ORDER],
    [2n ** 256n - 1n, s],
  ] as const)
    expect(table.verify(octets(7n), signature(a, b))).toBe(false);
  // What is the same number modulo the order, in 256 bits.
  const small = modulo(number(pointOf(1n).subarray(1, 33)));
  if (small + ORDER < 2n ** 256n) expect(table.verify(octets(7n), signature(small + ORDER, s))).toBe(false);
  table.free();
});

test("what is no point has no table", () => {
  const off = pointOf(SECRET);
  off[64]! ^= 1;
  expect(KeyTable.make(functions, off)).toBeUndefined();
  expect(KeyTable.make(functions, new Uint8Array(65))).toBeUndefined();
});

test("a key has a table after so many signatures, until it is not used for a while; so many have one at a time", () => {
  const tables = new KeyTables(
    () => functions,
    3,
    () => 0,
  );
  const keys = Array.from({ length: 10 }, (_, i) => tabledKey(pointOf(SECRET + BigInt(i))));
  const [first] = keys as [TabledKey];
  expect([tables.find(first), tables.find(first)]).toEqual([undefined, undefined]);
  expect(tables.find(first)?.verify(octets(7n), sign(7n, 9n))).toBe(true);
  tables.look();
  expect(first.table).toBeDefined();
  tables.look();
  expect(first.table).toBeUndefined();
  for (const key of keys) for (let i = 0; i < 5; i++) tables.find(key);
  expect(keys.filter(({ table }) => table !== undefined)).toHaveLength(8);
  tables.look();
  tables.look();
  expect(keys.filter(({ table }) => table !== undefined)).toHaveLength(0);
  expect(new KeyTables(() => undefined, 1).find(first)).toBeUndefined();
});

test("signatures that come now and then are worth no table", () => {
  let now = 0;
  const tables = new KeyTables(
    () => functions,
    3,
    () => now,
  );
  const key = tabledKey(pointOf(SECRET));
  for (let i = 0; i < 30; i++, now += 3_000) expect(tables.find(key)).toBeUndefined();
  for (let i = 0; i < 5; i++) tables.find(key);
  expect(key.table).toBeDefined();
  tables.look();
  tables.look();
  expect(key.table).toBeUndefined();
});

test("a thousand signatures of one key: good and bad ones stay what they are when its table comes", () => {
  const crypto = openCrypto("ffi");
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from(jwk.x!, "base64url"), Buffer.from(jwk.y!, "base64url")]);
  const dnskey = Uint8Array.from([1, 0, 3, 13, ...point]);
  const other = generateKeyPair(13).dnskey(256);
  for (let i = 0; i < 1_000; i++) {
    const message = Uint8Array.of(i >> 8, i);
    const made = nodeSign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
    expect(crypto.verify(13, dnskey, message, made)).toBe(true);
    if (i % 10 !== 0) continue;
    expect(crypto.verify(13, dnskey, Uint8Array.of(i >> 8, i, 0), made)).toBe(false);
    expect(crypto.verify(13, other, message, made)).toBe(false);
  }
});
