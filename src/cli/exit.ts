/** How a command ends: exit codes, and the one way to end early, with a sentence for the person who typed it. */

/** Documented in README.md and in `--help`; stable. */
export const ExitCode = {
  Ok: 0,
  /** The server refused, the wait ended badly, `doctor` found a problem, or an image is damaged. */
  Refused: 1,
  /** The command line itself is wrong, or something that it needs (a token, a file) is not there. */
  Usage: 2,
  /** Nobody answers at the address, or what answers is not Countersign. */
  Unreachable: 3,
  /** There is no such zone, peer, TSIG, ACL or file. */
  NotFound: 4,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Caught in `runCli` alone. The message is the whole sentence, with what to do next. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode;
  /** The contract's code, when the server refused. */
  readonly reason: string | undefined;

  constructor(exitCode: ExitCode, sentence: string, reason?: string) {
    super(sentence);
    this.exitCode = exitCode;
    this.reason = reason;
  }
}

export function usage(sentence: string): CliFailure {
  return new CliFailure(ExitCode.Usage, sentence);
}

export function notFound(sentence: string): CliFailure {
  return new CliFailure(ExitCode.NotFound, sentence);
}
