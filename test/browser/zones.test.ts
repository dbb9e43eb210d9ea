/**
 * A first visit stays small and does not jump, the list of zones stays quick with many of them, problems first, and a change of
 * mode says first what it does. How many: COUNTERSIGN_MANY, 20,000 when left out.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { axeViolations } from "./axe.ts";
import { browserMissing } from "./browser.ts";
import { measureFirstLoad, printFirstLoad } from "./budget.ts";
import { PATIENCE_MS, type Visit, visit } from "./dashboard.ts";
import { pressOn } from "./keyboard.ts";
import { type ManyZones, measureList, printListCost, startManyZones } from "./many-zones.ts";
import { takeShots } from "./shots.ts";

const MANY = Number(process.env["COUNTERSIGN_MANY"] ?? 20_000);
/** Octets over the wire, of all that a first page needs. */
const FIRST_PAGE_OCTETS = 300_000;
/** Where people begin to feel that a page jumps. */
const MAX_LAYOUT_SHIFT = 0.1;
const STEPS = 60;
const MAX_ROWS = 100;
const WITHIN = { timeout: PATIENCE_MS };

describe.skipIf(browserMissing().length > 0)("many zones", () => {
  let many: ManyZones;
  let at: Visit;

  beforeAll(async () => {
    many = await startManyZones(MANY);
    at = many.at;
  });
  afterEach(() => expect(at.guard.problems).toEqual([]));
  afterAll(() => many?.stop());

  test("the first page is below 300 kB and does not jump, the page for signing in, too", async () => {
    const { browser, product } = many;
    const load = await measureFirstLoad(at.page, `${product.url}/zones`, "[data-index='0'] a");
    printFirstLoad(`the list of ${MANY} zones`, load);
    expect(load.octets).toBeLessThan(FIRST_PAGE_OCTETS);
    expect(load.layoutShift).toBeLessThan(MAX_LAYOUT_SHIFT);
    const stranger = await visit(browser, product, { signedIn: false });
    const signIn = await measureFirstLoad(stranger.page, `${product.url}/`, "form");
    printFirstLoad("the page for signing in", signIn);
    expect(signIn.octets).toBeLessThan(FIRST_PAGE_OCTETS);
    expect(signIn.layoutShift).toBeLessThan(MAX_LAYOUT_SHIFT);
    await stranger.close();
  });

  test("scrolls from end to end with few rows in the document and requests where it rests; the last one is searched", async () => {
    const cost = await measureList(many, MANY, STEPS);
    printListCost(cost);
    expect(cost.rows).toBeLessThan(MAX_ROWS);
    // A window touches two pages of the list at most, and each is asked for once.
    expect(cost.requests).toBeLessThanOrEqual(2 * STEPS + 4);
    expect(cost.layoutShift).toBeLessThan(MAX_LAYOUT_SHIFT);
    await expect.poll(() => new URL(at.page.url()).searchParams.get("q"), WITHIN).toBe(many.lastProblem.slice(0, 9));
  });

  test("is searched and narrowed at the server, and the address says how", async () => {
    const { page } = at;
    await at.go("/zones");
    // Problems first, whatever they are called.
    await page.getByRole("link", { name: many.firstProblem }).waitFor();
    expect(await page.getByRole("link", { name: many.healthy }).count()).toBe(0);
    await page.getByLabel("Search by name").fill("nothing-like-it");
    await page.getByRole("heading", { name: "No zone fits" }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Show all zones" }).click();
    await page.getByRole("link", { name: many.firstProblem }).waitFor();
    await page.getByLabel("DNSSEC", { exact: true }).selectOption("live");
    await page.getByRole("heading", { name: "No zone fits" }).waitFor();
    await at.go("/zones?mode=unsigned");
    await page.getByRole("link", { name: many.firstProblem }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "zones", false);
  });

  test("a zone's overview and settings; a change of mode says what it does before it is made", async () => {
    const { page } = at;
    await at.go("/zones?level=well");
    await page.getByRole("link", { name: many.healthy }).click();
    await page.getByRole("heading", { name: "From the primary to the answers" }).waitFor();
    expect(await page.title()).toContain(many.healthy);
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "overview");
    await page.getByRole("navigation", { name: "Parts of the zone" }).getByText("DNS settings").click();
    await page.getByRole("heading", { name: "DNSSEC with secondary DNS" }).waitFor();
    // Where one is now is where the focus is.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), WITHIN).toBe("DNS settings");
    expect(await axeViolations(page)).toEqual([]);
    await takeShots(page, "settings");
    // By keys: the dialog opens over what was pressed, and the same keys answer it.
    await pressOn(page, /^Change to Live signing$/);
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Countersign makes keys for this zone").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await pressOn(page, /^Change to Live signing$/);
    await page.getByText("The mode is now Live signing.").waitFor();
    await page.getByLabel("NSEC3", { exact: true }).click();
    await page.getByText("Saved.").waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel("NSEC3", { exact: true }).isChecked(), WITHIN).toBe(true);
  });

  test("a zone is deleted by its name typed out", async () => {
    const { page } = at;
    const last = many.lastProblem;
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
