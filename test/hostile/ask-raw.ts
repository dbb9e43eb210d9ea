/** One message as it is, by UDP or TCP, and the answer's octets; undefined for silence. */
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import type { Server } from "../peers/client.ts";

/** Silence after so long, milliseconds; loopback answers within one, and a busy machine within some hundred. */
const SILENCE = 1_500;

export function askRaw(server: Server, message: Uint8Array, tcp: boolean): Promise<Buffer | undefined> {
  return tcp ? askTcp(server, message) : askUdp(server, message);
}

function askUdp(server: Server, message: Uint8Array): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const give = (reply?: Buffer): void => {
      clearTimeout(timer);
      socket.close();
      resolve(reply);
    };
    const timer = setTimeout(give, SILENCE);
    socket.once("message", give);
    socket.send(message, server.port, server.address);
  });
}

function askTcp(server: Server, message: Uint8Array): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: server.address, port: server.port });
    let pending = Buffer.alloc(0);
    const give = (reply?: Buffer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    const timer = setTimeout(give, SILENCE);
    socket.once("error", () => give());
    socket.once("close", () => give());
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      if (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) give(pending.subarray(2));
    });
    socket.write(Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]));
  });
}
