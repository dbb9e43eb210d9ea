import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { type RefreshEvent, stepRefresh } from "./index.ts";
import { Bench, DAY, SETTINGS, STORED, T0 } from "./testing/refresh-bench.ts";

/** Idle, with version 10 checked just now. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench(STORED).send({ kind: "start" });
  bench.take();
});

describe("the straight way", () => {
  test("first transfer: SOA, AXFR, install, then served and checked again after the interval", () => {
    const first = new Bench().send({ kind: "start" });
    expect(first.take()).toEqual(["ask a udp", "timer +4"]);
    expect(first.soa(10).take()).toEqual(["newer", "transfer a", "timer +3601"]);
    expect(first.transferred(10).take()).toEqual(["install 10", "timer off"]);
    expect(first.installed().take()).toEqual(["installed", "current", "timer +3600"]);
    expect(first.state).toMatchObject({ phase: { kind: "idle" }, serial: 10, lastGoodCheck: T0, serving: "current" });
  });

  test("the same serial: a good check", () => {
    expect(bench.timer().take()).toEqual(["ask a udp", "timer +4"]);
    expect(bench.soa(10).take()).toEqual(["up-to-date", "ask b udp"]);
    expect(bench.soa(10).take()).toEqual(["timer +3600"]);
    expect(bench.state.lastGoodCheck).toBe(T0 + 3600);
  });

  test("newer by serial arithmetic, over the wrap", () => {
    const high = new Bench({ ...STORED, serial: 0xffffffff }).send({ kind: "start" }).timer();
    high.take();
    expect(high.soa(0).take()).toContain("transfer a");
  });

  test("the same serial with other signatures is fetched too", () => {
    bench.timer().take();
    expect(bench.soa(10, true).take()).toContain("transfer a");
    expect(bench.transferred(10).take()).toContain("install 10");
  });

  test("the changes will do for a newer serial; for the same one signed anew, and when forced, the whole zone is wanted", () => {
    const newerSerial = (event: RefreshEvent) => {
      const { effects } = stepRefresh(bench.timer().state, event, bench.now, 0);
      return effects.flatMap((effect) => (effect.kind === "transfer" ? [effect.newerSerial] : []));
    };
    const soa = (serial: number, signedAnew: boolean): RefreshEvent => ({
      kind: "soa",
      attempt: bench.state.attempt + 1,
      outcome: { kind: "serial", serial, signedAnew },
    });
    expect(newerSerial(soa(12, false))).toEqual([12]);
    bench = new Bench(STORED).send({ kind: "start" });
    expect(newerSerial(soa(10, true))).toEqual([undefined]);
    bench = new Bench(STORED).send({ kind: "start" });
    expect(newerSerial({ kind: "force" })).toEqual([undefined]);
    bench = new Bench().send({ kind: "start" });
    bench.take();
    const first: RefreshEvent = {
      kind: "soa",
      attempt: bench.state.attempt,
      outcome: { kind: "serial", serial: 10 },
    };
    const { effects } = stepRefresh(bench.state, first, bench.now, 0);
    expect(effects.find((effect) => effect.kind === "transfer")).toMatchObject({ newerSerial: undefined });
  });

  test("IXFR says that nothing has changed, though the SOA was newer: that primary lags, the next one is asked, and soon again", () => {
    bench.timer().soa(12).take();
    const nothing = () => bench.send({ kind: "transfer-unchanged", attempt: bench.state.attempt }).take();
    expect(nothing()).toEqual(["failed a transfer nothing-newer", "ask b udp", "timer +4"]);
    bench.soa(12).take();
    expect(nothing()).toEqual(["failed b transfer nothing-newer", "all-failed", "timer +8"]);
  });

  test("checks come early by a twentieth at most, the second one by more: zones that a start took up spread", () => {
    bench.jitter = 1;
    bench.timer().take();
    expect(bench.soa(10).soa(10).take()).toContain("timer +360");
    bench.timer().take();
    expect(bench.soa(10).soa(10).take()).toContain("timer +3420");
  });
});

describe("when a primary does not answer well", () => {
  test("no answer by UDP: TCP, then the next one, then all failed, and later again, ever more slowly", () => {
    const words = bench.timer().noAnswer().noAnswer().noAnswer().noAnswer().take();
    expect(words.filter((word) => !word.startsWith("timer"))).toEqual([
      "ask a udp",
      "ask a tcp",
      "failed a soa no-answer",
      "ask b udp",
      "ask b tcp",
      "failed b soa no-answer",
      "all-failed",
    ]);
    const delays: number[] = [];
    for (let round = 0; round < 12; round++) {
      bench.jitter = 0.5;
      delays.push(bench.state.timerAt! - bench.now);
      bench.timer().refused().refused();
    }
    expect(delays.slice(1)).toEqual([20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
    expect(bench.state.lastGoodCheck).toBe(T0);
  });

  test("REFUSED by UDP: TCP, by which Knot answers for catalogs; REFUSED by TCP too: the next peer", () => {
    const outcome = { kind: "refused", code: "rcode", text: "the primary answered REFUSED", rcode: 5 } as const;
    const refused = () => bench.send({ kind: "soa", attempt: bench.state.attempt, outcome }).take()[0];
    bench.timer().take();
    expect(refused()).toBe("ask a tcp");
    expect(refused()).toBe("failed a soa rcode");
  });

  test("truncated by UDP: TCP; truncated by TCP too: the next peer", () => {
    const truncated = () =>
      bench.send({ kind: "soa", attempt: bench.state.attempt, outcome: { kind: "truncated" } }).take()[0];
    bench.timer().take();
    expect(truncated()).toBe("ask a tcp");
    expect(truncated()).toBe("failed a soa truncated");
    expect(bench.state.phase).toMatchObject({ kind: "asking", peer: "b", transport: "udp" });
  });

  test("refused: the next peer at once, whose answer counts", () => {
    expect(bench.timer().refused().soa(11).take()).toEqual(
      expect.arrayContaining(["failed a soa rcode", "ask b udp", "newer", "transfer b"]),
    );
  });

  test("a transfer that fails goes on with the next peer's SOA", () => {
    expect(bench.timer().soa(11).transferFailed().take().slice(-3)).toEqual([
      "failed a transfer stream-ended",
      "ask b udp",
      "timer +4",
    ]);
    expect(bench.soa(11).transferred(11).installed().take()).toContain("installed");
    expect(bench.state.failedRounds).toBe(0);
  });

  test("the performer is silent: the deadline does it, and what comes later is ignored", () => {
    bench.timer().take();
    const late = bench.state.attempt;
    expect(bench.timer().take()).toEqual(["abandon", "ask a tcp", "timer +11"]);
    bench.send({ kind: "soa", attempt: late, outcome: { kind: "serial", serial: 99 } });
    expect(bench.take()).toEqual([]);
    bench.soa(11).take();
    expect(bench.timer().take()).toEqual(["abandon", "failed a transfer timeout", "ask b udp", "timer +4"]);
    bench.send({ kind: "transferred", attempt: late + 2, serial: 11 });
    expect(bench.state.phase).toMatchObject({ kind: "asking", peer: "b" });
  });

  test("a timer that fires early is set again", () => {
    expect(bench.send({ kind: "timer" }, 100).take()).toEqual(["timer +3500"]);
  });

  test("an answer of the wrong kind for the phase is ignored", () => {
    bench.timer().take();
    bench.transferred(11).installed();
    bench.held();
    expect(bench.take()).toEqual([]);
  });
});

describe("serials that are not newer", () => {
  test("older everywhere: told apart, no transfer, no good check, no hurry", () => {
    expect(bench.timer().soa(9).soa(8).take()).toEqual(
      expect.arrayContaining(["backwards a", "ask b udp", "backwards b", "timer +3600"]),
    );
    expect(bench.state).toMatchObject({ lastGoodCheck: T0, failedRounds: 0, phase: { kind: "idle" } });
  });

  test("older at one, newer at the next", () => {
    expect(bench.timer().soa(9).soa(11).take()).toContain("transfer b");
  });

  test("a distance of 2^31 is not newer, and is said to be undefined", () => {
    expect(
      bench
        .timer()
        .soa(10 + 0x80000000)
        .take(),
    ).toContain("backwards a undefined");
  });

  test("SOA promised newer, the transfer brought older: thrown away", () => {
    expect(bench.timer().soa(11).transferred(9).take()).toEqual(
      expect.arrayContaining(["discard", "failed a transfer not-newer", "ask b udp"]),
    );
  });

  test("SOA promised newer, the transfer brought ours once more: thrown away, the next one is asked, and later again", () => {
    expect(bench.timer().soa(12).transferred(10).take()).toEqual(
      expect.arrayContaining(["discard", "failed a transfer not-newer", "ask b udp"]),
    );
    expect(bench.soa(12).transferred(10).take()).toEqual(expect.arrayContaining(["all-failed", "timer +8"]));
    // NOTIFYs bring no transfers one behind the other.
    expect(bench.send({ kind: "notify", peer: "a" }, 1).take()).toEqual(["timer +4"]);
  });

  test("SOA promised newer than what came: that is taken, and what was promised is asked for five more times", () => {
    bench.timer();
    const waits: number[] = [];
    for (let serial = 12; serial < 17; serial++) {
      bench
        .soa(serial)
        .transferred(serial - 1)
        .take();
      expect(bench.installed().take()).toContain("installed");
      waits.push(bench.state.timerAt! - bench.now);
      expect(bench.timer().take()).toContain("ask a udp");
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    expect(bench.soa(17).transferred(16).installed().take()).toEqual(
      expect.arrayContaining(["hint-unmet", "timer +3600"]),
    );
  });

  test("a NOTIFY announced more than what came: asked for again", () => {
    bench.send({ kind: "notify", peer: "b", serialHint: 12 }).soa(11).transferred(11).take();
    expect(bench.installed().take()).toEqual(["installed", "timer +1"]);
    expect(bench.timer().take()).toContain("ask b udp");
    expect(bench.soa(12).transferred(12).installed().state).toMatchObject({ hint: undefined, serial: 12 });
  });

  test("after expiry any serial will do", () => {
    while (bench.now < T0 + 30 * DAY) bench.timer().refused().refused();
    bench.take();
    bench.send({ kind: "notify" }, 60).take();
    expect(bench.soa(3).take()).toContain("transfer a");
    expect(bench.transferred(3).installed().take()).toEqual(
      expect.arrayContaining(["install 3", "installed", "current"]),
    );
    expect(bench.state.serial).toBe(3);
  });
});

describe("held", () => {
  test("served on; not fetched again for NOTIFY, but when a check is due", () => {
    bench.timer().soa(11).transferred(11);
    bench.take();
    expect(bench.held().take()).toEqual(["held", "timer +3600"]);
    expect(bench.state).toMatchObject({ serial: 10, lastGoodCheck: T0, serving: "current" });
    expect(bench.send({ kind: "notify", peer: "a" }, 60).soa(11).take()).toContain("still-held");
    expect(bench.timer().soa(11).take()).toContain("transfer a");
    expect(bench.transferred(11).installed().state.heldSerial).toBeUndefined();
  });

  test("a newer one than the held one is fetched for NOTIFY", () => {
    bench.timer().soa(11).transferred(11).held().take();
    expect(bench.send({ kind: "notify", peer: "a" }, 60).soa(12).take()).toContain("transfer a");
  });
});

describe("a hold that ends by the operator", () => {
  test("a restart that knows what is held does not fetch it once more, also where nothing is served; a due check does", () => {
    for (const stored of [STORED, undefined]) {
      const again = new Bench(stored, SETTINGS, { heldSerial: 11 }).send({ kind: "start" });
      again.timer().take();
      expect(again.soa(11).take()).toEqual(["still-held", "timer +3600"]);
      again.timer().take();
      expect(again.soa(11).take()).toContain("transfer a");
    }
  });

  test("released: its serial counts as ours", () => {
    bench.timer().soa(11).transferred(11).held().take();
    bench.send({ kind: "released", serial: 11, expireSeconds: DAY, transferredAt: bench.now });
    expect(bench.state).toMatchObject({ serial: 11, lastGoodCheck: bench.now, heldSerial: undefined });
    bench.timer().take();
    expect(bench.soa(11).take()).toContain("up-to-date");
  });

  test("released as the first version: served from then on, and it expires", () => {
    const first = new Bench(undefined, SETTINGS, { heldSerial: 11 }).send({ kind: "start" });
    first.timer().soa(11).take();
    first.send({ kind: "released", serial: 11, expireSeconds: 60, transferredAt: first.now });
    expect(first.take()).toEqual(["current", "timer +60"]);
    expect(first.timer().take()).toContain("expired");
  });

  test("dropped: not fetched again for anything but a newer serial or by force, over a restart too", () => {
    bench.timer().soa(11).transferred(11).held().send({ kind: "dropped", serial: 11 }).take();
    bench.timer().take();
    expect(bench.soa(11).take()).toEqual(["still-held", "timer +3600"]);
    expect(bench.send({ kind: "notify", peer: "a" }, 60).soa(12).take()).toContain("transfer a");
    const again = new Bench(STORED, SETTINGS, { droppedSerial: 11 }).send({ kind: "start" });
    again.timer().take();
    expect(again.soa(11).take()).toContain("still-held");
    expect(again.send({ kind: "force" }).take()).toContain("transfer a");
    expect(again.transferred(11).installed().state.droppedSerial).toBeUndefined();
  });
});

describe("expiry", () => {
  test("without a good check for SOA EXPIRE the zone expires, also in the middle of a round", () => {
    const soon = new Bench({ ...STORED, expireSeconds: 3 }).send({ kind: "start" }).send({ kind: "notify" });
    soon.take();
    expect(soon.timer().take()).toEqual(["expired", "timer +1"]);
    expect(soon.soa(10).take()).toEqual(["up-to-date", "current", "timer +3"]);
  });

  test("an interval longer than EXPIRE does not end the zone between two checks", () => {
    const short = new Bench({ ...STORED, expireSeconds: 900 }).send({ kind: "start" });
    expect(short.take()).toEqual(["timer +300"]);
  });

  test("EXPIRE 0 counts as a week", () => {
    const zero = new Bench({ ...STORED, expireSeconds: 0 }).send({ kind: "start" });
    zero.now = T0 + 7 * DAY - 1;
    expect(zero.send({ kind: "timer" }).take()).not.toContain("expired");
    expect(zero.refused().send({ kind: "timer" }, 1).take()).toContain("expired");
  });
});

describe("restart", () => {
  test("a check that is not due waits, one that is overdue runs at once", () => {
    expect(new Bench({ ...STORED, lastGoodCheck: T0 - 600 }).send({ kind: "start" }).take()).toEqual(["timer +3000"]);
    expect(new Bench({ ...STORED, lastGoodCheck: T0 - 4000 }).send({ kind: "start" }).take()[0]).toBe("ask a udp");
  });

  test("a zone that expired while we were down is expired from the start", () => {
    const old = new Bench({ ...STORED, lastGoodCheck: T0 - 31 * DAY }).send({ kind: "start" });
    expect(old.take()).toEqual(["expired", "ask a udp", "timer +4"]);
  });

  test("a clock that went backwards does not put the check off for ever", () => {
    expect(new Bench({ ...STORED, lastGoodCheck: T0 + 100 * DAY }).send({ kind: "start" }).take()).toEqual([
      "timer +3600",
    ]);
  });
});

describe("configuration", () => {
  test("without primaries nothing is planned; with one it starts", () => {
    const none = new Bench(undefined, { ...SETTINGS, peers: [] }).send({ kind: "start" });
    expect(none.take()).toEqual(["no-primaries"]);
    expect(none.state.timerAt).toBeUndefined();
    expect(none.send({ kind: "configured", settings: SETTINGS }).take()[0]).toBe("ask a udp");
  });

  test("the peer in use is taken away: given up, started anew", () => {
    bench.timer().take();
    const settings = { ...SETTINGS, peers: ["b"] };
    expect(bench.send({ kind: "configured", settings }).take()).toEqual(["abandon", "ask b udp"]);
  });

  test("another peer is taken away: the transfer goes on", () => {
    bench.timer().soa(11).take();
    bench.send({ kind: "configured", settings: { ...SETTINGS, peers: ["a"] } });
    expect(bench.take()).toEqual([]);
  });

  test("while installing: checked afterwards", () => {
    bench
      .timer()
      .soa(11)
      .transferred(11)
      .send({ kind: "configured", settings: { ...SETTINGS, peers: ["b"] } });
    bench.take();
    expect(bench.installed().take()).toContain("ask b udp");
  });
});

test("whatever happens, the machine stays alive and never works at two things", () => {
  const step = fc.oneof(
    fc.constantFrom(
      "timer",
      "notify",
      "force",
      "soa",
      "noAnswer",
      "refused",
      "transferred",
      "transferFailed",
      "installed",
      "held",
      "reconfigure",
    ),
  );
  const walk = fc.array(fc.tuple(step, fc.nat(12), fc.nat(5000), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(walk, fc.boolean(), (steps, stored) => {
      const machine = new Bench(stored ? STORED : undefined);
      machine.send({ kind: "start" });
      let running = running0(machine.take());
      for (const [what, n, seconds, jitter] of steps) {
        machine.now += what === "timer" ? 0 : seconds;
        machine.jitter = jitter;
        if (what === "timer" && machine.state.timerAt !== undefined) machine.timer();
        else if (what === "notify")
          machine.send({ kind: "notify", peer: n % 2 ? "a" : "b", serialHint: n, straight: n % 3 > 0 });
        else if (what === "force") machine.send({ kind: "force" });
        else if (what === "reconfigure")
          machine.send({
            kind: "configured",
            settings: { peers: n % 3 ? ["b"] : ["a", "b"], autoRefreshSeconds: 300 },
          });
        else if (what === "soa" || what === "transferred") machine[what](n);
        else if (what !== "timer") machine[what]();
        running = check(machine, running);
      }
    }),
    { numRuns: 500 },
  );

  function running0(words: readonly string[]): number {
    return words.filter((word) => /^(ask|transfer|install) /.test(word)).length;
  }

  /** Begun less ended is what the phase says: nothing is begun while something runs, unless that is abandoned. */
  function check(machine: Bench, before: number): number {
    const { phase, timerAt, settings, serving, serial } = machine.state;
    const words = machine.take();
    const begun = running0(words);
    expect(begun).toBeLessThanOrEqual(2);
    expect(phase.kind === "idle" || before + begun > 0).toBe(true);
    // Idle or waiting for the net, it will wake by itself; installing is control's to end.
    if (settings.peers.length > 0 && phase.kind !== "installing") expect(timerAt).toBeDefined();
    expect(serving === "none").toBe(serial === undefined);
    return phase.kind === "idle" ? 0 : 1;
  }
});
