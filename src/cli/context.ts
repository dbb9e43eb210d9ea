/** What every command is given: where to print, whether as JSON, and the server. */
import { type ApiClient, makeClient } from "./client.ts";
import { type ConnectionFlags, findConnection, findDirectory } from "./connection.ts";
import type { CliIo } from "./io.ts";
import { printJson } from "./print.ts";

export type GlobalFlags = ConnectionFlags & { readonly json?: boolean; readonly wide?: boolean };

export interface Context {
  readonly io: CliIo;
  readonly json: boolean;
  /** Made when first asked for: commands that work on files need no token. Throws CliFailure (usage). */
  api(): ApiClient;
  /** The server's data directory, where it is on this machine. */
  readonly directory: string;
  /** The text for people, or with `--json` the value. */
  show(value: unknown, text: () => string): Promise<void>;
  /** What goes on meanwhile: to standard error, never into what a program reads. */
  tell(line: string): Promise<void>;
}

export function makeContext(given: CliIo, flags: GlobalFlags): Context {
  const io = flags.wide ? { ...given, out: { ...given.out, columns: undefined } } : given;
  const json = flags.json ?? false;
  let client: ApiClient | undefined;
  return {
    io,
    json,
    directory: findDirectory(flags, io.env),
    api() {
      client ??= makeClient(findConnection(flags, io.env));
      return client;
    },
    show: (value, text) => io.out.write(json ? printJson(value) : text()),
    tell: (line) => io.err.write(`${line}\n`),
  };
}

/** Wraps a command's work so that commander can call it: arguments first, then its options. */
export type Runner = <A extends readonly unknown[]>(
  work: (context: Context, ...args: A) => Promise<void>,
) => (...args: A) => Promise<void>;
