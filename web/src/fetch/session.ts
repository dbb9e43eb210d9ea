/** Signing in and out: `/countersign/v1/session`. The cookie is the browser's affair; here are who it is and the token for writes. */
import type { Client } from "./client.ts";
import type { CallResult } from "./result.ts";

export type Role = "viewer" | "operator" | "admin";

export type Session = {
  readonly user: { readonly id: string; readonly email: string; readonly name: string; readonly role: Role };
  readonly csrf: string;
  readonly expires_on: string;
};

export type Credentials = { readonly email: string; readonly password: string } | { readonly token: string };

const PATH = "/countersign/v1/session";

export function findSession(client: Client): Promise<CallResult<Session>> {
  return take(client, client.send("GET", PATH));
}

export async function signIn(client: Client, credentials: Credentials): Promise<CallResult<Session>> {
  const taken = await take(client, client.send("POST", PATH, credentials));
  const noSessions = !taken.ok && taken.failure.reason === "route.unknown";
  return noSessions && "token" in credentials ? byBearer(client, credentials.token) : taken;
}

/** Until the server has sessions. */
async function byBearer(client: Client, token: string): Promise<CallResult<Session>> {
  client.setBearer(token);
  const user = await client.call("user.get");
  if (!user.ok) {
    client.setBearer(undefined);
    return user;
  }
  const { id, email } = user.value.result;
  return { ok: true, value: { user: { id, email, name: email, role: "admin" }, csrf: "", expires_on: "" } };
}

export async function signOut(client: Client): Promise<CallResult<undefined>> {
  const sent = await client.send("DELETE", PATH);
  client.setBearer(undefined);
  if (!sent.ok) return sent;
  client.setCsrf(undefined);
  return { ok: true, value: undefined };
}

async function take(client: Client, sending: Promise<CallResult<Response>>): Promise<CallResult<Session>> {
  const sent = await sending;
  if (!sent.ok) return sent;
  const { result } = (await sent.value.json()) as { readonly result: Session };
  client.setCsrf(result.csrf);
  return { ok: true, value: result };
}

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Whether someone with `role` may do what `needed` may. */
export function mayDo(role: Role, needed: Role): boolean {
  return RANKS[role] >= RANKS[needed];
}
