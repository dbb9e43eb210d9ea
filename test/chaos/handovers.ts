/**
 * Plays of a catalog's member (RFC 9432): it comes, changes owner by coo, leaves, is back, begins anew, is gone for good. After the
 * kill it has one owner at most, and its keys as long as it is the same zone.
 */
import { expect } from "vitest";
import { addCatalog, type Catalog, catalogOf, membersOf } from "../catalog/world.ts";
import type { Actor, Play } from "./between.ts";
import { SignedZone } from "./signed-zone.ts";
import { inTurns, type Stage } from "./stage.ts";
import { noFolder, noStrays } from "./strays.ts";

type Which = "old" | "next";

/** What each catalog says of the member: its label, and whether it is handed over to the other one; nothing: there is no such catalog. */
type Said = { readonly old: string; readonly next?: string };

export type Handover = {
  readonly key: string;
  readonly title: string;
  readonly before: readonly Said[];
  readonly after: Said;
  /** Whose steps are looked at. */
  readonly of: "old" | "next" | "member" | "made";
  /** The same zone throughout, with its keys. */
  readonly keeps: boolean;
  /** Of the old catalog. */
  readonly graceSeconds?: number;
  /** Who has it in the end. */
  readonly end: "old" | "next" | "nobody";
  readonly does: readonly string[];
};

const SERIAL = 4;

class Member extends SignedZone implements Actor {
  readonly handover: Handover;
  readonly madeAs?: string;
  readonly #serials: Record<string, number> = {};
  readonly #says: Record<string, string> = {};
  readonly #made = new Map<Which, Catalog>();
  /** Of the member, before the play. */
  #was: string | undefined;
  #ds: readonly string[] = [];
  #lookedDs: readonly string[] = [];

  constructor(stage: Stage, handover: Handover, name: string) {
    super(stage, name);
    this.handover = handover;
    if (handover.of === "made") this.madeAs = this.bare;
  }

  readonly ready = async (): Promise<void> => {};

  readonly act = async (): Promise<void> => {
    this.say(this.handover.after);
    this.notifyCatalogs();
  };

  readonly look = async (): Promise<void> => {
    this.#lookedDs = (await this.ids()).length === 0 ? [] : ((await this.#memberDs()) ?? []);
  };

  readonly isDone = async (): Promise<boolean> => {
    if (!(await this.isApplied())) return false;
    const { end } = this.handover;
    if ((await this.owners()).join() !== (end === "nobody" ? "" : end)) return false;
    if (end === "nobody") return this.handover.graceSeconds === undefined || (await this.ids()).length === 0;
    return (await this.#memberId()) !== undefined && this.isAt(SERIAL);
  };

  readonly checkDone = async (): Promise<void> => this.#isAtEnd();

  readonly killed = (): void => {};

  readonly check = async (): Promise<void> => {
    await this.until("catalogs at rest", () => this.isAtRest());
    await this.#isSound();
    await this.until(
      "at its end",
      async () => {
        const done = await this.isDone();
        if (!done) await this.act();
        return done;
      },
      false,
    );
    await this.#isAtEnd();
  };

  get catalogs(): readonly Which[] {
    const { before, after } = this.handover;
    return [...before, after].some(({ next }) => next !== undefined) ? ["old", "next"] : ["old"];
  }

  notifyCatalogs(): void {
    for (const which of this.catalogs) this.stage.primary.notify(this.stage.port, this.catalogName(which));
  }

  catalogName(which: Which): string {
    return `${this.name.split(".")[0]}.${which}.catz.`;
  }

  say(said: Said): void {
    for (const which of this.catalogs) {
      const text = said[which] ?? "";
      if (this.#says[which] === text) continue;
      this.#says[which] = text;
      const serial = (this.#serials[which] ?? 0) + 1;
      this.#serials[which] = serial;
      const [label, coo] = text.split(" ");
      const other = this.catalogName(which === "old" ? "next" : "old");
      const lines = [
        `$ORIGIN ${this.catalogName(which)}`,
        "$TTL 0",
        `@ SOA invalid. invalid. ${serial} 3600 600 86400 0`,
        "@ NS invalid.",
        'version TXT "2"',
        // The next version, even if it says the same.
        `serial.ext TXT "${serial}"`,
        ...(label ? [`${label}.zones PTR ${this.name}`] : []),
        ...(label && coo ? [`coo.${label}.zones PTR ${other}`] : []),
      ];
      this.stage.primary.serve({ name: this.catalogName(which), text: `${lines.join("\n")}\n` });
    }
  }

  async addCatalogs(): Promise<void> {
    const { product, primary } = this.stage;
    const { graceSeconds } = this.handover;
    for (const which of this.catalogs) {
      const grace = graceSeconds === undefined ? {} : { grace_seconds: graceSeconds };
      const settings = { defaults: { mode: "live" }, ...grace };
      this.#made.set(which, await addCatalog(product, this.catalogName(which), primary, settings));
    }
  }

  #idOf(which: Which): string {
    return this.#made.get(which)!.id;
  }

  /** What was said last is applied by both. */
  async isApplied(): Promise<boolean> {
    for (const which of this.catalogs) {
      const { state, applied_serial } = await catalogOf(this.stage.product, this.#idOf(which));
      if (state !== "applied" || applied_serial !== this.#serials[which]) return false;
    }
    return true;
  }

  /** Nothing is being done for either, whatever they have. */
  async isAtRest(): Promise<boolean> {
    for (const which of this.catalogs) {
      const id = this.#idOf(which);
      if ((await catalogOf(this.stage.product, id)).state !== "applied") return false;
      if ((await this.stage.product.status(id)).phase !== "idle") return false;
    }
    return true;
  }

  /** Catalogs of which it is a member. */
  async owners(state = "member"): Promise<readonly string[]> {
    const found: string[] = [];
    for (const which of this.catalogs) {
      const members = await membersOf(this.stage.product, this.#idOf(which));
      if (members.some((member) => member.name === this.bare && member.state === state)) found.push(which);
    }
    return found;
  }

  async ids(): Promise<readonly string[]> {
    const zones = await this.stage.product.call("GET", `/client/v4/zones?name=${this.bare}`);
    return (zones as { id: string }[]).map(({ id }) => id);
  }

  /** In this order of what is said. */
  async begins(): Promise<void> {
    const { of } = this.handover;
    this.#was = await this.#memberId();
    this.#ds = (await this.#memberDs()) ?? [];
    if (of === "old" || of === "next") this.id = this.#idOf(of);
    else this.id = this.#was ?? "";
  }

  async #memberId(): Promise<string | undefined> {
    const [id] = await this.ids();
    if (id !== undefined) this.memberId = id;
    return id;
  }

  /** The catalog's own id is `id` where its steps are looked at. */
  memberId = "";

  override status() {
    return this.stage.product.status(this.memberId);
  }

  override call(method: string, rest: string, body?: unknown): Promise<unknown> {
    return this.stage.product.call(method, `/countersign/v1/zones/${this.memberId}${rest}`, body);
  }

  async #memberDs(): Promise<readonly string[] | undefined> {
    return (await this.#memberId()) === undefined ? undefined : (await this.status()).dnssec.own_ds;
  }

  /** One owner, one zone, its keys. */
  async #isSound(): Promise<void> {
    const [ids, members, kept] = [await this.ids(), await this.owners(), await this.owners("kept")];
    expect([...members, ...kept], "owners").toHaveLength(ids.length);
    expect(ids.length, "zones of this name").toBeLessThanOrEqual(1);
    const ds = await this.#memberDs();
    if (this.handover.keeps) {
      expect(ids, "the same zone").toEqual([this.#was]);
      expect(ds).toEqual(this.#ds);
    }
    if (this.handover.of === "made" && this.#lookedDs.length > 0) expect(ds).toEqual(this.#lookedDs);
    if (members.length === 1 && ds?.length) {
      await this.until("served", () => this.isAt(SERIAL));
      await this.isConsistent();
      await this.validates(ds);
    }
  }

  async #isAtEnd(): Promise<void> {
    await this.#isSound();
    const { end, keeps } = this.handover;
    expect(await this.owners()).toEqual(end === "nobody" ? [] : [end]);
    if (end !== "nobody") {
      expect((await this.status()).dnssec.own_ds).toHaveLength(1);
      await noStrays(this.stage.product, this.memberId);
    }
    if (keeps || this.#was === undefined) return;
    // Another one, or none: nothing of the first is left.
    expect(await this.ids()).not.toContain(this.#was);
    await noFolder(this.stage.product, this.#was);
    const told = (await this.stage.product.call("GET", "/countersign/v1/events?limit=1000")) as { message: string }[];
    expect(told.map(({ message }) => message)).toContain(`${this.bare}: deleted`);
  }
}

export function playHandover(handover: Handover): Play {
  return {
    ...handover,
    // How a version of a catalog is taken is of other plays.
    cuts: /^commit|remove folder/,
    make: async (stage, names) => {
      const zones = names.map((name) => new Member(stage, handover, name));
      const [first, ...more] = handover.before;
      for (const zone of zones) zone.offer(SERIAL);
      for (const zone of zones) zone.say(first!);
      await inTurns(zones, (zone) => zone.addCatalogs());
      for (const zone of zones) await zone.until("applied", () => zone.isApplied());
      for (const said of more) {
        for (const zone of zones) zone.say(said);
        for (const zone of zones) zone.notifyCatalogs();
        for (const zone of zones) await zone.until("applied", () => zone.isApplied());
      }
      await inTurns(zones, async (zone) => {
        await zone.begins();
        if (zone.memberId !== "" && (await zone.owners()).length > 0)
          await zone.until("served", () => zone.isAt(SERIAL));
      });
      return zones;
    },
  };
}
