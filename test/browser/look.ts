/** What holds for every page: nothing that axe objects to, in light and dark, and nothing wider than a phone. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { axeViolations } from "./axe.ts";
import { PATIENCE_MS } from "./dashboard.ts";
import { DESKTOP, overflow, SCHEMES, takeShots, WIDTHS } from "./shots.ts";

/** Leaves the page as it was; pictures where they are wanted. */
export async function looksRight(page: Page, name: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect([name, colorScheme, await axeViolations(page)]).toEqual([name, colorScheme, []]);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: WIDTHS[0], height: 844 });
  // The navigation slides away: what is measured is where things come to rest.
  await expect.poll(() => overflow(page), { message: name, timeout: PATIENCE_MS }).toBe(0);
  await page.setViewportSize(DESKTOP);
  await takeShots(page, name);
}
