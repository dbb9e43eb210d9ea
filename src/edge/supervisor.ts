/**
 * Starts the workers that answer, keeps them running, and sums what they count. Runs on the main thread.
 *
 *   main thread   Edge ─┬─ udp 1..N      recvmmsg, or node:dgram where that is missing
 *                       └─ stream        TCP and, where it is configured, TLS
 */
import { fail, ok, type Result } from "#bytes";
import type { CryptoChoice } from "#crypto";
import {
  addressOctets,
  type NetError,
  openUdpBatch,
  type SocketAddress,
  type TcpLimits,
  type TlsServerSettings,
} from "#net";
import type { PublicationSender } from "#publish";
import { addInto, COUNTER_WORDS, type CounterTotals, type Logger, sumCounters, type TallyReading } from "#telemetry";
import type { StreamTls, WorkerRole } from "./life.ts";
import { Member } from "./member.ts";

export interface EdgeOptions {
  /** UDP and TCP are both served on each. Port 0: one that the kernel chooses, the same for both. */
  readonly dns: readonly SocketAddress[];
  /** DNS over TLS: addresses beside those of `dns`, and as whom. */
  readonly tls?: StreamTls | undefined;
  /** UDP workers, 1 or more. */
  readonly workers: number;
  /** `auto`: the fast path where it works. */
  readonly udp?: "auto" | "ffi" | "dgram";
  /** How live signatures are made; `auto`: OpenSSL through koffi where that works. */
  readonly crypto?: CryptoChoice;
  /** UDP workers on the fast path that nobody asks anything make signatures beforehand. Default true. */
  readonly presign?: boolean;
  /** Whether what zones are asked is counted: for `takeTallies`. Default false. */
  readonly tally?: boolean;
  readonly sender: PublicationSender;
  readonly log: Logger;
  readonly tcp?: Partial<TcpLimits>;
  /** A worker whose loop stands still for so long is ended and started again. Default 15 s. */
  readonly stuckMs?: number;
  /** Other entry files than this room's: for tests of supervision. */
  readonly entries?: Partial<Record<WorkerRole, URL>>;
  /** On `stop`, how long TCP clients may still fetch answers. Default 3 s. */
  readonly drainMs?: number;
}

const WATCH_MS = 1000;
/** Added to the drain before a worker is ended by force: `stop` takes below 5 s with the default. */
const FORCE_AFTER_MS = 1000;

export async function startEdge(options: EdgeOptions): Promise<Result<Edge, NetError>> {
  for (const { address } of [...options.dns, ...(options.tls?.addresses ?? [])]) {
    if (addressOctets(address) === undefined) return fail({ code: "net.bad_address", detail: address });
  }
  const path = chooseUdpPath(options.udp ?? "auto", options.log);
  if (!path.ok) return path;
  const edge = new Edge(options, path.value);
  const started = await edge.start();
  if (started.ok) return ok(edge);
  await edge.stop();
  return started;
}

/** Keeps the workers. */
export class Edge {
  readonly udpPath: "ffi" | "dgram";
  private readonly options: EdgeOptions;
  private readonly members: Member[] = [];
  private bound: readonly SocketAddress[] = [];
  private watcher: NodeJS.Timeout | undefined;

  constructor(options: EdgeOptions, udpPath: "ffi" | "dgram") {
    this.options = options;
    this.udpPath = udpPath;
  }

  /** As bound, in the order of `dns`. */
  get addresses(): readonly SocketAddress[] {
    return this.bound;
  }

  /** Of DNS over TLS, as bound. */
  get tlsAddresses(): readonly SocketAddress[] {
    return this.members.find(({ role }) => role === "stream")?.tlsAddresses ?? [];
  }

  /** Handshakes from now on show this certificate. */
  renewTls(settings: TlsServerSettings): void {
    for (const member of this.members) member.renewTls(settings);
  }

  /** Workers that ended and were started again, in all. */
  get restarts(): number {
    return this.members.reduce((sum, member) => sum + member.restarts, 0);
  }

  /** True while every worker runs. */
  get healthy(): boolean {
    return this.members.length > 0 && this.members.every((member) => member.running);
  }

  async start(): Promise<Result<void, NetError>> {
    const { dns } = this.options;
    const role: WorkerRole = this.udpPath === "ffi" ? "udp" : "dgram";
    // Without SO_REUSEPORT (macOS) two sockets can't share an address.
    const workers = role === "dgram" && process.platform === "darwin" ? 1 : Math.max(1, this.options.workers);
    const enlistUdp = (addresses: readonly SocketAddress[]) =>
      Array.from({ length: workers }, (_, i) => this.enlist(role, `udp-${i + 1}`, addresses));
    const stream = this.enlist("stream", "stream", dns);
    // A port that the kernel chooses is known when TCP has it; ports that are given need not wait.
    const early = dns.every(({ port }) => port !== 0) ? enlistUdp(dns) : undefined;
    const bound = await stream;
    if (bound.ok) this.bound = bound.value;
    const all = bound.ok ? (early ?? enlistUdp(bound.value)) : (early ?? []);
    for (const started of [bound, ...(await Promise.all(all))]) if (!started.ok) return started;
    const stuckMs = this.options.stuckMs ?? 15_000;
    this.watcher = setInterval(() => {
      for (const member of this.members) member.watch(performance.now(), stuckMs);
    }, WATCH_MS);
    this.watcher.unref();
    return ok(undefined);
  }

  totals(): CounterTotals {
    const retired = new Float64Array(COUNTER_WORDS);
    for (const member of this.members) addInto(retired, member.retired);
    return sumCounters(
      this.members.map((member) => member.counters),
      retired,
    );
  }

  /** What zones were asked since the last time, worker by worker; some seconds late. */
  takeTallies(): readonly TallyReading[] {
    return this.members.flatMap((member) => member.takeTallies());
  }

  /** Answers what has been asked, closes, and resolves when every thread has ended. */
  async stop(): Promise<void> {
    clearInterval(this.watcher);
    const graceMs = this.drainMs + FORCE_AFTER_MS;
    await Promise.all(this.members.map((member) => member.stop(graceMs)));
  }

  private get drainMs(): number {
    return this.options.drainMs ?? 3000;
  }

  private enlist(
    role: WorkerRole,
    name: string,
    addresses: readonly SocketAddress[],
  ): Promise<Result<readonly SocketAddress[], NetError>> {
    return new Promise((resolve) => {
      const member = new Member({
        role,
        name,
        addresses,
        tls: role === "stream" ? this.options.tls : undefined,
        sender: this.options.sender,
        log: this.options.log,
        tcpLimits: this.options.tcp ?? {},
        drainMs: this.drainMs,
        crypto: this.options.crypto ?? "auto",
        presign: this.options.presign ?? true,
        tally: this.options.tally ?? false,
        entry: this.options.entries?.[role],
        onStarted: (bound) => resolve(ok(bound)),
        onFailed: (error) => resolve(fail(error)),
      });
      this.members.push(member);
      member.start();
    });
  }
}

/** Tries the fast path once, on a loopback port, before any worker depends on it. */
function chooseUdpPath(wanted: "auto" | "ffi" | "dgram", log: Logger): Result<"ffi" | "dgram", NetError> {
  if (wanted === "dgram") return ok("dgram");
  const trial = openUdpBatch({ addresses: [{ address: "127.0.0.1", port: 0 }], batch: 1, waitMs: 1 });
  if (trial.ok) {
    trial.value.close();
    return ok("ffi");
  }
  if (wanted === "ffi") return fail(trial.error);
  log.warn({ detail: trial.error.detail }, "edge.fast_path_missing");
  return ok("dgram");
}
