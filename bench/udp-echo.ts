/**
 * Bench case `udp-echo`: what the UDP paths cost with no DNS behind them. A server process on one core, the load generator
 * on the other; prints the server's CPU for each datagram. Goal of the fast path: 3 microseconds.
 *
 *   node bench/udp-echo.ts [--seconds 3]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openUdpBatch, openUdpDgram, type UdpHandler } from "#net";
import { spawnLoad } from "./load/spawn.ts";

const echo: UdpHandler = (query, length, reply) => {
  reply.set(query.subarray(0, length));
  reply[2]! |= 0x80;
  return length;
};

/** The server process: says its port on standard output, then echoes until killed. */
async function serve(path: string): Promise<void> {
  const addresses = [{ address: "127.0.0.1", port: 0 }];
  if (path === "dgram") {
    const opened = await openUdpDgram({ addresses, handler: echo });
    if (!opened.ok) throw new Error(opened.error.detail);
    process.stdout.write(`${opened.value.addresses[0]!.port}\n`);
    return;
  }
  const opened = openUdpBatch({ addresses });
  if (!opened.ok) throw new Error(opened.error.detail);
  process.stdout.write(`${opened.value.addresses[0]!.port}\n`);
  for (;;) opened.value.serve(echo);
}

async function measure(path: "ffi" | "dgram", seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  const questionFile = join(folder, "questions");
  writeFileSync(questionFile, "h{n}.example. A\n");
  const self = fileURLToPath(import.meta.url);
  const server = spawn("taskset", ["-c", "0", process.execPath, self, "--serve", path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(server.stdout!, "data")) as [Buffer];
    const result = await spawnLoad({
      server: { address: "127.0.0.1", port: Number(line.toString()) },
      questionFile,
      seconds,
      pids: [server.pid!],
      core: 1,
    });
    process.stdout.write(
      `udp-echo ${path}: ${result.serverMicroseconds?.toFixed(2)} us/q, ${result.answersPerSecond} answers/s, ${result.lost} lost\n`,
    );
  } finally {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({
  options: { serve: { type: "string" }, seconds: { type: "string", default: "3" } },
});
if (values.serve !== undefined) await serve(values.serve);
else for (const path of ["ffi", "dgram"] as const) await measure(path, Number(values.seconds));
