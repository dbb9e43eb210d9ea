/** The rate limit by every kind of credential on the product: each has its own count, told in the headers that clients read. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { GROUPS } from "#contract";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { ask, makeBrowser } from "./browser.ts";

const MANY = 6;
const PATH = "/client/v4/accounts";
/** Not the operator on the machine itself, who is not counted: somebody behind the proxy. */
const AWAY = { "x-forwarded-for": "192.0.2.1" };

let product: Countersign;
beforeAll(async () => {
  const env = { COUNTERSIGN_API_REQUESTS: String(MANY), COUNTERSIGN_API_REQUESTS_SECONDS: "36000" };
  product = await startCountersign({ env: { ...env, COUNTERSIGN_TRUSTED_PROXIES: "127.0.0.1/32" } });
});
afterAll(() => product?.stop());

async function tokenOf(name: string): Promise<string> {
  const policy = {
    effect: "allow",
    permission_groups: [{ id: GROUPS.Zone.read }],
    resources: { "com.cloudflare.api.account.zone.*": "*" },
  };
  const body = { name, policies: [policy] };
  return ((await product.call("POST", "/client/v4/user/tokens", body)) as { value: string }).value;
}

test("tokens, the key, sessions and strangers are counted, each for himself", async () => {
  const browser = makeBrowser(product);
  await browser.signIn({ token: TEST_TOKEN });
  const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "admin token": { authorization: `Bearer ${TEST_TOKEN}` },
    token: { authorization: `Bearer ${await tokenOf("a")}` },
    "another token": { authorization: `Bearer ${await tokenOf("b")}` },
    session: { cookie: browser.cookie! },
  };
  for (const [kind, headers] of Object.entries(kinds)) {
    const answers = [];
    for (let i = 0; i <= MANY; i++)
      answers.push(await ask(product.url, "GET", PATH, undefined, { ...AWAY, ...headers }));
    expect([kind, ...answers.map(({ status }) => status)]).toEqual([kind, ...Array<number>(MANY).fill(200), 429]);
    const left = answers.map((each) => Number(each.headers.get("x-ratelimit-remaining")));
    expect(left).toEqual([5, 4, 3, 2, 1, 0, 0]);
    const last = answers.at(-1)!;
    expect(last).toMatchObject({ number: 10429, reason: "rate.limited" });
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(last.headers.get("x-ratelimit-limit")).toBe(String(MANY));
    expect(last.headers.get("ratelimit")).toMatch(/^"default";r=0;t=\d+$/);
    expect(last.headers.get("ratelimit-policy")).toBe(`"default";q=${MANY};w=36000`);
    expect(last.headers.get("x-request-id")).toMatch(/^[0-9a-f]{16}$/);
  }
});

test("the key is the operator's token in other words: what one used up the other has not", async () => {
  const key = { "x-auth-key": TEST_TOKEN, "x-auth-email": "admin@localhost" };
  expect((await ask(product.url, "GET", PATH, undefined, { ...AWAY, ...key })).status).toBe(429);
  // On the machine itself he is not counted.
  expect((await ask(product.url, "GET", PATH, undefined, key)).status).toBe(200);
});

test("who is not known is counted by his address, whatever he shows; others' addresses are not", async () => {
  const from = { "x-forwarded-for": "192.0.2.9" };
  const shown: readonly Readonly<Record<string, string>>[] = [
    {},
    { authorization: "Bearer wrong" },
    { authorization: "Basic eA==" },
    { cookie: "countersign_session=x" },
  ];
  const statuses: number[] = [];
  for (let i = 0; i <= MANY; i++)
    statuses.push((await ask(product.url, "GET", PATH, undefined, { ...from, ...shown[i % 4] })).status);
  expect(statuses.slice(0, MANY)).not.toContain(429);
  expect(statuses.at(-1)).toBe(429);
  // A good token from there has to wait as well: it may be one of the guesses.
  const good = { authorization: `Bearer ${await tokenOf("c")}` };
  expect((await ask(product.url, "GET", PATH, undefined, { ...from, ...good })).status).toBe(429);
  expect((await ask(product.url, "GET", PATH, undefined, { "x-forwarded-for": "192.0.2.10", ...good })).status).toBe(
    200,
  );
});
