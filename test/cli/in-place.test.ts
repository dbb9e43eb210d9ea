/** Changing alerts, tokens, marks in place, and ending sessions: what is not named stays. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AlertDestination, AlertPolicy, ApiToken, OwnSession, Zone } from "#contract";
import { makeBrowser } from "../identity/browser.ts";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/countersign.ts";
import { LOOPBACK, makeDirectory, removeDirectory } from "../peers/index.ts";
import { commandLineOf, countersign } from "./command-line.ts";

let product: Countersign;
let cli: ReturnType<typeof commandLineOf>;
let directory: string;
let secret: string;

beforeAll(async () => {
  directory = makeDirectory("in-place");
  secret = join(directory, "secret");
  writeFileSync(secret, "a secret of some length\n");
  product = await startCountersign({
    env: { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`, COUNTERSIGN_ALERT_RANGES: "127.0.0.0/8" },
  });
  cli = commandLineOf(product);
  for (const name of ["first.example", "second.example"]) await cli.ok("zone", "add", name);
});
afterAll(async () => {
  await product?.stop();
  removeDirectory(directory);
});

describe("alert destination set", () => {
  const hook = `https://${LOOPBACK}/a`;

  test("a name changes, the address and the secret stay", async () => {
    await cli.ok("alert", "destination", "add", "pager", "--webhook", hook, "--secret-file", secret);
    await cli.ok("alert", "destination", "set", "pager", "--name", "beeper");
    const shown = await cli.json<AlertDestination>("alert", "destination", "show", "beeper");
    expect(shown).toMatchObject({ name: "beeper", webhook: { url: hook }, has_secret: true });
    expect(await cli.ok("alert", "destination", "show", "beeper")).not.toContain("a secret of");
  });

  test("at another host the secret is asked for, and the refusal says how it is given", async () => {
    const words = ["alert", "destination", "set", "beeper", "--webhook", "https://127.0.0.2/a"];
    const { code, err } = await cli.run(...words);
    expect([code, err]).toEqual([1, expect.stringMatching(/--secret-file FILE.* \(alert\.secret-missing\)\n$/)]);
    await cli.ok(...words, "--secret-file", secret);
  });

  test("mail: a port that nobody chose goes with the way of speaking; one that was chosen stays", async () => {
    const mail = ["--smtp", "127.0.0.1", "--from", "a@example.com", "--to", "b@example.com"];
    await cli.ok("alert", "destination", "add", "mail", ...mail, "--username", "u", "--secret-file", secret);
    const set = (...words: string[]) => cli.json<AlertDestination>("alert", "destination", "set", "mail", ...words);
    const file = ["--secret-file", secret];
    expect((await set("--security", "tls", ...file)).smtp).toMatchObject({ port: 465, security: "tls", username: "u" });
    expect((await set("--port", "1465", ...file)).smtp).toMatchObject({ port: 1465, security: "tls" });
    expect((await set("--security", "starttls", ...file)).smtp).toMatchObject({ port: 1465, security: "starttls" });
    expect((await set("--to", "c@example.com", "--to", "d@example.com")).smtp).toMatchObject({
      to: ["c@example.com", "d@example.com"],
      from: "a@example.com",
      host: "127.0.0.1",
    });
    expect((await set("--no-username")).smtp?.username ?? null).toBeNull();
    expect(await cli.run("alert", "destination", "set", "mail", "--webhook", hook, "--port", "1")).toMatchObject({
      code: 2,
    });
    expect(await cli.run("alert", "destination", "set", "mail")).toMatchObject({ code: 2, out: "" });
  });
});

describe("alert set", () => {
  test("what is not named stays", async () => {
    await cli.ok("alert", "add", "all", "--to", "beeper", "--window", "60", "--zone", "first.example");
    const before = await cli.json<AlertPolicy>("alert", "show", "all");
    const set = (...words: string[]) => cli.json<AlertPolicy>("alert", "set", "all", ...words);
    const { created_time: _made, ...kept } = before;
    expect(await set("--to", "mail")).toMatchObject({
      ...kept,
      destinations: [expect.not.stringMatching(kept.destinations[0]!)],
    });
    await cli.ok("alert", "disable", "all");
    expect(await set("--kind", "countersign_zone_expired")).toMatchObject({
      enabled: false,
      kinds: ["countersign_zone_expired"],
      window_seconds: 60,
    });
    expect((await set("--all-zones")).zones).toEqual([]);
    expect((await set("--all-kinds")).kinds).toContain("secondary_dns_zone_successfully_updated");
  });

  test("contradictions and nothing to change are wrong usage", async () => {
    const wrong = [
      [],
      ["--zone", "first.example", "--all-zones"],
      ["--all-kinds", "--kind", "countersign_zone_expired"],
    ];
    for (const words of wrong)
      expect(await cli.run("alert", "set", "all", ...words)).toMatchObject({ code: 2, out: "" });
    const unknown = await cli.run("alert", "set", "all", "--kind", "nonsense");
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("countersign_zone_expired")]);
  });

  test("kinds are told in words", async () => {
    const text = await cli.ok("alert", "kinds");
    expect(text).toMatch(/countersign_signature_horizon .*Signatures/);
    expect(text).toMatch(/told by: email, webhooks\n$/);
  });
});

describe.each([["one's own", []] as const, ["the account's", ["--account"]] as const])(
  "token set, %s",
  (_, account) => {
    const show = () => cli.json<ApiToken>("token", "show", "program", ...account);
    const withToken = (token: string, ...words: string[]) =>
      countersign(words, { COUNTERSIGN_URL: product.url, COUNTERSIGN_TOKEN: token });

    test("its secret goes on, what it may is another", async () => {
      const made = await cli.json<{ value: string }>("token", "create", "program", "--may", "Zone Read", ...account);
      const names = async () => ((await withToken(made.value, "zone", "list")).out.match(/\w+\.example/g) ?? []).sort();
      expect(await names()).toEqual(["first.example", "second.example"]);
      await cli.ok("token", "set", "program", "--zone", "second.example", ...account);
      expect(await names()).toEqual(["second.example"]);
      await cli.ok("token", "set", "program", "--may", "Zone Read", "DNS Read", ...account);
      expect(await names()).toEqual(["second.example"]);
      await cli.ok("token", "set", "program", "--all-zones", "--expires", "2099-01-01T00:00:00Z", ...account);
      expect(await names()).toHaveLength(2);
      expect(await show()).toMatchObject({ expires_on: "2099-01-01T00:00:00Z", status: "active" });
      await cli.ok("token", "set", "program", "--never-expires", "--disable", ...account);
      expect(await show()).toMatchObject({ status: "disabled" });
      expect(await withToken(made.value, "zone", "list")).toMatchObject({ code: 1, out: "" });
      await cli.ok("token", "set", "program", "--enable", "--from", "192.0.2.0/24", ...account);
      expect(await withToken(made.value, "zone", "list")).toMatchObject({ code: 1, out: "" });
      await cli.ok("token", "set", "program", "--from-anywhere", ...account);
      expect(await names()).toHaveLength(2);
      await cli.ok("token", "revoke", "program", ...account);
    });
  },
);

test("sessions: one by the beginning of its id, then all of them", async () => {
  const browsers = [makeBrowser(product), makeBrowser(product), makeBrowser(product)];
  for (const browser of browsers) await browser.signIn({ token: TEST_TOKEN });
  const [first] = await cli.json<OwnSession[]>("session", "list");
  expect(await cli.run("session", "end")).toMatchObject({ code: 2 });
  expect(await cli.ok("session", "end", first!.id.slice(0, 16))).toBe("1 session ended.\n");
  expect(await cli.json<OwnSession[]>("session", "list")).toHaveLength(2);
  expect(await cli.ok("session", "end", "--all")).toBe("2 sessions ended.\n");
  for (const browser of browsers) expect((await browser.ask("GET", "/countersign/v1/session")).status).toBe(401);
});

test("the mark `paused` is kept, and taken away", async () => {
  await cli.ok("zone", "pause", "first.example");
  expect((await cli.json<Zone>("zone", "show", "first.example")).paused).toBe(true);
  expect(await cli.ok("zone", "show", "first.example")).toMatch(/paused +yes/);
  await cli.ok("zone", "resume", "first.example");
  expect((await cli.json<Zone>("zone", "show", "first.example")).paused).toBe(false);
});

test("records of a type that there is not: wrong usage, not an empty table", async () => {
  const { code, err } = await cli.run("records", "first.example", "--type", "A,NOSUCH");
  expect([code, err]).toEqual([2, expect.stringContaining('"NOSUCH" is no RR type')]);
});

test("the picture of the chain is JSON where JSON is asked for", async () => {
  expect(await cli.json<string>("check", "first.example", "--svg")).toMatch(/^<svg/);
});

test("peer show names the zones that use it; a zone is unlinked", async () => {
  await cli.ok("zone", "set", "first.example", "--peer", `${LOOPBACK}:1`);
  expect(await cli.ok("peer", "show", `${LOOPBACK}:1`)).toMatch(/used by +first\.example\n/);
  await cli.ok("zone", "set", "first.example", "--no-peer");
  expect(await cli.ok("peer", "show", `${LOOPBACK}:1`)).toMatch(/used by +no zone\n/);
  const again = await cli.run("zone", "set", "first.example", "--no-peer");
  expect([again.code, again.err]).toEqual([4, expect.stringContaining("zone set ZONE --peer ADDRESS")]);
});
