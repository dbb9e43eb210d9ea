/** What a first visit costs: octets as they come over the wire, and milliseconds that are printed, never asserted on. */
import type { Page } from "playwright-core";

export type FirstLoad = {
  /** Of documents, scripts and styles, compressed, headers included. */
  readonly octets: number;
  readonly requests: number;
  readonly firstContentMs: number;
  /** From the start of navigation until `ready` was there and the main thread was free. */
  readonly interactiveMs: number;
};

/** Goes there with an empty cache; `ready` is a selector of what a user waits for. */
export async function measureFirstLoad(page: Page, url: string, ready: string): Promise<FirstLoad> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  let octets = 0;
  let requests = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    octets += encodedDataLength;
    requests++;
  });
  const begun = performance.now();
  await page.goto(url);
  await page.locator(ready).first().waitFor();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
  const interactiveMs = performance.now() - begun;
  const firstContentMs = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  );
  await session.detach();
  return { octets, requests, firstContentMs, interactiveMs };
}

/** For the log of the run. */
export function printFirstLoad(what: string, load: FirstLoad): void {
  const { octets, requests, firstContentMs, interactiveMs } = load;
  console.log(
    `${what}: ${(octets / 1000).toFixed(1)} kB in ${requests} requests, first content ${firstContentMs.toFixed(0)} ms, interactive ${interactiveMs.toFixed(0)} ms`,
  );
}

export type Scrolled = { readonly steps: number; readonly worstFrameMs: number; readonly framesOver100Ms: number };

/** Scrolls an element (or the window) from top to bottom in so many steps, a frame each, and says how long frames took. */
export function measureScroll(page: Page, selector: string, steps: number): Promise<Scrolled> {
  return page.evaluate(
    async ([where, count]) => {
      const found = document.querySelector(where);
      const target = found && found.scrollHeight > found.clientHeight ? found : document.scrollingElement!;
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      let before = await frame();
      let worstFrameMs = 0;
      let framesOver100Ms = 0;
      for (let step = 1; step <= count; step++) {
        target.scrollTop = ((target.scrollHeight - target.clientHeight) * step) / count;
        const now = await frame();
        const took = now - before;
        worstFrameMs = Math.max(worstFrameMs, took);
        if (took > 100) framesOver100Ms++;
        before = now;
      }
      return { steps: count, worstFrameMs, framesOver100Ms };
    },
    [selector, steps] as const,
  );
}
