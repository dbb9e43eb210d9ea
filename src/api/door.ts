/**
 * How many clients are connected: a bound for all, kept by Node's server, and one for each address, so that no single one shuts
 * the others out. Who comes from the machine itself or from a trusted proxy stands for many, and is held by the first bound alone.
 */
import { rangeContains, readAddress, readRange } from "#contract";
import { addressKey } from "./rate-limit.ts";

/** Clients at the same time; more are turned away at the door. */
export const CONNECTIONS_MAX = 1000;
/** Of these from one address (of IPv6, from one /64): a quarter. */
export const CONNECTIONS_EACH_MAX = 250;

/** The part of a socket that is used here; sockets themselves belong to #net. */
type Arriving = {
  readonly remoteAddress?: string | undefined;
  once(event: "close", gone: () => void): void;
  destroy(): void;
};

/** Keeps: no address is counted more often than it has connections, and who has none is not remembered. */
export class Door {
  readonly #taken = new Map<string, number>();
  readonly #standsForMany: (address: string) => boolean;

  /** @param proxies addresses and ranges */
  constructor(proxies: readonly string[]) {
    const ranges = ["127.0.0.0/8", "::1/128", ...proxies].map(readRange).filter((range) => range !== undefined);
    this.#standsForMany = (address) => {
      const octets = readAddress(address);
      return octets !== undefined && ranges.some((range) => rangeContains(range, octets));
    };
  }

  /** Whether it may stay; who may not is gone already. */
  enter(socket: Arriving): boolean {
    const address = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, "");
    // Gone before it was looked at.
    if (address === undefined || this.#standsForMany(address)) return true;
    const key = addressKey(address);
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= CONNECTIONS_EACH_MAX) {
      socket.destroy();
      return false;
    }
    this.#taken.set(key, taken + 1);
    socket.once("close", () => this.#leave(key));
    return true;
  }

  get addressCount(): number {
    return this.#taken.size;
  }

  #leave(key: string): void {
    const left = this.#taken.get(key)! - 1;
    if (left > 0) this.#taken.set(key, left);
    else this.#taken.delete(key);
  }
}
