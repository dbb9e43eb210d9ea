/** Runs the load generator in a process of its own, pinned to a core: what the bench cases call. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { printSocketAddress, type SocketAddress } from "#net";
import type { LoadResult } from "./generate.ts";

export interface SpawnLoadOptions {
  readonly server: SocketAddress;
  /** A file of `NAME TYPE` lines. */
  readonly questionFile: string;
  readonly seconds?: number;
  readonly inFlight?: number;
  readonly sockets?: number;
  readonly pids?: readonly number[];
  /** Core to run on; absent: wherever. */
  readonly core?: number;
  readonly edns?: boolean;
  readonly dnssec?: boolean;
  readonly inOrder?: boolean;
}

/** Rejects when the generator ends badly. */
export async function spawnLoad(options: SpawnLoadOptions): Promise<LoadResult> {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const seconds = options.seconds ?? 5;
  const args = [
    main,
    "--json",
    ...["--server", printSocketAddress(options.server), "--questions", options.questionFile],
    ...["--seconds", String(seconds), "--in-flight", String(options.inFlight ?? 128)],
    ...["--sockets", String(options.sockets ?? 1)],
    ...(options.pids ? ["--pid", options.pids.join(",")] : []),
    ...(options.edns === false ? ["--no-edns"] : []),
    ...(options.dnssec === false ? ["--no-do"] : []),
    ...(options.inOrder === true ? ["--in-order"] : []),
  ];
  const [command, all] =
    options.core === undefined
      ? [process.execPath, args]
      : ["taskset", ["-c", String(options.core), process.execPath, ...args]];
  const { stdout } = await promisify(execFile)(command as string, all as string[], { timeout: (seconds + 60) * 1000 });
  return JSON.parse(stdout) as LoadResult;
}
