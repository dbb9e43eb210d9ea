/** Long work shows how far it is: a transfer from a primary that sends a piece whenever the test says so, in the onboarding and on the page of transfers. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AxfrTrick, type HostilePrimary, pieces, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, startCountersign } from "../peers/index.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { PATIENCE_MS, type Visit, visit } from "./dashboard.ts";
import { looksRight } from "./look.ts";

const ZONE = "large.example.";
const RECORDS = 5000;
const PIECE = 1000;
const WITHIN = { timeout: PATIENCE_MS };

const text = (serial: number) => `$ORIGIN ${ZONE}
@ 3600 IN SOA ns hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns
${Array.from({ length: RECORDS }, (_, i) => `h${i} 300 IN A 192.0.2.1`).join("\n")}
`;

/** A transfer that waits for `next()` before each piece but the first. */
function stepped(): { readonly trick: AxfrTrick; next(pieces?: number): void } {
  let wanted = 1;
  let wake = (): void => undefined;
  return {
    trick: async (transfer) => {
      let sent = 0;
      for (const records of pieces(transfer.zone, PIECE)) {
        while (sent >= wanted && !transfer.gone) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        transfer.send(transfer.message(records));
        sent++;
      }
    },
    next: (more = 1) => {
      wanted += more;
      wake();
    },
  };
}

describe.skipIf(browserMissing().length > 0)("progress of a transfer", { timeout: 240_000 }, () => {
  let browser: Browser;
  let primary: HostilePrimary;
  let product: Countersign;
  let at: Visit;
  let zoneId: string;
  const first = stepped();

  beforeAll(async () => {
    // A busy machine may need longer for a step than a transfer may be silent otherwise.
    const env = { ...ALONE, COUNTERSIGN_TRANSFER_IDLE_SECONDS: "120" };
    [browser, primary, product] = await Promise.all([startBrowser(), startHostilePrimary(), startCountersign({ env })]);
    primary.serve({ name: ZONE, text: text(7) }, { axfr: first.trick });
    const { address, port } = primary;
    zoneId = await product.addZone({ name: ZONE, primary: { kind: "knot", address, port }, mode: "unsigned" });
    at = await visit(browser, product);
  });
  afterAll(async () => {
    first.next(100);
    await at?.close();
    await browser?.close();
    await product?.stop();
    await primary?.stop();
  });

  test("onboarding: the records so far grow as they come, without a reload, and the next step opens at the end", async () => {
    const { page, go } = at;
    await go(`/onboard?zone=${zoneId}&step=transfer`);
    await page.getByText(/^1,000 records, .* so far$/).waitFor();
    await looksRight(page, "onboard-transfer-running");
    // Whoever asked for less motion gets none, though something goes on: the words say it.
    const moving = () =>
      page.evaluate(() => document.getAnimations().filter((each) => each.playState === "running").length);
    await expect.poll(moving, WITHIN).toBe(0);
    expect(await page.getByRole("button", { name: "Continue" }).isDisabled()).toBe(true);
    first.next();
    await page.getByText(/^2,000 records, .* so far$/).waitFor();
    first.next(100);
    await page.getByRole("heading", { name: "The zone is here" }).waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Continue" }).isEnabled(), WITHIN).toBe(true);
  });

  test("transfers: a bar that fills while a new version comes, and the timeline has it then", async () => {
    const { page, go } = at;
    const second = stepped();
    // A zone that is given to nobody has nothing there.
    at.guard.allow(/status of 404 .*outgoing/);
    primary.serve({ name: ZONE, text: text(8) }, { axfr: second.trick });
    await go(`/zones/${zoneId}/transfers`);
    await page.getByRole("button", { name: "Transfer now" }).click();
    const bar = page.getByRole("progressbar");
    const filled = async () => Number(await bar.getAttribute("aria-valuenow"));
    await expect.poll(filled, WITHIN).toBe(20);
    await looksRight(page, "transfers-running");
    second.next(2);
    await expect.poll(filled, WITHIN).toBe(60);
    second.next(100);
    await page.getByText("Serial 8 came from knot").waitFor();
    await bar.waitFor({ state: "detached" });
    expect(at.guard.problems).toEqual([]);
  });
});
