/** As much of a browser as a session needs: a jar for the one cookie, the CSRF header, no API token. */
import type { Countersign } from "../peers/index.ts";

export type Answer = {
  readonly status: number;
  readonly result: never;
  /** Countersign's own code of the first error. */
  readonly reason: string | undefined;
  readonly number: number | undefined;
  readonly headers: Headers;
  readonly text: string;
};

export type Browser = {
  cookie: string | undefined;
  csrf: string | undefined;
  /** `headers` go before what the browser would send by itself. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  signIn(body: unknown): Promise<Answer>;
};

export function makeBrowser(product: Pick<Countersign, "url">): Browser {
  const browser: Browser = {
    cookie: undefined,
    csrf: undefined,
    async ask(method, path, body, headers = {}) {
      const answer = await ask(product.url, method, path, body, {
        ...(browser.cookie && { cookie: browser.cookie }),
        ...(method !== "GET" && browser.csrf && { "x-csrf-token": browser.csrf }),
        ...headers,
      });
      const set = answer.headers.get("set-cookie");
      if (set) browser.cookie = set.includes("Max-Age=0") ? undefined : set.split(";", 1)[0];
      return answer;
    },
    async signIn(body) {
      const answer = await browser.ask("POST", "/countersign/v1/session", body);
      if (answer.status === 200) browser.csrf = (answer.result as { csrf: string }).csrf;
      return answer;
    },
  };
  return browser;
}

export async function ask(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const envelope = JSON.parse(text) as { result: never; errors: { reason?: string; code: number }[] };
  return {
    status: response.status,
    result: envelope.result,
    reason: envelope.errors[0]?.reason,
    number: envelope.errors[0]?.code,
    headers: response.headers,
    text,
  };
}
