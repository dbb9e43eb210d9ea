/**
 * DNS over TCP and TLS, the server's side (RFC 7766, RFC 7858): any number of queries on a connection, answers as they come, no close after
 * one answer. Everything a client can hold on to is bounded: connections in all and for each client, time between
 * messages, time for one message, octets and messages it does not fetch.
 *
 *   chunk ─▶ framer ─▶ onMessage(connection, message) ─▶ connection.send(answer) ─▶ backlog too large? stop reading
 */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { fail, ok, type Result } from "#bytes";
import { addressOctets, printAddress, printSocketAddress, type SocketAddress, unmapAddress } from "./address.ts";
import { fromNodeError, type NetError } from "./errors.ts";
import { type Client, type Sockets, TCP_LIMITS, TcpConnection, type TcpLimits } from "./tcp-connection.ts";
import { TlsGate, type TlsServerSettings } from "./tls-server.ts";
import { Turns } from "./turns.ts";

export interface TcpCounters {
  accepted: number;
  /** Closed at once: too many in all or from this client. */
  refused: number;
  /** Closed to make room, for idling, for a message that did not end, for answers not fetched. */
  evicted: number;
  idle: number;
  slow: number;
  stalled: number;
  /** Ended before a handshake was complete. */
  handshakes: number;
}

export interface TcpServerOptions {
  readonly addresses: readonly SocketAddress[];
  readonly limits?: Partial<TcpLimits>;
  /** Every connection begins with a handshake (RFC 7858): nothing is answered in the clear on these addresses. */
  readonly tls?: TlsServerSettings;
  /** `message` is a view that holds until the handler returns. */
  readonly onMessage: (connection: TcpConnection, message: Uint8Array) => void;
  /** The connection is gone, whoever ended it. */
  readonly onClose?: (connection: TcpConnection) => void;
}

/** How often deadlines are looked at: they are exact to this. */
const SWEEP_MS = 250;

/** In a full house of clients with as many connections each, who has fetched nothing for so long makes room. */
const QUIET_MS = 1000;

export async function openTcpServer(options: TcpServerOptions): Promise<Result<TcpServer, NetError>> {
  const server = new TcpServer(options);
  const bound = await server.listen(options.addresses);
  return bound.ok ? ok(server) : fail(bound.error);
}

/** Keeps the listening sockets, the open connections in order of last use, and the count for each client. */
export class TcpServer {
  readonly limits: TcpLimits;
  readonly counters: TcpCounters = { accepted: 0, refused: 0, evicted: 0, idle: 0, slow: 0, stalled: 0, handshakes: 0 };
  readonly addresses: SocketAddress[] = [];
  private readonly options: TcpServerOptions;
  private readonly listeners: Server[] = [];
  private readonly connections = new Set<TcpConnection>();
  private readonly perClient = new Map<string, number>();
  private readonly turns = new Turns();
  private readonly sweeper: NodeJS.Timeout;
  private readonly gate: TlsGate | undefined;
  /** Sockets in their handshake. */
  private readonly arriving = new Set<Socket>();
  private draining = false;

  constructor(options: TcpServerOptions) {
    this.options = options;
    this.limits = { ...TCP_LIMITS, ...options.limits };
    this.gate = options.tls && new TlsGate(options.tls, this.limits.messageMs);
    this.sweeper = setInterval(() => this.sweep(performance.now()), SWEEP_MS);
    this.sweeper.unref();
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  /** Of them, those that are owed something. */
  get busyCount(): number {
    let busy = 0;
    for (const connection of this.connections) if (connection.busy) busy++;
    return busy;
  }

  /** Handshakes from now on show this certificate; connections that are open go on. */
  renewTls(settings: TlsServerSettings): void {
    this.gate?.renew(settings);
  }

  /**
   * What an answer may promise by RFC 7828, in ms: less when connections get scarce, 0 ("close now") when draining or
   * nearly full.
   */
  get keepaliveMs(): number {
    const { idleMs, maxConnections } = this.limits;
    const used = this.connections.size / maxConnections;
    if (this.draining || used > 0.9) return 0;
    return used > 0.5 ? Math.floor(idleMs / 2) : idleMs;
  }

  async listen(addresses: readonly SocketAddress[]): Promise<Result<void, NetError>> {
    for (const at of addresses) {
      if (addressOctets(at.address) === undefined) {
        await this.close(0);
        return fail({ code: "net.bad_address", detail: at.address });
      }
      const listener = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.accept(socket));
      try {
        listener.listen({ host: at.address, port: at.port, ipv6Only: at.address.includes(":"), backlog: 1024 });
        await once(listener, "listening");
      } catch (error) {
        await this.close(0);
        return fail(fromNodeError(error, printSocketAddress(at)));
      }
      // Running out of descriptors shows here; the connections there are go on.
      listener.on("error", () => {
        this.counters.refused++;
      });
      this.listeners.push(listener);
      const bound = listener.address();
      this.addresses.push({
        address: at.address,
        port: bound !== null && typeof bound === "object" ? bound.port : at.port,
      });
    }
    return ok(undefined);
  }

  /** No new connections; those that idle are closed, the others get `graceMs` to be answered. Resolves when all are gone. */
  async close(graceMs: number): Promise<void> {
    this.draining = true;
    const closed = this.listeners.map((listener) => once(listener, "close"));
    for (const listener of this.listeners) listener.close();
    for (const connection of [...this.connections]) if (!connection.busy) connection.end();
    for (const socket of [...this.arriving]) socket.destroy();
    const deadline = setTimeout(() => {
      for (const connection of [...this.connections]) connection.destroy();
    }, graceMs);
    await Promise.all(closed);
    clearTimeout(deadline);
    clearInterval(this.sweeper);
  }

  private accept(socket: Socket): void {
    const remote = socket.remoteAddress === undefined ? undefined : addressOctets(socket.remoteAddress);
    if (remote === undefined || socket.remotePort === undefined) {
      socket.destroy();
      return;
    }
    const clientAddress = unmapAddress(remote);
    const key = clientKey(clientAddress);
    const fromClient = this.perClient.get(key) ?? 0;
    if (this.draining || fromClient >= this.limits.maxPerClient || !this.makeRoom(fromClient)) {
      this.counters.refused++;
      socket.destroy();
      return;
    }
    this.perClient.set(key, fromClient + 1);
    const client = { address: clientAddress, port: socket.remotePort, key };
    if (this.gate) this.shakeHands(this.gate, socket, client);
    else this.serve({ kernel: socket, stream: socket }, client);
  }

  /** Counted as this client's from its first octet on. */
  private shakeHands(gate: TlsGate, socket: Socket, client: Client): void {
    this.arriving.add(socket);
    gate.enter(socket, (secured) => {
      this.arriving.delete(socket);
      if (secured) this.serve({ kernel: socket, stream: secured.socket, tls: secured.facts }, client);
      else {
        this.counters.handshakes++;
        this.leave(client.key);
      }
    });
  }

  private serve(sockets: Sockets, client: Client): void {
    this.counters.accepted++;
    const { maxBacklogOctets, totalBacklogOctets } = this.limits;
    const hooks = {
      message: (message: Uint8Array) => this.options.onMessage(connection, message),
      used: () => this.touch(connection),
      settled: () => {
        if (this.draining) connection.end();
      },
      closed: () => this.forget(connection, client.key),
      backlogOctets: () => Math.min(maxBacklogOctets, totalBacklogOctets / this.connections.size),
    };
    const connection = new TcpConnection(sockets, client, this.limits, hooks, this.turns);
    this.connections.add(connection);
  }

  /**
   * At the limit the connection unused for longest goes, if it is owed nothing, or else the handshake that was begun first: who
   * only begins keeps nobody out. Nor do busy ones: in a full house of them one goes of the client that has most.
   */
  private makeRoom(ofNewcomer: number): boolean {
    if (this.connections.size + this.arriving.size < this.limits.maxConnections) return true;
    for (const connection of this.connections) {
      if (connection.busy) continue;
      this.counters.evicted++;
      connection.destroy();
      this.connections.delete(connection);
      return true;
    }
    const [first] = this.arriving;
    if (first === undefined) return this.takeFromMost(ofNewcomer);
    this.counters.evicted++;
    this.arriving.delete(first);
    first.destroy();
    return true;
  }

  /**
   * Of the clients that have most connections, the one that has been quiet for longest: always, where that leaves the client with no fewer than the
   * newcomer has then, and else when it has been quiet for some time. So a hundred clients that ask for much and read nothing keep
   * out only themselves.
   */
  private takeFromMost(ofNewcomer: number): boolean {
    const most = Math.max(...this.perClient.values());
    let quietest: TcpConnection | undefined;
    for (const connection of this.connections) {
      if (this.perClient.get(connection.client.key) !== most) continue;
      if (quietest === undefined || connection.quietSince < quietest.quietSince) quietest = connection;
    }
    if (quietest === undefined) return false;
    if (most < ofNewcomer + 2 && performance.now() - quietest.quietSince < QUIET_MS) return false;
    this.counters.evicted++;
    quietest.reset();
    this.connections.delete(quietest);
    return true;
  }

  /** A Set keeps the order of insertion: the first is the one unused for longest. */
  private touch(connection: TcpConnection): void {
    if (this.connections.delete(connection)) this.connections.add(connection);
  }

  private forget(connection: TcpConnection, key: string): void {
    this.connections.delete(connection);
    this.leave(key);
    this.options.onClose?.(connection);
  }

  private leave(key: string): void {
    const left = (this.perClient.get(key) ?? 1) - 1;
    if (left > 0) this.perClient.set(key, left);
    else this.perClient.delete(key);
  }

  private sweep(now: number): void {
    for (const connection of this.connections) {
      const overdue = connection.overdue(now);
      if (overdue === undefined) continue;
      this.counters[overdue]++;
      if (overdue === "stalled") connection.reset();
      else connection.destroy();
    }
  }
}

/** IPv6 clients have a /64 at least. */
function clientKey(address: Uint8Array): string {
  return address.length === 4
    ? printAddress(address)
    : printAddress(address.subarray(0, 16).map((o, i) => (i < 8 ? o : 0)));
}
