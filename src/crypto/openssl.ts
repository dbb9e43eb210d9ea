/**
 * The OpenSSL that is inside the Node binary, through koffi: `crypto.sign` spends a third of its time around the curve.
 * Of OpenSSL only the old ECDSA calls on an EC_KEY are used: they take a digest, keep no state between calls (an
 * EVP_MD_CTX for signing would carry the last message into the next signature), and are the fastest measured.
 *
 * Memory: every buffer handed over is used only during the call and is referenced by the caller meanwhile; OpenSSL keeps
 * no pointer to any of them. What it allocates are EC_KEYs, freed by `EC_KEY_free`.
 */
import { createRequire } from "node:module";
import { fail, ok, type Result } from "#bytes";

/** A pointer. OpenSSL's NULL comes as null. */
export type Pointer = bigint | object;

export type OpenSsl = {
  newCurveKey(nid: number): Pointer | null;
  freeKey(key: Pointer): void;
  /** 04 | x | y; 1 only when the point is on the curve. */
  setPublic(key: Pointer, octets: Uint8Array, length: number, context: null): number;
  setPrivate(key: Pointer, octets: Uint8Array, length: number): number;
  /** 1 when the point is on the curve, of the right order, and belongs to the private key. */
  checkKey(key: Pointer): number;
  sha256(data: Uint8Array, length: number, out: Uint8Array): unknown;
  sha384(data: Uint8Array, length: number, out: Uint8Array): unknown;
  sign(type: number, digest: Uint8Array, length: number, out: Uint8Array, outLength: Uint32Array, key: Pointer): number;
  verify(type: number, digest: Uint8Array, length: number, der: Uint8Array, derLength: number, key: Pointer): number;
  clearErrors(): void;
};

const DECLARATIONS: Readonly<Record<keyof OpenSsl, string>> = {
  newCurveKey: "void *EC_KEY_new_by_curve_name(int nid)",
  freeKey: "void EC_KEY_free(void *key)",
  setPublic: "int EC_KEY_oct2key(void *key, const uint8_t *octets, size_t length, void *context)",
  setPrivate: "int EC_KEY_oct2priv(void *key, const uint8_t *octets, size_t length)",
  checkKey: "int EC_KEY_check_key(void *key)",
  sha256: "void *SHA256(const uint8_t *data, size_t length, uint8_t *out)",
  sha384: "void *SHA384(const uint8_t *data, size_t length, uint8_t *out)",
  sign: "int ECDSA_sign(int type, const uint8_t *digest, int length, uint8_t *out, uint32_t *outLength, void *key)",
  verify: "int ECDSA_verify(int type, const uint8_t *digest, int length, const uint8_t *der, int derLength, void *key)",
  clearErrors: "void ERR_clear_error()",
};

/**
 * Filled once, when first asked for: function addresses are constants of the process, but declaring them costs memory
 * that koffi never gives back, and loading must not happen at all where the Node path was chosen.
 */
const LOADED: { outcome?: Result<OpenSsl, string> } = {};

/** The functions, or one sentence on why they can't be had on this machine. */
export function loadOpenSsl(): Result<OpenSsl, string> {
  LOADED.outcome ??= load();
  return LOADED.outcome;
}

function load(): Result<OpenSsl, string> {
  try {
    const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
    const library = koffi.load(null);
    const version = library.func("const char *OpenSSL_version(int type)")(0) as string;
    // Another OpenSSL in the process than the one Node was built with: its structures may differ.
    if (!version.includes(` ${process.versions.openssl} `)) {
      return fail(`the process has "${version}", but Node has OpenSSL ${process.versions.openssl}`);
    }
    const entries = Object.entries(DECLARATIONS).map(([name, text]) => [name, library.func(text)] as const);
    return ok(Object.fromEntries(entries) as unknown as OpenSsl);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}
