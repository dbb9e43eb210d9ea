/** Signing in and out. The cookie is the browser's affair; here are who it is and the token for writes. */
import type { Role, Session, SessionCreate } from "#contract";
import type { Client } from "./client.ts";
import type { CallResult } from "./result.ts";

export async function findSession(client: Client): Promise<CallResult<Session>> {
  return take(client, await client.call("session.get"));
}

export async function signIn(client: Client, credentials: SessionCreate): Promise<CallResult<Session>> {
  return take(client, await client.call("session.create", { body: credentials }));
}

/** Whatever the server says to it, nothing more is written in that session's name. */
export async function signOut(client: Client): Promise<void> {
  await client.call("session.delete");
  client.setCsrf(undefined);
}

function take(client: Client, answer: CallResult<{ readonly result: Session }>): CallResult<Session> {
  if (!answer.ok) return answer;
  client.setCsrf(answer.value.result.csrf);
  return { ok: true, value: answer.value.result };
}

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Whether someone with `role` may do what `needed` may. */
export function mayDo(role: Role, needed: Role): boolean {
  return RANKS[role] >= RANKS[needed];
}
