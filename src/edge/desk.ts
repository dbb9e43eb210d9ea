/**
 * What every worker has, whatever its sockets: an Answerer with the published zones, the line to control, the counters.
 * A desk answers one message at a time; where it came from and how the answer leaves is the worker's business.
 */
import { threadId } from "node:worker_threads";
import { Answerer, type AnswerSettings, FORWARD, type QueryContext, ZoneTable } from "#answer";
import { openCrypto } from "#crypto";
import { Flag, HEADER_LENGTH, OPCODE_MASK, Rcode } from "#message";
import type { TcpLimits } from "#net";
import { type EdgeSettings, type ForwardTls, type PublicationHandlers, PublicationReceiver } from "#publish";
import {
  Counter,
  CounterBlock,
  canEmpty,
  collectAllGarbage,
  collectGarbage,
  LARGE_OCTETS,
  Transport as Over,
  prepareCollection,
  TallyWriter,
  takeShortTurns,
  tallyKey,
} from "#telemetry";
import { explainAnswer } from "./explain.ts";
import { Life, type WorkerTask } from "./life.ts";
import { OpenZones, type ZoneTrouble } from "./open-zones.ts";
import { Presigner } from "./presign.ts";
import { SignerShelf } from "./signer-shelf.ts";

/** The answer to a forwarded message; `token` is what `returnPath` gave. No message: there is none (any more). */
export type LateReply = PublicationHandlers["reply"];

export type Transport = "udp" | "tcp" | "tls";

const TRANSPORTS = { udp: Over.Udp, tcp: Over.Tcp, tls: Over.Tls } as const;

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

/** So many zones are opened as they come: what is wrong with one is known at once, and not when somebody asks. */
const OPENED_AT_ONCE = 256;

/**
 * What is let go of is emptied by other threads, and what stays here is address space: a collection, which stops this worker for
 * 5 to 20 ms, is worth that much of it (of 128 TiB). Where nobody can empty it, memory stays until it is collected.
 */
const SPACE_OCTETS = 8 * 2 ** 30;

/**
 * As many as are let go of together, some 5 MB of the heap and as much again of room around them: only a thorough collection gives that back, and for its 30 to 60 ms
 * only who was asked nothing for a while has time.
 */
const WORTH_COLLECTING_ENTRIES = 4096;

/** With more zones than that nothing is signed beforehand so soon after a start: who asks comes first, and what is on disk is read meanwhile. */
const PRESIGN_AFTER_SECONDS = 15;

/** Keeps the Answerer, the zones it serves and, of those that are open, the signers. */
export class Desk {
  readonly counters: CounterBlock;
  readonly receiver: PublicationReceiver;
  private readonly zones: ZoneTable;
  private readonly open: OpenZones;
  private readonly tally: TallyWriter | undefined;
  private readonly presigner: Presigner | undefined;
  private presignFrom = 0;
  private readonly idleSeconds: number;
  private answerer: Answerer;
  /** Of images that nothing here refers to any more. */
  private octetsLetGo = 0;
  /** Entries of zones that had been let go of at the last collection. */
  private closedAtCollection = 0;
  /** So many are worth a collection when nobody asks anything; twice as many at any time. */
  private readonly collectOctets = canEmpty() ? SPACE_OCTETS : LARGE_OCTETS;
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
    this.tally = task.tally && new TallyWriter(task.tally);
    this.idleSeconds = Math.floor(limits.idleMs / 1000);
    const signers = new SignerShelf(openCrypto(task.crypto));
    this.receiver = new PublicationReceiver(task.link.port, task.link.doorbell, {
      records: {
        put: (ref) => this.put(ref),
        remove: (apex) => this.remove(apex),
        letGo: (octets) => {
          this.octetsLetGo += octets;
        },
      },
      settings: (settings) => this.change(settings),
      reply: late,
      explain: (query, transport) => explainAnswer(this.answerer, query, transport),
    });
    this.open = new OpenZones(this.receiver.shelf, signers, this.counters, trouble);
    this.zones = new ZoneTable(this.open);
    this.answerer = new Answerer(this.answerSettings({}), this.zones);
    this.presigner = task.presign ? this.newPresigner() : undefined;
    this.tick();
    takeShortTurns();
    prepareCollection();
    // Zones first, sockets after: a worker that starts again must not refuse what the others serve.
    const words = new Int32Array(task.life);
    this.receiver.takeAll(() => Atomics.load(words, Life.Stop) !== 0);
    if (this.zones.size > OPENED_AT_ONCE) this.presignFrom = this.context.nowSeconds + PRESIGN_AFTER_SECONDS;
    // What loading code left behind, while nobody can ask yet.
    collectGarbage();
  }

  private readonly signed = {
    refs: () => this.zones.records().filter((ref) => this.open.isSigned(ref)),
    entryOf: (ref: number) => (this.open.has(ref) ? this.zones.entryOf(ref) : undefined),
  };

  /** For a worker that has nothing to answer: makes some signatures beforehand. */
  idle(): void {
    if (this.octetsLetGo >= this.collectOctets) this.collect();
    if (this.zones.closedCount - this.closedAtCollection >= WORTH_COLLECTING_ENTRIES) {
      this.closedAtCollection = this.zones.closedCount;
      collectAllGarbage();
    }
    const { nowSeconds } = this.context;
    if (nowSeconds >= this.presignFrom) this.presigner?.turn(this.signed, nowSeconds);
  }

  /** Reads the clock: once a batch, or once a second, is enough. */
  tick(): void {
    this.context.nowSeconds = Math.floor(Date.now() / 1000);
    this.tally?.turn();
    if (this.octetsLetGo >= 2 * this.collectOctets) this.collect();
  }

  private collect(): void {
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
    const signatures = counters.values[Counter.Signatures]!;
    const start = this.tally?.wantsTime ? performance.now() : -1;
    const octets = this.answerer.answer(query, length, reply, context);
    if (octets === FORWARD) return this.forward(query, length, reply, transport, from);
    if (octets <= 0) {
      counters.add(Counter.Dropped);
      return 0;
    }
    counters.add(tcp ? Counter.RepliesTcp : Counter.RepliesUdp);
    counters.add(Counter.OctetsOut, octets);
    if (reply[2]! & 0x02) counters.add(Counter.Truncated);
    counters.countReply(tcp, reply[3]!);
    const parsed = this.answerer.query;
    counters.countType(parsed.hasQuestion ? parsed.type : 65_535);
    if (this.tally) this.count(this.tally, length, octets, reply[3]!, transport, signatures, start);
    return octets;
  }

  /** For the zone that answered. */
  private count(
    tally: TallyWriter,
    queryOctets: number,
    octets: number,
    rcode: number,
    transport: Transport,
    signaturesBefore: number,
    start: number,
  ): void {
    const { zone, query } = this.answerer;
    if (zone === undefined) return;
    const signed = this.counters.values[Counter.Signatures] !== signaturesBefore;
    const six = this.context.clientAddress.length === 16;
    const key = tallyKey(query.type, rcode, TRANSPORTS[transport], six, signed, queryOctets, octets);
    const nanoseconds = start < 0 ? -1 : (performance.now() - start) * 1e6;
    const { name } = query;
    tally.count(zone, key, name.octets, name.at, name.length, name.hashes[0]!, nanoseconds);
  }

  /** By a stream what finds no room is answered SERVFAIL, a header alone: its sender would wait in vain. A datagram is dropped, and sent again. */
  private forward(query: Uint8Array, length: number, reply: Uint8Array, transport: Transport, from: Asker): number {
    const { clientAddress, clientPort, tls } = from;
    const origin = { transport, clientAddress, clientPort, ...(tls ? { tls } : {}) };
    this.forwarded = this.receiver.forward(from.returnPath(), query.subarray(0, length), origin);
    this.counters.add(this.forwarded ? Counter.Forwarded : Counter.Dropped);
    if (this.forwarded || transport === "udp") return 0;
    reply.fill(0, 0, HEADER_LENGTH);
    reply.set(query.subarray(0, 2));
    const flags = (((query[2]! << 8) | query[3]!) & (OPCODE_MASK | Flag.RD)) | Flag.QR | Rcode.ServFail;
    reply[2] = flags >>> 8;
    reply[3] = flags;
    return HEADER_LENGTH;
  }

  private put(ref: number): void {
    const { zones, open } = this;
    const before = zones.refOf(open.hashOf(ref), open.octetsOf(ref), open.apexAt(ref), open.apexLength(ref));
    if (before !== 0 && open.moved(before, ref)) zones.move(before, ref);
    else {
      open.replacing(before, () => zones.put(ref));
      if (zones.size <= OPENED_AT_ONCE) zones.entryOf(ref);
      this.presigner?.wake();
    }
    this.counters.set(Counter.Zones, zones.size);
  }

  private remove(apex: Uint8Array): void {
    this.zones.remove(apex);
    // Its memory may be emptied as soon as this is acknowledged.
    this.presigner?.wake();
    this.counters.set(Counter.Zones, this.zones.size);
  }

  private change(settings: EdgeSettings): void {
    this.answerer = new Answerer(this.answerSettings(settings), this.zones);
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
