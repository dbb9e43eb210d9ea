/**
 * Pages of other origins. They need a token like everybody (there are no cookies), so any origin may ask; a browser first asks
 * which headers it may send, and gets those that clients of the provider's API use.
 */
import type { FastifyReply, FastifyRequest } from "fastify";

const HEADERS =
  /^(accept|authorization|content-type|user-agent|api-version|idempotency-key|if-match|if-none-match|last-event-id|x-auth-email|x-auth-key|x-request-id|x-stainless-[a-z0-9-]+)$/;
const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const EXPOSED =
  "etag, idempotent-replayed, ratelimit, ratelimit-policy, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-request-id";
/** Headers in one question. */
const HEADERS_MAX = 64;

/** True when the request was a preflight, which is then answered. */
export function allowOrigins(request: FastifyRequest, reply: FastifyReply): boolean {
  if (request.headers.origin === undefined) return false;
  reply.header("access-control-allow-origin", "*");
  reply.header("access-control-expose-headers", EXPOSED);
  const asked = request.headers["access-control-request-headers"];
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
  const allowed = String(asked ?? "")
    .toLowerCase()
    .split(",", HEADERS_MAX)
    .map((header) => header.trim())
    .filter((header) => HEADERS.test(header));
  reply.header("access-control-allow-methods", METHODS);
  reply.header("access-control-allow-headers", allowed.join(", "));
  reply.header("access-control-max-age", "7200");
  reply.code(204).send();
  return true;
}
