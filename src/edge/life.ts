/** What a worker and its supervisor tell each other: shared words for a worker that blocks, messages for the rest. */
import type { CryptoChoice } from "#crypto";
import type { NetError, SocketAddress, TcpLimits, TlsServerSettings } from "#net";
import type { EdgeLink } from "#publish";

/** Words (Int32) of the shared block of one worker. */
export const Life = {
  /** 0, or 1 when the worker has to drain and end. */
  Stop: 0,
  /** Rises with each turn of the worker's loop: one that stands still is stuck. */
  Turns: 1,
  /** 1 while the native sockets that it reported are open. */
  SocketsOpen: 2,
  Words: 4,
} as const;

export type WorkerRole = "udp" | "dgram" | "stream";

/** `workerData` of every worker entry. */
export interface WorkerTask {
  readonly link: EdgeLink;
  readonly life: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  /** Absent: what zones are asked is not counted. */
  readonly tally?: SharedArrayBuffer | undefined;
  readonly addresses: readonly SocketAddress[];
  /** Of the stream worker: where and as whom it answers over TLS. */
  readonly tls?: StreamTls | undefined;
  readonly tcpLimits: Partial<TcpLimits>;
  /** On stop, how long TCP clients may still fetch answers. */
  readonly drainMs: number;
  readonly crypto: CryptoChoice;
  /** Make signatures of live-signed zones beforehand when nobody asks anything. */
  readonly presign: boolean;
}

export interface StreamTls {
  readonly addresses: readonly SocketAddress[];
  readonly settings: TlsServerSettings;
}

/** What the supervisor posts to the stream worker while it runs. */
export type StreamOrder = { readonly kind: "tls"; readonly settings: TlsServerSettings };

/** What a worker posts to its supervisor. */
export type WorkerReport =
  | {
      readonly kind: "started";
      readonly addresses: readonly SocketAddress[];
      readonly tlsAddresses?: readonly SocketAddress[];
      /** Native sockets that the supervisor has to close when it terminates the worker. */
      readonly descriptors: readonly number[];
    }
  | { readonly kind: "failed"; readonly error: NetError }
  /** A published zone could not be opened and is served as not ready. */
  | { readonly kind: "zone"; readonly zoneId: string; readonly reason: string }
  /** The worker ends after this. `packet`: what it was answering, cut to `MAX_REPORTED` octets. */
  | { readonly kind: "broken"; readonly error: string; readonly packet: Uint8Array };

/** Octets of a packet in a report: it becomes a test case, so it should be whole; a message over TCP may be cut. */
export const MAX_REPORTED = 4096;

/** The worker's side of the shared words. */
export class WorkerLife {
  private readonly words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
  }

  /** Call once in each turn of the loop; true when the worker has to end. */
  turn(): boolean {
    Atomics.add(this.words, Life.Turns, 1);
    return Atomics.load(this.words, Life.Stop) !== 0;
  }

  socketsOpen(open: boolean): void {
    Atomics.store(this.words, Life.SocketsOpen, open ? 1 : 0);
  }
}
