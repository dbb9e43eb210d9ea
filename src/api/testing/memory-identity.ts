/** Who asks, in memory: the operator's token alone. Users and sessions are tested with the real service (test/identity). */
import { type Asker, type ControlError, type IdentityService, NO_PROVIDER, type Outcome } from "#contract";

type Settings = { readonly secret: string; readonly now: string; readonly status: () => "active" | "disabled" };

function refused(code: ControlError["code"]): { readonly ok: false; readonly error: ControlError } {
  return { ok: false, error: { code } };
}

export function makeMemoryIdentity({
  secret: right,
  now,
  status,
}: Settings): Omit<IdentityService, "listAccounts" | "getAccount"> {
  const asker: Asker = {
    by: "token",
    id: "ed".repeat(16),
    userId: "aa".repeat(16),
    email: "admin@localhost",
    name: "Operator",
    role: "admin",
    grants: undefined,
    isLocalUser: false,
    isOperator: true,
    token: { id: "ed".repeat(16), status: "active" },
  };
  const byToken = (secret: string, code: ControlError["code"]): Outcome<Asker> =>
    secret === right && status() === "active" ? { ok: true, value: asker } : refused(code);
  return {
    authenticate: async (secret) => byToken(secret, "auth.refused"),
    authenticateKey: async (email, key) => byToken(email.toLowerCase() === asker.email ? key : "", "auth.key-unknown"),
    user: async () => ({ id: asker.userId, email: asker.email, name: undefined, createdOn: now }),
    signIn: async () => refused("session.refused"),
    findSession: async () => undefined,
    signOut: async () => null,
    signInWays: async () => ({ provider: null }),
    beginSignIn: async () => refused("sso.off"),
    finishSignIn: async () => refused("sso.off"),
    checkProvider: async () => NO_PROVIDER,
    isGood: async () => true,
    listUsers: async () => ({ ok: true, value: [] }),
    getUser: async () => refused("user.not-found"),
    createUser: async () => refused("user.exists"),
    editUser: async () => refused("user.not-found"),
    deleteUser: async () => refused("user.not-found"),
    setPassword: async () => refused("user.not-found"),
    changePassword: async () => refused("session.no-password"),
    listSessions: async () => ({ ok: true, value: [] }),
    listGroups: async () => ({ ok: true, value: [] }),
    listTokens: async () => ({ ok: true, value: [] }),
    getToken: async () => refused("token.not-found"),
    createToken: async () => refused("token.too-many"),
    updateToken: async () => refused("token.not-found"),
    deleteToken: async () => refused("token.not-found"),
    rollToken: async () => refused("token.not-found"),
    endSession: async () => refused("session.not-found"),
  };
}
