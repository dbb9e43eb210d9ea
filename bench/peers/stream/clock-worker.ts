/** Entry of the clock's thread: it asks for its turn every millisecond, like the prober, and has nothing else to do. */
import { workerData } from "node:worker_threads";
import { takeShortTurns } from "#telemetry";
import { Lateness } from "./lateness.ts";

const TICK_MS = 1;

const late = new Lateness(workerData as SharedArrayBuffer);
let ticked = performance.now();

takeShortTurns();
setInterval(() => {
  const now = performance.now();
  late.add(performance.timeOrigin + ticked + TICK_MS, performance.timeOrigin + now);
  ticked = now;
}, TICK_MS);
