/**
 * Shared memory that nobody looks at any more, given back by hand. A SharedArrayBuffer goes when the garbage collector of the
 * last thread that ever saw it has run, and the threads that answer had better not collect for it: half a GiB is emptied here,
 * by whichever thread has time, and what they keep is a piece of address space without pages.
 */
import { createRequire } from "node:module";
import { endianness } from "node:os";

/** From the kernel's headers: private pages are forgotten, and read as zeros from then on. */
const MADV_DONTNEED = 4;
/** Octets a call: half a millisecond, for as long as which the kernel keeps out who maps memory. */
const STEP_OCTETS = 4 * 1024 * 1024;

type Advise = (address: number, octets: number, advice: number) => number;
type Memory = {
  readonly advise: Advise;
  readonly pageOctets: number;
  readonly addressOf: (octets: Uint8Array) => number;
};

/** Filled once in each thread, when first asked for: koffi keeps what it declares. */
const LOADED: { outcome?: { readonly memory: Memory | undefined } } = {};

/** Whether this machine can: Linux with 64 bits, and koffi. */
export function canEmpty(): boolean {
  return loadMemory() !== undefined;
}

/**
 * Gives the pages of a buffer back; octets that were. Everything in it reads as zero afterwards: for who knows that no
 * thread looks at it any more. The pages at its ends, which it shares with others, are left alone.
 */
export function emptyBuffer(buffer: SharedArrayBuffer): number {
  return emptyOctets(new Uint8Array(buffer));
}

/** The same for a part of one. `octets` is a view of a SharedArrayBuffer, or its memory could move. */
export function emptyOctets(octets: Uint8Array): number {
  const memory = loadMemory();
  if (!memory || octets.byteLength === 0) return 0;
  const { advise, pageOctets } = memory;
  const address = memory.addressOf(octets);
  const from = Math.ceil(address / pageOctets) * pageOctets;
  const to = Math.floor((address + octets.byteLength) / pageOctets) * pageOctets;
  for (let at = from; at < to; at += STEP_OCTETS) {
    // Locked pages (mlockall) can't be forgotten: then the garbage collectors have the word, as anywhere else.
    if (advise(at, Math.min(STEP_OCTETS, to - at), MADV_DONTNEED) !== 0) return at - from;
  }
  return Math.max(0, to - from);
}

function loadMemory(): Memory | undefined {
  LOADED.outcome ??= { memory: bindMemory() };
  return LOADED.outcome.memory;
}

function bindMemory(): Memory | undefined {
  // Addresses go as numbers (below 2^53 there), lengths as 64 bits.
  if (process.platform !== "linux" || endianness() !== "LE" || !["x64", "arm64"].includes(process.arch))
    return undefined;
  try {
    const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
    const library = koffi.load(null);
    return {
      advise: library.func("int madvise(uintptr_t address, size_t octets, int advice)"),
      pageOctets: library.func("int getpagesize()")() as number,
      addressOf: (octets) => Number(koffi.address(octets)),
    };
  } catch {
    // musl, or koffi without a binary for this machine: what is let go is collected in each thread.
    return undefined;
  }
}
