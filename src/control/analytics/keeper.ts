/**
 * Keeps what zones are asked.
 *
 * ```
 * workers ─ every 2 s ─▶ this minute, in memory ─ at its end ─▶ rows of minutes ─▶ of hours ─▶ of days ─▶ gone, by age
 *   (tally.ts)              minute.ts: of each zone that was asked
 * ```
 * Memory and rows are for zones that were asked, none for those that were not. A stop writes the minute that is under way; the next
 * start adds to it. An hour is made of its minutes once all are written, and made again when that was cut off: nothing counts twice.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { AnalyticsRow, Store } from "#store";
import type { Logger, TallyReading } from "#telemetry";
import { readCounts, ZoneCounts } from "./counts.ts";
import { MinuteCounts } from "./minute.ts";
import { DAY, floorTo, HOUR, HOURS_KEPT, MINUTE, MINUTES_KEPT, spansOf } from "./periods.ts";
import type { CountRow } from "./report.ts";

export const COLLECT_MS = 2000;
/** A worker that waits for datagrams looks up so often. */
const GO_OVER_MS = 120;
/** Rows a transaction: others want the database too. */
const BATCH = 200;
/** For writing at the end: a server has to be gone before its supervisor ends it by force. */
const STOP_WITHIN_MS = 1000;

export class AnalyticsKeeper {
  /** Answers that the workers had no room to count. */
  lost = 0;
  readonly #store: Store;
  readonly #log: Logger;
  /** Days for which days are kept; 0: nothing is. */
  readonly #days: () => number;
  readonly #now: () => number;
  #minute = new MinuteCounts();
  #start = 0;
  #collect: () => readonly TallyReading[] = () => [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Nothing more is written from then on; of the clock that never jumps. */
  #endMs = Number.POSITIVE_INFINITY;

  constructor(store: Store, log: Logger, days: () => number, now: () => number) {
    this.#store = store;
    this.#log = log;
    this.#days = days;
    this.#now = now;
  }

  /** `collect`: what workers counted since the last time. */
  begin(collect: () => readonly TallyReading[]): void {
    this.#collect = collect;
    this.#start = floorTo(this.#now(), MINUTE);
    this.#timer = setInterval(() => this.collect(), COLLECT_MS);
    this.#timer.unref();
  }

  /** What is counted and not yet written is written, as far as the time goes. */
  async stop(withinMs = STOP_WITHIN_MS): Promise<void> {
    clearInterval(this.#timer);
    this.#endMs = performance.now() + withinMs;
    this.collect();
    // Workers go over to their other half at the first, and leave what they wrote for the second.
    await sleep(GO_OVER_MS);
    this.collect();
    this.#close();
    await this.#writing;
  }

  collect(): void {
    const readings = this.#collect();
    if (this.#days() === 0) return;
    const minute = floorTo(this.#now(), MINUTE);
    if (minute !== this.#start) {
      this.#close();
      this.#start = minute;
    }
    for (const reading of readings) {
      this.#minute.add(reading);
      this.lost += reading.lost;
    }
  }

  forget(zoneId: string): void {
    this.#minute.forget(zoneId);
  }

  /** From `since` to `until`, Unix seconds; the start of what began earlier is `since`. */
  async rowsOf(zoneId: string, since: number, until: number): Promise<CountRow[]> {
    this.collect();
    await this.#writing;
    const rows: CountRow[] = [];
    for (const { step, from, to } of spansOf(since, until, this.#now())) {
      for (const row of await this.#store.analytics.ofZone(zoneId, step, from, to)) {
        const counts = readCounts(row.document);
        if (counts) rows.push({ start: Math.max(row.start, since), counts });
      }
    }
    const current = this.#minute.find(zoneId);
    if (current && this.#start < until && this.#start + MINUTE > since) {
      rows.push({ start: Math.max(this.#start, since), counts: current });
    }
    return rows;
  }

  get #isOver(): boolean {
    return performance.now() >= this.#endMs;
  }

  /** The minute is over: it is written, and what is older is drawn together. */
  #close(): void {
    const [minute, start] = [this.#minute, this.#start];
    // Now, and not when it is written: minutes before it stand before this one in the queue, those behind it do not.
    const until = floorTo(this.#now(), MINUTE);
    this.#minute = new MinuteCounts();
    this.#writing = this.#writing
      .then(() => this.#write(minute, start, until))
      .catch((error) => this.#log.error({ error: String(error) }, "what zones were asked could not be written"));
  }

  async #write(minute: MinuteCounts, start: number, until: number): Promise<void> {
    // Of those there are rows from before a restart within the minute.
    const begun = new Set(await this.#store.analytics.zonesBetween(MINUTE, start, start + MINUTE));
    await this.#put(MINUTE, start, minute.zoneIds(), async (zoneId) => {
      const counts = minute.find(zoneId)!;
      const before = begun.has(zoneId) ? await this.#merged(zoneId, MINUTE, start, start + MINUTE) : undefined;
      if (before) counts.merge(before);
      return counts;
    });
    if (this.#isOver) return;
    await this.#drawTogether(MINUTE, HOUR, floorTo(until, HOUR));
    await this.#drawTogether(HOUR, DAY, floorTo(until, DAY));
    const { analytics } = this.#store;
    await analytics.removeBefore(MINUTE, until - MINUTES_KEPT - HOUR);
    await analytics.removeBefore(HOUR, until - HOURS_KEPT - DAY);
    await analytics.removeBefore(DAY, until - this.#days() * DAY);
  }

  /** Every `larger` before `until` of which there are rows of `smaller`, and not yet of its own. */
  async #drawTogether(smaller: number, larger: number, until: number): Promise<void> {
    const { analytics, settings } = this.#store;
    const key = `analytics-drawn-${larger}`;
    const drawn = Number((await settings.find(key)) ?? 0);
    if (drawn >= until) return;
    const first = await analytics.firstStart(smaller);
    // Bounded by what is kept: 7 hours, 33 days.
    for (let start = Math.max(drawn, floorTo(first ?? until, larger)); start < until; start += larger) {
      const done = new Set(await analytics.zonesBetween(larger, start, start + larger));
      const zones = (await analytics.zonesBetween(smaller, start, start + larger)).filter((id) => !done.has(id));
      await this.#put(larger, start, zones, (zoneId) => this.#merged(zoneId, smaller, start, start + larger));
      // Cut off: the next start draws it together.
      if (this.#isOver) return;
    }
    await settings.put(key, until);
  }

  async #put(
    step: number,
    start: number,
    zones: Iterable<string>,
    countsOf: (zoneId: string) => Promise<ZoneCounts | undefined>,
  ): Promise<void> {
    const all = [...zones];
    for (let at = 0; at < all.length; at += BATCH) {
      if (this.#isOver) {
        this.#log.warn({ zones: all.length - at }, "there was no time to write what the last zones were asked");
        return;
      }
      const rows: AnalyticsRow[] = [];
      for (const zoneId of all.slice(at, at + BATCH)) {
        const counts = await countsOf(zoneId);
        if (counts) rows.push({ zoneId, step, start, document: counts.print() });
      }
      await this.#store.atomically((tables) => tables.analytics.put(rows));
    }
  }

  async #merged(zoneId: string, step: number, from: number, to: number): Promise<ZoneCounts | undefined> {
    const rows = await this.#store.analytics.ofZone(zoneId, step, from, to);
    if (rows.length === 0) return undefined;
    const merged = new ZoneCounts();
    for (const { document } of rows) {
      const counts = readCounts(document);
      if (counts) merged.merge(counts);
    }
    return merged;
  }
}
