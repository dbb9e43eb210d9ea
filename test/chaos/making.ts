/**
 * Plays of keys that are made, and of keys that go with DNSSEC. After the kill the zone has no keys, or one pair of them; those
 * that anybody saw are there.
 */
import { generateKeyPairSync } from "node:crypto";
import { expect } from "vitest";
import type { SigningMode } from "../peers/index.ts";
import type { Actor, Play } from "./between.ts";
import { type Sight, SignedZone } from "./signed-zone.ts";
import { inTurns, type Stage } from "./stage.ts";
import { noStrays } from "./strays.ts";

export type Making = {
  readonly key: string;
  readonly title: string;
  readonly mode: SigningMode;
  /** What is done: the mode is switched on for the first time, or DNSSEC is deleted with the keys. */
  readonly act: "switch-on" | "delete";
  readonly does: readonly string[];
};

const SERIAL = 3;
/** Keys of another signer, who signs nothing here. */
const FOREIGN = [257, 256].map((flags) => `@ 3600 IN DNSKEY ${flags} 3 13 ${makePublicKey()}\n`).join("");

/** As RFC 6605 section 4 has it. */
function makePublicKey(): string {
  const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  return Buffer.concat([Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]).toString("base64");
}

class KeyedZone extends SignedZone implements Actor {
  readonly #making: Making;
  /** Before the kill. */
  #seen: Sight = { published: [], signer: undefined };
  #ds: readonly string[] = [];

  constructor(stage: Stage, making: Making, name: string) {
    super(stage, name);
    this.#making = making;
  }

  readonly ready = async (): Promise<void> => {};

  readonly act = (): Promise<unknown> =>
    this.#making.act === "delete"
      ? this.stage.product.call("DELETE", `/client/v4/zones/${this.id}/dnssec`)
      : this.stage.product.setMode(this.id, this.#making.mode);

  readonly look = async (): Promise<void> => {
    this.#seen = await this.sight();
    this.#ds = (await this.status()).dnssec.own_ds;
  };

  readonly isDone = async (): Promise<boolean> => {
    const { signer } = await this.sight();
    return (await this.isAt(SERIAL)) && (signer === undefined) === (this.#making.act === "delete");
  };

  readonly checkDone = async (): Promise<void> => this.#isAtEnd();

  readonly killed = (): void => {};

  readonly check = async (): Promise<void> => {
    await this.until("at rest", () => this.isAt(SERIAL));
    const { dnssec } = await this.status();
    const now = await this.isConsistent();
    const ours = await this.ours();
    expect([0, 2], "keys of ours").toContain(ours.length);
    if (this.#making.act === "switch-on") {
      expect(dnssec.own_ds, "what was shown to the operator").toEqual(this.#ds.length > 0 ? this.#ds : dnssec.own_ds);
      for (const tag of this.#seen.published) expect(now.published).toContain(tag);
    }
    if (now.signer !== undefined) await this.validates(dnssec.own_ds);
    // Asked for once more, as whoever had no answer does: no key is made twice.
    await this.act();
    await this.until("at its end", this.isDone);
    if (ours.length > 0 && this.#making.act === "switch-on") expect(await this.ours()).toEqual(ours);
    await this.#isAtEnd();
    await noStrays(this.stage.product, this.id);
  };

  async ours(): Promise<readonly number[]> {
    return (await this.keys()).filter(({ whose }) => whose === "ours").map(({ key_tag }) => key_tag);
  }

  async #isAtEnd(): Promise<void> {
    const { dnssec } = await this.status();
    const { published } = await this.isConsistent();
    if (this.#making.act === "delete") {
      expect([await this.ours(), dnssec.own_ds]).toEqual([[], []]);
      return;
    }
    expect(await this.ours()).toHaveLength(2);
    expect(published.length).toBeGreaterThanOrEqual(2);
    await this.validatesWhole();
  }
}

export function playMaking(making: Making): Play {
  const isMulti = making.mode === "multisigner";
  return {
    ...making,
    make: async (stage, names) => {
      const zones = names.map((name) => new KeyedZone(stage, making, name));
      for (const zone of zones) zone.offer(SERIAL, isMulti ? FOREIGN : "");
      await inTurns(zones, (zone) => zone.add(making.act === "delete" ? making.mode : "unsigned"));
      for (const zone of zones) await zone.untilAt(SERIAL);
      if (making.act === "delete")
        await inTurns(zones, async ({ id }) => {
          await stage.product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { status: "disabled" });
        });
      return zones;
    },
  };
}
