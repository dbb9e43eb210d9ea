/**
 * A primary that follows a script: honest until told otherwise, zone by zone. It speaks UDP and TCP on one port and, when it
 * has a certificate, TLS on another; signs with TSIG when the question was signed, and does to a transfer whatever its trick
 * says, octet by octet.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { openCrypto } from "#crypto";
import { parseMessage, type ResourceRecord, writeMessage } from "#message";
import { type Name, nameKey, readName } from "#name";
import { findTsig, readTsigAlgorithm, signMessage, TsigSigner, type TsigKey as WireTsigKey } from "#tsig";
import { readZoneFile } from "#zonefile";
import { freePort, LOOPBACK, type PeerZone, type TsigKey } from "../peers/index.ts";

const QUERY_SOA = 6;
const QUERY_AXFR = 252;
const QUERY_IXFR = 251;
const QR_AA = 0x8400;

export type Zone = { readonly name: string; readonly soa: ResourceRecord; readonly records: readonly ResourceRecord[] };

/** One transfer as the trick sees it. Nothing it calls throws when the client has gone. */
export type Transfer = {
  readonly zone: Zone;
  readonly id: number;
  /** The question section's octets, as they came. */
  readonly question: Uint8Array;
  /** A whole message of these records: signed when the question was. */
  message(records: readonly ResourceRecord[], more?: MessageTricks): Uint8Array;
  /** Framed. */
  send(message: Uint8Array): void;
  /** As it is. */
  raw(octets: Uint8Array): void;
  end(): void;
  readonly gone: boolean;
  /** Resolves when the client has taken what was sent, or has gone. */
  drained(): Promise<void>;
};

export type MessageTricks = {
  readonly id?: number;
  readonly flags?: number;
  readonly opcode?: number;
  readonly rcode?: number;
  /** Another one than was asked; null: none. */
  readonly question?: { readonly name: string; readonly type: number; readonly class: number } | null;
  /** Leaves TSIG out. */
  readonly unsigned?: boolean;
  /** Added to the clock, seconds. */
  readonly clock?: number;
  /** After signing. */
  readonly change?: (octets: Uint8Array) => Uint8Array;
};

export type AxfrTrick = (transfer: Transfer) => void | Promise<void>;

/** `from`: what was served under the serial that the client has; undefined when this primary never served that. */
export type IxfrTrick = (transfer: Transfer, from: Zone | undefined) => void | Promise<void>;

/** Gives the answer to a SOA question; undefined is silence. `honest`: what it would be without a trick. */
export type SoaTrick = (
  honest: (more?: MessageTricks, zone?: Zone) => Uint8Array,
  transport: Transport,
) => Uint8Array | undefined;

export type Transport = "udp" | "tcp" | "tls";

export type Trick = { readonly soa?: SoaTrick; readonly axfr?: AxfrTrick; readonly ixfr?: IxfrTrick };

export type HostilePrimary = {
  readonly address: string;
  readonly port: number;
  /** 0 without a certificate. */
  readonly tlsPort: number;
  /** Messages that came, by how. */
  readonly heard: Readonly<Record<Transport, number>>;
  /** Of TLS, since the start. */
  readonly handshakes: number;
  /** Serves this version, with the trick or without one. */
  serve(zone: PeerZone, trick?: Trick): Zone;
  /**
   * Sends a NOTIFY (RFC 1996) to this port of 127.0.0.1, signed when there is a key. Its answer is not waited for. `withSoa`: the
   * SOA that is served goes along, as real primaries do it.
   */
  notify(port: number, zone: string, withSoa?: boolean): void;
  /** Closes every connection that is open. */
  hangUp(): void;
  /** Connections that are open now. */
  readonly connections: number;
  stop(): Promise<void>;
};

export async function startHostilePrimary(tsig?: TsigKey, tlsOptions?: TlsOptions): Promise<HostilePrimary> {
  const heard = { udp: 0, tcp: 0, tls: 0 };
  const port = await freePort();
  const zones = new Map<string, { readonly zone: Zone; readonly trick: Trick; readonly before: readonly Zone[] }>();
  const sockets = new Set<Socket>();
  const key = tsig && wireKey(tsig);
  const find = (query: Uint8Array) => {
    const parsed = parseMessage(query);
    const question = parsed.ok ? parsed.value.question[0] : undefined;
    const served = question && zones.get(nameKey(question.name));
    return served && { ...served, type: question.type };
  };
  const udp = createSocket("udp4");
  udp.on("message", (query, from) => {
    // Answers to NOTIFY come here, too.
    if ((query[2]! & 0x80) !== 0) return;
    heard.udp++;
    answerUdp(udp, query, from, find(query), key);
  });
  udp.bind(port, LOOPBACK);
  await once(udp, "listening");
  const serve = (transport: "tcp" | "tls") => (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    eachMessage(socket, (query) => {
      heard[transport]++;
      answerStream(socket, query, find(query), transport, key);
    });
  };
  const tcp = createServer(serve("tcp"));
  tcp.listen(port, LOOPBACK);
  await once(tcp, "listening");
  const tls = tlsOptions && createTlsServer({ ALPNProtocols: ["dot"], ...tlsOptions }, serve("tls"));
  const tlsPort = tls ? await freePort() : 0;
  let handshakes = 0;
  tls?.on("secureConnection", () => {
    handshakes++;
  });
  tls?.on("tlsClientError", (_, socket) => socket.destroy());
  if (tls) {
    tls.listen(tlsPort, LOOPBACK);
    await once(tls, "listening");
  }
  return {
    address: LOOPBACK,
    port,
    tlsPort,
    heard,
    get handshakes() {
      return handshakes;
    },
    serve(text, trick = {}) {
      const zone = readZone(text);
      const past = zones.get(nameKey(zone.soa.owner));
      const before = past ? [past.zone, ...past.before] : [];
      zones.set(nameKey(zone.soa.owner), { zone, trick, before });
      return zone;
    },
    notify(target, zone, withSoa) {
      const apex = apexOf(zone);
      const soa = withSoa ? zones.get(nameKey(apex))?.zone.soa : undefined;
      udp.send(notifyMessage(apex, key, soa), target, LOOPBACK);
    },
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    get connections() {
      return sockets.size;
    },
    stop: () => stop(udp, tls ? [tcp, tls] : [tcp], sockets),
  };
}

type Served = {
  readonly zone: Zone;
  readonly trick: Trick;
  /** What was served before, newest first. */
  readonly before: readonly Zone[];
  readonly type: number;
};

function apexOf(zone: string): Name {
  const apex = readName(zone);
  if (!apex.ok) throw new Error(zone);
  return apex.value;
}

function notifyMessage(apex: Name, key: WireTsigKey | undefined, soa: ResourceRecord | undefined): Uint8Array {
  const question = [{ name: apex, type: QUERY_SOA, class: 1 }];
  const id = Math.floor(Math.random() * 65_536);
  const { octets } = writeMessage({ id, opcode: 4, flags: 0x0400, question, answer: soa ? [soa] : [] });
  return key ? signMessage(octets, key, Math.floor(Date.now() / 1000), startHmac).message : octets;
}

function readZone({ name, text }: PeerZone): Zone {
  const apex = readName(name);
  if (!apex.ok) throw new Error(name);
  const read = readZoneFile(text, apex.value);
  if (!read.ok) throw new Error(`${name}: line ${read.error.line}: ${read.error.reason}`);
  const soa = read.value.find((record) => record.type === QUERY_SOA)!;
  return { name, soa, records: read.value.filter((record) => record !== soa) };
}

function wireKey(key: TsigKey): WireTsigKey {
  const name = readName(key.name);
  const algorithm = readTsigAlgorithm(key.algorithm);
  if (!name.ok || !algorithm.ok) throw new Error(key.name);
  return { name: name.value, algorithm: algorithm.value, secret: Uint8Array.from(Buffer.from(key.secret, "base64")) };
}

const { startHmac } = openCrypto("node");

/** Makes the messages of one response: the TSIG chain runs through them. */
function writer(query: Uint8Array, key: WireTsigKey | undefined) {
  const parsed = parseMessage(query);
  if (!parsed.ok) throw new Error("a query of ours does not parse");
  const tsig = findTsig(query);
  const mac = tsig.ok ? tsig.value?.mac : undefined;
  const signer = key && mac ? new TsigSigner(key, mac, startHmac) : undefined;
  const { id, question } = parsed.value;
  return (records: readonly ResourceRecord[], more: MessageTricks = {}): Uint8Array => {
    const asked = more.question === null ? [] : more.question ? [otherQuestion(more.question)] : question;
    const { octets } = writeMessage({
      id: more.id ?? id,
      flags: more.flags ?? QR_AA,
      opcode: more.opcode,
      rcode: more.rcode,
      question: asked,
      answer: records,
    });
    const signed =
      signer && !more.unsigned ? signer.sign(octets, Math.floor(Date.now() / 1000) + (more.clock ?? 0)) : octets;
    return more.change ? more.change(signed) : signed;
  };
}

function otherQuestion({ name, type, class: rrClass }: { name: string; type: number; class: number }) {
  const read = readName(name);
  if (!read.ok) throw new Error(name);
  return { name: read.value, type, class: rrClass };
}

function answerSoa(query: Uint8Array, served: Served, transport: Transport, key: WireTsigKey | undefined) {
  const write = writer(query, key);
  const honest = (more?: MessageTricks, zone = served.zone) => write([zone.soa], more);
  return served.trick.soa ? served.trick.soa(honest, transport) : honest();
}

function answerUdp(
  udp: UdpSocket,
  query: Buffer,
  from: RemoteInfo,
  served: Served | undefined,
  key?: WireTsigKey,
): void {
  if (served?.type !== QUERY_SOA) return;
  const answer = answerSoa(query, served, "udp", key);
  if (answer) udp.send(answer, from.port, from.address);
}

function answerStream(
  socket: Socket,
  query: Uint8Array,
  served: Served | undefined,
  transport: "tcp" | "tls",
  key?: WireTsigKey,
): void {
  if (!served) {
    socket.destroy();
    return;
  }
  const write = (octets: Uint8Array): void => {
    if (socket.writable) socket.write(octets);
  };
  const send = (message: Uint8Array): void => write(framed(message));
  if (served.type === QUERY_SOA) {
    const answer = answerSoa(query, served, transport, key);
    if (answer) send(answer);
  }
  if (served.type !== QUERY_AXFR && served.type !== QUERY_IXFR) return;
  const transfer: Transfer = {
    zone: served.zone,
    id: (query[0]! << 8) | query[1]!,
    question: query.subarray(12),
    message: writer(query, key),
    send,
    raw: write,
    end: () => socket.end(),
    get gone() {
      return !socket.writable;
    },
    drained: () => drained(socket),
  };
  if (served.type === QUERY_AXFR) void (served.trick.axfr ?? honestAxfr)(transfer);
  else void (served.trick.ixfr ?? honestIxfr)(transfer, versionAsked(query, served));
}

/** With its length in front (RFC 1035 section 4.2.2). */
export function framed(message: Uint8Array): Uint8Array {
  return Uint8Array.from([message.length >> 8, message.length & 255, ...message]);
}

/** The version whose SOA stands in the authority section (RFC 1995 section 3). */
function versionAsked(query: Uint8Array, { zone, before }: Served): Zone | undefined {
  const parsed = parseMessage(query);
  const soa = parsed.ok ? parsed.value.authority[0]?.rdata : undefined;
  return soa && [zone, ...before].find((version) => Buffer.compare(version.soa.rdata, soa) === 0);
}

function drained(socket: Socket): Promise<void> {
  if (!socket.writable || socket.writableLength < 1 << 16) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.once("drain", done);
    socket.once("close", done);
  });
}

/** SOA, everything, SOA, in one message or in pieces of `size` records. */
export function honestAxfr(transfer: Transfer, size = 100): void {
  for (const records of pieces(transfer.zone, size)) transfer.send(transfer.message(records));
}

/** One condensed change, or the whole zone for a version that was never served here. */
export function honestIxfr(transfer: Transfer, from: Zone | undefined): void {
  if (from) transfer.send(transfer.message(incremental(from, transfer.zone)));
  else honestAxfr(transfer);
}

/** What an IXFR says: the newest SOA, the change, the newest SOA. */
export function incremental(from: Zone, { soa, records }: Zone): ResourceRecord[] {
  const text = (one: ResourceRecord) =>
    `${nameKey(one.owner)} ${one.type} ${one.ttl} ${Buffer.from(one.rdata).toString("hex")}`;
  const old = new Set(from.records.map(text));
  const now = new Set(records.map(text));
  const gone = from.records.filter((one) => !now.has(text(one)));
  return [soa, from.soa, ...gone, soa, ...records.filter((one) => !old.has(text(one))), soa];
}

export function pieces({ soa, records }: Zone, size: number): ResourceRecord[][] {
  const all = [soa, ...records, soa];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Gives each message of a stream, without its length. */
export function eachMessage(socket: Socket, take: (message: Uint8Array) => void): void {
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const message = Uint8Array.from(pending.subarray(2, 2 + pending.readUInt16BE(0)));
      pending = pending.subarray(2 + message.length);
      take(message);
    }
  });
}

async function stop(udp: UdpSocket, servers: readonly Server[], sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  const closed = servers.map((server) => new Promise((done) => server.close(done)));
  await Promise.all([new Promise<void>((done) => udp.close(() => done())), ...closed]);
}

/** What is served before the tricks: 85 records, one message or several. */
export function honestZone(name: string, serial: number): PeerZone {
  const more = Array.from({ length: 80 }, (_, i) => `host${i} 300 IN A 192.0.2.${i}`).join("\n");
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN A 192.0.2.10
${more}
`;
  return { name, text };
}
