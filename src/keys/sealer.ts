/**
 * Sealing secrets for the disk: AES-256-GCM under the master key.
 *
 * ```
 * sealed, version 1    "CSK" 3 | version 1 | master key's mark 4 | nonce 12 | ciphertext | tag 16
 * authenticated too    the octets before the nonce, and the context: what the secret belongs to
 * ```
 *
 * The context keeps a sealed secret in its place: a row of one zone copied over another's does not open.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { bytesEqual, fail, ok, type Result } from "#bytes";
import { SecretOctets } from "./secret.ts";

export const SEALED_VERSION = 1;
export const MASTER_KEY_OCTETS = 32;

const MAGIC = Uint8Array.of(0x43, 0x53, 0x4b); // "CSK"
const MARK = 4;
const HEAD = MAGIC.length + 1 + MARK;
const NONCE = 12;
const TAG = 16;
const CONTEXT_PREFIX = "countersign sealed 1\0";

export type UnsealError = "not-sealed" | "unknown-version" | "other-master-key" | "not-authentic";

/** Keeps: the master key stays inside. Random nonces: good for 2^32 secrets under one master key. */
export class MasterKey {
  readonly #key: SecretOctets;
  readonly #mark: Uint8Array;

  /** 32 octets. */
  constructor(octets: Uint8Array) {
    if (octets.length !== MASTER_KEY_OCTETS) throw new Error("A master key has 32 octets.");
    this.#key = new SecretOctets(octets);
    this.#mark = createHash("sha256").update("countersign master key mark\0").update(octets).digest().subarray(0, MARK);
  }

  /** Eight hex digits that tell master keys apart and give nothing away: for logs and error texts. */
  get mark(): string {
    return Buffer.from(this.#mark).toString("hex");
  }

  /** `context` has to be the same when it is unsealed. */
  seal(plain: Uint8Array, context: string): Uint8Array {
    const head = new Uint8Array(HEAD);
    head.set(MAGIC);
    head[MAGIC.length] = SEALED_VERSION;
    head.set(this.#mark, MAGIC.length + 1);
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv("aes-256-gcm", this.#key.expose(), nonce);
    cipher.setAAD(additionalData(head, context));
    const sealed = Buffer.concat([head, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return Uint8Array.from(sealed);
  }

  unseal(sealed: Uint8Array, context: string): Result<Uint8Array, UnsealError> {
    const head = sealed.subarray(0, HEAD);
    if (sealed.length < HEAD + NONCE + TAG || !bytesEqual(head.subarray(0, MAGIC.length), MAGIC)) {
      return fail("not-sealed");
    }
    if (head[MAGIC.length] !== SEALED_VERSION) return fail("unknown-version");
    if (!bytesEqual(head.subarray(MAGIC.length + 1), this.#mark)) return fail("other-master-key");
    const nonce = sealed.subarray(HEAD, HEAD + NONCE);
    const decipher = createDecipheriv("aes-256-gcm", this.#key.expose(), nonce, { authTagLength: TAG });
    decipher.setAAD(additionalData(head, context));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    try {
      const body = sealed.subarray(HEAD + NONCE, sealed.length - TAG);
      return ok(Uint8Array.from(Buffer.concat([decipher.update(body), decipher.final()])));
    } catch {
      return fail("not-authentic");
    }
  }

  /** `unseal` in the form that #store's Sealer wants: undefined for any error. */
  open(sealed: Uint8Array, context: string): Uint8Array | undefined {
    const opened = this.unseal(sealed, context);
    return opened.ok ? opened.value : undefined;
  }

  toJSON(): string {
    return `[master key ${this.mark}]`;
  }
}

function additionalData(head: Uint8Array, context: string): Buffer {
  return Buffer.concat([head, Buffer.from(CONTEXT_PREFIX + context, "utf8")]);
}
