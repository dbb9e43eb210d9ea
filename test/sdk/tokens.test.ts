/** Tokens by the provider's official SDK: their life, what each may, and the sequences of infrastructure-as-code tools. */
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { collect } from "./world.ts";

let product: Countersign;
let client: Cloudflare;
let account_id: string;
let groups: ReadonlyMap<string, string>;
let zoneA: string;
let zoneB: string;

beforeAll(async () => {
  product = await startCountersign();
  client = as(TEST_TOKEN);
  account_id = (await collect(client.accounts.list()))[0]!.id;
  const all = await collect(client.user.tokens.permissionGroups.list());
  groups = new Map(all.map(({ name, id }) => [name!, id!]));
  const make = async (name: string) =>
    (await client.zones.create({ name, type: "secondary", account: { id: account_id } })).id;
  zoneA = await make("a.example");
  zoneB = await make("b.example");
});
afterAll(() => product?.stop());

function as(apiToken: string, more: object = {}): Cloudflare {
  return new Cloudflare({ apiToken, baseURL: `${product.url}/client/v4`, maxRetries: 0, ...more });
}

const zone = (id: string) => ({ [`com.cloudflare.api.account.zone.${id}`]: "*" });
const account = () => ({ [`com.cloudflare.api.account.${account_id}`]: "*" });

type Effect = "allow" | "deny";

function policy(names: readonly string[], resources: Record<string, string>, effect: Effect = "allow") {
  return { effect, permission_groups: names.map((name) => ({ id: groups.get(name)! })), resources };
}

async function made(policies: ReturnType<typeof policy>[], more: object = {}) {
  const token = await client.user.tokens.create({ name: "test", policies, ...more });
  return { id: token.id!, value: token.value!, client: as(token.value!) };
}

/** Status, and the number of the first error. */
async function outcome(call: Promise<unknown>): Promise<readonly [number, number | undefined]> {
  try {
    await call;
    return [200, undefined];
  } catch (error) {
    if (!(error instanceof Cloudflare.APIError)) throw error;
    return [error.status, (error.errors as { code: number }[])[0]?.code];
  }
}

describe("the life of a token", () => {
  test("created, shown, listed, verified, rolled, disabled, deleted; the secret shown once", async () => {
    const { id, value, client: his } = await made([policy(["Zone Read"], zone(zoneA))]);
    expect(await his.user.tokens.verify()).toMatchObject({ id, status: "active" });
    const shown = await client.user.tokens.get(id);
    expect(JSON.stringify(shown)).not.toContain(value);
    expect(shown.policies).toMatchObject([
      { effect: "allow", permission_groups: [{ name: "Zone Read" }], resources: zone(zoneA) },
    ]);
    expect((await collect(client.user.tokens.list())).map((token) => token.id)).toContain(id);
    const rolled = await client.user.tokens.value.update(id, { body: {} });
    expect(rolled).toMatch(/^[\w-]{43}$/);
    expect(await outcome(his.zones.get({ zone_id: zoneA }))).toEqual([403, 10000]);
    await expect(his.user.tokens.verify()).rejects.toBeInstanceOf(Cloudflare.AuthenticationError);
    const newer = as(rolled);
    expect(await outcome(newer.zones.get({ zone_id: zoneA }))).toEqual([200, undefined]);
    await client.user.tokens.update(id, {
      name: "off",
      policies: [policy(["Zone Read"], zone(zoneA))],
      status: "disabled",
    });
    expect(await outcome(newer.zones.get({ zone_id: zoneA }))).toEqual([403, 10000]);
    expect(await client.user.tokens.delete(id)).toEqual({ id });
    expect(await outcome(client.user.tokens.get(id))).toEqual([404, 20031]);
  });

  test("not before its time and not after it; only from where it may come", async () => {
    const readA = [policy(["Zone Read"], zone(zoneA))];
    const late = await made(readA, { not_before: "2999-01-01T00:00:00Z" });
    const over = await made(readA, { expires_on: "2020-01-01T00:00:00Z" });
    for (const { client: his } of [late, over]) {
      expect(await outcome(his.zones.get({ zone_id: zoneA }))).toEqual([403, 10000]);
    }
    expect(await client.user.tokens.get(over.id)).toMatchObject({
      status: "expired",
      expires_on: "2020-01-01T00:00:00Z",
    });
    const listed = async (include_expired: boolean) =>
      (await collect(client.user.tokens.list({ include_expired }))).map((token) => token.id);
    expect(await listed(false)).not.toContain(over.id);
    expect(await listed(true)).toContain(over.id);
    const cases: [object, readonly [number, number | undefined]][] = [
      [{ in: ["127.0.0.0/8"] }, [200, undefined]],
      [{ in: ["127.0.0.1"] }, [200, undefined]],
      [{ in: ["192.0.2.0/24", "2001:db8::/32"] }, [403, 9109]],
      [{ not_in: ["127.0.0.1/32"] }, [403, 9109]],
      [{ in: ["127.0.0.0/8"], not_in: ["127.0.0.2"] }, [200, undefined]],
    ];
    for (const [request_ip, expected] of cases) {
      const { client: his } = await made(readA, { condition: { request_ip } });
      expect([request_ip, await outcome(his.zones.get({ zone_id: zoneA }))]).toEqual([request_ip, expected]);
    }
    expect(await outcome(made(readA, { condition: { request_ip: { in: ["localhost"] } } }))).toEqual([400, 1004]);
  });
});

describe("scopes", () => {
  test("one zone: the list has it alone, the other is out of reach, and so is the account", async () => {
    const { client: his } = await made([policy(["Zone Read", "DNS Write"], zone(zoneA))]);
    expect((await collect(his.zones.list())).map(({ id }) => id)).toEqual([zoneA]);
    expect(await outcome(his.dns.dnssec.get({ zone_id: zoneA }))).toEqual([200, undefined]);
    expect(await outcome(his.dns.dnssec.edit({ zone_id: zoneA, status: "active" }))).toEqual([200, undefined]);
    expect(await outcome(his.zones.get({ zone_id: zoneB }))).toEqual([403, 9109]);
    expect(await outcome(his.dns.dnssec.edit({ zone_id: zoneB, status: "active" }))).toEqual([403, 9109]);
    expect(await outcome(his.zones.delete({ zone_id: zoneA }))).toEqual([403, 10000]);
    expect(await outcome(his.zones.create({ name: "c.example", type: "secondary", account: {} }))).toEqual([
      403, 10000,
    ]);
    expect(await outcome(collect(his.dns.zoneTransfers.peers.list({ account_id })))).toEqual([403, 10000]);
    expect(await outcome(his.user.get())).toEqual([403, 10000]);
    expect(await outcome(his.user.tokens.create({ name: "x", policies: [] }))).toEqual([403, 10000]);
  });

  test("reading is not writing; writing has reading in it", async () => {
    const reader = await made([
      policy(["Zone Read", "DNS Read", "Account Settings Read"], { ...account(), ...zone("*") }),
    ]);
    expect((await collect(reader.client.zones.list())).length).toBe(2);
    expect(await outcome(reader.client.dns.dnssec.edit({ zone_id: zoneA, status: "active" }))).toEqual([403, 10000]);
    const peers = () => reader.client.dns.zoneTransfers.peers;
    expect(await outcome(collect(peers().list({ account_id })))).toEqual([200, undefined]);
    expect(await outcome(peers().create({ account_id, name: "p" }))).toEqual([403, 10000]);
    const key = { name: "scoped.example.", algo: "hmac-sha256.", secret: "c2NvcGVkLXNlY3JldC1zY29wZWQtc2VjcmV0" };
    const tsig = await client.dns.zoneTransfers.tsigs.create({ account_id, ...key });
    const seen = (reads: Cloudflare) => reads.dns.zoneTransfers.tsigs.get(tsig.id!, { account_id });
    expect((await seen(reader.client)).secret).toBe("********");
    const writer = await made([policy(["Account Settings Write"], account())]);
    expect((await seen(writer.client)).secret).toBe(key.secret);
    // What stands in for a secret can't become one.
    const masked = { account_id, ...key, secret: "********" };
    expect((await outcome(writer.client.dns.zoneTransfers.tsigs.update(tsig.id!, masked)))[0]).toBe(400);
  });

  test("denials win; an account stands for its zones, nested or not", async () => {
    const all = zone("*");
    const but = await made([policy(["Zone Read"], all), policy(["Zone Read"], zone(zoneB), "deny")]);
    expect((await collect(but.client.zones.list())).map(({ id }) => id)).toEqual([zoneA]);
    expect(await outcome(but.client.zones.get({ zone_id: zoneB }))).toEqual([403, 9109]);
    const nested = { [`com.cloudflare.api.account.${account_id}`]: { "com.cloudflare.api.account.zone.*": "*" } };
    const inside = await made([policy(["Zone Read"], nested as never)]);
    expect((await collect(inside.client.zones.list())).length).toBe(2);
    const whole = await made([policy(["Zone Read"], { "com.cloudflare.api.account.*": "*" })]);
    expect((await collect(whole.client.zones.list())).length).toBe(2);
    const other = await made([policy(["Zone Read"], { [`com.cloudflare.api.account.${"0".repeat(32)}`]: "*" })]);
    expect((await collect(other.client.zones.list())).length).toBe(0);
  });

  test("a token makes none that may more than itself", async () => {
    const user = { "com.cloudflare.api.user.*": "*" };
    const maker = await made([policy(["API Tokens Write"], user), policy(["Zone Read"], zone(zoneA))]);
    const make = (policies: ReturnType<typeof policy>[]) =>
      outcome(maker.client.user.tokens.create({ name: "child", policies }));
    expect(await make([policy(["Zone Read"], zone(zoneA))])).toEqual([200, undefined]);
    for (const more of [
      policy(["Zone Write"], zone(zoneA)),
      policy(["Zone Read"], zone(zoneB)),
      policy(["Zone Read"], zone("*")),
      policy(["Zone Read"], account()),
      policy(["Account Settings Read"], account()),
    ]) {
      expect([more, await make([more])]).toEqual([more, [403, 20034]]);
    }
    const mighty = await made([policy(["DNS Write"], zone("*"))]);
    expect(await outcome(maker.client.user.tokens.value.update(mighty.id, { body: {} }))).toEqual([403, 20034]);
    const denied = await made([
      policy(["API Tokens Write", "User Details Read"], user),
      policy(["Zone Read"], zone("*")),
      policy(["Zone Read"], zone(zoneB), "deny"),
    ]);
    expect(
      await outcome(denied.client.user.tokens.create({ name: "c", policies: [policy(["Zone Read"], zone("*"))] })),
    ).toEqual([403, 20034]);
  });

  test("what makes no sense is refused, with the place", async () => {
    const wrong: [object, number, string][] = [
      [policy(["Zone Read"], { "com.example.zone": "*" }), 20033, "/policies/0/resources"],
      [policy(["Zone Read"], { [`com.cloudflare.api.account.zone.${zoneA}`]: "yes" }), 20033, "/policies/0/resources"],
      [policy(["Zone Read"], {}), 20033, "/policies/0/resources"],
      [
        { effect: "allow", permission_groups: [{ id: "0".repeat(32) }], resources: zone(zoneA) },
        20032,
        "/policies/0/permission_groups/0/id",
      ],
    ];
    for (const [bad, code, pointer] of wrong) {
      const error = await client.user.tokens.create({ name: "x", policies: [bad as never] }).catch((e) => e);
      expect(error.errors).toMatchObject([{ code, source: { pointer } }]);
    }
  });
});

describe("tokens of the account", () => {
  test("the same life; no user stands behind them", async () => {
    const policies = [policy(["Zone Read"], zone(zoneA))];
    const token = await client.accounts.tokens.create({ account_id, name: "ci", policies });
    const his = as(token.value!);
    expect(await his.accounts.tokens.verify({ account_id })).toMatchObject({ id: token.id, status: "active" });
    expect((await collect(his.zones.list())).length).toBe(1);
    expect((await collect(client.accounts.tokens.list({ account_id }))).map(({ id }) => id)).toEqual([token.id]);
    expect((await collect(client.user.tokens.list())).map(({ id }) => id)).not.toContain(token.id);
    const groupsOfUsers = client.accounts.tokens.create({
      account_id,
      name: "x",
      policies: [policy(["API Tokens Write"], { "com.cloudflare.api.user.*": "*" })],
    });
    expect(await outcome(groupsOfUsers)).toEqual([400, 20032]);
    const groups = await client.accounts.tokens.permissionGroups.get({ account_id, name: "DNS%20Write" });
    expect(groups.map(({ name }) => name)).toEqual(["DNS Write"]);
    expect(await client.accounts.tokens.delete(token.id!, { account_id })).toEqual({ id: token.id });
    expect(await outcome(collect(his.zones.list()))).toEqual([403, 10000]);
  });
});

test("infrastructure as code: created, read without a difference, changed, read again, destroyed", async () => {
  const wanted = {
    name: "terraform",
    policies: [policy(["DNS Write", "Zone Read"], zone(zoneA)), policy(["DNS Read"], zone(zoneB))],
    condition: { request_ip: { in: ["127.0.0.0/8", "2001:db8::/32"], not_in: ["127.0.0.9"] } },
    expires_on: "2030-01-01T00:00:00Z",
    not_before: "2020-01-01T00:00:00Z",
  };
  /** What a tool compares: what it sent, of what it reads. */
  const configured = async (id: string) => {
    const { name, policies, condition, expires_on, not_before } = await client.user.tokens.get(id);
    const plain = policies!.map(({ effect, permission_groups, resources }) => ({
      effect,
      permission_groups: permission_groups.map(({ id }) => ({ id })),
      resources,
    }));
    return { name, policies: plain, condition, expires_on, not_before };
  };
  const { id } = await client.user.tokens.create(wanted);
  expect(await configured(id!)).toEqual(wanted);
  const policyIds = async () => (await client.user.tokens.get(id!)).policies!.map((each) => each.id);
  const before = await policyIds();
  const { condition: _, ...changed } = { ...wanted, name: "terraform 2", policies: [wanted.policies[0]!] };
  await client.user.tokens.update(id!, changed);
  expect(await configured(id!)).toEqual({ ...changed, condition: undefined });
  expect(await policyIds()).toEqual(before.slice(0, 1));
  await client.user.tokens.delete(id!);
  expect(await outcome(client.user.tokens.get(id!))).toEqual([404, 20031]);
});

test("the key and its e-mail address are the operator's alone: no token passes for them", async () => {
  const { value } = await made([policy(["Zone Read"], zone(zoneA))]);
  const keyed = (apiKey: string) =>
    new Cloudflare({
      apiKey,
      apiEmail: "admin@localhost",
      apiToken: null,
      baseURL: `${product.url}/client/v4`,
      maxRetries: 0,
    });
  expect(await outcome(keyed(TEST_TOKEN).user.get())).toEqual([200, undefined]);
  expect(await outcome(keyed(value).user.get())).toEqual([403, 9103]);
});
