/**
 * Memory of large images that were replaced, given back without the threads that answer. What every worker let go of is emptied
 * as soon as the main thread, through which every other use of an image goes (jobs, transfers out, files that are written),
 * refers to it no more either. The garbage collector knows that better than any count of ours:
 *
 * ```
 *  all workers let go ─▶ a parcel is kept, the buffer itself is not ─▶ collector: nobody on this thread has it ─▶ job: emptied
 * ```
 * The parcel (a message that nobody took) keeps the memory where it is: no other buffer can get its place before it is emptied.
 * Readers in the workers that answer stay as empty address space until those collect garbage for another reason.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { canEmpty, collectGarbage, LARGE_OCTETS, type Logger } from "#telemetry";
import type { JobRunner } from "./job-runner.ts";

/** Below it a parcel costs more than it keeps. */
const WORTH_OCTETS = 64 * 1024;
/** When the main thread collects for what it was told of, milliseconds: it takes some 10 ms, of which no answer knows. */
const COLLECT_AFTER_MS = [250, 5_000, 60_000] as const;

type Parcel = { readonly sent: MessagePort; readonly kept: MessagePort; readonly octets: number };

/** Keeps: a buffer that is emptied is referred to by nobody but the job that empties it. */
export class Clearance {
  readonly #jobs: JobRunner;
  readonly #log: Logger;
  readonly #watched = new FinalizationRegistry<Parcel>((parcel) => this.#open(parcel));
  #waitingOctets = 0;
  #ready: SharedArrayBuffer[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;

  constructor(jobs: JobRunner, log: Logger) {
    this.#jobs = jobs;
    this.#log = log;
  }

  /** Octets that workers let go of and that are not empty yet. */
  get waitingOctets(): number {
    return this.#waitingOctets;
  }

  /** No worker looks at these any more. Whoever calls keeps no reference. */
  letGo(buffers: readonly SharedArrayBuffer[]): void {
    if (!canEmpty()) return;
    for (const buffer of buffers) if (buffer.byteLength >= WORTH_OCTETS) this.#watch(buffer);
    this.#tries = 0;
    this.#considerCollection();
  }

  #watch(buffer: SharedArrayBuffer): void {
    const { port1: sent, port2: kept } = new MessageChannel();
    sent.postMessage(buffer);
    this.#waitingOctets += buffer.byteLength;
    this.#watched.register(buffer, { sent, kept, octets: buffer.byteLength });
  }

  #considerCollection(): void {
    if (this.#waitingOctets < LARGE_OCTETS || this.#timer) return;
    const afterMs = COLLECT_AFTER_MS[this.#tries++];
    // Somebody uses it for long, a slow secondary for instance: it is found when garbage is collected anyhow.
    if (afterMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      collectGarbage();
      this.#considerCollection();
    }, afterMs);
    this.#timer.unref();
  }

  /** Nobody on this thread has it: what comes out of the parcel is the only reference outside of the threads that let go. */
  #open({ sent, kept, octets }: Parcel): void {
    const received = receiveMessageOnPort(kept) as { message: SharedArrayBuffer } | undefined;
    sent.close();
    kept.close();
    this.#waitingOctets -= octets;
    if (!received) return;
    this.#ready.push(received.message);
    if (this.#ready.length === 1) setImmediate(() => this.#empty());
  }

  /** All that one collection found. */
  #empty(): void {
    const buffers = this.#ready;
    this.#ready = [];
    this.#jobs.run<"empty">({ kind: "empty", buffers }).then(
      (octets) => this.#log.debug({ octets }, "memory of replaced images was given back"),
      // The server stops, or a worker ended: the garbage collectors have it.
      (error: unknown) => this.#log.debug({ error: String(error) }, "memory of replaced images was not given back"),
    );
  }
}
