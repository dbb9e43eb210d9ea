/**
 * Messages as they are, by the thousand, to one server over UDP; and silence told from loss without a clock: a plain question
 * behind each batch is answered when the batch has been dealt with, and what is silent is asked again.
 */
import { createSocket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeQuestion, type Question, type Server, until } from "../peers/index.ts";

/** Small enough that no receive buffer overflows. */
const BATCH = 32;
const ATTEMPTS = 3;
const MARK = 0xffff;

/**
 * Replies in the order of the messages; undefined: silence. The first two octets of each message become its index.
 * @param plain is answered by the server
 * @param answered those that have to be answered are waited for
 */
export async function askOctets(
  server: Server,
  messages: readonly Uint8Array[],
  plain: Question,
  answered: (index: number) => boolean = () => false,
): Promise<(Uint8Array | undefined)[]> {
  const replies = new Array<Uint8Array | undefined>(messages.length).fill(undefined);
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
  let marks = 0;
  socket.on("message", (reply) => {
    const id = (reply[0]! << 8) | reply[1]!;
    if (id === MARK) marks++;
    else if (id < replies.length) replies[id] ??= Uint8Array.from(reply);
  });
  const send = (octets: Uint8Array, id: number): void => {
    const message = Uint8Array.from(octets);
    message[0] = id >> 8;
    message[1] = id & 255;
    socket.send(message, server.port, server.address);
  };
  const settled = async (): Promise<void> => {
    const before = marks;
    await until(`an answer of port ${server.port} behind a batch`, async () => {
      send(encodeQuestion(plain, MARK), MARK);
      for (let turn = 0; turn < 20 && marks === before; turn++) await sleep(5);
      return marks > before;
    });
  };
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const left = messages.map((_, index) => index).filter((index) => !replies[index]);
      for (let at = 0; at < left.length; at += BATCH) {
        for (const index of left.slice(at, at + BATCH)) send(messages[index]!, index);
        await settled();
      }
    }
    await until(`all answers of port ${server.port}`, async () =>
      messages.every((_, index) => replies[index] !== undefined || !answered(index)),
    );
  } finally {
    socket.close();
  }
  return replies;
}
