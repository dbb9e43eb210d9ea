/**
 * The few C functions behind the UDP fast path, through koffi, and the one arena of octets that the kernel reads and
 * writes. Linux, 64 bits, little endian only; elsewhere `loadNative` says so and the caller takes `node:dgram`.
 *
 * An arena is ONE ArrayBuffer of more than 64 octets, so V8 keeps it outside its moving heap and its address is good for
 * as long as the ArrayBuffer is referenced. Who holds an address has to hold the Arena: a buffer that only the kernel
 * still used was collected once, in a trial, and the process died.
 */
import { createRequire } from "node:module";
import { constants, endianness } from "node:os";
import { fail, ok, type Result } from "#bytes";
import { type NetError, netError } from "./errors.ts";

/** Pointers are passed as numbers: user-space addresses on Linux are below 2^47 (2^52 on arm64 with LVA), so they are exact. */
export interface Native {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: number, length: number): number;
  connect(fd: number, address: number, length: number): number;
  getsockname(fd: number, address: number, length: number): number;
  setsockopt(fd: number, level: number, name: number, value: number, length: number): number;
  poll(fds: number, count: number, milliseconds: number): number;
  recvmmsg(fd: number, vector: number, count: number, flags: number, timeout: number): number;
  sendmmsg(fd: number, vector: number, count: number, flags: number): number;
  close(fd: number): number;
  /** Of the call just made. */
  errno(): number;
  addressOf(octets: Uint8Array): number;
}

/** From the kernel's headers (asm-generic, the same on x64 and arm64). */
export const C = {
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_DGRAM_CLOEXEC: 2 | 0o2000000,
  SOL_SOCKET: 1,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_REUSEPORT: 15,
  SO_RCVTIMEO: 20,
  SO_SNDTIMEO: 21,
  SO_SNDBUFFORCE: 32,
  SO_RCVBUFFORCE: 33,
  IPPROTO_IP: 0,
  IP_PKTINFO: 8,
  IP_MTU_DISCOVER: 10,
  IP_PMTUDISC_OMIT: 5,
  IPPROTO_IPV6: 41,
  IPV6_MTU_DISCOVER: 23,
  IPV6_V6ONLY: 26,
  IPV6_RECVPKTINFO: 49,
  IPV6_PKTINFO: 50,
  IPV6_PMTUDISC_OMIT: 5,
  MSG_TRUNC: 0x20,
  MSG_DONTWAIT: 0x40,
  MSG_WAITFORONE: 0x10000,
  POLLIN: 1,
  POLLOUT: 4,
} as const;

export const ERRNO = constants.errno;

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

export function nativeError(native: Native, detail: string): NetError {
  return netError(ERRNO_NAMES.get(native.errno()), detail);
}

/** The functions, or why this platform has none. Each thread loads its own. */
export function loadNative(): Result<Native, NetError> {
  if (process.platform !== "linux" || endianness() !== "LE" || !["x64", "arm64"].includes(process.arch)) {
    return fail({ code: "net.unsupported", detail: `no recvmmsg layout for ${process.platform}-${process.arch}` });
  }
  try {
    return ok(bindFunctions());
  } catch (error) {
    return fail({ code: "net.unsupported", detail: error instanceof Error ? error.message : String(error) });
  }
}

function bindFunctions(): Native {
  // Not a static import: where the addon is missing (another C library, another platform) the room must still load.
  const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
  const library = koffi.load(null);
  const int = (name: string, ...parameters: string[]) => library.func(name, "int", parameters);
  return {
    socket: int("socket", "int", "int", "int"),
    bind: int("bind", "int", "uintptr_t", "uint"),
    connect: int("connect", "int", "uintptr_t", "uint"),
    getsockname: int("getsockname", "int", "uintptr_t", "uintptr_t"),
    setsockopt: int("setsockopt", "int", "int", "int", "uintptr_t", "uint"),
    poll: int("poll", "uintptr_t", "ulong", "int"),
    recvmmsg: int("recvmmsg", "int", "uintptr_t", "uint", "int", "uintptr_t"),
    sendmmsg: int("sendmmsg", "int", "uintptr_t", "uint", "int"),
    close: int("close", "int"),
    errno: () => koffi.errno(),
    addressOf: (octets) => Number(koffi.address(octets)),
  };
}

/** Octets at an address that holds while this object is referenced. Offsets are in octets and multiples of 4 for words. */
export class Arena {
  readonly octets: Uint8Array;
  readonly words: Uint32Array;
  readonly address: number;

  constructor(native: Native, length: number) {
    // Typed arrays up to 64 octets may live inside V8's moving heap: never so small.
    const buffer = new ArrayBuffer(Math.max(4096, (length + 7) & ~7));
    this.octets = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.address = native.addressOf(this.octets);
  }

  /** Writes a 64-bit pointer to `target` (an offset in this arena) at offset `at`. */
  point(at: number, target: number): void {
    this.long(at, this.address + target);
  }

  /** Writes 64 bits; `value` is at most 2^53. */
  long(at: number, value: number): void {
    this.words[at >> 2] = value >>> 0;
    this.words[(at >> 2) + 1] = Math.floor(value / 0x1_0000_0000);
  }
}
