/**
 * The load generator: one busy thread that keeps a number of questions in flight, sends and takes them by batches, and
 * counts. Pin it to a core of its own; ask over several sockets when the server has several workers.
 */
import { fail, ok, type Result } from "#bytes";
import { openUdpAsker, type SocketAddress, type UdpAsker } from "#net";
import { cpuSeconds } from "./cpu.ts";
import type { QuestionSet } from "./questions.ts";

export interface LoadOptions {
  readonly server: SocketAddress;
  readonly questions: QuestionSet;
  readonly seconds: number;
  /** Not counted, before `seconds`: caches fill, code gets compiled. */
  readonly warmupSeconds?: number;
  /** Questions in flight. Default 128. */
  readonly inFlight?: number;
  readonly sockets?: number;
  readonly batch?: number;
  /** Processes whose CPU time, that of their threads and children included, is divided by the answers. */
  readonly pids?: readonly number[];
  /** A question unanswered for so long is lost. Default 1000. */
  readonly lossMs?: number;
  /** False: in the order of the file. Default true: each question at random. */
  readonly shuffle?: boolean;
}

export interface LoadResult {
  readonly asked: number;
  readonly answered: number;
  readonly lost: number;
  readonly seconds: number;
  readonly answersPerSecond: number;
  /** Mean octets of an answer. */
  readonly octetsPerAnswer: number;
  /** Answers by RCODE of the header, and those with TC. */
  readonly rcodes: readonly number[];
  readonly truncated: number;
  /** Server CPU in microseconds for each answer, user and system; absent without pids. */
  readonly serverMicroseconds?: number;
  /** Of the generator itself: near 1 in all cases, as it polls; the share it spends without anything to do. */
  readonly idleShare: number;
}

const IDS = 65_536;

export function generateLoad(options: LoadOptions): Result<LoadResult, string> {
  const opened = openUdpAsker(options);
  if (!opened.ok) return fail(`${opened.error.code}: ${opened.error.detail}`);
  const run = new Run(opened.value, options);
  try {
    if ((options.warmupSeconds ?? 1) > 0) run.turnFor(options.warmupSeconds ?? 1);
    run.clear();
    const cpuBefore = cpuSeconds(options.pids ?? []);
    const began = performance.now();
    run.turnFor(options.seconds);
    const seconds = (performance.now() - began) / 1000;
    const cpu = cpuSeconds(options.pids ?? []) - cpuBefore;
    return ok(run.result(seconds, options.pids ? cpu : undefined));
  } finally {
    opened.value.close();
  }
}

/** Keeps which IDs are out, since when, and the counts. */
class Run {
  private readonly asker: UdpAsker;
  private readonly questions: QuestionSet;
  private readonly inFlight: number;
  private readonly lossMs: number;
  private readonly shuffle: boolean;
  /** For each ID: when it was sent in ms since `epoch`, -1 = free. */
  private readonly sentAt = new Float64Array(IDS).fill(-1);
  private out = 0;
  private nextId = 1;
  private nextQuestion = 0;
  private random = 0x2545f491;
  private serial = (Date.now() & 0xffff) << 16;
  private socket = 0;
  private asked = 0;
  private answered = 0;
  private lost = 0;
  private octets = 0;
  private truncated = 0;
  private turns = 0;
  private idleTurns = 0;
  private rcodes = new Array<number>(16).fill(0);

  constructor(asker: UdpAsker, options: LoadOptions) {
    this.asker = asker;
    this.questions = options.questions;
    this.inFlight = Math.min(options.inFlight ?? 128, IDS / 2);
    this.lossMs = options.lossMs ?? 1000;
    this.shuffle = options.shuffle ?? true;
  }

  clear(): void {
    this.asked = this.answered = this.lost = this.octets = this.truncated = this.turns = this.idleTurns = 0;
    this.rcodes.fill(0);
  }

  turnFor(seconds: number): void {
    const end = performance.now() + seconds * 1000;
    let nextSweep = performance.now() + 100;
    for (let now = performance.now(); now < end; now = performance.now()) {
      this.turns++;
      if (!this.turn(now)) this.idleTurns++;
      if (now > nextSweep) {
        this.sweep(now);
        nextSweep = now + 100;
      }
    }
  }

  result(seconds: number, cpu: number | undefined): LoadResult {
    const { asked, answered, lost, truncated } = this;
    return {
      asked,
      answered,
      lost,
      seconds,
      answersPerSecond: Math.round(answered / seconds),
      octetsPerAnswer: answered === 0 ? 0 : Math.round(this.octets / answered),
      rcodes: [...this.rcodes],
      truncated,
      serverMicroseconds: cpu === undefined || answered === 0 ? undefined : (cpu * 1e6) / answered,
      idleShare: this.idleTurns / Math.max(1, this.turns),
    };
  }

  /** Takes what is there from one socket, then sends as much over it. */
  private turn(now: number): boolean {
    const { asker } = this;
    this.socket = (this.socket + 1) % asker.sockets;
    const got = asker.receive(this.socket);
    for (let i = 0; i < got; i++) this.take(asker.answer(i), asker.answerLength(i));
    const room = Math.min(asker.batch, this.inFlight - this.out);
    // Half a batch at least, or all that may be out: many small sends would measure system calls.
    if (room > 0 && (2 * room >= asker.batch || got === 0)) this.send(room, now);
    return got > 0;
  }

  private take(answer: Uint8Array, length: number): void {
    const id = (answer[0]! << 8) | answer[1]!;
    if (length < 12 || this.sentAt[id]! < 0) return;
    this.sentAt[id] = -1;
    this.out--;
    this.answered++;
    this.octets += length;
    this.rcodes[answer[3]! & 15]!++;
    if (answer[2]! & 2) this.truncated++;
  }

  private send(count: number, now: number): void {
    const { asker } = this;
    for (let i = 0; i < count; i++) this.write(i, now);
    const sent = asker.send(this.socket, 0, count);
    this.asked += sent;
    for (let i = sent; i < count; i++) this.withdraw(asker.question(i));
  }

  private write(slot: number, now: number): void {
    const { octets, offsets, digits } = this.questions;
    const at = this.pick();
    const start = offsets[at]!;
    const length = offsets[at + 1]! - start;
    const to = this.asker.question(slot);
    for (let i = 2; i < length; i++) to[i] = octets[start + i]!;
    if (digits[at]! > 0) this.writeDigits(to, digits[at]!);
    const id = this.freeId();
    to[0] = id >> 8;
    to[1] = id & 255;
    this.sentAt[id] = now;
    this.out++;
    this.asker.setQuestionLength(slot, length);
  }

  private withdraw(question: Uint8Array): void {
    this.sentAt[(question[0]! << 8) | question[1]!] = -1;
    this.out--;
  }

  private pick(): number {
    const { count } = this.questions;
    if (!this.shuffle) {
      this.nextQuestion = (this.nextQuestion + 1) % count;
      return this.nextQuestion;
    }
    // xorshift32: cheap, and good enough to spread questions.
    let x = this.random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.random = x;
    return (x >>> 0) % count;
  }

  private writeDigits(to: Uint8Array, at: number): void {
    const serial = ++this.serial;
    for (let i = 0; i < 8; i++) {
      const digit = (serial >>> (28 - 4 * i)) & 15;
      to[at + i] = digit < 10 ? 48 + digit : 87 + digit;
    }
  }

  /** At most half of them are out, so a free one is near. */
  private freeId(): number {
    do this.nextId = (this.nextId + 1) % IDS;
    while (this.sentAt[this.nextId]! >= 0);
    return this.nextId;
  }

  private sweep(now: number): void {
    for (let id = 0; id < IDS; id++) {
      if (this.sentAt[id]! < 0 || now - this.sentAt[id]! < this.lossMs) continue;
      this.sentAt[id] = -1;
      this.out--;
      this.lost++;
    }
  }
}
