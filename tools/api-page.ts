/** The reference page of the API: every route by noun, every resource with its fields, made from the contract. */
import { makeOpenApi, NEEDS, ROUTE_NAMES, ROUTES, type Route, type RouteName } from "#contract";

type Schema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
};

type Operation = {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
};

type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

export function apiPage(): string {
  const document = JSON.parse(JSON.stringify(makeOpenApi(""))) as Document;
  const nouns = [...new Set(ROUTE_NAMES.map(nounOf))];
  return `# Reference of the API

Every call by its noun, then every resource with its fields. The same as a machine reads it is at \`/openapi.json\` (OpenAPI 3.1). Both
are made from the tables that the server checks requests by (\`src/contract\`); this page by \`node tools/pages.ts\`.

- Answers are in the provider's envelope: \`success\`, \`errors\` (each with \`code\`, \`message\`, Countersign's own \`reason\`, and \`source.pointer\`
  where one field is at fault), \`messages\`, \`result\`; lists have \`result_info\`. [Errors](errors.md) lists all codes.
- \`Idempotency-Key\` (1 to 255 characters) on anything but GET: the same request under the same key is done once within a day and
  answered the same again (\`idempotent-replayed: true\`); another request under it is refused.
- Single resources have an \`ETag\`. \`If-None-Match\` on GET: 304 when it is unchanged. \`If-Match\` on PUT, PATCH and DELETE: 412 when somebody
  else edited in between; what changes by itself (serials, times of checks) does not count.
- \`ratelimit\`, \`ratelimit-policy\` and \`x-ratelimit-…\` say how many calls are left; beyond that 429 with \`retry-after\`. See \`apiRequests\` in [Options](options.md).
- Every answer has an \`x-request-id\`; the log and the audit log have the same.
- Needs: the role of a user, and for a token with policies one of the groups. \`*\` marks what must be sent.

${nouns.map((noun) => sectionOf(noun, document)).join("\n")}
# Resources

${Object.entries(document.components.schemas)
  .filter(([name]) => name !== "Failure")
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => resourceOf(name, schema))
  .join("\n")}`;
}

function nounOf(name: RouteName): string {
  return name.split(".")[0]!;
}

function sectionOf(noun: string, document: Document): string {
  const rows = ROUTE_NAMES.filter((name) => nounOf(name) === noun).map((name) => {
    const route: Route = ROUTES[name];
    const operation = document.paths[route.path]![route.method.toLowerCase()]!;
    const query = operation.parameters
      .filter((parameter) => parameter.in === "query")
      .map(({ name: key }) => `\`${key}\``);
    const body = operation.requestBody?.content["application/json"]?.schema;
    const cells = [
      `\`${name}\``,
      `${route.method} \`${route.path}\``,
      route.summary,
      query.join(" "),
      body ? fieldsOf(body) : "",
      givenBy(operation, route),
      needOf(name),
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|") || "–").join(" | ")} |`;
  });
  return `## ${noun}

| operation | call | does | query | body | gives | needs |
|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

function fieldsOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(fieldsOf).join(" or ");
  const required = schema.required ?? [];
  const fields = Object.keys(schema.properties ?? {}).map((key) => `\`${key}\`${required.includes(key) ? "*" : ""}`);
  return fields.join(" ") || "anything";
}

function givenBy(operation: Operation, route: Route): string {
  const [media, { schema } = { schema: {} as Schema }] = Object.entries(operation.responses["200"]!.content)[0]!;
  if (route.shape === "text") return media;
  return typeOf(schema.properties?.["result"] ?? {});
}

function needOf(name: RouteName): string {
  const need = NEEDS[name];
  if (need.kind === "open") return "nobody";
  if (need.kind === "known") return "anybody known";
  const level = need.level === "read" ? "Read" : "Write";
  return `${need.role}; ${need.groups.map((group) => `${group} ${level}`).join(", ")}`;
}

function resourceOf(name: string, schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(
    ([key, field]) => `| \`${key}\` | ${typeOf(field).replaceAll("|", "\\|")} |`,
  );
  return `## Resource ${name}

| field | type |
|---|---|
${rows.join("\n")}
`;
}

/** A type in few words: nested objects by their fields. */
function typeOf(schema: Schema, depth = 0): string {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1)!;
    return `[${name}](#resource-${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one, depth)).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {}, depth)}`;
  if (schema.type === "object") {
    const keys = Object.entries(schema.properties ?? {});
    if (keys.length === 0 || depth > 2) return "object";
    return `{ ${keys.map(([key, value]) => `\`${key}\`: ${typeOf(value, depth + 1)}`).join(", ")} }`;
  }
  if (schema.format === "date-time") return "time";
  return typeof schema.type === "string" ? schema.type : "anything";
}
