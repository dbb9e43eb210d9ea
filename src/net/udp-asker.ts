/**
 * Many questions to one server: connected sockets, sendmmsg and recvmmsg without waiting, for load generators. The caller
 * turns it as fast as it can; nothing here blocks.
 */
import { fail, ok, type Result } from "#bytes";
import type { SocketAddress } from "./address.ts";
import type { NetError } from "./errors.ts";
import { Arena, C, ERRNO, loadNative, type Native } from "./native.ts";
import { MAX_UDP_QUERY } from "./udp.ts";
import { type NativeSocket, openConnectedSocket } from "./udp-socket.ts";

export interface UdpAskerOptions {
  readonly server: SocketAddress;
  /** Datagrams a call, 1 to 1024. Default 64. */
  readonly batch?: number;
  /** Sockets, each with a port of its own: a server spreads its clients over workers by address and port. Default 1. */
  readonly sockets?: number;
}

const HEADER = 64;
const VECTOR = 16;
const PAYLOAD = MAX_UDP_QUERY + 64;

export function openUdpAsker(options: UdpAskerOptions): Result<UdpAsker, NetError> {
  const native = loadNative();
  if (!native.ok) return native;
  const sockets: NativeSocket[] = [];
  for (let i = 0; i < (options.sockets ?? 1); i++) {
    const socket = openConnectedSocket(native.value, options.server);
    if (!socket.ok) {
      for (const open of sockets) native.value.close(open.fd);
      return fail(socket.error);
    }
    sockets.push(socket.value);
  }
  return ok(new UdpAsker(native.value, sockets, Math.min(1024, Math.max(1, options.batch ?? 64))));
}

/** Keeps its sockets and, for their life, the arena that the kernel was given addresses in. */
export class UdpAsker {
  readonly batch: number;
  readonly sockets: number;
  private readonly native: Native;
  private readonly open: readonly NativeSocket[];
  private readonly arena: Arena;
  private readonly questions: Uint8Array[] = [];
  private readonly answers: Uint8Array[] = [];
  private readonly sendVector = 0;
  private readonly receiveVector: number;
  private readonly sendIovecs: number;

  constructor(native: Native, open: readonly NativeSocket[], batch: number) {
    this.native = native;
    this.open = open;
    this.batch = batch;
    this.sockets = open.length;
    this.receiveVector = batch * HEADER;
    this.sendIovecs = 2 * batch * HEADER;
    const receiveIovecs = this.sendIovecs + batch * VECTOR;
    const payloads = (receiveIovecs + batch * VECTOR + 63) & ~63;
    this.arena = new Arena(native, payloads + 2 * batch * PAYLOAD);
    for (let i = 0; i < batch; i++) {
      const question = payloads + i * PAYLOAD;
      const answer = payloads + (batch + i) * PAYLOAD;
      this.questions.push(this.arena.octets.subarray(question, question + MAX_UDP_QUERY));
      this.answers.push(this.arena.octets.subarray(answer, answer + MAX_UDP_QUERY));
      this.lay(this.sendVector + i * HEADER, this.sendIovecs + i * VECTOR, question, 0);
      this.lay(this.receiveVector + i * HEADER, receiveIovecs + i * VECTOR, answer, MAX_UDP_QUERY);
    }
  }

  /** Write here, then say how much. */
  question(i: number): Uint8Array {
    return this.questions[i]!;
  }

  setQuestionLength(i: number, length: number): void {
    this.arena.words[(this.sendIovecs + i * VECTOR + 8) >> 2] = length;
  }

  /** Sends questions `from` to `to` - 1; how many the kernel took. */
  send(socket: number, from: number, to: number): number {
    const vector = this.arena.address + this.sendVector + from * HEADER;
    const sent = this.native.sendmmsg(this.open[socket]!.fd, vector, to - from, C.MSG_DONTWAIT);
    return Math.max(0, sent);
  }

  /** Answers that are there; their octets until the next `receive`. */
  receive(socket: number): number {
    const vector = this.arena.address + this.receiveVector;
    const got = this.native.recvmmsg(this.open[socket]!.fd, vector, this.batch, C.MSG_DONTWAIT, 0);
    if (got >= 0) return got;
    const errno = this.native.errno();
    // Nobody listens (yet): the caller counts it as loss.
    if (errno !== ERRNO.EAGAIN && errno !== ERRNO.EINTR && errno !== ERRNO.ECONNREFUSED) {
      throw new Error(`recvmmsg: errno ${errno}`);
    }
    return 0;
  }

  answer(i: number): Uint8Array {
    return this.answers[i]!;
  }

  answerLength(i: number): number {
    return this.arena.words[(this.receiveVector + i * HEADER + 56) >> 2]!;
  }

  close(): void {
    for (const socket of this.open) this.native.close(socket.fd);
  }

  private lay(header: number, iovec: number, payload: number, length: number): void {
    this.arena.point(header + 16, iovec);
    this.arena.long(header + 24, 1);
    this.arena.point(iovec, payload);
    this.arena.long(iovec + 8, length);
  }
}
