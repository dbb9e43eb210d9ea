/** Octets that must not get into logs, JSON or a console by accident. */
import { inspect } from "node:util";

const SHOWN = "[secret]";

/** Keeps: the octets leave only by `expose`, which is easy to search for. */
export class SecretOctets {
  readonly #octets: Uint8Array;

  /** Takes a copy. */
  constructor(octets: Uint8Array) {
    this.#octets = Uint8Array.from(octets);
  }

  /** The octets themselves, not a copy: for the one call that needs them. */
  expose(): Uint8Array {
    return this.#octets;
  }

  /** Overwrites them. What was copied elsewhere stays: best effort, as far as JavaScript goes. */
  wipe(): void {
    this.#octets.fill(0);
  }

  toJSON(): string {
    return SHOWN;
  }

  toString(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
