/**
 * Every field of every body wrong in every way, one at a time: refused with 400 and a pointer at or below that field, and nothing
 * else is said to be wrong. What is wrong is what the contract's schema does not take; where it is, this test knows by itself.
 * A third of them each time; COUNTERSIGN_FUZZ_ALL=1 asks for all.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { ROUTE_NAMES, ROUTES, type Route, type RouteName } from "#contract";
import { BEARER, makeTestApi } from "../../src/api/testing/listen.ts";
import { ACCOUNT } from "../../src/api/testing/memory-service.ts";
import { seededRandom } from "./random.ts";
import { fittingValue, type JsonSchema, WRONG } from "./schema-values.ts";

const TRIES = 400;
const EVERY = process.env["COUNTERSIGN_FUZZ_ALL"] ? 1 : 3;
/** Values by the names of their fields, where a schema asks for a form that can't be guessed. */
const HINTS: Readonly<Record<string, unknown>> = {
  name: "a.example",
  email: "a@example.com",
  url: "https://receiver.example.net/",
  from: "a@example.com",
  to: ["a@example.com"],
  password: "correct horse battery",
  current: "correct horse battery",
  ip: "192.0.2.1",
  ip_range: "192.0.2.0/28",
  secret: "c2VjcmV0LXNlY3JldC1zZWNyZXQ=",
  algo: "hmac-sha256",
  in: ["192.0.2.0/24"],
  not_in: ["192.0.2.0/24"],
  expires_on: "2030-01-01T00:00:00Z",
  not_before: "2029-01-01T00:00:00Z",
  alert_interval: "30m",
  description: "",
  pagerduty: [],
  resources: { "com.cloudflare.api.account.zone.*": "*" },
};

type Place = readonly (string | number)[];

const api = makeTestApi();
let zoneId: string;
beforeAll(async () => {
  const payload = JSON.stringify({ name: "fields.test", type: "secondary" });
  const made = await api.app.inject({ method: "POST", url: "/client/v4/zones", headers: BEARER, payload });
  zoneId = made.json().result.id;
});
afterAll(() => api.app.close());

/** One that the schema takes, with as many of its fields as a chance brings; undefined when none was found. */
function rightBody(schema: z.ZodType, seed: number): unknown {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const random = seededRandom(seed);
  let best: unknown;
  let most = -1;
  for (let i = 0; i < TRIES; i++) {
    const body = hinted(fittingValue(json, random, ["0".repeat(32)]));
    if (!schema.safeParse(body).success) continue;
    const many = placesOf(body).length;
    if (many > most) [best, most] = [body, many];
  }
  return best;
}

function hinted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hinted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, inner !== null && key in HINTS ? HINTS[key] : hinted(inner)]),
  );
}

/** Of all fields, those within lists and objects too. */
function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return place.length === 0 ? [] : [place];
  const inner = Array.isArray(value) ? value.map((each, i) => [i, each] as const) : Object.entries(value);
  return [...(place.length === 0 ? [] : [place]), ...inner.flatMap(([key, each]) => placesOf(each, [...place, key]))];
}

function withValue(value: unknown, [key, ...rest]: Place, wrong: unknown): unknown {
  if (key === undefined) return wrong;
  if (Array.isArray(value)) return value.map((each, i) => (i === key ? withValue(each, rest, wrong) : each));
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [key]: withValue(record[key], rest, wrong) };
}

const pointerOf = (place: Place): string =>
  place.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** At or below the field; or the object that a rule over several fields is about. */
function fits(pointer: string | undefined, place: string): boolean {
  return (
    pointer !== undefined && (pointer === place || pointer.startsWith(`${place}/`) || place.startsWith(`${pointer}/`))
  );
}

const WITH_BODY = ROUTE_NAMES.filter((name) => {
  const { body } = ROUTES[name] as Route;
  return body !== undefined && !(body instanceof z.ZodUnknown);
});

test("every field wrong in every way: 400 with a pointer to it", { timeout: 300_000 }, async () => {
  const faults: string[] = [];
  const none: RouteName[] = [];
  let asked = 0;
  let turn = 0;
  for (const name of WITH_BODY) {
    const route: Route = ROUTES[name];
    const schema = route.body!;
    const right = rightBody(schema, 7 + name.length);
    const places = placesOf(right);
    if (right === undefined) none.push(name);
    const url = route.path
      .replace("{zoneId}", zoneId)
      .replace("{accountId}", ACCOUNT)
      .replace(/\{\w+\}/g, "0".repeat(32));
    for (const place of places) {
      for (const wrong of WRONG) {
        if (turn++ % EVERY !== 0) continue;
        const body = withValue(right, place, wrong);
        const payload = JSON.stringify(body);
        // As the server reads it: what JSON can't say is not wrong.
        if (schema.safeParse(JSON.parse(payload)).success) continue;
        asked++;
        const answer = await api.app.inject({ method: route.method, url, headers: BEARER, payload });
        const { errors } = answer.json() as { errors: { source?: { pointer: string } }[] };
        const field = pointerOf(place);
        const isRight = answer.statusCode === 400 && errors.length > 0;
        if (!isRight || !errors.every(({ source }) => fits(source?.pointer, field)))
          faults.push(
            `${name} ${field} = ${JSON.stringify(wrong)?.slice(0, 60)}: ${answer.statusCode} ${answer.body.slice(0, 300)}`,
          );
      }
    }
  }
  console.log(`${asked} bodies with one wrong field, for ${WITH_BODY.length} routes`);
  expect(faults.slice(0, 10)).toEqual([]);
  expect(none).toEqual([]);
  expect(asked).toBeGreaterThan(2000);
});
