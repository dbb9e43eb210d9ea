/** Who asks, in the words of the audit log and of the rate limit. */
import type { FastifyRequest } from "fastify";
import type { Actor, Asker, Session } from "#contract";

/** One name for it, however it comes: in a header or as a session that it opened. */
const ADMIN_TOKEN = "admin token";

export function actorOf(asker: Asker, isKnown: boolean): Actor {
  if (!isKnown) return { kind: "nobody", id: asker.id, name: "nobody", email: null };
  if (asker.isOperator) return { kind: "token", id: asker.token.id, name: ADMIN_TOKEN, email: asker.email || null };
  const kind = asker.by === "session" ? "user" : "token";
  const id = asker.by === "session" ? asker.userId : asker.id;
  const name = asker.name || asker.email || asker.id;
  return { kind, id, name, email: asker.email || null };
}

/** Who it was that signed in: before, nobody. Of the admin token its id is not in the session, and the account's stands for it. */
export function actorOfSession({ user: { id, email, name, is_operator: isOperator } }: Session): Actor {
  if (isOperator) return { kind: "token", id, name: ADMIN_TOKEN, email };
  return { kind: "user", id, name: name || email, email };
}

/** The server's own operator on the machine itself: no proxy in between, and the token that may do everything. */
export function isLocalOperator(request: FastifyRequest, asker: Asker): boolean {
  const address = request.socket.remoteAddress ?? "";
  const local = address === "::1" || address.replace(/^::ffff:/, "").startsWith("127.");
  const forwarded = request.headers["x-forwarded-for"] ?? request.headers["forwarded"];
  return asker.isOperator && asker.by === "token" && local && forwarded === undefined;
}
