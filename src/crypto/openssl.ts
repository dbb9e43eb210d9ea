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

/** What `KeyTable` needs beside. A group's table is as old an interface as the EC_KEYs, and may go before them. */
export type TableFunctions = {
  newGroup(nid: number): Pointer | null;
  freeGroup(group: Pointer): void;
  /** Both are the group's own. */
  orderOf(group: Pointer): Pointer | null;
  cofactorOf(group: Pointer): Pointer | null;
  setGenerator(group: Pointer, point: Pointer, order: Pointer, cofactor: Pointer): number;
  makeTable(group: Pointer, context: Pointer): number;
  hasTable(group: Pointer): number;
  newPoint(group: Pointer): Pointer | null;
  freePoint(point: Pointer): void;
  /** 04 | x | y; 1 only when the point is on the curve. */
  setPoint(group: Pointer, point: Pointer, octets: Uint8Array, length: number, context: Pointer): number;
  /** `number` times the generator. */
  multiplyPoint(group: Pointer, out: Pointer, number: Pointer, point: null, by: null, context: Pointer): number;
  addPoints(group: Pointer, out: Pointer, a: Pointer, b: Pointer, context: Pointer): number;
  coordinates(group: Pointer, point: Pointer, x: Pointer, y: null, context: Pointer): number;
  newNumber(): Pointer | null;
  freeNumber(number: Pointer): void;
  setNumber(octets: Uint8Array, length: number, number: Pointer): unknown;
  /** Null: there is no inverse. */
  invert(out: Pointer, number: Pointer, modulus: Pointer, context: Pointer): Pointer | null;
  multiplyModulo(out: Pointer, a: Pointer, b: Pointer, modulus: Pointer, context: Pointer): number;
  remainder(out: Pointer, number: Pointer, modulus: Pointer, context: Pointer): number;
  compare(a: Pointer, b: Pointer): number;
  newContext(): Pointer | null;
  freeContext(context: Pointer): void;
  clearErrors(): void;
};

const TABLE_DECLARATIONS: Readonly<Record<keyof TableFunctions, string>> = {
  newGroup: "void *EC_GROUP_new_by_curve_name(int nid)",
  freeGroup: "void EC_GROUP_free(void *group)",
  orderOf: "void *EC_GROUP_get0_order(void *group)",
  cofactorOf: "void *EC_GROUP_get0_cofactor(void *group)",
  setGenerator: "int EC_GROUP_set_generator(void *group, void *point, void *order, void *cofactor)",
  makeTable: "int EC_GROUP_precompute_mult(void *group, void *context)",
  hasTable: "int EC_GROUP_have_precompute_mult(void *group)",
  newPoint: "void *EC_POINT_new(void *group)",
  freePoint: "void EC_POINT_free(void *point)",
  setPoint: "int EC_POINT_oct2point(void *group, void *point, const uint8_t *octets, size_t length, void *context)",
  multiplyPoint: "int EC_POINT_mul(void *group, void *out, void *number, void *point, void *by, void *context)",
  addPoints: "int EC_POINT_add(void *group, void *out, void *a, void *b, void *context)",
  coordinates: "int EC_POINT_get_affine_coordinates(void *group, void *point, void *x, void *y, void *context)",
  newNumber: "void *BN_new()",
  freeNumber: "void BN_free(void *number)",
  setNumber: "void *BN_bin2bn(const uint8_t *octets, int length, void *number)",
  invert: "void *BN_mod_inverse(void *out, void *number, void *modulus, void *context)",
  multiplyModulo: "int BN_mod_mul(void *out, void *a, void *b, void *modulus, void *context)",
  remainder: "int BN_nnmod(void *out, void *number, void *modulus, void *context)",
  compare: "int BN_cmp(void *a, void *b)",
  newContext: "void *BN_CTX_new()",
  freeContext: "void BN_CTX_free(void *context)",
  clearErrors: "void ERR_clear_error()",
};

/**
 * Filled once, when first asked for: function addresses are constants of the process, but declaring them costs memory
 * that koffi never gives back, and loading must not happen at all where the Node path was chosen.
 */
const LOADED: { outcome?: Result<OpenSsl, string>; tables?: Result<TableFunctions, string> } = {};

/** The functions, or one sentence on why they can't be had on this machine. */
export function loadOpenSsl(): Result<OpenSsl, string> {
  LOADED.outcome ??= load<OpenSsl>(DECLARATIONS);
  return LOADED.outcome;
}

/** As above, when a table is first wanted. */
export function loadTableFunctions(): Result<TableFunctions, string> {
  LOADED.tables ??= load<TableFunctions>(TABLE_DECLARATIONS);
  return LOADED.tables;
}

function load<Functions>(declarations: Readonly<Record<keyof Functions, string>>): Result<Functions, string> {
  try {
    const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
    const library = koffi.load(null);
    const version = library.func("const char *OpenSSL_version(int type)")(0) as string;
    // Another OpenSSL in the process than the one Node was built with: its structures may differ.
    if (!version.includes(` ${process.versions.openssl} `)) {
      return fail(`the process has "${version}", but Node has OpenSSL ${process.versions.openssl}`);
    }
    const entries = Object.entries<string>(declarations).map(([name, text]) => [name, library.func(text)] as const);
    return ok(Object.fromEntries(entries) as unknown as Functions);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}
