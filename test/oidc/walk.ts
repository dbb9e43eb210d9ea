/** The way of a browser through a sign-in, by plain requests: the dashboard's calls and the provider's pages, each with its own cookies. */
import { type Answer, type Browser, makeBrowser } from "../identity/browser.ts";
import type { Countersign } from "../peers/index.ts";

export const BEGIN = "/countersign/v1/session/provider";
export const FINISH = "/countersign/v1/session/provider/return";

/** Redirects and forms until the provider sends the browser back. */
const STEPS_MAX = 12;

/** Two cookies are too many for the plain jar of test/identity. */
export type Walker = Browser & { readonly jar: Map<string, string> };

export function makeWalker(product: Pick<Countersign, "url">, address = "192.0.2.50"): Walker {
  const jar = new Map<string, string>();
  const browser = makeBrowser(product);
  const plain = browser.ask;
  browser.ask = async (method, path, body, headers) => {
    browser.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ") || undefined;
    const answer = await plain(method, path, body, { "x-forwarded-for": address, ...headers });
    keep(jar, answer.headers);
    browser.cookie = undefined;
    return answer;
  };
  return Object.assign(browser, { jar });
}

function keep(jar: Map<string, string>, headers: Headers): void {
  for (const line of headers.getSetCookie()) {
    const [name, value] = line.split(";", 1)[0]!.split("=", 2) as [string, string];
    if (/max-age=0/i.test(line) || /expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
}

/** Where the dashboard is told to send the browser. */
export async function begin(walker: Walker, returnTo?: string): Promise<string> {
  const begun = await walker.ask("POST", BEGIN, returnTo === undefined ? {} : { return_to: returnTo });
  if (begun.status !== 200) throw new Error(`begin: ${begun.status} ${begun.text}`);
  return (begun.result as { url: string }).url;
}

/** From the provider's first page to the address that it sends the browser back to; `login` is typed at its form. */
export async function passProvider(url: string, login: string): Promise<URL> {
  const jar = new Map<string, string>();
  const { origin } = new URL(url);
  let next = new URL(url);
  let form: string | undefined;
  for (let step = 0; step < STEPS_MAX; step++) {
    if (next.origin !== origin) return next;
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(next, {
      redirect: "manual",
      headers: { cookie, ...(form !== undefined && { "content-type": "application/x-www-form-urlencoded" }) },
      ...(form !== undefined && { method: "POST", body: form }),
    });
    keep(jar, response.headers);
    form = undefined;
    const location = response.headers.get("location");
    if (location) {
      next = new URL(location, next);
      continue;
    }
    const action = /action="([^"]+)"/.exec(await response.text())?.[1];
    if (response.status !== 200 || action === undefined) throw new Error(`${next.href}: ${response.status}`);
    next = new URL(action, next);
    form = `login=${encodeURIComponent(login)}`;
  }
  throw new Error("the provider sends on and on");
}

export function finish(walker: Walker, returned: string): Promise<Answer> {
  return walker.ask("POST", FINISH, { returned });
}

/** All of it. */
export async function signInAt(walker: Walker, login: string, returnTo?: string): Promise<Answer> {
  const back = await passProvider(await begin(walker, returnTo), login);
  const finished = await finish(walker, back.search);
  if (finished.status === 200) walker.csrf = (finished.result as { session: { csrf: string } }).session.csrf;
  return finished;
}
