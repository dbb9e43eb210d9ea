/** Places for transfers out. */
import { expect, test } from "vitest";
import { type TransferPlace, TransferSlots } from "./slots.ts";

const slots = (running: number, ofOneClient: number, more = {}) =>
  new TransferSlots(() => ({ running, ofOneClient, aside: 0, waiting: 10, waitingOfOne: 10, waitMs: 60_000, ...more }));

async function entered(places: TransferSlots, client: string): Promise<TransferPlace> {
  const place = await places.enter(client);
  if (!place) throw new Error(`no place for ${client}`);
  return place;
}

test("as many as fit run, the others wait in their order; one client does not take all places", async () => {
  const places = slots(3, 2);
  const running = [await entered(places, "a"), await entered(places, "a")];
  const order: string[] = [];
  const third = entered(places, "a").then((place) => {
    order.push("a");
    return place;
  });
  const other = await entered(places, "b");
  const fourth = entered(places, "c").then((place) => {
    order.push("c");
    return place;
  });
  other.leave();
  running.push(await fourth);
  // "a" came first, but has its two.
  expect([order, places.running]).toEqual([["c"], 3]);
  running.shift()!.leave();
  running.push(await third);
  expect([order, places.running]).toEqual([["c", "a"], 3]);
  for (const place of running) place.leave();
  expect(places.running).toBe(0);
});

test("who waits too long, or is one too many, is sent away", async () => {
  const places = slots(1, 1, { waitMs: 1, waiting: 1 });
  const first = await entered(places, "a");
  const late = places.enter("b");
  expect(await places.enter("c")).toBeUndefined();
  expect(await late).toBeUndefined();
  first.leave();
  await entered(places, "d");
});

test("one client that asks for everything at once leaves room in the queue", async () => {
  const places = slots(1, 1, { waitingOfOne: 2 });
  const first = await entered(places, "a");
  const order: string[] = [];
  const waiting = ["a", "a", "b"].map(async (client) => {
    const place = await entered(places, client);
    order.push(client);
    place.leave();
  });
  expect(await places.enter("a")).toBeUndefined();
  first.leave();
  await Promise.all(waiting);
  expect(order).toEqual(["a", "a", "b"]);
});

test("who stands aside lets another client begin, as often as there is room, and never one of its own", async () => {
  const places = slots(2, 2, { aside: 1 });
  const [one, two] = [await entered(places, "a"), await entered(places, "a")];
  expect(one.standAside(), "nobody waits").toBe("unneeded");
  const order: string[] = [];
  const enter = async (client: string) => {
    const place = await entered(places, client);
    order.push(client);
    return place;
  };
  const own = enter("a");
  expect(one.standAside(), "its own waits").toBe("unneeded");
  const b = enter("b");
  expect([one.standAside(), one.standAside()]).toEqual(["aside", "aside"]);
  await b;
  // The one aside is still one of "a".
  expect([order, places.running]).toEqual([["b"], 2]);
  const c = enter("c");
  expect(two.standAside()).toBe("full");
  one.leave();
  expect(places.running).toBe(2);
  expect(two.standAside()).toBe("aside");
  await c;
  expect(order).toEqual(["b", "c"]);
  (await b).leave();
  await own;
  expect([order, places.running]).toEqual([["b", "c", "a"], 2]);
});

test("the end of one that stood aside lets its client's next begin", async () => {
  const places = slots(2, 1, { aside: 1 });
  const slow = await entered(places, "a");
  const quick = await entered(places, "b");
  const c = entered(places, "c");
  expect(slow.standAside()).toBe("aside");
  await c;
  quick.leave();
  const own = entered(places, "a");
  slow.leave();
  await own;
  expect(places.running).toBe(2);
});
