/**
 * Giving memory back. Zone images and columns lie outside V8's heap, and a thread that makes few objects collects garbage
 * hardly ever: the last versions of a large zone would stay for as long as nothing else happens. And what is collected goes to
 * malloc, which keeps what lies between pieces still in use: after a transfer of a million names 150 MB of it.
 */
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What is worth a collection: it stops the thread for some milliseconds. */
export const LARGE_OCTETS = 16 * 1024 * 1024;

/** Collects garbage in this thread, now: about 5 ms, once `prepareCollection` was called here, 10 without. */
export function collectGarbage(): void {
  prepareCollection();
  // Not the most thorough kind, which takes several times as long: buffers that nobody holds are found by any.
  COLLECT.function?.({ type: "major", execution: "sync" });
}

type Kind = { readonly type: "major"; readonly execution: "sync"; readonly flavor?: "last-resort" };
type Collect = (kind: Kind) => void;

/** Filled once in each thread: making a context takes 4 ms. */
const COLLECT: { function?: Collect } = {};

/** For a thread that answers: what a collection needs is made now, not between two questions. */
export function prepareCollection(): void {
  if (COLLECT.function) return;
  // Without the flag there is no `gc`; a context that is made afterwards has it.
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  COLLECT.function = typeof collect === "function" ? (collect as Collect) : () => undefined;
}

/** The same, and free memory of the whole process goes back to the system: some 40 ms of this thread, once in a large transfer. */
export function giveBackMemory(): void {
  collectGarbage();
  TRIM.function ??= loadTrim();
  TRIM.function();
}

type Trim = () => void;

/** Filled once, when first asked for: koffi keeps what it declares. */
const TRIM: { function?: Trim } = {};

/** glibc's malloc_trim; where there is none, nothing. */
function loadTrim(): Trim {
  if (process.platform !== "linux") return () => undefined;
  try {
    const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
    const trim = koffi.load(null).func("int malloc_trim(size_t pad)");
    return () => void trim(0);
  } catch {
    // musl, or koffi without a binary for this machine: freed memory is used again, though not given back.
    return () => undefined;
  }
}

/**
 * How much room for young objects threads get that are started from now on, MiB (three times that, as V8 counts). What lives long
 * in them lies outside of the heap, or lives for ever. This thread keeps what it was started with.
 */
export function limitYoungSpaceOfThreads(mebibytes: number): void {
  setFlagsFromString(`--max-semi-space-size=${mebibytes}`);
}

/** The same more thoroughly: it takes longer, and what was compiled lately is made anew. */
export function collectAllGarbage(): void {
  prepareCollection();
  COLLECT.function?.({ type: "major", execution: "sync", flavor: "last-resort" });
  TRIM.function ??= loadTrim();
  TRIM.function();
}
