/**
 * A DNS client for tests, with nothing of the product's in it but names as text: questions out by UDP or by one
 * pipelined TCP connection, reply octets back. Bounded in flight; a lost datagram is asked again.
 */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { connect } from "node:net";
import { readName } from "#name";

export type Server = { readonly address: string; readonly port: number };

export type Question = {
  /** Master-file form (escapes allowed), absolute. */
  readonly name: string;
  readonly type: number;
  readonly class?: number;
  /** Left out: no OPT record. */
  readonly edns?: {
    readonly do?: boolean;
    readonly size?: number;
    readonly flags?: number;
    readonly options?: Uint8Array;
  };
  /** Header flags besides opcode QUERY; RD is 0x0100, CD 0x0010, AD 0x0020. */
  readonly flags?: number;
};

/** Milliseconds until a datagram is taken for lost, and how often it is sent. */
const UDP_TIMEOUT = 1_500;
const UDP_ATTEMPTS = 5;
const TCP_TIMEOUT = 10_000;
/** Questions in flight on one socket: small enough that no receive buffer overflows. */
const WINDOW = 64;

export function encodeQuestion(question: Question, id: number): Uint8Array {
  const name = readName(question.name);
  if (!name.ok) throw new Error(`${question.name}: ${name.error}`);
  const edns = question.edns;
  const options = edns?.options ?? new Uint8Array(0);
  const message = new Uint8Array(12 + name.value.length + 4 + (edns ? 11 + options.length : 0));
  const view = new DataView(message.buffer);
  view.setUint16(0, id);
  view.setUint16(2, question.flags ?? 0);
  view.setUint16(4, 1);
  view.setUint16(10, edns ? 1 : 0);
  message.set(name.value, 12);
  const at = 12 + name.value.length;
  view.setUint16(at, question.type);
  view.setUint16(at + 2, question.class ?? 1);
  if (edns) {
    view.setUint16(at + 5, 41);
    view.setUint16(at + 7, edns.size ?? 1232);
    view.setUint16(at + 11, edns.flags ?? (edns.do ? 0x8000 : 0));
    view.setUint16(at + 13, options.length);
    message.set(options, at + 15);
  }
  return message;
}

/** One question over a connection of its own. */
export async function queryTcp(server: Server, question: Question): Promise<Uint8Array> {
  return (await askAllTcp(server, [question]))[0]!;
}

export async function queryUdp(server: Server, question: Question): Promise<Uint8Array> {
  return (await askAllUdp(server, [question]))[0]!;
}

/** All questions over one pipelined connection, replies in the questions' order (RFC 7766 section 6.2.1.1). */
export function askAllTcp(server: Server, questions: readonly Question[]): Promise<Uint8Array[]> {
  const replies = new Array<Uint8Array>(questions.length);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: server.address, port: server.port });
    let sent = 0;
    let received = 0;
    let pending = Buffer.alloc(0);
    const give = (error?: Error): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve(replies);
    };
    const send = (): void => {
      while (sent < questions.length && sent - received < WINDOW) {
        const message = encodeQuestion(questions[sent]!, sent & 0xffff);
        const framed = new Uint8Array(message.length + 2);
        framed[0] = message.length >> 8;
        framed[1] = message.length;
        framed.set(message, 2);
        socket.write(framed);
        sent++;
      }
    };
    socket.setTimeout(TCP_TIMEOUT, () =>
      give(new Error(`no answer over TCP after ${received} of ${questions.length}`)),
    );
    socket.once("error", give);
    socket.once("close", () => give(new Error(`closed after ${received} of ${questions.length} answers`)));
    socket.once("connect", send);
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const length = pending.readUInt16BE(0);
        const reply = Uint8Array.from(pending.subarray(2, 2 + length));
        pending = pending.subarray(2 + length);
        const index = findIndex((reply[0]! << 8) | reply[1]!, received, replies);
        if (index < 0) return give(new Error("an answer with an ID that was not asked"));
        replies[index] = reply;
        received++;
        if (received === questions.length) return give();
      }
      send();
    });
  });
}

/** All questions over UDP from one socket; what got lost is sent again, and in the end it is an error. */
export async function askAllUdp(server: Server, questions: readonly Question[]): Promise<Uint8Array[]> {
  const socket = createSocket({ type: server.address.includes(":") ? "udp6" : "udp4", recvBufferSize: 1 << 20 });
  const replies = new Array<Uint8Array>(questions.length);
  const waiting = new Map<number, (reply: Uint8Array) => void>();
  socket.on("message", (reply) => waiting.get((reply[0]! << 8) | reply[1]!)?.(Uint8Array.from(reply)));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < questions.length; index = next++) {
      replies[index] = await askUdp(socket, server, questions[index]!, index & 0xffff, waiting);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(WINDOW, questions.length) }, lane));
  } finally {
    socket.close();
  }
  return replies;
}

async function askUdp(
  socket: UdpSocket,
  server: Server,
  question: Question,
  id: number,
  waiting: Map<number, (reply: Uint8Array) => void>,
): Promise<Uint8Array> {
  const message = encodeQuestion(question, id);
  for (let attempt = 0; attempt < UDP_ATTEMPTS; attempt++) {
    const reply = await new Promise<Uint8Array | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), UDP_TIMEOUT);
      waiting.set(id, (octets) => {
        clearTimeout(timer);
        resolve(octets);
      });
      socket.send(message, server.port, server.address);
    });
    waiting.delete(id);
    if (reply) return reply;
  }
  throw new Error(`no answer over UDP from ${server.address}:${server.port} to ${question.name} ${question.type}`);
}

/** The question that an ID belongs to: IDs are indexes modulo 65536, answers may come out of order in the window. */
function findIndex(id: number, received: number, replies: readonly Uint8Array[]): number {
  const first = Math.max(0, received - WINDOW);
  for (let index = first; index < Math.min(replies.length, received + WINDOW + 1); index++) {
    if ((index & 0xffff) === id && replies[index] === undefined) return index;
  }
  return -1;
}
