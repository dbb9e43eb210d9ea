/** Forwarded requests while the disk fails: whoever asked gets nothing, and the server goes on. */
import { expect, test } from "vitest";
import { buildQuery } from "#message";
import { readName } from "#name";
import type { ForwardedMessage } from "#publish";
import { RRType } from "#rdata";
import { TransferServer, type TransferServerParts } from "./server.ts";

test("a signed question for which nothing can be made ready is dropped, and told", async () => {
  const apex = readName("given.test.");
  if (!apex.ok) throw new Error(apex.error);
  const errors: unknown[] = [];
  const parts = {
    registry: { findByApex: () => ({ zone: { id: "z", name: "given.test" }, refresher: { peerIds: [] } }) },
    book: { peers: () => [], enabled: () => true },
    versionOf: () => Promise.reject(new Error("no space left on the disk")),
    deps: { now: () => 0, crypto: {}, log: { error: (about: unknown) => errors.push(about) } },
  } as unknown as TransferServerParts;
  let dropped = 0;
  const message = buildQuery({ id: 7, name: apex.value, type: RRType.SOA });
  const forwarded = { message, reply: () => undefined, drop: () => dropped++ } as unknown as ForwardedMessage;
  new TransferServer(parts).handle(forwarded);
  await expect.poll(() => dropped).toBe(1);
  expect(errors).toEqual([{ zone: "given.test", error: new Error("no space left on the disk") }]);
});
