/** The provider's official SDK, unchanged but for its base URL, against a listening server: every call that is offered. */
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTestApi } from "./testing/listen.ts";
import { ACCOUNT, SECRET } from "./testing/memory-service.ts";

const api = makeTestApi();
let baseURL: string;
let client: Cloudflare;
let zone_id: string;

beforeAll(async () => {
  const address = await api.app.listen({ host: "127.0.0.1", port: 0 });
  baseURL = `${address}/client/v4`;
  client = new Cloudflare({ apiToken: SECRET, baseURL });
  const zone = await client.zones.create({ name: "example.com", account: { id: ACCOUNT }, type: "secondary" });
  zone_id = zone.id;
});
afterAll(() => api.app.close());

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) {
    items.push(item);
    if (items.length > 500) throw new Error("the list does not end");
  }
  return items;
}

describe("identity", () => {
  it("verifies tokens, shows user and accounts", async () => {
    expect(await client.user.tokens.verify()).toMatchObject({ status: "active" });
    expect(await client.accounts.tokens.verify({ account_id: ACCOUNT })).toMatchObject({ status: "active" });
    expect(await client.user.get()).toMatchObject({ email: "admin@localhost" });
    expect((await collect(client.accounts.list())).map((account) => account.id)).toEqual([ACCOUNT]);
    expect(await client.accounts.get({ account_id: ACCOUNT })).toMatchObject({ name: "Demo" });
  });

  it("takes e-mail and key, and all schemes at once", async () => {
    const key = new Cloudflare({ apiToken: null, apiEmail: "admin@localhost", apiKey: SECRET, baseURL });
    expect(await key.user.tokens.verify()).toMatchObject({ status: "active" });
    const all = new Cloudflare({ apiToken: SECRET, apiEmail: "admin@localhost", apiKey: SECRET, baseURL });
    expect(await all.zones.get({ zone_id })).toMatchObject({ id: zone_id });
  });

  it("refuses with the SDK's own error classes, at the first attempt", async () => {
    const wrong = new Cloudflare({ apiToken: "wrong", baseURL });
    await expect(wrong.user.tokens.verify()).rejects.toBeInstanceOf(Cloudflare.AuthenticationError);
    await expect(wrong.zones.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.PermissionDeniedError);
    await expect(client.zones.get({ zone_id: "0".repeat(32) })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
    const before = api.log.length;
    const refusal = client.zones.create({ name: "example.com", account: { id: ACCOUNT }, type: "secondary" });
    await expect(refusal).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
    await expect(refusal).rejects.toMatchObject({ status: 400, errors: [{ code: 1061 }] });
    expect(api.log.slice(before).filter((line) => line.includes('"POST"'))).toHaveLength(1);
  });
});

describe("zones", () => {
  it("are listed over pages to an end, with filters", async () => {
    for (let i = 0; i < 7; i++)
      await client.zones.create({ name: `z${i}.test`, account: { id: ACCOUNT }, type: "secondary" });
    expect(await collect(client.zones.list({ per_page: 3 }))).toHaveLength(8);
    const filtered = client.zones.list({
      account: { id: ACCOUNT },
      type: ["secondary", "full"],
      name: "contains:example",
    });
    expect((await collect(filtered)).map((zone) => zone.name)).toEqual(["example.com"]);
    const page = await client.zones.list({ per_page: 5, page: 2 });
    expect(page.result).toHaveLength(3);
    expect(page.result_info).toMatchObject({ page: 2, per_page: 5 });
  });

  it("are edited, rechecked and deleted", async () => {
    const zone = await client.zones.create({ name: "gone.test", account: { id: ACCOUNT }, type: "secondary" });
    expect(await client.zones.edit({ zone_id: zone.id, paused: true })).toMatchObject({ paused: true });
    expect(await client.zones.activationCheck.trigger({ zone_id: zone.id })).toEqual({ id: zone.id });
    expect(await client.zones.delete({ zone_id: zone.id })).toEqual({ id: zone.id });
    await expect(client.zones.get({ zone_id: zone.id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
  });
});

it("DNSSEC: never enabled, enabled, refused, disabled, deleted", async () => {
  expect(await client.dns.dnssec.get({ zone_id })).toMatchObject({ status: "disabled", modified_on: null });
  expect(await client.dns.dnssec.edit({ zone_id, dnssec_presigned: true })).toMatchObject({ dnssec_presigned: true });
  await client.dns.dnssec.edit({ zone_id, dnssec_presigned: false });
  const active = await client.dns.dnssec.edit({ zone_id, status: "active", dnssec_use_nsec3: true });
  expect(active).toMatchObject({ status: "pending", algorithm: "13", flags: 257, dnssec_use_nsec3: true });
  const zsks = await collect(client.dns.dnssec.zsk.list({ zone_id }));
  expect(zsks[0]!.DNSKEY?.Flags).toBe(256);
  await expect(client.dns.dnssec.delete({ zone_id })).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
  await client.dns.dnssec.edit({ zone_id, status: "disabled" });
  expect(await client.dns.dnssec.delete({ zone_id })).toBe("");
});

describe("secondary DNS", () => {
  const account = { account_id: ACCOUNT };

  it("peers, TSIGs, ACLs: created, listed, replaced, shown, deleted", async () => {
    const { peers, tsigs, acls } = client.dns.zoneTransfers;
    const tsig = await tsigs.create({
      ...account,
      name: "tsig.example.com.",
      algo: "hmac-sha512.",
      secret: "c2VjcmV0",
    });
    expect(await tsigs.get(tsig.id!, account)).toMatchObject({ secret: "c2VjcmV0", algo: "hmac-sha512." });
    await tsigs.update(tsig.id!, { ...account, name: "t.", algo: "hmac-sha256", secret: "b3RoZXI=" });
    expect((await collect(tsigs.list(account)))[0]).toMatchObject({ name: "t.", algo: "hmac-sha256" });

    const peer = await peers.create({ ...account, name: "primary-1" });
    const full = { name: "primary-1", ip: "192.0.2.53", port: 5353, ixfr_enable: true, tsig_id: tsig.id };
    expect(await peers.update(peer.id, { ...account, ...full })).toMatchObject(full);
    expect(await peers.get(peer.id, account)).toMatchObject(full);
    for (let i = 0; i < 120; i++) await peers.create({ ...account, name: `p${i}` });
    expect(await collect(peers.list(account))).toHaveLength(121);
    expect(await peers.delete(peer.id, account)).toEqual({ id: peer.id });

    const acl = await acls.create({ ...account, name: "notify", ip_range: "2001:db8::1/64" });
    expect(acl).toMatchObject({ ip_range: "2001:db8::/64" });
    await acls.update(acl.id, { ...account, name: "notify", ip_range: "192.0.2.53/28" });
    expect((await collect(acls.list(account)))[0]).toMatchObject({ ip_range: "192.0.2.48/28" });
    expect(await acls.get(acl.id, account)).toMatchObject({ name: "notify" });
    expect(await acls.delete(acl.id, account)).toEqual({ id: acl.id });
    expect(await tsigs.delete(tsig.id!, account)).toEqual({ id: tsig.id });
  });

  it("incoming: missing, created, replaced, forced, deleted", async () => {
    const { incoming, forceAXFR } = client.dns.zoneTransfers;
    await expect(incoming.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
    await expect(forceAXFR.create({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
    const peer = await client.dns.zoneTransfers.peers.create({ ...account, name: "p" });
    const made = await incoming.create({
      zone_id,
      name: "example.com.",
      peers: [peer.id],
      auto_refresh_seconds: 86400,
    });
    expect(made).toMatchObject({ id: zone_id, name: "example.com.", peers: [peer.id], soa_serial: 0 });
    expect(await forceAXFR.create({ zone_id })).toBe("OK");
    await incoming.update({ zone_id, name: "example.com", peers: [], auto_refresh_seconds: 300 });
    expect(await incoming.get({ zone_id })).toMatchObject({
      name: "example.com",
      peers: [],
      auto_refresh_seconds: 300,
    });
    expect(await incoming.delete({ zone_id })).toEqual({ id: zone_id });
  });
});

it("records: listed over pages to an end, filtered, shown, exported, not written", async () => {
  const records = Array.from(
    { length: 250 },
    (_, i) => [`h${i}.example.com`, i % 2 ? "A" : "TXT", 300, `c${i}`] as [string, string, number, string],
  );
  api.service.load(zone_id, records);
  expect(await collect(client.dns.records.list({ zone_id }))).toHaveLength(250);
  expect(await collect(client.dns.records.list({ zone_id, per_page: 60, type: "A" }))).toHaveLength(125);
  const found = await collect(
    client.dns.records.list({
      zone_id,
      name: { exact: "h7.example.com" },
      content: { startswith: "c" },
      order: "name",
    }),
  );
  expect(found).toMatchObject([{ content: "c7", type: "A", proxied: false }]);
  expect(await client.dns.records.get(found[0]!.id, { zone_id })).toEqual(found[0]);
  expect(await client.dns.records.export({ zone_id })).toContain("h7.example.com.\t300\tIN\tA\tc7\n");
  const write = client.dns.records.create({
    zone_id,
    name: "x.example.com",
    type: "A",
    content: "192.0.2.1",
    ttl: 300,
  });
  await expect(write).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
  await expect(client.dns.records.delete(found[0]!.id, { zone_id })).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
  await expect(client.dns.records.get("0".repeat(32), { zone_id })).rejects.toMatchObject({
    status: 404,
    errors: [{ code: 81044 }],
  });
});

it("DNS settings: shown and edited", async () => {
  expect(await client.dns.settings.zone.get({ zone_id })).toMatchObject({
    multi_provider: true,
    secondary_overrides: false,
  });
  await expect(client.dns.settings.zone.edit({ zone_id, secondary_overrides: true })).rejects.toMatchObject({
    status: 400,
    errors: [{ code: 20503 }],
  });
  await expect(client.dns.settings.zone.edit({ zone_id, ns_ttl: 60 })).rejects.toMatchObject({
    status: 400,
    errors: [{ code: 1003 }],
  });
});
