import { expect, test } from "vitest";
import { generateKeyPair, openCrypto } from "#crypto";
import { SignerShelf } from "./signer-shelf.ts";

const crypto = openCrypto("auto");
const MESSAGE = new TextEncoder().encode("an RRset");

function makeKey() {
  const pair = generateKeyPair(13);
  return { key: { keyTag: 1, algorithm: 13, privateKey: pair.privateKey }, dnskey: pair.dnskey(256) };
}

test("more keys than may be open: every one signs for itself, whatever the order", () => {
  const shelf = new SignerShelf(crypto, 3);
  const keys = Array.from({ length: 8 }, makeKey);
  const signers = keys.map(({ key }) => {
    const opened = shelf.open(key);
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  });
  for (const i of [0, 7, 3, 3, 1, 0, 5, 2, 6, 4, 7, 0]) {
    const signature = new Uint8Array(64);
    signers[i]!.sign(MESSAGE, MESSAGE.length, signature, 0);
    const { dnskey } = keys[i]!;
    const good = crypto.verify(13, dnskey, MESSAGE, signature);
    expect(good).toBe(true);
    expect(shelf.openCount).toBeLessThanOrEqual(3);
  }
  for (const signer of signers) signer.close();
  expect(shelf.openCount).toBe(0);
  expect(() => signers[0]!.sign(MESSAGE, MESSAGE.length, new Uint8Array(64), 0)).toThrow("closed");
});

test("where many are open, one in plain form opens when it signs, and one that is none is refused all the same", () => {
  const shelf = new SignerShelf(crypto, 4);
  const open = (key: ReturnType<typeof makeKey>["key"]) => {
    const opened = shelf.open(key);
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  };
  for (let i = 0; i < 2; i++) open(makeKey().key);
  const { key, dnskey } = makeKey();
  const late = open(key);
  expect([shelf.openCount, late.signatureLength]).toEqual([2, 64]);
  const signature = new Uint8Array(64);
  late.sign(MESSAGE, MESSAGE.length, signature, 0);
  expect(crypto.verify(13, dnskey, MESSAGE, signature)).toBe(true);
  expect(shelf.openCount).toBe(3);
  expect(shelf.open({ ...key, privateKey: key.privateKey.subarray(1) }).ok).toBe(false);
  expect(shelf.open({ ...key, algorithm: 14 }).ok).toBe(false);
});

test("a key that is none is refused when it comes, not when it should sign", () => {
  const shelf = new SignerShelf(crypto);
  expect(shelf.open({ keyTag: 1, algorithm: 13, privateKey: Uint8Array.of(1, 2, 3) }).ok).toBe(false);
  expect(shelf.openCount).toBe(0);
});
