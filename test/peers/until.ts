/** Waiting for something that another process does: asked again and again, with an end. */
import { setTimeout as sleep } from "node:timers/promises";
import { servedSerial } from "./peer.ts";

/** Generous: a busy machine is no fault of what is waited for. */
const DEFAULT_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 40;

/** Resolves with the first value of `ask` that is neither undefined nor false; throws after `milliseconds`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  milliseconds = DEFAULT_MILLISECONDS,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const value = await ask();
    if (value !== undefined && value !== false) return value as T;
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds} ms in vain: ${what}`);
    await sleep(PAUSE_MILLISECONDS);
  }
}

/** Until the server answers another serial than `before`; the new one. */
export function untilServed(port: number, zone: string, before: number | undefined): Promise<number> {
  return until(`${zone} served with another serial than ${before}`, async () => {
    const serial = await servedSerial(port, zone);
    return serial !== undefined && serial !== before ? serial : undefined;
  });
}
