import { expect, test } from "vitest";
import { Gate } from "./gate.ts";

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
  const gate = new Gate(() => 2);
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

test("lanes do not wait for each other, and a failed work gives its place back", async () => {
  const gate = new Gate(() => 1);
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
