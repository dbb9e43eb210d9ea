/** HTTP client of the contract's table of routes: paths, bodies and results are typed by it, results are checked by it. */
import {
  type ApiError,
  type CursorInfo,
  type Envelope,
  EventRow,
  type ListenerCertificate,
  type ResultInfo,
  ROUTES,
  type Route,
  type RouteBody,
  type RouteName,
  type RouteQuery,
  type RouteResult,
  routePath,
} from "#contract";
import type { Connection } from "./connection.ts";
import { CliFailure, ExitCode, usage } from "./exit.ts";
import { hintFor } from "./hints.ts";

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export type CallOptions<K extends RouteName> = {
  /** Path parameters. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: RouteQuery<K> extends undefined ? never : Readonly<Record<string, QueryValue>>;
  readonly body?: RouteBody<K>;
};

type ShapeOf<K extends RouteName> = (typeof ROUTES)[K]["shape"];
/** Routes that answer with a page of a list. */
export type PageRoute = { [K in RouteName]: ShapeOf<K> extends "page" ? K : never }[RouteName];
export type TextRoute = { [K in RouteName]: ShapeOf<K> extends "text" ? K : never }[RouteName];
type CursorRoute = { [K in RouteName]: ShapeOf<K> extends "cursor" ? K : never }[RouteName];
type ListRoute = { [K in RouteName]: ShapeOf<K> extends "list" ? K : never }[RouteName];

/** The `result` of a route: for lists all of it. */
export type ResultOf<K extends RouteName> = K extends ListRoute | PageRoute | CursorRoute
  ? readonly RouteResult<K>[]
  : RouteResult<K>;

export type Readiness = {
  readonly ready: boolean;
  readonly waiting: readonly string[];
  readonly certificates: readonly ListenerCertificate[];
  readonly date: string | null;
};

/** Every call throws CliFailure: refused (1), not found (4), unreachable (3). */
export interface ApiClient {
  readonly url: string;
  call<K extends Exclude<RouteName, TextRoute>>(name: K, options?: CallOptions<K>): Promise<ResultOf<K>>;
  /** One page, with the numbers of the whole list. */
  page<K extends PageRoute>(name: K, options?: CallOptions<K>): Promise<{ items: ResultOf<K>; info: ResultInfo }>;
  /** Page after page until the list ends. */
  pages<K extends PageRoute>(name: K, perPage: number, options?: CallOptions<K>): AsyncGenerator<ResultOf<K>>;
  /** Events as they happen, until the server ends it; "gap" where some are no longer kept. */
  events(
    query: { readonly zone_id?: string; readonly after?: number },
    signal?: AbortSignal,
  ): AsyncGenerator<EventRow | "gap">;
  /** Whether it has everything to answer with, and its clock. Needs no token. */
  readiness(): Promise<Readiness>;
  /** The text as it comes in. */
  text<K extends TextRoute>(name: K, options?: CallOptions<K>): AsyncGenerator<string>;
}

/** A server that is silent for so long has stopped; PATCH dnssec waits a second or two by itself. */
const ANSWER_WITHIN_MS = 60_000;
/** Larger JSON answers are not ours: a page of records is the largest that is asked for. */
const MAX_ANSWER_OCTETS = 256 * 1024 * 1024;
/** No list has more pages: a server that says so is not believed. */
const MAX_PAGES = 1_000_000;

export function makeClient(target: Connection): ApiClient {
  const { url } = target;
  let trusting: Promise<void> | undefined;
  const connection: Trusted = { ...target, trusted: () => (trusting ??= trust(target)) };
  const send = (name: RouteName, options: CallOptions<RouteName>, signal?: AbortSignal) =>
    request(connection, name, options, signal);
  const ask = async (name: RouteName, options: CallOptions<RouteName>) => {
    const response = await send(name, options, AbortSignal.timeout(ANSWER_WITHIN_MS));
    return readEnvelope(url, name, response);
  };
  const client: ApiClient = {
    url,
    async call(name, options = {}) {
      const { result } = await ask(name, options as CallOptions<RouteName>);
      return result as ResultOf<typeof name>;
    },
    async page(name, options = {}) {
      const { result, info } = await ask(name, options as CallOptions<RouteName>);
      if (!info || !("page" in info)) throw strange(url, `${ROUTES[name].path} came without result_info`);
      return { items: result as ResultOf<typeof name>, info };
    },
    async *pages(name, perPage, options = {}) {
      for (let page = 1; page <= MAX_PAGES; page++) {
        const query = { ...(options.query as object | undefined), page, per_page: perPage };
        const { items, info } = await client.page(name, { ...options, query } as unknown as typeof options);
        yield items;
        if (page >= info.total_pages || items.length === 0) return;
      }
    },
    async *events(query, signal) {
      const response = await request(connection, "own.events", { query }, signal, "text/event-stream");
      if (!response.ok) await readEnvelope(url, "own.events", response);
      yield* readEvents(url, response);
    },
    readiness: () => askReadiness(connection),
    async *text(name, options = {}) {
      const response = await send(name, options as CallOptions<RouteName>);
      // A refusal comes in the envelope, also where text was asked for.
      if (!response.ok) await readEnvelope(url, name, response);
      const decoder = new TextDecoder();
      for await (const chunk of chunksOf(url, response)) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    },
  };
  return client;
}

/** `trusted`: before anything is asked. */
type Trusted = Connection & { readonly trusted: () => Promise<void> };

/** The room #net is loaded only where it is needed: not for http://. */
async function trust({ url, ca }: Connection): Promise<void> {
  if (!url.startsWith("https:")) return;
  const { trustAuthorities } = await import("#net");
  const done = trustAuthorities(ca);
  if (!done.ok) throw usage(`The CAs of ${ca ?? "the system"}: ${done.error}.`);
}

async function request(
  connection: Trusted,
  name: RouteName,
  options: CallOptions<RouteName>,
  signal?: AbortSignal,
  accept = "*/*",
): Promise<Response> {
  const { url, token } = connection;
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries((options.query ?? {}) as Readonly<Record<string, QueryValue>>)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) search.append(key, String(each));
  }
  const query = search.size > 0 ? `?${search}` : "";
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const headers = {
    authorization: `Bearer ${token}`,
    accept,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  await connection.trusted();
  try {
    const path = routePath(name, options.params);
    return await fetch(`${url}${path}${query}`, { method: ROUTES[name].method, headers, body, signal });
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** Not of the table of routes: for whoever watches the process. */
async function askReadiness({ url, trusted }: Trusted): Promise<Readiness> {
  await trusted();
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const response = await fetch(`${url}/readyz`, { signal }).catch((error: unknown) => {
    throw unreachable(url, error);
  });
  const answer = parseReadiness(await readBody(url, response));
  if (!answer) throw strange(url, `HTTP ${response.status} at /readyz without what it waits for`);
  return { ...answer, date: response.headers.get("date") };
}

/** One event is smaller than this: its detail is bounded where it is made. */
const MAX_EVENT_CHARACTERS = 1024 * 1024;

/** Server-sent events: blocks of lines, an empty line between them. */
async function* readEvents(url: string, response: Response): AsyncGenerator<EventRow | "gap"> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunksOf(url, response)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_EVENT_CHARACTERS) throw strange(url, "an event without an end");
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = block.split("\n");
      if (fields.includes("event: gap")) yield "gap";
      const data = fields.find((field) => field.startsWith("data: "))?.slice(6);
      if (data === undefined || fields.includes("event: gap")) continue;
      const event = EventRow.safeParse(JSON.parse(data));
      if (!event.success) throw strange(url, "an event of another form");
      yield event.data;
    }
  }
}

type Answer = { readonly result: unknown; readonly info: ResultInfo | CursorInfo | undefined };

async function readEnvelope(url: string, name: RouteName, response: Response): Promise<Answer> {
  const envelope = parseEnvelope(await readBody(url, response));
  if (!envelope) throw strange(url, `HTTP ${response.status} without an envelope`);
  if (!envelope.success) throw refusal(response.status, envelope.errors);
  const { shape, result: schema } = ROUTES[name] as Route;
  const many = shape === "list" || shape === "page" || shape === "cursor";
  const items = many ? envelope.result : [envelope.result];
  if (!Array.isArray(items) || !items.every((item) => schema.safeParse(item).success)) {
    throw strange(url, `the result of ${ROUTES[name].method} ${ROUTES[name].path} has another form`);
  }
  // The result as it came, not as the schema would print it: `--json` shows everything.
  return { result: envelope.result, info: envelope.result_info };
}

function parseReadiness(text: string): Omit<Readiness, "date"> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { ready, waiting, certificates } = (parsed ?? {}) as { readonly [K in keyof Readiness]?: unknown };
  if (typeof ready !== "boolean") return undefined;
  const shown = Array.isArray(certificates) ? certificates.map(readListenerCertificate) : [];
  return { ready, waiting: Array.isArray(waiting) ? waiting.map(String) : [], certificates: shown };
}

function readListenerCertificate(value: unknown): ListenerCertificate {
  const {
    listener,
    subject,
    names,
    ends_on: end,
    files,
  } = (value ?? {}) as { readonly [K in keyof ListenerCertificate]?: unknown };
  const all = Array.isArray(names) ? names.map(String) : [];
  return {
    listener: listener === "http" ? "http" : "dns",
    subject: String(subject),
    names: all,
    ends_on: String(end),
    files: files === "refused" ? files : "in-force",
  };
}

function parseEnvelope(text: string): Envelope<unknown> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || !("success" in parsed)) return undefined;
  const { success, errors } = parsed as Partial<Envelope<unknown>>;
  if (success !== true && !(Array.isArray(errors) && errors.every((each) => typeof each?.message === "string"))) {
    return undefined;
  }
  return parsed as Envelope<unknown>;
}

async function readBody(url: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of chunksOf(url, response)) {
    octets += chunk.length;
    if (octets > MAX_ANSWER_OCTETS) throw strange(url, `more than ${MAX_ANSWER_OCTETS} octets in one answer`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function* chunksOf(url: string, response: Response): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw unreachable(url, error);
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Who stops reading early must not keep the connection, and with it the process, alive.
    await reader.cancel().catch(() => undefined);
  }
}

function refusal(status: number, errors: readonly ApiError[]): CliFailure {
  const [first] = errors;
  const reason = first?.reason ?? "";
  const sentence = hintFor(reason) ?? errors.map((each) => each.message).join(" ");
  const text = reason === "" ? sentence : `${sentence} (${reason})`;
  if (status === 503) return new CliFailure(ExitCode.Unreachable, text, reason);
  const absent = status === 404 && reason !== "route.unknown";
  return new CliFailure(absent ? ExitCode.NotFound : ExitCode.Refused, text, reason);
}

/** What OpenSSL and Node say of a chain, of dates and of names. */
const OF_CERTIFICATES = /^(UNABLE_TO_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|INVALID_CA|HOSTNAME_MISMATCH)/;

const OTHER_CA = "give the certificate of the CA that signed it with --ca FILE or COUNTERSIGN_CA";

/** Of any other fault that TLS finds in a certificate. */
const UNBELIEVED = `its certificate is not believed; ${OTHER_CA}, and an address that has its name with --url`;

/** Why nothing is said to a server over TLS, by Node's codes, and what to do. */
const TLS_SENTENCES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired; renew it, or look at the clock of this machine",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; look at the clock of this machine",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "its certificate is for another name; use the name in it with --url, or have it made for this one",
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is its own issuer; ${OTHER_CA}`,
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate comes from a CA that is not known here; ${OTHER_CA}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate comes from a CA that is not known here; ${OTHER_CA}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate comes from a CA that is not known here; ${OTHER_CA}`,
  ERR_SSL_WRONG_VERSION_NUMBER: "it speaks no TLS; is it http:// in place of https://?",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it speaks no TLS; is it http:// in place of https://?",
};

function unreachable(url: string, error: unknown): CliFailure {
  const { name, message, cause } = error as Error & { readonly cause?: unknown };
  const { code, message: inner } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
  const tls = TLS_SENTENCES[code ?? ""] ?? (OF_CERTIFICATES.test(code ?? "") ? UNBELIEVED : undefined);
  if (tls !== undefined) {
    return new CliFailure(ExitCode.Unreachable, `The server at ${url} can't be trusted (${code}): ${tls}.`);
  }
  const why = name === "TimeoutError" ? `no answer within ${ANSWER_WITHIN_MS / 1000} s` : (code ?? inner ?? message);
  return new CliFailure(
    ExitCode.Unreachable,
    `The server at ${url} can't be reached (${why}): start it with "countersign serve", or name another with --url or COUNTERSIGN_URL.`,
  );
}

function strange(url: string, what: string): CliFailure {
  return new CliFailure(
    ExitCode.Unreachable,
    `What answers at ${url} is not this version of Countersign (${what}): look at --url or COUNTERSIGN_URL.`,
  );
}
