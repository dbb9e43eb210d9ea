/**
 * What all zones were asked within one minute. Of tens of thousands that were asked one thing, as resolvers do that look whether
 * something has changed, a zone is a place in two columns; objects are made for those that were asked more:
 *
 *   the first thing ▶ a place, key and count in the columns ─ anything else ▶ ZoneCounts
 */
import type { TallyReading } from "#telemetry";
import { addReading, type CountSink, ZoneCounts } from "./counts.ts";

const FIRST_PLACES = 64;

/** Keeps: a zone that was asked is in one of the two maps. */
export class MinuteCounts implements CountSink {
  /** Into the columns. */
  readonly #places = new Map<string, number>();
  #keys = new Uint32Array(FIRST_PLACES);
  #counts = new Float64Array(FIRST_PLACES);
  #used = 0;
  readonly #whole = new Map<string, ZoneCounts>();

  add(reading: TallyReading): void {
    addReading(reading, this);
  }

  addCell(zoneId: string, key: number, count: number): void {
    const whole = this.#whole.get(zoneId);
    if (whole) {
      whole.addCell(key, count);
      return;
    }
    const place = this.#places.get(zoneId);
    if (place === undefined) this.#take(zoneId, key, count);
    else if (this.#keys[place] === key) this.#counts[place]! += count;
    else this.#wholeOf(zoneId).addCell(key, count);
  }

  addTime(zoneId: string, key: number, count: number): void {
    this.#wholeOf(zoneId).addTime(key, count);
  }

  addName(zoneId: string, asked: number, name: string, count: number, error: number): void {
    this.#wholeOf(zoneId).addName(asked, name, count, error);
  }

  /** As it is now; undefined: the zone was not asked. */
  find(zoneId: string): ZoneCounts | undefined {
    const whole = this.#whole.get(zoneId);
    const place = this.#places.get(zoneId);
    return place === undefined ? whole : this.#countsAt(place);
  }

  zoneIds(): readonly string[] {
    return [...this.#places.keys(), ...this.#whole.keys()];
  }

  forget(zoneId: string): void {
    this.#places.delete(zoneId);
    this.#whole.delete(zoneId);
  }

  #take(zoneId: string, key: number, count: number): void {
    const place = this.#used++;
    if (place === this.#keys.length) this.#grow();
    this.#keys[place] = key;
    this.#counts[place] = count;
    this.#places.set(zoneId, place);
  }

  /** There are as many places as zones that were asked, at most. */
  #grow(): void {
    const [keys, counts] = [this.#keys, this.#counts];
    this.#keys = new Uint32Array(2 * keys.length);
    this.#keys.set(keys);
    this.#counts = new Float64Array(2 * counts.length);
    this.#counts.set(counts);
  }

  #wholeOf(zoneId: string): ZoneCounts {
    const known = this.#whole.get(zoneId);
    if (known) return known;
    const place = this.#places.get(zoneId);
    const whole = place === undefined ? new ZoneCounts() : this.#countsAt(place);
    this.#places.delete(zoneId);
    this.#whole.set(zoneId, whole);
    return whole;
  }

  #countsAt(place: number): ZoneCounts {
    const counts = new ZoneCounts();
    counts.addCell(this.#keys[place]!, this.#counts[place]!);
    return counts;
  }
}
