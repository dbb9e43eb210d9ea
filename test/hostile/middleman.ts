/**
 * Somebody between the product and its primary, who does to the octets of the connection, TCP's or TLS's, what no server does
 * to a message: cuts, changes, repeats, holds back, answers before he is asked.
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { freePort, LOOPBACK } from "../peers/index.ts";

/** What he does with a connection. `through`: the primary's end, already open. */
export type Meddling = (client: Socket, through: Socket) => void;

export type Middleman = {
  readonly port: number;
  /** From now on; connections that are open end. */
  meddle(how: Meddling): void;
  stop(): Promise<void>;
};

/** Passes everything on until told otherwise. */
export async function startMiddleman(primaryPort: number): Promise<Middleman> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let meddling: Meddling = honest;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    keep(client);
    const through = keep(connect({ port: primaryPort, host: LOOPBACK, noDelay: true }));
    client.once("close", () => through.destroy());
    meddling(client, through);
  });
  server.listen(port, LOOPBACK);
  await once(server, "listening");
  return {
    port,
    meddle(how) {
      meddling = how;
      // One that is kept would go on as it was.
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

export const honest: Meddling = (client, through) => {
  client.pipe(through);
  through.pipe(client);
};

/** What the primary says, changed; `at` octets of it went before. Undefined: the end, at once. */
export function changing(change: (octets: Buffer, at: number, client: Socket) => Buffer | undefined): Meddling {
  return (client, through) => {
    client.pipe(through);
    let at = 0;
    through.on("data", (octets: Buffer) => {
      const changed = change(octets, at, client);
      at += octets.length;
      if (changed) client.write(changed);
      else client.destroy();
    });
    through.once("close", () => client.end());
  };
}

/** The connection ends behind so many octets, without a word: by FIN, or by RST. */
export function endingAt(end: number, how: "end" | "resetAndDestroy"): Meddling {
  return (client, through) => {
    client.pipe(through);
    let at = 0;
    through.on("data", (octets: Buffer) => {
      client.write(octets.subarray(0, Math.max(0, end - at)));
      at += octets.length;
      if (at >= end) client[how]();
    });
  };
}

/** A segment for every octet. */
export const octetByOctet: Meddling = (client, through) => {
  client.pipe(through);
  through.on("data", async (octets: Buffer) => {
    through.pause();
    for (const octet of octets) {
      client.write(Uint8Array.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
    through.resume();
  });
};
