/** What both UDP paths (the FFI batch and `node:dgram`) have in common, so that one table of tests runs on both. */
import type { SocketAddress } from "./address.ts";

/** Who asked. The object is reused for the next datagram, and so is `clientAddress`: copy what is to be kept. */
export interface UdpSource {
  /** 4 or 16 octets. */
  readonly clientAddress: Uint8Array;
  readonly clientPort: number;
  /** Where a later answer has to go; made on demand, may be kept and sent to other threads. */
  returnPath(): ReturnPath;
}

/** The way back to a client for an answer that is not made at once (a forwarded message). Plain data: survives a postMessage. */
export interface ReturnPath {
  /** Which of the path's sockets it came in by. */
  readonly socket: number;
  readonly client: SocketAddress;
  /** The control octets that make the kernel answer from the address that was asked (wildcard sockets); often empty. */
  readonly local: Uint8Array;
}

/**
 * Answers one datagram: `query[0..length)` in, octets written to `reply` from 0, their number returned; 0 = no answer.
 * `reply.length` is the most that can be sent.
 */
export type UdpHandler = (query: Uint8Array, length: number, reply: Uint8Array, from: UdpSource) => number;

export interface UdpCounters {
  received: number;
  sent: number;
  /** Datagrams larger than `MAX_UDP_QUERY`, or empty: never shown to the handler. */
  unusable: number;
  /** Answers the kernel did not take: no buffers, no route, not permitted. */
  unsent: number;
}

/** The sockets of one worker, whichever way they are driven. */
export interface UdpPath {
  readonly kind: "ffi" | "dgram";
  /** As bound: with the port the kernel gave where 0 was asked. */
  readonly addresses: readonly SocketAddress[];
  readonly counters: Readonly<UdpCounters>;
  /** An answer outside the batch. False when it was not taken. */
  send(path: ReturnPath, message: Uint8Array): boolean;
  close(): void;
}

/** Octets of one datagram that are taken. Real queries are below 512; a padded one or a NOTIFY with TSIG is below this. */
export const MAX_UDP_QUERY = 4096;

/** Octets of one answer at most, whatever a client's EDNS size allows. */
export const MAX_UDP_REPLY = 4096;
