/** Opens and configures one native UDP socket: options in the order in which they have to stand before bind. */
import { fail, ok, type Result } from "#bytes";
import { addressOctets, isWildcardAddress, printSocketAddress, type SocketAddress } from "./address.ts";
import type { NetError } from "./errors.ts";
import { Arena, C, type Native, nativeError } from "./native.ts";
import { readSockaddr, SOCKADDR_ROOM, writeSockaddr } from "./sockaddr.ts";

/** Asked for; the kernel gives what net.core.rmem_max allows unless we may force it. Holds a burst while a batch is answered. */
const SOCKET_BUFFER_OCTETS = 4 << 20;

export interface NativeSocket {
  readonly fd: number;
  readonly six: boolean;
  /** Bound to all addresses: answers need the destination address of the question as their source. */
  readonly wildcard: boolean;
  readonly address: SocketAddress;
}

export interface NativeSocketOptions {
  /** Receive and send block at most so long. 0 = the socket is used with MSG_DONTWAIT alone. */
  readonly waitMs: number;
  readonly reusePort: boolean;
}

/** Bound to `at`. */
export function openBoundSocket(
  native: Native,
  at: SocketAddress,
  options: NativeSocketOptions,
): Result<NativeSocket, NetError> {
  const octets = addressOctets(at.address);
  if (octets === undefined) return fail({ code: "net.bad_address", detail: at.address });
  const six = octets.length === 16;
  const wildcard = isWildcardAddress(octets);
  const where = printSocketAddress(at);
  const scratch = new Arena(native, 4096);
  const fd = native.socket(six ? C.AF_INET6 : C.AF_INET, C.SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) return fail(nativeError(native, `socket for ${where}`));
  const refuse = (error: NetError): Result<NativeSocket, NetError> => {
    native.close(fd);
    return fail(error);
  };
  if (options.reusePort && !set(native, scratch, fd, C.SOL_SOCKET, C.SO_REUSEPORT, 1)) {
    return refuse(nativeError(native, `SO_REUSEPORT for ${where}`));
  }
  // `::` must not take 0.0.0.0's datagrams as mapped addresses: each family has a socket of its own.
  if (six && !set(native, scratch, fd, C.IPPROTO_IPV6, C.IPV6_V6ONLY, 1)) {
    return refuse(nativeError(native, `IPV6_V6ONLY for ${where}`));
  }
  if (wildcard && !askForDestination(native, scratch, fd, six)) {
    return refuse(nativeError(native, `packet information for ${where}`));
  }
  if (options.waitMs > 0 && !setTimeouts(native, scratch, fd, options.waitMs)) {
    return refuse(nativeError(native, `SO_RCVTIMEO for ${where}`));
  }
  setBuffers(native, scratch, fd);
  avoidFragments(native, scratch, fd, six);
  const length = writeSockaddr(scratch.octets, 0, at);
  if (native.bind(fd, scratch.address, length) < 0) return refuse(nativeError(native, where));
  return ok({ fd, six, wildcard, address: boundAddress(native, scratch, fd, at) });
}

/** Connected to `to`: only that peer's datagrams arrive, from an ephemeral port. */
export function openConnectedSocket(native: Native, to: SocketAddress): Result<NativeSocket, NetError> {
  const scratch = new Arena(native, 4096);
  const octets = addressOctets(to.address);
  if (octets === undefined) return fail({ code: "net.bad_address", detail: to.address });
  const six = octets.length === 16;
  const fd = native.socket(six ? C.AF_INET6 : C.AF_INET, C.SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) return fail(nativeError(native, "socket"));
  setBuffers(native, scratch, fd);
  const length = writeSockaddr(scratch.octets, 0, to);
  if (native.connect(fd, scratch.address, length) < 0) {
    const error = nativeError(native, printSocketAddress(to));
    native.close(fd);
    return fail(error);
  }
  return ok({ fd, six, wildcard: false, address: boundAddress(native, scratch, fd, to) });
}

function boundAddress(native: Native, scratch: Arena, fd: number, asked: SocketAddress): SocketAddress {
  scratch.octets.fill(0, 0, SOCKADDR_ROOM);
  scratch.words[SOCKADDR_ROOM >> 2] = SOCKADDR_ROOM;
  if (native.getsockname(fd, scratch.address, scratch.address + SOCKADDR_ROOM) < 0) return asked;
  return { address: asked.address, port: readSockaddr(scratch.octets, 0).port };
}

function set(native: Native, scratch: Arena, fd: number, level: number, name: number, value: number): boolean {
  scratch.words[0] = value;
  return native.setsockopt(fd, level, name, scratch.address, 4) === 0;
}

function askForDestination(native: Native, scratch: Arena, fd: number, six: boolean): boolean {
  return six
    ? set(native, scratch, fd, C.IPPROTO_IPV6, C.IPV6_RECVPKTINFO, 1)
    : set(native, scratch, fd, C.IPPROTO_IP, C.IP_PKTINFO, 1);
}

/** `struct timeval` {seconds, microseconds}, 64 bits each. */
function setTimeouts(native: Native, scratch: Arena, fd: number, milliseconds: number): boolean {
  scratch.long(0, Math.floor(milliseconds / 1000));
  scratch.long(8, (milliseconds % 1000) * 1000);
  return (
    native.setsockopt(fd, C.SOL_SOCKET, C.SO_RCVTIMEO, scratch.address, 16) === 0 &&
    native.setsockopt(fd, C.SOL_SOCKET, C.SO_SNDTIMEO, scratch.address, 16) === 0
  );
}

/** Forced where we have CAP_NET_ADMIN, else up to the system's limit; a smaller buffer is no reason not to serve. */
function setBuffers(native: Native, scratch: Arena, fd: number): void {
  for (const [force, plain] of [
    [C.SO_RCVBUFFORCE, C.SO_RCVBUF],
    [C.SO_SNDBUFFORCE, C.SO_SNDBUF],
  ] as const) {
    if (!set(native, scratch, fd, C.SOL_SOCKET, force, SOCKET_BUFFER_OCTETS)) {
      set(native, scratch, fd, C.SOL_SOCKET, plain, SOCKET_BUFFER_OCTETS);
    }
  }
}

/**
 * RFC 9715 section 3: answers are kept below the path's MTU by size (1232), and a forged ICMP "fragmentation needed" must
 * not make the kernel fragment them. PMTUDISC_OMIT ignores such messages, as Knot DNS does. Kernels without it: no harm.
 */
function avoidFragments(native: Native, scratch: Arena, fd: number, six: boolean): void {
  if (six) set(native, scratch, fd, C.IPPROTO_IPV6, C.IPV6_MTU_DISCOVER, C.IPV6_PMTUDISC_OMIT);
  else set(native, scratch, fd, C.IPPROTO_IP, C.IP_MTU_DISCOVER, C.IP_PMTUDISC_OMIT);
}
