/**
 * What no page may do, seen while it is used: load anything from elsewhere, break its own Content-Security-Policy, write
 * an error to the console, throw. A suite asks for the list at its end and wants it empty.
 */
import type { BrowserContext, ConsoleMessage, Page } from "playwright-core";

export type Guard = {
  /** Sentences; empty is well. */
  readonly problems: readonly string[];
  /** Console errors that this test means to cause: an answer of 4xx is one, whatever the page does about it. */
  allow(pattern: RegExp): void;
};

/** Schemes that load nothing from a network. */
const LOCAL = /^(data|blob|about|chrome):/;

/** Set by the page's own event, before any of its scripts runs. */
const REPORT = "reportPolicyViolation";

export async function guardContext(context: BrowserContext, origin: string): Promise<Guard> {
  const problems: string[] = [];
  const allowed: RegExp[] = [];
  const report = (problem: string) => {
    if (!allowed.some((pattern) => pattern.test(problem))) problems.push(problem);
  };
  context.on("request", (request) => {
    const url = request.url();
    if (!LOCAL.test(url) && new URL(url).origin !== origin) report(`loads from elsewhere: ${url}`);
  });
  context.on("weberror", (error) => report(`throws: ${error.error().message}`));
  context.on("console", (message) => {
    if (message.type() === "error") report(`console: ${text(message)}`);
  });
  await context.exposeFunction(REPORT, (what: string) => report(`policy: ${what}`));
  await context.addInitScript((name) => {
    // In the page: what is not allowed by the policy, whatever the console says.
    document.addEventListener("securitypolicyviolation", (event) => {
      const tell = (window as unknown as Record<string, (what: string) => void>)[name];
      tell?.(`${event.violatedDirective} ${event.blockedURI || event.sourceFile}`);
    });
  }, REPORT);
  return { problems, allow: (pattern) => void allowed.push(pattern) };
}

/** Where it was written, too: "Failed to load resource" alone says little. */
function text(message: ConsoleMessage): string {
  const { url } = message.location();
  return url ? `${message.text()} (${url})` : message.text();
}

/** The policy with which a page was served. */
export async function policyOf(page: Page, path: string): Promise<string | undefined> {
  const response = await page.request.get(path);
  return response.headers()["content-security-policy"];
}
