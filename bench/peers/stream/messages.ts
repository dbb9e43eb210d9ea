/** The messages of the bench zone's AXFR: made once by all cores, kept under the system's temporary directory, read from there. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { makePrintedKeys, type PrintedKey, REUSED_DAYS, WIDTH } from "./records.ts";

/** Of what is in the cache. */
const VERSION = 1;
const DAY_MS = 86_400_000;
/** Octets a read; a message has 16 KiB at most. */
const READ_OCTETS = 1 << 20;

export type SignedMessages = {
  readonly keys: readonly PrintedKey[];
  /** Files of messages with their lengths in front, in order. */
  readonly files: readonly string[];
};

export type ShareOrder = {
  readonly names: number;
  readonly keys: readonly PrintedKey[];
  readonly from: number;
  readonly to: number;
  readonly path: string;
};

export async function signedMessages(names: number): Promise<SignedMessages> {
  const month = Math.floor(Date.now() / DAY_MS / REUSED_DAYS);
  const directory = join(tmpdir(), "countersign-bench", `v${VERSION}-${names}-${month}`);
  const done = join(directory, "keys.json");
  if (!existsSync(done)) await make(names, directory, done);
  const { keys, files } = JSON.parse(readFileSync(done, "utf8")) as { keys: PrintedKey[]; files: string[] };
  return { keys, files: files.map((file) => join(directory, file)) };
}

async function make(names: number, directory: string, done: string): Promise<void> {
  process.stderr.write(`signing ${names} names, once …\n`);
  mkdirSync(directory, { recursive: true });
  const keys = makePrintedKeys();
  const files: string[] = [];
  const work: Promise<unknown>[] = [];
  for (let share = 0; share < WIDTH; share++) {
    const [from, to] = [share, share + 1].map((n) => Math.floor((n * names) / WIDTH)) as [number, number];
    const file = `share-${share}.messages`;
    files.push(file);
    const order: ShareOrder = { names, keys, from, to, path: join(directory, file) };
    const worker = new Worker(new URL("./share-worker.ts", import.meta.url), { workerData: order });
    work.push(
      new Promise((resolve, reject) => {
        worker.once("error", reject);
        worker.once("exit", (code) => (code === 0 ? resolve(code) : reject(new Error(`a signer ended with ${code}`))));
      }),
    );
  }
  await Promise.all(work);
  // Last: whoever finds it finds all.
  writeFileSync(`${done}.aside`, JSON.stringify({ keys, files }), { mode: 0o600 });
  renameSync(`${done}.aside`, done);
}

/** Whole messages with their lengths in front, about a MiB at a time; each piece is the caller's. */
export function* readPieces(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    let rest = new Uint8Array(0);
    for (;;) {
      const piece = new Uint8Array(rest.length + READ_OCTETS);
      piece.set(rest);
      const count = readSync(file, piece, rest.length, READ_OCTETS, null);
      const length = rest.length + count;
      if (count === 0) return;
      let end = 0;
      while (end + 2 <= length && end + 2 + lengthAt(piece, end) <= length) end += 2 + lengthAt(piece, end);
      rest = piece.slice(end, length);
      yield piece.subarray(0, end);
    }
  } finally {
    closeSync(file);
  }
}

export function lengthAt(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}

export function framed(message: Uint8Array): Uint8Array {
  const octets = new Uint8Array(2 + message.length);
  octets[0] = message.length >> 8;
  octets[1] = message.length;
  octets.set(message, 2);
  return octets;
}
