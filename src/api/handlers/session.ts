/** Signing in and out, here and at the OpenID provider, users, one's own password and sessions. */
import type { Asker, WhoAmI } from "#contract";
import { done, type HandlersOf } from "../call.ts";

export const sessionHandlers: HandlersOf<"session" | "sessions" | "users"> = {
  "session.create": async ({ service, body, from, session, asker, setCookie }) => {
    const signedIn = await service.signIn(body, from);
    if (!signedIn.ok) return signedIn;
    // Another one begins: a cookie that somebody planted before is worth nothing after (session fixation).
    if (session) await service.signOut(asker.id);
    setCookie(signedIn.value.secret);
    return done(signedIn.value.session);
  },
  "session.get": async ({ session }) => (session ? done(session) : { ok: false, error: { code: "session.none" } }),
  "session.whoami": async ({ asker }) => done(whoIs(asker)),
  "session.delete": async ({ service, session, asker, setCookie }) => {
    if (!session) return { ok: false, error: { code: "session.none" } };
    const provider_url = await service.signOut(asker.id);
    setCookie(undefined);
    return done({ id: asker.id, provider_url });
  },
  "session.ways": async ({ service }) => done(await service.signInWays()),
  "session.begin": async ({ service, body, from, setSignInCookie }) => {
    const begun = await service.beginSignIn(body, from);
    if (!begun.ok) return begun;
    setSignInCookie(begun.value.secret);
    return done({ url: begun.value.url });
  },
  "session.finish": async ({ service, body, from, session, asker, signInSecret, ...cookies }) => {
    const signedIn = await service.finishSignIn({ ...body, secret: signInSecret }, from);
    // Good once, whatever came of it.
    cookies.setSignInCookie(undefined);
    if (!signedIn.ok) return signedIn;
    if (session) await service.signOut(asker.id);
    cookies.setCookie(signedIn.value.secret);
    return done({ session: signedIn.value.session, return_to: signedIn.value.returnTo });
  },
  "session.provider": async ({ service }) => done(await service.checkProvider()),
  "session.password": async ({ service, asker, body }) => service.changePassword(asker, body),
  "sessions.list": async ({ service, asker }) => service.listSessions(asker),
  "sessions.delete": async ({ service, asker, params }) => service.endSession(asker, params["sessionId"]!),
  "users.list": async ({ service }) => service.listUsers(),
  "users.create": async ({ service, body }) => service.createUser(body),
  "users.get": async ({ service, params }) => service.getUser(params["userId"]!),
  "users.edit": async ({ service, params, body }) => service.editUser(params["userId"]!, body),
  "users.delete": async ({ service, params }) => service.deleteUser(params["userId"]!),
  "users.password": async ({ service, params, body }) => service.setPassword(params["userId"]!, body.password),
};

function whoIs({ by, email, name, role, isOperator, grants }: Asker): WhoAmI {
  const allowed = grants?.filter(({ effect }) => effect === "allow").flatMap(({ groups }) => groups);
  const words = allowed?.map((group) => `${group.name} ${group.level === "read" ? "Read" : "Write"}`);
  return {
    by,
    email: email || null,
    name: name || null,
    role,
    is_operator: isOperator,
    permission_groups: words ? [...new Set(words)].sort() : null,
  };
}
