/** `countersign user` and `countersign token` against the real server. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApiToken, LocalUser } from "#contract";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { commandLineOf } from "./command-line.ts";

let product: Countersign;
let cli: ReturnType<typeof commandLineOf>;

beforeAll(async () => {
  product = await startCountersign();
  cli = commandLineOf(product);
});
afterAll(() => product?.stop());

test("a user: added, listed, changed, given a password, removed; the last admin stays", {
  timeout: 180_000,
}, async () => {
  const file = join(product.directory, "password");
  writeFileSync(file, "a password of some length\n");
  expect(await cli.ok("user", "list")).toContain("There are no users yet");
  expect(await cli.ok("user", "add", "Ann@example.com", "--role", "admin")).toContain(
    "ann@example.com is added as admin",
  );
  expect(await cli.ok("user", "password", "ann@example.com", "--password-file", file)).toContain("another password");
  const body = JSON.stringify({ email: "ann@example.com", password: "a password of some length" });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${product.url}/countersign/v1/session`, { method: "POST", headers, body })).status).toBe(200);
  const last = await cli.run("user", "set", "ann@example.com", "--disable");
  expect([last.code, last.err]).toEqual([1, expect.stringContaining("last admin")]);
  await cli.ok("user", "add", "bob@example.com", "--name", "Bob");
  expect(await cli.ok("user", "set", "bob@example.com", "--role", "viewer", "--disable")).toContain("viewer, disabled");
  const users = JSON.parse(await cli.ok("user", "list", "--json")) as LocalUser[];
  expect(users.map(({ email, role, disabled }) => [email, role, disabled])).toEqual([
    ["ann@example.com", "admin", false],
    ["bob@example.com", "viewer", true],
  ]);
  await cli.ok("user", "remove", "bob@example.com");
  expect((await cli.run("user", "remove", "bob@example.com")).code).toBe(4);
});

test("a token: created for a zone, listed, rolled, revoked", async () => {
  await product.call("POST", "/client/v4/zones", { name: "a.example", type: "secondary" });
  expect(await cli.ok("token", "groups")).toContain("DNS Write");
  const made = await cli.ok("token", "create", "ci", "--may", "Zone Read", "DNS Read", "--zone", "a.example");
  const asked = async (text: string) => {
    const secret = /^ {2}(\S+)$/m.exec(text)?.[1];
    const answer = await fetch(`${product.url}/client/v4/zones`, { headers: { authorization: `Bearer ${secret}` } });
    return answer.status;
  };
  expect(await asked(made)).toBe(200);
  const [token] = JSON.parse(await cli.ok("token", "list", "--json")) as [ApiToken];
  expect(token.policies.map(({ permission_groups }) => permission_groups.map(({ name }) => name))).toEqual([
    ["Zone Read", "DNS Read"],
  ]);
  const rolled = await cli.ok("token", "roll", "ci");
  expect([await asked(made), await asked(rolled)]).toEqual([403, 200]);
  expect(await cli.ok("token", "revoke", "ci")).toContain("ci is deleted");
  expect(await asked(rolled)).toBe(403);
  expect((await cli.run("token", "create", "x", "--may", "Everything")).code).toBe(2);
});
