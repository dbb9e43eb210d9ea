/**
 * Requests made from the contract's own schemas, every field wrong in every way, on the whole product: never a 5xx, always the
 * envelope, never a secret where it does not belong, no answer that does not come. COUNTERSIGN_FUZZ_REQUESTS and
 * COUNTERSIGN_FUZZ_SEED ask for more of them, or others.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ROUTE_NAMES, ROUTES, type Route, type RouteName } from "#contract";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/countersign.ts";
import { type Random, seededRandom } from "./random.ts";
import { fittingValue, type JsonSchema, spoiled } from "./schema-values.ts";
import { ALONE } from "./world.ts";

const REQUESTS = Number(process.env["COUNTERSIGN_FUZZ_REQUESTS"] ?? 2000);
const SEED = Number(process.env["COUNTERSIGN_FUZZ_SEED"] ?? 0x5eed);
const AT_ONCE = 8;
const ANSWER_WITHIN_MS = 60_000;
const SECRET = "c2NoZW1hLWZ1enotc2VjcmV0LXNlY3JldA==";

/** Signing in is held against guessing by its own tests: wrong passwords by the thousand would slow everything here. */
const LEFT_OUT: ReadonlySet<RouteName> = new Set<RouteName>(["session.create"]);

type Shaped = { readonly name: RouteName; readonly query?: JsonSchema; readonly body?: JsonSchema };

const schemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;

const SHAPES: readonly Shaped[] = ROUTE_NAMES.filter((name) => !LEFT_OUT.has(name)).map((name) => {
  const route: Route = ROUTES[name];
  return {
    name,
    ...(route.query && { query: schemaOf(route.query) }),
    ...(route.body && { body: schemaOf(route.body) }),
  };
});

describe(`${REQUESTS} requests from the schemas (seed ${SEED})`, () => {
  let product: Countersign;
  let account: string;
  let masterKey: string;
  const ids: string[] = [];
  const zones: string[] = [];

  beforeAll(async () => {
    product = await startCountersign({ env: { ...ALONE, COUNTERSIGN_MAX_ZONES: "30" } });
    const [first] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
    account = first!.id;
    const base = `/client/v4/accounts/${account}/secondary_dns`;
    const made = async (path: string, body: unknown) => ((await product.call("POST", path, body)) as { id: string }).id;
    zones.push(await made("/client/v4/zones", { name: "fuzz.test", type: "secondary" }));
    ids.push(await made(`${base}/tsigs`, { name: "k.", algo: "hmac-sha256", secret: SECRET }));
    ids.push(await made(`${base}/peers`, { name: "p", ip: "127.0.0.1", port: 9, tsig_id: ids[0] }));
    masterKey = readFileSync(join(product.directory, "data", "master-key"), "utf8").trim();
  });
  afterAll(() => product?.stop());

  test("none is answered with a 5xx, without the envelope, or with a secret", { timeout: 600_000 }, async () => {
    const random = seededRandom(SEED);
    const faults: string[] = [];
    const seen = new Map<number, number>();
    let left = REQUESTS;
    const lane = async (): Promise<void> => {
      while (left-- > 0) {
        const request = makeRequest(random);
        const what = `${request.method} ${request.url} ${request.body ?? ""}`.slice(0, 300);
        try {
          const response = await fetch(`${product.url}${request.url}`, {
            method: request.method,
            headers: request.headers,
            body: request.body,
            signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
          });
          const text = await response.text();
          seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
          const fault = faultOf(request, response, text, masterKey);
          if (fault) faults.push(`${fault}: ${what} → ${response.status} ${text.slice(0, 200)}`);
          learn(request.name, text);
        } catch (error) {
          faults.push(`no answer (${String(error)}): ${what}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    expect(faults.slice(0, 10)).toEqual([]);
    // Some of all kinds, or it was no attack.
    for (const status of [200, 400, 404]) expect(seen.get(status) ?? 0, String(status)).toBeGreaterThan(REQUESTS / 100);
    expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
  });

  function makeRequest(random: Random) {
    const shape = random.pick(SHAPES);
    const route: Route = ROUTES[shape.name];
    const pick = (parameter: string): string => {
      if (random.oneIn(12)) return random.pick(["0".repeat(32), "x", "%00", "..%2f", "A".repeat(32)]);
      if (parameter === "accountId") return account;
      return parameter === "zoneId" ? random.pick(zones) : random.pick([...ids, ...zones]);
    };
    const path = route.path.replace(/\{(\w+)\}/g, (_, parameter: string) => pick(parameter));
    const isGood = random.oneIn(3);
    const query = shape.query && printQuery(shape.query, random, isGood);
    const fitting = shape.body && fittingValue(shape.body, random, [...ids, ...zones]);
    const body = shape.body === undefined ? undefined : JSON.stringify(isGood ? fitting : spoiled(fitting, random));
    const headers: Record<string, string> = { authorization: `Bearer ${TEST_TOKEN}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (random.oneIn(10)) headers["if-match"] = random.pick(['"x"', "*", "W/", '"']);
    if (random.oneIn(10)) headers["idempotency-key"] = random.pick(["k", "x".repeat(300), `k${random.below(50)}`]);
    return { name: shape.name, method: route.method, url: `${path}${query ? `?${query}` : ""}`, headers, body };
  }

  function printQuery(schema: JsonSchema, random: Random, isGood: boolean): string {
    const fitting = fittingValue({ type: "object", ...schema }, random, [...ids, ...zones]);
    const value = isGood ? fitting : spoiled(fitting, random);
    if (typeof value !== "object" || value === null) return encodeURIComponent(String(value).toWellFormed());
    return Object.entries(value)
      .map(
        ([key, inner]) =>
          `${encodeURIComponent(key)}=${encodeURIComponent(String(inner).toWellFormed().slice(0, 3000))}`,
      )
      .join("&");
  }

  /** What was made is attacked next, but not everything: 30 of each are enough. */
  function learn(name: RouteName, text: string): void {
    const made = name.endsWith(".create") ? /"result":\{"id":"([0-9a-f]{32})"/.exec(text)?.[1] : undefined;
    const known = name === "zones.create" ? zones : ids;
    if (made && known.length < 30) known.push(made);
  }
});

function faultOf(
  request: { readonly name: RouteName; readonly method: string },
  response: Response,
  text: string,
  masterKey: string,
): string | undefined {
  if (response.status >= 500) return "a fault of ours";
  if (!response.headers.get("x-request-id")) return "no request id";
  if ([TEST_TOKEN, masterKey, "PRIVATE KEY"].some((secret) => text.includes(secret))) return "a secret of the server's";
  if (!request.name.startsWith("tsigs.") && text.includes(SECRET)) return "a TSIG's secret";
  const route: Route = ROUTES[request.name];
  if (response.status === 304 || (route.shape === "text" && response.ok) || request.name === "own.events")
    return undefined;
  if (!response.headers.get("content-type")?.startsWith("application/json"))
    return isPicture(response) ? undefined : "no JSON";
  const envelope = JSON.parse(text) as { success: boolean; errors: { code: number }[]; result: unknown };
  if (envelope.success !== response.ok) return "success and status differ";
  if (response.ok) return undefined;
  if (envelope.result !== null || !envelope.errors.every(({ code }) => code >= 1000)) return "no envelope of errors";
  return undefined;
}

/** Some answers are pictures, by their own route. */
function isPicture(response: Response): boolean {
  return response.ok && (response.headers.get("content-type") ?? "").startsWith("image/");
}
