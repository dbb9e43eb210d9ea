/** Places for transfers out. */
import { expect, test } from "vitest";
import { TransferSlots } from "./slots.ts";

const slots = (running: number, ofOneClient: number, more = {}) =>
  new TransferSlots(() => ({ running, ofOneClient, waiting: 10, waitingOfOne: 10, waitMs: 60_000, ...more }));

test("as many as fit run, the others wait in their order; one client does not take all places", async () => {
  const places = slots(3, 2);
  expect(await places.enter("a")).toBe(true);
  expect(await places.enter("a")).toBe(true);
  const order: string[] = [];
  const third = places.enter("a").then((entered) => entered && order.push("a"));
  expect(await places.enter("b")).toBe(true);
  const fourth = places.enter("c").then((entered) => entered && order.push("c"));
  places.leave("b");
  await fourth;
  // "a" came first, but has its two.
  expect([order, places.running]).toEqual([["c"], 3]);
  places.leave("a");
  await third;
  expect([order, places.running]).toEqual([["c", "a"], 3]);
  for (const client of ["a", "a", "c"]) places.leave(client);
  expect(places.running).toBe(0);
});

test("who waits too long, or is one too many, is sent away", async () => {
  const places = slots(1, 1, { waitMs: 1, waiting: 1 });
  expect(await places.enter("a")).toBe(true);
  const late = places.enter("b");
  expect(await places.enter("c")).toBe(false);
  expect(await late).toBe(false);
  places.leave("a");
  expect(await places.enter("d")).toBe(true);
});

test("one client that asks for everything at once leaves room in the queue", async () => {
  const places = slots(1, 1, { waitingOfOne: 2 });
  expect(await places.enter("a")).toBe(true);
  const order: string[] = [];
  const waiting = ["a", "a", "b"].map((client) =>
    places.enter(client).then((entered) => entered && order.push(client)),
  );
  expect(await places.enter("a")).toBe(false);
  for (const client of ["a", "a", "a"]) places.leave(client);
  await Promise.all(waiting);
  expect(order).toEqual(["a", "a", "b"]);
});
