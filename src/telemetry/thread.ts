/**
 * Who waits for whom: on Linux each thread has a nice value and a time slice of its own. With one core less than there is to
 * do, a compiler of zones beside a worker that answers kept answers waiting for whole time slices.
 */
import { readlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, getPriority, setPriority } from "node:os";

/** A third of the weight of a thread that answers. */
const STEPS = 5;
const LOWEST = constants.priority.PRIORITY_LOW;

/** Lowers this thread's priority, where threads have one. The price: on a busy machine new versions are ready later. */
export function stepBehindAnswers(): void {
  if (process.platform !== "linux") return;
  const thread = ownThread();
  setPriority(thread, Math.min(LOWEST, getPriority(thread) + STEPS));
}

/** "PID/task/TID"; read in this thread, as an asynchronous call would be another one's. */
function ownThread(): number {
  return Number(readlinkSync("/proc/thread-self").split("/").at(-1));
}

/** The least that the kernel takes: 0.1 ms, some tens of answers. */
const SLICE_NANOSECONDS = 100_000;
const SCHED_SETATTR: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 314, arm64: 274 };
/** `struct sched_attr` in its first version: size, policy, flags (64), nice, priority, runtime (64), deadline (64), period (64). */
const ATTRIBUTE_OCTETS = 48;
const FLAGS_WORD = 2;
/** SCHED_FLAG_KEEP_POLICY: whoever starts us may have chosen one. */
const KEEP_POLICY = 8;
const NICE_WORD = 4;
const RUNTIME_WORD = 6;

/**
 * For a thread that answers: it wants the processor often and for a moment. Whoever asks for short slices has an early
 * deadline, and since Linux 6.12 one that wakes takes the place of a thread that is in the middle of a long slice (3 ms and more).
 * It gets no more time than others. True when the kernel took it; older ones take it and do nothing.
 */
export function takeShortTurns(): boolean {
  const number = SCHED_SETATTR[process.arch];
  if (process.platform !== "linux" || number === undefined) return false;
  try {
    const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
    const call = koffi
      .load(null)
      .func("long syscall(long number, long thread, const uint32_t *attributes, long flags)");
    const attributes = new Uint32Array(ATTRIBUTE_OCTETS / 4);
    attributes[0] = ATTRIBUTE_OCTETS;
    attributes[FLAGS_WORD] = KEEP_POLICY;
    // As it is: to raise it would need a right.
    attributes[NICE_WORD] = getPriority(ownThread());
    attributes[RUNTIME_WORD] = SLICE_NANOSECONDS;
    return call(number, 0, attributes, 0) === 0;
  } catch {
    // Without koffi, or where the C library has no `syscall`.
    return false;
  }
}
