import { beforeEach, describe, expect, test } from "vitest";
import type { RefreshSettings, Stored } from "./index.ts";
import { Bench, DAY, STORED, T0 } from "./testing/refresh-bench.ts";

/** Idle, with version 10 checked just now. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench(STORED).send({ kind: "start" });
  bench.take();
});

describe("timers of the zone's own SOA", () => {
  const own: RefreshSettings = { peers: ["a"], autoRefreshSeconds: 3600, timers: "soa" };
  const stored = (refreshSeconds: number, retrySeconds: number): Stored => ({
    ...STORED,
    soaTimers: { refreshSeconds, retrySeconds },
  });

  test("REFRESH between checks, RETRY at most between tries", () => {
    const zone = new Bench(stored(7200, 120), own).send({ kind: "start" });
    expect(zone.take()).toEqual(["timer +7200"]);
    zone.jitter = 0.5;
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      zone.timer().refused();
      waits.push(zone.state.timerAt! - zone.now);
    }
    expect(waits).toEqual([10, 20, 40, 80, 120, 120, 120]);
  });

  test("clamped: a minute to a week, and RETRY 30 s to a day", () => {
    expect(new Bench(stored(1, 1), own).send({ kind: "start" }).take()).toEqual(["timer +60"]);
    const slow = new Bench({ ...stored(9_000_000, 1), expireSeconds: 90_000_000 }, own).send({ kind: "start" });
    expect(slow.take()).toEqual(["timer +604800"]);
  });

  test("they come with each version", () => {
    const zone = new Bench(undefined, own).send({ kind: "start" }).soa(5).transferred(5);
    const timers = { refreshSeconds: 900, retrySeconds: 300 };
    zone.send({ kind: "installed", attempt: zone.state.attempt, expireSeconds: 30 * DAY, timers });
    expect(zone.take()).toContain("timer +900");
  });
});

describe("EDNS EXPIRE (RFC 7314)", () => {
  const only = { peers: ["a"], autoRefreshSeconds: 3600 };

  test("what the primary's copy has left is the end of ours", () => {
    const zone = new Bench(undefined, only).send({ kind: "start" }).soa(5, false, { expireLeftSeconds: 5000 });
    zone.transferred(5).installed();
    expect(zone.state.expireBound).toBe(T0 + 5000);
    zone.timer().soa(5, false, { expireLeftSeconds: 5000 });
    expect(zone.state.expireBound).toBe(T0 + 3600 + 5000);
  });

  test("a check never brings the end nearer, and a ring of secondaries never puts it off", () => {
    const zone = new Bench({ ...STORED, expireBound: T0 + 9000 }, only).send({ kind: "start" });
    zone.timer().soa(10, false, { expireLeftSeconds: 100 });
    expect(zone.state.expireBound).toBe(T0 + 9000);
    while (zone.now < T0 + 9000) zone.timer().soa(10, false, { expireLeftSeconds: 0 });
    expect(zone.now).toBe(T0 + 9000);
    expect(zone.take()).toContain("expired");
    zone.soa(10, false, { expireLeftSeconds: 0 });
    expect(zone.state.serving).toBe("expired");
    zone.timer().soa(10, false, { expireLeftSeconds: 700 });
    expect(zone.state.serving).toBe("current");
  });

  test("a transfer's own word counts, also where no SOA was asked, and rather than the SOA's", () => {
    const zone = new Bench(STORED, only).send({ kind: "start" }).send({ kind: "force" });
    zone.transferred(10, 700).installed();
    expect(zone.state.expireBound).toBe(zone.now + 700);
    zone.send({ kind: "notify" }).soa(11, false, { expireLeftSeconds: 5000 }).transferred(11, 6000).installed();
    expect(zone.state.expireBound).toBe(zone.now + 6000);
    zone.send({ kind: "notify" }).soa(12, false, { expireLeftSeconds: 5000 }).transferred(12).installed();
    expect(zone.state.expireBound).toBe(zone.now + 5000);
    zone.send({ kind: "force" }).transferred(12).installed();
    expect(zone.state.expireBound).toBeUndefined();
  });

  test("a version of which nothing is left, or less than its transfer took, is expired when it comes", () => {
    for (const left of [0, 5]) {
      const zone = new Bench(STORED, only)
        .send({ kind: "start" })
        .send({ kind: "notify" })
        .soa(11)
        .transferred(11, left);
      zone.take();
      zone.now += 6;
      expect(zone.installed().take()).toContain("expired");
      expect(zone.state).toMatchObject({ serial: 11, serving: "expired" });
      zone.timer().soa(11, false, { expireLeftSeconds: 0 });
      expect(zone.state.serving).toBe("expired");
      zone.timer().soa(11, false, { expireLeftSeconds: 700 });
      expect(zone.state).toMatchObject({ serving: "current", expireBound: zone.now + 700 });
    }
  });

  test("more than SOA EXPIRE is not believed; a primary without the option counts in full", () => {
    const zone = new Bench(STORED, only)
      .send({ kind: "start" })
      .timer()
      .soa(10, false, { expireLeftSeconds: 2 ** 31 });
    expect(zone.state.expireBound).toBe(zone.now + 30 * DAY);
    zone.timer().soa(10);
    expect(zone.state.expireBound).toBeUndefined();
  });
});

describe("clocks that jump", () => {
  test("forward over the end of EXPIRE: the primaries are asked first, and the zone goes on", () => {
    expect(bench.send({ kind: "timer" }, 400 * DAY).take()).toEqual(["ask a udp", "timer +4"]);
    expect(bench.soa(10).take()).toContain("up-to-date");
    expect(bench.state.serving).toBe("current");
  });

  test("forward, and nobody answers: expired a minute later", () => {
    bench
      .send({ kind: "timer" }, 400 * DAY)
      .refused()
      .refused();
    const from = bench.now;
    while (!bench.words.includes("expired")) bench.timer().refused().refused();
    expect(bench.now - from).toBe(60);
  });

  test("back: what was planned moves along, nothing waits for a time that will not come", () => {
    bench
      .send({ kind: "timer" }, 400 * DAY)
      .soa(10)
      .soa(10)
      .take();
    bench.send({ kind: "timer" }, -400 * DAY);
    expect(bench.state.lastGoodCheck).toBe(T0);
    expect(bench.state.timerAt).toBe(T0 + 3600);
  });

  test("back in the middle of a question: its deadline moves along", () => {
    bench.timer().take();
    bench.send({ kind: "notify" }, -10_000);
    expect(bench.take()).toEqual(["timer +4"]);
  });

  test("a check noted in the future counts as now", () => {
    const zone = new Bench({ ...STORED, lastGoodCheck: T0 + 100 * DAY }).send({ kind: "start" });
    expect(zone.state.lastGoodCheck).toBe(T0);
  });
});
