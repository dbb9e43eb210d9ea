/**
 * How the database is asked, list by list: each GET of the contract with its filters and orders against the running product, whose
 * statements are recorded with SQLite's own plan. None may go through a table that grows, or sort what it found there: an entry of
 * an index for each row that is shown, so that the last page costs what the first one costs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROUTE_NAMES, ROUTES, type RouteName, routePath } from "#contract";
import { type Countersign, makeDirectory, removeDirectory, startCountersign, TEST_TOKEN } from "../peers/index.ts";
import { ROOT } from "../root.ts";

/** With zones, records, attempts or what people do. The others have some rows for each user, peer or destination. */
const GROWING = [
  ...["zones", "zone_dnssec", "keys", "incoming", "incoming_peers", "outgoing", "outgoing_peers", "zone_versions"],
  ...["timers", "zone_documents", "transfers", "events", "audit", "kept_answers", "alert_deliveries", "analytics"],
  ...["catalogs", "catalog_members"],
];

type Statement = { readonly sql: string; readonly plan: readonly string[] };

/** What may be gone through all the same, and why. */
const EXCEPTIONS: readonly { readonly sql: RegExp; readonly why: string }[] = [
  {
    sql: /^select count\(\*\) as "many" from "audit"/,
    why: "pages by number have totals; out of an index, 100,000 at most",
  },
  {
    sql: /^select \* from "audit" order by "id" (asc|desc) limit \? offset \?$/,
    why: "pages by number; 100,000 at most",
  },
  {
    sql: /^select "name" from "zones" where \("id" in \(select "zone_id" from "incoming_peers" .* order by "name" limit \?$/,
    why: "the first zones by name of one peer, all of which are counted beside it: as many as the peer has",
  },
  {
    sql: /^select \* from "(outgoing|outgoing_peers|catalog_members|zone_documents)"( order by "zone_id", "position"| where "kind" = \?)?$/,
    why: "once, by the start, which takes up everything of every zone; no list asks so",
  },
  { sql: /^select \* from "catalogs"/, why: "one row for each catalog" },
];

/** Of routes whose answer comes out of the database by what is asked; everything else is asked without a query. */
const ZONE = "ZONE";
const QUERIES: { readonly [K in RouteName]?: readonly string[] } = {
  "audit.list": [
    "",
    "before=5",
    "order=oldest",
    "order=oldest&before=1",
    ...["done", "refused", "unfinished"].map((outcome) => `outcome=${outcome}&before=5`),
    "zone_id=ZONE&before=5",
    "resource_id=ZONE&before=5",
    "actor=x&before=5",
    "actor=x&order=oldest&outcome=done",
    "address=127.0.0.1&before=5",
    "action=peers&before=5",
    "action=peers.update&before=5",
    "since=2026-01-01T00:00:00Z&before=5",
    "until=2036-01-01T00:00:00Z&before=5",
    "since=2026-01-01T00:00:00Z&until=2036-01-01T00:00:00Z&zone_id=ZONE&outcome=done&order=oldest",
  ],
  "audit.export": ["", "outcome=refused", "actor=x"],
  "auditLogs.ofAccount": ["", "page=3&per_page=1", "direction=asc", "since=2026-01-01T00:00:00Z", "actor.ip=127.0.0.1"],
  "own.events": ["", "before=5", "zone_id=ZONE&before=5"],
  "own.transfers": ["", "before=5", "outcome=failed&before=5", "direction=in&kind=axfr"],
  "own.zones": ["", "page=2&per_page=1", "search=a"],
  "zones.list": ["", "name=a.test", "order=status&direction=desc&page=2&per_page=5"],
};

let directory: string;
let file: string;
let product: Countersign;
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  directory = makeDirectory("plans");
  file = join(directory, "plans");
  writeFileSync(file, "");
  const recorder = join(ROOT, "test", "contract", "plan-recorder.ts");
  product = await startCountersign({ env: { NODE_OPTIONS: `--import=${recorder}`, PLANS_FILE: file } });
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const base = `/client/v4/accounts/${account!.id}/secondary_dns`;
  const made = async (path: string, body: object) => ((await product.call("POST", path, body)) as { id: string }).id;
  const zone = await made("/client/v4/zones", { name: "a.test", type: "secondary" });
  const peer = await made(`${base}/peers`, { name: "p", ip: "127.0.0.1", port: 9 });
  await made(`/client/v4/zones/${zone}/secondary_dns/incoming`, { name: "a.test.", peers: [peer] });
  const catalog = await made("/countersign/v1/catalogs", { name: "c.test", role: "producer" });
  ids = { zoneId: zone, accountId: account!.id, peerId: peer, catalogId: catalog };
});
afterAll(async () => {
  await product?.stop();
  removeDirectory(directory);
});

const seen = (): Statement[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Statement);

/** The tables of a plan's lines that are gone through from end to end, or whose rows are sorted. */
function faults({ sql, plan }: Statement): string[] {
  const named = sql.match(/"(\w+)"/g)?.map((word) => word.slice(1, -1)) ?? [];
  const growing = named.filter((name) => GROWING.includes(name));
  return plan.filter((line) => {
    if (/USE TEMP B-TREE FOR (ORDER BY|RIGHT|LAST)/.test(line)) return growing.length > 0;
    const table = /^SCAN (\w+)/.exec(line)?.[1];
    if (table === undefined || !GROWING.includes(table)) return false;
    // By id and so many of them: what is read is what is shown.
    return !(/order by "id"( desc| asc)? limit \?$/.test(sql) && !/ where /.test(sql));
  });
}

test("no list goes through, or sorts, a table that grows", { timeout: 240_000 }, async () => {
  const before = seen().length;
  const lists = ROUTE_NAMES.filter((name) => ROUTES[name].method === "GET");
  const headers = { authorization: `Bearer ${TEST_TOKEN}` };
  const answered: [RouteName, number][] = [];
  for (const name of lists) {
    const names = [...ROUTES[name].path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter!);
    const params = Object.fromEntries(names.map((parameter) => [parameter, ids[parameter] ?? "0".repeat(32)]));
    for (const query of QUERIES[name] ?? [""]) {
      const path = `${routePath(name, params)}?${query.replaceAll(ZONE, ids["zoneId"]!)}`;
      const response = await fetch(product.url + path, { headers });
      await response.text();
      answered.push([name, response.status]);
    }
  }
  // What is misspelled here would be refused before the database is asked.
  const asked = new Set(Object.keys(QUERIES));
  expect(answered.filter(([name, status]) => asked.has(name) && status !== 200)).toEqual([]);
  expect(answered.filter(([, status]) => status >= 500 && status !== 503)).toEqual([]);
  const statements = seen();
  expect(statements.length - before).toBeGreaterThan(20);
  const wrong = statements.filter((each) => faults(each).length > 0);
  const unexcused = wrong.filter(({ sql }) => !EXCEPTIONS.some((exception) => exception.sql.test(sql)));
  const idle = EXCEPTIONS.filter(({ sql }) => !wrong.some((each) => sql.test(each.sql)));
  expect(idle.map(({ sql }) => String(sql))).toEqual([]);
  expect(unexcused.map((each) => `${each.sql}\n    ${faults(each).join("\n    ")}`)).toEqual([]);
});
