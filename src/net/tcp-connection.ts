/** One client's TCP connection, and the bounds on what it may hold on to. */
import type { Socket } from "node:net";
import { frame, framePieces, MessageFramer } from "./framing.ts";
import type { TlsClientFacts } from "./tls-server.ts";
import type { TakesTurns, Turns } from "./turns.ts";

export interface TcpLimits {
  readonly maxConnections: number;
  /** For one client address (IPv6: one /64, as one client has so many). */
  readonly maxPerClient: number;
  /** Nothing received and nothing owed: closed after so long. RFC 7828 lets the answer say it. */
  readonly idleMs: number;
  /** From a message's first octet to its last. */
  readonly messageMs: number;
  /** A client that fetches nothing of what it is owed: reset after so long. */
  readonly stallMs: number;
  /** Octets of answers not yet fetched, above which no more queries are read. */
  readonly maxBacklogOctets: number;
  /** The same of all connections together: each has its share. */
  readonly totalBacklogOctets: number;
  /** Queries whose answers are made elsewhere (forwarded), above which no more are read. */
  readonly maxPending: number;
}

export const TCP_LIMITS: TcpLimits = {
  maxConnections: 1000,
  maxPerClient: 100,
  idleMs: 10_000,
  messageMs: 5_000,
  stallMs: 10_000,
  maxBacklogOctets: 256 * 1024,
  totalBacklogOctets: 64 * 2 ** 20,
  maxPending: 64,
};

/** Messages of one connection that are answered before others have their turn (turns.ts): half a millisecond of work. */
const MESSAGES_A_TURN = 32;

/** 4 or 16 octets; `key`: what counts as one client. */
export type Client = { readonly address: Uint8Array; readonly port: number; readonly key: string };

/** A connection as the kernel has it, and what was made of it: the same for clear TCP. */
export type Sockets = { readonly kernel: Socket; readonly stream: Socket; readonly tls?: TlsClientFacts | undefined };

/** What the server that owns the connections is told. */
export interface ConnectionHooks {
  readonly message: (message: Uint8Array) => void;
  readonly used: () => void;
  readonly settled: () => void;
  readonly closed: () => void;
  /** What it may have waiting now. */
  readonly backlogOctets: () => number;
}

/** One client's connection: keeps what it is owed, and since when. */
export class TcpConnection implements TakesTurns {
  readonly client: Client;
  /** What the handshake showed; undefined on clear TCP. */
  readonly tls: TlsClientFacts | undefined;
  private readonly kernel: Socket;
  private readonly socket: Socket;
  private readonly turns: Turns;
  private readonly limits: TcpLimits;
  private readonly hooks: ConnectionHooks;
  private readonly framer = new MessageFramer();
  private pending = 0;
  private lastUse = performance.now();
  private messageSince = 0;
  private progress = performance.now();
  private ended = false;
  private peerEnded = false;
  private corked = false;
  private pumping = false;
  /** In the lane: messages are here that wait for their turn. */
  private deferred = false;
  private readonly written = () => this.fetched();

  constructor(sockets: Sockets, client: Client, limits: TcpLimits, hooks: ConnectionHooks, turns: Turns) {
    const socket = sockets.stream;
    this.kernel = sockets.kernel;
    this.socket = socket;
    this.tls = sockets.tls;
    this.client = client;
    this.turns = turns;
    this.limits = limits;
    this.hooks = hooks;
    socket.on("data", (chunk) => this.take(chunk as Uint8Array));
    // A client may close its side and still wait for its answers.
    socket.on("end", () => {
      this.peerEnded = true;
      if (!this.busy) this.end();
    });
    // 'close' follows every 'error': one way out.
    socket.on("error", () => this.destroy());
    socket.on("close", () => this.gone());
  }

  get clientAddress(): Uint8Array {
    return this.client.address;
  }

  get clientPort(): number {
    return this.client.port;
  }

  /** Still to be answered, or answered and not yet fetched. */
  get busy(): boolean {
    return this.pending > 0 || this.deferred || this.socket.writableLength > 0;
  }

  /** Since when it has neither sent nor fetched anything. */
  get quietSince(): number {
    return this.socket.writableLength > 0 ? this.progress : Math.max(this.progress, this.lastUse);
  }

  get open(): boolean {
    return !this.ended && !this.socket.destroyed;
  }

  /** Says that an answer will come later: keeps the connection from idling out. Balanced by `settle`. */
  expect(): void {
    this.pending++;
    this.regulate();
  }

  settle(): void {
    if (this.pending > 0) this.pending--;
    this.lastUse = performance.now();
    this.regulate();
    this.maybeSettled();
  }

  /** Queues one message (copied). False when the connection is gone. More than the backlog stops reading, not sending. */
  send(message: Uint8Array): boolean {
    return this.queue([frame(message)]);
  }

  /** `send` of octets that nobody changes any more: they are not copied. In one system call, as the socket is corked. */
  give(message: Uint8Array): boolean {
    return this.queue(framePieces(message));
  }

  /**
   * Messages with their lengths in front already. `taken` is called once: with true when the kernel has all of them, which is as fast as
   * the client fetches, and their octets may be used for others; with false when the connection is gone.
   */
  giveFramed(messages: Uint8Array, taken: (open: boolean) => void): void {
    if (!this.open) {
      taken(false);
      return;
    }
    if (this.socket.writableLength === 0) this.progress = performance.now();
    this.socket.write(messages, (error) => {
      this.fetched();
      taken(!error && this.open);
    });
    this.lastUse = performance.now();
    this.regulate();
  }

  private queue(pieces: readonly Uint8Array[]): boolean {
    if (!this.open) return false;
    if (this.socket.writableLength === 0) this.progress = performance.now();
    this.cork();
    for (const piece of pieces) this.socket.write(piece, this.written);
    this.lastUse = performance.now();
    this.regulate();
    return true;
  }

  /** Closes after what is queued has been sent. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.end();
  }

  destroy(): void {
    this.ended = true;
    this.socket.destroy();
  }

  /**
   * At once, with all that the kernel still holds for it: after `destroy` alone the kernel keeps offering megabytes to a client that does
   * not read, for as long as that says that it is there.
   */
  reset(): void {
    this.ended = true;
    this.kernel.resetAndDestroy();
    // It would first wait for what is queued.
    this.kernel.destroy();
    this.socket.destroy();
  }

  /** Which deadline has passed, if any. */
  overdue(now: number): "idle" | "slow" | "stalled" | undefined {
    if (this.socket.writableLength > 0) return now - this.progress > this.limits.stallMs ? "stalled" : undefined;
    // While it is not read, what is missing of a message may have come.
    const isRead = !this.socket.isPaused();
    if (isRead && this.framer.partial && now - this.messageSince > this.limits.messageMs) return "slow";
    if (this.pending > 0 || this.deferred) return undefined;
    return now - this.lastUse > this.limits.idleMs ? "idle" : undefined;
  }

  private take(chunk: Uint8Array): void {
    if (this.ended) return;
    this.framer.push(chunk);
    if (!this.deferred) this.pump();
  }

  turn(): void {
    this.deferred = false;
    this.pump();
    this.maybeSettled();
  }

  /** Hands over one turn's worth of messages, or what there is, or until the client has to fetch answers first. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    const wasPartial = this.framer.partial;
    let messages = 0;
    while (this.open && !this.full && messages < MESSAGES_A_TURN) {
      const message = this.framer.next();
      if (message === undefined) break;
      messages++;
      // An empty message is no query; a stream of them is an attack, not a client.
      if (message.length === 0) this.destroy();
      else this.hooks.message(message);
    }
    this.pumping = false;
    const now = performance.now();
    if (messages > 0) {
      // Only whole messages count as use: octets that trickle in do not keep a connection alive.
      this.lastUse = now;
      this.hooks.used();
    }
    if (this.framer.partial && (messages > 0 || !wasPartial)) this.messageSince = now;
    if (messages === MESSAGES_A_TURN && this.open && this.framer.unread) this.defer();
    this.regulate();
  }

  private defer(): void {
    this.deferred = true;
    this.turns.add(this);
  }

  private get full(): boolean {
    return this.socket.writableLength > this.hooks.backlogOctets() || this.pending >= this.limits.maxPending;
  }

  /** Answers to queries that came in one chunk leave together. */
  private cork(): void {
    if (this.corked) return;
    this.corked = true;
    this.socket.cork();
    process.nextTick(() => {
      this.corked = false;
      this.socket.uncork();
    });
  }

  /** The kernel has taken some: the client fetches. */
  private fetched(): void {
    this.progress = performance.now();
    this.lastUse = this.progress;
    this.regulate();
    this.maybeSettled();
  }

  /** Reads on only while the client fetches its answers and not too many are being made elsewhere. */
  private regulate(): void {
    if (this.pumping || !this.open) return;
    if (this.full || this.deferred) this.socket.pause();
    else if (this.socket.isPaused()) {
      // What was read before it was paused comes first.
      if (this.framer.unread) this.defer();
      else {
        this.messageSince = performance.now();
        this.socket.resume();
      }
    }
  }

  private maybeSettled(): void {
    if (this.busy || this.ended) return;
    if (this.peerEnded) this.end();
    else this.hooks.settled();
  }

  private gone(): void {
    this.ended = true;
    this.hooks.closed();
  }
}
