/** Asks a server for a zone's SOA steadily, from a thread of its own, and tells the slowest answer and when a serial was first served. */
import { Worker } from "node:worker_threads";
import { Lateness } from "./lateness.ts";

export type ProberData = {
  readonly port: number;
  readonly zone: string;
  readonly perSecond: number;
  /** Of the thread beside it. */
  readonly clock: SharedArrayBuffer;
};

export type Observation = {
  /** Milliseconds. */
  readonly worst: number;
  /** Of any answer, without the time in which the prober or a thread that only looks at the clock waited for its turn, too. */
  readonly unexplained: number;
  /** The longest that the prober itself was kept from asking, milliseconds: what the machine does to whoever wants a turn. */
  readonly late: number;
  readonly answers: number;
  /** Asked and never answered. */
  readonly lost: number;
};

export type ToProber =
  | { readonly kind: "await"; readonly serial: number }
  /** Everything since the last of these. */
  | { readonly kind: "observe" }
  /** From now on so many questions a second. */
  | { readonly kind: "pace"; readonly perSecond: number }
  | { readonly kind: "stop" };

export type FromProber =
  | { readonly kind: "served"; readonly serial: number /** Unix milliseconds with a fraction. */; readonly at: number }
  | ({ readonly kind: "observed" } & Observation);

/** Questions a second at first: enough to see when a zone is served, and no load while it comes in. */
const FIRST_PER_SECOND = 100;

/** Nobody needs so long for a million names; a server that never serves must not hold the bench for ever. */
const MOST_MS = 400_000;

export class Prober {
  readonly #worker: Worker;
  readonly #clock: Worker;

  constructor(port: number, zone: string) {
    const clock = new Lateness().shared;
    this.#clock = new Worker(new URL("./clock-worker.ts", import.meta.url), { workerData: clock });
    const workerData: ProberData = { port, zone, perSecond: FIRST_PER_SECOND, clock };
    this.#worker = new Worker(new URL("./prober-worker.ts", import.meta.url), { workerData });
    // Listeners come and go with each question.
    this.#worker.setMaxListeners(0);
  }

  /** When a serial not below this was first served: milliseconds since 1970 with a fraction. */
  async served(serial: number): Promise<number> {
    const told = this.#hear("served");
    this.#send({ kind: "await", serial });
    let timer: NodeJS.Timeout | undefined;
    const never = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`serial ${serial} was never served`)), MOST_MS);
    });
    const { at } = await Promise.race([told, never]);
    clearTimeout(timer);
    return at;
  }

  pace(perSecond: number): void {
    this.#send({ kind: "pace", perSecond });
  }

  async observe(): Promise<Observation> {
    const told = this.#hear("observed");
    this.#send({ kind: "observe" });
    return told;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#worker.terminate(), this.#clock.terminate()]);
  }

  #send(message: ToProber): void {
    this.#worker.postMessage(message);
  }

  #hear<K extends FromProber["kind"]>(kind: K): Promise<Extract<FromProber, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const take = (message: FromProber): void => {
        if (message.kind !== kind) return;
        this.#worker.off("message", take).off("error", reject);
        resolve(message as Extract<FromProber, { kind: K }>);
      };
      this.#worker.on("message", take);
      this.#worker.once("error", reject);
    });
  }
}
