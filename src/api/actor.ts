/** Who asks, in the words of the audit log and of the rate limit. */
import type { FastifyRequest } from "fastify";
import type { Actor, Asker } from "#contract";

export function actorOf(asker: Asker, isKnown: boolean): Actor {
  if (!isKnown) return { kind: "nobody", id: asker.id, name: "nobody", email: null };
  const kind = asker.by === "session" ? "user" : "token";
  const id = asker.by === "session" ? asker.userId : asker.id;
  const name = asker.name || asker.email || (asker.isOperator ? "operator" : asker.id);
  return { kind, id, name, email: asker.email || null };
}

/** The server's own operator on the machine itself: no proxy in between, and the token that may do everything. */
export function isLocalOperator(request: FastifyRequest, asker: Asker): boolean {
  const address = request.socket.remoteAddress ?? "";
  const local = address === "::1" || address.replace(/^::ffff:/, "").startsWith("127.");
  const forwarded = request.headers["x-forwarded-for"] ?? request.headers["forwarded"];
  return asker.isOperator && asker.by === "token" && local && forwarded === undefined;
}
