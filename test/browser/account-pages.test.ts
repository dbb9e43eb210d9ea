/** Pages of the account: who changed what, what happened, what new zones begin with. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign } from "../peers/index.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { type Visit, visit } from "./dashboard.ts";
import { takeShots } from "./shots.ts";

describe.skipIf(browserMissing().length > 0)("the account's pages", () => {
  let browser: Browser;
  let product: Countersign;
  let at: Visit;
  let zoneId: string;

  beforeAll(async () => {
    [browser, product] = await Promise.all([startBrowser(), startCountersign()]);
    const made = { name: "audited.test", type: "secondary" };
    zoneId = ((await product.call("POST", "/client/v4/zones", made)) as { id: string }).id;
    await product.call("PATCH", `/client/v4/zones/${zoneId}`, { paused: true });
    at = await visit(browser, product);
  });
  afterEach(() => expect(at.guard.problems).toEqual([]));
  afterAll(async () => {
    await at?.close();
    await product?.stop();
    await browser?.close();
  });

  test("audit: a line for each change, its before and after when opened, filtered by the address", async () => {
    await at.go("/account/audit");
    const line = at.page.locator("details", { hasText: "zones.edit on audited.test" }).first();
    await line.locator("summary").click();
    expect(await line.textContent()).toContain('"paused": true');
    expect(await axeViolations(at.page)).toEqual([]);
    await takeShots(at.page, "audit");
    await at.go("/account/audit?what=zones.create");
    await at.page.locator("details", { hasText: "zones.create" }).first().waitFor();
    expect(await at.page.locator("details", { hasText: "zones.edit" }).count()).toBe(0);
    await at.go(`/zones/${zoneId}/audit`);
    await at.page.locator("details", { hasText: "zones.edit" }).first().waitFor();
    expect(await at.page.locator("details", { hasText: "session.create" }).count()).toBe(0);
  });

  test("activity: what happens appears by itself", async () => {
    await at.go("/activity");
    await product.call("POST", "/client/v4/zones", { name: "later.test", type: "secondary" });
    await at.page.locator("details", { hasText: "later.test" }).first().waitFor();
    expect(await axeViolations(at.page)).toEqual([]);
    await takeShots(at.page, "activity");
  });

  test("DNS settings: a switch that is kept", async () => {
    await at.go("/account/dns-settings");
    const control = at.page.getByRole("switch", { name: "DNS only" });
    expect(await control.isChecked()).toBe(false);
    await control.click({ force: true });
    await at.page.getByText("Saved.").waitFor();
    await at.page.reload();
    await control.waitFor();
    expect(await control.isChecked()).toBe(true);
    expect(await axeViolations(at.page)).toEqual([]);
    await takeShots(at.page, "account-settings");
  });
});
