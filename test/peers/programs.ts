/** Which of the other people's programs are on this machine: suites that need a missing one are skipped and say so. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian puts name servers into /usr/sbin, which is not on everybody's path. */
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  for (const directory of [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_PATH]) {
    const path = join(directory, name);
    if (executable(path)) return path;
  }
  return undefined;
}

/** The path of a program that must exist. */
export function getProgram(name: string): string {
  const path = findProgram(name);
  if (!path) throw new Error(`${name} is not installed: run npm test as root on Debian, or install it yourself`);
  return path;
}

/** Names of those that are missing; for `describe.skipIf(missingPrograms("knotd").length > 0)`. */
export function missingPrograms(...names: readonly string[]): string[] {
  return names.filter((name) => findProgram(name) === undefined);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
