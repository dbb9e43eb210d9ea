/**
 * Tokens of one zone on the product itself: lists, counts, events and the event stream hold what is that zone's and nothing of
 * others: no name, no identifier, no number that counts them. What is asked about another zone is refused as what there is not.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { ask } from "./browser.ts";

const OWN = "/countersign/v1";
const ADMIN = { authorization: `Bearer ${TEST_TOKEN}` };
const NOWHERE = "f".repeat(32);

let product: Countersign;
let base: string;
let groups: ReadonlyMap<string, string>;
const zones: Record<"mine" | "other", string> = { mine: "", other: "" };
let peers: readonly string[];
let catalog: string;
let hers: string;

const get = (path: string, headers: Readonly<Record<string, string>>) =>
  ask(product.url, "GET", path, undefined, headers);

async function tokenOf(names: readonly string[], resources: object, effect = "allow", more: readonly object[] = []) {
  const policy = { effect, permission_groups: names.map((name) => ({ id: groups.get(name) })), resources };
  const made = (await product.call("POST", "/client/v4/user/tokens", { name: "t", policies: [policy, ...more] })) as {
    value: string;
  };
  return { authorization: `Bearer ${made.value}` };
}

const ofZone = (id: string) => ({ [`com.cloudflare.api.account.zone.${id}`]: "*" });

beforeAll(async () => {
  product = await startCountersign();
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  base = `/client/v4/accounts/${account!.id}/secondary_dns`;
  const all = (await product.call("GET", "/client/v4/user/tokens/permission_groups")) as { id: string; name: string }[];
  groups = new Map(all.map(({ id, name }) => [name, id]));
  const made = async (path: string, body: object) => ((await product.call("POST", path, body)) as { id: string }).id;
  const peer = (name: string) => made(`${base}/peers`, { name, ip: "127.0.0.1", port: 9 });
  peers = [await peer("both"), await peer("hidden"), await peer("unused")];
  for (const [key, name] of [
    ["mine", "mine.test"],
    ["other", "hidden.test"],
  ] as const) {
    zones[key] = await made("/client/v4/zones", { name, type: "secondary" });
    const linked = key === "mine" ? [peers[0]] : [peers[0], peers[1]];
    await made(`/client/v4/zones/${zones[key]}/secondary_dns/incoming`, { name: `${name}.`, peers: linked });
  }
  catalog = await made(`${OWN}/catalogs`, { name: "hidden-catalog.test", role: "producer" });
  const token = await tokenOf(["Zone Read", "DNS Read"], ofZone(zones.mine));
  hers = token.authorization;
});
afterAll(() => product?.stop());

/** Words that stand for what the token of the one zone must not see. */
const secrets = () => ["hidden", zones.other, peers[1]!, peers[2]!, catalog];

function expectNothingOf(text: string): void {
  expect(secrets().filter((word) => text.includes(word))).toEqual([]);
}

describe("a token of one zone", () => {
  test.each([
    ["zones", "/client/v4/zones", 1],
    ["the light list", `${OWN}/zones`, 1],
    ["peers in use", `${OWN}/peers/uses`, 1],
    ["catalogs", `${OWN}/catalogs`, 0],
  ])("lists %s with what is its own, totals included", async (_, path, count) => {
    const seen = await get(path, { authorization: hers });
    expect([seen.status, (seen.result as unknown[]).length]).toEqual([200, count]);
    const info = JSON.parse(seen.text).result_info as { total_count: number; total_pages: number };
    expect([info.total_count, info.total_pages]).toEqual([count, count]);
    expectNothingOf(seen.text);
    const everything = await get(path, ADMIN);
    expect((everything.result as unknown[]).length).toBeGreaterThan(count);
    expect(everything.text).toContain("hidden");
  });

  test("searches find nothing of others", async () => {
    for (const path of [`${OWN}/zones?q=hidden`, "/client/v4/zones?name=hidden.test"]) {
      const seen = await get(path, { authorization: hers });
      expect([seen.status, seen.result]).toEqual([200, []]);
      expect(JSON.parse(seen.text).result_info.total_count).toBe(0);
    }
  });

  test("counts one zone; the entity tag is of that", async () => {
    const before = await get(`${OWN}/zone_counts`, { authorization: hers });
    expect(before.result).toMatchObject({ total: 1 });
    await product.call("POST", "/client/v4/zones", { name: "hidden-too.test", type: "secondary" });
    const behind = await get(`${OWN}/zone_counts`, { authorization: hers });
    expect(behind.headers.get("etag")).toBe(before.headers.get("etag"));
    expect((await get(`${OWN}/zone_counts`, ADMIN)).result).toMatchObject({ total: 4 });
  });

  test("events, in the list and in the stream, are its zone's; a page is as full as there are such", async () => {
    // Enough of others to fill the page that is asked for.
    for (let i = 0; i < 5; i++)
      await product.call("PATCH", `/client/v4/zones/${zones.other}/dnssec`, { status: i % 2 ? "active" : "disabled" });
    const page = await get(`${OWN}/events?limit=2`, { authorization: hers });
    expect((page.result as { zone_id: string }[]).map(({ zone_id }) => zone_id)).toContain(zones.mine);
    const all = await get(`${OWN}/events?limit=1000`, { authorization: hers });
    expect(new Set((all.result as { zone_id: string }[]).map(({ zone_id }) => zone_id))).toEqual(new Set([zones.mine]));
    expectNothingOf(all.text);
    expect(await streamed({ authorization: hers })).toEqual(new Set([zones.mine]));
    expect((await streamed(ADMIN)).size).toBeGreaterThan(2);
  });

  test("is refused another zone in the same words as one that there is not", async () => {
    const paths = [
      "/client/v4/zones/ID",
      `${OWN}/zones/ID`,
      `${OWN}/zones/ID/transfers`,
      `${OWN}/catalogs/ID/members`,
      `${OWN}/events?zone_id=ID`,
    ];
    for (const path of paths) {
      const [there, nowhere] = await Promise.all(
        [path.includes("catalogs") ? catalog : zones.other, NOWHERE].map(async (id) => {
          const { status, text } = await get(path.replace("ID", id), { authorization: hers });
          return [status, text.replaceAll(id, "ID")];
        }),
      );
      expect([path, there]).toEqual([path, nowhere]);
      expect(there![0]).toBe(403);
    }
  });

  test("changes no catalog, not even its zone's", async () => {
    const his = await tokenOf(["Zone Write"], ofZone(catalog));
    expect((await get(`${OWN}/catalogs/${catalog}`, his)).status).toBe(200);
    const edit = await ask(product.url, "PATCH", `${OWN}/catalogs/${catalog}`, { max_members: 3 }, his);
    expect(edit).toMatchObject({ status: 403, reason: "auth.resource" });
  });
});

describe("a token of all zones", () => {
  test("but one does not see that one", async () => {
    const every = { [`com.cloudflare.api.account.zone.*`]: "*" };
    const denied = {
      effect: "deny",
      permission_groups: [{ id: groups.get("Zone Read") }, { id: groups.get("DNS Read") }],
      resources: ofZone(zones.other),
    };
    const his = await tokenOf(["Zone Read", "DNS Read"], every, "allow", [denied]);
    for (const path of [`${OWN}/zones`, `${OWN}/zone_counts`, `${OWN}/peers/uses`, `${OWN}/events?limit=1000`]) {
      const seen = await get(path, his);
      expect([path, seen.status]).toEqual([path, 200]);
      expect(seen.text.includes(zones.other) || seen.text.includes('"hidden.test"')).toBe(false);
    }
    expect((await get(`${OWN}/zone_counts`, his)).result).toMatchObject({ total: 3 });
  });

  test("does not see who signs in, or makes tokens and users: that is for who may read the audit log", async () => {
    const every = { [`com.cloudflare.api.account.zone.*`]: "*" };
    const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
    const blind = await tokenOf(["Zone Read"], every);
    const settings = {
      effect: "allow",
      permission_groups: [{ id: groups.get("Account Settings Read") }],
      resources: { [`com.cloudflare.api.account.${account!.id}`]: "*" },
    };
    const auditor = await tokenOf(["Zone Read"], every, "allow", [settings]);
    const codes = async (headers: Readonly<Record<string, string>>) =>
      ((await get(`${OWN}/events?limit=1000`, headers)).result as { code: string }[]).map(({ code }) => code);
    expect(await codes(auditor)).toContain("token.created");
    expect(await codes(blind)).not.toContain("token.created");
    expect(await codes(blind)).toContain("zone.added");
  });
});

/** Zones of the events that a stream from the beginning brings until one that was made just before. */
async function streamed(headers: Readonly<Record<string, string>>): Promise<Set<string | null>> {
  const [newest] = (await get(`${OWN}/events?limit=1`, headers)).result as { id: number }[];
  const abort = new AbortController();
  const response = await fetch(`${product.url}${OWN}/events?after=0`, {
    headers: { ...headers, accept: "text/event-stream" },
    signal: abort.signal,
  });
  const seen = new Set<string | null>();
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const lines = text.split("\n");
    text = lines.pop()!;
    const events = lines
      .filter((line) => line.startsWith('data: {"id"'))
      .map((line) => JSON.parse(line.slice(6)) as { id: number; zone_id: string | null });
    for (const event of events) seen.add(event.zone_id);
    if (events.some(({ id }) => id >= newest!.id)) break;
  }
  abort.abort();
  return seen;
}
