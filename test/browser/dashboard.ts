/** A browser at the dashboard of the real product: signed in, guarded, in the wanted width and scheme. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Countersign, TEST_TOKEN } from "../peers/index.ts";
import { type Guard, guardContext } from "./guard.ts";
import { DESKTOP } from "./shots.ts";

export type Visit = {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly guard: Guard;
  /** A page of the dashboard by its path. */
  go(path: string): Promise<void>;
  close(): Promise<void>;
};

export type VisitOptions = {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  /** False: as a stranger, at the page for signing in. */
  readonly signedIn?: boolean;
};

/** How long a page may take on a busy machine before a test gives up. */
export const PATIENCE_MS = 30_000;

export async function visit(browser: Browser, product: Countersign, options: VisitOptions = {}): Promise<Visit> {
  const { width = DESKTOP.width, scheme = "light", signedIn = true } = options;
  const context = await browser.newContext({
    baseURL: product.url,
    viewport: { ...DESKTOP, width },
    colorScheme: scheme,
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const guard = await guardContext(context, product.url);
  if (signedIn) await signIn(context);
  const page = await context.newPage();
  return {
    context,
    page,
    guard,
    go: async (path) => {
      await page.goto(path);
      await page.locator("main").waitFor();
    },
    close: () => context.close(),
  };
}

/** By the API that the page for signing in calls: the cookie is the browser's from then on. */
export async function signIn(context: BrowserContext): Promise<void> {
  const response = await context.request.post("/countersign/v1/session", { data: { token: TEST_TOKEN } });
  if (!response.ok()) throw new Error(`signing in: ${response.status()} ${await response.text()}`);
}
