/** What comes again under one key while the first is still at work. */
import { expect, test } from "vitest";
import { makeRetryDesk } from "./retries.ts";
import { retryPart } from "./testing/memory-audit.ts";

test("hundreds wait for the first, however many; another request among them is told so", async () => {
  const desk = makeRetryDesk(retryPart());
  let done = 0;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const request = { key: "k", who: "token 1", what: "POST /x", octets: undefined };
  const work = async () => {
    await held;
    return { status: 200, body: String(++done) };
  };
  const others = { ...request, what: "POST /y" };
  const asked = Array.from({ length: 400 }, (_, i) => desk.once(i % 2 === 0 ? request : others, work));
  release();
  const said = await Promise.all(asked);
  expect(done).toBe(1);
  expect(said.filter(({ answer }) => answer.status === 200 && answer.body === "1")).toHaveLength(200);
  expect(said.filter(({ answer }) => answer.status === 400)).toHaveLength(200);
});

test("an answer of ours that is a fault is not kept: the same key does the thing again, and that answer is", async () => {
  const desk = makeRetryDesk(retryPart());
  const request = { key: "k", who: "token 1", what: "POST /x", octets: undefined };
  const statuses = [503, 200, 201];
  const ask = () => desk.once(request, async () => ({ status: statuses.shift()!, body: "{}" }));
  expect([await ask(), await ask(), await ask()]).toMatchObject([
    { answer: { status: 503 }, again: false },
    { answer: { status: 200 }, again: false },
    { answer: { status: 200 }, again: true },
  ]);
});
