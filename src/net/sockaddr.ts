/** `struct sockaddr_in` and `sockaddr_in6` in an arena: family (host order), port (network order), address. */
import { addressOctets, printAddress, type SocketAddress, scopeOf } from "./address.ts";
import { C } from "./native.ts";

/** Room for either form. */
export const SOCKADDR_ROOM = 32;
export const SOCKADDR4_LENGTH = 16;
export const SOCKADDR6_LENGTH = 28;
/** Where the address octets stand. */
export const SOCKADDR4_ADDRESS = 4;
export const SOCKADDR6_ADDRESS = 8;

/** Writes at `octets[at]`; its length, or 0 when the text is no IP address. */
export function writeSockaddr(octets: Uint8Array, at: number, to: SocketAddress): number {
  const address = addressOctets(to.address);
  if (address === undefined) return 0;
  octets.fill(0, at, at + SOCKADDR_ROOM);
  const six = address.length === 16;
  octets[at] = six ? C.AF_INET6 : C.AF_INET;
  octets[at + 2] = to.port >> 8;
  octets[at + 3] = to.port;
  octets.set(address, at + (six ? SOCKADDR6_ADDRESS : SOCKADDR4_ADDRESS));
  if (six) {
    const scope = scopeOf(to.address);
    for (let i = 0; i < 4; i++) octets[at + 24 + i] = scope >>> (8 * i);
  }
  return six ? SOCKADDR6_LENGTH : SOCKADDR4_LENGTH;
}

export function readSockaddr(octets: Uint8Array, at: number): SocketAddress {
  const port = (octets[at + 2]! << 8) | octets[at + 3]!;
  const start = octets[at] === C.AF_INET6 ? at + SOCKADDR6_ADDRESS : at + SOCKADDR4_ADDRESS;
  const length = octets[at] === C.AF_INET6 ? 16 : 4;
  return { address: printAddress(octets.subarray(start, start + length)), port };
}
