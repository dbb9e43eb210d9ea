/**
 * Worker entry: verifies P-256 signatures by `ECDSA_verify`, again and again; tells how often a second. Of many keys in turn, each too
 * seldom for a table of its multiples: what is measured is OpenSSL, and not what we make of it.
 */
import { parentPort } from "node:worker_threads";
import { openCrypto } from "#crypto";
import { makeKeyPair, openKeyPair } from "#keys";

const MEASURED_MS = 3_000;
const OCTETS = 120;
const KEYS = 250;

const crypto = openCrypto();
const message = new Uint8Array(OCTETS);
const signed = Array.from({ length: KEYS }, () => {
  const opened = openKeyPair(crypto, makeKeyPair("zsk"));
  if (!opened.ok) throw new Error(opened.error);
  const { signer, dnskey } = opened.value;
  const signature = new Uint8Array(64);
  signer.sign(message, message.length, signature, 0);
  return { algorithm: signer.algorithm, dnskey, signature };
});
const began = performance.now();
let count = 0;
while (performance.now() - began < MEASURED_MS) {
  for (const { algorithm, dnskey, signature } of signed) crypto.verify(algorithm, dnskey, message, signature);
  count += KEYS;
}
parentPort!.postMessage((1000 * count) / (performance.now() - began));
