/**
 * Requests made from the contract's own schemas, by every kind of credential, on the whole product: never a 5xx, always the
 * envelope, no secret in any answer, log line, event or audit entry, nothing changed by who may not, no answer that does not come.
 * COUNTERSIGN_FUZZ_REQUESTS and COUNTERSIGN_FUZZ_SEED ask for more of them, or others; the counts are printed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { NEEDS, ROUTE_NAMES, ROUTES, type Route, type RouteName } from "#contract";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/countersign.ts";
import { type Cast, makeCast, type Player } from "./cast.ts";
import { deformed, oddHeaders, oddQuery } from "./deformed.ts";
import { type Random, seededRandom } from "./random.ts";
import { fittingValue, type JsonSchema, spoiled } from "./schema-values.ts";
import { changesBetween, readState } from "./state.ts";
import { ALONE } from "./world.ts";

const REQUESTS = Number(process.env["COUNTERSIGN_FUZZ_REQUESTS"] ?? 2000);
const SEED = Number(process.env["COUNTERSIGN_FUZZ_SEED"] ?? 0x5eed);
const AT_ONCE = 8;
const ANSWER_WITHIN_MS = 60_000;
/** Shown to those who may set it, by its own routes. */
const TSIG_SECRET = "c2NoZW1hLWZ1enotc2VjcmV0LXNlY3JldA==";
/** Stands in the fields of requests that are for secrets; base64, so that it is taken there. */
const TYPED_SECRET = "dHlwZWQtc2VjcmV0LXR5cGVkLXNlY3JldC10eXBlZA==";
const SECRET_FIELDS = /^(secret|password|current|token)$/;

/** A session that ends itself attacks no more; it is asked to at the end. */
const ENDS_ITSELF: ReadonlySet<RouteName> = new Set<RouteName>(["session.delete"]);
/** What those who may change nothing may do all the same. */
const HARMLESS: ReadonlySet<RouteName> = new Set<RouteName>(["insight.checkNow"]);
/** Let in nowhere but where everybody is. */
const SPENT =
  /^(nobody|no such|a header|the key)|: (expired|not yet|from elsewhere|disabled|deleted|signed out|user disabled)$/;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "QUERY"] as const;

type Shaped = { readonly name: RouteName; readonly query?: JsonSchema; readonly body?: JsonSchema };
type Request = {
  readonly name: RouteName;
  readonly player: Player;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
};

const schemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;

const SHAPES: readonly Shaped[] = ROUTE_NAMES.map((name) => {
  const route: Route = ROUTES[name];
  return {
    name,
    ...(route.query && { query: schemaOf(route.query) }),
    ...(route.body && { body: schemaOf(route.body) }),
  };
});

let product: Countersign;
let account: string;
let cast: Cast;
let masterKey: string;
/** Of which the token of one zone is. */
let mine: string;
const ids: string[] = [];
const zones: string[] = [];
const faults: string[] = [];
const counts = new Map<string, Map<number, number>>();

beforeAll(async () => {
  const env = { COUNTERSIGN_MAX_ZONES: "30", COUNTERSIGN_API_REQUESTS: "0", COUNTERSIGN_LOG_LEVEL: "trace" };
  product = await startCountersign({ env: { ...ALONE, ...env, COUNTERSIGN_TRUSTED_PROXIES: "192.0.2.1/32" } });
  const [first] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  account = first!.id;
  const base = `/client/v4/accounts/${account}/secondary_dns`;
  const made = async (path: string, body: unknown) => ((await product.call("POST", path, body)) as { id: string }).id;
  mine = await made("/client/v4/zones", { name: "fuzz.test", type: "secondary" });
  zones.push(mine, await made("/client/v4/zones", { name: "other.test", type: "secondary" }));
  ids.push(await made(`${base}/tsigs`, { name: "k.", algo: "hmac-sha256", secret: TSIG_SECRET }));
  ids.push(await made(`${base}/peers`, { name: "p", ip: "127.0.0.1", port: 9, tsig_id: ids[0] }));
  ids.push(await made(`${base}/acls`, { name: "a", ip_range: "127.0.0.0/28" }));
  masterKey = readFileSync(join(product.directory, "data", "master-key"), "utf8").trim();
  cast = await makeCast(product, mine, account);
}, 240_000);
afterAll(() => product?.stop());

describe(`${REQUESTS} requests from the schemas (seed ${SEED})`, () => {
  const who = (...may: Player["may"][]) => cast.players.filter((player) => may.includes(player.may));

  test("by those who may change nothing: nothing is changed", { timeout: 900_000 }, async () => {
    const before = await readState(product, account);
    await attack(who("nothing", "own"), REQUESTS * 0.55, SEED);
    expect(faults.slice(0, 10)).toEqual([]);
    expect(changesBetween(before, await readState(product, account))).toEqual([]);
  });

  test("by a token of one zone: no other is changed, nor anything of the account's", { timeout: 900_000 }, async () => {
    const before = await readState(product, account);
    await attack(who("zone"), REQUESTS * 0.1, SEED + 1);
    expect(faults.slice(0, 10)).toEqual([]);
    const changed = changesBetween(before, await readState(product, account));
    expect(changed.filter((path) => !path.includes(mine) && !path.startsWith("/client/v4/zones?"))).toEqual([]);
  });

  test("by a token of the account: no zone is changed, no user, no token", { timeout: 900_000 }, async () => {
    const before = await readState(product, account);
    await attack(who("account"), REQUESTS * 0.1, SEED + 2);
    expect(faults.slice(0, 10)).toEqual([]);
    const changed = changesBetween(before, await readState(product, account));
    expect(changed.filter((path) => /\/zones|tokens|users|catalogs/.test(path))).toEqual([]);
  });

  test("by those who may do everything", { timeout: 900_000 }, async () => {
    await attack(who("everything"), REQUESTS * 0.25, SEED + 3);
    expect(faults.slice(0, 10)).toEqual([]);
  });

  test("were some of all kinds, or it was no attack", () => {
    const statuses = [...new Set([...counts.values()].flatMap((each) => [...each.keys()]))].sort();
    const lines = [...counts].map(([name, each]) => [name, ...statuses.map((status) => each.get(status) ?? 0)]);
    console.log(`seed ${SEED}\n${[["", ...statuses], ...lines].map((line) => line.join("\t")).join("\n")}`);
    expect([...counts.keys()].sort()).toEqual(cast.players.map(({ name }) => name).sort());
    for (const status of [200, 400, 401, 403, 404, 405]) expect(statuses).toContain(status);
  });

  test("no secret is in the log, the events, the audit log, or unsealed on the disk", async () => {
    const secrets = [...cast.secrets, masterKey, TSIG_SECRET, TYPED_SECRET, "PRIVATE KEY"];
    const found = (text: string) => secrets.filter((secret) => text.includes(secret));
    const log = product.process.log();
    expect(log.length).toBeGreaterThan(10_000);
    expect(found(log)).toEqual([]);
    const read = async (path: string) =>
      (await fetch(`${product.url}${path}`, { headers: { authorization: `Bearer ${TEST_TOKEN}` } })).text();
    const audit = await read("/countersign/v1/audit/export");
    expect(audit.split("\n").length).toBeGreaterThan(REQUESTS / 20);
    expect(found(audit)).toEqual([]);
    expect(found(await read("/countersign/v1/events?limit=1000"))).toEqual([]);
    for (const file of ["countersign.db", "countersign.db-wal"])
      expect(found(readFileSync(join(product.directory, "data", file)).toString("latin1"))).toEqual([]);
  });

  test("sessions end when they are asked to; the server is well", async () => {
    for (const { name, headers } of who("own")) {
      const url = `${product.url}/countersign/v1/session`;
      expect([name, (await fetch(url, { method: "DELETE", headers })).status]).toEqual([name, 200]);
      expect([name, (await fetch(url, { headers })).status]).toEqual([name, 401]);
    }
    expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
  });
});

async function attack(players: readonly Player[], requests: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  let left = Math.ceil(requests);
  // Each has his turn, so that all were there however few requests there are.
  let turn = 0;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await send(makeRequest(random, players[turn++ % players.length]!));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function send(request: Request): Promise<void> {
  const { player, method, url, headers, body } = request;
  const what = `${player.name}: ${method} ${url} ${body ?? ""}`.slice(0, 300);
  try {
    const response = await fetch(`${product.url}${url}`, {
      method,
      headers,
      body: body as string | undefined,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: "manual",
    });
    const text = await response.text();
    const seen = counts.get(player.name) ?? new Map<number, number>();
    counts.set(player.name, seen.set(response.status, (seen.get(response.status) ?? 0) + 1));
    const fault = faultOf(request, response, text);
    if (fault) faults.push(`${fault}: ${what} → ${response.status} ${text.slice(0, 200)}`);
    learn(request, text);
  } catch (error) {
    faults.push(`no answer (${String((error as Error).cause ?? error)}): ${what}`);
  }
}

function makeRequest(random: Random, player: Player): Request {
  let shape = random.pick(SHAPES);
  while (ENDS_ITSELF.has(shape.name) && player.ownWord !== undefined) shape = random.pick(SHAPES);
  const route: Route = ROUTES[shape.name];
  const method = random.oneIn(20) && player.may === "nothing" ? random.pick(METHODS) : route.method;
  const pick = (parameter: string): string => {
    if (random.oneIn(12)) return random.pick(["0".repeat(32), "x", "%00", "..%2f", "A".repeat(32)]);
    if (parameter === "accountId") return account;
    return parameter === "zoneId" ? random.pick(zones) : random.pick([...ids, ...zones]);
  };
  const path = route.path.replace(/\{(\w+)\}/g, (_, parameter: string) => pick(parameter));
  const isGood = random.oneIn(3);
  const query = random.oneIn(12) ? oddQuery(random) : shape.query && printQuery(shape.query, random, isGood);
  const fitting = shape.body && withSecrets(fittingValue(shape.body, random, [...ids, ...zones]));
  const json = JSON.stringify(isGood ? fitting : spoiled(fitting, random)) ?? "null";
  const hasBody = shape.body !== undefined && method !== "GET" && method !== "HEAD";
  const body = hasBody ? (random.oneIn(8) ? deformed(json, random) : json) : undefined;
  const headers: Record<string, string> = {
    ...(body !== undefined && { "content-type": "application/json" }),
    ...oddHeaders(random),
    ...player.headers,
  };
  return { name: shape.name, player, method, url: `${path}${query ? `?${query}` : ""}`, headers, body };
}

/** Fields for secrets hold one that is looked for afterwards. */
function withSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET_FIELDS.test(key) ? TYPED_SECRET : withSecrets(inner)]),
  );
}

function printQuery(schema: JsonSchema, random: Random, isGood: boolean): string {
  const fitting = fittingValue({ type: "object", ...schema }, random, [...ids, ...zones]);
  const value = isGood ? fitting : spoiled(fitting, random);
  if (typeof value !== "object" || value === null) return encodeURIComponent(String(value).toWellFormed());
  return Object.entries(value)
    .map(
      ([key, inner]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(inner).toWellFormed().slice(0, 3000))}`,
    )
    .join("&");
}

/** What was made is attacked next, but not everything: 30 of each are enough. */
function learn({ name }: Request, text: string): void {
  const made = name.endsWith(".create") ? /"result":\{"id":"([0-9a-f]{32})"/.exec(text)?.[1] : undefined;
  const known = name === "zones.create" ? zones : ids;
  if (made && known.length < 30) known.push(made);
}

function faultOf(
  { name, player, method, headers, body }: Request,
  response: Response,
  text: string,
): string | undefined {
  const { status } = response;
  if (status >= 500) return "a fault of ours";
  const head = JSON.stringify([...response.headers]);
  const secrets = [...cast.secrets, masterKey, "PRIVATE KEY"].filter((secret) => secret !== player.ownWord);
  if (secrets.some((secret) => text.includes(secret) || head.includes(secret))) return "a secret in the answer";
  // Reading needs no word against forged requests.
  const maySet =
    name.startsWith("tsigs.") &&
    (["everything", "account"].includes(player.may) || /: (operator|admin), no|another's/.test(player.name));
  if (!maySet && text.includes(TSIG_SECRET)) return "a TSIG's secret";
  const isOpen = NEEDS[name].kind === "open" || method === "OPTIONS";
  if (response.ok && SPENT.test(player.name) && !isOpen) return "let in with a credential that is good for nothing";
  const writes = method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
  if (writes && response.ok && player.may === "nothing" && !HARMLESS.has(name)) return "a write by who may not";
  // More headers than a request may have are refused before there is a request.
  const isFlood = JSON.stringify(headers).length > 12_000;
  if (!response.headers.get("x-request-id") && !isFlood) return "no request id";
  if (method === "HEAD" || status === 204 || status === 304) return undefined;
  const route: Route = ROUTES[name];
  const isStream = (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
  if (isStream || (route.shape === "text" && response.ok)) return undefined;
  if (!response.headers.get("content-type")?.startsWith("application/json"))
    return isPicture(response) ? undefined : "no JSON";
  const reflected = typeof body === "string" && body.includes(TYPED_SECRET) && text.includes(TYPED_SECRET);
  if (reflected && !(response.ok && maySet)) return "a secret sent back";
  return envelopeFault(response, text);
}

function envelopeFault(response: Response, text: string): string | undefined {
  const envelope = JSON.parse(text) as {
    success: boolean;
    errors: { code: number; message: string; source?: { pointer: string } }[];
    messages: unknown;
    result: unknown;
  };
  if (envelope.success !== response.ok) return "success and status differ";
  if (!Array.isArray(envelope.messages) || !Array.isArray(envelope.errors)) return "no envelope";
  if (response.ok) return envelope.errors.length === 0 ? undefined : "success with errors";
  const isRight = ({ code, message, source }: (typeof envelope.errors)[number]) =>
    code >= 1000 && message !== "" && (source === undefined || /^(\/|$)/.test(source.pointer));
  const some = envelope.result === null && envelope.errors.length > 0;
  return some && envelope.errors.every(isRight) ? undefined : "no envelope of errors";
}

/** Some answers are pictures, by their own route. */
function isPicture(response: Response): boolean {
  return response.ok && (response.headers.get("content-type") ?? "").startsWith("image/");
}
