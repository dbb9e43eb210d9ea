/**
 * The portable UDP path: `node:dgram` on the event loop. Several times the cost of the batch, and nothing native in it.
 * Node can't tell which address a datagram was sent to, so a wildcard is opened as one socket for each address of the
 * machine: answers then leave from the address that was asked.
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { fail, ok, type Result } from "#bytes";
import { addressOctets, isWildcardAddress, printSocketAddress, type SocketAddress } from "./address.ts";
import { fromNodeError, type NetError } from "./errors.ts";
import {
  MAX_UDP_QUERY,
  MAX_UDP_REPLY,
  type ReturnPath,
  type UdpCounters,
  type UdpHandler,
  type UdpPath,
  type UdpSource,
} from "./udp.ts";

export interface UdpDgramOptions {
  readonly addresses: readonly SocketAddress[];
  readonly handler: UdpHandler;
  /** Several workers on one address; only where the platform has it (Linux, FreeBSD). */
  readonly reusePort?: boolean;
  /** What `handler` threw, with the datagram: a broken invariant, the worker is expected to end. Thrown on when missing. */
  readonly onBroken?: (error: unknown, datagram: Uint8Array) => void;
}

export async function openUdpDgram(options: UdpDgramOptions): Promise<Result<UdpDgram, NetError>> {
  const sockets: Socket[] = [];
  const bound: SocketAddress[] = [];
  for (const asked of options.addresses) {
    if (addressOctets(asked.address) === undefined)
      return giveUp(sockets, { code: "net.bad_address", detail: asked.address });
    for (const address of expandWildcard(asked)) {
      const opened = await openSocket(address, options.reusePort ?? true);
      if (!opened.ok) return giveUp(sockets, opened.error);
      sockets.push(opened.value);
      bound.push({ address: address.address, port: opened.value.address().port });
    }
  }
  if (sockets.length === 0) return fail({ code: "net.bad_address", detail: "no address to listen on" });
  return ok(new UdpDgram(sockets, bound, options));
}

/** Keeps its sockets, one reply buffer, and what is known of the datagram being answered. */
export class UdpDgram implements UdpPath {
  readonly kind = "dgram";
  readonly addresses: readonly SocketAddress[];
  readonly counters: UdpCounters = { received: 0, sent: 0, unusable: 0, unsent: 0 };
  private readonly sockets: readonly Socket[];
  private readonly options: UdpDgramOptions;
  private readonly reply = new Uint8Array(MAX_UDP_REPLY);
  private readonly source = new DatagramSource();

  constructor(sockets: readonly Socket[], addresses: readonly SocketAddress[], options: UdpDgramOptions) {
    this.sockets = sockets;
    this.addresses = addresses;
    this.options = options;
    for (const [index, socket] of sockets.entries()) {
      socket.on("message", (datagram, from) => this.take(index, datagram, from.address, from.port));
      // Errors of sends are counted by their callback; what else comes (an ICMP error) does not end a UDP socket.
      socket.on("error", () => {
        this.counters.unsent++;
      });
    }
  }

  send(path: ReturnPath, message: Uint8Array): boolean {
    const socket = this.sockets[path.socket];
    if (socket === undefined || message.length > MAX_UDP_REPLY) return false;
    return this.transmit(socket, new Uint8Array(message), path.client);
  }

  close(): void {
    for (const socket of this.sockets) {
      socket.removeAllListeners("message");
      socket.close();
    }
  }

  private take(index: number, datagram: Uint8Array, address: string, port: number): void {
    this.counters.received++;
    if (datagram.length === 0 || datagram.length > MAX_UDP_QUERY) {
      this.counters.unusable++;
      return;
    }
    this.source.set(index, address, port);
    let length: number;
    try {
      length = this.options.handler(datagram, datagram.length, this.reply, this.source);
    } catch (error) {
      if (this.options.onBroken === undefined) throw error;
      this.options.onBroken(error, new Uint8Array(datagram));
      return;
    }
    if (length > 0) this.transmit(this.sockets[index]!, this.reply.slice(0, length), { address, port });
  }

  /** `message` is libuv's until it is sent: never the shared reply buffer. */
  private transmit(socket: Socket, message: Uint8Array, to: SocketAddress): boolean {
    // Port 0 can't be answered, and Node would throw.
    if (to.port === 0) {
      this.counters.unsent++;
      return false;
    }
    socket.send(message, to.port, to.address, (error) => {
      if (error === null || error === undefined) this.counters.sent++;
      else this.counters.unsent++;
    });
    return true;
  }
}

class DatagramSource implements UdpSource {
  clientAddress: Uint8Array = new Uint8Array(4);
  clientPort = 0;
  private socket = 0;
  private address = "";

  set(socket: number, address: string, port: number): void {
    this.socket = socket;
    this.address = address;
    this.clientAddress = addressOctets(address) ?? new Uint8Array(4);
    this.clientPort = port;
  }

  returnPath(): ReturnPath {
    return {
      socket: this.socket,
      client: { address: this.address, port: this.clientPort },
      local: new Uint8Array(0),
    };
  }
}

function giveUp(sockets: readonly Socket[], error: NetError): Result<never, NetError> {
  for (const socket of sockets) socket.close();
  return fail(error);
}

async function openSocket(at: SocketAddress, reusePort: boolean): Promise<Result<Socket, NetError>> {
  const six = at.address.includes(":");
  const socket = createSocket({
    type: six ? "udp6" : "udp4",
    ipv6Only: six,
    reusePort: reusePort && process.platform !== "darwin",
    recvBufferSize: 1 << 20,
    sendBufferSize: 1 << 20,
  });
  try {
    socket.bind({ address: at.address, port: at.port });
    await once(socket, "listening");
    return ok(socket);
  } catch (error) {
    socket.close();
    return fail(fromNodeError(error, printSocketAddress(at)));
  }
}

function expandWildcard(at: SocketAddress): readonly SocketAddress[] {
  if (!isWildcardAddress(addressOctets(at.address)!)) return [at];
  const family = at.address.includes(":") ? "IPv6" : "IPv4";
  const addresses: SocketAddress[] = [];
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    for (const entry of entries ?? []) {
      if (entry.family !== family) continue;
      const scope = entry.family === "IPv6" && entry.scopeid ? `%${name}` : "";
      addresses.push({ address: entry.address + scope, port: at.port });
    }
  }
  return addresses;
}
