/** Pictures of pages for people to look at: three widths, light and dark, where COUNTERSIGN_SCREENSHOTS names a directory. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Of a phone, a tablet, a desktop; CSS pixels. */
export const WIDTHS = [390, 820, 1440] as const;
export const SCHEMES = ["light", "dark"] as const;

const HEIGHTS: Readonly<Record<number, number>> = { 390: 844, 820: 1180, 1440: 900 };

/** What a page is left in afterwards. */
export const DESKTOP = { width: 1440, height: 900 };

/** Does nothing without the directory: pictures are not part of what a test asserts. */
export async function takeShots(page: Page, name: string, fullPage = true): Promise<void> {
  const directory = process.env["COUNTERSIGN_SCREENSHOTS"];
  if (!directory) return;
  mkdirSync(directory, { recursive: true });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHTS[width]! });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await settle(page);
      await page.screenshot({ path: join(directory, `${name}-${width}-${colorScheme}.png`), fullPage });
    }
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(DESKTOP);
}

/** What a change of size or scheme sets going is drawn, and has come to its end; what moves for ever is not waited for. */
export function settle(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const ending = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
    await frame();
  });
}

/** Pixels by which the page is wider than the window: a phone's user would have to push it to and fro. */
export async function overflow(page: Page): Promise<number> {
  await settle(page);
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
