/**
 * Command line of the load generator.
 *
 *   node bench/load/main.ts --server 127.0.0.1:5300 --questions FILE [--seconds 5] [--warmup 1] [--in-flight 128]
 *     [--sockets 1] [--batch 64] [--pid PID[,PID…]] [--payload 1232] [--no-do] [--no-edns] [--in-order] [--json]
 *
 * Lines of FILE: `NAME TYPE`, `{n}` in a name for digits that change with each question.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readSocketAddress } from "#net";
import { generateLoad, type LoadResult } from "./generate.ts";
import { readQuestions } from "./questions.ts";

function main(): number {
  const { values } = parseArgs({
    options: {
      server: { type: "string" },
      questions: { type: "string" },
      seconds: { type: "string", default: "5" },
      warmup: { type: "string", default: "1" },
      "in-flight": { type: "string", default: "128" },
      sockets: { type: "string", default: "1" },
      batch: { type: "string", default: "64" },
      pid: { type: "string" },
      payload: { type: "string", default: "1232" },
      "no-do": { type: "boolean", default: false },
      "no-edns": { type: "boolean", default: false },
      "in-order": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const server = readSocketAddress(values.server ?? "", 53);
  if (!server.ok || values.questions === undefined) return complain("give --server ADDRESS:PORT and --questions FILE");
  const questions = readQuestions(readFileSync(values.questions, "utf8"), {
    payload: values["no-edns"] ? 0 : Number(values.payload),
    dnssec: !values["no-do"],
  });
  if (!questions.ok) return complain(questions.error);
  const result = generateLoad({
    server: server.value,
    questions: questions.value,
    seconds: Number(values.seconds),
    warmupSeconds: Number(values.warmup),
    inFlight: Number(values["in-flight"]),
    sockets: Number(values.sockets),
    batch: Number(values.batch),
    pids: values.pid?.split(",").map(Number),
    shuffle: !values["in-order"],
  });
  if (!result.ok) return complain(result.error);
  process.stdout.write(values.json ? `${JSON.stringify(result.value)}\n` : describe(result.value));
  return 0;
}

function describe(result: LoadResult): string {
  const rcodes = result.rcodes.map((count, rcode) => (count > 0 ? ` ${rcode}:${count}` : "")).join("");
  const cpu = result.serverMicroseconds === undefined ? "" : `, server ${result.serverMicroseconds.toFixed(2)} us/q`;
  return (
    `${result.answersPerSecond} answers/s${cpu}, ${result.lost} lost of ${result.asked}, ` +
    `${result.octetsPerAnswer} octets an answer, rcodes${rcodes}, ${result.truncated} truncated, ` +
    `generator idle ${(100 * result.idleShare).toFixed(0)} %\n`
  );
}

function complain(reason: string): number {
  process.stderr.write(`load: ${reason}\n`);
  return 2;
}

process.exitCode = main();
