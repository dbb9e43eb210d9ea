import { expect, test } from "vitest";
import { Gate, type LaneLimit, type Turn, type Urgency } from "./gate.ts";

function work(log: string[], name: string) {
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    finish: () => finish(),
    run: async () => {
      log.push(name);
      await done;
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a lane runs its limit at once, and the notified go before the routine ones", async () => {
  const gate = new Gate(() => ({ atOnce: 2, routine: 2 }));
  const log: string[] = [];
  const works = ["a", "b", "c", "d"].map((name) => work(log, name));
  const all = [
    gate.run("p", "routine", works[0]!.run),
    gate.run("p", "routine", works[1]!.run),
    gate.run("p", "routine", works[2]!.run),
    gate.run("p", "notified", works[3]!.run),
  ];
  await turn();
  expect(log).toEqual(["a", "b"]);
  works[0]!.finish();
  await turn();
  expect(log).toEqual(["a", "b", "d"]);
  for (const each of works) each.finish();
  await Promise.all(all);
  expect(log).toEqual(["a", "b", "d", "c"]);
});

test("what goes on comes before what has not begun, and takes no room that is for the notified", async () => {
  const gate = new Gate(() => ({ atOnce: 2, routine: 1 }));
  const log: string[] = [];
  const works = ["a", "b", "c", "d"].map((name) => work(log, name));
  const all = [
    gate.run("p", "routine", works[0]!.run),
    gate.run("p", "routine", works[1]!.run),
    gate.run("p", "again", works[2]!.run),
  ];
  await turn();
  expect(log).toEqual(["a"]);
  expect(gate.waiting).toEqual({ notified: 0, routine: 2 });
  all.push(gate.run("p", "notified", works[3]!.run));
  works[0]!.finish();
  await turn();
  expect(log).toEqual(["a", "d", "c"]);
  for (const each of works) each.finish();
  await Promise.all(all);
  expect(log).toEqual(["a", "d", "c", "b"]);
  expect(gate.waiting).toEqual({ notified: 0, routine: 0 });
});

test("lanes do not wait for each other, and a failed work gives its place back", async () => {
  const gate = new Gate(() => ({ atOnce: 1, routine: 1 }));
  const log: string[] = [];
  const slow = work(log, "slow");
  const first = gate.run("p", "routine", slow.run);
  await gate.run("q", "routine", async () => {
    log.push("q");
  });
  await expect(gate.run("q", "routine", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  await gate.run("q", "routine", async () => {
    log.push("q again");
  });
  slow.finish();
  await first;
  expect(log).toEqual(["slow", "q", "q again"]);
});

/** A gate whose clock is moved by hand. */
function paced(limit: LaneLimit) {
  let nowMs = 0;
  const calls: { at: number; call: () => void }[] = [];
  const gate = new Gate(() => limit, {
    nowMs: () => nowMs,
    after: (milliseconds, call) => calls.push({ at: nowMs + milliseconds, call }),
  });
  const advance = async (milliseconds: number) => {
    const end = nowMs + milliseconds;
    for (;;) {
      calls.sort((a, b) => a.at - b.at);
      if (!calls[0] || calls[0].at > end) break;
      const { at, call } = calls.shift()!;
      nowMs = at;
      call();
      await turn();
    }
    nowMs = end;
  };
  return { gate, advance, now: () => nowMs };
}

test("50,000 routine works that never end leave room for the notified", async () => {
  const { gate } = paced({ atOnce: 8, routine: 6 });
  let running = 0;
  for (let i = 0; i < 50_000; i++) {
    void gate.run("dead", "routine", () => {
      running++;
      return new Promise(() => undefined);
    });
  }
  await turn();
  expect(running).toBe(6);
  expect(gate.waiting).toEqual({ notified: 0, routine: 49_994 });
  const log: string[] = [];
  for (const name of ["a", "b", "c"]) await gate.run("dead", "notified", async () => void log.push(name));
  expect(log).toEqual(["a", "b", "c"]);
});

test("routine work begins at its pace, notified work at once", async () => {
  const { gate, advance, now } = paced({ atOnce: 1000, routine: 1000, routinePerSecond: 100 });
  const begun: number[] = [];
  const all = Array.from({ length: 250 }, () => gate.run("p", "routine", async () => void begun.push(now())));
  await gate.run("p", "notified", async () => undefined);
  await advance(3000);
  await Promise.all(all);
  const perSecond = [0, 1, 2].map((second) => begun.filter((at) => Math.floor(at / 1000) === second).length);
  expect(perSecond[0]).toBeLessThanOrEqual(111);
  expect(perSecond[1]).toBeLessThanOrEqual(101);
  expect(begun).toHaveLength(250);
});

test("whoever is given up while waiting leaves the queue, and its work sees that at once", async () => {
  const { gate } = paced({ atOnce: 1, routine: 1 });
  const log: string[] = [];
  const slow = work(log, "slow");
  const first = gate.run("p", "routine", slow.run);
  const abort = new AbortController();
  let waited = 0;
  const options = { signal: abort.signal, waits: () => void waited++ };
  const given = gate.run("p", "routine", async () => abort.signal.aborted, options);
  expect(waited).toBe(1);
  abort.abort();
  expect(await given).toBe(true);
  expect(gate.waiting.routine).toBe(0);
  slow.finish();
  await first;
});

test.each([0.3, 1.1, 1.9, 2.1])(
  "a clock that goes on between two looks (%f ms) leaves nobody waiting: 20,000 zones stood still",
  async (step) => {
    let nowMs = 0;
    let calls: (() => void)[] = [];
    // Each look takes a little: the pace may hold at the first one and be over at the second.
    const time = { nowMs: () => (nowMs += step), after: (_: number, call: () => void) => void calls.push(call) };
    const gate = new Gate(() => ({ atOnce: 10, routine: 10, routinePerSecond: 500 }), time);
    let begun = 0;
    const all = Array.from({ length: 500 }, () => gate.run("p", "routine", async () => void begun++));
    for (let i = 0; i < 2000 && begun < 500; i++) {
      await turn();
      const due = calls;
      calls = [];
      for (const call of due) call();
    }
    expect(begun).toBe(500);
    await Promise.all(all);
  },
);

test("a turn is told when there is room, leaves it when its work is over, and the notified go first", async () => {
  const gate = new Gate(() => ({ atOnce: 1, routine: 1 }));
  const log: string[] = [];
  const first = work(log, "a");
  const running = gate.run("p", "routine", first.run);
  await turn();
  const done: Promise<boolean>[] = [];
  const take = (name: string, urgency: Urgency) => {
    const told = async (signal: AbortSignal) => {
      log.push(name);
      return signal.aborted;
    };
    return gate.turn(
      "p",
      urgency,
      (own) => done.push(own.run(told)),
      () => log.push(`${name} waits`),
    );
  };
  take("b", "routine");
  take("c", "notified");
  expect(log).toEqual(["a", "b waits", "c waits"]);
  expect(gate.waiting).toEqual({ notified: 1, routine: 1 });
  first.finish();
  await running;
  await turn();
  expect(log.slice(3)).toEqual(["c", "b"]);
  expect(await Promise.all(done)).toEqual([false, false]);
  // Its room is free again: nobody waits, and work begins only after what goes on now.
  take("d", "routine");
  expect(log).toHaveLength(5);
  await turn();
  expect(log[5]).toBe("d");
});

test("a turn given up while it waits runs out of turn and finds its signal aborted; others keep their room", async () => {
  const gate = new Gate(() => ({ atOnce: 1, routine: 1 }));
  const log: string[] = [];
  const first = work(log, "a");
  const running = gate.run("p", "routine", first.run);
  await turn();
  const seen: Promise<boolean>[] = [];
  const begin = (own: Turn) => seen.push(own.run(async (signal) => signal.aborted));
  const given = gate.turn("p", "routine", begin, () => undefined);
  given.abort();
  given.abort();
  expect(gate.waiting.routine).toBe(0);
  expect(await Promise.all(seen)).toEqual([true]);
  // It had no room, so it left none.
  gate.turn("p", "routine", begin, () => log.push("waits"));
  expect(log).toEqual(["a", "waits"]);
  first.finish();
  await running;
  await turn();
  expect(await Promise.all(seen)).toEqual([true, false]);
});
