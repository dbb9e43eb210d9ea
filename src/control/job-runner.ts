/** Gives jobs to workers, or does small ones at once: a thread costs more than a zone of a few hundred records. */
import { type Job, type JobAnswer, type JobSettings, performJob } from "./jobs.ts";
import { WorkerPool } from "./pool.ts";

/** Octets of image or columns up to which a job is done on the main thread. */
const SMALL_OCTETS = 256 * 1024;

/** Signatures that are checked on the main thread at most: each costs about 50 microseconds. */
const SMALL_SIGNATURE_NODES = 40;

export class JobRunner {
  readonly #pool: WorkerPool;
  readonly #settings: JobSettings;

  constructor(size: number, settings: JobSettings) {
    this.#settings = settings;
    this.#pool = new WorkerPool({ size, entry: new URL("./job-worker.ts", import.meta.url), workerData: settings });
  }

  /** How many jobs run at the same time. */
  get width(): number {
    return this.#pool.size;
  }

  async run<K extends Job["kind"]>(job: Extract<Job, { kind: K }>): Promise<JobAnswer[K]> {
    const answer = isSmall(job) ? performJob(job, this.#settings) : await this.#pool.run(job);
    return answer as JobAnswer[K];
  }

  stop(): Promise<void> {
    return this.#pool.stop();
  }
}

function isSmall(job: Job): boolean {
  switch (job.kind) {
    case "check":
    case "compile":
      return job.columns.rdata.byteLength <= SMALL_OCTETS && job.columns.recordLengths.length <= SMALL_OCTETS / 64;
    case "signatures":
      return job.to - job.from <= SMALL_SIGNATURE_NODES;
    case "carry":
      return job.newImage.byteLength <= SMALL_OCTETS;
    default:
      return job.image.byteLength <= SMALL_OCTETS;
  }
}
