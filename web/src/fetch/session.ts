/** Signing in and out. The cookie is the browser's affair; here are who it is and the token for writes. */
import type { ProviderSignedIn, Role, Session, SessionCreate } from "#contract";
import type { Client } from "./client.ts";
import type { CallResult } from "./result.ts";

export async function findSession(client: Client): Promise<CallResult<Session>> {
  return take(client, await client.call("session.get"));
}

export async function signIn(client: Client, credentials: SessionCreate): Promise<CallResult<Session>> {
  return take(client, await client.call("session.create", { body: credentials }));
}

/** Where the browser goes to sign in at the provider; `returnTo`: where in the dashboard to go on then. */
export async function beginAtProvider(client: Client, returnTo: string): Promise<CallResult<string>> {
  const answer = await client.call("session.begin", { body: { return_to: returnTo } });
  return answer.ok ? { ok: true, value: answer.value.result.url } : answer;
}

export async function finishAtProvider(client: Client, returned: string): Promise<CallResult<ProviderSignedIn>> {
  const answer = await client.call("session.finish", { body: { returned } });
  if (!answer.ok) return answer;
  client.setCsrf(answer.value.result.session.csrf);
  return { ok: true, value: answer.value.result };
}

/** Who came by the admin token and finds nobody there is told to make a user. */
export async function wantsFirstUser(client: Client, session: Session): Promise<boolean> {
  if (!session.user.is_operator) return false;
  const users = await client.call("users.list");
  return users.ok && users.value.result.length === 0;
}

/** Whatever the server says to it, nothing more is written in that session's name. Where one can sign out at the provider, too. */
export async function signOut(client: Client): Promise<string | undefined> {
  const answer = await client.call("session.delete");
  client.setCsrf(undefined);
  return answer.ok ? (answer.value.result.provider_url ?? undefined) : undefined;
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
