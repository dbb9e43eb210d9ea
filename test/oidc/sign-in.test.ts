/** Signing in at a real OpenID provider, from the button to the session, by requests: who gets in, as what, and what is told of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandLineOf } from "../cli/command-line.ts";
import { getBlock, readBlocks, replaceAll } from "../docs/blocks.ts";
import { ask } from "../identity/browser.ts";
import { type Countersign, freePort, LOOPBACK, startCountersign, TEST_TOKEN, until } from "../peers/index.ts";
import { makeDirectory, removeDirectory, writeIn } from "../peers/server-process.ts";
import { CLIENT_ID, CLIENT_SECRET, startProvider, type TestProvider } from "./provider.ts";
import { begin, finish, makeWalker, passProvider, signInAt } from "./walk.ts";

const BEARER = { authorization: `Bearer ${TEST_TOKEN}` };
const USERS = "/countersign/v1/users";
const SESSION = "/countersign/v1/session";

const CONFIG_FILE = "countersign.json";

let provider: TestProvider;
let product: Countersign;
beforeAll(async () => {
  const httpPort = await freePort();
  const dashboard = `http://${LOOPBACK}:${httpPort}`;
  provider = await startProvider(dashboard);
  const directory = makeDirectory("oidc");
  // What the manual says to write, with addresses of this machine.
  const written = replaceAll(getBlock(readBlocks("docs/manual/access.md"), "sign-in"), [
    ["https://login.example.com/realms/main", provider.issuer],
    ["https://dns.example.com", dashboard],
    ['"countersign"', JSON.stringify(CLIENT_ID)],
    ["/etc/countersign/oidc-secret", writeIn(directory, "oidc-secret", `${CLIENT_SECRET}\n`)],
  ]);
  product = await startCountersign({
    directory,
    httpPort,
    env: {
      COUNTERSIGN_CONFIG: writeIn(directory, CONFIG_FILE, written),
      COUNTERSIGN_TRUSTED_PROXIES: "127.0.0.1/32",
      COUNTERSIGN_OIDC_SCOPES: "openid,email,profile,groups",
      COUNTERSIGN_OIDC_EMAIL_DOMAINS: "example.com",
      COUNTERSIGN_OIDC_MATCH_EMAIL: "true",
    },
  });
});
afterAll(async () => {
  await product?.stop();
  await provider?.stop();
  if (product) removeDirectory(product.directory);
});

const admin = (method: string, path: string, body?: unknown) => ask(product.url, method, path, body, BEARER);

function person(sub: string, groups: readonly string[], more: object = {}): string {
  provider.people.set(sub, {
    name: `Name of ${sub}`,
    email: `${sub}@example.com`,
    email_verified: true,
    groups,
    ...more,
  });
  return sub;
}

async function userOf(email: string) {
  const list = (await admin("GET", USERS)).result as { id: string; email: string; [field: string]: unknown }[];
  return list.find((user) => user.email === email);
}

test("who has a group gets in, as what the group says, where he wanted to go; what opens is a session like others", async () => {
  const walker = makeWalker(product);
  expect((await walker.ask("GET", `${SESSION}/ways`)).result).toEqual({
    provider: { name: "Example", state: "ready", problem: null },
  });
  const planted = await makeWalker(product).ask("POST", SESSION, { token: TEST_TOKEN });
  const before = planted.headers.getSetCookie()[0]!.split(";", 1)[0]!.split("=")[1]!;
  walker.jar.set("countersign_session", before);
  const signedIn = await signInAt(walker, person("ann", ["x", "dns-operators"]), "/zones?q=a");
  expect(signedIn.text).toContain("ann@example.com");
  expect(signedIn.result).toMatchObject({
    return_to: "/zones?q=a",
    session: { way: "provider", user: { email: "ann@example.com", name: "Name of ann", role: "operator" } },
  });
  const [state, session] = signedIn.headers.getSetCookie();
  expect(state).toMatch(/^countersign_sign_in=; Path=\/; HttpOnly; SameSite=Strict; Max-Age=0$/);
  expect(session).toMatch(/^countersign_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  // Another one than was there before, which is worth nothing now.
  expect(walker.jar.get("countersign_session")).not.toBe(before);
  const old = await makeWalker(product).ask("GET", SESSION, undefined, { cookie: `countersign_session=${before}` });
  expect(old.status).toBe(401);
  const made = await walker.ask("POST", "/client/v4/zones", { name: "sso.example", type: "secondary" });
  expect(made.status).toBe(200);
  const forged = await walker.ask("POST", "/client/v4/zones", { name: "x.example" }, { "x-csrf-token": "no" });
  expect(forged).toMatchObject({ status: 403, reason: "auth.csrf" });
  expect((await walker.ask("GET", USERS)).status).toBe(403);
  const sessions = (await walker.ask("GET", "/countersign/v1/sessions")).result as { way: string }[];
  expect(sessions.map(({ way }) => way)).toEqual(["provider"]);
  expect(await userOf("ann@example.com")).toMatchObject({
    has_single_sign_on: true,
    has_password: false,
    subject: "ann",
    role: "operator",
  });
  const out = await walker.ask("DELETE", SESSION);
  const { provider_url: url } = out.result as { provider_url: string };
  expect(new URL(url).searchParams.get("post_logout_redirect_uri")).toBe(`${product.url}/`);
  expect((await fetch(url)).status).toBe(200);
  expect((await walker.ask("GET", SESSION)).status).toBe(401);
});

test("the role is looked at again at each sign-in; without a group nobody is let in; the last admin stays admin", async () => {
  const sub = person("ben", ["dns-admins"]);
  const roleAt = async () =>
    ((await signInAt(makeWalker(product), sub)).result as { session?: { user: { role: string } } } | null)?.session
      ?.user.role;
  expect(await roleAt()).toBe("admin");
  person("ben", ["dns-readers"]);
  // There is no other admin: he stays, and it is told.
  expect(await roleAt()).toBe("admin");
  expect((await admin("GET", "/countersign/v1/events?limit=100")).text).toContain("user.role-kept");
  await admin("POST", USERS, { email: "other@example.com", role: "admin" });
  expect(await roleAt()).toBe("viewer");
  person("ben", ["dns-readers", "dns-operators"]);
  expect(await roleAt()).toBe("operator");
  person("ben", []);
  expect(await signInAt(makeWalker(product), sub)).toMatchObject({ status: 403, reason: "sso.no-role" });
});

test("a disabled or removed user is out at once, and does not come in again", async () => {
  const walker = makeWalker(product);
  await signInAt(walker, person("cat", ["dns-readers"]));
  const { id } = (await userOf("cat@example.com"))!;
  expect((await walker.ask("GET", SESSION)).status).toBe(200);
  await admin("PATCH", `${USERS}/${id}`, { disabled: true });
  expect((await walker.ask("GET", SESSION)).status).toBe(401);
  expect(await signInAt(walker, "cat")).toMatchObject({ status: 403, reason: "sso.disabled" });
  await admin("PATCH", `${USERS}/${id}`, { disabled: false });
  await signInAt(walker, "cat");
  await admin("PATCH", `${USERS}/${id}`, { subject: null });
  expect((await walker.ask("GET", SESSION)).status).toBe(401);
  await signInAt(walker, "cat");
  await admin("DELETE", `${USERS}/${id}`);
  expect((await walker.ask("GET", SESSION)).status).toBe(401);
});

test("an address counts when the provider has verified it: for the domain, and for a user who is there already", async () => {
  const refusedFor = async (sub: string) => (await signInAt(makeWalker(product), sub)).text;
  expect(await refusedFor(person("dan", ["dns-admins"], { email: "dan@elsewhere.test" }))).toContain(
    "elsewhere.test is not",
  );
  expect(await refusedFor(person("eve", ["dns-admins"], { email_verified: false }))).toContain("has not verified it");
  expect(await refusedFor(person("fay", ["dns-admins"], { email: undefined }))).toContain("does not say it");
  const local = (await admin("POST", USERS, { email: "gus@example.com", role: "viewer" })).result as { id: string };
  const tied = await signInAt(makeWalker(product), person("gus", ["dns-operators"]));
  expect(tied.result).toMatchObject({ session: { user: { id: local.id, role: "operator" } } });
  // He is tied now: whoever else takes the address at the provider is not him.
  const thief = await signInAt(makeWalker(product), person("thief", ["dns-admins"], { email: "GUS@example.com" }));
  expect(thief).toMatchObject({ status: 403, reason: "sso.email" });
  const taken = await admin("POST", USERS, { email: "hal@example.com", role: "viewer", subject: "gus" });
  expect(taken).toMatchObject({ status: 400, reason: "sso.not-tied" });
  await admin("POST", USERS, { email: "ida@example.com", role: "viewer", subject: "ida-at-the-provider" });
  const ida = person("ida-at-the-provider", ["dns-readers"], { email: "other-address@example.com" });
  expect((await signInAt(makeWalker(product), ida)).text).toContain('"email":"ida@example.com"');
});

test("who is turned away at the provider is told so; what came back is good once, in the browser that began", async () => {
  const walker = makeWalker(product, "192.0.2.60");
  const denied = await finish(walker, (await passProvider(await begin(walker), "nobody-there")).search);
  expect(denied).toMatchObject({ status: 403, reason: "sso.refused" });
  expect(denied.text).toContain("access_denied");

  const url = await begin(walker);
  const back = await passProvider(url, person("jan", ["dns-readers"]));
  const other = makeWalker(product, "192.0.2.61");
  expect(await finish(other, back.search)).toMatchObject({ status: 403, reason: "sso.begin-again" });
  await begin(other);
  expect(await finish(other, back.search)).toMatchObject({ status: 403, reason: "sso.begin-again" });
  const cookie = new Map(walker.jar);
  expect((await finish(walker, back.search)).status).toBe(200);
  // Replayed, with the very cookie.
  for (const [name, value] of cookie) walker.jar.set(name, value);
  expect(await finish(walker, back.search)).toMatchObject({ status: 403, reason: "sso.begin-again" });
  // A code that was used already, in a sign-in of its own: the provider says no.
  const next = new URL(await begin(walker)).searchParams.get("state")!;
  const replayed = new URLSearchParams(back.search);
  replayed.set("state", next);
  expect(await finish(walker, replayed.toString())).toMatchObject({ status: 403, reason: "sso.refused" });
});

test("the way back leads into the dashboard alone, and the provider is told our own address alone", async () => {
  for (const to of [
    "https://evil.test/",
    "//evil.test",
    "/\\evil.test",
    "/a\\b",
    "javascript:alert(1)",
    "/\tx",
    "/ x",
    "",
  ]) {
    const begun = await makeWalker(product, "192.0.2.70").ask("POST", "/countersign/v1/session/provider", {
      return_to: to,
    });
    expect([to, begun.status]).toEqual([to, 400]);
  }
  const walker = makeWalker(product, "192.0.2.71");
  const begun = await walker.ask("POST", "/countersign/v1/session/provider", {}, { "x-forwarded-host": "evil.test" });
  const { searchParams } = new URL((begun.result as { url: string }).url);
  expect(searchParams.get("redirect_uri")).toBe(`${product.url}/sign-in/return`);
  expect(Object.fromEntries(searchParams)).toMatchObject({ response_type: "code", code_challenge_method: "S256" });
  const foreign = await walker.ask("POST", "/countersign/v1/session/provider", {}, { origin: "https://evil.test" });
  expect(foreign).toMatchObject({ status: 403, reason: "auth.origin" });
});

test("the audit log says who signed in and how; neither secret, code nor token is in it, in events, log or database", async () => {
  const walker = makeWalker(product, "192.0.2.80");
  const back = await passProvider(await begin(walker), person("kim", ["dns-readers"]));
  const code = back.searchParams.get("code")!;
  const cookie = walker.jar.get("countersign_sign_in")!;
  const signedIn = await finish(walker, back.search);
  const { id } = (await userOf("kim@example.com"))!;
  const entries = (await admin("GET", "/countersign/v1/audit?action=session.finish&actor=Name%20of%20kim")).result as {
    [field: string]: unknown;
  }[];
  expect(entries).toMatchObject([
    {
      actor: { kind: "user", id, name: "Name of kim", email: "kim@example.com" },
      address: "192.0.2.80",
      request_id: signedIn.headers.get("x-request-id"),
      after: { session: { way: "provider" } },
    },
  ]);
  const audit = await admin("GET", "/countersign/v1/audit?limit=1000");
  const events = await admin("GET", "/countersign/v1/events?limit=500");
  const database = ["countersign.db", "countersign.db-wal"]
    .map((file) => readFileSync(join(product.directory, "data", file), "latin1"))
    .join("");
  const check = await admin("GET", "/countersign/v1/session/provider");
  const where = { audit: audit.text, events: events.text, database, log: product.process.log(), check: check.text };
  for (const secret of [CLIENT_SECRET, code, cookie, walker.jar.get("countersign_session")!]) {
    for (const [name, text] of Object.entries(where)) expect([name, text.includes(secret)]).toEqual([name, false]);
  }
});

test("the admin token works beside it, and the audit log calls it by its name, in a header or as a session", async () => {
  const walker = makeWalker(product, "192.0.2.90");
  const signedIn = await walker.signIn({ token: TEST_TOKEN });
  expect(signedIn.result).toMatchObject({ way: "token", user: { is_operator: true } });
  const made = await walker.ask("POST", USERS, { email: "by-session@example.com", role: "viewer" });
  await admin("POST", USERS, { email: "by-header@example.com", role: "viewer" });
  const entries = (await admin("GET", "/countersign/v1/audit?actor=admin%20token&limit=50")).result as {
    action: string;
    request_id: string;
    address: string;
    actor: object;
    request: { email?: string };
  }[];
  const actor = { kind: "token", name: "admin token" };
  expect(entries.find(({ request }) => request?.email === "by-session@example.com")).toMatchObject({
    actor,
    address: "192.0.2.90",
    request_id: made.headers.get("x-request-id"),
  });
  expect(entries.find(({ request }) => request?.email === "by-header@example.com")).toMatchObject({ actor });
  expect(entries.find(({ action }) => action === "session.create")).toMatchObject({ actor, address: "192.0.2.90" });
});

test("settings are read again on SIGHUP: who has no user is refused by his subject, and let in when it is tied to one; the command line shows it", async () => {
  const cli = commandLineOf(product);
  const file = join(product.directory, CONFIG_FILE);
  writeIn(product.directory, CONFIG_FILE, readFileSync(file, "utf8").replace('"make"', '"refuse"'));
  product.process.signal("SIGHUP");
  person("lea", ["dns-operators"]);
  const walker = makeWalker(product, "192.0.2.95");
  const refused = await until("a refusal by the new settings", async () => {
    const answer = await signInAt(walker, "lea");
    const { id } = (await userOf("lea@example.com")) ?? {};
    if (id !== undefined) await admin("DELETE", `${USERS}/${id}`);
    return answer.status === 200 ? undefined : answer;
  });
  expect(refused).toMatchObject({ status: 403, reason: "sso.unknown" });
  expect(refused.text).toContain("the subject lea");
  expect(await cli.ok("user", "add", "lea@example.com", "--role", "viewer", "--subject", "lea")).toContain("added");
  expect((await signInAt(walker, "lea")).result).toMatchObject({ session: { user: { role: "operator" } } });
  expect(await cli.ok("user", "list")).toMatch(/lea@example\.com +lea +operator +single sign-on +active/);
  expect((await cli.run("doctor")).out).toMatch(
    /ok +sign-in +Example .* its redirect URI for us is .*\/sign-in\/return/,
  );
  await provider.stop();
  expect((await cli.run("doctor")).out).toMatch(/problem +sign-in +Example .* can't be used: it can't be reached/);
});
