/**
 * One contract, held together: the routes that the server really has, the OpenAPI page (checked by a validator of OpenAPI 3.1),
 * the reference page, and the types of the command line. Types are checked by tsc, those of the dashboard by its own (web/src/fetch).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, expect, expectTypeOf, test } from "vitest";
import {
  makeOpenApi,
  NEEDS,
  ROUTE_NAMES,
  ROUTES,
  type Route,
  type RouteBody,
  type RouteName,
  type RouteResult,
} from "#contract";
import { makeTestApi } from "../../src/api/testing/listen.ts";
import type { CallOptions as CliOptions, ResultOf as CliResult } from "../../src/cli/client.ts";
import { ROOT } from "../root.ts";

const api = makeTestApi();
afterAll(() => api.app.close());

test("the OpenAPI page is OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(makeOpenApi("1.0.0"))));
  expect(errors).toBeUndefined();
  expect([valid, validator.version]).toEqual([true, "3.1"]);
  const broken = JSON.parse(JSON.stringify(makeOpenApi("1.0.0"))) as { paths: Record<string, object> };
  Object.assign(broken.paths["/client/v4/zones"]!, { get: { responses: "none" } });
  expect((await validator.validate(broken)).valid).toBe(false);
});

test("every route is served, described, and in the reference; nothing else is", async () => {
  await api.app.ready();
  const page = readFileSync(join(ROOT, "docs/manual/api.md"), "utf8");
  const { paths } = makeOpenApi("1.0.0") as { paths: Record<string, Record<string, { operationId: string }>> };
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    const url = route.path.replace(/\{(\w+)\}/g, ":$1");
    expect([name, api.app.hasRoute({ method: route.method, url })]).toEqual([name, true]);
    expect(paths[route.path]![route.method.toLowerCase()]!.operationId).toBe(name);
    expect(page).toContain(`| \`${name}\` | ${route.method} \`${route.path}\` |`);
    expect(NEEDS[name], name).toBeDefined();
  }
  const described = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
  expect(described.sort()).toEqual([...ROUTE_NAMES].sort());
  const listed = [...page.matchAll(/^\| `([\w.]+)` \| (?:GET|POST|PUT|PATCH|DELETE) /gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...ROUTE_NAMES].sort());
});

test("what the server answers is what its page says", async () => {
  const headers = { authorization: "Bearer test-secret-0123456789" };
  const zone = await api.app.inject({
    method: "POST",
    url: "/client/v4/zones",
    headers,
    payload: JSON.stringify({ name: "example.com", type: "secondary" }),
  });
  const zoneId = zone.json().result.id as string;
  const account = zone.json().result.account.id as string;
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    if (route.method !== "GET" || route.shape === "text") continue;
    const url = route.path
      .replace("{zoneId}", zoneId)
      .replace("{accountId}", account)
      .replace(/\{\w+\}/g, zoneId);
    const query = name === "auditLogs.list" ? "?since=2020-01-01&before=2040-01-01" : "";
    const answer = await api.app.inject({ url: url + query, headers });
    if (answer.statusCode !== 200) continue;
    const { result } = answer.json();
    for (const one of route.shape === "one" ? [result] : (result as unknown[])) {
      expect(route.result.safeParse(one).error?.issues, name).toBeUndefined();
    }
  }
});

test("the command line has the contract's types", () => {
  expectTypeOf<CliResult<"zones.get">>().toEqualTypeOf<RouteResult<"zones.get">>();
  type Many<K extends RouteName> = readonly RouteResult<K>[];
  expectTypeOf<CliResult<"zones.list">>().toEqualTypeOf<Many<"zones.list">>();
  expectTypeOf<CliResult<"peers.list">>().toEqualTypeOf<Many<"peers.list">>();
  expectTypeOf<CliResult<"audit.list">>().toEqualTypeOf<Many<"audit.list">>();
  expectTypeOf<CliOptions<"dnssec.edit">["body"]>().toEqualTypeOf<RouteBody<"dnssec.edit"> | undefined>();
});
