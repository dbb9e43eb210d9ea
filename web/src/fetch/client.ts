/** The one place that fetches. Every call is one of the contract's table; what comes back is a value (result.ts), never an exception. */
import { ROUTES } from "virtual:contract";
import type { ApiError, CursorInfo, Envelope, ResultInfo, RouteName } from "#contract";
import type { CallResult, Failure } from "./result.ts";
import type { CallOptions, CursorRoute, JsonRoute, Params, ResultOf, TextRoute } from "./types.ts";

/** What a list says of itself: pages are numbered, others say where they go on. */
export type InfoOf<K extends RouteName> = K extends CursorRoute ? CursorInfo : ResultInfo;
export type Answer<K extends RouteName> = { readonly result: ResultOf<K>; readonly info: InfoOf<K> | undefined };

export type CallSettings = {
  readonly signal?: AbortSignal;
  /** Refused with 412 when the resource is no longer as it was last read here. */
  readonly ifUnchanged?: boolean;
};

export type Client = {
  call<K extends JsonRoute>(name: K, options?: CallOptions<K>, settings?: CallSettings): Promise<CallResult<Answer<K>>>;
  text<K extends TextRoute>(name: K, options?: CallOptions<K>): Promise<CallResult<string>>;
  /** For what is no route of the table's form: the session and the event stream. */
  send(method: string, path: string, body?: unknown, settings?: SendSettings): Promise<CallResult<Response>>;
  /** The token that goes with writes; undefined when nobody is signed in. */
  setCsrf(csrf: string | undefined): void;
  /** Fulfilled when somebody has signed in anew; rejected when the signal says that nobody waits any more. */
  signedIn(signal: AbortSignal): Promise<void>;
};

export type SendSettings = {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ClientOptions = {
  /** The session is over: called for each 401. */
  readonly onSignedOut: () => void;
  readonly fetch?: typeof fetch;
};

/** As many ETags are remembered; the oldest goes first. */
const MAX_ETAGS = 500;

export function makeClient({ onSignedOut, fetch: doFetch = fetch.bind(globalThis) }: ClientOptions): Client {
  const etags = new Map<string, string>();
  let csrf: string | undefined;
  const waiting = new Set<() => void>();

  const send: Client["send"] = async (method, path, body, { signal, headers } = {}) => {
    const all: Record<string, string> = { accept: "application/json", ...headers };
    if (body !== undefined) all["content-type"] = "application/json";
    if (csrf !== undefined && method !== "GET") all["x-csrf-token"] = csrf;
    try {
      const init = { method, headers: all, signal, body: body === undefined ? undefined : JSON.stringify(body) };
      const response = await doFetch(path, { ...init, credentials: "same-origin" });
      if (response.ok) return { ok: true, value: response };
      if (response.status === 401) onSignedOut();
      return { ok: false, failure: await readFailure(response) };
    } catch (error) {
      return { ok: false, failure: unreachable(error) };
    }
  };

  const rememberEtag = (path: string, response: Response): void => {
    const etag = response.headers.get("etag");
    if (etag === null) return;
    etags.delete(path);
    etags.set(path, etag);
    if (etags.size > MAX_ETAGS) etags.delete(etags.keys().next().value!);
  };

  return {
    send,
    async call(name, options = {}, { signal, ifUnchanged } = {}) {
      const [method] = ROUTES[name];
      const path = pathOf(name, options.params);
      const etag = ifUnchanged ? etags.get(path) : undefined;
      const headers: Readonly<Record<string, string>> = etag === undefined ? {} : { "if-match": etag };
      const address = `${path}${searchOf(options.query)}`;
      const sent = await send(method, address, options.body, { signal, headers });
      if (!sent.ok) return sent;
      rememberEtag(path, sent.value);
      return readEnvelope(sent.value);
    },
    async text(name, options = {}) {
      const [method] = ROUTES[name];
      const address = `${pathOf(name, options.params)}${searchOf(options.query)}`;
      const sent = await send(method, address, undefined, { headers: { accept: "text/plain" } });
      return sent.ok ? { ok: true, value: await sent.value.text() } : sent;
    },
    setCsrf(next) {
      csrf = next;
      if (next === undefined) return;
      for (const go of waiting) go();
      waiting.clear();
    },
    signedIn: (signal) =>
      new Promise((resolve, reject) => {
        waiting.add(resolve);
        signal.addEventListener("abort", () => {
          waiting.delete(resolve);
          reject(signal.reason);
        });
      }),
  };
}

/** The path with its parameters set in, each encoded. */
export function pathOf(name: RouteName, params: Params = {}): string {
  return ROUTES[name][1].replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ""));
}

/** `?a=1&b=2`, "" when there is nothing to ask; lists repeat their key. */
export function searchOf(query: object | undefined): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) search.append(key, String(each));
    }
  }
  return search.size > 0 ? `?${search}` : "";
}

async function readEnvelope<K extends RouteName>(response: Response): Promise<CallResult<Answer<K>>> {
  const envelope = await readJson<Envelope<ResultOf<K>>>(response);
  if (!envelope?.success) return { ok: false, failure: strange(response) };
  return { ok: true, value: { result: envelope.result, info: envelope.result_info as InfoOf<K> | undefined } };
}

async function readFailure(response: Response): Promise<Failure> {
  const envelope = await readJson<{ readonly errors?: readonly ApiError[] }>(response);
  const first = envelope?.errors?.[0];
  if (!first) return strange(response);
  const inner = first.error_chain?.[0]?.message;
  return {
    code: first.code,
    reason: first.reason ?? String(first.code),
    message: inner === undefined ? first.message : `${first.message}: ${inner}`,
    pointer: first.source?.pointer,
    status: response.status,
    all: envelope?.errors?.map(({ message, source }) => ({ message, pointer: source?.pointer })) ?? [],
    requestId: response.headers.get("x-request-id") ?? undefined,
  };
}

async function readJson<T>(response: Response): Promise<T | undefined> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    console.warn("An answer that is no JSON", error);
    return undefined;
  }
}

function unreachable(error: unknown): Failure {
  const message = "The server can't be reached.";
  const reason = error instanceof DOMException && error.name === "AbortError" ? "aborted" : "unreachable";
  return { code: 0, reason, message, status: 0, all: [{ message }] };
}

function strange(response: Response): Failure {
  const message = `The server answered something that is not its API (status ${response.status}).`;
  return { code: 0, reason: "strange-answer", message, status: response.status, all: [{ message }] };
}
