/** The provider's audit logs and alerting by its official SDK on the product: every method, paging to the end, every filter. */
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { collect } from "./world.ts";

const SECRET = "secret of a webhook 0123456789";
const NOWHERE = "0".repeat(32);

let product: Countersign;
let client: Cloudflare;
let account: { readonly account_id: string };

beforeAll(async () => {
  product = await startCountersign();
  client = new Cloudflare({ apiToken: TEST_TOKEN, baseURL: `${product.url}/client/v4`, maxRetries: 0 });
  account = { account_id: (await collect(client.accounts.list()))[0]!.id };
});
afterAll(() => product?.stop());

const refused = (call: Promise<unknown>, status: number, code: number) =>
  expect(call).rejects.toMatchObject({ status, errors: [{ code }] });

describe("audit_logs", () => {
  test("of the account: all pages, both directions, every filter", async () => {
    const zones: string[] = [];
    for (const name of ["one.test", "two.test", "three.test"])
      zones.push((await client.zones.create({ name, type: "secondary", account: { id: account.account_id } })).id);
    await client.zones.edit({ zone_id: zones[0]!, paused: true });
    await refused(client.zones.create({ name: "one.test", type: "secondary", account: {} }), 400, 1061);
    await client.zones.delete({ zone_id: zones[2]! });
    const list = (query: object = {}) => collect(client.auditLogs.list({ ...account, ...query }));
    const all = await list({ per_page: 2 });
    expect(all.map(({ action }) => [action!.type, action!.result])).toEqual([
      ["delete", true],
      ["create", false],
      ["update", true],
      ["create", true],
      ["create", true],
      ["create", true],
    ]);
    expect((await list({ per_page: 4, direction: "asc" })).map(({ id }) => id)).toEqual(
      all.map(({ id }) => id).reverse(),
    );
    expect(all[2]).toMatchObject({
      actor: { email: "admin@localhost", ip: "127.0.0.1", type: "user" },
      interface: "API",
      metadata: { operation: "zones.edit", zone_name: "one.test" },
      owner: { id: account.account_id },
      resource: { id: zones[0], type: "zones" },
    });
    expect(JSON.parse(all[2]!.oldValue!)).toMatchObject({ paused: false });
    expect(JSON.parse(all[2]!.newValue!)).toMatchObject({ paused: true });
    expect(await list({ id: all[1]!.id })).toEqual([all[1]]);
    expect(await list({ action: { type: "update" } })).toEqual([all[2]]);
    expect(await list({ action: { type: "zones.delete" } })).toEqual([all[0]]);
    expect(await list({ zone: { name: "one.test" } })).toHaveLength(2);
    expect(await list({ actor: { email: "Admin@localhost" } })).toHaveLength(6);
    expect(await list({ actor: { email: "x@example.com" } })).toEqual([]);
    expect(await list({ actor: { ip: "127.0.0.0/8" } })).toHaveLength(6);
    expect(await list({ actor: { ip: "192.0.2.1" } })).toEqual([]);
    expect(await list({ since: "2090-01-01" })).toEqual([]);
    expect(await list({ since: "2020-01-01", before: "2090-01-01T00:00:00Z" })).toHaveLength(6);
    await refused(list({ export: true }), 400, 1004);
    await refused(collect(client.auditLogs.list({ account_id: NOWHERE })), 404, 7003);
  });

  test("of a user: what he did himself, by his tokens too", async () => {
    const all = await collect(client.user.auditLogs.list());
    expect(all.length).toBeGreaterThan(0);
    const token = await client.user.tokens.create({ name: "t", policies: [] as never }).catch(() => undefined);
    expect(token).toBeUndefined();
    const personal = await collect(client.user.auditLogs.list({ hide_user_logs: true }));
    expect(
      personal.every(
        ({ metadata }) => !String((metadata as { operation: string }).operation).startsWith("user.tokens"),
      ),
    ).toBe(true);
  });
});

describe("alerting", () => {
  test("webhooks and policies: made, listed, shown, changed, deleted", async () => {
    const { policies, destinations, availableAlerts, history } = client.alerting;
    const { webhooks } = destinations;
    const available = await availableAlerts.list(account);
    const types = Object.values(available).flatMap((kinds) => kinds.map(({ type }) => type));
    expect(types).toContain("secondary_dns_all_primaries_failing");
    expect(await destinations.eligible.get(account)).toMatchObject({ webhooks: [{ eligible: true, type: "webhook" }] });
    const hook = await webhooks.create({
      ...account,
      name: "hook",
      url: "https://receiver.example.net/",
      secret: SECRET,
    });
    const webhookId = hook.id!;
    expect(await webhooks.get(webhookId, account)).toMatchObject({ name: "hook", type: "generic", last_success: null });
    await webhooks.update(webhookId, { ...account, name: "hook 2", url: "https://receiver.example.net/x" });
    expect(await collect(webhooks.list(account))).toMatchObject([
      { name: "hook 2", url: "https://receiver.example.net/x" },
    ]);
    const zone = await client.zones.create({ name: "alerted.test", type: "secondary", account: {} });
    const made = await policies.create({
      ...account,
      name: "p",
      alert_type: "secondary_dns_warning",
      enabled: true,
      mechanisms: { webhooks: [{ id: webhookId }] },
      filters: { zones: [zone.id] },
      alert_interval: "30m",
    });
    const id = made.id!;
    const shown = await policies.get(id, account);
    expect(shown).toMatchObject({
      alert_type: "secondary_dns_warning",
      alert_interval: "30m",
      filters: { zones: [zone.id] },
      mechanisms: { webhooks: [{ id: webhookId }], email: [], pagerduty: [] },
    });
    expect(await collect(policies.list(account))).toEqual([shown]);
    await policies.update(id, { ...account, enabled: false });
    expect(await policies.get(id, account)).toEqual({ ...shown, enabled: false });
    await refused(webhooks.delete(webhookId, account), 400, 20634);
    await policies.delete(id, account);
    await webhooks.delete(webhookId, account);
    expect(await collect(history.list(account))).toEqual([]);
    await refused(policies.get(id, account), 404, 20631);
  });

  test("what is wrong is said where it is; what is not offered is refused", async () => {
    const { policies, destinations, silences } = client.alerting;
    const wrong = {
      name: "",
      alert_type: "pages_event_alert",
      enabled: true,
      mechanisms: {},
      description: "x",
    } as const;
    await expect(policies.create({ ...account, ...wrong })).rejects.toMatchObject({
      status: 400,
      errors: [
        { source: { pointer: "/name" } },
        { source: { pointer: "/alert_type" } },
        { source: { pointer: "/mechanisms" } },
        { source: { pointer: "/description" } },
      ],
    });
    await expect(
      destinations.webhooks.create({ ...account, name: "w", url: "file:///etc/passwd", secret: SECRET }),
    ).rejects.toMatchObject({ errors: [{ source: { pointer: "/url" } }] });
    const offered = { alert_type: "secondary_dns_warning", enabled: true, name: "p" } as const;
    const none = policies.create({ ...account, ...offered, mechanisms: { webhooks: [{ id: NOWHERE }] } });
    await refused(none, 400, 20633);
    await expect(policies.create({ ...account, ...offered, mechanisms: {} })).rejects.toMatchObject({
      errors: [{ source: { pointer: "/mechanisms" } }],
    });
    await refused(destinations.pagerduty.create(account), 400, 20637);
    await refused(collect(destinations.pagerduty.get(account)), 400, 20637);
    await refused(destinations.pagerduty.delete(account), 400, 20637);
    await refused(destinations.pagerduty.link(NOWHERE, account), 400, 20637);
    await refused(silences.create({ ...account, body: [] }), 400, 20637);
    await refused(collect(silences.list(account)), 400, 20637);
    await refused(silences.get(NOWHERE, account), 400, 20637);
    await refused(silences.delete(NOWHERE, account), 400, 20637);
  });
});
