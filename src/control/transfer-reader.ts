/**
 * Where a transfer is read, AXFR or IXFR: a small one on the main thread, a large one in a worker of its own, so that the main thread only
 * takes octets off the socket. A primary that finds its writes blocked for long gives up (Knot after half a second).
 *
 *   messages ─▶ up to LOCAL_OCTETS (changes: LOCAL_CHANGE_OCTETS): an interpreter here, and kept
 *            ─▶ more: a worker gets what was kept, then batches; at most WINDOW_OCTETS are on the way to it
 *                                                    ◀─ each batch's memory comes back with its answer and is filled again
 *
 * Memory that goes round is touched once: fresh buffers for half a gigabyte of messages cost page faults, and malloc gave a
 * hundred megabytes of them back to nobody. The price: up to MOST_SPARE buffers are kept until the transfer ends.
 */
import { Worker } from "node:worker_threads";
import { type IxfrOutcome, openInterpreter, type TransferInterpreter, type TransferSettings } from "#transfer";
import { type ZoneColumns, ZoneVersion } from "#zone";
import { type PostedChange, takeChanges } from "./posted-changes.ts";

const LOCAL_OCTETS = 256 * 1024;
/** What IXFR brings, some thousand names: a new thread, whose code is cold, costs 100 ms; here it is 10, a message at a time. */
const LOCAL_CHANGE_OCTETS = 2 * 1024 * 1024;
const BATCH_OCTETS = 256 * 1024;
const WINDOW_OCTETS = 32 * 1024 * 1024;
/** Buffers of batches kept for the next ones. */
const MOST_SPARE = 16;

/** `octets`: messages with their lengths in front. */
export type ToTransferWorker = { readonly kind: "batch"; readonly octets: Uint8Array } | { readonly kind: "end" };

export type FromTransferWorker = {
  readonly records: number;
  /** Of the batch that this answers. */
  readonly octets: number;
  /** Its memory, to be used again. */
  readonly spent: ArrayBuffer | undefined;
  readonly outcome: PostedOutcome;
};

/** What crosses: columns and octets in the place of the objects around them. */
export type PostedOutcome =
  | { readonly kind: "zone"; readonly columns: ZoneColumns; readonly rest: Omit<Whole, "zone"> }
  | { readonly kind: "changed"; readonly changes: readonly PostedChange[]; readonly rest: Omit<Changed, "changes"> }
  | { readonly kind: "other"; readonly outcome: Exclude<IxfrOutcome, Whole | Changed> };

type Whole = Extract<IxfrOutcome, { kind: "done" }>;
type Changed = Extract<IxfrOutcome, { kind: "changes" }>;

const MORE: IxfrOutcome = { kind: "more" };

/** Keeps: messages are read once and in order; the outcome, when there is one, is final. */
export class TransferReader {
  readonly #settings: TransferSettings;
  readonly #onOutcome: () => void;
  readonly #onLarge: () => void;
  readonly #local: TransferInterpreter;
  readonly #localOctets: number;
  #kept: Batch | undefined = new Batch();
  #isLarge = false;
  readonly #spare: ArrayBuffer[] = [];
  #worker: Worker | undefined;
  #sent = 0;
  #answered = 0;
  #records = 0;
  #outcome: IxfrOutcome | undefined;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  /** `onOutcome` is called when a worker comes to an end while nobody waits for it; `onLarge` when it is no small transfer. */
  constructor(settings: TransferSettings, onOutcome: () => void, onLarge: () => void = () => undefined) {
    this.#settings = settings;
    this.#onOutcome = onOutcome;
    this.#onLarge = onLarge;
    this.#localOctets = settings.serial === undefined ? LOCAL_OCTETS : LOCAL_CHANGE_OCTETS;
    this.#local = openInterpreter(settings);
  }

  get records(): number {
    return this.#worker ? this.#records : this.#local.records;
  }

  /** Asked for changes, the primary has sent its newest SOA, and nothing else so far. */
  get isOnlySoa(): boolean {
    return !this.#worker && this.#local.isOnlySoa === true;
  }

  /** The end; undefined while messages are missing. Throws what ended the worker, if that happened. */
  get outcome(): IxfrOutcome | undefined {
    if (this.#failure) throw this.#failure;
    return this.#outcome;
  }

  /** Takes a message, a view that holds until this resolves; "more" may be told of a message that a worker has yet to read. */
  async accept(message: Uint8Array): Promise<IxfrOutcome> {
    if (!this.#worker) {
      const outcome = this.#local.accept(message);
      if (outcome.kind !== "more") this.#outcome = outcome;
      else this.#keep(message);
      return outcome;
    }
    this.#keep(message);
    // Bounded: each turn an answer of the worker came, or its end.
    while (this.#outcome === undefined && !this.#failure && this.#sent - this.#answered > WINDOW_OCTETS)
      await this.#turn();
    return this.outcome ?? MORE;
  }

  /** The connection ended: the outcome of what came. */
  async end(): Promise<IxfrOutcome> {
    if (this.outcome) return this.outcome;
    if (!this.#worker) return this.#local.end();
    this.#flush();
    this.#worker.postMessage({ kind: "end" } satisfies ToTransferWorker);
    while (this.#outcome === undefined && !this.#failure) await this.#turn();
    return this.outcome!;
  }

  close(): void {
    void this.#worker?.terminate();
  }

  #keep(message: Uint8Array): void {
    this.#kept ??= new Batch(this.#spare.pop());
    this.#kept.add(message);
    if (!this.#isLarge && this.#kept.length > LOCAL_OCTETS) {
      this.#isLarge = true;
      this.#onLarge();
    }
    const isFull = this.#worker
      ? this.#kept.length > BATCH_OCTETS || this.#sent === this.#answered
      : this.#kept.length > this.#localOctets;
    if (!isFull) return;
    this.#worker ??= this.#start();
    this.#flush();
  }

  #flush(): void {
    if (!this.#kept || !this.#worker) return;
    const octets = this.#kept.take();
    this.#kept = undefined;
    this.#sent += octets.length;
    this.#worker.postMessage({ kind: "batch", octets } satisfies ToTransferWorker, [octets.buffer]);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./transfer-worker.ts", import.meta.url), { workerData: this.#settings });
    worker.on("message", (answer: FromTransferWorker) => this.#answeredBy(answer));
    worker.on("error", (error) => this.#failed(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => this.#failed(new Error("the worker that read the transfer ended")));
    return worker;
  }

  #answeredBy(answer: FromTransferWorker): void {
    this.#answered += answer.octets;
    this.#records = answer.records;
    if (answer.spent && this.#spare.length < MOST_SPARE) this.#spare.push(answer.spent);
    const outcome = opened(answer.outcome);
    if (outcome.kind !== "more") this.#outcome = outcome;
    if (this.#sent === this.#answered) this.#flush();
    this.#tell();
  }

  #failed(error: Error): void {
    if (this.#outcome === undefined) this.#failure ??= error;
    this.#tell();
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake) wake();
    else if (this.#outcome !== undefined || this.#failure) this.#onOutcome();
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function opened(posted: PostedOutcome): IxfrOutcome {
  if (posted.kind === "zone") return { ...posted.rest, zone: ZoneVersion.open(posted.columns) };
  if (posted.kind === "changed") return { ...posted.rest, changes: takeChanges(posted.changes) };
  return posted.outcome;
}

/** Messages one behind the other, each with its length in front. */
class Batch {
  #octets: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(spare = new ArrayBuffer(BATCH_OCTETS + 65_537)) {
    this.#octets = new Uint8Array(spare);
  }

  add(message: Uint8Array): void {
    const needed = this.length + 2 + message.length;
    if (needed > this.#octets.length) {
      const longer = new Uint8Array(2 * needed);
      longer.set(this.#octets.subarray(0, this.length));
      this.#octets = longer;
    }
    this.#octets[this.length] = message.length >> 8;
    this.#octets[this.length + 1] = message.length;
    this.#octets.set(message, this.length + 2);
    this.length = needed;
  }

  /** What was collected; its buffer is handed over with it. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#octets.subarray(0, this.length);
  }
}
