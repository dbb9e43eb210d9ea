/**
 * What the log says of NOTIFYs. Anybody can send them, from any address: of a storm so many lines a second are written, and one
 * with the number of those that were left out, so that it fills no disk and what else there is to read is still found.
 */
import type { Logger } from "#telemetry";

/** A primary that starts again tells of all its zones: those are worth reading. */
const ACCEPTED_A_SECOND = 100;
const REFUSED_A_SECOND = 10;

type Fields = { readonly zone: string | undefined; readonly from: string };
type Count = { written: number; leftOut: number };

/** Keeps: `leftOut` is told with the first line of a later second. */
export class NotifyLog {
  readonly #log: Logger;
  #second = 0;
  readonly #accepted: Count = { written: 0, leftOut: 0 };
  readonly #refused: Count = { written: 0, leftOut: 0 };

  constructor(log: Logger) {
    this.#log = log;
  }

  accepted(fields: Fields & { readonly serial: number | undefined }, nowSeconds: number): void {
    if (this.#mayWrite(this.#accepted, ACCEPTED_A_SECOND, nowSeconds))
      this.#log.info({ code: "notify.accepted", ...fields }, "NOTIFY");
  }

  refused(fields: Fields & { readonly reason: string }, nowSeconds: number): void {
    if (this.#mayWrite(this.#refused, REFUSED_A_SECOND, nowSeconds))
      this.#log.info({ code: "notify.refused", ...fields }, "a NOTIFY was refused");
  }

  #mayWrite(count: Count, limit: number, nowSeconds: number): boolean {
    if (nowSeconds !== this.#second) this.#turn(nowSeconds);
    if (count.written < limit) {
      count.written++;
      return true;
    }
    count.leftOut++;
    return false;
  }

  #turn(nowSeconds: number): void {
    this.#second = nowSeconds;
    const accepted = this.#accepted.leftOut;
    const refused = this.#refused.leftOut;
    if (accepted + refused > 0)
      this.#log.warn({ code: "notify.more", accepted, refused }, "more NOTIFYs than are logged one by one");
    for (const count of [this.#accepted, this.#refused]) Object.assign(count, { written: 0, leftOut: 0 });
  }
}
