/** What every command is given: where to print, whether as JSON, and the server. */
import { networkInterfaces } from "node:os";
import { type ApiClient, makeClient } from "./client.ts";
import { type ConnectionFlags, findConnection, findDirectory, isHere } from "./connection.ts";
import type { CliIo } from "./io.ts";
import { printJson } from "./print.ts";

export type GlobalFlags = ConnectionFlags & { readonly json?: boolean; readonly wide?: boolean };

export interface Context {
  readonly io: CliIo;
  readonly json: boolean;
  /** Made when first asked for: commands that work on files need no token. Throws CliFailure (usage). */
  api(): ApiClient;
  /** Whether the server's address is one of this machine. */
  isHere(): boolean;
  /** The server's data directory; undefined when the server is on another machine and no flag names one here. */
  directory(): string | undefined;
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
    isHere: () => isHere(flags, io.env, ownAddresses()),
    directory() {
      return flags.data !== undefined || this.isHere() ? findDirectory(flags, io.env) : undefined;
    },
    api() {
      client ??= makeClient(findConnection(flags, io.env));
      return client;
    },
    show: (value, text) => io.out.write(json ? printJson(value) : text()),
    tell: (line) => io.err.write(`${line}\n`),
  };
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

/** Wraps a command's work so that commander can call it: arguments first, then its options. */
export type Runner = <A extends readonly unknown[]>(
  work: (context: Context, ...args: A) => Promise<void>,
) => (...args: A) => Promise<void>;
