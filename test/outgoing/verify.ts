/** What secondaries are given, judged by ldns and BIND. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { getProgram, makeDirectory, removeDirectory, writeIn } from "../peers/index.ts";

/** Throws with their words when a zone, line by line, does not verify as a whole. */
export function verifyLines(zone: string, lines: readonly string[]): void {
  const directory = makeDirectory("verify");
  try {
    const file = writeIn(directory, "zone", `${lines.join("\n")}\n`);
    execFileSync(getProgram("ldns-verify-zone"), [file], { stdio: "pipe" });
    execFileSync(getProgram("dnssec-verify"), ["-z", "-o", zone, join(directory, "zone")], { stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    throw new Error(`${zone} does not verify: ${stdout}${stderr}`);
  } finally {
    removeDirectory(directory);
  }
}
