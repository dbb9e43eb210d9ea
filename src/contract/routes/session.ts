/** Signing in and out at the dashboard, users, and each user's own sessions. */
import { Deleted } from "../common.ts";
import { Session, SessionCreate, SignedOut, WhoAmI } from "../session.ts";
import {
  ProviderCheck,
  ProviderSignedIn,
  ProviderSignInBegin,
  ProviderSignInBegun,
  ProviderSignInFinish,
  SignInWays,
} from "../single-sign-on.ts";
import { LocalUser, LocalUserCreate, LocalUserEdit, OwnSession, PasswordChange, PasswordSet } from "../user.ts";
import { OWN, type Route, route } from "./route.ts";

const USER = `${OWN}/users/{userId}`;

export const sessionRoutes = {
  "session.create": route("POST", `${OWN}/session`, "Sign in: the answer sets the cookie", "one", Session, {
    body: SessionCreate,
  }),
  "session.get": route("GET", `${OWN}/session`, "Who is signed in", "one", Session),
  "session.whoami": route("GET", `${OWN}/whoami`, "Who asks, by token or session, and what he may", "one", WhoAmI),
  "session.delete": route("DELETE", `${OWN}/session`, "Sign out", "one", SignedOut),
  "session.ways": route("GET", `${OWN}/session/ways`, "Ways of signing in", "one", SignInWays),
  "session.begin": route(
    "POST",
    `${OWN}/session/provider`,
    "Begin to sign in at the OpenID provider: where the browser goes",
    "one",
    ProviderSignInBegun,
    { body: ProviderSignInBegin },
  ),
  "session.finish": route(
    "POST",
    `${OWN}/session/provider/return`,
    "Sign in with what the OpenID provider sent back: the answer sets the cookie",
    "one",
    ProviderSignedIn,
    { body: ProviderSignInFinish },
  ),
  "session.provider": route("GET", `${OWN}/session/provider`, "The OpenID provider, asked anew", "one", ProviderCheck),
  "session.password": route("PUT", `${OWN}/session/password`, "Change one's own password", "one", LocalUser, {
    body: PasswordChange,
  }),
  "sessions.list": route("GET", `${OWN}/sessions`, "One's own sessions", "list", OwnSession),
  "sessions.delete": route("DELETE", `${OWN}/sessions/{sessionId}`, "End one of them", "one", Deleted),
  "users.list": route("GET", `${OWN}/users`, "Users", "list", LocalUser),
  "users.create": route("POST", `${OWN}/users`, "Create a user", "one", LocalUser, { body: LocalUserCreate }),
  "users.get": route("GET", USER, "User", "one", LocalUser),
  "users.edit": route("PATCH", USER, "Edit a user: name, role, disabled", "one", LocalUser, { body: LocalUserEdit }),
  "users.delete": route("DELETE", USER, "Delete a user, his sessions and tokens", "one", Deleted),
  "users.password": route("PUT", `${USER}/password`, "Set a user's password; his sessions end", "one", LocalUser, {
    body: PasswordSet,
  }),
} as const satisfies Record<string, Route>;
