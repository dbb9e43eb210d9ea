/**
 * Threads that may wait for those that answer: on Linux each thread has a nice value of its own. With one core less than there is to
 * do, a compiler of zones beside a worker that answers kept answers waiting for whole time slices.
 */
import { readlinkSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";

/** A third of the weight of a thread that answers. */
const STEPS = 5;
const LOWEST = constants.priority.PRIORITY_LOW;

/** Lowers this thread's priority, where threads have one. The price: on a busy machine new versions are ready later. */
export function stepBehindAnswers(): void {
  if (process.platform !== "linux") return;
  // "PID/task/TID"; read in this thread, as an asynchronous call would be another one's.
  const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  setPriority(thread, Math.min(LOWEST, getPriority(thread) + STEPS));
}
