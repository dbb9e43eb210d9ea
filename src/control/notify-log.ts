/**
 * What the log says of NOTIFYs. Anybody can send them, from any address: of a storm so many lines a second are written, and one
 * with the number of those that were left out, so that it fills no disk and what else there is to read is still found.
 */
import type { Logger } from "#telemetry";
import { LineBudget } from "./line-budget.ts";

/** A primary that starts again tells of all its zones: those are worth reading. */
const ACCEPTED_A_SECOND = 100;
const REFUSED_A_SECOND = 10;

type Fields = { readonly zone: string | undefined; readonly from: string };

/** Keeps: `leftOut` is told with the first line of a later second. */
export class NotifyLog {
  readonly #log: Logger;
  readonly #accepted = new LineBudget(ACCEPTED_A_SECOND);
  readonly #refused = new LineBudget(REFUSED_A_SECOND);

  constructor(log: Logger) {
    this.#log = log;
  }

  accepted(fields: Fields & { readonly serial: number | undefined }, nowSeconds: number): void {
    if (this.#mayWrite(this.#accepted, nowSeconds)) this.#log.info({ code: "notify.accepted", ...fields }, "NOTIFY");
  }

  refused(fields: Fields & { readonly reason: string }, nowSeconds: number): void {
    if (this.#mayWrite(this.#refused, nowSeconds))
      this.#log.info({ code: "notify.refused", ...fields }, "a NOTIFY was refused");
  }

  #mayWrite(budget: LineBudget, nowSeconds: number): boolean {
    const accepted = this.#accepted.leftOutBefore(nowSeconds);
    const refused = this.#refused.leftOutBefore(nowSeconds);
    if (accepted + refused > 0)
      this.#log.warn({ code: "notify.more", accepted, refused }, "more NOTIFYs than are logged one by one");
    return budget.mayWrite();
  }
}
