/**
 * Flags, environment and file to one Config: a flag goes before the environment, that before the file, that before the
 * default. Every problem is reported, each with the option's name as the reader wrote it and what to do.
 */
import { findAddressConflicts } from "./addresses.ts";
import { type Config, flagOf, OPTION_NAMES, OPTIONS, type Option, type OptionName, variableOf } from "./options.ts";
import { findSignInConflicts } from "./sign-in.ts";

export type ConfigProblem = {
  readonly code: "config.unknown" | "config.value" | "config.file" | "config.secret-flag" | "config.conflict";
  readonly message: string;
};

export type ConfigSources = {
  /** Arguments after `serve`: `--data DIR`, `--data=DIR`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives a file's text; may throw. */
  readonly readFile: (path: string) => string;
};

export type ConfigResult =
  | { readonly ok: true; readonly value: Config }
  | { readonly ok: false; readonly error: readonly ConfigProblem[] };

type Found = { readonly text: string; readonly where: string };

export function loadConfig(sources: ConfigSources): ConfigResult {
  const problems: ConfigProblem[] = [];
  const flags = readFlags(sources.argv, problems);
  const variables = readVariables(sources.env, problems);
  const file = readFile(sources, flags.get("config") ?? variables.get("config"), problems);
  const config: Record<string, unknown> = {};
  for (const name of OPTION_NAMES) {
    const option: Option = OPTIONS[name] as Option;
    const found = flags.get(name) ?? variables.get(name) ?? file.get(name);
    config[name] = found === undefined ? option.fallback : readValue(option, found, problems);
  }
  if (config["masterKey"] !== undefined && config["masterKeyFile"] !== undefined) {
    problems.push({
      code: "config.conflict",
      message: "masterKey and masterKeyFile are both set; keep one of them.",
    });
  }
  for (const message of [...findAddressConflicts(config), ...findSignInConflicts(config)])
    problems.push({ code: "config.conflict", message });
  // Every name of the table is set to a value of its kind, or there are problems.
  return problems.length > 0 ? { ok: false, error: problems } : { ok: true, value: config as Config };
}

function readValue(option: Option, found: Found, problems: ConfigProblem[]): unknown {
  const value = option.kind.read(found.text);
  if (value === undefined) {
    const shown = option.secret ? "" : ` ${JSON.stringify(found.text.slice(0, 200))} is not valid:`;
    problems.push({ code: "config.value", message: `${found.where}:${shown} give ${option.kind.form}.` });
  }
  return value;
}

function readFlags(argv: readonly string[], problems: ConfigProblem[]): Map<OptionName, Found> {
  const byFlag = new Map(OPTION_NAMES.map((name) => [flagOf(name), name]));
  const flags = new Map<OptionName, Found>();
  for (let i = 0; i < argv.length; i++) {
    const [flag, inline] = splitOnce(argv[i]!, "=");
    const name = byFlag.get(flag);
    if (name === undefined) {
      const hint = nearest(flag, [...byFlag.keys()]);
      problems.push({ code: "config.unknown", message: `${flag} is no option${hint}. --help lists them.` });
      // Its value, if that is what follows, is not a second mistake.
      if (inline === undefined && argv[i + 1]?.startsWith("--") === false) i++;
      continue;
    }
    const text = inline ?? argv[++i];
    if ((OPTIONS[name] as Option).secret) {
      problems.push({
        code: "config.secret-flag",
        message: `${flag} is a secret, and command lines can be read by everybody on this machine: set ${variableOf(name)} or put it in the file.`,
      });
    } else if (text === undefined) {
      problems.push({ code: "config.value", message: `${flag} needs a value: ${OPTIONS[name].kind.form}.` });
    } else {
      // A flag given twice for a list adds to it.
      const before = OPTIONS[name].kind.form.startsWith("comma list") ? flags.get(name) : undefined;
      flags.set(name, { text: before === undefined ? text : `${before.text},${text}`, where: flag });
    }
  }
  return flags;
}

function readVariables(env: ConfigSources["env"], problems: ConfigProblem[]): Map<OptionName, Found> {
  const variables = new Map<OptionName, Found>();
  const bySquashed = new Map(OPTION_NAMES.map((name) => [squash(variableOf(name)), variableOf(name)]));
  for (const name of OPTION_NAMES) {
    const text = env[variableOf(name)];
    if (text !== undefined && text !== "") variables.set(name, { text, where: variableOf(name) });
  }
  for (const key of Object.keys(env)) {
    // Not every unknown COUNTERSIGN_… is a mistake: Kubernetes makes some for a service of that name, the command line has its own.
    const meant = bySquashed.get(squash(key));
    if (meant !== undefined && meant !== key) {
      problems.push({ code: "config.unknown", message: `${key} is no option; did you mean ${meant}?` });
    }
  }
  return variables;
}

/** COUNTERSIGN_NAME_SERVERS and COUNTERSIGN_NAMESERVERS alike. */
function squash(variable: string): string {
  return variable.toUpperCase().replaceAll("_", "");
}

function unread(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "is not there.";
  if (code === "EACCES") return "can't be read by this user.";
  return error instanceof SyntaxError ? `can't be read as JSON: ${message}.` : `can't be read: ${message}.`;
}

function readFile(sources: ConfigSources, path: Found | undefined, problems: ConfigProblem[]): Map<OptionName, Found> {
  const values = new Map<OptionName, Found>();
  if (path === undefined) return values;
  let parsed: unknown;
  try {
    parsed = JSON.parse(sources.readFile(path.text));
  } catch (error) {
    problems.push({ code: "config.file", message: `${path.where}: ${path.text} ${unread(error)}` });
    return values;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    problems.push({ code: "config.file", message: `${path.text}: give one JSON object with options.` });
    return values;
  }
  for (const [key, value] of Object.entries(parsed)) {
    const name = OPTION_NAMES.find((each) => each === key);
    const text = textOf(value);
    if (name === undefined || name === "config") {
      const hint = nearest(key, OPTION_NAMES);
      problems.push({ code: "config.unknown", message: `${path.text}: "${key}" is no option${hint}.` });
    } else if (text === undefined) {
      problems.push({ code: "config.value", message: `${path.text}: "${key}": give ${OPTIONS[name].kind.form}.` });
    } else {
      values.set(name, { text, where: `${path.text}: "${key}"` });
    }
  }
  return values;
}

/** A JSON value as the text that flags and variables have; undefined for what no option can be. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value.join(",");
  return undefined;
}

function splitOnce(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

/** `; did you mean --data?` when one candidate is within two edits. */
function nearest(text: string, candidates: readonly string[]): string {
  const word = text.slice(0, 40);
  const close = candidates.find((candidate) => editDistance(word.toLowerCase(), candidate.toLowerCase()) <= 2);
  return close === undefined ? "" : `; did you mean ${close}?`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
