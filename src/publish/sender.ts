/**
 * The control side of the seam: every zone's latest publication, sent to every worker in batches, acknowledged by all.
 *
 *   publish ─▶ record ─▶ queue ─ next turn ─▶ chunks of refs ─▶ each link's port ─▶ applied(sequence) from all ─▶ promise resolves
 *
 * A worker that starts again gets a new link and, over it, everything there is.
 */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { Explained, ExplainTransport } from "./explained.ts";
import { Doorbell, type Removal, type ToControl, type ToEdge } from "./protocol.ts";
import type { EdgeSettings, ForwardOrigin, Publication } from "./publication.ts";
import { type BufferNews, RecordBook } from "./records.ts";

/** Zones a message: a worker takes one message between two batches of queries, so this bounds its pause to a few ms. */
const CHUNK_ZONES = 1024;

const NO_NEWS: BufferNews = { packs: [], data: [], gonePacks: [], goneData: [] };

/** A forwarded message that nobody answered is given up after this: the worker's bound on open ones must not fill. */
const FORWARD_TIMEOUT_MS = 30_000;

/** A worker that is just restarting, or takes many zones in, may be so slow. */
const EXPLAIN_TIMEOUT_MS = 10_000;

/** What a new worker is given (in its `workerData`, the port in its transfer list). */
export interface EdgeLink {
  readonly port: MessagePort;
  readonly doorbell: SharedArrayBuffer;
}

/** A NOTIFY, a transfer request or anything with TSIG, as it came from the wire. */
export interface ForwardedMessage extends ForwardOrigin {
  readonly message: Uint8Array;
  /**
   * Sends one message back, and its octets with it: they are not to be used again. With `more` another will follow (a
   * transfer); without, this ends it.
   */
  reply(message: Uint8Array, more?: boolean): void;
  /**
   * Like `reply` with `more`, over TCP, of some messages in shared memory, each with its length in front (RFC 1035 section 4.2.2).
   * Resolves with true when the memory may be written to again, as the client fetches, or with false when the client is gone. What
   * waits for a slow client is bounded by who waits for this before making the next.
   */
  send(framed: Uint8Array): Promise<boolean>;
  /** No answer (any more). */
  drop(): void;
}

interface Waiter {
  readonly sequence: number;
  readonly resolve: () => void;
}

interface Link extends EdgeLink {
  readonly ours: MessagePort;
  readonly bell: Int32Array;
  applied: number;
  /** Who waits until what he sent is taken, by the number asked with. */
  readonly asks: Map<number, (open: boolean) => void>;
  lastAsk: number;
  /** Who waits for an explanation, by the number asked with. */
  readonly explaining: Map<number, (explained: Explained | undefined) => void>;
  /** Its worker answers datagrams. */
  readonly datagrams: boolean;
}

export interface PublicationSenderOptions {
  /** Until `changeSettings`; absent: all defaults. */
  readonly settings?: EdgeSettings;
  /** Workers that start wait for `complete`: they can be started while zones are still being read. */
  readonly incomplete?: boolean;
  readonly onForwarded?: (message: ForwardedMessage) => void;
}

/** Keeps the record of each zone's latest publication, the links to the workers, and who waits for which acknowledgement. */
export class PublicationSender {
  /** Refs of records. */
  private zones = new Map<string, number>();
  private readonly records = new RecordBook();
  private readonly links = new Set<Link>();
  private readonly queuedPut = new Set<string>();
  private readonly queuedRemove = new Map<string, Removal>();
  /** Of all that is queued: one promise, however many zones wait for it. */
  private queuedWaiter: { readonly done: Promise<void>; readonly resolve: () => void } | undefined;
  private waiters: Waiter[] = [];
  private settings: EdgeSettings;
  private sequence = 0;
  private flushing = false;
  private isComplete: boolean;
  private onForwarded: ((message: ForwardedMessage) => void) | undefined;
  private onLetGo: ((buffers: readonly SharedArrayBuffer[]) => void) | undefined;

  constructor(options: PublicationSenderOptions = {}) {
    this.settings = options.settings ?? {};
    this.onForwarded = options.onForwarded;
    this.isComplete = options.incomplete !== true;
  }

  /** Everything that was stored has been published: workers may answer. */
  complete(): void {
    this.flush();
    this.isComplete = true;
    for (const link of this.links) this.tellComplete(link);
  }

  get zoneCount(): number {
    return this.zones.size;
  }

  /** Who handles forwarded messages; without anybody they are dropped. */
  handleForwarded(handler: (message: ForwardedMessage) => void): void {
    this.onForwarded = handler;
  }

  /** Who is told of buffers that every worker has let go of; without anybody the garbage collectors find them. */
  handleLetGo(handler: (buffers: readonly SharedArrayBuffer[]) => void): void {
    this.onLetGo = handler;
  }

  /**
   * Resolves when every worker serves this generation or a later one. Without any worker it waits for the first.
   * A generation that is not above the zone's last is a broken invariant: throws.
   */
  publish(publication: Publication): Promise<void> {
    const { zoneId, generation } = publication;
    const before = this.zones.get(zoneId);
    const last = before === undefined ? undefined : this.records.generation(before);
    if (last !== undefined && generation <= last) {
      throw new Error(`zone ${zoneId}: generation ${generation} after ${last}`);
    }
    this.zones.set(zoneId, this.records.put(publication));
    // Behind the new one: what both name stays known all the time.
    if (before !== undefined) this.records.drop(before);
    this.queuedPut.add(zoneId);
    return this.queued();
  }

  /** Resolves when no worker serves the zone any more. */
  remove(zoneId: string): Promise<void> {
    const ref = this.zones.get(zoneId);
    if (ref !== undefined) {
      this.queuedRemove.set(zoneId, { zoneId, apex: this.records.apex(ref) });
      this.records.drop(ref);
    }
    this.zones.delete(zoneId);
    this.queuedPut.delete(zoneId);
    return this.queued();
  }

  /** Replaces the settings everywhere; resolves when every worker has them. */
  changeSettings(settings: EdgeSettings): Promise<void> {
    this.flush();
    this.settings = settings;
    const sequence = ++this.sequence;
    for (const link of this.links) this.post(link, { kind: "settings", sequence, settings });
    return this.acknowledged(sequence);
  }

  /**
   * Has a worker answer `query` and tell how: one that answers datagrams where there is one. Undefined when none answers.
   * `query` is copied.
   */
  explain(query: Uint8Array, transport: ExplainTransport): Promise<Explained | undefined> {
    this.flush();
    const links = [...this.links];
    const link = links.find(({ datagrams }) => datagrams) ?? links[0];
    if (link === undefined) return Promise.resolve(undefined);
    const ask = ++link.lastAsk;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), EXPLAIN_TIMEOUT_MS);
      timer.unref();
      const settle = (explained: Explained | undefined): void => {
        clearTimeout(timer);
        link.explaining.delete(ask);
        resolve(explained);
      };
      link.explaining.set(ask, settle);
      this.post(link, { kind: "explain", ask, query: new Uint8Array(query), transport });
    });
  }

  /** A link for a new worker, of UDP where `datagrams`; everything published so far is on its way over it. */
  attach(datagrams = false): EdgeLink {
    this.flush();
    const { port1: ours, port2: port } = new MessageChannel();
    const doorbell = new SharedArrayBuffer(4 * Doorbell.Words);
    const link: Link = {
      ours,
      port,
      doorbell,
      bell: new Int32Array(doorbell),
      applied: -1,
      asks: new Map(),
      lastAsk: 0,
      explaining: new Map(),
      datagrams,
    };
    ours.on("message", (message: ToControl) => this.hear(link, message));
    ours.unref();
    this.links.add(link);
    const { sequence, settings } = this;
    this.post(link, { kind: "settings", sequence: 0, settings });
    const all = Int32Array.from(this.zones.values());
    // The last chunk carries the sequence, so that its acknowledgement stands for all. An empty one, if need be.
    for (let at = 0; at === 0 || at < all.length; at += CHUNK_ZONES) {
      const last = at + CHUNK_ZONES >= all.length;
      this.post(link, {
        kind: "zones",
        sequence: last ? sequence : 0,
        buffers: at === 0 ? this.records.all() : NO_NEWS,
        put: all.slice(at, at + CHUNK_ZONES),
        remove: [],
      });
    }
    if (this.isComplete) this.tellComplete(link);
    return link;
  }

  /** The worker is gone: nobody waits for it any more. */
  detach(link: EdgeLink): void {
    const known = link as Link;
    if (!this.links.delete(known)) return;
    known.ours.close();
    for (const resolve of known.asks.values()) resolve(false);
    for (const settle of [...known.explaining.values()]) settle(undefined);
    known.asks.clear();
    this.settle();
  }

  close(): void {
    for (const link of [...this.links]) this.detach(link);
  }

  private queued(): Promise<void> {
    if (!this.flushing) {
      this.flushing = true;
      setImmediate(() => this.flush());
    }
    if (!this.queuedWaiter) {
      const { promise: done, resolve } = Promise.withResolvers<void>();
      this.queuedWaiter = { done, resolve };
    }
    return this.queuedWaiter.done;
  }

  private flush(): void {
    this.flushing = false;
    if (!this.queuedWaiter) return;
    if (this.records.isWasteful) this.rewrite();
    const put = Int32Array.from(this.queuedPut, (zoneId) => this.zones.get(zoneId)!);
    let remove: readonly Removal[] = [...this.queuedRemove.values()];
    this.queuedPut.clear();
    this.queuedRemove.clear();
    const { packs, data, gonePacks, goneData } = this.records.takeNews();
    for (let at = 0; at === 0 || at < put.length; at += CHUNK_ZONES) {
      const sequence = ++this.sequence;
      const last = at + CHUNK_ZONES >= put.length;
      // What is needed goes ahead of the records, what is not needed any more behind the last.
      const buffers = {
        ...(at === 0 ? { packs, data } : { packs: [], data: [] }),
        ...(last ? { gonePacks, goneData } : { gonePacks: [], goneData: [] }),
      };
      const message: ToEdge = { kind: "zones", sequence, buffers, put: put.slice(at, at + CHUNK_ZONES), remove };
      remove = [];
      for (const link of this.links) this.post(link, message);
    }
    this.waiters.push({ sequence: this.sequence, resolve: this.queuedWaiter.resolve });
    this.queuedWaiter = undefined;
    const gone = this.records.takeLetGo();
    if (gone.length > 0) this.waiters.push({ sequence: this.sequence, resolve: () => this.onLetGo?.(gone) });
  }

  /** Every zone's record moves, and is sent. */
  private rewrite(): void {
    this.zones = this.records.rewrite(this.zones);
    for (const zoneId of this.zones.keys()) this.queuedPut.add(zoneId);
  }

  private acknowledged(sequence: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push({ sequence, resolve });
    });
  }

  private post(link: Link, message: ToEdge, moved: ArrayBuffer[] = []): void {
    link.ours.postMessage(message, moved);
    Atomics.add(link.bell, Doorbell.Bell, 1);
  }

  /** Behind all that was posted. */
  private tellComplete({ bell }: Link): void {
    Atomics.store(bell, Doorbell.Complete, 1);
    Atomics.notify(bell, Doorbell.Complete);
  }

  private hear(link: Link, message: ToControl): void {
    if (message.kind === "applied") {
      link.applied = Math.max(link.applied, message.sequence);
      this.settle();
    } else if (message.kind === "room") {
      link.asks.get(message.ask)?.(message.open);
    } else if (message.kind === "explained") {
      link.explaining.get(message.ask)?.(message.explained);
    } else this.forward(link, message.token, message.message, message.origin);
  }

  private forward(link: Link, token: unknown, message: Uint8Array, origin: ForwardOrigin): void {
    let open = true;
    const asked = new Set<number>();
    const answer = (octets: Uint8Array | undefined, more: boolean, ask?: number): void => {
      if (!open) return;
      if (more) timer.refresh();
      else {
        open = false;
        clearTimeout(timer);
        for (const ask of asked) link.asks.get(ask)?.(false);
      }
      if (!this.links.has(link)) return;
      // What somebody waits for stays where it is.
      const own = octets && (ask === undefined ? alone(octets) : octets);
      this.post(
        link,
        { kind: "reply", token, message: own, more, ask },
        own && ask === undefined ? [own.buffer as ArrayBuffer] : [],
      );
    };
    const send = (octets: Uint8Array): Promise<boolean> => {
      if (!open || !this.links.has(link)) return Promise.resolve(false);
      const ask = ++link.lastAsk;
      return new Promise((resolve) => {
        asked.add(ask);
        link.asks.set(ask, (room) => {
          // It is being fetched: slowly is fast enough.
          if (open) timer.refresh();
          asked.delete(ask);
          link.asks.delete(ask);
          resolve(room);
        });
        answer(octets, true, ask);
      });
    };
    const timer = setTimeout(() => answer(undefined, false), FORWARD_TIMEOUT_MS);
    timer.unref();
    const drop = () => answer(undefined, false);
    if (this.onForwarded === undefined) {
      drop();
      return;
    }
    this.onForwarded({ ...origin, message, reply: (octets, more = false) => answer(octets, more), send, drop });
  }

  private settle(): void {
    if (this.links.size === 0) return;
    let applied = Number.POSITIVE_INFINITY;
    for (const link of this.links) applied = Math.min(applied, link.applied);
    // Waiters stand in the order of their sequences.
    let done = 0;
    while (done < this.waiters.length && this.waiters[done]!.sequence <= applied) this.waiters[done++]!.resolve();
    if (done > 0) this.waiters = this.waiters.slice(done);
  }
}

/** Octets that can be moved to another thread instead of copied: they are all that their buffer holds. */
function alone(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = octets;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === octets.byteLength) return new Uint8Array(buffer);
  return new Uint8Array(octets);
}
