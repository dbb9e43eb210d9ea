/**
 * Every route of the dashboard, read from its table, over an account and a zone in which there is nothing yet: what a page says then
 * is what a stranger sees first. Each has a name of its own and one heading, breaks no rule of axe in light and dark, and is no wider than
 * a phone, a tablet, a desktop.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign } from "../peers/index.ts";
import { ROOT } from "../root.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { PATIENCE_MS, type Visit, visit } from "./dashboard.ts";
import { DESKTOP, overflow, SCHEMES, takeShots, WIDTHS } from "./shots.ts";

/** A window of 1,280 pixels at 400 % (WCAG 2.2, 1.4.10). */
const REFLOW_WIDTH = 320;

const TABLE = readFileSync(join(ROOT, "web/src/app/routes.tsx"), "utf8");

function pathsOf(maker: string): string[] {
  return [...TABLE.matchAll(new RegExp(`\\b${maker}\\(\\s*"([^"]+)"`, "g"))].map(([, path]) => path!);
}

const ROUTES = [
  ...pathsOf("page"),
  ...pathsOf("zonePage").map((path) => (path === "/" ? "/zones/$zoneId" : `/zones/$zoneId/${path}`)),
];

describe.skipIf(browserMissing().length > 0)("every route with nothing in it", { timeout: 240_000 }, () => {
  let browser: Browser;
  let product: Countersign;
  let at: Visit;
  const titles = new Map<string, string>();
  const ids = { zoneId: "", peerId: "", catalogId: "" };

  beforeAll(async () => {
    [browser, product] = await Promise.all([startBrowser(), startCountersign()]);
    const make = async (path: string, body: object) => ((await product.call("POST", path, body)) as { id: string }).id;
    const [account] = (await product.call("GET", "/client/v4/accounts")) as [{ id: string }];
    ids.zoneId = await make("/client/v4/zones", { name: "nothing.example", type: "secondary" });
    ids.peerId = await make(`/client/v4/accounts/${account.id}/secondary_dns/peers`, { name: "nobody" });
    ids.catalogId = await make("/countersign/v1/catalogs", { name: "fleet.example", role: "producer" });
    at = await visit(browser, product);
    // What is not there is answered so: no outgoing transfers, nothing held, no check yet.
    at.guard.allow(/status of 404/);
  });
  afterAll(async () => {
    await at?.close();
    await browser?.close();
    await product?.stop();
  });

  test("the table of routes was read", () => {
    expect(ROUTES).toContain("/account/peers/$peerId");
    expect(ROUTES).toContain("/zones/$zoneId/held");
    expect(ROUTES.length).toBeGreaterThan(25);
  });

  test.each(ROUTES)("%s", async (path) => {
    const { page } = at;
    await at.go(path.replace(/\$(\w+)/g, (_, name: keyof typeof ids) => ids[name]));
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.waitForFunction(() => !document.querySelector("main")?.textContent.includes("Loading "));
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      expect([colorScheme, await axeViolations(page)]).toEqual([colorScheme, []]);
    }
    for (const width of [REFLOW_WIDTH, ...WIDTHS]) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => overflow(page), { message: `${width}`, timeout: PATIENCE_MS }).toBe(0);
    }
    await page.setViewportSize(DESKTOP);
    const title = await page.title();
    expect([titles.get(title), title]).toEqual([undefined, title]);
    titles.set(title, path);
    await takeShots(page, `empty${path.replace(/\W+/g, "-")}`);
    expect(at.guard.problems).toEqual([]);
  });
});
