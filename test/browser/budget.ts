/** What a first visit costs: octets as they come over the wire, and milliseconds that are printed, never asserted on. */
import type { CDPSession, Page } from "playwright-core";

export type FirstLoad = {
  /** Of documents, scripts and styles, compressed, headers included. */
  readonly octets: number;
  readonly requests: number;
  readonly firstContentMs: number;
  /** From the start of navigation until `ready` was there and the main thread was free. */
  readonly interactiveMs: number;
  /** Cumulative, as the Layout Instability API counts it: 0.1 is what people begin to feel. */
  readonly layoutShift: number;
  readonly longestTaskMs: number;
  readonly tasksOver200Ms: number;
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
  return { octets, requests, firstContentMs, interactiveMs, ...(await readStability(page)) };
}

/** What moved by itself and what held up the main thread since the page was opened. */
export async function readStability(
  page: Page,
): Promise<Pick<FirstLoad, "layoutShift" | "longestTaskMs" | "tasksOver200Ms">> {
  return page.evaluate(async () => {
    const entries = (type: string) =>
      new Promise<PerformanceEntryList>((resolve) => {
        const seen: PerformanceEntry[] = [];
        const observer = new PerformanceObserver((list) => void seen.push(...list.getEntries()));
        observer.observe({ type, buffered: true });
        // What is buffered is handed over in a task of its own.
        setTimeout(() => {
          observer.disconnect();
          resolve(seen);
        }, 50);
      });
    const shifts = (await entries("layout-shift")) as unknown as { value: number; hadRecentInput: boolean }[];
    const tasks = (await entries("longtask")).map(({ duration }) => duration);
    return {
      layoutShift: shifts.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0),
      longestTaskMs: Math.max(0, ...tasks),
      tasksOver200Ms: tasks.filter((duration) => duration > 200).length,
    };
  });
}

/** For the log of the run. */
export function printFirstLoad(what: string, load: FirstLoad): void {
  const { octets, requests, firstContentMs, interactiveMs, layoutShift, longestTaskMs, tasksOver200Ms } = load;
  console.log(
    `${what}: ${(octets / 1000).toFixed(1)} kB in ${requests} requests, first content ${firstContentMs.toFixed(0)} ms, interactive ${interactiveMs.toFixed(0)} ms, layout shift ${layoutShift.toFixed(3)}, longest task ${longestTaskMs.toFixed(0)} ms (${tasksOver200Ms} over 200)`,
  );
}

export type Scrolled = {
  readonly steps: number;
  readonly worstFrameMs: number;
  readonly framesOver50Ms: number;
  /** The most elements of `rows` that were in the document at once. */
  readonly rows: number;
  /** Of a step, by the CPU's time of the page's main thread: what else the machine does is not in it. */
  readonly cpuMs: { readonly script: number; readonly style: number; readonly layout: number; readonly all: number };
};

const CPU = {
  script: "ScriptDuration",
  style: "RecalcStyleDuration",
  layout: "LayoutDuration",
  all: "TaskDuration",
} as const;

/** Seconds of the main thread's own CPU time, since it began. */
async function readCpu(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics");
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

/** Scrolls an element (or the window) from top to bottom in so many steps, a frame each, and says how long frames took. */
export async function measureScroll(page: Page, selector: string, steps: number, rows: string): Promise<Scrolled> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const before = await readCpu(session);
  const scrolled = await scroll(page, selector, steps, rows);
  const after = await readCpu(session);
  await session.detach();
  const perStep = (name: string) => (((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1000) / steps;
  const { script, style, layout, all } = CPU;
  const cpuMs = { script: perStep(script), style: perStep(style), layout: perStep(layout), all: perStep(all) };
  return { ...scrolled, cpuMs };
}

function scroll(page: Page, selector: string, steps: number, rows: string): Promise<Omit<Scrolled, "cpuMs">> {
  return page.evaluate(
    async ([where, count, which]) => {
      const found = document.querySelector(where);
      const target = found && found.scrollHeight > found.clientHeight ? found : document.scrollingElement!;
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      let before = await frame();
      let worstFrameMs = 0;
      let framesOver50Ms = 0;
      let most = 0;
      for (let step = 1; step <= count; step++) {
        target.scrollTop = ((target.scrollHeight - target.clientHeight) * step) / count;
        const now = await frame();
        const took = now - before;
        worstFrameMs = Math.max(worstFrameMs, took);
        if (took > 50) framesOver50Ms++;
        before = now;
        most = Math.max(most, document.querySelectorAll(which).length);
      }
      return { steps: count, worstFrameMs, framesOver50Ms, rows: most };
    },
    [selector, steps, rows] as const,
  );
}
