/** ECDSA through OpenSSL's own functions: signer for P-256, verifier for P-256 and P-384; the rest by `node:crypto`. */
import { ok, type Result } from "#bytes";
import { DnssecAlgorithm } from "#dnssec";
import { derToRaw, maxDerLength, rawToDer } from "./der.ts";
import { KeyCache } from "./key-cache.ts";
import { KeyTables, type TabledKey, tabledKey } from "./key-table.ts";
import { nodeVerifier, openNodeSigner, type Verify } from "./node-path.ts";
import { loadTableFunctions, type OpenSsl, type Pointer } from "./openssl.ts";
import { type EcCurve, P256, readKeyParts } from "./public-key.ts";
import { exportP256, importPrivateKey, readP256, type Signer, type SignerError, type SigningKey } from "./signer.ts";

/** In front of x | y (SEC 1, 2.3.3). */
const UNCOMPRESSED = 4;

/** Keeps: the EC_KEY lives as long as this object, or until `free`. */
class EcKey {
  readonly curve: EcCurve;
  pointer: Pointer | undefined;
  private readonly openSsl: OpenSsl;
  private readonly registry: FinalizationRegistry<Pointer>;

  constructor(openSsl: OpenSsl, registry: FinalizationRegistry<Pointer>, curve: EcCurve, pointer: Pointer) {
    this.openSsl = openSsl;
    this.registry = registry;
    this.curve = curve;
    this.pointer = pointer;
    registry.register(this, pointer, this);
  }

  free(): void {
    if (this.pointer === undefined) return;
    this.registry.unregister(this);
    this.openSsl.freeKey(this.pointer);
    this.pointer = undefined;
  }
}

export type OpenSslPath = {
  readonly verify: Verify;
  openSigner(key: SigningKey): Result<Signer, SignerError>;
};

export function openSslPath(openSsl: OpenSsl): OpenSslPath {
  const registry = new FinalizationRegistry<Pointer>((pointer) => openSsl.freeKey(pointer));
  return { verify: openSslVerifier(openSsl, registry), openSigner: (key) => openSslSigner(openSsl, registry, key) };
}

/** The key, or undefined when OpenSSL refuses it: a point that is not on the curve, or not that of the private scalar. */
function makeKey(
  openSsl: OpenSsl,
  registry: FinalizationRegistry<Pointer>,
  curve: EcCurve,
  point: Uint8Array,
  scalar?: Uint8Array,
): EcKey | undefined {
  const pointer = openSsl.newCurveKey(curve.nid);
  if (pointer === null) return undefined;
  const octets = new Uint8Array(1 + 2 * curve.octets);
  octets[0] = UNCOMPRESSED;
  octets.set(point, 1);
  const isGood =
    openSsl.setPublic(pointer, octets, octets.length, null) === 1 &&
    (scalar === undefined || openSsl.setPrivate(pointer, scalar, scalar.length) === 1) &&
    openSsl.checkKey(pointer) === 1;
  if (isGood) return new EcKey(openSsl, registry, curve, pointer);
  openSsl.clearErrors();
  openSsl.freeKey(pointer);
  return undefined;
}

/** `tabled`: of P-256. */
type VerifyKey = { readonly key: EcKey; readonly tabled: TabledKey | undefined };

function openSslVerifier(openSsl: OpenSsl, registry: FinalizationRegistry<Pointer>): Verify {
  const otherwise = nodeVerifier();
  const keys = new KeyCache<VerifyKey | "other" | "refused">((algorithm, dnskey) => {
    const parts = readKeyParts(algorithm, dnskey);
    if (parts === undefined) return "refused";
    if (parts === "unsupported" || parts.kind !== "ec") return "other";
    const key = makeKey(openSsl, registry, parts.curve, parts.point);
    if (!key) return "refused";
    const octets = Uint8Array.of(UNCOMPRESSED, ...parts.point);
    return { key, tabled: parts.curve === P256 ? tabledKey(octets) : undefined };
  });
  const tables = new KeyTables(() => {
    const loaded = loadTableFunctions();
    return loaded.ok ? loaded.value : undefined;
  });
  const digest = new Uint8Array(48);
  const der = new Uint8Array(maxDerLength(48));
  return (algorithm, dnskey, data, signature) => {
    const found = keys.get(algorithm, dnskey);
    if (found === "other") return otherwise(algorithm, dnskey, data, signature);
    if (found === "refused") return false;
    const { key, tabled } = found;
    const { octets } = key.curve;
    if (signature.length !== 2 * octets) return false;
    if (octets === 32) openSsl.sha256(data, data.length, digest);
    else openSsl.sha384(data, data.length, digest);
    if (tabled && tables.find(tabled)?.verify(digest, signature)) return true;
    const derLength = rawToDer(signature, octets, der);
    const outcome = openSsl.verify(0, digest, octets, der, derLength, key.pointer!);
    // 0: does not match; -1: not even a signature (r or s out of range), which leaves errors in a queue that grows.
    if (outcome !== 1) openSsl.clearErrors();
    return outcome === 1;
  };
}

function openSslSigner(
  openSsl: OpenSsl,
  registry: FinalizationRegistry<Pointer>,
  signingKey: SigningKey,
): Result<Signer, SignerError> {
  if (signingKey.algorithm !== DnssecAlgorithm.ECDSAP256SHA256) return openNodeSigner(signingKey);
  const plain = readP256(signingKey);
  const known = plain && makeP256(openSsl, registry, plain);
  if (known) return ok(new OpenSslSigner(openSsl, known, signingKey.keyTag));
  const imported = importPrivateKey(signingKey);
  if (!imported.ok) return imported;
  const key = makeP256(openSsl, registry, exportP256(imported.value.key));
  if (!key) return openNodeSigner(signingKey);
  return ok(new OpenSslSigner(openSsl, key, signingKey.keyTag));
}

/** Wipes the scalar. */
function makeP256(
  openSsl: OpenSsl,
  registry: FinalizationRegistry<Pointer>,
  { scalar, point }: { readonly scalar: Uint8Array; readonly point: Uint8Array },
): EcKey | undefined {
  const key = makeKey(openSsl, registry, P256, point, scalar);
  scalar.fill(0);
  return key;
}

/** Keeps: `key` has its private scalar; scratch buffers are this signer's own, so signers do not disturb each other. */
class OpenSslSigner implements Signer {
  readonly keyTag: number;
  readonly algorithm = DnssecAlgorithm.ECDSAP256SHA256;
  readonly signatureLength = 64;
  readonly #openSsl: OpenSsl;
  readonly #key: EcKey;
  readonly #digest = new Uint8Array(32);
  readonly #der = new Uint8Array(maxDerLength(32));
  readonly #derLength = new Uint32Array(1);

  constructor(openSsl: OpenSsl, key: EcKey, keyTag: number) {
    this.#openSsl = openSsl;
    this.#key = key;
    this.keyTag = keyTag;
  }

  sign(data: Uint8Array, length: number, out: Uint8Array, outAt: number): void {
    const pointer = this.#key.pointer;
    if (pointer === undefined) throw new Error("This signer is closed.");
    if (length > data.length || outAt + 64 > out.length) throw new Error("Lengths past the ends of the arrays.");
    this.#openSsl.sha256(data, length, this.#digest);
    const made = this.#openSsl.sign(0, this.#digest, 32, this.#der, this.#derLength, pointer);
    if (made !== 1 || !derToRaw(this.#der, this.#derLength[0]!, 32, out, outAt)) {
      this.#openSsl.clearErrors();
      throw new Error("OpenSSL could not sign.");
    }
  }

  close(): void {
    this.#key.free();
  }
}
