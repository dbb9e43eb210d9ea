/**
 * One worker under supervision, over all its restarts.
 *
 *   starting ─ started ▶ serving ─ exit │ stuck ▶ waiting (backoff) ─ due ▶ starting        any ─ stop ▶ stopped
 */
import { Worker } from "node:worker_threads";
import { toHex } from "#bytes";
import type { CryptoChoice } from "#crypto";
import { closeDescriptors, type NetError, type SocketAddress, type TcpLimits, type TlsServerSettings } from "#net";
import type { EdgeLink, PublicationSender } from "#publish";
import { addInto, COUNTER_WORDS, Counter, CounterBlock, type Logger, TallyReader, type TallyReading } from "#telemetry";
import { Life, type StreamOrder, type StreamTls, type WorkerReport, type WorkerRole, type WorkerTask } from "./life.ts";

export interface MemberOptions {
  readonly role: WorkerRole;
  readonly name: string;
  readonly addresses: readonly SocketAddress[];
  readonly tls?: StreamTls | undefined;
  readonly sender: PublicationSender;
  readonly log: Logger;
  readonly tcpLimits: Partial<TcpLimits>;
  readonly drainMs: number;
  readonly crypto: CryptoChoice;
  readonly presign: boolean;
  /** Whether what zones are asked is counted. */
  readonly tally: boolean;
  /** Absent: the role's own. */
  readonly entry?: URL;
  /** Of the first start only; later ones are logged and tried again. */
  readonly onStarted: (addresses: readonly SocketAddress[]) => void;
  readonly onFailed: (error: NetError) => void;
}

const ENTRY: Readonly<Record<WorkerRole, URL>> = {
  udp: new URL("./udp-worker.ts", import.meta.url),
  dgram: new URL("./dgram-worker.ts", import.meta.url),
  stream: new URL("./stream-worker.ts", import.meta.url),
};

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 10_000;
/** A worker that served so long is taken for sound: its next restart is quick again. */
const SOUND_MS = 60_000;

/** Keeps the running thread, its link and shared words, and when it may start again. */
export class Member {
  readonly name: string;
  readonly role: WorkerRole;
  counters = new CounterBlock();
  /** Sums of the blocks of threads that ended. */
  readonly retired = new Float64Array(COUNTER_WORDS);
  restarts = 0;
  private tally: TallyReader | undefined;
  /** Of threads that ended, until it is asked for. */
  private leftTallies: TallyReading[] = [];
  private readonly options: MemberOptions;
  private addresses: readonly SocketAddress[];
  private tls: StreamTls | undefined;
  private worker: Worker | undefined;
  private link: EdgeLink | undefined;
  private life = new Int32Array(new SharedArrayBuffer(4 * Life.Words));
  private descriptors: readonly number[] = [];
  private everStarted = false;
  private startedAt = 0;
  private backoffMs = FIRST_BACKOFF_MS;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private lastTurns = -1;
  private stillSince = 0;
  private onGone: (() => void) | undefined;

  constructor(options: MemberOptions) {
    this.options = options;
    this.name = options.name;
    this.role = options.role;
    this.addresses = options.addresses;
    this.tls = options.tls;
  }

  get running(): boolean {
    return this.worker !== undefined;
  }

  /** As bound. */
  get tlsAddresses(): readonly SocketAddress[] {
    return this.tls?.addresses ?? [];
  }

  /** For the thread that runs and for those after it. */
  renewTls(settings: TlsServerSettings): void {
    if (!this.tls) return;
    this.tls = { ...this.tls, settings };
    this.worker?.postMessage({ kind: "tls", settings } satisfies StreamOrder);
  }

  start(): void {
    this.timer = undefined;
    this.counters = new CounterBlock();
    this.life = new Int32Array(new SharedArrayBuffer(4 * Life.Words));
    this.descriptors = [];
    this.tally = this.options.tally ? new TallyReader() : undefined;
    this.lastTurns = -1;
    this.startedAt = performance.now();
    const link = this.options.sender.attach(this.role !== "stream");
    this.link = link;
    const task: WorkerTask = {
      link: { port: link.port, doorbell: link.doorbell },
      life: this.life.buffer as SharedArrayBuffer,
      counters: this.counters.buffer,
      tally: this.tally?.buffer,
      addresses: this.addresses,
      tls: this.tls,
      tcpLimits: this.options.tcpLimits,
      drainMs: this.options.drainMs,
      crypto: this.options.crypto,
      presign: this.options.presign,
    };
    const worker = new Worker(this.options.entry ?? ENTRY[this.role], {
      name: this.name,
      workerData: task,
      transferList: [link.port],
    });
    this.worker = worker;
    worker.on("message", (report: WorkerReport) => this.hear(report));
    worker.on("error", (error) =>
      this.options.log.error({ worker: this.name, error: String(error) }, "edge.worker_error"),
    );
    worker.on("exit", (code) => this.gone(code));
  }

  /** What zones were asked since the last time. */
  takeTallies(): readonly TallyReading[] {
    const left = this.leftTallies;
    this.leftTallies = [];
    const reading = this.tally?.take();
    return reading ? [...left, reading] : left;
  }

  /** Ends the worker when its loop has not turned for `stuckMs`. */
  watch(now: number, stuckMs: number): void {
    if (this.worker === undefined || !this.everStarted) return;
    const turns = Atomics.load(this.life, Life.Turns);
    if (turns !== this.lastTurns) {
      this.lastTurns = turns;
      this.stillSince = now;
    } else if (now - this.stillSince > stuckMs) {
      this.options.log.error({ worker: this.name, stuckMs }, "edge.worker_stuck");
      this.stillSince = now;
      void this.worker.terminate();
    }
  }

  /** Resolves when the thread has ended, by itself or, after `graceMs`, by force. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const { worker } = this;
    if (worker === undefined) return;
    const gone = new Promise<void>((resolve) => {
      this.onGone = resolve;
    });
    Atomics.store(this.life, Life.Stop, 1);
    const force = setTimeout(() => void worker.terminate(), graceMs);
    await gone;
    clearTimeout(force);
  }

  private hear(report: WorkerReport): void {
    const { log } = this.options;
    if (report.kind === "started") {
      this.descriptors = report.descriptors;
      // With port 0 asked for, a restart takes the port that clients know.
      this.addresses = this.role === "dgram" ? this.addresses : report.addresses;
      if (this.tls && report.tlsAddresses) this.tls = { ...this.tls, addresses: report.tlsAddresses };
      if (!this.everStarted) this.options.onStarted(report.addresses);
      else log.info({ worker: this.name }, "edge.worker_restarted");
      this.everStarted = true;
      this.stillSince = performance.now();
    } else if (report.kind === "failed") {
      log.error({ worker: this.name, code: report.error.code, detail: report.error.detail }, "edge.worker_failed");
      if (!this.everStarted) this.options.onFailed(report.error);
    } else if (report.kind === "zone") {
      log.error({ worker: this.name, zoneId: report.zoneId, reason: report.reason }, "edge.zone_not_opened");
    } else {
      log.error({ worker: this.name, error: report.error, packet: toHex(report.packet) }, "edge.worker_broken");
    }
  }

  private gone(code: number): void {
    this.worker = undefined;
    // Terminated in the middle of its loop: nobody else closes its native sockets.
    if (Atomics.load(this.life, Life.SocketsOpen) === 1) closeDescriptors(this.descriptors);
    if (this.link !== undefined) this.options.sender.detach(this.link);
    this.link = undefined;
    this.counters.set(Counter.Zones, 0);
    addInto(this.retired, this.counters.values);
    this.counters = new CounterBlock();
    if (this.tally) this.leftTallies.push(...this.tally.takeAll());
    this.tally = undefined;
    this.onGone?.();
    // Before it ever served it is the caller's to decide, who waits for one or the other.
    if (!this.everStarted)
      this.options.onFailed({ code: "net.failed", detail: `${this.name} ended with code ${code}` });
    if (this.stopping || !this.everStarted) return;
    this.restarts++;
    if (performance.now() - this.startedAt > SOUND_MS) this.backoffMs = FIRST_BACKOFF_MS;
    this.options.log.warn({ worker: this.name, code, againInMs: this.backoffMs }, "edge.worker_ended");
    this.timer = setTimeout(() => this.start(), this.backoffMs);
    this.backoffMs = Math.min(MAX_BACKOFF_MS, 2 * this.backoffMs);
  }
}
