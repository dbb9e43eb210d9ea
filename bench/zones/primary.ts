/** A primary that has every zone, always with the same SOA, and counts who asks when. UDP only: nothing is ever newer. */
import { createSocket, type Socket } from "node:dgram";
import { answerSoa } from "../../test/many/soa-primary.ts";

export class CountingPrimary {
  readonly #socket: Socket;
  /** Questions in each second since the start. */
  readonly perSecond: number[] = [];
  readonly #began = performance.now();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (query, from) => {
      const second = Math.floor((performance.now() - this.#began) / 1000);
      this.perSecond[second] = (this.perSecond[second] ?? 0) + 1;
      const answer = answerSoa(query);
      if (answer) socket.send(answer, from.port, from.address);
    });
  }

  static async start(): Promise<CountingPrimary> {
    const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return new CountingPrimary(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get second(): number {
    return Math.floor((performance.now() - this.#began) / 1000);
  }

  close(): void {
    this.#socket.close();
  }
}
