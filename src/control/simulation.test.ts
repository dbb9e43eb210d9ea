/**
 * A day of failing primaries in seconds: the machine, the scheduler, the gate and the book of health, as they are, against
 * primaries that flap, lag, go back, die, are slow, disagree and refuse. What has to hold at every moment is asserted every
 * few simulated seconds; a seed that broke something once stays in the list.
 */
import { describe, expect, test } from "vitest";
import { SimPrimary, type Temper, type Truth } from "./testing/sim-primary.ts";
import { SimTime, seededRandom } from "./testing/sim-time.ts";
import { SimWorld, type SimZone } from "./testing/sim-world.ts";

const EPOCH = 1_800_000_000;
const HOUR = 3600;
const DAY = 24 * HOUR;
const TEMPERS: readonly Temper[] = [
  "good",
  "flapping",
  "lagging",
  "backwards",
  "dead",
  "outage",
  "slow",
  "tcp-only",
  "disagreeing",
  "refusing",
  "tls",
  "breaking",
];
/** Always there, always with the newest serial. */
const HONEST: ReadonlySet<Temper> = new Set(["good", "slow", "tcp-only", "disagreeing"]);
const ZONES = 150;
/** Hours of the day. */
const RESTARTS = [1, 6.5, 7, 7.01, 13, 21];
const STORM = 2000;
const STORM_SECONDS = 20;
/** Longest retry with its jitter, and a round through the primaries of a zone, each with UDP and TCP. */
const LONGEST_RETRY = 1.25 * HOUR;
const ROUND = 60;

type Plan = {
  readonly times: readonly number[];
  readonly peers: readonly Temper[];
  readonly refresh: number;
  readonly expire: number;
};

describe.each([1, 2, 3])("a day of failing primaries, seed %i", (seed) => {
  test("no zone is forgotten, none is stale in silence, none expires too early or too late", async () => {
    const { world, plans, truth, primaries } = makeWorld(seed);
    let checkedAt = 0;
    await world.time.run(DAY, () => {
      const now = world.time.seconds - EPOCH;
      if (now - checkedAt < 5) return;
      checkedAt = now;
      for (const zone of world.zones) checkZone(world, zone, plans[zone.number]!, truth);
    });
    for (const zone of world.zones) for (const { at, end } of zone.expiries) expect(at).toBe(end);
    // The world was as bad as it was meant to be.
    expect(world.zones.some((zone) => zone.expiries.length > 0)).toBe(true);
    const kinds = new Set(world.zones.flatMap((zone) => zone.reports.map(({ report }) => report.kind)));
    for (const kind of ["all-failed", "peer-failed", "peer-lags", "serial-backwards", "peer-disagrees", "peer-agrees"])
      expect(kinds).toContain(kind);
    checkNoBursts(primaries);
    checkNotifies(world);
  });
});

describe.each([6, 7])("a day of restarts and storms, seed %i", (seed) => {
  test("what was stored and when it ends goes on over each; NOTIFYs by the thousand cost a question a second", async () => {
    const { world, plans, truth, primaries } = makeWorld(seed);
    for (const hour of RESTARTS) world.time.after(hour * HOUR * 1000 + 500, () => world.restart());
    const random = seededRandom(seed);
    const storms = [2, 9, 15].map((hour) => ({
      at: hour * HOUR + 30,
      zone: world.zones[Math.floor(random() * ZONES)]!,
    }));
    for (const { at, zone } of storms) {
      const [peer] = plans[zone.number]!.peers;
      for (let i = 0; i < STORM; i++) {
        const serial = Math.floor(random() * 2 ** 32);
        world.time.after((at + (STORM_SECONDS * i) / STORM) * 1000, () => world.notify(zone, peer!, serial));
      }
    }
    let checkedAt = 0;
    await world.time.run(DAY, () => {
      const now = world.time.seconds - EPOCH;
      if (now - checkedAt < 5) return;
      checkedAt = now;
      for (const zone of world.zones) checkZone(world, zone, plans[zone.number]!, truth);
    });
    expect(world.restarts).toBe(RESTARTS.length);
    for (const zone of world.zones) for (const { at, end } of zone.expiries) expect(at).toBe(end);
    expect(world.zones.some((zone) => zone.expiries.length > 0)).toBe(true);
    for (const { at } of storms) {
      const asked = primaries
        .flatMap(({ attempts }) => [...attempts])
        .filter(([second]) => second >= at && second < at + STORM_SECONDS);
      expect(asked.reduce((sum, [, count]) => sum + count, 0)).toBeLessThan(STORM / 4);
    }
  });
});

function makeWorld(seed: number) {
  const random = seededRandom(seed);
  const plans = Array.from({ length: ZONES }, () => makePlan(random));
  const truth: Truth = {
    serialAt: (zone, seconds) => 1000 + plans[zone]!.times.findLastIndex((at) => at <= seconds) + 1,
  };
  const primaries = TEMPERS.map((temper) => new SimPrimary(temper, temper, truth));
  const world = new SimWorld(new SimTime(EPOCH), primaries, random);
  for (const [number, { peers, refresh, expire, times }] of plans.entries()) {
    const zone = world.addZone(peers, refresh, expire);
    for (const at of times) {
      const peer = peers[Math.floor(random() * peers.length)]!;
      const tells = random() < 0.5;
      world.time.after(at * 1000 + 200, () => {
        const sender = primaries.find(({ id }) => id === peer)!;
        if (tells && sender.up(at)) world.notify(zone, peer, truth.serialAt(number, at));
      });
    }
  }
  return { world, plans, truth, primaries };
}

function makePlan(random: () => number): Plan {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const peers = [...new Set(Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(TEMPERS)))];
  const times = Array.from({ length: Math.floor(random() * 30) }, () => random() * DAY).sort((a, b) => a - b);
  return { times, peers, refresh: pick([300, 900]), expire: pick([2, 4, 24, 168]) * HOUR };
}

function checkZone(world: SimWorld, zone: SimZone, plan: Plan, truth: Truth): void {
  const { state } = zone;
  const now = world.time.seconds;
  // Millions of these: vitest's own `expect` would take minutes.
  const demand = (holds: boolean, what: string) => {
    if (holds) return;
    const about = `zone ${zone.number} (${plan.peers.join(", ")}) at ${Math.round(now - EPOCH)} s: ${what}`;
    throw new Error(`${about}: ${JSON.stringify({ ...state, reports: zone.reports.slice(-5) })}`);
  };
  // It will be looked at again, by a timer that is set.
  if (state.phase.kind !== "installing") {
    demand((state.timerAt ?? 0) > now - 2, "no timer");
    demand(world.scheduler.has(world.timerKey(zone)), "its timer is not set");
  }
  // EXPIRE is kept to the second.
  const end = state.lastGoodCheck === undefined ? undefined : state.lastGoodCheck + zone.expireSeconds;
  if (end !== undefined) demand((state.serving === "expired") === now >= end, "expiry");
  // Not checked when it should have been: somebody was told, lately.
  const due = (state.lastGoodCheck ?? EPOCH) + 1.05 * plan.refresh + ROUND;
  if (now > due) {
    const last = zone.reports.findLast(({ report }) => TROUBLE.has(report.kind));
    demand((last?.at ?? 0) > now - LONGEST_RETRY - ROUND, "unchecked in silence");
  }
  // With one honest primary it has what the origin had so long ago, whatever the others do.
  if (plan.peers.some((temper) => HONEST.has(temper))) {
    const bound = plan.peers.length * plan.refresh + LONGEST_RETRY;
    const least = truth.serialAt(zone.number, now - EPOCH - bound);
    demand((state.serial ?? (now - EPOCH < bound ? least : 0)) >= least, "stale");
  }
}

const TROUBLE: ReadonlySet<string> = new Set(["all-failed", "peer-failed", "unconfirmed"]);

/** After the first ten minutes: questions come one by one, also when a primary is back that many zones waited for. */
function checkNoBursts(primaries: readonly SimPrimary[]): void {
  for (const { id, temper, attempts } of primaries) {
    const later = [...attempts].filter(([second]) => second >= 600);
    expect(Math.max(0, ...later.map(([, count]) => count)), id).toBeLessThanOrEqual(ZONES / 10);
    const total = later.reduce((sum, [, count]) => sum + count, 0);
    // One probe every five minutes, each of one question; and whatever a NOTIFY insists on.
    if (temper === "dead") expect(total, id).toBeLessThan(2 * (DAY / 300));
  }
}

function checkNotifies({ notifyLatencies }: SimWorld): void {
  expect(notifyLatencies.length).toBeGreaterThan(100);
  const seconds = notifyLatencies.map((latency) => latency.seconds).sort((a, b) => a - b);
  expect(seconds[Math.floor(seconds.length / 2)]).toBeLessThan(1);
  // A round that fails goes before (30 s of timeouts at most), and the quiet after failed rounds (60 s).
  expect(seconds.at(-1)).toBeLessThan(100);
}

test("50,000 stale zones of one slow primary: a NOTIFY for any of them, and for others, is followed at once", async () => {
  const random = seededRandom(4);
  const truth: Truth = { serialAt: (_, seconds) => (seconds < 60 ? 1 : 2) };
  const primaries = [new SimPrimary("slow", "slow", truth), new SimPrimary("good", "good", truth)];
  const world = new SimWorld(new SimTime(EPOCH), primaries, random);
  for (let i = 0; i < 50_000; i++) world.addZone(["slow"], 300, DAY);
  const quick = Array.from({ length: 100 }, () => world.addZone(["good"], 300, DAY));
  const crowd = Array.from({ length: 20 }, (_, i) => world.zones[49_000 + 17 * i]!);
  for (const [i, zone] of quick.entries()) world.time.after(61_000 + 37 * i, () => world.notify(zone, "good", 2));
  for (const [i, zone] of crowd.entries()) world.time.after(61_000 + 900 * i, () => world.notify(zone, "slow", 2));
  await world.time.run(120, () => undefined);
  expect(world.gate.waiting.routine).toBeGreaterThan(40_000);
  const latencies = (zones: readonly SimZone[]) =>
    world.notifyLatencies.filter(({ zone }) => zones.includes(zone)).map(({ seconds }) => seconds);
  expect(latencies(quick)).toHaveLength(100);
  expect(Math.max(...latencies(quick))).toBeLessThan(1);
  for (const zone of quick) expect(zone.state.serial).toBe(2);
  expect(latencies(crowd)).toHaveLength(20);
  expect(Math.max(...latencies(crowd))).toBeLessThan(1);
  for (const zone of crowd) expect(zone.state.serial).toBe(2);
});

test("20,000 zones started together after an hour's pause are asked about at a pace, and even out", async () => {
  const random = seededRandom(5);
  const truth: Truth = { serialAt: () => 1 };
  const primary = new SimPrimary("good", "good", truth);
  const world = new SimWorld(new SimTime(EPOCH), [primary], random);
  for (let i = 0; i < 20_000; i++) {
    world.addZone(["good"], 300, DAY, { serial: 1, expireSeconds: DAY, lastGoodCheck: EPOCH - HOUR });
  }
  await world.time.run(900, () => undefined);
  const perSecond = Array.from({ length: 900 }, (_, second) => primary.attempts.get(second) ?? 0);
  expect(Math.max(...perSecond)).toBeLessThanOrEqual(550);
  // By then each second has its share, give or take: 20,000 in 300 s are 67.
  expect(Math.max(...perSecond.slice(650))).toBeLessThan(2 * (20_000 / 300));
  for (const zone of world.zones) expect(zone.state.lastGoodCheck).toBeGreaterThan(EPOCH + 900 - 320);
});
