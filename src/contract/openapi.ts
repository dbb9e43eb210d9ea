/** The OpenAPI 3.1 description of the API, made from the table of routes and the schemas: nothing in it is written by hand. */
import { z } from "zod";
import { ERRORS } from "./errors.ts";
import { NEEDS } from "./needs.ts";
import type { Need } from "./permission.ts";
import { ROUTE_NAMES, ROUTES, type Route, type RouteName } from "./routes.ts";

import { SESSION_COOKIE } from "./session.ts";

type Json = Record<string, unknown>;

/** `version` is Countersign's own. */
export function makeOpenApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Countersign",
      version,
      description:
        "Secondary authoritative DNS with DNSSEC. Paths under /client/v4 are those of the provider's API; /countersign/v1 has what it has no place for.",
    },
    security: [{ bearer: [] }, { email: [], key: [] }, { session: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE },
        email: { type: "apiKey", in: "header", name: "X-Auth-Email" },
        key: { type: "apiKey", in: "header", name: "X-Auth-Key" },
      },
    },
  };
}

/** Who may: the role of a user, and the groups one of which a token needs. Without either, whoever is known; `open`, everybody. */
function permission(need: Need): Json {
  if (need.kind === "open") return { security: [] };
  if (need.kind === "known") return {};
  const groups = need.groups.flatMap((name) =>
    need.level === "read" ? [`${name} Read`, `${name} Write`] : [`${name} Write`],
  );
  return { "x-role": need.role, "x-api-token-group": groups };
}

function operation(name: RouteName, route: Route): Json {
  const [tag] = name.split(".");
  return {
    operationId: name,
    tags: [tag],
    summary: route.summary,
    ...permission(NEEDS[name]),
    parameters: [...pathParameters(route.path), ...queryParameters(route), ...headerParameters(route)],
    ...(route.body && {
      requestBody: { required: true, content: { "application/json": { schema: inputSchema(route.body) } } },
    }),
    responses: {
      200: { description: "Done", content: content(route) },
      default: {
        description: "Refused",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Failure" } } },
      },
    },
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: "path",
    required: true,
    schema: { type: "string", pattern: "^[0-9a-f]{32}$" },
  }));
}

/** Conditions on single resources, and keys against doing a thing twice. */
function headerParameters(route: Route): Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  });
  if (route.method === "GET") {
    return route.shape === "one"
      ? [header("If-None-Match", "304 when the resource is still the one of this ETag")]
      : [];
  }
  const key = header("Idempotency-Key", "Under one key a request is done once, and answered the same again");
  if (route.method === "POST") return [key];
  return [header("If-Match", "412 when the resource is no longer the one of this ETag"), key];
}

function queryParameters(route: Route): Json[] {
  if (route.query === undefined) return [];
  const schema = inputSchema(route.query);
  const parts = [schema, ...((schema["allOf"] as Json[] | undefined) ?? [])];
  return parts.flatMap((part) =>
    Object.entries((part["properties"] as Json | undefined) ?? {}).map(([key, value]) => ({
      name: key,
      in: "query",
      required: false,
      schema: value,
    })),
  );
}

function content(route: Route): Json {
  if (route.shape === "text") return { [route.media ?? "text/plain"]: { schema: { type: "string" } } };
  const one = resultSchema(route.result);
  const result = route.shape === "one" ? one : { type: "array", items: one };
  const properties: Json = {
    success: { const: true },
    errors: { type: "array", maxItems: 0 },
    messages: { type: "array", items: { type: "object" } },
    result,
  };
  if (route.shape !== "one") {
    const info = route.shape === "cursor" ? "CursorInfo" : "ResultInfo";
    properties["result_info"] = { $ref: `#/components/schemas/${info}` };
  }
  return { "application/json": { schema: { type: "object", required: Object.keys(properties), properties } } };
}

/** A named schema is referred to, others stand where they are. */
function resultSchema(schema: z.ZodType): Json {
  const id = schema.meta()?.["id"];
  return typeof id === "string" ? { $ref: `#/components/schemas/${id}` } : stripDraft(z.toJSONSchema(schema));
}

function inputSchema(schema: z.ZodType): Json {
  return stripDraft(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

function stripDraft(schema: object): Json {
  const { $schema: _draft, id: _id, $id: _uri, ...rest } = schema as Json;
  return rest;
}

function componentSchemas(): Json {
  const named = z.registry<{ id: string }>();
  for (const name of ROUTE_NAMES) {
    const id = ROUTES[name].result.meta()?.["id"];
    if (typeof id === "string" && !named.has(ROUTES[name].result)) named.add(ROUTES[name].result, { id });
  }
  const { schemas } = z.toJSONSchema(named, { uri: (id) => `#/components/schemas/${id}` });
  const numbers = [...new Set(Object.values(ERRORS).map((entry) => entry.number))].sort((a, b) => a - b);
  const count = { type: "integer", minimum: 0 };
  return {
    ...Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, stripDraft(schema)])),
    ResultInfo: {
      type: "object",
      properties: { page: count, per_page: count, count, total_count: count, total_pages: count },
    },
    CursorInfo: {
      type: "object",
      properties: { count, cursors: { type: "object", properties: { after: { type: "string" } } } },
    },
    Failure: {
      type: "object",
      required: ["success", "errors", "messages", "result"],
      properties: {
        success: { const: false },
        errors: {
          type: "array",
          items: {
            type: "object",
            required: ["code", "message"],
            properties: {
              code: { type: "integer", examples: numbers },
              message: { type: "string" },
              reason: { type: "string", examples: Object.keys(ERRORS) },
              source: { type: "object", properties: { pointer: { type: "string" } } },
            },
          },
        },
        messages: { type: "array" },
        result: { type: "null" },
      },
    },
  };
}
