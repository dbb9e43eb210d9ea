/**
 * Giving memory back. Zone images and columns lie outside V8's heap, and a thread that makes few objects collects garbage
 * hardly ever: the last versions of a large zone would stay for as long as nothing else happens.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What is worth a collection: it stops the thread for some milliseconds. */
export const LARGE_OCTETS = 16 * 1024 * 1024;

/** Collects garbage in this thread, now. */
export function collectGarbage(): void {
  // Without the flag there is no `gc`; a context that is made afterwards has it.
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}
