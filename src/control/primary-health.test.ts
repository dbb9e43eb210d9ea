import { beforeEach, expect, test } from "vitest";
import { PrimaryHealth } from "./primary-health.ts";

let now = 0;
let recovered: string[] = [];
let health: PrimaryHealth;
beforeEach(() => {
  now = 1000;
  recovered = [];
  health = new PrimaryHealth(
    () => now,
    (peer) => recovered.push(peer),
  );
});

test("silence to one zone is that zone's, to a second one the primary's", () => {
  health.silent("p", "zone 1", true);
  expect(health.standing("p")).toBe("good");
  health.silent("p", "zone 2", true);
  expect(health.standing("p")).toBe("down");
  expect(health.standing("q")).toBe("good");
});

test("the only zone of a primary counts twice", () => {
  health.silent("p", "zone 1", true);
  health.silent("p", "zone 1", true);
  expect(health.standing("p")).toBe("down");
});

test("an answer in between, be it to another zone, forgets", () => {
  health.silent("p", "zone 1", true);
  health.answered("p", "udp");
  health.silent("p", "zone 1", true);
  expect(health.standing("p")).toBe("good");
});

test("down for 15 s, then one question at a time, then for longer, five minutes at most", () => {
  health.silent("p", "zone 1", true);
  health.silent("p", "zone 2", true);
  const lengths: number[] = [];
  for (let i = 0; i < 7; i++) {
    const from = now;
    while (health.standing("p") === "down") now++;
    lengths.push(now - from);
    expect(health.standing("p")).toBe("probe");
    health.asked("p");
    expect(health.standing("p")).toBe("down");
    health.silent("p", "zone 3", true);
  }
  expect(lengths).toEqual([15, 30, 60, 120, 240, 300, 300]);
});

test("questions that went out together are one silence", () => {
  for (let i = 0; i < 64; i++) health.silent("p", `zone ${i}`, true);
  now += 15;
  expect(health.standing("p")).toBe("probe");
});

test("a probe whose zone went away holds nobody up for ever", () => {
  health.silent("p", "zone 1", true);
  health.silent("p", "zone 2", true);
  now += 15;
  health.asked("p");
  now += 20;
  expect(health.standing("p")).toBe("probe");
});

test("any answer ends it, and those who waited are told once", () => {
  health.silent("p", "zone 1", true);
  health.silent("p", "zone 2", true);
  health.answered("p", "udp");
  health.answered("p", "udp");
  expect(health.standing("p")).toBe("good");
  expect(recovered).toEqual(["p"]);
});

test("UDP lost three times in a row where TCP answers: TCP first, for ten minutes", () => {
  for (let i = 0; i < 3; i++) {
    expect(health.standing("p")).toBe("good");
    health.silent("p", "zone 1", false);
    health.answered("p", "tcp");
  }
  expect(health.standing("p")).toBe("tcp");
  health.answered("p", "tcp");
  expect(health.standing("p")).toBe("tcp");
  now += 600;
  expect(health.standing("p")).toBe("good");
  health.answered("p", "udp");
  health.silent("p", "zone 1", false);
  health.answered("p", "tcp");
  expect(health.standing("p")).toBe("good");
});
