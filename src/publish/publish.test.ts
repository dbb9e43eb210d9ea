import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { octetsOf } from "#image";
import {
  type EdgeLink,
  type ForwardedMessage,
  MAX_FORWARDED,
  type Publication,
  PublicationReceiver,
  PublicationSender,
  type RoomReport,
} from "#publish";

const cleanups: Array<() => void> = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

function newSender(): PublicationSender {
  const sender = new PublicationSender({ settings: { nsid: Uint8Array.of(1) } });
  cleanups.push(() => sender.close());
  return sender;
}

function zone(zoneId: string, generation: number): Publication {
  return { zoneId, generation, apex: Uint8Array.of(1, 0x61, 0), state: "not-ready" };
}

/** A worker's end of the line in this same thread: what it serves, and what it heard. */
function worker(link: EdgeLink) {
  const zones = new Map<string, Publication>();
  const settings: Array<number | undefined> = [];
  const replies: Array<{ token: unknown; message: number[] | undefined; more: boolean }> = [];
  const rooms: RoomReport[] = [];
  const receiver = new PublicationReceiver(link.port, link.doorbell, {
    put: (publication) => void zones.set(publication.zoneId, publication),
    remove: (zoneId) => void zones.delete(zoneId),
    explain: () => ({
      reply: Uint8Array.of(9),
      forwarded: false,
      zone: undefined,
      steps: [],
      signatures: new Map(),
      made: new Set(),
    }),
    settings: (changed) => void settings.push(changed.nsid?.[0]),
    reply: (token, message, more, room) => {
      replies.push({ token, message: message && [...message], more });
      if (room) rooms.push(room);
    },
  });
  cleanups.push(() => receiver.close());
  const drain = () => {
    let messages = 0;
    while (receiver.poll()) messages++;
    return messages;
  };
  return { receiver, zones, settings, replies, rooms, drain };
}

async function isOpen(promise: Promise<void>): Promise<boolean> {
  let open = true;
  void promise.then(() => {
    open = false;
  });
  await sleep(20);
  return open;
}

test("a publication is acknowledged when every worker has it, not before", async () => {
  const sender = newSender();
  const a = worker(sender.attach());
  const b = worker(sender.attach());
  const done = sender.publish(zone("z", 1));
  await sleep(10);
  a.drain();
  expect(a.zones.get("z")?.generation).toBe(1);
  expect(await isOpen(done)).toBe(true);
  b.drain();
  await done;
});

test("without a worker it waits for the first; a worker that ended is not waited for", async () => {
  const sender = newSender();
  const done = sender.publish(zone("z", 1));
  expect(await isOpen(done)).toBe(true);
  const deadLink = sender.attach();
  const alive = worker(sender.attach());
  alive.drain();
  expect(await isOpen(done)).toBe(true);
  sender.detach(deadLink);
  await done;
});

test("a worker that starts later gets everything there is, before anything new, and settings first", async () => {
  const sender = newSender();
  const first = worker(sender.attach());
  for (let i = 0; i < 600; i++) void sender.publish(zone(`z${i}`, 1));
  void sender.publish(zone("z5", 2));
  void sender.remove("z7");
  await sleep(10);
  const later = worker(sender.attach());
  const chunks = later.drain();
  first.drain();
  for (const { zones, settings } of [first, later]) {
    expect(zones.size).toBe(599);
    expect(zones.get("z5")?.generation).toBe(2);
    expect(zones.has("z7")).toBe(false);
    expect(settings).toEqual([1]);
  }
  // 599 zones in one chunk, and the settings.
  expect(chunks).toBe(2);
  const done = sender.publish(zone("new", 1));
  await sleep(10);
  first.drain();
  later.drain();
  await done;
});

test("a zone published, removed and published again within one turn ends up published", async () => {
  const sender = newSender();
  const a = worker(sender.attach());
  void sender.publish(zone("z", 1));
  void sender.remove("z");
  void sender.publish(zone("z", 2));
  void sender.publish(zone("y", 1));
  const removed = sender.remove("y");
  await sleep(10);
  a.drain();
  await removed;
  expect([...a.zones.keys()]).toEqual(["z"]);
});

test("generations rise", () => {
  const sender = newSender();
  void sender.publish(zone("z", 3));
  expect(() => sender.publish(zone("z", 3))).toThrow(/generation 3 after 3/);
});

test("images and tables are shared, not copied; views into larger arrays are cut out", async () => {
  const sender = newSender();
  const a = worker(sender.attach());
  const image = new SharedArrayBuffer(1024);
  const pool = new Uint8Array(1 << 20);
  pool.set([1, 0x62, 0], 100);
  void sender.publish({ ...zone("z", 1), state: "serving", image, apex: pool.subarray(100, 103) });
  await sleep(10);
  a.drain();
  const got = a.zones.get("z")!;
  new Uint8Array(image)[5] = 77;
  expect(octetsOf(got.image!)[5]).toBe(77);
  expect([got.apex.length, got.apex.buffer.byteLength]).toEqual([3, 3]);
});

test("settings reach everybody and are acknowledged", async () => {
  const sender = newSender();
  const a = worker(sender.attach());
  a.drain();
  const done = sender.changeSettings({ nsid: Uint8Array.of(2) });
  a.drain();
  await done;
  expect(a.settings).toEqual([1, 2]);
  expect(worker(sender.attach()).drain()).toBe(2);
});

test("a forwarded message comes with its origin; the replies find their token; dropping frees the place", async () => {
  const sender = newSender();
  const heard: ForwardedMessage[] = [];
  sender.handleForwarded((message) => void heard.push(message));
  const a = worker(sender.attach());
  const origin = { transport: "udp", clientAddress: Uint8Array.of(192, 0, 2, 1), clientPort: 5353 } as const;
  expect(a.receiver.forward({ path: "back" }, Uint8Array.of(1, 2), origin)).toBe(true);
  await expect.poll(() => heard.length).toBe(1);
  expect(heard[0]).toMatchObject({ transport: "udp", clientPort: 5353 });
  expect([...heard[0]!.message, ...heard[0]!.clientAddress]).toEqual([1, 2, 192, 0, 2, 1]);
  heard[0]!.reply(Uint8Array.of(3), true);
  heard[0]!.reply(Uint8Array.of(4));
  heard[0]!.reply(Uint8Array.of(5));
  heard[0]!.drop();
  a.drain();
  expect(a.replies).toEqual([
    { token: { path: "back" }, message: [3], more: true },
    { token: { path: "back" }, message: [4], more: false },
  ]);
});

test("who sends many messages hears when each was taken, and when the client or its worker is gone", async () => {
  const sender = newSender();
  const heard: ForwardedMessage[] = [];
  sender.handleForwarded((message) => void heard.push(message));
  const link = sender.attach();
  const a = worker(link);
  const origin = { transport: "tcp", clientAddress: Uint8Array.of(1, 1, 1, 1), clientPort: 1 } as const;
  for (const token of [1, 2, 3]) a.receiver.forward(token, Uint8Array.of(0), origin);
  await expect.poll(() => heard.length).toBe(3);
  const [first, second, third] = heard;
  const sent = [first!.send(Uint8Array.of(1)), first!.send(Uint8Array.of(2)), second!.send(Uint8Array.of(3))];
  const last = third!.send(Uint8Array.of(4));
  a.drain();
  expect(a.replies.map(({ token, message, more }) => [token, message?.[0], more])).toEqual([
    [1, 1, true],
    [1, 2, true],
    [2, 3, true],
    [3, 4, true],
  ]);
  expect(await isOpen(sent[0]!.then(() => undefined))).toBe(true);
  a.rooms[1]!(true);
  expect(await sent[1]).toBe(true);
  a.rooms[0]!(true);
  a.rooms[2]!(false);
  expect([await sent[0], await sent[2]]).toEqual([true, false]);
  third!.drop();
  expect([await last, await third!.send(Uint8Array.of(5))]).toEqual([false, false]);
  const waiting = first!.send(Uint8Array.of(6));
  sender.detach(link);
  expect([await waiting, await first!.send(Uint8Array.of(7))]).toEqual([false, false]);
});

test("forwarded messages are bounded: the one too many is refused until another is answered", async () => {
  const sender = newSender();
  const heard: ForwardedMessage[] = [];
  sender.handleForwarded((message) => void heard.push(message));
  const a = worker(sender.attach());
  const origin = { transport: "tcp", clientAddress: Uint8Array.of(1, 1, 1, 1), clientPort: 1 } as const;
  for (let i = 0; i < MAX_FORWARDED; i++) expect(a.receiver.forward(i, Uint8Array.of(0), origin)).toBe(true);
  expect(a.receiver.forward("no", Uint8Array.of(0), origin)).toBe(false);
  await expect.poll(() => heard.length).toBe(MAX_FORWARDED);
  heard[0]!.drop();
  a.drain();
  expect(a.replies).toEqual([{ token: 0, message: undefined, more: false }]);
  expect(a.receiver.forward("yes", Uint8Array.of(0), origin)).toBe(true);
});

test("with nobody to handle them, forwarded messages are dropped at once", async () => {
  const sender = newSender();
  const a = worker(sender.attach());
  a.drain();
  a.receiver.forward(1, Uint8Array.of(0), { transport: "udp", clientAddress: new Uint8Array(4), clientPort: 1 });
  await expect.poll(() => a.drain() + a.replies.length).toBeGreaterThan(0);
  expect(a.replies).toEqual([{ token: 1, message: undefined, more: false }]);
});

test("an event-loop worker takes everything as it comes", async () => {
  const sender = newSender();
  const a = worker(sender.attach());
  a.receiver.listen();
  await sender.publish(zone("z", 1));
  expect(a.zones.size).toBe(1);
  await sender.remove("z");
  expect(a.zones.size).toBe(0);
});

test("an explanation is asked of a worker for datagrams; of any other where there is none; of nobody, and of one that goes", async () => {
  const sender = newSender();
  const query = Uint8Array.of(1);
  expect(await sender.explain(query, "udp")).toBeUndefined();
  const stream = sender.attach();
  const first = worker(stream);
  const asked = sender.explain(query, "udp");
  await expect.poll(() => first.drain()).toBeGreaterThan(0);
  expect((await asked)?.reply).toEqual(Uint8Array.of(9));
  const udp = sender.attach(true);
  worker(udp);
  const lost = sender.explain(query, "tcp");
  expect(first.drain()).toBe(0);
  sender.detach(udp);
  expect(await lost).toBeUndefined();
});
