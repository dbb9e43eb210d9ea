/** Worker entry: signs a share of the names and writes the messages of its part of the AXFR. */
import { closeSync, openSync, writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { BatchSource, type RecordSource, TransferMessages } from "#transfer";
import { RecordBatch } from "#zone";
import { BENCH_APEX } from "../zone.ts";
import { framed, type ShareOrder } from "./messages.ts";
import { appendHost, SigningPen, sortedNames, wireName } from "./records.ts";
import { axfrRequest } from "./request.ts";

/** Names signed at a time. */
const BATCH_NAMES = 512;

/** The records of names `from` to `to`, signed as they are wanted. */
class Hosts implements RecordSource {
  readonly wireAt = -1;
  readonly runEnd = 0;
  readonly #order: ShareOrder;
  readonly #pen: SigningPen;
  readonly #names: readonly string[];
  #at: number;
  #now: RecordSource = new BatchSource([]);

  constructor(order: ShareOrder) {
    this.#order = order;
    this.#pen = new SigningPen(order.keys);
    this.#names = sortedNames(order.names);
    this.#at = order.from;
  }

  skipTo(): void {
    throw new Error("there are no runs");
  }

  get octets(): Uint8Array {
    return this.#now.octets;
  }
  get ownerAt(): number {
    return this.#now.ownerAt;
  }
  get ownerLength(): number {
    return this.#now.ownerLength;
  }
  get type(): number {
    return this.#now.type;
  }
  get ttl(): number {
    return this.#now.ttl;
  }
  get rdataAt(): number {
    return this.#now.rdataAt;
  }
  get rdataLength(): number {
    return this.#now.rdataLength;
  }

  next(): boolean {
    if (this.#now.next()) return true;
    if (this.#at === this.#order.to) return false;
    const batch = new RecordBatch();
    const end = Math.min(this.#order.to, this.#at + BATCH_NAMES);
    for (; this.#at < end; this.#at++) {
      const next = this.#names[this.#at + 1] ?? `ns1.${BENCH_APEX}`;
      appendHost(this.#pen, batch, this.#at, wireName(this.#names[this.#at]!), wireName(next));
    }
    this.#now = new BatchSource([batch.octets]);
    return this.#now.next();
  }
}

const order = workerData as ShareOrder;
const file = openSync(order.path, "w");
const messages = new TransferMessages(axfrRequest(), new Hosts(order));
for (let message = messages.next(); message; message = messages.next()) writeSync(file, framed(message));
closeSync(file);
