/** A provider that lies, hangs, talks without end or is away; and whoever stands between: nobody gets in, nothing stops, and it is said why. */
import { generateKeyPair, type JWTPayload } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ask } from "../identity/browser.ts";
import { type Countersign, freePort, LOOPBACK, startCountersign, TEST_TOKEN, until } from "../peers/index.ts";
import { type Forger, type Lies, SUBJECT, sign, startForger } from "./forger.ts";
import { CLIENT_ID, CLIENT_SECRET } from "./provider.ts";
import { begin, finish, makeWalker } from "./walk.ts";

const WAYS = "/countersign/v1/session/ways";
const BEARER = { authorization: `Bearer ${TEST_TOKEN}` };
const now = () => Math.floor(Date.now() / 1000);
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

let forger: Forger;
let product: Countersign;
beforeAll(async () => {
  const httpPort = await freePort();
  forger = await startForger(CLIENT_ID);
  product = await startCountersign({ httpPort, env: options(forger.issuer, httpPort) });
});
afterAll(async () => {
  await product?.stop();
  await forger?.stop();
});
beforeEach(() => {
  forger.lies = {};
});

function options(issuer: string, httpPort: number, more: Readonly<Record<string, string>> = {}) {
  return {
    COUNTERSIGN_TRUSTED_PROXIES: "127.0.0.1/32",
    COUNTERSIGN_OIDC_ISSUER: issuer,
    COUNTERSIGN_OIDC_CLIENT_ID: CLIENT_ID,
    COUNTERSIGN_OIDC_CLIENT_SECRET: CLIENT_SECRET,
    COUNTERSIGN_OIDC_DASHBOARD_URL: `http://${LOOPBACK}:${httpPort}`,
    COUNTERSIGN_OIDC_NEW_USERS: "make",
    ...more,
  };
}

/** Each from an address of its own: guessing is slowed. */
let addresses = 0;
async function signIn(lies: Lies, back: Readonly<Record<string, string>> = {}) {
  const walker = makeWalker(product, `198.51.100.${++addresses}`);
  const url = await begin(walker);
  forger.lies = lies;
  const answer = await finish(walker, forger.back(url, back));
  return { answer, walker };
}

async function refusal(lies: Lies, back: Readonly<Record<string, string>> = {}) {
  const { answer, walker } = await signIn(lies, back);
  expect(walker.jar.has("countersign_session")).toBe(false);
  return [answer.reason, answer.text] as const;
}

test("an honest one gets somebody in, and the secret goes to it alone", async () => {
  const { answer } = await signIn({});
  expect(answer.text).toContain("somebody@example.com");
  expect(answer.result).toMatchObject({ session: { user: { role: "viewer" } }, return_to: "/" });
  const body = forger.asked.at(-1)!;
  expect(Object.fromEntries(body)).toMatchObject({
    grant_type: "authorization_code",
    redirect_uri: `${product.url}/sign-in/return`,
    client_secret: CLIENT_SECRET,
    code_verifier: expect.stringMatching(/^[\w-]{43,}$/),
  });
});

const otherKey = async () => (await generateKeyPair("ES256")).privateKey;

test.for<[name: string, lies: Lies, says: RegExp]>([
  ["a nonce of another sign-in", { claims: { nonce: "another" } }, /nonce/],
  ["no nonce", { without: ["nonce"] }, /sso\.invalid/],
  ["made for another client", { claims: { aud: "another-client" } }, /aud/],
  ["for several, by another", { claims: { aud: [CLIENT_ID, "another"], azp: "another" } }, /azp/],
  ["of another issuer (mix-up)", { claims: { iss: "https://other.example" } }, /iss/],
  ["without a subject", { without: ["sub"] }, /sso\.invalid/],
  ["run out", { claims: { iat: now() - 900, exp: now() - 600 } }, /clocks/],
  ["without an end", { without: ["exp"] }, /sso\.invalid/],
  ["good only later", { claims: { nbf: now() + 600 } }, /clocks/],
  ["alg: none", { token: (claims) => `${encode({ alg: "none" })}.${encode(claims)}.` }, /sso\.invalid/],
  [
    "signed by another's key under the right name",
    { token: async (claims) => sign(claims, await otherKey()) },
    /sso\.invalid/,
  ],
  [
    "signed by a key that nobody knows",
    { token: async (claims) => sign(claims, await otherKey(), "ES256", "x") },
    /sso\.invalid/,
  ],
  [
    "signed with the client secret",
    { token: (claims) => sign(claims, new TextEncoder().encode(CLIENT_SECRET), "HS256") },
    /sso\.invalid/,
  ],
  ["claims changed after the signature", { token: (claims) => tamper(claims) }, /sso\.invalid/],
  ["no token at all", { tokenBody: { access_token: "a", token_type: "Bearer" } }, /sso\.invalid/],
  ["no JWT", { token: () => "nonsense" }, /sso\.invalid/],
])("an ID token that does not hold lets nobody in: %s", async ([, lies, says]) => {
  const [reason, text] = await refusal(lies);
  expect([reason, text]).toEqual(["sso.invalid", expect.stringMatching(says)]);
});

async function tamper(claims: JWTPayload): Promise<string> {
  const [head, , signature] = (await sign(claims, forger.key)).split(".");
  return `${head}.${encode({ ...claims, sub: "admin" })}.${signature}`;
}

test("clocks may differ by some seconds", async () => {
  const { answer } = await signIn({ claims: { iat: now() + 10, nbf: now() + 10, exp: now() - 10 } });
  expect(answer.status).toBe(200);
});

test("an answer that is not to what we asked lets nobody in: forged state, another issuer, errors, doubled parameters", async () => {
  expect((await refusal({}, { state: "forged" }))[0]).toBe("sso.begin-again");
  expect((await refusal({}, { state: "" }))[0]).toBe("sso.begin-again");
  expect((await refusal({}, { iss: "https://other.example" }))[0]).toBe("sso.invalid");
  const [reason, text] = await refusal({}, { error: "access_denied", error_description: "<b>call 555-0100</b>" });
  expect(reason).toBe("sso.refused");
  expect(text).not.toContain("555");
  // An error that nobody began: its words are not ours to show.
  const stranger = makeWalker(product, "198.51.100.200");
  expect(await finish(stranger, "error=call+me&state=x")).toMatchObject({ reason: "sso.begin-again" });
  const walker = makeWalker(product, "198.51.100.201");
  const back = forger.back(await begin(walker));
  expect((await finish(walker, `${back}&code=another&state=another`)).status).toBe(403);
});

test("the token endpoint's no is told in a word, without what else it says", async () => {
  const [reason, text] = await refusal({
    tokenStatus: 401,
    tokenBody: { error: "invalid_client", error_description: "SECRET-OF-THE-INSIDE" },
  });
  expect(reason).toBe("sso.refused");
  expect(text).toContain("invalid_client");
  expect(`${text}${product.process.log()}`).not.toContain("SECRET-OF-THE-INSIDE");
});

test("userinfo about somebody else is not believed, and what was signed goes before it", async () => {
  const someone = { without: ["email"], userinfo: { sub: "another", email: "x@example.com" } };
  expect((await refusal(someone))[0]).toBe("sso.invalid");
  const { answer } = await signIn({ claims: { email: 7 }, userinfo: { sub: SUBJECT, email: "x@example.com" } });
  expect(answer.text).toContain("somebody@example.com");
});

test("an answer of 10 MB, a redirect, and a page that is no JSON are refused within bounds", async () => {
  const large = (path: string, response: import("node:http").ServerResponse) => {
    if (path !== "/token") return false;
    response.writeHead(200, { "content-type": "application/json" }).end(`{"x":"${"a".repeat(10_000_000)}"}`);
    return true;
  };
  expect((await refusal({ answer: large }))[1]).toMatch(/more than 524288 octets/);
  const moved = (path: string, response: import("node:http").ServerResponse) => {
    if (path !== "/token") return false;
    response.writeHead(302, { location: `${forger.issuer}/elsewhere` }).end();
    return true;
  };
  expect((await refusal({ answer: moved }))[0]).toMatch(/sso\.(unreachable|invalid|refused)/);
  expect(forger.counts.has("/elsewhere")).toBe(false);
  const page = (path: string, response: import("node:http").ServerResponse) => {
    if (path !== "/token") return false;
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>maintenance</h1>");
    return true;
  };
  expect((await refusal({ answer: page }))[0]).toBe("sso.unreachable");
});

test("guessing at what comes back is slowed by address", async () => {
  const walker = makeWalker(product, "203.0.113.1");
  const reasons: (string | undefined)[] = [];
  // The first waits are short: a slow machine may sleep through them.
  while (reasons.at(-1) !== "session.wait" && reasons.length < 40) {
    reasons.push((await finish(walker, "code=x&state=y")).reason);
  }
  expect(reasons.slice(0, 10)).toEqual(Array(10).fill("sso.begin-again"));
  expect(reasons.at(-1)).toBe("session.wait");
});

test("a provider that is away, hangs or calls itself otherwise: the start goes on, other ways too, and it is found when it is back", {
  timeout: 120_000,
}, async () => {
  const port = await freePort();
  const httpPort = await freePort();
  const issuer = `http://${LOOPBACK}:${port}`;
  const other = await startCountersign({ httpPort, env: options(issuer, httpPort) });
  let late: Forger | undefined;
  try {
    const walker = makeWalker(other, "203.0.113.9");
    const shown = await walker.ask("GET", WAYS);
    expect(shown.result).toMatchObject({ provider: { state: "failed", problem: expect.stringContaining("reached") } });
    const begun = await walker.ask("POST", "/countersign/v1/session/provider", {});
    expect(begun).toMatchObject({ status: 400, reason: "sso.unreachable" });
    expect((await makeWalker(other).signIn({ token: TEST_TOKEN })).status).toBe(200);
    late = await startForger(CLIENT_ID, port);
    const check = () => ask(other.url, "GET", "/countersign/v1/session/provider", undefined, BEARER);
    late.lies = { description: { issuer: "https://login.example/{tenantid}/v2.0" } };
    expect((await check()).text).toContain("calls itself");
    late.lies = { description: { token_endpoint: "http://192.0.2.1/token" } };
    const leading = await until("a sign-in begun", async () => {
      const answer = await walker.ask("POST", "/countersign/v1/session/provider", {});
      return answer.status === 200 ? answer : undefined;
    });
    // In the clear to another machine: not even tried.
    const led = await finish(walker, late.back((leading.result as { url: string }).url));
    expect([led.reason, led.text]).toEqual(["sso.unreachable", expect.stringContaining("in the clear")]);
    late.lies = { answer: () => true };
    const waiting = check();
    // Whoever asks the sign-in page meanwhile is answered.
    expect((await walker.ask("GET", WAYS)).status).toBe(200);
    expect((await waiting).result).toMatchObject({ state: "failed", problem: expect.stringContaining("8 s") });
    late.lies = {};
    expect((await check()).result).toMatchObject({
      configured: true,
      state: "ready",
      redirect_uri: `http://${LOOPBACK}:${httpPort}/sign-in/return`,
    });
  } finally {
    await other.stop();
    await late?.stop();
  }
});
