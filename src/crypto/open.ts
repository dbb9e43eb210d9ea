/** Which path signs and verifies, decided once at the start and told with its reason. */
import type { Result } from "#bytes";
import type { DnssecCrypto, StartDigest } from "#dnssec";
import type { StartHmac } from "#tsig";
import { digest, startDigest, startHmac } from "./digests.ts";
import { generateKeyPair } from "./key-pair.ts";
import { nodeVerifier, openNodeSigner, type Verify } from "./node-path.ts";
import { loadOpenSsl, type OpenSsl } from "./openssl.ts";
import { openSslPath } from "./openssl-path.ts";
import type { Signer, SignerError, SigningKey } from "./signer.ts";

/** What the operator may ask for (COUNTERSIGN_CRYPTO; read by the caller). */
export type CryptoChoice = "auto" | "ffi" | "node";

export type CryptoPath = {
  readonly path: "openssl-ffi" | "node";
  /** One clause for the log. */
  readonly reason: string;
};

/** Everything with keys and digests, for one thread. Cheap to make; keeping one keeps its parsed keys. */
export interface Crypto extends DnssecCrypto {
  readonly cryptoPath: CryptoPath;
  readonly startHmac: StartHmac;
  readonly startDigest: StartDigest;
  openSigner(key: SigningKey): Result<Signer, SignerError>;
}

/** `ffi` falls back as `auto` does: a service that answers more slowly is better than none. The reason says so. */
export function openCrypto(choice: CryptoChoice = "auto"): Crypto {
  if (choice === "node") return assemble({ path: "node", reason: "asked for" }, nodeVerifier(), openNodeSigner);
  const loaded = loadOpenSsl();
  if (!loaded.ok) {
    return assemble(
      { path: "node", reason: `no OpenSSL through koffi: ${loaded.error}` },
      nodeVerifier(),
      openNodeSigner,
    );
  }
  const path = openSslPath(loaded.value);
  const trouble = selfTest(loaded.value, path.verify, path.openSigner);
  if (trouble) return assemble({ path: "node", reason: trouble }, nodeVerifier(), openNodeSigner);
  const reason = `OpenSSL ${process.versions.openssl} inside Node, through koffi${choice === "ffi" ? ", asked for" : ""}`;
  return assemble({ path: "openssl-ffi", reason }, path.verify, path.openSigner);
}

function assemble(cryptoPath: CryptoPath, verify: Verify, openSigner: Crypto["openSigner"]): Crypto {
  return {
    cryptoPath,
    verify,
    openSigner,
    startHmac,
    startDigest,
    sha1: (data) => digest("sha1", data),
    sha256: (data) => digest("sha256", data),
    sha384: (data) => digest("sha384", data),
  };
}

/** Each path checks the other's signature once; undefined when all is well. Costs well below a millisecond. */
function selfTest(openSsl: OpenSsl, verify: Verify, openSigner: Crypto["openSigner"]): string | undefined {
  const pair = generateKeyPair(13);
  const message = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const signer = openSigner({ keyTag: 0, algorithm: 13, privateKey: pair.privateKey });
  if (!signer.ok) return "the self-test of OpenSSL through koffi could not open a key";
  const signature = new Uint8Array(64);
  try {
    signer.value.sign(message, message.length, signature, 0);
  } catch (error) {
    return `the self-test of OpenSSL through koffi failed: ${error instanceof Error ? error.message : "unknown"}`;
  } finally {
    signer.value.close();
    openSsl.clearErrors();
  }
  const byNode = nodeVerifier()(13, pair.dnskey(256), message, signature);
  const byOpenSsl = verify(13, pair.dnskey(256), message, signature);
  return byNode === true && byOpenSsl === true
    ? undefined
    : "the self-test of OpenSSL through koffi gave a wrong signature";
}
