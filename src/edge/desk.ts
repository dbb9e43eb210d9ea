/**
 * What every worker has, whatever its sockets: an Answerer with the published zones, the line to control, the counters.
 * A desk answers one message at a time; where it came from and how the answer leaves is the worker's business.
 */
import { threadId } from "node:worker_threads";
import { Answerer, type AnswerSettings, FORWARD, type QueryContext } from "#answer";
import { openCrypto } from "#crypto";
import type { TcpLimits } from "#net";
import {
  type EdgeSettings,
  type ForwardTls,
  type Publication,
  type PublicationHandlers,
  PublicationReceiver,
} from "#publish";
import { Counter, CounterBlock, collectGarbage, LARGE_OCTETS } from "#telemetry";
import type { WorkerTask } from "./life.ts";
import { Presigner } from "./presign.ts";
import { SignerShelf } from "./signer-shelf.ts";
import { closeZone, type OpenZone, openZone } from "./zones.ts";

/** The answer to a forwarded message; `token` is what `returnPath` gave. No message: there is none (any more). */
export type LateReply = PublicationHandlers["reply"];

/** A zone that could not be opened: it is served as one that is not ready, and somebody has to be told. */
export type ZoneTrouble = (zoneId: string, reason: string) => void;

export type Transport = "udp" | "tcp" | "tls";

/** Who asked. Only read while the message is answered: one object may be reused for all. */
export interface Asker {
  /** 4 or 16 octets. */
  readonly clientAddress: Uint8Array;
  readonly clientPort: number;
  /** Of a TLS connection. */
  readonly tls?: ForwardTls | undefined;
  /** The token of a forwarded message; asked for only then. Plain data: it crosses the seam and comes back. */
  returnPath(): unknown;
}

/** Keeps the Answerer and, by the id of their publications, the zones it serves with their open signers. */
export class Desk {
  readonly counters: CounterBlock;
  readonly receiver: PublicationReceiver;
  private readonly zones = new Map<string, OpenZone>();
  private readonly signers: SignerShelf;
  private readonly trouble: ZoneTrouble;
  private readonly presigner: Presigner | undefined;
  private readonly idleSeconds: number;
  private answerer: Answerer;
  /** Of images that nothing here refers to any more. */
  private octetsLetGo = 0;
  private readonly context: QueryContext = {
    transport: "udp",
    clientAddress: new Uint8Array(4),
    clientPort: 0,
    nowSeconds: 0,
  };

  /** Whether the last message went to control. */
  forwarded = false;

  constructor(task: WorkerTask, limits: TcpLimits, late: LateReply, trouble: ZoneTrouble) {
    this.counters = new CounterBlock(task.counters);
    this.idleSeconds = Math.floor(limits.idleMs / 1000);
    this.signers = new SignerShelf(openCrypto(task.crypto));
    this.trouble = trouble;
    this.answerer = new Answerer(this.answerSettings({}));
    this.receiver = new PublicationReceiver(task.link.port, task.link.doorbell, {
      put: (publication) => this.put(publication),
      remove: (zoneId) => this.remove(zoneId),
      settings: (settings) => this.change(settings),
      reply: late,
    });
    this.presigner = task.presign ? this.newPresigner() : undefined;
    this.tick();
    // Zones first, sockets after: a worker that starts again must not refuse what the others serve.
    while (this.receiver.poll());
  }

  /** For a worker that has nothing to answer: makes some signatures beforehand. */
  presign(): void {
    this.presigner?.turn(this.zones, this.context.nowSeconds);
  }

  /** Reads the clock and gives memory back: once a batch, or once a second, is enough. */
  tick(): void {
    this.context.nowSeconds = Math.floor(Date.now() / 1000);
    if (this.octetsLetGo < LARGE_OCTETS) return;
    this.octetsLetGo = 0;
    collectGarbage();
  }

  /**
   * Answers `query[0..length)` into `reply`; octets of the answer, or 0 for none: dropped, or forwarded, in which case
   * `forwarded` is true until the next call.
   */
  answer(query: Uint8Array, length: number, reply: Uint8Array, transport: Transport, from: Asker): number {
    const { counters, context } = this;
    const tcp = transport !== "udp";
    this.forwarded = false;
    counters.add(queryCounter(tcp, from.clientAddress.length === 16));
    // To what is answered TLS is TCP: a stream from an address that was proved.
    context.transport = tcp ? "tcp" : "udp";
    if (transport === "tls") counters.add(Counter.QueriesTls);
    context.clientAddress = from.clientAddress;
    context.clientPort = from.clientPort;
    const octets = this.answerer.answer(query, length, reply, context);
    if (octets === FORWARD) {
      this.forward(query, length, transport, from);
      return 0;
    }
    if (octets <= 0) {
      counters.add(Counter.Dropped);
      return 0;
    }
    counters.add(tcp ? Counter.RepliesTcp : Counter.RepliesUdp);
    counters.add(Counter.OctetsOut, octets);
    if (reply[2]! & 0x02) counters.add(Counter.Truncated);
    counters.countReply(tcp, reply[3]!);
    counters.countType(questionType(query, length));
    return octets;
  }

  private forward(query: Uint8Array, length: number, transport: Transport, from: Asker): void {
    const { clientAddress, clientPort, tls } = from;
    const origin = { transport, clientAddress, clientPort, ...(tls ? { tls } : {}) };
    this.forwarded = this.receiver.forward(from.returnPath(), query.subarray(0, length), origin);
    this.counters.add(this.forwarded ? Counter.Forwarded : Counter.Dropped);
  }

  /** Whatever is wrong with one zone must not take all the others down with the worker, again and again. */
  private put(publication: Publication): void {
    const { zoneId, apex } = publication;
    const before = this.zones.get(zoneId);
    let zone: OpenZone | undefined;
    try {
      const opened = openZone(publication, before, this.signers, this.counters);
      if (opened.ok) {
        this.answerer.zones.set(opened.value.served);
        zone = opened.value;
      } else this.trouble(zoneId, opened.error);
    } catch (error) {
      this.trouble(zoneId, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    if (zone === undefined) {
      zone = { served: { apex, state: "not-ready" }, signer: undefined, privateKey: undefined };
      this.answerer.zones.set(zone.served);
    }
    this.zones.set(zoneId, zone);
    this.presigner?.wake();
    if (before !== undefined) {
      closeZone(before, zone);
      this.letGo(before, zone);
    }
    this.counters.set(Counter.Zones, this.zones.size);
  }

  private letGo(before: OpenZone, after: OpenZone | undefined): void {
    const buffer = before.served.image?.buffer;
    if (buffer && buffer !== after?.served.image?.buffer) this.octetsLetGo += buffer.byteLength;
  }

  private remove(zoneId: string): void {
    const zone = this.zones.get(zoneId);
    if (zone === undefined) return;
    this.zones.delete(zoneId);
    this.answerer.zones.remove(zone.served.apex);
    closeZone(zone, undefined);
    this.letGo(zone, undefined);
    this.counters.set(Counter.Zones, this.zones.size);
  }

  private change(settings: EdgeSettings): void {
    this.answerer = new Answerer(this.answerSettings(settings), this.answerer.zones);
  }

  private newPresigner(): Presigner {
    const reply = new Uint8Array(65_535);
    const context: QueryContext = { transport: "tcp", clientAddress: new Uint8Array(4), clientPort: 0, nowSeconds: 0 };
    // The golden section spreads any number of workers over a zone.
    return new Presigner((threadId * 0.618034) % 1, (query, length) => {
      context.nowSeconds = this.context.nowSeconds;
      this.answerer.answer(query, length, reply, context);
    });
  }

  private answerSettings(settings: EdgeSettings): AnswerSettings {
    return { ...settings, tcpIdleSeconds: this.idleSeconds };
  }
}

function queryCounter(tcp: boolean, six: boolean): Counter {
  if (tcp) return six ? Counter.QueriesTcp6 : Counter.QueriesTcp4;
  return six ? Counter.QueriesUdp6 : Counter.QueriesUdp4;
}

/** Of the first question; 65535 (counted as "other") when it can't be read. Bounded by the message. */
function questionType(query: Uint8Array, length: number): number {
  let at = 12;
  while (at < length && query[at]! !== 0) at += query[at]! + 1;
  return at + 2 < length ? (query[at + 1]! << 8) | query[at + 2]! : 65_535;
}
