/**
 * How many lines of one kind the log takes in a second. What anybody can cause, from any address, fills no disk, and what else there is to
 * read is still found.
 */

/** Keeps how many were left out until somebody asks, in a later second. */
export class LineBudget {
  readonly #limit: number;
  #second = 0;
  #written = 0;
  #leftOut = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Lines that were left out before this second: said once. Asked before `mayWrite`. */
  leftOutBefore(nowSeconds: number): number {
    if (nowSeconds === this.#second) return 0;
    const leftOut = this.#leftOut;
    this.#second = nowSeconds;
    this.#written = 0;
    this.#leftOut = 0;
    return leftOut;
  }

  mayWrite(): boolean {
    if (this.#written < this.#limit) {
      this.#written++;
      return true;
    }
    this.#leftOut++;
    return false;
  }
}
