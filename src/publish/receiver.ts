/**
 * The edge side of the seam, in a worker. A worker that blocks in a system call can't hear its port: it looks at the
 * doorbell between two batches and takes what is there; one with an event loop listens.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Explained, ExplainTransport } from "./explained.ts";
import { Doorbell, type ToControl, type ToEdge } from "./protocol.ts";
import type { EdgeSettings, ForwardOrigin, Publication } from "./publication.ts";
import { RecordShelf } from "./records.ts";

/** What the worker does with what arrives. */
export interface PublicationHandlers {
  readonly put?: (publication: Publication) => void;
  readonly remove?: (zoneId: string) => void;
  /** In place of `put` and `remove`, for who keeps refs and reads the records of `shelf` when he needs them. */
  readonly records?: RecordHandlers;
  readonly settings: (settings: EdgeSettings) => void;
  readonly explain: (query: Uint8Array, transport: ExplainTransport) => Explained;
  /**
   * The answer to a forwarded message: `token` as it was given to `forward`; no message = there is none (any more). Where
   * `room` is given, `message` is several, framed, and whoever sends wants it called once: with true when these octets are done with,
   * with false when the client is gone.
   */
  readonly reply: (token: unknown, message: Uint8Array | undefined, more: boolean, room?: RoomReport) => void;
}

export interface RecordHandlers {
  readonly put: (ref: number) => void;
  readonly remove: (apex: Uint8Array) => void;
  /** So many octets of shared memory are wanted by no record any more. */
  readonly letGo: (octets: number) => void;
}

export type RoomReport = (open: boolean) => void;

/** Forwarded messages of one worker that wait for their answers; above it they are dropped, as a busy server may. */
export const MAX_FORWARDED = 512;

/** How often somebody who waits for the start looks whether he has to end. */
const COMPLETE_WAIT_MS = 100;

/** Keeps the bell's count up to which all messages were taken, and how many forwarded ones are unanswered. */
export class PublicationReceiver {
  readonly shelf = new RecordShelf();
  private readonly port: MessagePort;
  private readonly words: Int32Array;
  private readonly handlers: PublicationHandlers;
  private heard = 0;
  private waiting = 0;

  constructor(port: MessagePort, doorbell: SharedArrayBuffer, handlers: PublicationHandlers) {
    this.port = port;
    this.words = new Int32Array(doorbell);
    this.handlers = handlers;
  }

  /** Takes at most one message; true when there may be more. For workers that block. */
  poll(): boolean {
    const bell = Atomics.load(this.words, Doorbell.Bell);
    if (bell === this.heard) return false;
    const received = receiveMessageOnPort(this.port) as { message: ToEdge } | undefined;
    if (received === undefined) {
      // The bell rises after its message is in the port: all that it stood for has been taken.
      this.heard = bell;
      return false;
    }
    this.take(received.message);
    return true;
  }

  /** Blocks until everything that was there at the start has been taken, or `isOver`. */
  takeAll(isOver: () => boolean): void {
    for (;;) {
      const complete = Atomics.load(this.words, Doorbell.Complete) === 1;
      while (this.poll());
      if (complete || isOver()) return;
      Atomics.wait(this.words, Doorbell.Complete, 0, COMPLETE_WAIT_MS);
    }
  }

  /** From now on everything is taken as it comes. For workers with an event loop. */
  listen(): void {
    this.port.on("message", (message: ToEdge) => this.take(message));
  }

  /** Hands a message to control; false when too many wait already: drop it. `message` is copied. */
  forward(token: unknown, message: Uint8Array, origin: ForwardOrigin): boolean {
    if (this.waiting >= MAX_FORWARDED) return false;
    this.waiting++;
    // Not `slice`: a Buffer's would be a view, and take its whole pool along.
    const clientAddress = new Uint8Array(origin.clientAddress);
    this.post({ kind: "forward", token, message: new Uint8Array(message), origin: { ...origin, clientAddress } });
    return true;
  }

  close(): void {
    this.port.close();
  }

  private take(message: ToEdge): void {
    if (message.kind === "reply") {
      if (!message.more) this.waiting--;
      const { ask } = message;
      const room = ask === undefined ? undefined : (open: boolean) => this.post({ kind: "room", ask, open });
      this.handlers.reply(message.token, message.message, message.more, room);
      return;
    }
    if (message.kind === "explain") {
      const explained = this.handlers.explain(message.query, message.transport);
      this.post({ kind: "explained", ask: message.ask, explained });
      return;
    }
    if (message.kind === "zones") this.takeZones(message);
    else this.handlers.settings(message.settings);
    if (message.sequence > 0) this.post({ kind: "applied", sequence: message.sequence });
  }

  private takeZones({ buffers, put, remove }: Extract<ToEdge, { kind: "zones" }>): void {
    const { records } = this.handlers;
    this.shelf.learn(buffers);
    for (const { zoneId, apex } of remove) {
      if (records) records.remove(apex);
      else this.handlers.remove?.(zoneId);
    }
    for (const ref of put) {
      if (records) records.put(ref);
      else this.handlers.put?.(this.shelf.read(ref));
    }
    const octets = this.shelf.octetsOf(buffers);
    this.shelf.forget(buffers);
    if (octets > 0) records?.letGo(octets);
  }

  private post(message: ToControl): void {
    this.port.postMessage(message);
  }
}
