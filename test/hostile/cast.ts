/** Everybody who may knock at the API: every kind of credential, good, limited, spent and wrong, at one running product. */
import { GROUPS, type GroupName } from "#contract";
import { ask, makeBrowser } from "../identity/browser.ts";
import { type Countersign, TEST_TOKEN } from "../peers/countersign.ts";

type Headers = Readonly<Record<string, string>>;

export type Player = {
  readonly name: string;
  readonly headers: Headers;
  /**
   * What he may change: `nothing`; `zone`: what belongs to the one zone; `account`: what belongs to the account itself (peers, TSIGs,
   * ACLs, alerts, defaults); `own`: his own tokens and sessions; `everything`.
   */
  readonly may: "nothing" | "own" | "zone" | "account" | "everything";
  /** Said to him alone: his session's word against forged requests. */
  readonly ownWord?: string;
};

export type Cast = {
  readonly players: readonly Player[];
  /** Words that no answer, log line, event or audit entry may hold. */
  readonly secrets: readonly string[];
};

export const PASSWORD = "fuzz-password-0123456789";
const EVERY_ZONE = { "com.cloudflare.api.account.zone.*": "*" };
const NAMES = Object.keys(GROUPS) as GroupName[];

type Level = "read" | "write";

function policy(names: readonly GroupName[], level: Level, resources: object) {
  return { effect: "allow", permission_groups: names.map((name) => ({ id: GROUPS[name][level] })), resources };
}

/** The one zone whose tokens there are, and the account. */
export async function makeCast(product: Countersign, zoneId: string, accountId: string): Promise<Cast> {
  const tokens = await makeTokens(product, zoneId, accountId);
  const sessions = await makeSessions(product, accountId);
  const key = (secret: string, email: string) => ({ "x-auth-key": secret, "x-auth-email": email });
  const plain: readonly Player[] = [
    { name: "nobody", headers: {}, may: "nothing" },
    { name: "no such token", headers: { authorization: `Bearer ${"x".repeat(43)}` }, may: "nothing" },
    { name: "a header of another form", headers: { authorization: "Basic eHg6eHg=" }, may: "nothing" },
    { name: "no such session", headers: { cookie: `countersign_session=${"y".repeat(43)}` }, may: "nothing" },
    { name: "the key with another address", headers: key(TEST_TOKEN, "other@example.com"), may: "nothing" },
    { name: "admin token", headers: { authorization: `Bearer ${TEST_TOKEN}` }, may: "everything" },
    { name: "X-Auth-Key", headers: key(TEST_TOKEN, "admin@localhost"), may: "everything" },
  ];
  return {
    players: [...plain, ...tokens.players, ...sessions.players],
    secrets: [TEST_TOKEN, PASSWORD, ...tokens.secrets, ...sessions.secrets],
  };
}

async function makeTokens(product: Countersign, zoneId: string, accountId: string): Promise<Cast> {
  const ofZone = { [`com.cloudflare.api.account.zone.${zoneId}`]: "*" };
  const ofAccount = { [`com.cloudflare.api.account.${accountId}`]: "*" };
  const ofZones = NAMES.filter((name) => GROUPS[name].reach === "zone");
  const ofAccounts = NAMES.filter((name) => GROUPS[name].reach === "account");
  const everything = [policy(ofZones, "write", EVERY_ZONE), policy(ofAccounts, "write", ofAccount)];
  const players: Player[] = [];
  const secrets: string[] = [];
  const make = async (name: string, may: Player["may"], policies: readonly object[], more: object = {}) => {
    const body = { name, policies, ...more };
    const made = (await product.call("POST", "/client/v4/user/tokens", body)) as { id: string; value: string };
    players.push({ name, headers: { authorization: `Bearer ${made.value}` }, may });
    secrets.push(made.value);
    return made.id;
  };
  await make("token: one zone, writing", "zone", [policy(ofZones, "write", ofZone)]);
  await make("token: one zone, reading", "nothing", [policy(ofZones, "read", ofZone)]);
  const reading = [policy(ofZones, "read", EVERY_ZONE), policy(ofAccounts, "read", ofAccount)];
  await make("token: everything, reading", "nothing", reading);
  await make("token: DNS Read alone", "nothing", [policy(["DNS"], "read", EVERY_ZONE)]);
  await make("token: Account Settings alone", "account", [policy(["Account Settings"], "write", ofAccount)]);
  await make("token: expired", "nothing", everything, { expires_on: "2020-01-01T00:00:00Z" });
  await make("token: not yet", "nothing", everything, { not_before: "2090-01-01T00:00:00Z" });
  await make("token: from elsewhere", "nothing", everything, { condition: { request_ip: { in: ["192.0.2.0/24"] } } });
  const disabled = await make("token: disabled", "nothing", everything);
  const put = { name: "token: disabled", policies: everything, status: "disabled" };
  await product.call("PUT", `/client/v4/user/tokens/${disabled}`, put);
  const deleted = await make("token: deleted", "nothing", everything);
  await product.call("DELETE", `/client/v4/user/tokens/${deleted}`);
  return { players, secrets };
}

async function makeSessions(product: Countersign, accountId: string): Promise<Cast> {
  const players: Player[] = [];
  const secrets: string[] = [];
  const open = async (role: string, name: string = role) => {
    const email = `${name}@fuzz.example`;
    const user = (await product.call("POST", "/countersign/v1/users", { email, role, password: PASSWORD })) as {
      id: string;
    };
    const browser = makeBrowser(product);
    const signedIn = await browser.signIn({ email, password: PASSWORD });
    if (signedIn.status !== 200) throw new Error(`${email} could not sign in: ${signedIn.text}`);
    const cookie = browser.cookie!;
    const csrf = browser.csrf!;
    secrets.push(cookie.slice(cookie.indexOf("=") + 1));
    return { id: user.id, browser, cookie, csrf };
  };
  const viewer = await open("viewer");
  const operator = await open("operator");
  const admin = await open("admin");
  const word = ({ cookie, csrf }: typeof viewer) => ({ headers: { cookie, "x-csrf-token": csrf }, ownWord: csrf });
  players.push(
    { name: "session: viewer", ...word(viewer), may: "own" },
    { name: "session: operator", ...word(operator), may: "everything" },
    { name: "session: admin", ...word(admin), may: "everything" },
  );
  for (const [role, { cookie, csrf }] of Object.entries({ viewer, operator, admin })) {
    players.push({ name: `session: ${role}, no CSRF`, headers: { cookie }, may: "nothing", ownWord: csrf });
  }
  const foreign = { cookie: admin.cookie, "x-csrf-token": viewer.csrf };
  players.push({ name: "session: another's CSRF", headers: foreign, may: "nothing", ownWord: admin.csrf });
  const gone = await open("admin", "gone");
  await gone.browser.ask("DELETE", "/countersign/v1/session");
  players.push({ name: "session: signed out", ...word(gone), may: "nothing" });
  const barred = await open("admin", "barred");
  await product.call("PATCH", `/countersign/v1/users/${barred.id}`, { disabled: true });
  players.push({ name: "session: user disabled", ...word(barred), may: "nothing" });
  // A viewer's token can't do more than the viewer, whatever its policies say.
  const beyond = { name: "beyond", policies: [policy(["Zone", "DNS"], "write", EVERY_ZONE)] };
  const made = await viewer.browser.ask("POST", "/client/v4/user/tokens", beyond);
  const { value } = made.result as { value: string };
  players.push({ name: "token: of the viewer", headers: { authorization: `Bearer ${value}` }, may: "nothing" });
  const ofAccount = { [`com.cloudflare.api.account.${accountId}`]: "*" };
  const byAdmin = { name: "users", policies: [policy(["Users"], "read", ofAccount)] };
  const second = await ask(product.url, "POST", "/client/v4/user/tokens", byAdmin, word(admin).headers);
  const other = (second.result as { value: string }).value;
  players.push({
    name: "token: Users Read, of the admin",
    headers: { authorization: `Bearer ${other}` },
    may: "nothing",
  });
  return { players, secrets: [...secrets, value, other, viewer.csrf, operator.csrf, admin.csrf] };
}
