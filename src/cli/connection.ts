/** Which server is meant and by which token: flags, then environment, then the data directory, then the defaults. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OPTIONS } from "#config";
import { usage } from "./exit.ts";

export type Connection = {
  /** `http://127.0.0.1:8053`, without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** PEM file of CAs that are believed beside the system's and Node's. */
  readonly ca?: string | undefined;
};

/** The flags that every command takes. */
export type ConnectionFlags = {
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
  readonly ca?: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

const { address, port } = OPTIONS.http.fallback;
export const DEFAULT_URL = `http://${address}:${port}`;
export const DEFAULT_DATA = OPTIONS.data.fallback;

/** Throws CliFailure (usage). */
export function findConnection(flags: ConnectionFlags, env: Environment): Connection {
  const url = findUrl(urlText(flags, env));
  return { url, token: findToken(flags, env), ca: flags.ca ?? (env["COUNTERSIGN_CA"] || undefined) };
}

function findUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw usage(`${JSON.stringify(text)} is not the address of a server; give one such as ${DEFAULT_URL}.`);
  }
  // Clients of the provider's API are configured with `/client/v4` behind it: the same address works here.
  return `${url.origin}${url.pathname.replace(/\/(client\/v4\/?)?$/, "")}`;
}

/** A flag goes before the environment: `--data` names its server's own token even where COUNTERSIGN_TOKEN is set. */
function findToken(flags: ConnectionFlags, env: Environment): string {
  const found =
    flags.token ??
    (flags.data === undefined ? undefined : readToken(flags.data)) ??
    (env["COUNTERSIGN_TOKEN"] || undefined) ??
    readToken(env["COUNTERSIGN_DATA"] || DEFAULT_DATA);
  if (found === undefined) {
    const place = join(findDirectory(flags, env), "admin-token");
    throw usage(
      `No token: set COUNTERSIGN_TOKEN, or give --data DIR, the server's data directory (there is no ${place}).`,
    );
  }
  // Else a slip of the pen would be answered by another server's token.
  if (flags.token === undefined && flags.data !== undefined && !existsSync(flags.data)) {
    throw usage(`There is no directory ${flags.data}: --data names the server's data directory, for the token in it.`);
  }
  // What is no header value would be refused by the HTTP client with a riddle.
  if (!/^[\x21-\x7e]+$/.test(found))
    throw usage("The token has characters that no token has; look at where it comes from.");
  return found;
}

/** Of the server that is meant, if it is on this machine. */
export function findDirectory(flags: ConnectionFlags, env: Environment): string {
  return flags.data ?? (env["COUNTERSIGN_DATA"] || DEFAULT_DATA);
}

/**
 * Whether the server is on this machine, as far as its address says without asking anybody: then files here may be its own.
 * `own`: the addresses of this machine.
 */
export function isHere(flags: ConnectionFlags, env: Environment, own: readonly string[]): boolean {
  const text = urlText(flags, env);
  // What is no address is told by who needs one.
  if (!URL.canParse(text)) return false;
  const bare = new URL(text).hostname.replace(/^\[(.*)\]$/, "$1");
  return /^(localhost|.*\.localhost|127\..*|::1|0\.0\.0\.0|::)$/.test(bare) || own.includes(bare);
}

function urlText(flags: ConnectionFlags, env: Environment): string {
  return flags.url ?? (env["COUNTERSIGN_URL"] || DEFAULT_URL);
}

/** Undefined when the file is not there or empty. */
function readToken(directory: string): string | undefined {
  const file = join(directory, "admin-token");
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw usage(
      `The token in ${file} can't be read (${code}): run this as the server's user, or set COUNTERSIGN_TOKEN.`,
    );
  }
}
