/** Structured logs: one JSON object a line, secrets never in it, whatever object is logged. */
import { createRequire } from "node:module";
import type { DestinationStream, Logger } from "pino";

export type { Logger } from "pino";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Field names that hold secrets in this project or in HTTP headers, at the top and up to two levels down. */
const SECRET_FIELDS = [
  "secret",
  "secrets",
  "cookieSecrets",
  "privateKey",
  "token",
  "apiToken",
  "apiKey",
  "password",
  "passphrase",
  "sealingKey",
  "authorization",
  '["x-auth-key"]',
  "cookie",
];

/** `destination`: standard error's descriptor when missing, so that standard output stays for what commands print. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const paths = SECRET_FIELDS.flatMap((field) => {
    const inner = field.startsWith("[") ? field : `.${field}`;
    return [field, `*${inner}`, `*.*${inner}`];
  });
  // Loaded by who makes a logger, the main thread: each of the threads that answer would keep a copy of its code.
  const { pino } = createRequire(import.meta.url)("pino") as typeof import("pino");
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths, censor: "[redacted]" },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
