/**
 * A play of a catalog that is given up by order, its member stays: after the kill it is a catalog, or it is gone and the member a zone
 * like others. Never is it answered for: whom it names is nobody's business.
 */
import { expect } from "vitest";
import { addCatalog, membersOf, memberText, NOERROR, REFUSED, rcodeOf } from "../catalog/world.ts";
import type { Actor, Play } from "./between.ts";
import { SmallZone } from "./small-zone.ts";
import { inTurns } from "./stage.ts";
import { noFolder } from "./strays.ts";

class GivenUp extends SmallZone implements Actor {
  readonly ready = async (): Promise<void> => {};

  readonly act = (): Promise<unknown> => this.stage.product.call("DELETE", `/countersign/v1/catalogs/${this.id}`);

  readonly isDone = async (): Promise<boolean> => !(await this.#isCatalog());

  readonly checkDone = async (): Promise<void> => this.#isGone();

  readonly killed = (): void => {};

  readonly check = async (): Promise<void> => {
    const { product } = this.stage;
    expect(await rcodeOf(product, this.name), "the catalog is asked for").toBe(REFUSED);
    if (await this.#isCatalog()) await this.act();
    await this.#isGone();
  };

  get member(): string {
    return `member.${this.name}`;
  }

  async begins(): Promise<void> {
    const { product, primary } = this.stage;
    primary.serve({ name: this.member, text: memberText(this.member) });
    const lines = `$ORIGIN ${this.name}\n@ 0 SOA invalid. invalid. 1 3600 600 86400 0\n@ 0 NS invalid.\n`;
    const text = `${lines}version 0 TXT "2"\nm.zones 0 PTR ${this.member}\n`;
    primary.serve({ name: this.name, text });
    this.id = (await addCatalog(product, this.name, primary)).id;
    await this.until("the member is served", async () => (await rcodeOf(product, this.member)) === NOERROR);
    await this.until("its settings", async () => (await membersOf(product, this.id)).length === 1);
  }

  async #isCatalog(): Promise<boolean> {
    const catalogs = (await this.stage.product.call("GET", "/countersign/v1/catalogs")) as { id: string }[];
    return catalogs.some(({ id }) => id === this.id);
  }

  async #isGone(): Promise<void> {
    const { product } = this.stage;
    await noFolder(product, this.id);
    await expect(product.status(this.id)).rejects.toThrow("404");
    expect(await rcodeOf(product, this.name)).toBe(REFUSED);
    expect(await rcodeOf(product, this.member)).toBe(NOERROR);
  }
}

export function playGivenUp(play: Omit<Play, "make">): Play {
  return {
    ...play,
    make: async (stage, names) => {
      const zones = names.map((name) => new GivenUp(stage, name));
      await inTurns(zones, (zone) => zone.begins());
      return zones;
    },
  };
}
