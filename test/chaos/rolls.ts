/**
 * Plays of a rollover: its beginning, the new key's turn, the end. After the kill no key that was seen is lost and none is made
 * twice, what is served validates, a wait that goes on began when what it waits for was served, and in the end the key is rolled.
 *
 *   begun ▶ keys-wait ──time──▶ turn ▶ signatures-wait │ parent ─ DS ▶ ds-wait ──time──▶ end
 *   └── "begin" ────┘           └────── "turn" ────────┘        └"parent"┘               └"end"
 *
 * Time passes while the product is down (test/rolling/world.ts), so the steps are those of a start.
 */
import { expect } from "vitest";
import type { Rollover, Rollovers } from "#contract";
import { isOver, passTime, reaches, roll, rollovers } from "../rolling/world.ts";
import type { Actor, Play } from "./between.ts";
import { type Sight, SignedZone } from "./signed-zone.ts";
import { inTurns, type Stage } from "./stage.ts";

type RollKind = "zsk" | "ksk";

export type Rolling = {
  readonly key: string;
  readonly title: string;
  readonly kind: RollKind;
  readonly act: "begin" | "turn" | "parent" | "end";
  readonly does: readonly string[];
};

/** Has the parent publish these DS records, by the child's label. */
type PublishDs = (ds: Readonly<Record<string, readonly string[]>>) => Promise<void>;

/** Longer than any wait of a rollover here. */
const LONG_SECONDS = 4 * 3600;
const SERIAL = 5;
const NOTHING: Sight = { published: [], signer: undefined };
/** Steps at which each play may be found after the kill; `none`: not begun, or over. */
const FOUND: Readonly<Record<RollKind, Readonly<Record<Rolling["act"], readonly string[]>>>> = {
  zsk: {
    begin: ["none", "publishing", "keys-wait"],
    turn: ["keys-wait", "switching", "signatures-wait"],
    parent: [],
    end: ["signatures-wait", "none"],
  },
  ksk: {
    begin: ["none", "publishing", "keys-wait"],
    turn: ["keys-wait", "parent"],
    parent: ["parent", "ds-wait"],
    end: ["ds-wait", "none"],
  },
};

class RolledZone extends SignedZone implements Actor {
  readonly rolling: Rolling;
  readonly publishDs: PublishDs | undefined;
  /** Key tags of before, and of the rollover as it was shown. */
  oldTag = 0;
  /** What the parent is asked for. */
  askedDs: readonly string[] = [];
  #newTag: number | undefined;
  #oldDs: readonly string[] = [];
  #seen = NOTHING;
  #killedAt = 0;

  constructor(stage: Stage, rolling: Rolling, name: string, publishDs: PublishDs | undefined) {
    super(stage, name);
    this.rolling = rolling;
    this.publishDs = publishDs;
  }

  readonly ready = async (): Promise<void> => {};

  readonly act = async (): Promise<unknown> =>
    this.rolling.act === "begin" ? roll(this.stage.product, this.id, this.rolling.kind) : undefined;

  readonly look = async (): Promise<void> => {
    this.#seen = await this.sight();
    const [going] = (await this.rollovers()).rollovers;
    this.#newTag = going?.new_key_tag ?? this.#newTag;
  };

  readonly isDone = async (): Promise<boolean> => {
    const found = await this.step();
    return (await this.status()).phase === "idle" && found === FOUND[this.rolling.kind][this.rolling.act].at(-1);
  };

  readonly checkDone = async (): Promise<void> => {
    await this.look();
    await this.#isSound();
  };

  readonly killed = (): void => {
    this.#killedAt = Date.now();
  };

  readonly check = async (): Promise<void> => {
    await this.until("at rest", () => this.isAt(SERIAL));
    await this.#isSound();
  };

  /** As it is before its play. */
  async begins(): Promise<void> {
    const { kind } = this.rolling;
    this.oldTag = (await this.keys()).find(({ role, state }) => role === kind && state === "active")!.key_tag;
    this.#oldDs = (await this.status()).dnssec.own_ds;
  }

  rollovers(): Promise<Rollovers> {
    return rollovers(this.stage.product, this.id);
  }

  async step(): Promise<string> {
    return (await this.#going())?.step ?? "none";
  }

  async #going(): Promise<Rollover | undefined> {
    return (await this.rollovers()).rollovers.find(({ kind }) => kind === this.rolling.kind);
  }

  async #isSound(): Promise<void> {
    const { kind, act } = this.rolling;
    const going = await this.#going();
    expect(FOUND[kind][act]).toContain(going?.step ?? "none");
    const { published, signer } = await this.isConsistent();
    // Whatever somebody may have in his cache is there, but for the one that nobody needs any more.
    const lost = this.#seen.published.filter((tag) => !published.includes(tag));
    expect(lost).toEqual(going === undefined && act === "end" && lost.length > 0 ? [this.oldTag] : []);
    const ours = (await this.keys()).filter(({ role }) => role === kind);
    expect(ours).toHaveLength(going ? 2 : 1);
    if (going && this.#newTag !== undefined) expect(going.new_key_tag).toBe(this.#newTag);
    if (going && kind === "zsk")
      expect(signer).toBe(going.step.endsWith("keys-wait") || going.step === "publishing" ? this.oldTag : this.#newTag);
    if (going) this.#waitsSince(going);
    const anchors = going || act !== "end" ? [...this.#oldDs, ...(going?.ds ? [going.ds] : [])] : [];
    for (const ds of anchors) await this.validates([ds]);
    if (anchors.length === 0) await this.validates((await this.status()).dnssec.own_ds);
  }

  /** A wait that began before the kill began when others could see what it is about. */
  #waitsSince({ step, step_time, wait_seconds }: Rollover): void {
    const time = Date.parse(step_time);
    if (time >= this.#killedAt - 1000 || this.#killedAt === 0) return;
    if (step.endsWith("-wait")) expect(wait_seconds).toBeGreaterThanOrEqual(3600);
    if (step === "keys-wait") expect(this.#seen.published).toContain(this.#newTag);
    if (step === "signatures-wait") expect(this.#seen.signer).toBe(this.#newTag);
  }
}

const all = (zones: readonly Actor[]): readonly RolledZone[] => zones as readonly RolledZone[];
const waiting = (kind: RollKind, after: boolean) =>
  after ? (kind === "zsk" ? ("signatures-wait" as const) : ("ds-wait" as const)) : ("keys-wait" as const);

/** Down, as long as any wait lasts, and up again. */
async function pass(stage: Stage, zones: readonly RolledZone[]): Promise<void> {
  await stage.product.process.stop();
  const ids = zones.map(({ id }) => id);
  passTime(stage.directory, LONG_SECONDS, ids);
  await stage.start();
}

/** The parent does what they ask it to, or what they asked it when it was last looked at. */
async function changeParent(zones: readonly RolledZone[], asked = false): Promise<void> {
  if (!asked) for (const zone of zones) zone.askedDs = (await zone.status()).dnssec.ds;
  await zones[0]?.publishDs?.(Object.fromEntries(zones.map(({ name, askedDs }) => [name.split(".")[0]!, askedDs])));
}

async function goes(stage: Stage, zones: readonly RolledZone[], after: boolean): Promise<void> {
  await pass(stage, zones);
  const asking = zones.filter(({ rolling }) => rolling.kind === "ksk");
  if (after) for (const zone of asking) await reaches(stage.product, zone.id, "ksk", "parent");
  if (after) await changeParent(asking);
  for (const { id, rolling } of zones)
    if (after) await reaches(stage.product, id, rolling.kind, waiting(rolling.kind, true));
    else await isOver(stage.product, id, rolling.kind);
}

/** Begun again where it was not yet, it goes its way to the end. */
async function toTheEnd(stage: Stage, actors: readonly Actor[]): Promise<void> {
  const zones = all(actors);
  const { product } = stage;
  const steps = new Map<RolledZone, string>();
  for (const zone of zones) steps.set(zone, await zone.step());
  for (const [zone, step] of steps) {
    const { kind, act } = zone.rolling;
    if (step === "none" && act !== "end") await roll(product, zone.id, kind);
  }
  const early = zones.filter(({ rolling }) => rolling.act === "begin");
  for (const { id, rolling } of early) await reaches(product, id, rolling.kind, "keys-wait");
  await goes(stage, early, true);
  const asking = zones.filter(({ rolling }) => rolling.kind === "ksk" && rolling.act === "turn");
  for (const { id } of asking) await reaches(stage.product, id, "ksk", "parent");
  if (asking.length > 0) await changeParent(asking);
  const late = zones.filter((zone) => steps.get(zone) !== "none" || zone.rolling.act !== "end");
  for (const { id, rolling } of late) await reaches(stage.product, id, rolling.kind, waiting(rolling.kind, true));
  await goes(stage, late, false);
  for (const zone of zones) {
    await zone.until("at rest", () => zone.isAt(SERIAL));
    const { published } = await zone.isConsistent();
    expect(published, zone.name).toHaveLength(2);
    expect(published, zone.name).not.toContain(zone.oldTag);
    const { past } = await zone.rollovers();
    expect(past.map(({ kind, old_key_tag, end }) => [kind, old_key_tag, end])).toEqual([
      [zone.rolling.kind, zone.oldTag, "rolled"],
    ]);
    expect(await zone.told()).toEqual(expect.arrayContaining(["key.roll-begun", "key.rolled"]));
    await zone.validatesWhole();
  }
}

export function playRoll(rolling: Rolling, publishDs?: PublishDs, below?: string): Play {
  const { kind, act } = rolling;
  return {
    ...rolling,
    ...(below && { below }),
    make: async (stage, names) => {
      const zones = names.map((name) => new RolledZone(stage, rolling, name, publishDs));
      for (const zone of zones) zone.offer(SERIAL);
      await inTurns(zones, (zone) => zone.add("live"));
      for (const zone of zones) await zone.untilAt(SERIAL);
      await inTurns(zones, (zone) => zone.begins());
      await changeParent(zones);
      if (act === "begin") return zones;
      await inTurns(zones, ({ id }) => roll(stage.product, id, kind).then(() => undefined));
      for (const { id } of zones) await reaches(stage.product, id, kind, "keys-wait");
      if (act === "end") await goes(stage, zones, true);
      if (act !== "parent") return zones;
      await pass(stage, zones);
      for (const zone of zones) {
        await reaches(stage.product, zone.id, kind, "parent");
        zone.askedDs = (await zone.status()).dnssec.ds;
      }
      return zones;
    },
    whileDown: async (stage, actors) => {
      const ids = actors.map(({ id }) => id);
      if (act === "turn" || act === "end") passTime(stage.directory, LONG_SECONDS, ids);
      if (act === "parent") await changeParent(all(actors), true);
    },
    afterwards: toTheEnd,
  };
}
