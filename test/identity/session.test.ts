/** Signing in at the product itself: sessions, forged requests, guessing, users and their roles. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { ask, makeBrowser } from "./browser.ts";

const SESSION = "/countersign/v1/session";
const USERS = "/countersign/v1/users";
const PASSWORD = "correct horse battery";
const OTHER = "another long password";
const BEARER = { authorization: `Bearer ${TEST_TOKEN}` };

/** Each password takes some tenths of a second of a core, on purpose; on a busy machine that is long. */
const LONG = { timeout: 240_000 };

let product: Countersign;
beforeAll(async () => {
  // From a proxy's mouth, so that each case can come from an address of its own.
  product = await startCountersign({ env: { COUNTERSIGN_TRUSTED_PROXIES: "127.0.0.1/32" } });
});
afterAll(() => product?.stop());

async function makeUser(email: string, role: string, password = PASSWORD): Promise<string> {
  const made = await ask(product.url, "POST", USERS, { email, role, password }, BEARER);
  expect([made.status, made.text]).toEqual([200, expect.anything()]);
  return (made.result as { id: string }).id;
}

/** A browser at an address of its own. */
function browserAt(address: string) {
  const browser = makeBrowser(product);
  const plain = browser.ask;
  browser.ask = (method, path, body, headers) => plain(method, path, body, { "x-forwarded-for": address, ...headers });
  return browser;
}

describe("a session", () => {
  test("is opened by the admin token, shown, and ended", async () => {
    const browser = browserAt("192.0.2.1");
    expect(await browser.ask("GET", SESSION)).toMatchObject({ status: 401 });
    const opened = await browser.signIn({ token: TEST_TOKEN });
    expect(opened.result).toMatchObject({
      user: { email: "admin@localhost", role: "admin" },
      csrf: expect.any(String),
    });
    const cookie = opened.headers.get("set-cookie");
    expect(cookie).toMatch(/^countersign_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await browser.ask("GET", SESSION)).result).toMatchObject({ csrf: browser.csrf });
    expect((await browser.ask("GET", "/client/v4/zones")).status).toBe(200);
    const old = browser.cookie!;
    expect((await browser.ask("DELETE", SESSION)).status).toBe(200);
    expect(browser.cookie).toBeUndefined();
    expect(await browser.ask("GET", SESSION, undefined, { cookie: old })).toMatchObject({ status: 401, number: 20012 });
  });

  test("is Secure behind TLS, and another one after each sign-in", async () => {
    const browser = browserAt("192.0.2.2");
    const first = await browser.ask("POST", SESSION, { token: TEST_TOKEN }, { "x-forwarded-proto": "https" });
    expect(first.headers.get("set-cookie")).toMatch(/; Secure$/);
    const planted = browser.cookie!;
    await browser.signIn({ token: TEST_TOKEN });
    expect(browser.cookie).not.toBe(planted);
    expect((await browser.ask("GET", SESSION, undefined, { cookie: planted })).status).toBe(401);
  });

  test("writes only with the CSRF header, and only from the dashboard's own pages", async () => {
    const browser = browserAt("192.0.2.3");
    await browser.signIn({ token: TEST_TOKEN });
    const write = (headers: Record<string, string>) =>
      browser.ask("POST", USERS, { email: "x@example.com", role: "viewer" }, headers);
    expect(await write({ "x-csrf-token": "" })).toMatchObject({ status: 403, reason: "auth.csrf" });
    expect(await write({ "x-csrf-token": `${browser.csrf}x` })).toMatchObject({ status: 403, reason: "auth.csrf" });
    for (const site of ["cross-site", "same-site"]) {
      expect(await write({ "sec-fetch-site": site })).toMatchObject({ status: 403, reason: "auth.origin" });
    }
    expect(await write({ origin: "https://evil.example" })).toMatchObject({ status: 403, reason: "auth.origin" });
    expect(await write({ origin: "null" })).toMatchObject({ status: 403, reason: "auth.origin" });
    const forged = await browser.ask("POST", SESSION, { token: TEST_TOKEN }, { "sec-fetch-site": "cross-site" });
    expect(forged).toMatchObject({ status: 403, reason: "auth.origin" });
    expect((await write({ origin: product.url, "sec-fetch-site": "same-origin" })).status).toBe(200);
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const path = method === "PUT" ? `${SESSION}/password` : `${USERS}/${"0".repeat(32)}`;
      const bare = await browser.ask(method, path, method === "DELETE" ? undefined : {}, { "x-csrf-token": "" });
      expect([method, bare.status, bare.reason]).toEqual([method, 403, "auth.csrf"]);
    }
  });

  test(
    "ends when the user gets another password, is disabled or is removed; his other sessions with it",
    LONG,
    async () => {
      const id = await makeUser("ends@example.com", "operator");
      const signIn = async (password: string) => {
        const browser = browserAt("192.0.2.4");
        expect((await browser.signIn({ email: "Ends@example.com ", password })).status).toBe(200);
        return browser;
      };
      const [one, two] = [await signIn(PASSWORD), await signIn(PASSWORD)];
      const wrong = await one.ask("PUT", `${SESSION}/password`, { current: "no", password: OTHER });
      expect(wrong).toMatchObject({ status: 400, reason: "session.password-wrong" });
      const changed = await one.ask("PUT", `${SESSION}/password`, { current: PASSWORD, password: OTHER });
      expect(changed.status).toBe(200);
      expect((await one.ask("GET", SESSION)).status).toBe(200);
      expect((await two.ask("GET", SESSION)).status).toBe(401);
      const three = await signIn(OTHER);
      expect(((await three.ask("GET", "/countersign/v1/sessions")).result as unknown[]).length).toBe(2);
      const [other] = (
        (await three.ask("GET", "/countersign/v1/sessions")).result as { id: string; current: boolean }[]
      ).filter(({ current }) => !current);
      expect((await three.ask("DELETE", `/countersign/v1/sessions/${other!.id}`)).status).toBe(200);
      expect((await one.ask("GET", SESSION)).status).toBe(401);
      await ask(product.url, "PATCH", `${USERS}/${id}`, { disabled: true }, BEARER);
      expect((await three.ask("GET", SESSION)).status).toBe(401);
      expect(await browserAt("192.0.2.4").signIn({ email: "ends@example.com", password: OTHER })).toMatchObject({
        status: 403,
        reason: "session.refused",
      });
      expect((await ask(product.url, "DELETE", `${USERS}/${id}`, undefined, BEARER)).status).toBe(200);
    },
  );
});

describe("roles", () => {
  test("viewers read, operators write, admins decide who may; TSIG secrets are not for viewers", LONG, async () => {
    await makeUser("viewer@example.com", "viewer");
    await makeUser("operator@example.com", "operator");
    const viewer = browserAt("192.0.2.5");
    const operator = browserAt("192.0.2.6");
    await viewer.signIn({ email: "viewer@example.com", password: PASSWORD });
    await operator.signIn({ email: "operator@example.com", password: PASSWORD });
    const [account] = (await viewer.ask("GET", "/client/v4/accounts")).result as { id: string }[];
    const tsigs = `/client/v4/accounts/${account!.id}/secondary_dns/tsigs`;
    const tsig = { name: "k.example.", algo: "hmac-sha256.", secret: "c2VjcmV0LXNlY3JldC1zZWNyZXQtMDEyMzQ1Njc=" };
    expect(await viewer.ask("POST", tsigs, tsig)).toMatchObject({
      status: 403,
      number: 10000,
      reason: "auth.permission",
    });
    expect((await operator.ask("POST", tsigs, tsig)).status).toBe(200);
    expect((await operator.ask("GET", tsigs)).result).toMatchObject([{ secret: tsig.secret }]);
    const seen = await viewer.ask("GET", tsigs);
    expect(seen.result).toMatchObject([{ name: tsig.name, secret: "********" }]);
    expect(seen.text).not.toContain(tsig.secret);
    expect((await viewer.ask("POST", "/client/v4/zones", { name: "x.example", type: "secondary" })).status).toBe(403);
    expect((await operator.ask("POST", "/client/v4/zones", { name: "x.example", type: "secondary" })).status).toBe(200);
    for (const browser of [viewer, operator]) expect((await browser.ask("GET", USERS)).status).toBe(403);
    expect((await viewer.ask("GET", "/client/v4/user")).result).toMatchObject({ email: "viewer@example.com" });
  });

  test("the last admin stays", LONG, async () => {
    const id = await makeUser("first@example.com", "admin");
    for (const edit of [{ role: "viewer" }, { disabled: true }]) {
      expect(await ask(product.url, "PATCH", `${USERS}/${id}`, edit, BEARER)).toMatchObject({
        status: 400,
        reason: "user.last-admin",
      });
    }
    expect((await ask(product.url, "DELETE", `${USERS}/${id}`, undefined, BEARER)).reason).toBe("user.last-admin");
    const second = await makeUser("second@example.com", "admin");
    expect((await ask(product.url, "DELETE", `${USERS}/${id}`, undefined, BEARER)).status).toBe(200);
    expect(
      (await ask(product.url, "POST", USERS, { email: "SECOND@example.com", role: "viewer" }, BEARER)).reason,
    ).toBe("user.exists");
    expect((await ask(product.url, "PATCH", `${USERS}/${second}`, { name: "Second" }, BEARER)).result).toMatchObject({
      name: "Second",
      role: "admin",
    });
  });
});

describe("guessing", () => {
  test("is slowed at an address; a neighbour in the same /64 is the same customer", async () => {
    const answers: (string | undefined)[] = [];
    for (let i = 0; i < 7; i++)
      answers.push((await browserAt("198.51.100.1").signIn({ token: "no such token" })).reason);
    expect(answers.slice(0, 5)).toEqual(Array(5).fill("session.refused"));
    expect(answers.at(-1)).toBe("session.wait");
    const v6: (string | undefined)[] = [];
    for (let i = 0; i < 7; i++)
      v6.push((await browserAt(`2001:db8::${i + 1}`).signIn({ token: "no such token" })).reason);
    expect(v6.at(-1)).toBe("session.wait");
    expect((await browserAt("192.0.2.7").signIn({ token: TEST_TOKEN })).status).toBe(200);
  });
});

test("no secret that was used is in the log, the events or the database", LONG, async () => {
  const browser = browserAt("192.0.2.8");
  await makeUser("quiet@example.com", "viewer");
  await browser.signIn({ email: "quiet@example.com", password: PASSWORD });
  await browser.signIn({ email: PASSWORD, password: "in the wrong field" });
  const policies = [
    {
      effect: "allow",
      permission_groups: [{ id: "c8fed203ed3043cba015a93ad1616f1f" }],
      resources: { "com.cloudflare.api.account.zone.*": "*" },
    },
  ];
  const tokens = "/client/v4/user/tokens";
  const made = await ask(product.url, "POST", tokens, { name: "t", policies }, BEARER);
  const { id, value } = made.result as { id: string; value: string };
  const rolled = await ask(product.url, "PUT", `${tokens}/${id}/value`, {}, { ...BEARER, "idempotency-key": "roll" });
  expect(
    (await ask(product.url, "GET", "/client/v4/zones", undefined, { authorization: `Bearer ${rolled.result}` })).status,
  ).toBe(200);
  const events = await ask(product.url, "GET", "/countersign/v1/events?limit=500", undefined, BEARER);
  expect(events.text).toContain("session.opened");
  const database = ["countersign.db", "countersign.db-wal"]
    .map((file) => readFileSync(join(product.directory, "data", file), "latin1"))
    .join("");
  const audit = await ask(product.url, "GET", "/countersign/v1/audit?per_page=500", undefined, BEARER);
  expect(audit.text).toContain("session.create");
  const log = product.process.log();
  expect(log).toContain("session.refused");
  for (const secret of [
    PASSWORD,
    OTHER,
    "in the wrong field",
    TEST_TOKEN,
    value,
    rolled.result as string,
    browser.csrf!,
    browser.cookie!.split("=")[1]!,
  ]) {
    for (const [where, text] of Object.entries({ log, events: events.text, audit: audit.text, database })) {
      expect([where, secret, text.includes(secret)]).toEqual([where, secret, false]);
    }
  }
});
