/** Catalogs in a real browser, with Knot DNS that keeps one: added by the form, its zones come, are refused, leave and are dropped. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Producer, startKnotProducer } from "../catalog/world.ts";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, missingPrograms, startCountersign } from "../peers/index.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { type Visit, visit } from "./dashboard.ts";
import { looksRight } from "./look.ts";

const CATALOG = "catz.knot";
const ONE = { name: "one.knot." };
const TWO = { name: "two.knot.", group: "signed" };
const STRANGE = { name: "strange.example." };

describe.skipIf(browserMissing().length + missingPrograms("knotd").length > 0)("catalogs", { timeout: 240_000 }, () => {
  let browser: Browser;
  let product: Countersign;
  let knot: Producer;
  let at: Visit;

  beforeAll(async () => {
    [browser, product] = await Promise.all([startBrowser(), startCountersign({ env: ALONE })]);
    knot = await startKnotProducer(`${CATALOG}.`, [ONE, TWO, STRANGE], product);
    const [account] = (await product.call("GET", "/client/v4/accounts")) as [{ id: string }];
    const peer = { name: "knot", ip: knot.address, port: knot.port };
    await product.call("POST", `/client/v4/accounts/${account.id}/secondary_dns/peers`, peer);
    at = await visit(browser, product);
  });
  afterAll(async () => {
    await at?.close();
    await browser?.close();
    await product?.stop();
    await knot?.stop();
  });

  const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });
  const dialog = (page: Page) => page.getByRole("dialog");

  test("without any it says what one is for; one is added with its limits and a group", async () => {
    const { page, go } = at;
    await go("/account/catalogs");
    await page.getByText("No catalogs yet").waitFor();
    await looksRight(page, "catalogs-none");
    await page.getByRole("button", { name: "Add a catalog" }).click();
    await dialog(page).getByLabel("Name of the catalog zone").fill(CATALOG);
    await dialog(page).getByLabel("knot", { exact: true }).check();
    await dialog(page).getByLabel("Only zones at or below these names").fill("knot");
    await dialog(page).getByRole("button", { name: "Add a group" }).click();
    await dialog(page)
      .getByRole("textbox", { name: /^Group/ })
      .fill("signed");
    await dialog(page).getByLabel("Signing").last().selectOption({ label: "Live signing" });
    await looksRight(page, "catalogs-form");
    await dialog(page).getByRole("button", { name: "Add a catalog" }).click();
    await row(page, CATALOG).getByText("In force").waitFor();
    await looksRight(page, "catalogs");
  });

  test("its zones are there by themselves; one that is not allowed is refused, and the page says why", async () => {
    const { page } = at;
    await page.getByRole("link", { name: CATALOG }).click();
    await row(page, "one.knot").getByText("Served").waitFor();
    await row(page, "two.knot").getByText("signed").waitFor();
    await row(page, "strange.example").getByText("Refused").waitFor();
    await page.getByText("Refused", { exact: true }).first().click();
    await row(page, "strange.example").waitFor();
    expect(await row(page, "one.knot").count()).toBe(0);
    await looksRight(page, "catalog-refused");
    await page.getByText("All", { exact: true }).click();
  });

  test("a zone that leaves is kept for a while, and goes at once when its name is typed", async () => {
    const { page } = at;
    await knot.setMembers([ONE, STRANGE]);
    await row(page, "two.knot").getByText("Left, kept").waitFor();
    await looksRight(page, "catalog");
    await page.getByRole("button", { name: "Delete now: two.knot" }).click();
    await dialog(page).getByLabel("Type two.knot to confirm").fill("two.knot");
    await dialog(page).getByRole("button", { name: "Delete now" }).click();
    await row(page, "two.knot").waitFor({ state: "detached" });
  });

  test("settings are changed, for the zones that are there too; a name that is none is said so", async () => {
    const { page, guard } = at;
    guard.allow(/status of 400/);
    await page.getByRole("button", { name: "Change the settings" }).click();
    await dialog(page).getByLabel("Only zones at or below these names").fill("knot\nbad..name");
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await dialog(page).getByRole("alert").getByText("bad..name is not a domain name").waitFor();
    await dialog(page).getByLabel("Only zones at or below these names").fill("");
    await dialog(page).getByLabel("Put all this in force").check();
    await dialog(page).getByLabel("Signing").first().selectOption({ label: "Live signing" });
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await row(page, "strange.example").getByText("Served").waitFor();
    await page.getByRole("link", { name: "one.knot", exact: true }).click();
    await page.getByText("Live signing").first().waitFor();
  });

  test("one is made here, and says how it gets its zones; the other is given up, and its zones stay", async () => {
    const { page, go } = at;
    await go("/account/catalogs");
    await page.getByRole("button", { name: "Add a catalog" }).click();
    await dialog(page).getByLabel("Make a catalog here").check();
    await dialog(page).getByLabel("Name of the catalog zone").fill("fleet.example");
    await dialog(page).getByRole("button", { name: "Add a catalog" }).click();
    await page.getByRole("link", { name: "fleet.example" }).click();
    await page.getByText("No zones in it yet").waitFor();
    await looksRight(page, "catalog-made");
    await page.getByRole("link", { name: "All catalogs" }).click();
    await page.getByRole("button", { name: `Delete ${CATALOG}` }).click();
    await dialog(page).getByRole("button", { name: "Give it up" }).click();
    await row(page, CATALOG).waitFor({ state: "detached" });
    await go("/zones");
    await page.getByRole("link", { name: "one.knot" }).waitFor();
  });

  test("nothing was loaded from elsewhere, no policy was broken, no error was written", () => {
    expect(at.guard.problems).toEqual([]);
  });
});
