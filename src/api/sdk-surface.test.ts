/**
 * The whole surface of the provider's SDK for these resources: every method that it has is called, and what is not offered
 * refuses by the SDK's own error class. A method that a new SDK brings fails the test until it is here.
 */
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTestApi } from "./testing/listen.ts";
import { ACCOUNT, SECRET } from "./testing/memory-service.ts";

const api = makeTestApi();
const called = new Set<string>();
let client: Cloudflare;
let baseURL: string;
let zone_id: string;
const account = { account_id: ACCOUNT };
const NOWHERE = "0".repeat(32);

beforeAll(async () => {
  baseURL = `${await api.app.listen({ host: "127.0.0.1", port: 0 })}/client/v4`;
  client = watched(new Cloudflare({ apiToken: SECRET, baseURL }), "");
  ({ id: zone_id } = await client.zones.create({ name: "sdk.test", type: "secondary", account: { id: ACCOUNT } }));
});
afterAll(() => api.app.close());

/** Notes which methods are called, by their path from the client. */
function watched<T extends object>(resource: T, path: string): T {
  return new Proxy(resource, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof key !== "string" || key.startsWith("_")) return value;
      const name = path === "" ? key : `${path}.${key}`;
      if (typeof value === "function") {
        called.add(name);
        return value.bind(target);
      }
      return typeof value === "object" && value !== null && "_client" in value ? watched(value, name) : value;
    },
  });
}

/** Methods of a resource and of those below it. */
function methodsOf(resource: object, path: string, found: string[] = []): string[] {
  for (let at = resource; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (name === "constructor" || name.startsWith("_")) continue;
      const value: unknown = Reflect.get(resource, name);
      if (typeof value === "function") found.push(`${path}.${name}`);
      else if (at === resource && typeof value === "object" && value !== null && "_client" in value)
        methodsOf(value, `${path}.${name}`, found);
    }
  }
  return [...new Set(found)];
}

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) {
    items.push(item);
    if (items.length > 500) throw new Error("the list does not end");
  }
  return items;
}

const refused = (call: PromiseLike<unknown>, code: number) =>
  expect(call).rejects.toMatchObject({ status: 400, errors: [{ code }] });

it("zones", async () => {
  const { zones } = client;
  expect(await zones.get({ zone_id })).toMatchObject({ name: "sdk.test", type: "secondary", status: "pending" });
  expect(await zones.edit({ zone_id, paused: false })).toMatchObject({ paused: false });
  await refused(zones.edit({ zone_id, type: "full" }), 20101);
  await refused(zones.edit({ zone_id, type: "secondary", paused: true }), 20104);
  expect(await zones.activationCheck.trigger({ zone_id })).toEqual({ id: zone_id });
  for (let i = 0; i < 12; i++) {
    await zones.create({ name: `n${i}.sdk.test`, type: "secondary", account: { id: ACCOUNT } });
  }
  expect(
    await collect(zones.list({ per_page: 5, name: "starts_with:n", order: "name", direction: "desc" })),
  ).toHaveLength(12);
  expect(await collect(zones.list({ status: "active", match: "all" }))).toEqual([]);
  const [first] = await collect(zones.list({ name: "n0.sdk.test" }));
  expect(await zones.delete({ zone_id: first!.id })).toEqual({ id: first!.id });
});

it("records are read and counted; what would write them is refused", async () => {
  const { records, usage } = client.dns;
  api.service.load(
    zone_id,
    Array.from({ length: 230 }, (_, i) => [`h${i}.sdk.test`, "A", 300, `192.0.2.${i}`]),
  );
  const all = await collect(records.list({ zone_id, order: "name", direction: "asc" }));
  expect(all).toHaveLength(230);
  const dns_record_id = all[0]!.id;
  expect(await records.get(dns_record_id, { zone_id })).toEqual(all[0]);
  expect(await records.export({ zone_id })).toContain("h7.sdk.test.\t300\tIN\tA\t192.0.2.7");
  expect(await usage.zone.get({ zone_id })).toEqual({ record_quota: null, record_usage: 230 });
  expect(await usage.account.get(account)).toMatchObject({ record_usage: 230 });
  const record = { zone_id, name: "x.sdk.test", type: "A", content: "192.0.2.1", ttl: 300 } as const;
  await refused(records.create(record), 20501);
  await refused(records.create({ ...record, proxied: true }), 20503);
  await refused(records.update(dns_record_id, record), 20501);
  await refused(records.edit(dns_record_id, { ...record, ttl: 60 }), 20501);
  await refused(records.delete(dns_record_id, { zone_id }), 20501);
  await refused(records.batch({ zone_id, deletes: [{ id: dns_record_id }], posts: [record] }), 20501);
  await refused(records.import({ zone_id, file: "x 300 IN A 192.0.2.1\n" }), 20501);
  await refused(records.scan({ zone_id }), 20501);
  await refused(records.scanTrigger({ zone_id }), 20501);
  await refused(records.scanReview({ zone_id, accepts: [] }), 20501);
  expect(await collect(records.scanList({ zone_id }))).toEqual([]);
});

it("DNS settings of the zone and of the account", async () => {
  const { zone, account: ofAccount } = client.dns.settings;
  const now = await zone.get({ zone_id });
  expect(await zone.edit({ zone_id, multi_provider: true, secondary_overrides: false })).toEqual(now);
  await refused(zone.edit({ zone_id, secondary_overrides: true }), 20503);
  const defaults = await ofAccount.get(account);
  expect(defaults).toMatchObject({ zone_defaults: { nameservers: { type: "cloudflare.standard" } } });
  expect(await ofAccount.edit({ ...account, enforce_dns_only: true })).toMatchObject({ enforce_dns_only: true });
  const { views } = ofAccount;
  const view = { ...account, name: "v", zones: [zone_id] };
  await refused(views.create(view), 1029);
  await refused(collect(views.list(account)), 1029);
  await refused(views.get(NOWHERE, account), 1029);
  await refused(views.edit(NOWHERE, view), 1029);
  await refused(views.delete(NOWHERE, account), 1029);
});

it("DNSSEC", async () => {
  const { dnssec } = client.dns;
  expect(await dnssec.get({ zone_id })).toMatchObject({ status: "disabled", modified_on: null });
  expect(await dnssec.edit({ zone_id, status: "active" })).toMatchObject({ status: "pending" });
  expect(await collect(dnssec.zsk.list({ zone_id }))).toHaveLength(1);
  await dnssec.edit({ zone_id, status: "disabled" });
  expect(await dnssec.delete({ zone_id })).toBe("");
});

it("peers, TSIGs, ACLs, incoming and outgoing transfers", async () => {
  const { peers, tsigs, acls, incoming, outgoing, forceAXFR } = client.dns.zoneTransfers;
  const tsig = await tsigs.create({ ...account, name: "k.", algo: "hmac-sha256.", secret: "c2VjcmV0" });
  await tsigs.update(tsig.id!, { ...account, name: "k2.", algo: "hmac-sha256.", secret: "c2VjcmV0" });
  expect([await tsigs.get(tsig.id!, account), ...(await collect(tsigs.list(account)))]).toHaveLength(2);
  const peer = await peers.create({ ...account, name: "p" });
  await peers.update(peer.id, { ...account, name: "p", ip: "192.0.2.1", port: 53, tsig_id: tsig.id! });
  expect([await peers.get(peer.id, account), ...(await collect(peers.list(account)))]).toHaveLength(2);
  const acl = await acls.create({ ...account, name: "a", ip_range: "192.0.2.0/28" });
  await acls.update(acl.id, { ...account, name: "a", ip_range: "192.0.2.16/28" });
  expect([await acls.get(acl.id, account), ...(await collect(acls.list(account)))]).toHaveLength(2);
  const config = { zone_id, name: "sdk.test.", peers: [peer.id] };
  await incoming.create({ ...config, auto_refresh_seconds: 300 });
  await incoming.update({ ...config, auto_refresh_seconds: 600 });
  expect(await incoming.get({ zone_id })).toMatchObject({ auto_refresh_seconds: 600 });
  expect(await forceAXFR.create({ zone_id })).toBe("OK");
  await outgoing.create(config);
  await outgoing.update(config);
  expect(await outgoing.get({ zone_id })).toMatchObject({ peers: [peer.id] });
  expect(await outgoing.enable({ zone_id })).toBe("Enabled");
  expect(await outgoing.status.get({ zone_id })).toBe("Enabled");
  expect(await outgoing.forceNotify({ zone_id })).toBe("OK");
  expect(await outgoing.disable({ zone_id })).toBe("Disabled");
  await outgoing.delete({ zone_id });
  await incoming.delete({ zone_id });
  await acls.delete(acl.id, account);
  await peers.delete(peer.id, account);
  await tsigs.delete(tsig.id!, account);
});

it("accounts and their audit log, over pages to its end", async () => {
  expect(await collect(client.accounts.list())).toHaveLength(1);
  expect(await client.accounts.get(account)).toMatchObject({ id: ACCOUNT });
  const window = { ...account, since: "2020-01-01", before: "2040-01-01" };
  const all = await collect(client.accounts.logs.audit.list({ ...window, limit: 7 }));
  expect(all).toHaveLength(api.service.audit.entries.length);
  const shown = await collect(
    client.accounts.logs.audit.list({ ...window, action_type: { not: ["create", "update"] } }),
  );
  expect(new Set(shown.map(({ action }) => action?.type))).toEqual(new Set(["delete"]));
});

it("load balancing is not offered, and says so", async () => {
  const { loadBalancers } = client;
  const pool = { ...account, name: "p", origins: [] };
  await refused(collect(loadBalancers.list({ zone_id })), 20504);
  await refused(loadBalancers.get(NOWHERE, { zone_id }), 20504);
  await refused(loadBalancers.delete(NOWHERE, { zone_id }), 20504);
  await refused(loadBalancers.create({ zone_id, name: "lb", default_pools: [], fallback_pool: "x" }), 20504);
  await refused(collect(loadBalancers.pools.list(account)), 20504);
  await refused(loadBalancers.pools.create(pool), 20504);
  await refused(collect(loadBalancers.monitors.list(account)), 20504);
});

it("the SDK waits as long as retry-after says, and tries again", async () => {
  const limited = makeTestApi({ rate: { requests: 2, seconds: 2 } });
  const url = await limited.app.listen({ host: "127.0.0.1", port: 0 });
  const patient = new Cloudflare({ apiToken: SECRET, baseURL: `${url}/client/v4`, maxRetries: 3 });
  const hasty = new Cloudflare({ apiToken: SECRET, baseURL: `${url}/client/v4`, maxRetries: 0 });
  for (let i = 0; i < 3; i++) expect(await patient.accounts.get(account)).toMatchObject({ id: ACCOUNT });
  const calls = Array.from({ length: 4 }, () => hasty.accounts.get(account).catch((error: unknown) => error));
  const errors = (await Promise.all(calls)).filter((each) => each instanceof Cloudflare.RateLimitError);
  expect(errors.length).toBeGreaterThan(0);
  expect(errors[0]).toMatchObject({ status: 429, errors: [{ code: 10429 }] });
  await limited.app.close();
});

it("no method of these resources was left out", () => {
  // Another client: looking at a method of the watched one counts as a call.
  const { dns, zones } = new Cloudflare({ apiToken: "x" });
  const methods = [
    ...["create", "list", "delete", "edit", "get"].map((name) => `zones.${name}`),
    ...methodsOf(zones.activationCheck, "zones.activationCheck"),
    ...methodsOf(dns.records, "dns.records"),
    ...methodsOf(dns.settings, "dns.settings"),
    ...methodsOf(dns.usage, "dns.usage"),
    ...methodsOf(dns.dnssec, "dns.dnssec"),
    ...methodsOf(dns.zoneTransfers, "dns.zoneTransfers"),
    ...["list", "get"].map((name) => `accounts.${name}`),
  ];
  expect(methods.length).toBeGreaterThan(50);
  expect(methods.filter((name) => !called.has(name))).toEqual([]);
});
