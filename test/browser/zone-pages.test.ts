/**
 * A zone's pages on records, transfers, keys, DS and several signers, in each mode, in the real product: what they show is
 * what is so, they move when the world moves, axe finds nothing, nothing is loaded from elsewhere, no page is wider than a phone.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axeViolations } from "./axe.ts";
import { type Visit, visit } from "./dashboard.ts";
import { overflow, SCHEMES, takeShots } from "./shots.ts";
import { startWorld, type World, worldMissing, ZONE_MODES, type ZoneMode } from "./world.ts";
import { registerZoneWork } from "./zone-work.ts";

const PAGES = ["records", "transfers", "transfer-settings", "keys", "ds", "multi-signer", "held"] as const;

/** What a page looks like depends on the mode only where keys are shown. */
const PAGES_OF: Readonly<Record<ZoneMode, readonly (typeof PAGES)[number][]>> = {
  live: PAGES,
  multisigner: ["records", "transfers", "keys", "ds", "multi-signer"],
  presigned: ["keys", "ds"],
  unsigned: ["keys", "ds", "multi-signer"],
};

const missing = worldMissing();
if (missing.length > 0) console.log(`left out: a zone's pages in a browser (${missing.join(", ")} not installed)`);

describe.skipIf(missing.length > 0)("a zone's pages", () => {
  let world: World;
  let visitor: Visit;

  beforeAll(async () => {
    world = await startWorld();
    visitor = await visit(world.browser, world.product);
  });
  afterAll(async () => {
    await visitor?.close();
    await world?.stop();
  });

  const open = async (mode: (typeof ZONE_MODES)[number], page: string): Promise<void> => {
    await visitor.go(`/zones/${world.zones[mode].id}/${page}`);
    await visitor.page.getByRole("heading", { level: 2 }).first().waitFor();
  };

  /** The event stream never ends, so the network is never idle: what is waited for says so itself. */
  const loaded = () =>
    visitor.page.waitForFunction(() => !document.querySelector("main")?.textContent.includes("Loading "));

  describe.each(ZONE_MODES)("%s", (mode) => {
    test.each(PAGES_OF[mode])("%s: no violation, light and dark, and no wider than a phone", async (page) => {
      visitor.guard.allow(/status of 404/);
      await open(mode, page);
      await loaded();
      // Colours are the same in every mode.
      for (const colorScheme of mode === "live" ? SCHEMES : (["light"] as const)) {
        await visitor.page.emulateMedia({ colorScheme });
        expect(await axeViolations(visitor.page), colorScheme).toEqual([]);
      }
      await visitor.page.setViewportSize({ width: 390, height: 844 });
      await expect.poll(() => overflow(visitor.page)).toBe(0);
      await visitor.page.setViewportSize({ width: 1440, height: 900 });
      await takeShots(visitor.page, `${mode}-${page}`, page !== "records");
    });
  });

  registerZoneWork(() => ({ world, visitor, open }));

  test("nothing was loaded from elsewhere, no policy broken, no error written", () => {
    expect(visitor.guard.problems).toEqual([]);
  });
});
