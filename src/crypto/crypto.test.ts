/** Both paths, the same tests. */
import { createHash, createHmac, generateKeyPairSync, sign as nodeSign } from "node:crypto";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64, fromHex, toHex } from "#bytes";
import { digest, generateKeyPair, type KeyPairAlgorithm, openCrypto, type Signer, startHmac } from "./index.ts";
import { exportP256, importPrivateKey, readP256 } from "./signer.ts";

const ALGORITHMS: readonly KeyPairAlgorithm[] = [8, 10, 13, 14, 15, 16];
const MESSAGE = Uint8Array.from({ length: 200 }, (_, i) => i);

function open(crypto: ReturnType<typeof openCrypto>, algorithm: number, privateKey: Uint8Array): Signer {
  const signer = crypto.openSigner({ keyTag: 7, algorithm, privateKey });
  if (!signer.ok) throw new Error(signer.error);
  return signer.value;
}

describe.each(["node", "ffi"] as const)("path %s", (choice) => {
  const crypto = openCrypto(choice);
  const other = openCrypto(choice === "node" ? "ffi" : "node");

  it("is the one that was asked for, and says why", () => {
    expect(crypto.cryptoPath.path).toBe(choice === "node" ? "node" : "openssl-ffi");
    expect(crypto.cryptoPath.reason).toMatch(/asked for/);
  });

  it.each(ALGORITHMS)("signs by algorithm %i what both paths verify, and nothing else", (algorithm) => {
    const pair = generateKeyPair(algorithm);
    const dnskey = pair.dnskey(256);
    const signer = open(crypto, algorithm, pair.privateKey);
    expect([signer.keyTag, signer.algorithm]).toEqual([7, algorithm]);
    const out = new Uint8Array(signer.signatureLength + 9);
    signer.sign(MESSAGE, 150, out, 4);
    const signature = out.slice(4, 4 + signer.signatureLength);
    expect([...out.subarray(0, 4), ...out.subarray(out.length - 5)]).toEqual(new Array(9).fill(0));
    for (const { verify } of [crypto, other]) {
      expect(verify(algorithm, dnskey, MESSAGE.subarray(0, 150), signature)).toBe(true);
      expect(verify(algorithm, dnskey, MESSAGE.subarray(0, 149), signature)).toBe(false);
      expect(verify(algorithm, dnskey, MESSAGE, signature)).toBe(false);
      expect(verify(algorithm, dnskey, MESSAGE.subarray(0, 150), signature.subarray(1))).toBe(false);
      expect(
        verify(
          algorithm,
          generateKeyPair(algorithm === 8 || algorithm === 10 ? 13 : algorithm).dnskey(256),
          MESSAGE.subarray(0, 150),
          signature,
        ),
      ).toBe(false);
    }
    signer.close();
    signer.close();
    expect(() => signer.sign(MESSAGE, 1, out, 0)).toThrow(/closed/);
  });

  it("signs each message anew: nothing of the last one is left in the key's context", () => {
    const pair = generateKeyPair(13);
    const signer = open(crypto, 13, pair.privateKey);
    const out = new Uint8Array(64);
    for (let length = 0; length < 60; length++) {
      signer.sign(MESSAGE, length, out, 0);
      expect(other.verify(13, pair.dnskey(256), MESSAGE.subarray(0, length), out)).toBe(true);
    }
    signer.close();
  });

  it("takes the bare scalar of a P-256 key as well", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = publicKey.export({ format: "jwk" });
    const scalar = Buffer.from(privateKey.export({ format: "jwk" }).d!, "base64url");
    const point = Buffer.concat([Buffer.from(jwk.x!, "base64url"), Buffer.from(jwk.y!, "base64url")]);
    const signer = open(crypto, 13, scalar);
    const out = new Uint8Array(64);
    signer.sign(MESSAGE, 10, out, 0);
    expect(crypto.verify(13, Uint8Array.from([1, 0, 3, 13, ...point]), MESSAGE.subarray(0, 10), out)).toBe(true);
    signer.close();
  });

  it("takes a P-256 key in another PKCS#8 form than its own", () => {
    const pair = generateKeyPair(13);
    const scalar = pair.privateKey.slice(36, 68);
    // RFC 5915 section 3: the public key may be left out.
    const short = Buffer.concat([
      fromHex("304102010030130607 2a8648ce3d0201 06082a8648ce3d030107 0427 3025020101 0420".replaceAll(" ", ""))!,
      scalar,
    ]);
    const signer = open(crypto, 13, short);
    const out = new Uint8Array(64);
    signer.sign(MESSAGE, 10, out, 0);
    expect(other.verify(13, pair.dnskey(256), MESSAGE.subarray(0, 10), out)).toBe(true);
    signer.close();
  });

  it("signs from and into shared memory", () => {
    const pair = generateKeyPair(13);
    const signer = open(crypto, 13, pair.privateKey);
    const data = new Uint8Array(new SharedArrayBuffer(100)).fill(5);
    const out = new Uint8Array(new SharedArrayBuffer(128));
    signer.sign(data, 100, out, 64);
    expect(crypto.verify(13, pair.dnskey(256), new Uint8Array(100).fill(5), out.slice(64))).toBe(true);
    expect(crypto.verify(13, pair.dnskey(256), data, out.subarray(64))).toBe(true);
    signer.close();
  });

  it("verifies SHA-1 signatures of old zones (algorithms 5 and 7)", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const jwk = publicKey.export({ format: "jwk" });
    const exponent = Buffer.from(jwk.e!, "base64url");
    const key = Buffer.concat([Uint8Array.of(exponent.length), exponent, Buffer.from(jwk.n!, "base64url")]);
    const signature = nodeSign("sha1", MESSAGE, privateKey);
    for (const algorithm of [5, 7]) {
      expect(crypto.verify(algorithm, Uint8Array.from([1, 0, 3, algorithm, ...key]), MESSAGE, signature)).toBe(true);
    }
    expect(crypto.verify(8, Uint8Array.from([1, 0, 3, 8, ...key]), MESSAGE, signature)).toBe(false);
  });

  it("says that it does not know an algorithm", () => {
    for (const algorithm of [0, 1, 3, 6, 12, 17, 253, 255]) {
      expect(crypto.verify(algorithm, Uint8Array.from([1, 0, 3, algorithm, 1]), MESSAGE, MESSAGE)).toBe("unsupported");
    }
    expect(crypto.openSigner({ keyTag: 1, algorithm: 5, privateKey: MESSAGE })).toEqual({
      ok: false,
      error: "unsupported-algorithm",
    });
  });

  it("refuses private keys that are none, or of another kind", () => {
    const error = (algorithm: number, privateKey: Uint8Array): unknown => {
      const opened = crypto.openSigner({ keyTag: 1, algorithm, privateKey });
      return opened.ok ? "opened" : opened.error;
    };
    expect(error(13, new Uint8Array(0))).toBe("malformed-private-key");
    expect(error(13, new Uint8Array(32))).toBe("malformed-private-key");
    expect(error(13, new Uint8Array(32).fill(255))).toBe("malformed-private-key");
    expect(error(13, MESSAGE)).toBe("malformed-private-key");
    expect(error(13, generateKeyPair(14).privateKey)).toBe("wrong-key-for-algorithm");
    expect(error(13, generateKeyPair(15).privateKey)).toBe("wrong-key-for-algorithm");
    expect(error(8, generateKeyPair(13).privateKey)).toBe("wrong-key-for-algorithm");
  });

  it("refuses points off the curve, zero, infinity and numbers past the field", () => {
    const pair = generateKeyPair(13);
    const off = pair.dnskey(256);
    off[67]! ^= 1;
    const p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    const keys = [
      off,
      new Uint8Array(64),
      new Uint8Array(64).fill(255),
      fromHex(p + p)!,
      new Uint8Array(63),
      new Uint8Array(0),
    ];
    for (const key of keys) {
      const dnskey = key.length === 68 ? key : Uint8Array.from([1, 0, 3, 13, ...key]);
      expect(crypto.verify(13, dnskey, MESSAGE, new Uint8Array(64).fill(1))).toBe(false);
    }
  });

  it("refuses signatures with r or s zero or past the order", () => {
    const pair = generateKeyPair(13);
    const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    const zero = "00".repeat(32);
    const one = `${"00".repeat(31)}01`;
    for (const [r, s] of [
      [zero, zero],
      [zero, one],
      [one, zero],
      [order, one],
      [one, order],
      ["ff".repeat(32), "ff".repeat(32)],
    ]) {
      expect(crypto.verify(13, pair.dnskey(256), MESSAGE, fromHex(r! + s!)!)).toBe(false);
    }
  });

  it("refuses RSA keys that are too small, too large, even, or have odd exponents", () => {
    const modulus = (octets: number): number[] => [0xc1, ...new Array<number>(octets - 2).fill(0x55), 0x33];
    const rsa = (exponent: number[], n: number[]): Uint8Array =>
      Uint8Array.from([1, 0, 3, 8, exponent.length, ...exponent, ...n]);
    const keys = [
      rsa([1, 0, 1], modulus(63)),
      rsa([1, 0, 1], modulus(513)),
      rsa([1, 0, 1], [...modulus(127), 2]),
      rsa([1], modulus(128)),
      rsa([2], modulus(128)),
      rsa([1, 0, 0, 0, 1], modulus(128)),
      rsa(new Array<number>(100).fill(255), modulus(128)),
      rsa([], modulus(128)),
      Uint8Array.from([1, 0, 3, 8, 0, 255, 255, 1]),
      Uint8Array.from([1, 0, 3, 8, 0]),
      Uint8Array.from([1, 0, 3, 8, 200, 1]),
      Uint8Array.from([1, 0, 3, 8]),
    ];
    for (const key of keys) expect(crypto.verify(8, key, MESSAGE, new Uint8Array(128).fill(9))).toBe(false);
  });

  it("survives any octets as key and signature", () => {
    const hostile = fc.record({
      algorithm: fc.constantFrom(5, 7, 8, 10, 13, 14, 15, 16),
      key: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 130, maxLength: 134 }).map((octets) => Uint8Array.from([3, 1, 0, 1, ...octets])),
      ),
      signature: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        fc.uint8Array({ minLength: 128, maxLength: 134 }),
      ),
    });
    fc.assert(
      fc.property(hostile, ({ algorithm, key, signature }) => {
        expect(crypto.verify(algorithm, Uint8Array.from([1, 0, 3, algorithm, ...key]), MESSAGE, signature)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps right about more keys than it remembers", () => {
    const message = MESSAGE.subarray(0, 20);
    const pairs = Array.from({ length: 300 }, () => generateKeyPair(13));
    const signatures = pairs.map((pair) => {
      const signer = open(crypto, 13, pair.privateKey);
      const out = new Uint8Array(64);
      signer.sign(message, 20, out, 0);
      signer.close();
      return out;
    });
    for (let round = 0; round < 2; round++) {
      for (const [i, pair] of pairs.entries()) {
        expect(crypto.verify(13, pair.dnskey(256), message, signatures[i]!)).toBe(true);
        expect(crypto.verify(13, pair.dnskey(256), message, signatures[(i + 1) % 300]!)).toBe(false);
      }
    }
  });

  it("keeps private octets out of JSON and of enumeration", () => {
    const pair = generateKeyPair(13);
    const signer = open(crypto, 13, pair.privateKey);
    expect(JSON.stringify(signer)).toBe(JSON.stringify({ keyTag: 7, algorithm: 13, signatureLength: 64 }));
    signer.close();
  });

  it("works in a worker thread, and in several", async () => {
    const code = `
      import { parentPort, workerData } from "node:worker_threads";
      import { generateKeyPair, openCrypto } from "#crypto";
      const crypto = openCrypto(workerData);
      const pair = generateKeyPair(13);
      const opened = crypto.openSigner({ keyTag: 1, algorithm: 13, privateKey: pair.privateKey });
      const out = new Uint8Array(64);
      let good = 0;
      for (let i = 0; i < 200; i++) {
        opened.value.sign(new Uint8Array(50).fill(i), 50, out, 0);
        if (crypto.verify(13, pair.dnskey(256), new Uint8Array(50).fill(i), out) === true) good++;
      }
      parentPort.postMessage({ path: crypto.cryptoPath.path, good });`;
    const url = new URL(
      `data:text/javascript,${encodeURIComponent(code.replace("#crypto", new URL("./index.ts", import.meta.url).href))}`,
    );
    const run = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const worker = new Worker(url, { workerData: choice });
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    const expected = { path: crypto.cryptoPath.path, good: 200 };
    expect(await Promise.all([run(), run(), run()])).toEqual([expected, expected, expected]);
  });
});

describe("a P-256 key read without OpenSSL", () => {
  it("has the scalar and the point that OpenSSL reads", () => {
    for (let i = 0; i < 20; i++) {
      const { privateKey } = generateKeyPair(13);
      const key = { keyTag: 1, algorithm: 13, privateKey };
      const imported = importPrivateKey(key);
      if (!imported.ok) throw new Error(imported.error);
      const { scalar, point } = exportP256(imported.value.key);
      expect(readP256(key)).toEqual({ scalar: Uint8Array.from(scalar), point: Uint8Array.from(point) });
    }
  });

  it("is read in one form alone: no octet of the frame may differ, none be missing or too many", () => {
    const { privateKey } = generateKeyPair(13);
    const read = (octets: Uint8Array, algorithm = 13) => readP256({ keyTag: 1, algorithm, privateKey: octets });
    expect(read(privateKey)).toBeDefined();
    const frame = [...Array(36).keys(), 68, 69, 70, 71, 72, 73];
    for (const at of frame) {
      const other = privateKey.slice();
      other[at]! ^= 1;
      expect(read(other)).toBeUndefined();
    }
    expect(read(privateKey, 14)).toBeUndefined();
    expect(read(privateKey.subarray(1))).toBeUndefined();
    expect(read(Uint8Array.from([...privateKey, 0]))).toBeUndefined();
    for (const algorithm of [8, 14, 15] as const) expect(read(generateKeyPair(algorithm).privateKey)).toBeUndefined();
  });
});

// RFC 8080 section 6.1: the second example key of Ed25519 and its RRSIG over the MX RRset are in the peers' tests; here a bare vector.
it("verifies the Ed25519 test vector of RFC 8032 section 7.1", () => {
  const key = fromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")!;
  const signature = fromHex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  )!;
  const dnskey = Uint8Array.from([1, 0, 3, 15, ...key]);
  expect(openCrypto("node").verify(15, dnskey, Uint8Array.of(0x72), signature)).toBe(true);
  expect(openCrypto("ffi").verify(15, dnskey, Uint8Array.of(0x73), signature)).toBe(false);
});

describe("digests and HMAC", () => {
  it.each(["sha1", "sha224", "sha256", "sha384", "sha512"] as const)("%s", (name) => {
    expect(toHex(digest(name, MESSAGE))).toBe(createHash(name).update(MESSAGE).digest("hex"));
    const secret = fromBase64("c2VjcmV0")!;
    const hmac = startHmac(`hmac-${name}`, secret);
    hmac.update(MESSAGE.subarray(0, 7));
    hmac.update(MESSAGE.subarray(7));
    expect(toHex(hmac.digest())).toBe(createHmac(name, secret).update(MESSAGE).digest("hex"));
  });

  it("gives octets of its own: no pool behind them", () => {
    expect(digest("sha256", MESSAGE).buffer.byteLength).toBe(32);
    const hmac = startHmac("hmac-sha256", MESSAGE);
    expect(hmac.digest().buffer.byteLength).toBe(32);
  });
});
