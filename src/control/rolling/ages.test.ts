/** Keys that grow old under a simulated clock: each is rolled once, in time, and not all in one second. */
import { beforeEach, expect, test } from "vitest";
import { beginRoll, type RollKind } from "#keyplan";
import type { KeyRow } from "#store";
import type { Deps } from "../deps.ts";
import type { ParentNote } from "../parent/watcher.ts";
import { Scheduler } from "../scheduler.ts";
import { SimTime } from "../testing/sim-time.ts";
import { type AgedZone, KeyAges } from "./ages.ts";
import { NO_ROLLS, type RollNote } from "./note.ts";

const T0 = 1_800_000_000;
const DAY = 86_400;
const HOUR = 3600;
const PARENT: ParentNote = { checkedAt: T0, ds: [], fault: undefined, from: "parent", sayings: [], silent: 0 };
const SAYING = { server: "192.0.2.1:53", ds: [], delegatedTo: undefined, ttls: { ds: 60, ns: 60 } };

type Told = { readonly code: string; readonly message: string };

class World {
  readonly time = new SimTime(T0);
  readonly zones: AgedZone[] = [];
  readonly notes = new Map<string, RollNote>();
  readonly begun: { readonly zone: string; readonly kind: RollKind; readonly at: number }[] = [];
  readonly told: Told[] = [];
  settings = { zskLifetimeDays: 0, kskLifetimeDays: 0 };
  parent: ParentNote | undefined;

  readonly ages = new KeyAges({
    zones: () => this.zones.map((zone) => ({ zone })),
    note: (id) => this.notes.get(id) ?? NO_ROLLS,
    parentNote: () => this.parent,
    roll: ({ id }, kind) => {
      const at = this.time.seconds;
      this.begun.push({ zone: id, kind, at });
      this.notes.set(id, { ...NO_ROLLS, [kind]: beginRoll(kind, { old: "a", new: "b" }, at) });
    },
    deps: {
      settings: () => this.settings,
      now: () => this.time.wholeSeconds,
      scheduler: new Scheduler(this.time.clock()),
      events: { add: (event: Told) => this.told.push(event) },
    } as unknown as Pick<Deps, "settings" | "now" | "scheduler" | "events">,
  });

  /** Keys of both roles; ids that lie as evenly as random ones. */
  add(number: number, madeAt: number, more: Partial<AgedZone> = {}): void {
    const key = (role: KeyRow["role"], i: number): KeyRow => ({
      id: (((2 * number + i) * 0x9e37_79b1) >>> 0).toString(16).padStart(8, "0"),
      zoneId: `zone${number}`,
      role,
      algorithm: 13,
      keyTag: number,
      dnskey: new Uint8Array(0),
      sealed: new Uint8Array(0),
      state: "active",
      createdAt: madeAt * 1000,
    });
    const zone = {
      id: `zone${number}`,
      name: `zone${number}.example`,
      mode: "live",
      keys: [key("ksk", 0), key("zsk", 1)],
      served: { signing: {} },
      status: { phase: "active" },
      expired: false,
      held: undefined,
      gone: false,
      ...more,
    };
    this.zones.push(zone as unknown as AgedZone);
  }

  run(seconds: number): Promise<void> {
    return this.time.run(this.time.nowMs / 1000 + seconds, () => undefined);
  }

  /** The most that began in one second. */
  most(): number {
    const counts = new Map<number, number>();
    for (const { at } of this.begun) counts.set(Math.floor(at), (counts.get(Math.floor(at)) ?? 0) + 1);
    return Math.max(0, ...counts.values());
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

test("1,000 ZSKs made in one hour: each once, in the last tenth of its life, hardly two in one second", async () => {
  world.settings.zskLifetimeDays = 30;
  for (let i = 0; i < 1000; i++) world.add(i, T0 - 26 * DAY + (i % HOUR));
  world.ages.begin();
  await world.run(DAY - 60);
  expect(world.begun).toEqual([]);
  await world.run(3 * DAY + HOUR + 120);
  expect(new Set(world.begun.map(({ zone }) => zone)).size).toBe(1000);
  expect(world.begun).toHaveLength(1000);
  expect(world.most()).toBeLessThanOrEqual(4);
  for (const { zone, at } of world.begun) {
    const number = Number(zone.slice(4));
    const age = at - (T0 - 26 * DAY + (number % HOUR));
    expect(age).toBeGreaterThanOrEqual(27 * DAY);
    expect(age).toBeLessThanOrEqual(30 * DAY + 1);
  }
});

test("keys that are too old when it is first known of begin within six hours, each in a second of its own", async () => {
  world.settings.zskLifetimeDays = 30;
  for (let i = 0; i < 5000; i++) world.add(i, T0 - 400 * DAY);
  world.ages.begin();
  await world.run(6 * HOUR + 1);
  expect(world.begun).toHaveLength(5000);
  expect(world.most()).toBeLessThanOrEqual(4);
});

test("another setting while the timer runs: nothing begins", async () => {
  world.settings.zskLifetimeDays = 30;
  world.add(1, T0 - 400 * DAY);
  world.ages.begin();
  await world.run(60);
  world.settings.zskLifetimeDays = 0;
  await world.run(DAY);
  expect(world.begun).toEqual([]);
});

test("held, expired, not signed here, of several signers, never: nothing begins; once that is over it does", async () => {
  world.settings = { zskLifetimeDays: 30, kskLifetimeDays: 0 };
  const held = { code: "zone.broken" } as unknown as AgedZone["held"];
  world.add(1, T0 - 400 * DAY, { held });
  world.add(2, T0 - 400 * DAY, { expired: true });
  world.add(3, T0 - 400 * DAY, { served: undefined });
  world.add(4, T0 - 400 * DAY, { mode: "multisigner" });
  world.add(5, T0 - 400 * DAY);
  world.notes.set("zone5", { ...NO_ROLLS, zskDays: null });
  world.ages.begin();
  await world.run(DAY);
  expect(world.begun).toEqual([]);
  world.zones[0] = { ...world.zones[0]!, held: undefined } as AgedZone;
  world.notes.set("zone4", { ...NO_ROLLS, zskDays: 10 });
  await world.run(HOUR);
  expect(world.begun.map(({ zone }) => zone).sort()).toEqual(["zone1", "zone4"]);
});

test("a KSK is rolled by its age where that was wanted and the parent's own servers answer", async () => {
  world.add(1, T0 - 400 * DAY);
  world.parent = { ...PARENT, sayings: [SAYING] };
  world.ages.begin();
  await world.run(DAY);
  expect(world.begun).toEqual([]);
  world.settings.kskLifetimeDays = 365;
  await world.run(DAY);
  expect(world.begun).toMatchObject([{ zone: "zone1", kind: "ksk" }]);
});

test("else it is told what to do, once, and begins as soon as they answer; without a DS of ours there is no hurry", async () => {
  world.settings.kskLifetimeDays = 365;
  world.add(1, T0 - 400 * DAY);
  world.add(2, T0 - 400 * DAY, { status: { phase: "pending" } as AgedZone["status"] });
  world.ages.begin();
  await world.run(DAY);
  // Nobody was asked yet.
  expect(world.told).toEqual([]);
  world.parent = { ...PARENT, from: "resolver", sayings: [SAYING] };
  await world.run(DAY);
  expect(world.told.map(({ code }) => code)).toEqual(["key.ksk-due"]);
  expect(world.told[0]!.message).toContain('roll it by order ("countersign key roll zone1.example ksk")');
  expect(world.begun).toEqual([]);
  world.parent = { ...PARENT, sayings: [SAYING] };
  await world.run(HOUR);
  expect(world.begun.map(({ zone }) => zone)).toEqual(["zone1"]);
});

test("a KSK that falls due before the parent was asked is rolled as soon as it was", async () => {
  world.settings.kskLifetimeDays = 365;
  world.add(1, T0 - 200 * DAY);
  world.parent = { ...PARENT, sayings: [SAYING] };
  const due = Math.ceil(world.ages.dueAt(world.zones[0]!, "ksk")!);
  world.parent = undefined;
  await world.run(due - 5 - T0);
  world.ages.begin();
  await world.run(20);
  expect(world.begun).toEqual([]);
  world.parent = { ...PARENT, sayings: [SAYING] };
  await world.run(20);
  expect(world.begun).toMatchObject([{ zone: "zone1", kind: "ksk" }]);
});
