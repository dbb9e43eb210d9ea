/** A whole API over the memory service, with a quiet log that can be read back. */
import { PassThrough } from "node:stream";
import { createLogger } from "#telemetry";
import type { RateLimits } from "../rate-limit.ts";
import { type ApiOptions, buildApi } from "../server.ts";
import { makeMemoryService, SECRET } from "./memory-service.ts";

type Options = {
  readonly times?: ApiOptions["times"];
  readonly webDirectory?: string;
  readonly maxBodyOctets?: number;
  readonly rate?: RateLimits;
};

export function makeTestApi(options: Options = {}) {
  const service = makeMemoryService();
  const log: string[] = [];
  const sink = new PassThrough();
  sink.on("data", (line: Buffer) => log.push(line.toString()));
  const app = buildApi({
    service,
    logger: createLogger("trace", sink),
    metrics: async () => "countersign_up 1\n",
    version: "0.0.0",
    maxBodyOctets: options.maxBodyOctets ?? 64 * 1024,
    cors: true,
    rate: options.rate ?? { requests: 0, seconds: 300 },
    isExempt: () => false,
    webDirectory: options.webDirectory,
    ...(options.times && { times: options.times }),
  });
  return { app, service, log };
}

export const BEARER = { authorization: `Bearer ${SECRET}` };
export const EMAIL_AND_KEY = { "x-auth-email": "admin@localhost", "x-auth-key": SECRET };
