/**
 * Bench cases of signing, verifying and hashing, one thread: `node --expose-gc bench/crypto.ts [seconds a case] [leak]`.
 * With `leak` it signs and verifies a million times and tells how the resident set grew.
 */
import { type Crypto, generateKeyPair, openCrypto, type Signer } from "#crypto";
import { nsec3Hash } from "#dnssec";

const seconds = Number(process.argv[2] ?? 1);
const message = new Uint8Array(120).fill(3);

/** Operations for each second of CPU time, user and system: steadier than wall time on a shared machine. */
function measure(label: string, operation: () => void): void {
  for (let i = 0; i < 200; i++) operation();
  const start = process.cpuUsage();
  const end = performance.now() + seconds * 1000;
  let count = 0;
  while (performance.now() < end) {
    for (let i = 0; i < 50; i++) operation();
    count += 50;
  }
  const { user, system } = process.cpuUsage(start);
  console.log(`${label.padEnd(40)} ${Math.round((count * 1e6) / (user + system))} a second`);
}

function openSigner(crypto: Crypto, algorithm: number, privateKey: Uint8Array): Signer {
  const opened = crypto.openSigner({ keyTag: 1, algorithm, privateKey });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

for (const choice of ["ffi", "node"] as const) {
  const crypto = openCrypto(choice);
  console.log(`${crypto.cryptoPath.path}: ${crypto.cryptoPath.reason}`);
  for (const algorithm of [13, 14, 15, 8] as const) {
    const pair = generateKeyPair(algorithm);
    const dnskey = pair.dnskey(256);
    const signer = openSigner(crypto, algorithm, pair.privateKey);
    const signature = new Uint8Array(signer.signatureLength);
    measure(`  algorithm ${algorithm} sign`, () => signer.sign(message, message.length, signature, 0));
    measure(`  algorithm ${algorithm} verify`, () => crypto.verify(algorithm, dnskey, message, signature));
    signer.close();
  }
}

const name = Uint8Array.of(3, 119, 119, 119, 7, 101, 120, 97, 109, 112, 108, 101, 3, 99, 111, 109, 0);
const salt = new Uint8Array(0);
const hash = new Uint8Array(20);
measure("NSEC3 hash, no salt, no iterations", () => nsec3Hash(name, salt, 0, hash));
measure("NSEC3 hash, no salt, 10 iterations", () => nsec3Hash(name, salt, 10, hash));

if (process.argv[3] === "leak") {
  const crypto = openCrypto("ffi");
  const rss = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);
  const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
  const pair = generateKeyPair(13);
  const dnskey = pair.dnskey(256);
  const signature = new Uint8Array(64);
  let signer = openSigner(crypto, 13, pair.privateKey);
  for (let i = 0; i <= 1_000_000; i++) {
    signer.sign(message, 60 + (i % 60), signature, 0);
    if (i % 10 === 0) {
      if (crypto.verify(13, dnskey, message.subarray(0, 60 + (i % 60)), signature) !== true) throw new Error("bogus");
      signature[5]! ^= 1;
      if (crypto.verify(13, dnskey, message, signature) !== false) throw new Error("not bogus");
    }
    if (i % 1000 === 0) {
      signer.close();
      signer = openSigner(crypto, 13, pair.privateKey);
      crypto.verify(13, generateKeyPair(13).dnskey(256), message, signature);
    }
    if (i % 200_000 === 0) {
      collect();
      console.log(`${i} signatures: resident ${rss()} MiB`);
    }
  }
}
