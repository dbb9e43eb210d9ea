/**
 * Asks every zone for its SOA until all have answered well, from several ports as many clients would: by one port the kernel
 * gives everything to one worker. Questions are made beforehand, as asking must not take the cores of the start.
 */
import { buildQuery, EdnsFlag, queryEdns } from "#message";
import { readName } from "#name";
import { openUdpAsker, type UdpAsker } from "#net";
import { RRType } from "#rdata";
import { zoneName } from "../../test/many/populate.ts";

const PORTS = 8;
const BATCH = 64;
/** On their way at the same time: below what the kernel keeps for a worker that is busy. */
const WINDOW = 2048;
/** Lost, or not answered well: asked again after this. */
const AGAIN_MS = 50;

export type Questions = readonly Uint8Array[];

/** SOA of the first `count` zones; with its signature where `wantsSignatures` (DO). */
export function makeQuestions(count: number, wantsSignatures = false): Questions {
  const edns = wantsSignatures ? { edns: queryEdns(EdnsFlag.DO) } : {};
  return Array.from({ length: count }, (_, i) => {
    const name = readName(`${zoneName(i)}.`);
    if (!name.ok) throw new Error("no name");
    return buildQuery({ id: i & 0xffff, name: name.value, type: RRType.SOA, ...edns });
  });
}

export async function askAll(
  server: { readonly address: string; readonly port: number },
  questions: Questions,
  good: (answer: Uint8Array) => boolean,
): Promise<void> {
  const asking = new Asking(server, questions, good);
  try {
    while (asking.step()) await new Promise((resolve) => setTimeout(resolve, 1));
  } finally {
    asking.close();
  }
}

/** Keeps: `#open` are the zones that have not answered well. */
class Asking {
  readonly #questions: Questions;
  readonly #good: (answer: Uint8Array) => boolean;
  readonly #askers: readonly UdpAsker[];
  readonly #waiting: number[][];
  readonly #open: Set<number>;
  readonly #askedAt: Float64Array;

  constructor(
    server: { readonly address: string; readonly port: number },
    questions: Questions,
    good: (answer: Uint8Array) => boolean,
  ) {
    this.#questions = questions;
    this.#good = good;
    this.#askers = Array.from({ length: Math.min(PORTS, questions.length) }, () => {
      const opened = openUdpAsker({ server, batch: BATCH });
      if (!opened.ok) throw new Error(opened.error.detail);
      return opened.value;
    });
    this.#waiting = this.#askers.map(() => []);
    this.#open = new Set(questions.keys());
    this.#askedAt = new Float64Array(questions.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** Asks what may be asked now; false: all have answered. */
  step(): boolean {
    const now = performance.now();
    let onTheirWay = 0;
    for (const zone of this.#open) {
      if (now - this.#askedAt[zone]! >= AGAIN_MS) this.#ask(zone, now);
      if (++onTheirWay >= WINDOW) break;
    }
    for (let port = 0; port < this.#askers.length; port++) this.#send(port);
    this.#take();
    return this.#open.size > 0;
  }

  close(): void {
    for (const asker of this.#askers) asker.close();
  }

  #ask(zone: number, now: number): void {
    this.#askedAt[zone] = now;
    const port = zone % this.#askers.length;
    this.#waiting[port]!.push(zone);
    if (this.#waiting[port]!.length === BATCH) this.#send(port);
  }

  #send(port: number): void {
    const asker = this.#askers[port]!;
    const zones = this.#waiting[port]!;
    for (const [i, zone] of zones.entries()) {
      const question = this.#questions[zone]!;
      asker.question(i).set(question);
      asker.setQuestionLength(i, question.length);
    }
    if (zones.length > 0) asker.send(0, 0, zones.length);
    zones.length = 0;
  }

  #take(): void {
    for (const asker of this.#askers) {
      for (let got = asker.receive(0); got > 0; got = asker.receive(0)) {
        for (let i = 0; i < got; i++) {
          const answer = asker.answer(i);
          if (this.#good(answer)) this.#open.delete(zoneOf(answer) ?? -1);
        }
      }
    }
  }
}

/** From the question in the answer: `zone00017.example`. */
function zoneOf(answer: Uint8Array): number | undefined {
  const label = Buffer.from(answer.buffer, answer.byteOffset + 13, answer[12]!).toString("latin1");
  const number = Number(label.slice(4));
  return Number.isInteger(number) ? number : undefined;
}
