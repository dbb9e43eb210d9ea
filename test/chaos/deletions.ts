/**
 * Plays of a zone that is deleted, and of one that is made again under its name. After the kill the zone is there whole, with its
 * keys and its record, or it is gone without a trace; the new one has nothing of the old one.
 */
import { expect } from "vitest";
import type { Actor, Play } from "./between.ts";
import { SignedZone } from "./signed-zone.ts";
import { inTurns, type Stage } from "./stage.ts";
import { noFolder, noStrays } from "./strays.ts";
import { ask, Type } from "./world.ts";

const REFUSED = 5;
const SERIAL = 7;

class DeletedZone extends SignedZone implements Actor {
  /** Of the new one the steps are looked at. */
  readonly madeAs?: string;
  readonly #again: boolean;
  #old = "";
  #ds: readonly string[] = [];
  #told: readonly string[] = [];

  constructor(stage: Stage, again: boolean, name: string) {
    super(stage, name);
    this.#again = again;
    if (again) this.madeAs = this.bare;
  }

  /** As it is before the play. */
  async begins(): Promise<void> {
    this.#old = this.id;
    this.#ds = (await this.status()).dnssec.own_ds;
    this.#told = await this.told();
    expect(this.#told).toContain("zone.added");
  }

  readonly ready = async (): Promise<void> => {};

  readonly act = async (): Promise<void> => {
    await this.#delete();
    if (this.#again) await this.add("live");
  };

  readonly isDone = async (): Promise<boolean> => {
    const [id] = await this.ids();
    if (!this.#again) return id === undefined && (await this.toldOfAll()).includes(this.#deletion);
    this.#takes(id);
    return id !== undefined && id !== this.#old && this.isAt(SERIAL);
  };

  readonly checkDone = async (): Promise<void> => this.#isGone();

  readonly killed = (): void => {};

  readonly check = async (): Promise<void> => {
    const [id] = await this.ids();
    if (id === this.#old) await this.#isWhole();
    else await this.#isGone();
    if (id !== undefined && id !== this.#old) await this.#delete();
    // Whatever was left of it is in nobody's way.
    await this.add("live");
    await this.untilAt(SERIAL);
    const { own_ds: ds } = (await this.status()).dnssec;
    expect(ds.filter((one) => this.#ds.includes(one))).toEqual([]);
    await this.validatesWhole();
    await this.isConsistent();
    await noStrays(this.stage.product, this.id);
  };

  async #delete(): Promise<void> {
    for (const id of await this.ids()) await this.stage.product.call("DELETE", `/client/v4/zones/${id}`);
  }

  #takes(id: string | undefined): void {
    if (id !== undefined) this.id = id;
  }

  async ids(): Promise<readonly string[]> {
    const zones = await this.stage.product.call("GET", `/client/v4/zones?name=${this.bare}`);
    return (zones as { id: string }[]).map(({ id }) => id);
  }

  get #deletion(): string {
    return `${this.bare}: deleted`;
  }

  async toldOfAll(): Promise<readonly string[]> {
    const events = await this.stage.product.call("GET", "/countersign/v1/events?limit=1000");
    return (events as { message: string }[]).map(({ message }) => message);
  }

  async #isWhole(): Promise<void> {
    this.#takes(this.#old);
    expect(await this.served()).toBe(SERIAL);
    expect((await this.status()).dnssec.own_ds).toEqual(this.#ds);
    await this.validates(this.#ds);
    expect(await this.told()).toEqual(expect.arrayContaining([...this.#told]));
    await this.#delete();
    await this.#isGone();
  }

  /** Of what it was. */
  async #isGone(): Promise<void> {
    await noFolder(this.stage.product, this.#old);
    await expect(this.stage.product.status(this.#old)).rejects.toThrow("404");
    expect(await this.toldOfAll()).toContain(this.#deletion);
    if ((await this.ids()).length === 0) expect((await ask(this.stage.port, this.name, Type.SOA)).rcode).toBe(REFUSED);
  }
}

export function playDeletion(play: Omit<Play, "make"> & { readonly again: boolean }): Play {
  return {
    ...play,
    make: async (stage, names) => {
      const zones = names.map((name) => new DeletedZone(stage, play.again, name));
      for (const zone of zones) zone.offer(SERIAL);
      await inTurns(zones, (zone) => zone.add("live"));
      for (const zone of zones) await zone.untilAt(SERIAL);
      await inTurns(zones, (zone) => zone.begins());
      return zones;
    },
  };
}
