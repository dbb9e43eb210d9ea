/**
 * One foreign server as a child process: a temporary directory for all it writes, its log kept, stopped for certain.
 * Peers run on 127.0.0.1 and on high ports alone, with nothing of the machine's own configuration.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const LOOPBACK = "127.0.0.1";

/** A program that ends by itself or never gets ready is reported with this much of what it said, in characters. */
const LOG_TAIL = 4_000;

/** How long a server may take until it is ready, and until it ends on SIGTERM, in milliseconds. */
const READY_MILLISECONDS = 120_000;
const STOP_MILLISECONDS = 10_000;

/** Outside the range from which systems take ports for outgoing sockets. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

export type ServerProcess = {
  readonly directory: string;
  readonly pid: number;
  log(): string;
  signal(name: NodeJS.Signals): void;
  /** Resolves when the process has ended by itself or by a signal. */
  readonly ended: Promise<number | null>;
  /** SIGTERM, then SIGKILL; the directory is removed unless it was handed in. */
  stop(): Promise<void>;
};

export function makeDirectory(name: string): string {
  return mkdtempSync(join(tmpdir(), `countersign-${name}-`));
}

export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Writes `text` to `name` in `directory`; the path. */
export function writeIn(directory: string, name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** A port of 127.0.0.1 on which neither UDP nor TCP is used now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if ((await tcpFree(port)) && (await udpFree(port))) return port;
  }
  throw new Error("no free port found on 127.0.0.1");
}

/** A test runner that goes away must not leave servers behind. One listener for all: a suite of accidents starts dozens. */
const RUNNING = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of RUNNING) child.kill("SIGKILL");
});

export type StartOptions = {
  readonly directory: string;
  readonly keepDirectory?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Asked again and again until it says yes; `said` is what the program has written so far. */
  ready(said: string): Promise<boolean>;
  /** How long it may take; a minute when left out. */
  readonly readyMilliseconds?: number;
  /** What to do to have it end; SIGTERM when left out. */
  readonly stopSignal?: NodeJS.Signals;
};

/** Starts `program` in the foreground and waits until it is ready. Throws with its log when it isn't in time. */
export async function startProcess(
  program: string,
  args: readonly string[],
  options: StartOptions,
): Promise<ServerProcess> {
  const child = spawn(program, args, {
    cwd: options.directory,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => log.push(chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString("utf8")));
  // "close" and not "exit": the last words have been read by then.
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => resolve(code));
    child.once("error", (error) => {
      log.push(`${error.message}\n`);
      resolve(null);
    });
  });
  RUNNING.add(child);
  void ended.then(() => RUNNING.delete(child));
  const stop = async (): Promise<void> => {
    await endProcess(child, ended, options.stopSignal ?? "SIGTERM");
    if (!options.keepDirectory) removeDirectory(options.directory);
  };
  const text = (): string => log.join("");
  await waitReady(program, options, ended, text, stop);
  return {
    directory: options.directory,
    pid: child.pid!,
    log: text,
    signal: (name) => void child.kill(name),
    ended,
    stop,
  };
}

async function waitReady(
  program: string,
  options: StartOptions,
  ended: Promise<number | null>,
  log: () => string,
  stop: () => Promise<void>,
): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const deadline = Date.now() + (options.readyMilliseconds ?? READY_MILLISECONDS);
  while (!over && Date.now() < deadline) {
    if (await options.ready(log())) return;
    await sleep(30);
  }
  const tail = log().slice(-LOG_TAIL);
  const what = over ? "ended before it was ready" : "did not get ready";
  await stop();
  throw new Error(`${program} ${what}. It said:\n${tail}`);
}

async function endProcess(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
    await ended;
    clearTimeout(killer);
  } else {
    await ended;
  }
}

function tcpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
}

function udpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => socket.close(() => resolve(false)));
    socket.bind(port, LOOPBACK, () => socket.close(() => resolve(true)));
  });
}
