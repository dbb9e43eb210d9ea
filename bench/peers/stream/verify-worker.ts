/** Worker entry: verifies one P-256 signature again and again; tells how often a second. */
import { parentPort } from "node:worker_threads";
import { openCrypto } from "#crypto";
import { makeKeyPair, openKeyPair } from "#keys";

const MEASURED_MS = 3_000;
const OCTETS = 120;

const crypto = openCrypto();
const opened = openKeyPair(crypto, makeKeyPair("zsk"));
if (!opened.ok) throw new Error(opened.error);
const { signer, dnskey } = opened.value;
const message = new Uint8Array(OCTETS);
const signature = new Uint8Array(64);
signer.sign(message, message.length, signature, 0);
const began = performance.now();
let count = 0;
while (performance.now() - began < MEASURED_MS) {
  for (let i = 0; i < 100; i++) crypto.verify(signer.algorithm, dnskey, message, signature);
  count += 100;
}
parentPort!.postMessage((1000 * count) / (performance.now() - began));
