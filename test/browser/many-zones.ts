/** The dashboard over very many zones, and what its list costs: used by the suite with some thousands, by the bench with a hundred thousand. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { populateBare } from "../many/bare.ts";
import { zoneName } from "../many/populate.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  makeDirectory,
  removeDirectory,
  startCountersign,
} from "../peers/index.ts";
import { startBrowser } from "./browser.ts";
import { measureScroll, readStability, type Scrolled } from "./budget.ts";
import { type Visit, visit } from "./dashboard.ts";

/** Healthy ones: their names come first in the alphabet, and they last in the list. */
const WHOLE = 20;

export type ManyZones = {
  readonly browser: Browser;
  readonly product: Countersign;
  readonly at: Visit;
  /** A whole zone that is served. */
  readonly healthy: string;
  /** First and last of those that have a problem. */
  readonly firstProblem: string;
  readonly lastProblem: string;
  /** At the end of the list. */
  readonly last: string;
  stop(): Promise<void>;
};

export async function startManyZones(zones: number): Promise<ManyZones> {
  const directory = makeDirectory("many-zones");
  // Nobody listens there: what the list shows is what the store has.
  const primary = { address: LOOPBACK, port: await freePort() };
  await populateBare(join(directory, "data"), zones, {
    zones: WHOLE,
    mode: "unsigned",
    primary,
    autoRefreshSeconds: 86_400,
  });
  const [browser, product] = await Promise.all([startBrowser(), startCountersign({ directory })]);
  const at = await visit(browser, product);
  return {
    browser,
    product,
    at,
    healthy: zoneName(0),
    firstProblem: zoneName(WHOLE),
    lastProblem: zoneName(zones - 1),
    last: zoneName(WHOLE - 1),
    stop: async () => {
      await at.close();
      await product.stop();
      await browser.close();
      removeDirectory(directory);
    },
  };
}

export type ListCost = Scrolled & {
  readonly zones: number;
  /** Of the list itself, from its opening to the last row. */
  readonly requests: number;
  /** The most that were in the document while it was scrolled. */
  readonly rows: number;
  readonly firstRowMs: number;
  /** From letting the scroll bar go at the end until the last zone was there. */
  readonly lastRowMs: number;
  /** From the last letter typed until the zone that was sought was there. */
  readonly searchMs: number;
  readonly layoutShift: number;
  readonly tasksOver200Ms: number;
};

/** Opens the list, scrolls it from end to end, goes back and searches the last of those with a problem. */
export async function measureList(many: ManyZones, zones: number, steps: number): Promise<ListCost> {
  const { page } = many.at;
  let requests = 0;
  const count = (request: { url(): string }): void => {
    if (new URL(request.url()).pathname === "/countersign/v1/zones") requests++;
  };
  page.on("request", count);
  const opened = performance.now();
  await many.at.go("/zones");
  await row(page, many.firstProblem).waitFor();
  const firstRowMs = performance.now() - opened;
  const { rows, ...scrolled } = await measureScroll(page, "html", steps, "[role='listitem']");
  const arrived = performance.now();
  await row(page, many.last).waitFor();
  const lastRowMs = performance.now() - arrived;
  page.off("request", count);
  const { layoutShift, tasksOver200Ms } = await readStability(page);
  await page.evaluate(() => scrollTo(0, 0));
  const typed = performance.now();
  await page.getByLabel("Search by name").fill(many.lastProblem.slice(0, many.lastProblem.indexOf(".")));
  await row(page, many.lastProblem).waitFor();
  const searchMs = performance.now() - typed;
  return { ...scrolled, zones, requests, rows, firstRowMs, lastRowMs, searchMs, layoutShift, tasksOver200Ms };
}

function row(page: Page, name: string) {
  return page.getByRole("link", { name });
}

export function printListCost(cost: ListCost): void {
  console.log(
    `${cost.zones} zones: a frame of scrolling costs ${cost.cpuMs.all.toFixed(1)} ms of CPU (${cost.cpuMs.script.toFixed(1)} script, ${cost.cpuMs.style.toFixed(1)} style, ${cost.cpuMs.layout.toFixed(1)} layout); first row after ${cost.firstRowMs.toFixed(0)} ms; scrolled from end to end in ${cost.steps} frames, the worst ${cost.worstFrameMs.toFixed(0)} ms, ${cost.framesOver50Ms} over 50 ms; last row ${cost.lastRowMs.toFixed(0)} ms behind; ${cost.requests} requests, at most ${cost.rows} rows in the document; found by search in ${cost.searchMs.toFixed(0)} ms; layout shift ${cost.layoutShift.toFixed(3)}, ${cost.tasksOver200Ms} tasks over 200 ms`,
  );
}
