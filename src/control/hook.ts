/**
 * The operator's program that is asked before a new version is published: the zone's text on its standard input and in a file,
 * its facts in the environment; exit 0 takes the version, everything else holds it, with the last line of output as the reason.
 *
 *   turn (so many at once) ▶ a worker writes the text ▶ program, own process group ▶ exit │ time is over: the group is killed
 *
 * Run without a shell, with an environment of its own: no secret of ours is in it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { accessSync, closeSync, constants, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "#bytes";
import type { ZoneImage } from "#image";
import { Gate } from "./gate.ts";
import { imageAt } from "./image-at.ts";
import type { JobRunner } from "./job-runner.ts";
import type { Fault } from "./work.ts";

export type HookSettings = {
  readonly program: string;
  readonly seconds: number;
  /** Programs that run at the same time. */
  readonly atOnce: number;
};

export type HookFacts = {
  readonly zoneId: string;
  readonly name: string;
  readonly mode: string;
  readonly servedSerial: number | undefined;
};

/** Why the program can't be run; undefined when it can. */
export function hookTrouble(program: string): string | undefined {
  try {
    if (!statSync(program).isFile()) return `${program} is no file`;
    accessSync(program, constants.X_OK);
    return undefined;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return missing ? `there is no file ${program}` : `${program} can't be executed by this user`;
  }
}

/** Octets of output that are kept, the last ones: a program that prints for ever fills nothing. */
const OUTPUT_KEPT = 8192;
const REASON_CHARACTERS = 300;

/** Keeps: no more programs run than the settings say; all of them end with this process. */
export class HookRunner {
  readonly #directory: string;
  readonly #settings: () => HookSettings | undefined;
  readonly #jobs: JobRunner;
  readonly #gate: Gate;
  readonly #running = new Set<ChildProcess>();
  readonly #counts = { taken: 0, refused: 0, timeout: 0, failed: 0 };
  #stopped = false;

  /** `directory` is for the texts, and empty afterwards. */
  constructor(directory: string, settings: () => HookSettings | undefined, jobs: JobRunner) {
    this.#directory = directory;
    this.#settings = settings;
    this.#jobs = jobs;
    this.#gate = new Gate(() => {
      const atOnce = settings()?.atOnce ?? 1;
      return { atOnce, routine: atOnce };
    });
  }

  /** Since the start. */
  get counts(): Readonly<Record<"taken" | "refused" | "timeout" | "failed", number>> {
    return this.#counts;
  }

  /** Texts that a crash left. */
  sweep(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Ok when there is no program, or it takes the version. Never settles when the server stops: the next start asks again. */
  async ask(facts: HookFacts, image: ZoneImage): Promise<Result<true, Fault>> {
    if (!this.#settings()) return ok(true);
    return this.#gate.run("hooks", "routine", async () => {
      const hook = this.#settings();
      if (!hook || this.#stopped) return this.#stopped ? new Promise<never>(() => undefined) : ok(true);
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      const path = join(this.#directory, `${facts.zoneId}-${randomBytes(4).toString("hex")}.zone`);
      try {
        const printed = await this.#jobs.run<"print">({ kind: "print", ...imageAt(image), path });
        if (!printed.ok) {
          this.#counts.failed++;
          return fail({
            code: "hook.failed",
            text: `the zone could not be written for the hook: ${printed.error.text}`,
          });
        }
        const ended = await this.#run(hook, environmentOf(facts, image, path), path);
        this.#counts[ended.word]++;
        return ended.result;
      } finally {
        rmSync(path, { force: true });
      }
    });
  }

  /** Ends the programs that run. */
  stop(): void {
    this.#stopped = true;
    for (const child of this.#running) killGroup(child);
  }

  #run(hook: HookSettings, env: HookEnvironment, path: string): Promise<Ended> {
    return new Promise((resolve) => {
      const input = openSync(path, "r");
      const child = spawn(hook.program, [], {
        cwd: this.#directory,
        env,
        detached: true,
        shell: false,
        stdio: [input, "pipe", "pipe"],
      });
      closeSync(input);
      this.#running.add(child);
      let output = Buffer.alloc(0);
      let over = false;
      const keep = (chunk: Buffer) => {
        output = Buffer.concat([output, chunk]).subarray(-OUTPUT_KEPT);
      };
      child.stdout?.on("data", keep);
      child.stderr?.on("data", keep);
      const timer = setTimeout(() => {
        over = true;
        killGroup(child);
      }, hook.seconds * 1000);
      const end = (ended: (line: string) => Ended) => {
        clearTimeout(timer);
        // What it started and left behind ends with it: nothing may hold the pipes.
        killGroup(child);
        child.stdout?.destroy();
        child.stderr?.destroy();
        this.#running.delete(child);
        if (!this.#stopped) resolve(ended(lastLine(output)));
      };
      child.on("error", (error) =>
        end(() => failure("failed", `the hook ${hook.program} can't be run: ${error.message}`)),
      );
      child.on("exit", (code, signal) => {
        // What is still in the pipes arrives within the next turns of the loop.
        setTimeout(() => end((line) => judge(hook, code, signal, over, line)), OUTPUT_GRACE_MS);
      });
    });
  }
}

const OUTPUT_GRACE_MS = 50;

type Ended = { readonly word: "taken" | "refused" | "timeout" | "failed"; readonly result: Result<true, Fault> };

function judge(hook: HookSettings, code: number | null, signal: string | null, over: boolean, line: string): Ended {
  const said = line === "" ? "" : `: ${line}`;
  if (over) return failure("timeout", `the hook ${hook.program} did not end within ${hook.seconds} s${said}`);
  if (code === 0) return { word: "taken", result: ok(true) };
  if (code === null) return failure("failed", `the hook ${hook.program} was ended by ${signal}${said}`);
  return failure("refused", line === "" ? `the hook ${hook.program} refused it with exit code ${code}` : line);
}

function failure(word: "refused" | "timeout" | "failed", text: string): Ended {
  return { word, result: fail({ code: `hook.${word}`, text }) };
}

/** What the program is told, beside PATH and LANG. */
export const HOOK_VARIABLES = [
  "COUNTERSIGN_ZONE",
  "COUNTERSIGN_ZONE_ID",
  "COUNTERSIGN_ZONE_FILE",
  "COUNTERSIGN_MODE",
  "COUNTERSIGN_SERIAL",
  "COUNTERSIGN_SERVED_SERIAL",
] as const;

type HookEnvironment = Readonly<Record<(typeof HOOK_VARIABLES)[number] | "PATH" | "LANG", string>>;

function environmentOf(facts: HookFacts, image: ZoneImage, path: string): HookEnvironment {
  return {
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    LANG: "C.UTF-8",
    COUNTERSIGN_ZONE: facts.name,
    COUNTERSIGN_ZONE_ID: facts.zoneId,
    COUNTERSIGN_ZONE_FILE: path,
    COUNTERSIGN_MODE: facts.mode,
    COUNTERSIGN_SERIAL: String(image.serial),
    COUNTERSIGN_SERVED_SERIAL: facts.servedSerial === undefined ? "" : String(facts.servedSerial),
  };
}

function lastLine(output: Buffer): string {
  const lines = output
    .toString("utf8")
    .split(/[\r\n]+/)
    .map((line) => line.replace(/\p{Cc}/gu, " ").trim())
    .filter((line) => line !== "");
  return (lines.at(-1) ?? "").slice(0, REASON_CHARACTERS);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // Nobody of the group is left.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
