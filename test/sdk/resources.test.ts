/**
 * The provider's official SDK on the whole product: who asks, zones, peers, TSIGs, ACLs, incoming transfers, records and
 * settings, every call with what it changes and how it refuses. What the records are is taken from the primary itself.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  flattenZone,
  getProgram,
  makeDirectory,
  missingPrograms,
  queryTcp,
  removeDirectory,
  TEST_TOKEN,
  until,
  writeIn,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";
import { addPeer, addZone, collect, NAME_SERVERS, smallZone, startWorld, type World } from "./world.ts";

const missing = missingPrograms("knotd", "kdig", "named-checkzone");
const NOWHERE = "0".repeat(32);
const REFUSED = 5;

describe.skipIf(missing.length > 0)(
  `the SDK's resources${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let world: World;
    let client: Cloudflare;
    let account: World["account"];
    let baseURL: string;
    let peer: string;
    let key: string;

    beforeAll(async () => {
      const odd = { name: "odd.example.", text: flattenZone("odd.example.", zonePath("odd.zone")) };
      world = await startWorld([odd, smallZone("small.test.")]);
      ({ client, account } = world);
      baseURL = `${world.product.url}/client/v4`;
      ({ peer, key } = await addPeer(world));
    });
    afterAll(() => world?.stop());

    describe("who asks", () => {
      test("token, user, account", async () => {
        expect(await client.user.tokens.verify()).toMatchObject({ status: "active" });
        expect(await client.accounts.tokens.verify(account)).toMatchObject({ status: "active" });
        expect(await client.accounts.get(account)).toMatchObject({ id: account.account_id });
        expect(await client.user.get()).toMatchObject({ email: "admin@localhost" });
      });

      test("e-mail and key, and both schemes at once", async () => {
        const key = new Cloudflare({ apiToken: null, apiEmail: "admin@localhost", apiKey: TEST_TOKEN, baseURL });
        expect(await key.user.tokens.verify()).toMatchObject({ status: "active" });
        expect(await collect(key.accounts.list())).toHaveLength(1);
        const both = new Cloudflare({ apiToken: TEST_TOKEN, apiEmail: "a@b.test", apiKey: "wrong", baseURL });
        expect(await both.accounts.get(account)).toMatchObject({ id: account.account_id });
      });

      test("strangers get the class of their status", async () => {
        const stranger = new Cloudflare({ apiToken: "not-the-token", baseURL });
        await expect(stranger.user.tokens.verify()).rejects.toBeInstanceOf(Cloudflare.AuthenticationError);
        await expect(collect(stranger.zones.list())).rejects.toBeInstanceOf(Cloudflare.PermissionDeniedError);
        const noEmail = new Cloudflare({ apiToken: null, apiEmail: "other@b.test", apiKey: TEST_TOKEN, baseURL });
        await expect(collect(noEmail.zones.list())).rejects.toMatchObject({ status: 403 });
        await expect(client.accounts.get({ account_id: NOWHERE })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
        await expect(client.zones.get({ zone_id: NOWHERE })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      });
    });

    test("zones: created, listed over pages and by filters, shown, edited where it is offered, deleted", async () => {
      const made = [];
      for (let i = 0; i < 7; i++) {
        const name = `z${i}.paging.test`;
        made.push(await client.zones.create({ name, type: "secondary", account: { id: account.account_id } }));
      }
      const [first] = made;
      expect(first).toMatchObject({
        name: "z0.paging.test",
        type: "secondary",
        status: "pending",
        name_servers: NAME_SERVERS,
        account: { id: account.account_id },
      });
      const names = async (query: object) => (await collect(client.zones.list(query))).map((zone) => zone.name).sort();
      const all = made.map((zone) => zone.name);
      expect(await names({ per_page: 5 })).toEqual(all);
      expect(await names({ name: "z3.paging.test" })).toEqual(["z3.paging.test"]);
      expect(await names({ name: "ends_with:PAGING.test", type: ["secondary"] })).toEqual(all);
      expect(await names({ name: "contains:nowhere" })).toEqual([]);
      expect(await names({ account: { id: NOWHERE } })).toEqual([]);
      expect(await names({ status: "active" })).toEqual([]);
      expect((await client.zones.list({ page: 9, per_page: 5 })).result).toEqual([]);
      const ordered = await collect(client.zones.list({ order: "name", direction: "desc", per_page: 5 }));
      expect(ordered.map((zone) => zone.name)).toEqual([...all].reverse());

      const zone_id = first!.id;
      expect(await client.zones.get({ zone_id })).toEqual(first);
      expect(await client.zones.edit({ zone_id, paused: true })).toMatchObject({ paused: true });
      expect(await client.zones.activationCheck.trigger({ zone_id })).toEqual({ id: zone_id });
      const bad = [
        () => client.zones.edit({ zone_id, type: "full" }),
        () => client.zones.edit({ zone_id, paused: false, type: "secondary" }),
        () => client.zones.create({ name: "z0.paging.test", type: "secondary", account: { id: account.account_id } }),
        () => client.zones.create({ name: "a..b", type: "secondary", account: { id: account.account_id } }),
        () => client.zones.create({ name: "full.test", type: "full", account: { id: account.account_id } }),
      ];
      for (const refuse of bad) await expect(refuse()).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
      for (const { id } of made) expect(await client.zones.delete({ zone_id: id })).toEqual({ id });
      await expect(client.zones.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      await expect(client.zones.delete({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      await until("the zone refused", async () => {
        return ((await queryTcp(world.product, { name: "z0.paging.test.", type: 6 }))[3]! & 15) === REFUSED;
      });
    });

    test("TSIGs: created, listed, replaced, shown, deleted; one in use is not deleted", async () => {
      const { tsigs } = client.dns.zoneTransfers;
      const written = { name: "other.example.", algo: "hmac-sha256.", secret: "c2VjcmV0LW9mLWEtdGVzdA==" };
      const made = await tsigs.create({ ...account, ...written });
      expect(made).toEqual({ id: made.id, ...written });
      expect(await tsigs.get(made.id!, account)).toEqual(made);
      expect((await collect(tsigs.list(account))).map((each) => each.id)).toEqual([key, made.id]);
      const next = { ...written, algo: "hmac-sha384" };
      expect(await tsigs.update(made.id!, { ...account, ...next })).toMatchObject(next);
      for (const wrong of [{ algo: "hmac-md5" }, { secret: "***" }, { secret: "" }, { name: "a..b" }]) {
        const refusal = tsigs.create({ ...account, ...written, ...wrong });
        await expect(refusal, JSON.stringify(wrong)).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
      }
      await expect(tsigs.delete(key, account)).rejects.toMatchObject({ status: 400, errors: [{ code: 20312 }] });
      expect(await tsigs.delete(made.id!, account)).toEqual({ id: made.id });
      await expect(tsigs.get(made.id!, account)).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
    });

    test("ACLs: created in normal form, listed, replaced, shown, deleted; not wider than a /24 or a /64", async () => {
      const { acls } = client.dns.zoneTransfers;
      const acl = await acls.create({ ...account, name: "notify", ip_range: "192.0.2.53/28" });
      expect(acl).toEqual({ id: acl.id, name: "notify", ip_range: "192.0.2.48/28" });
      expect(await acls.get(acl.id, account)).toEqual(acl);
      const six = { name: "six", ip_range: "2001:DB8:0::1/64" };
      expect(await acls.update(acl.id, { ...account, ...six })).toMatchObject({ ip_range: "2001:db8::/64" });
      expect(await collect(acls.list(account))).toHaveLength(1);
      for (const ip_range of ["192.0.2.0/23", "2001:db8::/63", "192.0.2.256/28", "nonsense"]) {
        const refusal = acls.create({ ...account, name: "wide", ip_range });
        await expect(refusal, ip_range).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
      }
      expect(await acls.delete(acl.id, account)).toEqual({ id: acl.id });
      await expect(acls.get(acl.id, account)).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
    });

    test("peers and incoming: the configuration of a zone, and what may not be taken from under it", async () => {
      const { peers, incoming, forceAXFR } = client.dns.zoneTransfers;
      const { id: zone_id } = await client.zones.create({
        name: "small.test",
        type: "secondary",
        account: { id: account.account_id },
      });
      await expect(incoming.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      await expect(forceAXFR.create({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      const config = { name: "small.test.", peers: [peer], auto_refresh_seconds: 86_400 };
      for (const wrong of [{ peers: [NOWHERE] }, { auto_refresh_seconds: 1 }, { name: "other.test." }]) {
        const refusal = incoming.create({ zone_id, ...config, ...wrong });
        await expect(refusal, JSON.stringify(wrong)).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
      }
      expect(await incoming.create({ zone_id, ...config })).toMatchObject({ id: zone_id, ...config });
      await expect(incoming.create({ zone_id, ...config })).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
      const after = await until("the transfer", async () => {
        const shown = await incoming.get({ zone_id });
        return shown.soa_serial === 7 ? shown : undefined;
      });
      expect(Date.parse(after.checked_time!)).toBeGreaterThanOrEqual(Date.parse(after.created_time!) - 1000);
      expect(await client.zones.get({ zone_id })).toMatchObject({ original_name_servers: ["ns1.small.test"] });
      expect(await forceAXFR.create({ zone_id })).toBe("OK");

      await expect(peers.delete(peer, account)).rejects.toMatchObject({ status: 400, errors: [{ code: 20302 }] });
      const bare = { name: "small.test", peers: [], auto_refresh_seconds: 300 };
      expect(await incoming.update({ zone_id, ...bare })).toMatchObject(bare);
      await expect(forceAXFR.create({ zone_id })).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
      const spare = await peers.create({ ...account, name: "spare" });
      const full = { name: "spare", ip: "2001:db8::53", port: 5353, ixfr_enable: true };
      expect(await peers.update(spare.id, { ...account, ...full })).toMatchObject(full);
      expect(await peers.get(spare.id, account)).toMatchObject({ id: spare.id, ...full });
      expect((await collect(peers.list(account))).map((each) => each.name)).toEqual(["knot", "spare"]);
      await expect(peers.update(spare.id, { ...account, ...full, tsig_id: NOWHERE })).rejects.toBeInstanceOf(
        Cloudflare.BadRequestError,
      );
      expect(await peers.delete(spare.id, account)).toEqual({ id: spare.id });
      expect(await incoming.delete({ zone_id })).toEqual({ id: zone_id });
      await expect(incoming.get({ zone_id })).rejects.toBeInstanceOf(Cloudflare.NotFoundError);
      expect(await client.zones.delete({ zone_id })).toEqual({ id: zone_id });
    });

    test("records: what was transferred is what is listed, shown and exported", async () => {
      const zone_id = await addZone(world, peer, "odd.example");
      const transferred = transferFromPrimary(world, "odd.example.");
      const exported = await client.dns.records.export({ zone_id });
      expect(normalise(exported, "odd.example.")).toEqual(transferred);

      const all = await collect(client.dns.records.list({ zone_id, per_page: 50 }));
      expect(all).toHaveLength(transferred.length);
      expect(new Set(all.map((record) => record.id)).size).toBe(all.length);
      expect(all.every((record) => record.proxied === false)).toBe(true);
      const types = (lines: readonly string[]) => lines.map((line) => line.split(/\s+/)[3]!).sort();
      expect(all.map((record) => record.type as string).sort()).toEqual(types(transferred));

      const count = (type: string) => types(transferred).filter((each) => each === type).length;
      for (const type of ["MX", "TXT", "SRV"] as const) {
        expect(await collect(client.dns.records.list({ zone_id, type })), type).toHaveLength(count(type));
      }
      const by = (query: object) => collect(client.dns.records.list({ zone_id, ...query }));
      const www = await by({ name: { exact: "WWW.odd.example" }, type: "A", order: "content", direction: "desc" });
      const contents = www.map((record) => record.content);
      expect(contents).toEqual(["192.0.2.82", "192.0.2.81", "192.0.2.80"]);
      expect(await by({ content: { startswith: "192.0.2.8" }, name: { contains: "www." } })).toHaveLength(3);
      expect(await by({ search: "192.0.2.82" })).toMatchObject([{ name: "www.odd.example" }]);
      expect(await by({ proxied: true })).toEqual([]);
      expect(await by({ name: { exact: "nowhere.odd.example" } })).toEqual([]);
      expect((await client.dns.records.list({ zone_id, page: 100, per_page: 100 })).result).toEqual([]);
      const [mx] = await by({ type: "MX", name: { exact: "odd.example" }, order: "content" });
      expect(mx).toMatchObject({ content: "mail.odd.example", priority: 10, ttl: 3600 });
      expect(await client.dns.records.get(mx!.id, { zone_id })).toEqual(mx);
      await expect(client.dns.records.get(NOWHERE, { zone_id })).rejects.toMatchObject({
        status: 404,
        errors: [{ code: 81044 }],
      });
      const write = { zone_id, name: "x.odd.example", type: "A", content: "192.0.2.9", ttl: 300 } as const;
      const writes = [
        () => client.dns.records.create(write),
        () => client.dns.records.update(mx!.id, write),
        () => client.dns.records.edit(mx!.id, write),
        () => client.dns.records.delete(mx!.id, { zone_id }),
      ];
      for (const refuse of writes) await expect(refuse()).rejects.toBeInstanceOf(Cloudflare.BadRequestError);
    });

    test("settings: shown with what a secondary zone has", async () => {
      const [zone] = await collect(client.zones.list({ name: "odd.example" }));
      const settings = await client.dns.settings.zone.get({ zone_id: zone!.id });
      expect(settings).toMatchObject({ multi_provider: true, secondary_overrides: false, zone_mode: "dns_only" });
      await expect(client.dns.settings.zone.edit({ zone_id: zone!.id, ns_ttl: 300 })).rejects.toBeInstanceOf(
        Cloudflare.BadRequestError,
      );
    });
  },
);

/** The zone as the primary gives it to anybody with the key, in BIND's normal form, sorted. */
function transferFromPrimary({ primary, tsig }: World, name: string): string[] {
  const args = ["+noall", "+answer", "-p", String(primary.port), "-y"];
  const text = execFileSync(
    getProgram("kdig"),
    [...args, `${tsig.algorithm}:${tsig.name}:${tsig.secret}`, `@${primary.address}`, name, "AXFR"],
    { encoding: "latin1" },
  );
  return normalise(text, name);
}

function normalise(text: string, name: string): string[] {
  const directory = makeDirectory("export");
  try {
    writeIn(directory, "zone", text);
    const lines = flattenZone(name, join(directory, "zone")).split("\n");
    return lines
      .map((line) => line.trim().replace(/\s+/g, " "))
      .filter((line) => line !== "" && !line.startsWith(";"))
      .sort();
  } finally {
    removeDirectory(directory);
  }
}
