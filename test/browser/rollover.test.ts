/**
 * The page of keys while keys are rolled, with a parent zone that does what the registrar was told: each step with the wait that is
 * owed and until when, what there is to do in it, an emergency, a schedule. Looked at in each step by axe, light and dark, at three widths.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, missingPrograms, type Peer, startCountersign, startNsd, until } from "../peers/index.ts";
import { isOver, reaches, rollovers } from "../rolling/world.ts";
import { OUR_NAMES, PARENT, type Parent, startParent } from "../states/parent.ts";
import { axeViolations } from "./axe.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { PATIENCE_MS, type Visit, visit } from "./dashboard.ts";
import { DESKTOP, overflow, SCHEMES, takeShots, WIDTHS } from "./shots.ts";

const ZONE = `rolled.${PARENT}`;
const TEXT = `$ORIGIN ${ZONE}
@ 3600 IN SOA ns1 hostmaster 1 3600 600 86400 300
@ 3600 IN NS ns1.secondary.example.
www 300 IN A 192.0.2.1
`;

const missing = [...browserMissing(), ...missingPrograms("nsd", "knotd", "unbound")];
if (missing.length > 0) console.log(`left out: rollovers in a browser (${missing.join(", ")} not installed)`);

describe.skipIf(missing.length > 0)("keys that are rolled", { timeout: 180_000 }, () => {
  let browser: Browser;
  let parent: Parent;
  let primary: Peer;
  let product: Countersign;
  let visitor: Visit;
  let id = "";

  const publish = (ds: readonly string[]) => parent.publish({ rolled: { nameServers: OUR_NAMES, ds } });

  beforeAll(async () => {
    [browser, parent, primary] = await Promise.all([
      startBrowser(),
      startParent(),
      startNsd({ zones: [{ name: ZONE, text: TEXT }] }),
    ]);
    product = await startCountersign({ env: parent.env });
    id = await product.addZone({ name: ZONE, primary, mode: "live" });
    await product.served(id, ZONE);
    await publish((await product.status(id)).dnssec.ds);
    await until("active", async () => (await product.status(id)).dnssec.status === "active" || undefined);
    visitor = await visit(browser, product);
    await visitor.go(`/zones/${id}/keys`);
  });
  afterAll(async () => {
    await visitor?.close();
    await product?.stop();
    await Promise.all([browser?.close(), parent?.stop(), primary?.stop()]);
  });

  const button = (name: string) => visitor.page.getByRole("button", { name, exact: true });
  const inDialog = (name: string) => visitor.page.getByRole("dialog").getByRole("button", { name, exact: true });
  const steps = (page: Page, key: string) => page.getByRole("list", { name: `Steps of the rollover of the ${key}` });
  const now = (key: string) => steps(visitor.page, key).locator('[aria-current="step"]');

  async function looksRight(name: string): Promise<void> {
    const { page } = visitor;
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => overflow(page), { message: `${name} ${width}`, timeout: PATIENCE_MS }).toBe(0);
      // Colours are the same at every width.
      for (const colorScheme of width === WIDTHS[0] ? SCHEMES : (["light"] as const)) {
        await page.emulateMedia({ colorScheme });
        expect([name, width, colorScheme, await axeViolations(page)]).toEqual([name, width, colorScheme, []]);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(DESKTOP);
    await takeShots(page, `rollover-${name}`);
  }

  test("the ZSK: begun, the wait that is owed and until when, nothing to do, cancelled", async () => {
    await button("Roll the ZSK").click();
    await inDialog("Begin").click();
    await now("zone signing key").getByText("Wait until no resolver holds the old DNSKEY set").waitFor();
    const { until_time: end, wait_seconds: wait } = await reaches(product, id, "zsk", "keys-wait");
    expect(wait).toBe(3600 + 300);
    const owed = now("zone signing key").locator(`time[datetime="${end}"]`);
    expect(await owed.textContent()).toMatch(/^in (\d+ minutes|1 hour)$/);
    expect(await now("zone signing key").textContent()).toMatch(/1 hour 5 minutes in all.*Nothing to do/s);
    expect(await steps(visitor.page, "zone signing key").getByRole("listitem").count()).toBe(4);
    await looksRight("zsk-wait");
    await button("Cancel the rollover").click();
    await inDialog("Take the new key out").click();
    await visitor.page.getByRole("cell", { name: "Cancelled" }).waitFor();
  });

  test("a schedule: days of its own, never, as the server has it; nonsense is told at the field", async () => {
    await button("Schedule of the ZSK").click();
    const dialog = visitor.page.getByRole("dialog");
    await dialog.getByLabel("After a number of days of its own").check();
    await dialog.locator("[name=days]").fill("0");
    await inDialog("Save").click();
    await dialog.getByText("Write a number from 1 to 3,650.").waitFor();
    expect(await axeViolations(visitor.page)).toEqual([]);
    await dialog.locator("[name=days]").fill("30");
    await inDialog("Save").click();
    await visitor.page.getByText("after 30 days").waitFor();
    expect((await rollovers(product, id)).zsk_days).toBe(30);
    await button("Schedule of the ZSK").click();
    await dialog.getByLabel("Never: only when somebody orders it here").check();
    await inDialog("Save").click();
    await until("by order", async () => (await rollovers(product, id)).zsk_days === null || undefined);
    await button("Schedule of the KSK").click();
    await dialog.getByLabel("After a number of days of its own").check();
    await dialog.locator("[name=days]").fill("700");
    await inDialog("Save").click();
    await visitor.page.getByText("after 700 days").waitFor();
    expect(await rollovers(product, id)).toMatchObject({ zsk_days: null, ksk_days: 700 });
  });

  test("the KSK: not yet to the registrar; then what to do there; the mark when the parent has it", async () => {
    const oldDs = (await product.status(id)).dnssec.ds[0]!;
    await button("Roll the KSK").click();
    await inDialog("Begin").click();
    const here = now("key signing key");
    await here.getByText("Wait until no resolver holds the old DNSKEY set").waitFor();
    const { ds, until_time: end } = await reaches(product, id, "ksk", "keys-wait");
    await here.locator(`time[datetime="${end}"]`).waitFor();
    await here.getByText("entered now, that of the new one could break the zone").waitFor();
    // Whoever copies it now breaks the zone.
    expect(await visitor.page.content()).not.toContain(ds!.split(" ").at(-1)!);
    await looksRight("ksk-wait");

    await button("Go on without waiting").click();
    await visitor.page.getByRole("dialog").getByText("Change the DS at the registrar at once").waitFor();
    await inDialog("Wait for no cache from now on").click();
    await here.getByText("The parent takes the new DS").waitFor();
    await visitor.page.getByText("Emergency: no cache is waited for").waitFor();
    await here.getByText("To do now").waitFor();
    expect(await here.textContent()).toContain(ds!);
    expect(await here.textContent()).toContain("As long as it takes");
    await here.getByText("Field by field, for your registrar's form").click();
    await here.getByRole("button", { name: "Copy: Digest", exact: true }).waitFor();
    await looksRight("ksk-parent");

    await publish([oldDs, ds!]);
    await here.getByText("All of the parent's name servers have it").waitFor();
    await publish([ds!]);
    await isOver(product, id, "ksk");
    await visitor.page.getByRole("cell", { name: "Done", exact: true }).waitFor();
    await looksRight("over");
  });

  test("an emergency from the first: said before it is begun", async () => {
    await button("Roll the ZSK").click();
    const dialog = visitor.page.getByRole("dialog");
    await dialog.getByLabel("It is an emergency: somebody else may have the old key").check();
    expect(await axeViolations(visitor.page)).toEqual([]);
    await inDialog("Begin, and wait for no cache").click();
    await isOver(product, id, "zsk");
    await visitor.page.getByRole("row").filter({ hasText: "ZSK" }).getByText("Done", { exact: true }).waitFor();
  });

  test("nothing was loaded from elsewhere, no policy broken, no error written", () => {
    expect(visitor.guard.problems).toEqual([]);
  });
});
