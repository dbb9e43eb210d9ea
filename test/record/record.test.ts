/** The record of every attempt: rows by API and command line, the stream of events, the metrics. Knot DNS is the primary. */
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "#cli";
import { commandLineOf } from "../cli/command-line.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeTsigKey,
  type Peer,
  type PeerZone,
  startCountersign,
  startKnot,
  TEST_TOKEN,
  until,
} from "../peers/index.ts";

const NAME = "recorded.example.";
const OTHER = "other.example.";
const tsig = makeTsigKey("transfer.example.", "hmac-sha256");

function zone(name: string, serial: number): PeerZone {
  return {
    name,
    text: `$ORIGIN ${name}\n$TTL 3600\n@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 192.0.2.1\n`,
  };
}

type Row = Readonly<Record<string, unknown>> & { readonly id: number; readonly repeats: number };
type Event = { readonly id: number; readonly code: string; readonly zone_id: string | null };

let knot: Peer;
let product: Countersign;
let id: string;

beforeAll(async () => {
  const port = await freePort();
  knot = await startKnot({ zones: [zone(NAME, 1), zone(OTHER, 1)], tsig, notify: [{ address: LOOPBACK, port }] });
  product = await startCountersign({ port });
  id = await product.addZone({ name: NAME, primary: knot, tsig, mode: "unsigned" });
  await product.served(id, NAME, 1);
});
afterAll(async () => {
  await product?.stop();
  await knot?.stop();
});

const transfers = async (query = "") =>
  (await product.call("GET", `/countersign/v1/zones/${id}/transfers${query}`)) as readonly Row[];
const metrics = async () => (await fetch(`${product.url}/metrics`)).text();

/** The events of a stream up to the first with this code; then it is closed. */
function firstOf(code: string, query: string, headers: Readonly<Record<string, string>> = {}): Promise<Event[]> {
  return new Promise((resolve, reject) => {
    const asked = get(
      `${product.url}/countersign/v1/events${query}`,
      { headers: { authorization: `Bearer ${TEST_TOKEN}`, accept: "text/event-stream", ...headers }, agent: false },
      (response) => {
        const seen: Event[] = [];
        let text = "";
        if (response.headers["content-type"] !== "text/event-stream; charset=utf-8") reject(new Error("no stream"));
        response.setEncoding("utf8").on("data", (chunk: string) => {
          const blocks = (text + chunk).split("\n\n");
          text = blocks.pop()!;
          for (const block of blocks) {
            const data = /^data: (.*)$/m.exec(block)?.[1];
            if (data === undefined) continue;
            const event = JSON.parse(data) as Event;
            if (!block.includes(`id: ${event.id}\n`)) reject(new Error(`no id in ${block}`));
            seen.push(event);
            if (event.code !== code) continue;
            asked.destroy();
            resolve(seen);
            return;
          }
        });
      },
    );
    asked.on("error", reject);
  });
}

test("a transfer has all of its facts, by API and command line", async () => {
  const [row] = await transfers("?outcome=taken");
  expect(row).toMatchObject({
    direction: "in",
    kind: "axfr",
    got: "axfr",
    transport: "tcp",
    tls_identity: null,
    tsig_key: "transfer.example.",
    reason: "start",
    outcome: "taken",
    serial_before: null,
    serial_after: 1,
    records: 3,
    error: null,
    fallback: null,
    repeats: 0,
  });
  expect(row!["duration_seconds"]).toBeGreaterThanOrEqual(0);
  expect(row!["octets"]).toBeGreaterThan(0);
  const text = await commandLineOf(product).ok("transfer", "history", "recorded.example", "--outcome", "taken");
  expect(text).toMatch(/^\d+ {2}in {2}axfr by tcp from knot \(127\.0\.0\.1:\d+\): taken$/m);
  expect(text).toMatch(/^ +TSIG key +transfer\.example\.$/m);
  expect(await metrics()).toMatch(
    /^countersign_transfers_total\{direction="in",kind="axfr",transport="tcp",outcome="taken"\} 1$/m,
  );
});

test("pages and filters", async () => {
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  const [newest] = await until("a second transfer", async () => {
    const rows = await transfers("?kind=axfr");
    return rows.length === 2 && rows;
  });
  expect(newest).toMatchObject({ reason: "operator", serial_before: 1, serial_after: 1 });
  const [older] = await transfers(`?limit=1&before=${newest!.id}`);
  expect(older!.id).toBeLessThan(newest!.id);
  expect(await transfers("?outcome=held,failed&direction=in")).toEqual([]);
  expect(await transfers("?direction=out")).toEqual([]);
  await expect(transfers("?outcome=gone")).rejects.toThrow(/400/);
});

test("the stream tells what happens, of one zone or all, and goes on behind the last id", async () => {
  const [{ id: newest }] = (await product.call("GET", "/countersign/v1/events?limit=1")) as [Event];
  const coming = firstOf("transfer.taken", `?zone_id=${id}`);
  const all = firstOf("zone.added", "");
  await until("both to follow", async () => /^countersign_event_followers 2$/m.test(await metrics()));
  const other = await product.addZone({ name: OTHER, primary: knot, tsig, mode: "unsigned" });
  expect((await all).at(-1)!.zone_id).toBe(other);
  await product.served(other, OTHER, 1);
  await knot.replaceZone(zone(NAME, 2));
  const events = await coming;
  expect(events.every((event) => event.zone_id === id)).toBe(true);
  expect(events.at(-1)!.id).toBeGreaterThan(newest);
  // Who was away meanwhile sees it again, by header or by query.
  const resumed = await firstOf("transfer.taken", `?zone_id=${id}`, { "last-event-id": String(newest) });
  expect(resumed.at(-1)).toEqual(events.at(-1));
  expect((await firstOf("transfer.taken", `?zone_id=${id}&after=${newest}`)).at(-1)).toEqual(events.at(-1));
  await until("nobody to follow any more", async () => /^countersign_event_followers 0$/m.test(await metrics()));
});

test("the command line follows, as text and as JSON, and goes on behind the last id", async () => {
  const [{ id: newest }] = (await product.call("GET", "/countersign/v1/events?limit=1")) as [Event];
  for (const json of [false, true]) {
    const written: string[] = [];
    const words = ["events", "--follow", "--zone", NAME.slice(0, -1), "--after", String(newest)];
    const told = await new Promise<string>((resolve, reject) => {
      const out = {
        terminal: false,
        write: async (text: string) => {
          written.push(text);
          if (!text.includes("transfer.taken")) return;
          resolve(written.join(""));
          // Nobody reads any more: it has to end by that.
          throw Object.assign(new Error("closed"), { code: "EPIPE" });
        },
      };
      const env = { COUNTERSIGN_URL: product.url, COUNTERSIGN_TOKEN: TEST_TOKEN };
      runCli(json ? [...words, "--json"] : words, { out, err: out, env }).catch(reject);
      void product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`).catch(reject);
    });
    const lines = told.trimEnd().split("\n");
    if (json) expect((JSON.parse(lines.at(-1)!) as Event).zone_id).toBe(id);
    else expect(lines.at(-1)).toMatch(/^\S+.* info {2}transfer\.taken {2}recorded\.example: /);
  }
  await until("nobody to follow any more", async () => /^countersign_event_followers 0$/m.test(await metrics()));
});

test("more followers than there is room for are refused, and room comes back", async () => {
  const groups = (await product.call("GET", "/client/v4/user/tokens/permission_groups?name=Zone%20Read")) as object[];
  const everyZone = { "com.cloudflare.api.account.zone.*": "*" };
  const policies = [{ effect: "allow", permission_groups: groups, resources: everyZone }];
  const made = async (name: string) =>
    ((await product.call("POST", "/client/v4/user/tokens", { name, policies })) as { value: string }).value;
  const tokens = [TEST_TOKEN, await made("a"), await made("b"), await made("c")];
  const open = (token = TEST_TOKEN) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
      get(`${product.url}/countersign/v1/events`, { headers, agent: false }, resolve).on("error", reject);
    });
  const answers = await Promise.all(tokens.flatMap((token) => Array.from({ length: 16 }, () => open(token))));
  expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
  // Nobody has more than sixteen, and all together no more than 64.
  for (const [token, many] of [
    [TEST_TOKEN, "16 of yours"],
    [await made("d"), "64"],
  ] as const) {
    const refused = await open(token);
    expect(refused.statusCode).toBe(400);
    const said = (await refused.toArray()).join("");
    expect(said).toContain("events.too-many-streams");
    expect(said).toContain(`There are ${many} followers`);
  }
  for (const answer of answers) answer.destroy();
  await until("room", async () => /^countersign_event_followers 0$/m.test(await metrics()));
});

test("checks that fail are one row with a count, and the metrics have every one", async () => {
  const { port } = knot;
  await knot.process.stop();
  const count = async () => {
    const found = /^countersign_transfers_total\{direction="in",kind="soa",transport="tcp",outcome="failed"\} (\d+)$/m;
    return Number(found.exec(await metrics())?.[1] ?? 0);
  };
  await product.call("PUT", `/client/v4/zones/${id}/secondary_dns/incoming`, {
    name: NAME,
    peers: ((await product.call("GET", `/client/v4/zones/${id}/secondary_dns/incoming`)) as { peers: string[] }).peers,
    auto_refresh_seconds: 300,
  });
  // The other zone's primary is the same: both ask, and so do the retries.
  const rows = await until(
    "a check that failed twice",
    async () => {
      const failed = await transfers("?kind=soa");
      return failed.some((row) => row.repeats > 0) && failed;
    },
    50_000,
  );
  expect(new Set(rows.map((row) => `${row["transport"]} ${(row["error"] as { code: string }).code}`)).size).toBe(
    rows.length,
  );
  for (const row of rows) expect(row).toMatchObject({ kind: "soa", got: null, outcome: "failed", serial_before: 2 });
  expect(rows[0]!["address"]).toContain(String(port));
  expect(await count()).toBeGreaterThan(1);
  const page = await metrics();
  expect(page).toMatch(/^countersign_zones_by_state\{state="serving"\} 2$/m);
  expect(page).toMatch(/^countersign_good_check_age_seconds_max\{state="serving"\} \d+$/m);
  expect(page).toMatch(/^countersign_expiry_seconds_min\{state="serving"\} \d+$/m);
  expect(page).toMatch(/^countersign_zone_serial\{zone="recorded\.example\.?",at="primary"\} 2$/m);
  expect(page).toMatch(/^countersign_zone_serial\{zone="recorded\.example\.?",at="served"\} 2$/m);
  expect(page).toMatch(/^countersign_zones_behind 0$/m);
  expect(page).not.toContain(id);
});
