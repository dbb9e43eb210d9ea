/**
 * Chain of trust, an answer explained, analytics: in the real product, over real answers. Axe finds nothing, no policy is broken (the
 * picture is an image of our own), no page is wider than a phone.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SHELL } from "../../web/src/texts/shell.ts";
import { askAllUdp } from "../peers/index.ts";
import { axeViolations } from "./axe.ts";
import { type Visit, visit } from "./dashboard.ts";
import { overflow, SCHEMES, takeShots } from "./shots.ts";
import { startWorld, type World, worldMissing } from "./world.ts";

/** The chart's grid is drawn in this scheme's colour of lines, and not in the other's. */
async function drawnIn(page: Page, scheme: "light" | "dark"): Promise<void> {
  await page.waitForFunction(
    ([wanted, other]) => {
      const canvas = document.querySelector<HTMLCanvasElement>("main canvas");
      if (!canvas?.width) return false;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const count = (color: string): number => {
        const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
        let found = 0;
        for (let i = 0; i < data.length; i += 4) {
          if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255) found++;
        }
        return found;
      };
      return count(wanted) > 100 && count(other) === 0;
    },
    scheme === "light" ? [LINES.light, LINES.dark] : [LINES.dark, LINES.light],
  );
}

/** `--cs-line` of web/src/app/theme.ts. */
const LINES = { light: "#dde3e8", dark: "#2f3942" } as const;

const missing = worldMissing();
if (missing.length > 0) console.log(`left out: insight in a browser (${missing.join(", ")} not installed)`);

describe.skipIf(missing.length > 0)("what a zone looks like from outside", { timeout: 180_000 }, () => {
  let world: World;
  let visitor: Visit;

  beforeAll(async () => {
    world = await startWorld();
    visitor = await visit(world.browser, world.product);
    const name = `${world.zones.live.name.replace(/\.$/, "")}.`;
    await askAllUdp(
      world.product,
      Array.from({ length: 20 }, () => ({ name, type: 6, edns: { do: true } })),
    );
  });
  afterAll(async () => {
    await visitor?.close();
    await world?.stop();
  });

  const open = async (page: string): Promise<void> => {
    await visitor.go(`/zones/${world.zones.live.id}/${page}`);
    await visitor.page.getByRole("heading", { level: 2 }).first().waitFor();
  };

  const look = async (page: string): Promise<void> => {
    for (const colorScheme of SCHEMES) {
      await visitor.page.emulateMedia({ colorScheme });
      expect(await axeViolations(visitor.page), colorScheme).toEqual([]);
    }
    await visitor.page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => overflow(visitor.page)).toBe(0);
    await visitor.page.setViewportSize({ width: 1440, height: 900 });
    await takeShots(visitor.page, `live-${page}`, true);
  };

  test("the chain of trust: findings with advice, and a picture that loads", async () => {
    await open("chain");
    await visitor.page.getByText("What was found").waitFor();
    await visitor.page.waitForFunction(() => {
      const picture = document.querySelector<HTMLImageElement>("main img[src*='chain.svg']");
      return picture?.complete === true && picture.naturalWidth > 0;
    });
    await look("chain");
  });

  test("the overview has the chain in short, and leads to it", async () => {
    await visitor.go(`/zones/${world.zones.live.id}`);
    const card = visitor.page.getByRole("region", { name: "Chain of trust" });
    await card.getByText("Worst found").waitFor();
    expect(await card.textContent()).toMatch(/No chain.*Last checked.*Error.*does not answer for the zone/s);
    await look("overview");
    await card.getByRole("link", { name: "Show the chain" }).click();
    await visitor.page.waitForURL(/\/chain$/);
  });

  test("an answer explained: asked by the form, found step by step", async () => {
    await open("explain");
    await visitor.page.getByLabel("Type", { exact: true }).fill("dnskey");
    await visitor.page.getByRole("button", { name: "Ask" }).click();
    await visitor.page
      .getByText(/exists and has DNSKEY|has no records|exists, but has no record/)
      .first()
      .waitFor();
    await visitor.page.getByText("How it was found").waitFor();
    await look("explain");
  });

  test("analytics: what was asked shows, as lines and as a table", async () => {
    await open("analytics");
    await visitor.page.getByText("Names asked most").waitFor();
    await visitor.page.locator("main canvas").waitFor();
    await visitor.page.getByText("The same as a table").click();
    await look("analytics");
  });

  test("analytics: what is drawn has the colours of the scheme, however often and by whomever that is changed", {
    timeout: 300_000,
  }, async () => {
    await open("analytics");
    await visitor.page.locator("main canvas").waitFor();
    const bySystem = async () => {
      for (const colorScheme of [...SCHEMES, ...SCHEMES]) {
        await visitor.page.emulateMedia({ colorScheme });
        await drawnIn(visitor.page, colorScheme);
      }
    };
    await bySystem();
    const { scheme } = SHELL;
    for (const [choice, drawn] of [
      ["dark", "dark"],
      ["light", "light"],
      ["auto", "dark"],
    ] as const) {
      await visitor.page.getByRole("button", { name: scheme.label }).click();
      const item = visitor.page.getByRole("menuitemradio", { name: scheme[choice] });
      await item.waitFor();
      await item.click();
      await drawnIn(visitor.page, drawn);
    }
    // Who listens to the system since then comes after the chart.
    await bySystem();
  });

  test("nothing was loaded from elsewhere, no policy broken, no error written", () => {
    expect(visitor.guard.problems).toEqual([]);
  });
});
