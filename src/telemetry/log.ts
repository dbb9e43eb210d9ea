/** Structured logs: one JSON object a line, secrets never in it, whatever object is logged. */
import { createRequire } from "node:module";
import type { DestinationStream, Logger } from "pino";

export type { Logger } from "pino";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Field names that hold secrets in this project or in HTTP headers; whatever their case. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "secret",
  "secrets",
  "cookiesecrets",
  "privatekey",
  "token",
  "apitoken",
  "apikey",
  "password",
  "passphrase",
  "sealingkey",
  "authorization",
  "x-auth-key",
  "cookie",
]);
/** So deep an object is looked through; what is below is left out. */
const MAX_DEPTH = 6;

/** `destination`: standard error's descriptor when missing, so that standard output stays for what commands print. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  // Loaded by who makes a logger, the main thread: each of the threads that answer would keep a copy of its code.
  const { pino } = createRequire(import.meta.url)("pino") as typeof import("pino");
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Not pino's `redact`: its paths end at a depth and at arrays, and cost more than the rest of a line.
      // A child logger's own fields would not come by here: there are none.
      formatters: { log: (fields) => withoutSecrets(fields, 0) },
      serializers: { err: (error) => shownField(pino.stdSerializers.err(error), 1) },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** The object itself where nothing in it is secret. */
function withoutSecrets<T extends object>(value: T, depth: number): T {
  let copy: Record<string, unknown> | undefined;
  for (const [name, field] of Object.entries(value)) {
    const shown = SECRET_FIELDS.has(name.toLowerCase()) ? "[redacted]" : shownField(field, depth + 1);
    if (shown === field) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[name] = shown;
  }
  return (copy as T | undefined) ?? value;
}

function shownField(field: unknown, depth: number): unknown {
  if (typeof field !== "object" || field === null) return field;
  if (depth > MAX_DEPTH) return "[too deep]";
  // An error's turn comes when it is made plain; dates and octets print themselves.
  if (field instanceof Error || ArrayBuffer.isView(field)) return field;
  if (typeof (field as { toJSON?: unknown }).toJSON === "function") return field;
  return withoutSecrets(field, depth);
}
