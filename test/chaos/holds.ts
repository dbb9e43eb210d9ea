/**
 * Plays of a version that is held: it comes to be held, is released, dropped, or overtaken by a good one. After the kill it is
 * still held, or it is what the operator wanted: never both, never neither.
 */
import { expect } from "vitest";
import type { SigningMode } from "../peers/index.ts";
import type { Actor, Play } from "./between.ts";
import { SmallZone } from "./small-zone.ts";
import { inTurns, type Stage } from "./stage.ts";
import { noStrays } from "./strays.ts";
import { filesOfZone } from "./world.ts";

export type Hold = {
  readonly key: string;
  readonly title: string;
  readonly mode: SigningMode;
  /** Why it is held: it lacks records, and can be released; or it breaks the rules of DNS, and can't. */
  readonly fault: "guard.record-loss" | "zone.broken";
  /** What the play is: the version comes; the operator speaks; the primary has a good one. */
  readonly act: "comes" | "release" | "drop" | "mend";
  readonly does: readonly string[];
};

const NAMES = Array.from({ length: 12 }, (_, i) => `n${i} 300 IN A 192.0.2.${i}\n`).join("");
const [GOOD, HELD, NEXT] = [1, 2, 3];

class HeldZone extends SmallZone implements Actor {
  readonly #hold: Hold;

  constructor(stage: Stage, hold: Hold, name: string) {
    super(stage, name);
    this.#hold = hold;
  }

  readonly ready = async (): Promise<void> => {};

  readonly act = async (): Promise<unknown> => {
    switch (this.#hold.act) {
      case "comes":
        return this.bring(HELD);
      case "release":
        return this.call("POST", "/held/release", {});
      case "drop":
        return this.call("DELETE", "/held");
      case "mend":
        return this.bring(NEXT);
    }
  };

  readonly isDone = async (): Promise<boolean> =>
    this.#hold.act === "comes" ? this.isHeld() : (await this.isAt(this.#wanted)) && this.#isSwept();

  readonly checkDone = async (): Promise<void> => this.#isWhatItSays();

  /** Nothing newer than what came is to be had. */
  readonly killed = (): void => this.offerSerial(this.#hold.act === "mend" ? NEXT : HELD);

  readonly check = async (): Promise<void> => {
    await this.until("held or not", async () => (await this.status()).phase === "idle");
    await this.#isWhatItSays();
    await this.#ends();
    this.bring(NEXT + 1);
    await this.untilAt(NEXT + 1);
    await noStrays(this.stage.product, this.id);
  };

  bring(serial: number): void {
    this.offerSerial(serial);
    this.notify();
  }

  offerSerial(serial: number): void {
    if (serial !== HELD) this.offer(serial, NAMES);
    else this.offer(serial, this.#hold.fault === "zone.broken" ? `${NAMES}n1 300 IN CNAME www\n` : "");
  }

  /** It is there to be looked at, and the one before is served. */
  async isHeld(): Promise<boolean> {
    const { phase, held } = await this.status();
    return phase === "idle" && held !== null && (await this.served()) === GOOD;
  }

  /** What the play leads to. */
  get #wanted(): number {
    return { comes: HELD, release: HELD, drop: GOOD, mend: NEXT }[this.#hold.act];
  }

  #isSwept(): boolean {
    return !filesOfZone(this.stage.product, this.id).some((file) => file.startsWith("h-"));
  }

  async #isWhatItSays(): Promise<void> {
    const { fault, act } = this.#hold;
    const { serials } = await this.status();
    const held = await this.held();
    const served = await this.served();
    if (held) {
      const release = fault === "zone.broken" ? "no" : "yes";
      expect(held).toMatchObject({ code: fault, serial: HELD, release });
      expect([served, serials.stored]).toEqual([GOOD, fault === "zone.broken" ? GOOD : HELD]);
      return;
    }
    const reached = act === "comes" ? GOOD : this.#wanted;
    expect([served, serials.stored], "not held").toEqual([reached, reached]);
    // What the operator did is told, also where the answer never came.
    if (act === "release") expect(await this.told()).toContain("held.released");
  }

  /** What was asked for and may not have come about is asked for again. */
  async #ends(): Promise<void> {
    if (this.#hold.act === "comes") {
      this.bring(HELD);
      await this.until("held", () => this.isHeld(), true);
    }
    if (await this.held()) await this.act();
    const end = this.#hold.act === "comes" ? () => this.isHeld() : () => this.isAt(this.#wanted);
    await this.until("at its end", end, this.#hold.act === "mend");
    await this.#isWhatItSays();
  }
}

export function playHold(hold: Hold): Play {
  return {
    ...hold,
    make: async (stage, names) => {
      const zones = names.map((name) => new HeldZone(stage, hold, name));
      for (const zone of zones) zone.offerSerial(GOOD);
      await inTurns(zones, (zone) => zone.add(hold.mode, { hold_record_loss_percent: 50 }));
      for (const zone of zones) await zone.untilAt(GOOD);
      if (hold.act === "comes") return zones;
      for (const zone of zones) zone.bring(HELD);
      for (const zone of zones) await zone.until("held", () => zone.isHeld(), true);
      return zones;
    },
  };
}
