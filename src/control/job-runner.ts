/** Gives jobs to workers, or does small ones at once: a thread costs more than a zone of a few hundred records. */
import type { CryptoChoice } from "#crypto";
import { type ImageBuffer, ZoneImage } from "#image";
import { hasZonemd } from "./image-facts.ts";
import { type Job, type JobAnswer, type JobCrypto, performJob } from "./jobs.ts";
import { WorkerPool } from "./pool.ts";
import { changedOctets, changedRecords } from "./posted-changes.ts";

/** Octets of image or columns up to which a job is done on the main thread. */
const SMALL_OCTETS = 256 * 1024;

/** Octets of changes up to which an overlay is made on the main thread: about a millisecond. */
const SMALL_CHANGE_OCTETS = 32 * 1024;

/** Items that are validated or signed on the main thread at most: each costs up to some 100 microseconds. */
const SMALL_SHARE = 40;

/**
 * Keeps: the same job gives the same answer wherever it is done, and an image's buffer has one writer at a time: a transfer
 * that was given up goes on making its overlay where the next one makes its own.
 */
export class JobRunner {
  readonly #pool: WorkerPool;
  readonly #crypto: JobCrypto;
  /** The last overlay job of each buffer. */
  readonly #writing = new WeakMap<ImageBuffer, Promise<unknown>>();

  /** `choice` is how each worker opens its own crypto; `crypto` is this thread's. */
  constructor(size: number, choice: CryptoChoice, crypto: JobCrypto) {
    this.#crypto = crypto;
    this.#pool = new WorkerPool({ size, entry: new URL("./job-worker.ts", import.meta.url), workerData: choice });
  }

  /** How many jobs run at the same time. */
  get width(): number {
    return this.#pool.size;
  }

  /** A large transfer is on its way. */
  warm(): void {
    this.#pool.warm();
  }

  async run<K extends Job["kind"]>(wanted: Extract<Job, { kind: K }>): Promise<JobAnswer[K]> {
    const job: Job = wanted;
    const answer = job.kind === "overlay" ? await this.#alone(job.image, job) : await this.#perform(job);
    return answer as JobAnswer[K];
  }

  async #perform(job: Job): Promise<unknown> {
    return isSmall(job) ? performJob(job, this.#crypto) : this.#pool.run(job, whoseOf(job));
  }

  #alone(buffer: ImageBuffer, job: Job): Promise<unknown> {
    const before = this.#writing.get(buffer);
    const perform = () => this.#perform(job);
    // How the one before ended is its own caller's business.
    const mine = before ? before.then(perform, perform) : perform();
    this.#writing.set(buffer, mine);
    return mine;
  }

  stop(): Promise<void> {
    return this.#pool.stop();
  }
}

/** The octets that a job works on: those of one zone's version, which all its shares have in common. */
function whoseOf(job: Job): unknown {
  switch (job.kind) {
    case "check":
    case "compile":
      return job.columns.rdata;
    case "compare":
      return job.ours.rdata;
    case "carry":
      return job.newImage;
    case "sign-change":
      return job.given.image;
    case "empty":
      return undefined;
    default:
      return job.image;
  }
}

function isSmall(job: Job): boolean {
  switch (job.kind) {
    case "check":
    case "compile":
      return job.columns.rdata.byteLength <= SMALL_OCTETS && job.columns.recordLengths.length <= SMALL_OCTETS / 64;
    case "apply":
      return job.image.byteLength + changedOctets(job.changes) <= SMALL_OCTETS;
    case "overlay":
      return changedOctets(job.changes) <= SMALL_CHANGE_OCTETS;
    // Each record brings some signatures.
    case "sign-change":
      return changedRecords(job.changes) <= SMALL_SHARE;
    case "zonemd":
      return job.image.byteLength <= SMALL_OCTETS || !hasZonemd(new ZoneImage(job.image, job.root));
    case "compare":
      return job.ours.rdata.byteLength <= SMALL_OCTETS && job.ours.recordLengths.length <= SMALL_OCTETS / 64;
    case "sign-share":
    case "validate":
      return job.to - job.from <= SMALL_SHARE;
    case "delta":
      return job.touched.nodes.length + job.touched.nsec3s.length <= SMALL_SHARE;
    // Half a GiB of pages takes the kernel some 40 ms.
    case "empty":
      return false;
    case "carry":
      return job.newImage.byteLength <= SMALL_OCTETS;
    default:
      return job.image.byteLength <= SMALL_OCTETS;
  }
}
