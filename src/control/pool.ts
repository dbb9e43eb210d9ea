/**
 * Worker threads for work that would stop the main thread: compiling, checking and validating zones. They are started when
 * there is something to do, end after a while without work, and share octets (SharedArrayBuffers) with the main thread
 * instead of copying them.
 */
import { Worker } from "node:worker_threads";

/** A worker that had nothing to do for this long ends, milliseconds. */
const IDLE_MS = 20_000;

/** The worker ended in the middle of the job: a broken invariant, never an outcome of the job. */
export class WorkerEnded extends Error {
  constructor(what: string) {
    super(`a job worker ended: ${what}`);
    this.name = "WorkerEnded";
  }
}

export type PoolOptions = {
  readonly size: number;
  /** The module that each worker runs: it answers every message with exactly one message. */
  readonly entry: URL;
  readonly workerData: unknown;
  readonly idleMs?: number;
};

type Waiting = {
  readonly message: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
};

type Member = { readonly worker: Worker; job: Waiting | undefined; idle: ReturnType<typeof setTimeout> | undefined };

/**
 * Whose jobs wait, and in which order each one's do. They take turns: a large zone that is checked in hundreds of shares keeps a small
 * one waiting for one share, and not for all of them.
 */
class Turns {
  /** By whose they are; who comes first has the next turn, and comes last then. */
  readonly #jobs = new Map<unknown, Waiting[]>();

  get isEmpty(): boolean {
    return this.#jobs.size === 0;
  }

  add(whose: unknown, job: Waiting): void {
    const others = this.#jobs.get(whose);
    if (others) others.push(job);
    else this.#jobs.set(whose, [job]);
  }

  next(): Waiting | undefined {
    for (const [whose, jobs] of this.#jobs) {
      this.#jobs.delete(whose);
      const job = jobs.shift();
      if (jobs.length > 0) this.#jobs.set(whose, jobs);
      return job;
    }
    return undefined;
  }
}

/** Invariant: jobs wait only while `size` workers are busy; a worker has one job at a time. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #members = new Set<Member>();
  readonly #waiting = new Turns();
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#options.size;
  }

  /** Workers that there are. */
  get started(): number {
    return this.#members.size;
  }

  /** The worker's answer to `message`. Those of the same `whose` are begun in order. Rejects with `WorkerEnded` when it ended first. */
  run(message: unknown, whose?: unknown): Promise<unknown> {
    if (this.#stopped) return Promise.reject(new WorkerEnded("the pool was stopped"));
    return new Promise((resolve, reject) => {
      this.#waiting.add(whose, { message, resolve, reject });
      this.#next();
    });
  }

  /** Starts all workers, for work that is on its way: a thread needs a third of a second until it can begin. */
  warm(): void {
    while (!this.#stopped && this.#members.size < this.#options.size) this.#rest(this.#start());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (let job = this.#waiting.next(); job; job = this.#waiting.next()) {
      job.reject(new WorkerEnded("the pool was stopped"));
    }
    await Promise.all([...this.#members].map((member) => member.worker.terminate()));
  }

  #next(): void {
    while (!this.#waiting.isEmpty) {
      const member = this.#free();
      if (!member) return;
      const job = this.#waiting.next()!;
      clearTimeout(member.idle);
      member.job = job;
      member.worker.ref();
      member.worker.postMessage(job.message);
    }
  }

  #free(): Member | undefined {
    for (const member of this.#members) if (!member.job) return member;
    return this.#members.size < this.#options.size ? this.#start() : undefined;
  }

  #start(): Member {
    const worker = new Worker(this.#options.entry, { workerData: this.#options.workerData });
    const member: Member = { worker, job: undefined, idle: undefined };
    this.#members.add(member);
    worker.on("message", (answer) => this.#done(member, answer));
    worker.on("error", (error) => this.#ended(member, error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => this.#ended(member, `exit ${code}`));
    return member;
  }

  #done(member: Member, answer: unknown): void {
    const job = member.job;
    member.job = undefined;
    this.#rest(member);
    job?.resolve(answer);
    this.#next();
  }

  #rest(member: Member): void {
    member.worker.unref();
    member.idle = setTimeout(() => this.#retire(member), this.#options.idleMs ?? IDLE_MS);
    member.idle.unref();
  }

  #retire(member: Member): void {
    if (member.job) return;
    this.#members.delete(member);
    void member.worker.terminate();
  }

  #ended(member: Member, what: string): void {
    clearTimeout(member.idle);
    this.#members.delete(member);
    const job = member.job;
    member.job = undefined;
    job?.reject(new WorkerEnded(what));
    if (!this.#stopped) this.#next();
  }
}
