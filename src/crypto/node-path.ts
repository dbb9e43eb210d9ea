/** Signing and verifying by `node:crypto`: the portable path, and the only one for RSA and Edwards curves. */
import { type KeyObject, sign, verify } from "node:crypto";
import { ok, type Result } from "#bytes";
import { DnssecAlgorithm } from "#dnssec";
import { KeyCache } from "./key-cache.ts";
import { importPublicKey, type KeyParts, readKeyParts } from "./public-key.ts";
import { importPrivateKey, type Signer, type SignerError, type SigningKey } from "./signer.ts";

export type Verify = (
  algorithm: number,
  dnskey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
) => boolean | "unsupported";

type PublicKey = { readonly parts: KeyParts; readonly key: KeyObject } | "unsupported" | "refused";

export function nodeVerifier(): Verify {
  const cache = new KeyCache<PublicKey>((algorithm, dnskey) => {
    const parts = readKeyParts(algorithm, dnskey);
    if (parts === "unsupported") return "unsupported";
    const key = parts && importPublicKey(parts);
    return parts && key ? { parts, key } : "refused";
  });
  return (algorithm, dnskey, data, signature) => {
    const known = cache.get(algorithm, dnskey);
    if (known === "unsupported") return "unsupported";
    if (known === "refused") return false;
    const { parts, key } = known;
    if (signature.length !== signatureLength(parts)) return false;
    if (parts.kind === "ec") return verify(parts.digest, data, { key, dsaEncoding: "ieee-p1363" }, signature);
    return verify(parts.kind === "ed" ? null : parts.digest, data, key, signature);
  };
}

function signatureLength(parts: KeyParts): number {
  if (parts.kind === "rsa") return parts.modulus.length;
  return parts.kind === "ec" ? 2 * parts.curve.octets : parts.curve.signature;
}

/** Digest of each algorithm that can be signed with; null: the curve has its own. */
const SIGNING_DIGESTS: Readonly<Record<number, string | null>> = {
  [DnssecAlgorithm.RSASHA256]: "sha256",
  [DnssecAlgorithm.RSASHA512]: "sha512",
  [DnssecAlgorithm.ECDSAP256SHA256]: "sha256",
  [DnssecAlgorithm.ECDSAP384SHA384]: "sha384",
  [DnssecAlgorithm.ED25519]: null,
  [DnssecAlgorithm.ED448]: null,
};

export function openNodeSigner(signingKey: SigningKey): Result<Signer, SignerError> {
  const imported = importPrivateKey(signingKey);
  if (!imported.ok) return imported;
  return ok(new NodeSigner(signingKey, imported.value.key, imported.value.length));
}

/** Keeps: the private key stays inside Node's KeyObject; nothing of it is enumerable here. */
class NodeSigner implements Signer {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly signatureLength: number;
  readonly #digest: string | null;
  #key: KeyObject | undefined;

  constructor(signingKey: SigningKey, key: KeyObject, length: number) {
    this.keyTag = signingKey.keyTag;
    this.algorithm = signingKey.algorithm;
    this.signatureLength = length;
    this.#digest = SIGNING_DIGESTS[signingKey.algorithm]!;
    this.#key = key;
  }

  sign(data: Uint8Array, length: number, out: Uint8Array, outAt: number): void {
    if (!this.#key) throw new Error("This signer is closed.");
    const options = { key: this.#key, dsaEncoding: "ieee-p1363" as const };
    out.set(sign(this.#digest, data.subarray(0, length), options), outAt);
  }

  close(): void {
    this.#key = undefined;
  }
}
