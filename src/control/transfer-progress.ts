/** How far the transfer that runs has come, for those who look on. */

export type TransferCounts = { readonly messages: number; readonly records: number; readonly octets: number };

export type RunningTransfer = TransferCounts & {
  readonly peerId: string;
  readonly kind: "axfr" | "ixfr";
  /** Milliseconds since 1970: when the question was sent, not when its turn was waited for. */
  readonly startedAt: number;
};

const NOTHING: TransferCounts = { messages: 0, records: 0, octets: 0 };

/** Keeps: what is told belongs to the transfer that began last. */
export class TransferProgress {
  #running: RunningTransfer | undefined;

  get running(): RunningTransfer | undefined {
    return this.#running;
  }

  /** The answer takes the counts as they grow. */
  begin(peerId: string, kind: "axfr" | "ixfr", startedAt: number): (counts: TransferCounts) => void {
    const mine = { peerId, kind, startedAt };
    this.#running = { ...mine, ...NOTHING };
    return (counts) => {
      if (this.#running?.startedAt === startedAt) this.#running = { ...mine, ...counts };
    };
  }

  end(): void {
    this.#running = undefined;
  }
}
