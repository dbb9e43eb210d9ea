import { expect, test } from "vitest";
import { Gate } from "./gate.ts";
import { SLOW_OCTETS, watchPace } from "./slow-transfer.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const never = () => new Promise<void>(() => undefined);

/** A watch whose looks are made by hand. */
function watched(standing: "aside" | "unneeded" | "full") {
  let octets = 0;
  let given = 0;
  let look = () => {};
  const end = watchPace({ standAside: () => standing }, 10, (_, call) => {
    look = call;
    return () => undefined;
  }).begin(
    () => octets,
    () => given++,
  );
  return { bring: (more: number) => (octets += more), look: () => look(), end, given: () => given };
}

test("what comes slowly is given up only where others wait and nobody else may stand aside", () => {
  for (const standing of ["aside", "unneeded"] as const) {
    const { look, end, given } = watched(standing);
    look();
    expect([given(), end()]).toEqual([0, undefined]);
  }
  const full = watched("full");
  full.bring(5);
  full.look();
  full.look();
  expect(full.given()).toBe(1);
  expect(full.end()).toContain("5 octets in 10 s");
});

test("what came early does not count for later", () => {
  const { bring, look, given } = watched("full");
  bring(100 * SLOW_OCTETS);
  look();
  bring(10 * SLOW_OCTETS);
  look();
  expect(given()).toBe(0);
  bring(10 * SLOW_OCTETS - 1);
  look();
  expect(given()).toBe(1);
});

test("a place that was given away is the next one's, as often as there is room aside", async () => {
  const gate = new Gate(() => ({ atOnce: 2, routine: 1, aside: 1 }));
  const log: string[] = [];
  const places: Record<string, () => string> = {};
  const run = (name: string, urgency: "notified" | "routine", ends: Promise<void>) =>
    gate.run("l", urgency, (place) => {
      log.push(name);
      places[name] = place.standAside;
      return ends;
    });
  let finish = () => {};
  const first = run("a", "routine", new Promise<void>((resolve) => (finish = resolve)));
  await turn();
  expect(places["a"]!()).toBe("unneeded");
  void run("b", "routine", never());
  void run("n", "notified", never());
  await turn();
  // What waits is routine work: the place of a notified one would not do for it.
  expect(places["n"]!()).toBe("unneeded");
  expect(places["a"]!()).toBe("aside");
  await turn();
  expect(log).toEqual(["a", "n", "b"]);
  void run("c", "routine", never());
  expect(places["b"]!()).toBe("full");
  expect(places["a"]!()).toBe("aside");
  finish();
  await first;
  expect(log).toEqual(["a", "n", "b"]);
  expect(places["b"]!()).toBe("aside");
  await turn();
  expect(log).toEqual(["a", "n", "b", "c"]);
});
