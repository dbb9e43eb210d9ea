/** From arguments to an exit code: nothing that happens inside a command gets past here but broken invariants. */
import { CommanderError } from "commander";
import { CliFailure, ExitCode } from "./exit.ts";
import { type CliIo, OutputClosed, processIo } from "./io.ts";
import { buildProgram } from "./program.ts";

/** `argv`: the words behind `countersign`. Resolves with the exit code when everything is written. */
export async function runCli(argv: readonly string[], io: CliIo = processIo()): Promise<ExitCode> {
  const written: { readonly out: string[]; readonly err: string[] } = { out: [], err: [] };
  const program = buildProgram(io, {
    out: (text) => written.out.push(text),
    err: (text) => written.err.push(text),
  });
  try {
    const code = await perform(
      () => program.parseAsync(argv.length === 0 ? ["--help"] : withOwnCa(argv), { from: "user" }),
      io,
    );
    await io.out.write(written.out.join(""));
    await io.err.write(written.err.join(""));
    return argv.length === 0 ? ExitCode.Usage : code;
  } catch (error) {
    if (error instanceof OutputClosed) return ExitCode.Ok;
    throw error;
  }
}

async function perform(work: () => Promise<unknown>, io: CliIo): Promise<ExitCode> {
  try {
    await work();
    return ExitCode.Ok;
  } catch (error) {
    // Commander has written its sentence already. Help that was asked for is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
    if (!(error instanceof CliFailure)) throw error;
    await io.err.write(`countersign: ${error.message}\n`);
    return error.exitCode;
  }
}

/** `--ca` behind `peer tls` is the peer's: the program, whose own is the API's, would take it wherever it stands. */
function withOwnCa(argv: readonly string[]): string[] {
  const at = argv.findIndex((word, i) => word === "peer" && argv[i + 1] === "tls");
  return argv.map((word, i) => (at >= 0 && i > at ? word.replace(/^--ca(?=$|=)/, "--peer-ca") : word));
}
