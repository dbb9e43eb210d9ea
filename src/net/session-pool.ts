/**
 * Connections that are kept between two exchanges with the same server, so that SOA checks and transfers share one handshake
 * (RFC 9103 section 6, RFC 7766 section 6.2.1).
 *
 *   open ─▶ a resting one? ─ yes ▶ exchange ─ release ▶ resting ─ idleMs ▶ closed
 *                    └─ no ─▶ dial ──┘      └─ close ▶ closed
 *
 * One exchange after the other on a connection, not several at once by ID: a transfer may be gigabytes and its reader slow,
 * and what waits behind it would get its deadlines for nothing; bounds and deadlines also stay those of one exchange. While one
 * is busy another exchange takes a connection of its own; how many there are to a server the caller's lanes bound.
 */
import { fail, ok, type Result } from "#bytes";
import type { SocketAddress } from "./address.ts";
import type { TlsFacts } from "./certificate.ts";
import type { DialOptions, Session, TcpSession } from "./client.ts";
import type { NetError } from "./errors.ts";

export type SessionPoolOptions = {
  /** A resting connection is closed after so long. */
  readonly idleMs: number;
  /** Whoever it was authenticated as then: it is not used after so long. */
  readonly ageMs: number;
  /** Resting connections to one server. */
  readonly maxResting: number;
};

export const SESSION_POOL: SessionPoolOptions = { idleMs: 5_000, ageMs: 600_000, maxResting: 2 };

export type Dialer = (options: DialOptions) => Promise<Result<TcpSession, NetError>>;

type Resting = { readonly session: TcpSession; readonly since: number; readonly timer: NodeJS.Timeout };

/** Keeps the connections that nobody uses now, by what they were made for. */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #resting = new Map<string, Resting[]>();
  #closed = false;

  constructor(options: SessionPoolOptions = SESSION_POOL) {
    this.#options = options;
  }

  get restingCount(): number {
    let count = 0;
    for (const list of this.#resting.values()) count += list.length;
    return count;
  }

  /** `key`: everything that makes connections alike: address, source, and how the other side is authenticated. */
  async open(key: string, options: DialOptions, dial: Dialer): Promise<Result<Session, NetError>> {
    if (options.signal?.aborted) return fail({ code: "net.aborted", detail: options.server.address });
    for (let kept = this.#take(key); kept; kept = this.#take(key)) {
      if (kept.session.begin(options)) return ok(new Lease(kept.session, kept.since, this, key, () => dial(options)));
    }
    const dialled = await dial(options);
    if (!dialled.ok) return dialled;
    return ok(new Lease(dialled.value, performance.now(), this, key, undefined));
  }

  /** A connection whose exchange is complete. */
  keep(key: string, session: TcpSession, since: number): void {
    const { idleMs, ageMs, maxResting } = this.#options;
    const list = this.#resting.get(key) ?? [];
    if (this.#closed || list.length >= maxResting || performance.now() - since > ageMs || !session.rest()) {
      session.close();
      return;
    }
    const timer = setTimeout(() => {
      this.#remove(key, resting);
      session.close();
    }, idleMs);
    // Nothing waits for it.
    timer.unref();
    const resting: Resting = { session, since, timer };
    list.push(resting);
    this.#resting.set(key, list);
  }

  close(): void {
    this.#closed = true;
    for (const list of this.#resting.values()) {
      for (const { session, timer } of list) {
        clearTimeout(timer);
        session.close();
      }
    }
    this.#resting.clear();
  }

  /** The one used last: the other has the better chance to idle out. */
  #take(key: string): Resting | undefined {
    const resting = this.#resting.get(key)?.at(-1);
    if (!resting) return undefined;
    clearTimeout(resting.timer);
    this.#remove(key, resting);
    return resting;
  }

  #remove(key: string, resting: Resting): void {
    const left = (this.#resting.get(key) ?? []).filter((other) => other !== resting);
    if (left.length > 0) this.#resting.set(key, left);
    else this.#resting.delete(key);
  }
}

/** One exchange on a connection of the pool. Keeps: after `close` or `release` it can't reach the connection any more. */
class Lease implements Session {
  #session: TcpSession;
  #since: number;
  readonly #pool: SessionPool;
  readonly #key: string;
  /** Set while the connection is a kept one that has not shown that it still lives. */
  #redial: (() => Promise<Result<TcpSession, NetError>>) | undefined;
  readonly #sent: Uint8Array[] = [];
  #over = false;

  constructor(
    session: TcpSession,
    since: number,
    pool: SessionPool,
    key: string,
    redial: (() => Promise<Result<TcpSession, NetError>>) | undefined,
  ) {
    this.#session = session;
    this.#since = since;
    this.#pool = pool;
    this.#key = key;
    this.#redial = redial;
  }

  get received() {
    return this.#session.received;
  }

  get local(): SocketAddress {
    return this.#session.local;
  }

  get tls(): TlsFacts | undefined {
    return this.#session.tls;
  }

  send(message: Uint8Array): boolean {
    if (this.#over) return false;
    if (!this.#redial) return this.#session.send(message);
    this.#sent.push(new Uint8Array(message));
    this.#session.send(message);
    return true;
  }

  /** The server may have closed a kept connection in the same moment: then once more on a new one. */
  async next(): Promise<Result<Uint8Array, NetError>> {
    if (this.#over) return fail({ code: "net.aborted", detail: this.#key });
    const next = await this.#session.next();
    const redial = this.#redial;
    this.#redial = undefined;
    if (next.ok || !redial || next.error.code !== "net.closed" || this.#over) return next;
    const dialled = await redial();
    if (!dialled.ok) return dialled;
    this.#session = dialled.value;
    this.#since = performance.now();
    if (this.#over) {
      this.#session.close();
      return fail({ code: "net.aborted", detail: this.#key });
    }
    for (const message of this.#sent.splice(0)) this.#session.send(message);
    return this.#session.next();
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#session.close();
  }

  release(): void {
    if (this.#over) return;
    this.#over = true;
    this.#pool.keep(this.#key, this.#session, this.#since);
  }
}
