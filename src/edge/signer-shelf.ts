/**
 * Signers of many zones in one worker: an open key is some 2 kB, 30 by `node:crypto`, so only those that signed lately stay open;
 * the others are opened again when they sign. Price: a look into a map for each signature, which takes 200 times as long.
 */
import { fail, ok, type Result } from "#bytes";
import { type Crypto, isPlainKey, type Signer, type SigningKey } from "#crypto";

/** Open at the same time in one worker: 1 MB, 15 by `node:crypto`. */
const MOST_OPEN = 512;

/** Of a signature by algorithm 13. */
const PLAIN_OCTETS = 64;

/** Keeps: at most so many signers are open, the ones used last. */
export class SignerShelf {
  private readonly crypto: Pick<Crypto, "openSigner">;
  private readonly most: number;
  /** In the order of their last use. */
  private readonly openSigners = new Map<ShelvedSigner, Signer>();

  constructor(crypto: Pick<Crypto, "openSigner">, most = MOST_OPEN) {
    this.crypto = crypto;
    this.most = most;
  }

  get openCount(): number {
    return this.openSigners.size;
  }

  /**
   * Opens the key at once, so that one that is no good is known now and not while answering. Where many are open already, one whose form says
   * what it is waits until it has to sign: of tens of thousands of zones most are asked for without signatures, or have them in their tables.
   */
  open(key: SigningKey): Result<Signer, string> {
    if (this.openSigners.size >= this.most / 2 && isPlainKey(key))
      return ok(new ShelvedSigner(this, key, PLAIN_OCTETS));
    const opened = this.crypto.openSigner(key);
    if (!opened.ok) return fail(opened.error);
    const shelved = new ShelvedSigner(this, key, opened.value.signatureLength);
    this.put(shelved, opened.value);
    return ok(shelved);
  }

  /** The open signer of `shelved`, which is now the one used last. */
  take(shelved: ShelvedSigner, key: SigningKey): Signer {
    const known = this.openSigners.get(shelved);
    if (known) {
      if (this.openSigners.size < this.most) return known;
      this.openSigners.delete(shelved);
      this.openSigners.set(shelved, known);
      return known;
    }
    const opened = this.crypto.openSigner(key);
    if (!opened.ok) throw new Error(`a key that was good can't be opened: ${opened.error}`);
    this.put(shelved, opened.value);
    return opened.value;
  }

  drop(shelved: ShelvedSigner): void {
    this.openSigners.get(shelved)?.close();
    this.openSigners.delete(shelved);
  }

  private put(shelved: ShelvedSigner, signer: Signer): void {
    for (const oldest of this.openSigners.keys()) {
      if (this.openSigners.size < this.most) break;
      this.drop(oldest);
    }
    this.openSigners.set(shelved, signer);
  }
}

/** Looks like an open signer, and is one whenever it signs. */
class ShelvedSigner implements Signer {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly signatureLength: number;
  private readonly shelf: SignerShelf;
  private readonly key: SigningKey;
  private closed = false;

  constructor(shelf: SignerShelf, key: SigningKey, signatureLength: number) {
    this.shelf = shelf;
    this.key = key;
    this.keyTag = key.keyTag;
    this.algorithm = key.algorithm;
    this.signatureLength = signatureLength;
  }

  sign(data: Uint8Array, length: number, out: Uint8Array, outAt: number): void {
    if (this.closed) throw new Error("this signer is closed");
    this.shelf.take(this, this.key).sign(data, length, out, outAt);
  }

  close(): void {
    this.closed = true;
    this.shelf.drop(this);
  }
}
