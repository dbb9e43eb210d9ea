/**
 * Asking others: one question by UDP or TCP, and TCP sessions for zone transfers. Server addresses are configured ones;
 * what comes back is hostile all the same: every wait and every amount is bounded.
 */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect as connectSocket, type Socket } from "node:net";
import { fail, ok, type Result } from "#bytes";
import { addressOctets, printSocketAddress, type SocketAddress } from "./address.ts";
import type { TlsFacts } from "./certificate.ts";
import { fromNodeError, type NetError } from "./errors.ts";
import { frame, MessageFramer } from "./framing.ts";
import { ReadMemory } from "./read-memory.ts";

export interface AskOptions {
  readonly server: SocketAddress;
  /** Local address to ask from; the port is always the kernel's, at random (RFC 5452). */
  readonly source?: string;
  /** From sending to the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A message ID nobody can guess: 0 to 65535. */
export function randomId(): number {
  return randomInt(0x1_0000);
}

/**
 * Sends `query` once and waits for its answer: from that address and port (the socket is connected), with its ID, the QR
 * bit set, and its question section. Other datagrams are ignored until the time is up. No retries: the caller decides.
 */
export function askUdp(query: Uint8Array, options: AskOptions): Promise<Result<Uint8Array, NetError>> {
  const { server, source, timeoutMs, signal } = options;
  if (addressOctets(server.address) === undefined) return badAddress(server.address);
  if (source !== undefined && addressOctets(source) === undefined) return badAddress(source);
  return new Promise((resolve) => {
    const socket = createSocket(server.address.includes(":") ? "udp6" : "udp4");
    let done = false;
    const finish = (result: Result<Uint8Array, NetError>): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.close();
      resolve(result);
    };
    const where = printSocketAddress(server);
    const onAbort = () => finish(fail({ code: "net.aborted", detail: where }));
    const timer = setTimeout(() => finish(fail({ code: "net.timeout", detail: where })), timeoutMs);
    socket.on("error", (error) => finish(fail(fromNodeError(error, where))));
    socket.on("message", (answer) => {
      if (answersQuery(query, answer)) finish(ok(new Uint8Array(answer)));
    });
    socket.on("connect", () => {
      socket.send(query, (error) => {
        if (error) finish(fail(fromNodeError(error, where)));
      });
    });
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener("abort", onAbort, { once: true });
    const connect = () => socket.connect(server.port, server.address);
    if (source === undefined) connect();
    else socket.bind({ address: source, port: 0 }, connect);
  });
}

/** One question on a connection of its own. `timeoutMs` covers connecting and answering. */
export async function askTcp(query: Uint8Array, options: AskOptions): Promise<Result<Uint8Array, NetError>> {
  const session = await dialTcp({
    server: options.server,
    source: options.source,
    signal: options.signal,
    connectTimeoutMs: options.timeoutMs,
    messageTimeoutMs: options.timeoutMs,
    totalTimeoutMs: options.timeoutMs,
    maxMessages: 8,
  });
  if (!session.ok) return session;
  try {
    session.value.send(query);
    // A message that is no answer to this (a wrong ID) is passed over; 8 of them end it.
    for (;;) {
      const answer = await session.value.next();
      if (!answer.ok || answersQuery(query, answer.value)) return answer;
    }
  } finally {
    session.value.close();
  }
}

export interface DialOptions {
  readonly server: SocketAddress;
  readonly source?: string;
  readonly connectTimeoutMs: number;
  /** Between asking for the next message and having it whole. */
  readonly messageTimeoutMs: number;
  /** The session's whole life. */
  readonly totalTimeoutMs: number;
  readonly maxMessages?: number;
  /** Octets of all messages together, without their lengths. */
  readonly maxOctets?: number;
  readonly signal?: AbortSignal;
}

export function dialTcp(options: DialOptions): Promise<Result<TcpSession, NetError>> {
  const { server, source, signal } = options;
  if (addressOctets(server.address) === undefined) return badAddress(server.address);
  if (source !== undefined && addressOctets(source) === undefined) return badAddress(source);
  return new Promise((resolve) => {
    const where = printSocketAddress(server);
    const memory = new ReadMemory();
    let session: TcpSession | undefined;
    const take = (octets: number, buffer: Uint8Array): boolean => {
      session?.take(buffer.subarray(0, octets));
      return true;
    };
    const onread = { buffer: () => memory.take(), callback: take };
    const to = { host: server.address, port: server.port, localAddress: source };
    const socket = connectSocket({ ...to, noDelay: true, onread });
    const giveUp = (error: NetError): void => {
      settle();
      socket.destroy();
      resolve(fail(error));
    };
    const onError = (error: Error) => giveUp(fromNodeError(error, where));
    const onAbort = () => giveUp({ code: "net.aborted", detail: where });
    const timer = setTimeout(
      () => giveUp({ code: "net.timeout", detail: `connecting to ${where}` }),
      options.connectTimeoutMs,
    );
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      // A destroyed socket may still report: nobody is waiting for that any more.
      socket.on("error", ignoreAfterEnd);
    };
    socket.on("error", onError);
    socket.once("connect", () => {
      settle();
      socket.off("error", ignoreAfterEnd);
      session = new TcpSession(socket, options, { memory });
      resolve(ok(session));
    });
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** One exchange with a server: messages out, messages in, whatever carries them. */
export interface Session {
  /** Of this exchange. */
  readonly received: { readonly messages: number; readonly octets: number };
  readonly local: SocketAddress;
  /** Undefined on clear TCP. */
  readonly tls: TlsFacts | undefined;
  send(message: Uint8Array): boolean;
  next(): Promise<Result<Uint8Array, NetError>>;
  /** Ends the connection. */
  close(): void;
  /** The exchange is complete: the connection may carry another, or is closed. */
  release(): void;
}

/** Chunks are not read from the socket while so many octets wait for `next`: a slow reader slows the sender down. */
const MAX_WAITING_OCTETS = 1 << 20;

/** One TCP or TLS connection to a server: keeps what has arrived, why it ended, and the deadlines. */
export class TcpSession implements Session {
  readonly tls: TlsFacts | undefined;
  received = { messages: 0, octets: 0 };
  private readonly socket: Socket;
  private options: DialOptions;
  private readonly memory: ReadMemory | undefined;
  /** The chunk that messages are taken out of: nobody's when the next one takes its place. */
  private current: Uint8Array | undefined;
  private readonly framer = new MessageFramer();
  private readonly chunks: Uint8Array[] = [];
  private chunkOctets = 0;
  private ending: NetError | undefined;
  private wake: (() => void) | undefined;
  private totalTimer: NodeJS.Timeout | undefined;
  private resting = false;
  private readonly onAbort = () => this.finish({ code: "net.aborted", detail: this.where });
  private readonly where: string;

  /** `memory`: what arrives is handed to `take`, in pieces of it; otherwise the socket tells. */
  constructor(socket: Socket, options: DialOptions, about: { readonly tls?: TlsFacts; readonly memory?: ReadMemory }) {
    this.socket = socket;
    this.options = options;
    this.tls = about.tls;
    this.memory = about.memory;
    this.where = printSocketAddress(options.server);
    this.startClocks();
    if (!this.memory) socket.on("data", (chunk) => this.take(chunk as Uint8Array));
    socket.on("end", () => this.finish({ code: "net.closed", detail: this.where }));
    socket.on("close", () => this.finish({ code: "net.closed", detail: this.where }));
    socket.on("error", (error) => this.finish(fromNodeError(error, this.where)));
  }

  /** The local address and port in use. */
  get local(): SocketAddress {
    return { address: this.socket.localAddress ?? "", port: this.socket.localPort ?? 0 };
  }

  /** Between two exchanges: whatever comes now was not asked for and ends it. False when it can't be kept. */
  rest(): boolean {
    if (this.ending !== undefined || this.framer.partial || this.chunks.length > 0 || this.framer.waiting) return false;
    this.stopClocks();
    // Whoever had this exchange may still look at its last message.
    this.current = undefined;
    this.resting = true;
    return true;
  }

  /** The next exchange on a resting connection, with its own bounds. False when the connection is gone. */
  begin(options: DialOptions): boolean {
    if (this.ending !== undefined) return false;
    this.options = options;
    this.resting = false;
    this.received = { messages: 0, octets: 0 };
    this.startClocks();
    return true;
  }

  /** Without a pool there is nobody to keep it. */
  release(): void {
    this.close();
  }

  /** False when the connection is gone. */
  send(message: Uint8Array): boolean {
    if (this.ending !== undefined) return false;
    return this.socket.write(frame(message)) || !this.socket.destroyed;
  }

  /**
   * The next whole message (a view that holds until the next call). One caller at a time. Messages that arrived before the
   * other side closed are given first; then the reason of the end, again and again.
   */
  async next(): Promise<Result<Uint8Array, NetError>> {
    if (this.ending !== undefined && this.ending.code !== "net.closed") return fail(this.ending);
    const message = this.framed();
    if (message !== undefined) return this.admit(message);
    if (this.ending !== undefined) return fail(this.endingNow());
    return this.waitForMessage();
  }

  close(): void {
    this.finish({ code: "net.aborted", detail: this.where });
  }

  private async waitForMessage(): Promise<Result<Uint8Array, NetError>> {
    const timer = setTimeout(
      () => this.finish({ code: "net.timeout", detail: `${this.where}: one message` }),
      this.options.messageTimeoutMs,
    );
    try {
      // Each turn needs another chunk or the end; both the timer and the total bound them.
      for (;;) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        const message = this.framed();
        if (message !== undefined) return this.admit(message);
        if (this.ending !== undefined) return fail(this.endingNow());
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Cut off in the middle of a message is worse than an end between two: say so. */
  private endingNow(): NetError {
    const ending = this.ending!;
    if (ending.code === "net.closed" && this.tls && this.received.messages === 0 && !this.framer.partial) {
      // In TLS 1.3 a server judges our certificate when the handshake is over for us, and not all say what they think of it.
      return {
        code: "net.closed",
        detail: `${this.where}: behind the TLS handshake; does it want a client certificate?`,
      };
    }
    return ending.code === "net.closed" && this.framer.partial
      ? { code: "net.closed", detail: `${this.where}: in the middle of a message` }
      : ending;
  }

  private framed(): Uint8Array | undefined {
    for (;;) {
      const message = this.framer.next();
      if (message !== undefined) return message;
      const chunk = this.chunks.shift();
      if (chunk === undefined) return undefined;
      this.chunkOctets -= chunk.length;
      if (this.chunkOctets <= MAX_WAITING_OCTETS && this.socket.isPaused()) this.socket.resume();
      if (this.current) this.memory?.giveBack(this.current);
      this.current = chunk;
      this.framer.push(chunk);
    }
  }

  private admit(message: Uint8Array): Result<Uint8Array, NetError> {
    this.received.messages++;
    this.received.octets += message.length;
    const { maxMessages = Number.POSITIVE_INFINITY, maxOctets = Number.POSITIVE_INFINITY } = this.options;
    if (this.received.messages <= maxMessages && this.received.octets <= maxOctets) return ok(message);
    const error: NetError = {
      code: "net.too_much",
      detail: `${this.where}: more than ${maxMessages} messages or ${maxOctets} octets`,
    };
    this.chunks.length = 0;
    this.finish(error);
    // What had closed in the meantime is refused all the same.
    this.ending = error;
    return fail(error);
  }

  /** What arrived. Of pieces of its memory the session itself is told by whoever made the socket. */
  take(chunk: Uint8Array): void {
    if (this.ending !== undefined) return;
    if (this.resting) {
      this.finish({ code: "net.closed", detail: `${this.where}: spoke without being asked` });
      return;
    }
    this.chunks.push(chunk);
    this.chunkOctets += chunk.length;
    if (this.chunkOctets > MAX_WAITING_OCTETS) this.socket.pause();
    this.notify();
  }

  private finish(error: NetError): void {
    if (this.ending === undefined) {
      this.ending = error;
      this.stopClocks();
      this.socket.destroy();
    }
    this.notify();
  }

  private startClocks(): void {
    this.totalTimer = setTimeout(
      () => this.finish({ code: "net.timeout", detail: `${this.where}: whole session` }),
      this.options.totalTimeoutMs,
    );
    this.options.signal?.addEventListener("abort", this.onAbort, { once: true });
  }

  private stopClocks(): void {
    clearTimeout(this.totalTimer);
    this.options.signal?.removeEventListener("abort", this.onAbort);
  }

  private notify(): void {
    const wake = this.wake;
    this.wake = undefined;
    wake?.();
  }
}

/** Same ID, an answer, and the same question (RFC 5452 section 9.1); an answer without a question is an error's, and taken. */
export function answersQuery(query: Uint8Array, answer: Uint8Array): boolean {
  if (answer.length < 12 || query.length < 12) return false;
  if (answer[0] !== query[0] || answer[1] !== query[1] || (answer[2]! & 0x80) === 0) return false;
  // Opcodes agree, too.
  if ((answer[2]! & 0x78) !== (query[2]! & 0x78)) return false;
  const questions = (answer[4]! << 8) | answer[5]!;
  if (questions === 0) return true;
  const end = questionEnd(query);
  if (questions !== 1 || end === 0 || answer.length < end) return false;
  for (let i = 12; i < end; i++) if (foldCase(answer[i]!) !== foldCase(query[i]!)) return false;
  return true;
}

/** Where the first question of our own query ends; 0 when it has none. */
function questionEnd(query: Uint8Array): number {
  let at = 12;
  while (at < query.length && query[at]! !== 0 && query[at]! < 64) at += query[at]! + 1;
  return at + 5 <= query.length ? at + 5 : 0;
}

function foldCase(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}

function badAddress(address: string): Promise<Result<never, NetError>> {
  return Promise.resolve(fail({ code: "net.bad_address", detail: address }));
}

function ignoreAfterEnd(): void {
  // The caller has its answer already.
}
