/** Entry of the prober's thread. */
import { createSocket } from "node:dgram";
import { parentPort, workerData } from "node:worker_threads";
import { takeShortTurns } from "#telemetry";
import { encodeQuestion, LOOPBACK, soaSerial } from "../../../test/peers/index.ts";
import { Lateness, unexplained } from "./lateness.ts";
import type { FromProber, ProberData, ToProber } from "./prober.ts";

/** Timers are no finer. */
const TICK_MS = 1;
/** An answer that did not come by then is lost. */
const LOST_MS = 2_000;

/** Answers that took so long are looked at one by one, so many at most. */
const SLOW_MS = 1;
const MOST_SLOW = 4096;

const { port, zone, clock, ...rest } = workerData as ProberData;
const lateness = [new Lateness(), new Lateness(clock)] as const;
let slow: (readonly [from: number, to: number])[] = [];
const control = parentPort!;
const query = encodeQuestion({ name: zone, type: 6 }, 0);
const sentAt = new Float64Array(65_536).fill(-1);
let id = 0;
let { perSecond } = rest;
let awaited: number | undefined;
let worst = 0;
let late = 0;
let ticked = performance.now();
let answers = 0;
let lost = 0;
let due = performance.now();

// What is measured is the server: a prober that waits for a turn of its own would count that as the server's pause.
takeShortTurns();
const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
const tell = (message: FromProber): void => control.postMessage(message);

socket.on("message", (reply) => {
  const now = performance.now();
  const of = (reply[0]! << 8) | reply[1]!;
  if (sentAt[of]! >= 0) {
    worst = Math.max(worst, now - sentAt[of]!);
    answers++;
    if (now - sentAt[of]! >= SLOW_MS) noteSlow(sentAt[of]!, now);
  }
  sentAt[of] = -1;
  if (awaited === undefined) return;
  const serial = soaSerial(reply);
  if (serial === undefined || serial < awaited) return;
  awaited = undefined;
  tell({ kind: "served", serial, at: performance.timeOrigin + now });
});
// Nobody listens there yet.
socket.on("error", () => undefined);
socket.connect(port, LOOPBACK, () => setInterval(tick, TICK_MS));

function tick(): void {
  const now = performance.now();
  late = Math.max(late, now - ticked - TICK_MS);
  lateness[0].add(performance.timeOrigin + ticked + TICK_MS, performance.timeOrigin + now);
  ticked = now;
  // After a pause of ours the questions of that time are not made up for.
  if (now - due > 20) due = now;
  for (; due <= now; due += 1000 / perSecond) ask(now);
}

function noteSlow(from: number, to: number): void {
  if (slow.length < MOST_SLOW) slow.push([performance.timeOrigin + from, performance.timeOrigin + to]);
}

function ask(now: number): void {
  id = (id + 1) & 0xffff;
  if (sentAt[id]! >= 0 && now - sentAt[id]! > LOST_MS) lost++;
  sentAt[id] = performance.now();
  query[0] = id >> 8;
  query[1] = id;
  socket.send(query.slice());
}

control.on("message", (message: ToProber) => {
  if (message.kind === "await") awaited = message.serial;
  if (message.kind === "pace") perSecond = message.perSecond;
  if (message.kind !== "observe") return;
  const now = performance.now();
  // What waits still, has waited so long already.
  for (const at of sentAt) {
    if (at < 0 || now - at >= LOST_MS) continue;
    worst = Math.max(worst, now - at);
    if (now - at >= SLOW_MS) noteSlow(at, now);
  }
  const left = slow.map(([from, to]) => unexplained(from, to, lateness));
  tell({ kind: "observed", worst, unexplained: Math.max(Math.min(worst, SLOW_MS), ...left), late, answers, lost });
  worst = late = answers = lost = 0;
  slow = [];
});
