/** Attempts that come one after another are one write to the disk; whoever asks for the record has them all. */
import { expect, test } from "vitest";
import type { Store, Tables } from "#store";
import type { Logger } from "#telemetry";
import { type Attempt, AttemptLog, PLAIN } from "./attempts.ts";

const ATTEMPT: Attempt = {
  ...PLAIN,
  direction: "out",
  zoneId: "z",
  peerId: null,
  address: "192.0.2.1:53",
  kind: "ixfr",
  reason: "request",
  outcome: "sent",
  startedAt: 0,
  finishedAt: 0,
  serialBefore: null,
  serialAfter: 1,
  messages: 1,
  records: 4,
  octets: 200,
  errorCode: null,
  errorMessage: null,
};

test("a hundred attempts, some turns of the loop apart, are one transaction, in order", async () => {
  const writes: number[][] = [];
  const add = async (rows: readonly Attempt[]) => void writes.push(rows.map((row) => row.startedAt));
  const store = {
    atomically: (work: (tables: Tables) => unknown) => work({ transfers: { add } } as unknown as Tables),
  };
  const log = new AttemptLog(store as unknown as Store, {} as Logger);
  await log.flush();
  for (let startedAt = 0; startedAt < 100; startedAt++) {
    log.record({ ...ATTEMPT, startedAt });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await log.flush();
  log.record({ ...ATTEMPT, startedAt: 100 });
  await expect.poll(() => writes.length).toBe(2);
  expect(writes).toEqual([Array.from({ length: 100 }, (_, i) => i), [100]]);
  expect(log.counts()).toMatchObject([{ direction: "out", kind: "ixfr", count: 101, octets: 20_200 }]);
});
