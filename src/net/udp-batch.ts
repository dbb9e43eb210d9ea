/**
 * The UDP fast path: recvmmsg and sendmmsg, up to 64 datagrams a call, over buffers allocated once. The thread blocks in
 * `receive`, so it is for worker threads only.
 *
 *   receive() ─▶ query(0..n) queryLength(0..n) ─▶ handler writes reply(i) ─▶ setReplyLength(i, n) ─▶ flush()
 *
 * Arena of one batch (all offsets in octets, S = slots = batch + 1; the last slot is for `send`):
 *
 *   receive vector  S x 64   struct mmsghdr {name*, namelen, iov*, iovlen, control*, controllen, flags, len}
 *   send vector     S x 64
 *   receive iovecs  S x 16   {base*, length}
 *   send iovecs     S x 16
 *   names           S x 32   sockaddr of the client: written by recvmmsg, read by sendmmsg
 *   controls        S x 64   IP_PKTINFO / IPV6_PKTINFO: likewise
 *   poll set        8 for each socket
 *   queries         S x 4160 (64 more than the largest: neighbouring slots begin in different cache sets)
 *   replies         S x 4160
 */
import { fail, ok, type Result } from "#bytes";
import type { SocketAddress } from "./address.ts";
import type { NetError } from "./errors.ts";
import { Arena, C, ERRNO, loadNative, type Native } from "./native.ts";
import { readSockaddr, SOCKADDR_ROOM, SOCKADDR4_ADDRESS, SOCKADDR6_ADDRESS, writeSockaddr } from "./sockaddr.ts";
import {
  MAX_UDP_QUERY,
  MAX_UDP_REPLY,
  type ReturnPath,
  type UdpCounters,
  type UdpHandler,
  type UdpPath,
  type UdpSource,
} from "./udp.ts";
import { type NativeSocket, openBoundSocket } from "./udp-socket.ts";

export interface UdpBatchOptions {
  readonly addresses: readonly SocketAddress[];
  /** Datagrams a call, 1 to 1024. */
  readonly batch?: number;
  /** `receive` comes back at least so often, to look at the doorbell. */
  readonly waitMs?: number;
  /** Several workers on one address. */
  readonly reusePort?: boolean;
}

const HEADER = 64;
const VECTOR = 16;
const CONTROL = 64;
const PAYLOAD = MAX_UDP_QUERY + 64;
/** Fields of mmsghdr, as word offsets. */
const NAME_LENGTH = 2;
const CONTROL_LENGTH = 10;
const FLAGS = 12;
const LENGTH = 14;
/** A cmsghdr {length 8, level 4, type 4}, then in_pktinfo (12: interface, source, destination) or in6_pktinfo (20: address, interface). */
const PKTINFO4_LENGTH = 28;
const PKTINFO6_LENGTH = 36;
/** Errors other than "nothing there" in a row after which the sockets are taken for broken and the worker ends. */
const MAX_RECEIVE_ERRORS = 100;

export function openUdpBatch(options: UdpBatchOptions): Result<UdpBatch, NetError> {
  const native = loadNative();
  if (!native.ok) return native;
  const sockets: NativeSocket[] = [];
  for (const address of options.addresses) {
    const socket = openBoundSocket(native.value, address, {
      waitMs: options.waitMs ?? 50,
      reusePort: options.reusePort ?? true,
    });
    if (!socket.ok) {
      for (const open of sockets) native.value.close(open.fd);
      return fail(socket.error);
    }
    sockets.push(socket.value);
  }
  if (sockets.length === 0) return fail({ code: "net.bad_address", detail: "no address to listen on" });
  return ok(new UdpBatch(native.value, sockets, options));
}

/** Of a batch whose thread was terminated; from any thread. Only ever descriptors that are known to be open still. */
export function closeDescriptors(descriptors: readonly number[]): void {
  const native = loadNative();
  if (!native.ok) return;
  for (const fd of descriptors) native.value.close(fd);
}

/** Keeps its sockets and, for their life, the one arena that the kernel was given addresses in. */
export class UdpBatch implements UdpPath {
  readonly kind = "ffi";
  readonly addresses: readonly SocketAddress[];
  readonly batch: number;
  readonly counters: UdpCounters = { received: 0, sent: 0, unusable: 0, unsent: 0 };
  private readonly native: Native;
  private readonly sockets: readonly NativeSocket[];
  private readonly waitMs: number;
  private readonly arena: Arena;
  private readonly queries: Uint8Array[] = [];
  private readonly replies: Uint8Array[] = [];
  private readonly addresses4: Uint8Array[] = [];
  private readonly addresses6: Uint8Array[] = [];
  private readonly queryLengths: Uint16Array;
  private readonly replyLengths: Uint16Array;
  private readonly socketOf: Uint16Array;
  /** Which slot a send header points at: headers are rewritten only after a slot without an answer. */
  private readonly headerSlot: Int16Array;
  private readonly source: BatchSource;
  private readonly receiveVector = 0;
  private readonly sendVector: number;
  private readonly sendIovecs: number;
  private readonly names: number;
  private readonly controls: number;
  private readonly pollSet: number;
  private count = 0;
  private firstSocket = 0;
  private errorsInARow = 0;
  private closed = false;

  constructor(native: Native, sockets: readonly NativeSocket[], options: UdpBatchOptions) {
    this.native = native;
    this.sockets = sockets;
    this.addresses = sockets.map((socket) => socket.address);
    this.waitMs = options.waitMs ?? 50;
    this.batch = Math.min(1024, Math.max(1, options.batch ?? 64));
    const slots = this.batch + 1;
    this.sendVector = slots * HEADER;
    const receiveIovecs = this.sendVector + slots * HEADER;
    this.sendIovecs = receiveIovecs + slots * VECTOR;
    this.names = this.sendIovecs + slots * VECTOR;
    this.controls = this.names + slots * SOCKADDR_ROOM;
    this.pollSet = this.controls + slots * CONTROL;
    const payloads = (this.pollSet + sockets.length * 8 + 63) & ~63;
    this.arena = new Arena(native, payloads + 2 * slots * PAYLOAD);
    this.queryLengths = new Uint16Array(slots);
    this.replyLengths = new Uint16Array(slots);
    this.socketOf = new Uint16Array(slots);
    this.headerSlot = new Int16Array(slots).fill(-1);
    this.source = new BatchSource(this);
    const { octets } = this.arena;
    for (let slot = 0; slot < slots; slot++) {
      const query = payloads + slot * PAYLOAD;
      const reply = payloads + (slots + slot) * PAYLOAD;
      this.queries.push(octets.subarray(query, query + MAX_UDP_QUERY));
      this.replies.push(octets.subarray(reply, reply + MAX_UDP_REPLY));
      const name = this.names + slot * SOCKADDR_ROOM;
      this.addresses4.push(octets.subarray(name + SOCKADDR4_ADDRESS, name + SOCKADDR4_ADDRESS + 4));
      this.addresses6.push(octets.subarray(name + SOCKADDR6_ADDRESS, name + SOCKADDR6_ADDRESS + 16));
      this.layIovec(receiveIovecs + slot * VECTOR, query, MAX_UDP_QUERY);
      this.layIovec(this.sendIovecs + slot * VECTOR, reply, 0);
      this.layHeader(this.receiveVector + slot * HEADER, slot, receiveIovecs);
      this.resetReceiveHeader(slot);
      this.pointSendHeader(slot, slot);
    }
    for (const [i, socket] of sockets.entries()) {
      this.arena.words[(this.pollSet >> 2) + 2 * i] = socket.fd;
      this.arena.words[(this.pollSet >> 2) + 2 * i + 1] = C.POLLIN;
    }
  }

  /**
   * Waits up to `waitMs` for datagrams, or not at all; how many are in the slots now, 0 when none came. Drops what was not
   * flushed.
   */
  receive(wait = true): number {
    for (let slot = 0; slot < this.count; slot++) this.resetReceiveHeader(slot);
    this.count = 0;
    if (this.sockets.length === 1) this.receiveFrom(0, wait ? C.MSG_WAITFORONE : C.MSG_DONTWAIT);
    else this.receiveFromMany(wait ? this.waitMs : 0);
    this.counters.received += this.count;
    return this.count;
  }

  /** The slot's whole buffer: the query is its first `queryLength(i)` octets. */
  query(i: number): Uint8Array {
    return this.queries[i]!;
  }

  /** 0 for a datagram that was empty or larger than the buffer. */
  queryLength(i: number): number {
    return this.queryLengths[i]!;
  }

  /** 4 or 16 octets; a view that the next `receive` overwrites. */
  clientAddress(i: number): Uint8Array {
    return this.sockets[this.socketOf[i]!]!.six ? this.addresses6[i]! : this.addresses4[i]!;
  }

  clientPort(i: number): number {
    const at = this.names + i * SOCKADDR_ROOM + 2;
    return (this.arena.octets[at]! << 8) | this.arena.octets[at + 1]!;
  }

  reply(i: number): Uint8Array {
    return this.replies[i]!;
  }

  /** 0 (as after `receive`) = no answer. */
  setReplyLength(i: number, length: number): void {
    this.replyLengths[i] = length;
  }

  returnPath(i: number): ReturnPath {
    const { octets, words } = this.arena;
    const name = this.names + i * SOCKADDR_ROOM;
    const { address, port } = readSockaddr(octets, name);
    const scope = this.sockets[this.socketOf[i]!]!.six ? words[(name + 24) >> 2]! : 0;
    const control = this.controls + i * CONTROL;
    return {
      socket: this.socketOf[i]!,
      client: { address: scope === 0 ? address : `${address}%${scope}`, port },
      local: octets.slice(control, control + this.controlLength(i)),
    };
  }

  /**
   * One round: receive, answer each, send. How many came; a handler that throws leaves the batch unsent. `received` is called
   * before anything is answered, also when nothing came.
   */
  serve(handler: UdpHandler, wait = true, received?: () => void): number {
    const count = this.receive(wait);
    received?.();
    const source = this.source;
    for (let i = 0; i < count; i++) {
      const length = this.queryLengths[i]!;
      if (length === 0) continue;
      source.slot = i;
      source.clientAddress = this.clientAddress(i);
      source.clientPort = this.clientPort(i);
      this.replyLengths[i] = handler(this.queries[i]!, length, this.replies[i]!, source);
    }
    if (count > 0) this.flush();
    return count;
  }

  /** The datagram that `serve` is at, or was at when its handler threw: for the report. */
  current(): Uint8Array {
    const slot = this.source.slot;
    return this.queries[slot]!.slice(0, this.queryLengths[slot]!);
  }

  /** Sends every slot with a reply length; how many the kernel took. */
  flush(): number {
    const before = this.counters.sent;
    let headers = 0;
    let socket = 0;
    for (let slot = 0; slot < this.count; slot++) {
      const length = this.replyLengths[slot]!;
      if (length === 0) continue;
      this.replyLengths[slot] = 0;
      if (headers > 0 && this.socketOf[slot] !== socket) {
        this.sendHeaders(socket, headers);
        headers = 0;
      }
      socket = this.socketOf[slot]!;
      this.fillSendHeader(headers++, slot, length);
    }
    if (headers > 0) this.sendHeaders(socket, headers);
    return this.counters.sent - before;
  }

  send(path: ReturnPath, message: Uint8Array): boolean {
    const slot = this.batch;
    const socket = this.sockets[path.socket];
    if (this.closed || socket === undefined || message.length > MAX_UDP_REPLY || path.local.length > CONTROL)
      return false;
    const { octets, words } = this.arena;
    const nameLength = writeSockaddr(octets, this.names + slot * SOCKADDR_ROOM, path.client);
    if (nameLength === 0) return false;
    octets.set(path.local, this.controls + slot * CONTROL);
    this.replies[slot]!.set(message);
    const receive = (this.receiveVector + slot * HEADER) >> 2;
    words[receive + NAME_LENGTH] = nameLength;
    words[receive + CONTROL_LENGTH] = path.local.length;
    this.socketOf[slot] = path.socket;
    this.fillSendHeader(0, slot, message.length);
    const before = this.counters.sent;
    this.sendHeaders(path.socket, 1);
    return this.counters.sent > before;
  }

  /**
   * The open sockets. Nobody closes them when the thread is terminated in the middle of its loop: whoever terminates it
   * has to (`closeDescriptors`), or the kernel keeps handing datagrams to a socket that nobody reads.
   */
  get descriptors(): readonly number[] {
    return this.closed ? [] : this.sockets.map((socket) => socket.fd);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const socket of this.sockets) this.native.close(socket.fd);
  }

  private receiveFromMany(waitMs: number): void {
    const { words, address } = this.arena;
    const ready = this.native.poll(address + this.pollSet, this.sockets.length, waitMs);
    if (ready <= 0) {
      if (ready < 0) this.noteError();
      return;
    }
    const sockets = this.sockets.length;
    // Another socket is first each time: a flood on one address must not starve the others.
    this.firstSocket = (this.firstSocket + 1) % sockets;
    for (let i = 0; i < sockets && this.count < this.batch; i++) {
      const socket = (this.firstSocket + i) % sockets;
      const returned = words[(this.pollSet >> 2) + 2 * socket + 1]! >>> 16;
      if (returned !== 0) this.receiveFrom(socket, C.MSG_DONTWAIT);
    }
  }

  private receiveFrom(index: number, flags: number): void {
    const socket = this.sockets[index]!;
    const vector = this.arena.address + this.receiveVector + this.count * HEADER;
    const got = this.native.recvmmsg(socket.fd, vector, this.batch - this.count, flags, 0);
    if (got < 0) {
      this.noteError();
      return;
    }
    this.errorsInARow = 0;
    const { words } = this.arena;
    for (let slot = this.count; slot < this.count + got; slot++) {
      const header = (this.receiveVector + slot * HEADER) >> 2;
      const truncated = (words[header + FLAGS]! & C.MSG_TRUNC) !== 0;
      const length = truncated ? 0 : words[header + LENGTH]!;
      if (length === 0) this.counters.unusable++;
      this.queryLengths[slot] = length;
      this.replyLengths[slot] = 0;
      this.socketOf[slot] = index;
      if (socket.wildcard) this.turnRound(slot, socket.six);
    }
    this.count += got;
  }

  /**
   * Makes of the received packet information the one to send with: source = the address that was asked (already in its
   * place), interface = left to routing, but for link-local addresses, which mean nothing without one.
   */
  private turnRound(slot: number, six: boolean): void {
    const { octets, words } = this.arena;
    const header = (this.receiveVector + slot * HEADER) >> 2;
    const control = this.controls + slot * CONTROL;
    const length = words[header + CONTROL_LENGTH]!;
    if (length < (six ? PKTINFO6_LENGTH : PKTINFO4_LENGTH)) {
      words[header + CONTROL_LENGTH] = 0;
      return;
    }
    if (!six) words[(control + 16) >> 2] = 0;
    else if (octets[control + 16] !== 0xfe || (octets[control + 17]! & 0xc0) !== 0x80) words[(control + 32) >> 2] = 0;
  }

  private noteError(): void {
    const errno = this.native.errno();
    if (errno === ERRNO.EAGAIN || errno === ERRNO.EINTR) {
      this.errorsInARow = 0;
      return;
    }
    // A queued ICMP error and the like pass; a descriptor that is gone does not, and must not become a busy loop.
    this.errorsInARow++;
    if (this.errorsInARow > MAX_RECEIVE_ERRORS) throw new Error(`recvmmsg fails again and again: errno ${errno}`);
  }

  private sendHeaders(socket: number, headers: number): void {
    const { fd } = this.sockets[socket]!;
    const vector = this.arena.address + this.sendVector;
    let done = 0;
    let waited = false;
    // Every turn sends, waits once, or gives one datagram up: at most 2 x headers turns.
    while (done < headers) {
      const sent = this.native.sendmmsg(fd, vector + done * HEADER, headers - done, C.MSG_DONTWAIT);
      if (sent > 0) {
        this.counters.sent += sent;
        done += sent;
        continue;
      }
      const errno = this.native.errno();
      if (!waited && (errno === ERRNO.EAGAIN || errno === ERRNO.ENOBUFS || errno === ERRNO.EINTR)) {
        waited = true;
        this.waitForRoom(socket);
        continue;
      }
      waited = false;
      this.counters.unsent++;
      done++;
    }
  }

  /** The send buffer or the interface's queue is full: one short wait, then the datagram is lost, as UDP's are. */
  private waitForRoom(socket: number): void {
    const { words, address } = this.arena;
    const at = this.pollSet + 8 * socket;
    words[(at >> 2) + 1] = C.POLLOUT;
    this.native.poll(address + at, 1, 2);
    words[(at >> 2) + 1] = C.POLLIN;
  }

  private fillSendHeader(header: number, slot: number, length: number): void {
    const { words } = this.arena;
    if (this.headerSlot[header] !== slot) this.pointSendHeader(header, slot);
    const receive = (this.receiveVector + slot * HEADER) >> 2;
    const send = (this.sendVector + header * HEADER) >> 2;
    words[send + NAME_LENGTH] = words[receive + NAME_LENGTH]!;
    words[send + CONTROL_LENGTH] = this.controlLength(slot);
    words[(this.sendIovecs + slot * VECTOR + 8) >> 2] = length;
  }

  private controlLength(slot: number): number {
    const socket = this.sockets[this.socketOf[slot]!]!;
    return socket.wildcard ? this.arena.words[((this.receiveVector + slot * HEADER) >> 2) + CONTROL_LENGTH]! : 0;
  }

  private pointSendHeader(header: number, slot: number): void {
    this.layHeader(this.sendVector + header * HEADER, slot, this.sendIovecs);
    this.headerSlot[header] = slot;
  }

  private layHeader(at: number, slot: number, iovecs: number): void {
    this.arena.point(at, this.names + slot * SOCKADDR_ROOM);
    this.arena.point(at + 16, iovecs + slot * VECTOR);
    this.arena.long(at + 24, 1);
    this.arena.point(at + 32, this.controls + slot * CONTROL);
  }

  private layIovec(at: number, target: number, length: number): void {
    this.arena.point(at, target);
    this.arena.long(at + 8, length);
  }

  private resetReceiveHeader(slot: number): void {
    const { words } = this.arena;
    const header = (this.receiveVector + slot * HEADER) >> 2;
    words[header + NAME_LENGTH] = SOCKADDR_ROOM;
    words[header + CONTROL_LENGTH] = CONTROL;
    words[header + FLAGS] = 0;
  }
}

class BatchSource implements UdpSource {
  slot = 0;
  clientAddress: Uint8Array = new Uint8Array(4);
  clientPort = 0;
  private readonly owner: UdpBatch;

  constructor(owner: UdpBatch) {
    this.owner = owner;
  }

  returnPath(): ReturnPath {
    return this.owner.returnPath(this.slot);
  }
}
