/**
 * The primary of the transfer rows: a million signed names from a file, octet for octet the same for every secondary, and
 * changes signed as they are made. It does as little as a primary can, so that what is measured is the secondary.
 *
 * ```
 *  SOA   ─▶ UDP, TCP: the SOA, with DO its RRSIG        AXFR ─▶ head (state) · names (files) · tail (state)
 *  NOTIFY ◀─ each change, with the SOA                   IXFR ─▶ the changes since; UDP: where they fit, else the SOA alone
 * ```
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { writeMessage } from "#message";
import { RRType } from "#rdata";
import {
  BatchSource,
  buildNotify,
  changeSource,
  type RecordSource,
  readTransferRequest,
  singleSource,
  TransferMessages,
  type TransferRequest,
} from "#transfer";
import { freePort, LOOPBACK } from "../../../test/peers/index.ts";
import { BENCH_APEX } from "../zone.ts";
import { framed, lengthAt, readPieces, type SignedMessages, signedMessages } from "./messages.ts";
import { APEX, SigningPen } from "./records.ts";
import { axfrRequest, QTYPE_AT } from "./request.ts";
import { ZoneState } from "./state.ts";

/** Octets that fit into any EDNS answer (DNS flag day 2020). */
const UDP_OCTETS = 1232;
/** QR and AA. */
const ANSWER_FLAGS = 0x8400;
const DNSSEC_OK = 0x8000;

export class StreamPrimary {
  readonly kind = "knot";
  readonly zone = BENCH_APEX;
  readonly address = LOOPBACK;
  readonly port: number;
  /** Port of the secondary that is told of changes. */
  notified = 0;
  /** When the last message of the last AXFR was handed to the kernel; milliseconds of performance.now. */
  axfrSentAt = 0;
  axfrBegunAt = 0;
  /** What was asked, and when. */
  readonly heard: { readonly what: string; readonly at: number }[] = [];
  #state: ZoneState;
  readonly #names: number;
  readonly #signed: SignedMessages;
  readonly #pen: SigningPen;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(names: number, signed: SignedMessages, port: number, udp: UdpSocket) {
    this.#names = names;
    this.#signed = signed;
    this.port = port;
    this.#pen = new SigningPen(signed.keys);
    this.#state = new ZoneState(this.#pen, names);
    this.#udp = udp;
    udp.on("message", (query, from) => this.#takeUdp(query, from));
    this.#tcp = createServer((socket) => this.#serve(socket));
  }

  static async start(names: number): Promise<StreamPrimary> {
    const signed = await signedMessages(names);
    const port = await freePort();
    const udp = createSocket("udp4");
    udp.bind(port, LOOPBACK);
    await once(udp, "listening");
    const primary = new StreamPrimary(names, signed, port, udp);
    primary.#tcp.listen(port, LOOPBACK);
    await once(primary.#tcp, "listening");
    return primary;
  }

  get serial(): number {
    return this.#state.serial;
  }

  /** As it was in the beginning: the next secondary finds what the first one found. */
  reset(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#state = new ZoneState(this.#pen, this.#names);
    this.heard.length = 0;
  }

  /** One record changes; NOTIFY is on its way when this returns, and `performance.now()` of that is what it gives. */
  change(text: string): number {
    this.#state.change(text);
    return this.#notify();
  }

  addNames(count: number): number {
    this.#state.addNames(count);
    return this.#notify();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#udp.close();
    await new Promise((resolve) => this.#tcp.close(resolve));
  }

  #notify(): number {
    const message = buildNotify(APEX, this.#state.soa, Math.floor(Math.random() * 65_536));
    const at = performance.now();
    this.#udp.send(message, this.notified, LOOPBACK);
    return at;
  }

  #takeUdp(query: Uint8Array, from: RemoteInfo): void {
    // Answers to NOTIFY come here, too.
    if ((query[2]! & 0x80) !== 0) return;
    const request = this.#read(query, "UDP");
    if (!request) return;
    let answer = request.type === RRType.IXFR ? this.#changes(request).next() : this.#answer(request);
    if (answer && answer.length > UDP_OCTETS)
      answer = new TransferMessages(request, singleSource(this.#state.soa)).next();
    if (answer) this.#udp.send(answer, from.port, from.address);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
    let pending = Buffer.alloc(0);
    let work: Promise<void> = Promise.resolve();
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + lengthAt(pending, 0)) {
        const query = Uint8Array.from(pending.subarray(2, 2 + lengthAt(pending, 0)));
        pending = pending.subarray(2 + query.length);
        work = work.then(() => this.#takeTcp(socket, query));
      }
    });
  }

  async #takeTcp(socket: Socket, query: Uint8Array): Promise<void> {
    const request = this.#read(query, "TCP");
    if (!request) return;
    if (request.type === RRType.AXFR) return this.#sendWhole(socket, request);
    if (request.type === RRType.IXFR) {
      if (request.serial === undefined || request.serial > this.serial) return this.#sendWhole(socket, request);
      await this.#sendMessages(socket, this.#changes(request));
      return;
    }
    const answer = this.#answer(request);
    if (answer) socket.write(framed(answer));
  }

  #read(query: Uint8Array, by: string): TransferRequest | undefined {
    const request = readTransferRequest(query);
    if (!request.ok) return undefined;
    const names: Readonly<Record<number, string>> = {
      [RRType.SOA]: "SOA",
      [RRType.AXFR]: "AXFR",
      [RRType.IXFR]: "IXFR",
    };
    this.heard.push({ what: `${names[request.value.type] ?? request.value.type} by ${by}`, at: performance.now() });
    return request.value;
  }

  #answer({ id, type, question, edns }: TransferRequest): Uint8Array | undefined {
    const [soa, signature] = this.#state.soaRecords;
    const answer = type !== RRType.SOA ? [] : ((edns?.flags ?? 0) & DNSSEC_OK) !== 0 ? [soa!, signature!] : [soa!];
    return writeMessage({ id, flags: ANSWER_FLAGS, question: [{ name: question, type, class: 1 }], answer }).octets;
  }

  #changes(request: TransferRequest): TransferMessages {
    const since = this.#state.changes.filter(({ fromSerial }) => fromSerial >= (request.serial ?? 0));
    return new TransferMessages(request, since.length > 0 ? changeSource(since) : singleSource(this.#state.soa));
  }

  async #sendWhole(socket: Socket, request: TransferRequest): Promise<void> {
    const state = this.#state;
    const asked = { ...axfrRequest(), id: request.id, type: request.type };
    this.axfrBegunAt = performance.now();
    const part = (octets: Uint8Array): RecordSource => new BatchSource([octets]);
    await this.#sendMessages(socket, new TransferMessages(asked, part(state.head())));
    for (const path of this.#signed.files) {
      for (const piece of readPieces(path)) {
        if (!socket.writable) return;
        readdress(piece, request);
        if (!socket.write(piece)) await drained(socket);
      }
    }
    await this.#sendMessages(socket, new TransferMessages(asked, part(state.tail())));
    this.axfrSentAt = performance.now();
  }

  async #sendMessages(socket: Socket, messages: TransferMessages): Promise<void> {
    for (let message = messages.next(); message && socket.writable; message = messages.next())
      if (!socket.write(framed(message))) await drained(socket);
  }
}

/** The messages in a piece answer this request. */
function readdress(piece: Uint8Array, { id, type }: TransferRequest): void {
  for (let at = 0; at < piece.length; at += 2 + lengthAt(piece, at)) {
    piece[at + 2] = id >> 8;
    piece[at + 3] = id;
    piece[at + 2 + QTYPE_AT] = type >> 8;
    piece[at + 2 + QTYPE_AT + 1] = type;
  }
}

function drained(socket: Socket): Promise<void> {
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
