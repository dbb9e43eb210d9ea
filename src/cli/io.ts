/** Where text goes, and what surrounds the process: handed in, so that tests run commands without a process of their own. */

export interface Sink {
  /** Colour is allowed. */
  readonly terminal: boolean;
  /** How wide tables may be, in characters; undefined in a pipe, where nobody looks. */
  readonly columns?: number | undefined;
  /** Resolves when more may be written; rejects with `OutputClosed` when the reader has gone (`| head`). */
  write(text: string): Promise<void>;
}

export type CliIo = {
  readonly out: Sink;
  readonly err: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From now on Ctrl-C aborts this instead of ending the process: for commands that go on until then. */
  readonly untilInterrupt?: () => AbortSignal;
};

/** Whoever read our output has seen enough. */
export class OutputClosed extends Error {}

export function processIo(): CliIo {
  const colour = !process.env["NO_COLOR"];
  return {
    out: streamSink(process.stdout, colour),
    err: streamSink(process.stderr, colour),
    env: process.env,
    untilInterrupt: () => {
      const interrupted = new AbortController();
      process.once("SIGINT", () => interrupted.abort());
      return interrupted.signal;
    },
  };
}

/** Of a terminal that does not say how wide it is. */
const COLUMNS_UNKNOWN = 80;

function streamSink(stream: NodeJS.WriteStream, colour: boolean): Sink {
  // The callback of `write` has the error too; without a listener the process would end with a stack trace.
  stream.on("error", ignoreHere);
  return {
    terminal: stream.isTTY === true && colour,
    columns: stream.isTTY === true ? stream.columns || COLUMNS_UNKNOWN : undefined,
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => {
          if (!error) resolve();
          else reject((error as NodeJS.ErrnoException).code === "EPIPE" ? new OutputClosed(error.message) : error);
        });
      }),
  };
}

/** Failures of the stream are told by the callback of `write`. */
function ignoreHere(): void {}
