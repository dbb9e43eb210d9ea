import { afterAll, expect, test, vi } from "vitest";
import { openCrypto } from "#crypto";
import { PublicationReceiver, PublicationSender } from "#publish";
import { canEmpty, collectGarbage, createLogger } from "#telemetry";
import { Clearance } from "./clearance.ts";
import { JobRunner } from "./job-runner.ts";

const jobs = new JobRunner(1, "auto", openCrypto());
const log = createLogger("silent");
afterAll(() => jobs.stop());

const OCTETS = 32 * 1024 * 1024;
const A_WHILE = { timeout: 20_000, interval: 50 };

/** Memory as a worker that answers has it: a view that lives on, whatever becomes of our reference to the buffer. */
function image(): { readonly held: { buffer: SharedArrayBuffer | undefined }; readonly seen: Uint8Array } {
  const buffer = new SharedArrayBuffer(OCTETS);
  new Uint8Array(buffer).fill(7);
  // Another object over the same memory, as every thread has its own.
  return { held: { buffer }, seen: new Uint8Array(structuredClone(buffer)) };
}

function isThere(octets: Uint8Array): boolean {
  return octets[OCTETS / 2] === 7;
}

test.runIf(canEmpty())(
  "what workers let go of is emptied when nobody here has it any more, and not before",
  async () => {
    const clearance = new Clearance(jobs, log);
    const { held, seen } = image();
    clearance.letGo([held.buffer!]);
    // A job, a transfer out, a file that is being written.
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      collectGarbage();
    }
    expect(isThere(seen)).toBe(true);
    expect(clearance.waitingOctets).toBe(OCTETS);
    held.buffer = undefined;
    await vi.waitFor(() => {
      collectGarbage();
      expect(isThere(seen)).toBe(false);
    }, A_WHILE);
    expect(clearance.waitingOctets).toBe(0);
  },
);

test.runIf(canEmpty())("it collects for large ones itself", async () => {
  const clearance = new Clearance(jobs, log);
  const { held, seen } = image();
  clearance.letGo([held.buffer!]);
  held.buffer = undefined;
  await vi.waitFor(() => expect(isThere(seen)).toBe(false), A_WHILE);
});

test.runIf(canEmpty())("a job that runs with it keeps it", async () => {
  const clearance = new Clearance(jobs, log);
  const { held, seen } = image();
  // Not an image: what the job finds out does not matter here, only that it has it.
  const job = jobs.run({ kind: "verify", image: held.buffer! });
  clearance.letGo([held.buffer!]);
  held.buffer = undefined;
  collectGarbage();
  const verified = await job;
  expect(!verified.ok && verified.error.code).toContain("image.");
  await vi.waitFor(() => expect(isThere(seen)).toBe(false), A_WHILE);
});

test("a buffer is let go of when every worker has taken what replaces it, and not while one has not", async () => {
  const sender = new PublicationSender();
  const gone: SharedArrayBuffer[] = [];
  sender.handleLetGo((buffers) => gone.push(...buffers));
  const [first, second] = [takeLink(sender), takeLink(sender)];
  const [old, next] = [new SharedArrayBuffer(1024), new SharedArrayBuffer(1024)];
  const about = { zoneId: "z", apex: Uint8Array.of(1, 97, 0), state: "serving" } as const;
  const published = sender.publish({ ...about, generation: 1, image: old });
  await takenBy(published, first, second);
  const replaced = sender.publish({ ...about, generation: 2, image: next });
  await vi.waitFor(() => expect(first.poll() || first.poll()).toBe(false), A_WHILE);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(gone).toEqual([]);
  await takenBy(replaced, first, second);
  expect(gone).toContain(old);
  expect(gone).not.toContain(next);
  sender.close();
});

type Taker = Pick<PublicationReceiver, "poll">;

function takeLink(sender: PublicationSender): Taker {
  const link = sender.attach();
  const ignore = () => undefined;
  return new PublicationReceiver(link.port, link.doorbell, {
    put: ignore,
    remove: ignore,
    settings: ignore,
    explain: () => {
      throw new Error("nobody asks");
    },
    reply: ignore,
  });
}

async function takenBy(published: Promise<void>, ...takers: readonly Taker[]): Promise<void> {
  let over = false;
  void published.then(() => {
    over = true;
  });
  while (!over) {
    for (const taker of takers) while (taker.poll());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
