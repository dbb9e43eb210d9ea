/**
 * A first visit stays small, the list of zones stays quick with many of them, and a change of mode says first what it does. How
 * many: COUNTERSIGN_MANY, 2,000 when left out.
 */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { populate, zoneName } from "../many/populate.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  removeDirectory,
  startCountersign,
} from "../peers/index.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { measureFirstLoad, measureScroll, printFirstLoad } from "./budget.ts";
import { PATIENCE_MS, type Visit, visit } from "./dashboard.ts";
import { takeShots } from "./shots.ts";

const MANY = Number(process.env["COUNTERSIGN_MANY"] ?? 2000);
/** Octets over the wire, of all that a first page needs. */
const FIRST_PAGE_OCTETS = 300_000;
const last = zoneName(MANY - 1);
const WITHIN = { timeout: PATIENCE_MS };

describe.skipIf(browserMissing().length > 0)("many zones", () => {
  const directory = makeDirectory("many-zones");
  let browser: Browser;
  let product: Countersign;
  let at: Visit;

  beforeAll(async () => {
    // Nobody listens there: what the list shows is what the store has.
    const primary = { address: LOOPBACK, port: await freePort() };
    await populate(join(directory, "data"), { zones: MANY, mode: "unsigned", primary, autoRefreshSeconds: 86_400 });
    [browser, product] = await Promise.all([startBrowser(), startCountersign({ directory })]);
    at = await visit(browser, product);
  });
  afterEach(() => expect(at.guard.problems).toEqual([]));
  afterAll(async () => {
    await at?.close();
    await product?.stop();
    await browser?.close();
    removeDirectory(directory);
  });

  test("the first page is below 300 kB, the page for signing in, too", async () => {
    const load = await measureFirstLoad(at.page, `${product.url}/zones`, "[data-index='0'] a");
    printFirstLoad(`the list of ${MANY} zones`, load);
    expect(load.octets).toBeLessThan(FIRST_PAGE_OCTETS);
    const stranger = await visit(browser, product, { signedIn: false });
    const signIn = await measureFirstLoad(stranger.page, `${product.url}/`, "form");
    printFirstLoad("the page for signing in", signIn);
    expect(signIn.octets).toBeLessThan(FIRST_PAGE_OCTETS);
    await stranger.close();
  });

  test("scrolls from end to end with few rows in the document, and jumps to any place", async () => {
    const { page } = at;
    await at.go("/zones");
    await page.getByRole("link", { name: zoneName(0) }).waitFor();
    const scrolled = await measureScroll(page, "html", 60);
    console.log(
      `${MANY} zones: worst frame ${scrolled.worstFrameMs.toFixed(0)} ms, ${scrolled.framesOver100Ms} over 100 ms`,
    );
    await page.getByRole("link", { name: last }).waitFor();
    expect(await page.getByRole("listitem").count()).toBeLessThan(100);
  });

  test("is searched and narrowed at the server, and the address says how", async () => {
    const { page } = at;
    await at.go("/zones");
    await page.getByLabel("Search by name").fill(last.slice(0, 9));
    await page.getByRole("link", { name: last }).waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get("q"), WITHIN).toBe(last.slice(0, 9));
    await page.getByLabel("Search by name").fill("nothing-like-it");
    await page.getByRole("heading", { name: "No zone fits" }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Show all zones" }).click();
    await page.getByRole("link", { name: zoneName(0) }).waitFor();
    await page.getByLabel("DNSSEC", { exact: true }).selectOption("live");
    await page.getByRole("heading", { name: "No zone fits" }).waitFor();
    await at.go("/zones?mode=unsigned");
    await page.getByRole("link", { name: zoneName(0) }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "zones", false);
  });

  test("a zone's overview and settings; a change of mode says what it does before it is made", async () => {
    const { page } = at;
    await at.go("/zones");
    await page.getByRole("link", { name: zoneName(0) }).click();
    await page.getByRole("heading", { name: "From the primary to the answers" }).waitFor();
    expect(await page.title()).toContain(zoneName(0));
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "overview");
    await page.getByRole("navigation", { name: "Parts of the zone" }).getByText("DNS settings").click();
    await page.getByRole("heading", { name: "DNSSEC with secondary DNS" }).waitFor();
    // Where one is now is where the focus is.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), WITHIN).toBe("DNS settings");
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "settings");
    await page.getByRole("button", { name: "Change to Live signing" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Countersign makes keys for this zone").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Change to Live signing" }).click();
    await page.getByText("The mode is now Live signing.").waitFor();
    await page.getByLabel("NSEC3", { exact: true }).click();
    await page.getByText("Saved.").waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel("NSEC3", { exact: true }).isChecked(), WITHIN).toBe(true);
  });

  test("a zone is deleted by its name typed out", async () => {
    const { page } = at;
    await at.go(`/zones?q=${last}`);
    await page.getByRole("link", { name: last }).click();
    await page.getByRole("navigation", { name: "Parts of the zone" }).getByText("DNS settings").click();
    await page.getByRole("button", { name: "Delete the zone" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Delete the zone" }).isDisabled()).toBe(true);
    await dialog.getByLabel(`Type ${last} to confirm`).fill(last);
    await dialog.getByRole("button", { name: "Delete the zone" }).click();
    await page.getByText(`${last} was deleted.`).waitFor();
    await page.getByRole("heading", { name: "Zones", exact: true }).waitFor();
  });
});
