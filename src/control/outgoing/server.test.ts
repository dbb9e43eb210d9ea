/** Forwarded requests that are no good, and requests while the disk fails: whoever asked gets nothing, and the server goes on. */
import { expect, test } from "vitest";
import { startHmac } from "#crypto";
import { buildQuery, parseMessage, queryEdns, Rcode } from "#message";
import { readName } from "#name";
import type { ForwardedMessage } from "#publish";
import { RRType } from "#rdata";
import { signMessage, type TsigKey, TsigVerifier } from "#tsig";
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

// RFC 6891 section 6.1.3, RFC 1995 section 3, and RFC 8945 section 5.3 for both: the signature first, and in the answer.
test.each([
  ["another version of EDNS", { type: RRType.SOA, edns: { ...queryEdns(), version: 1 } }, Rcode.BadVers],
  ["an AXFR in another version", { type: RRType.AXFR, edns: { ...queryEdns(), version: 9 } }, Rcode.BadVers],
  ["an IXFR without SOA", { type: RRType.IXFR }, Rcode.FormErr],
])("%s is answered signed; with an unknown key it is NOTAUTH", (_, asked, rcode) => {
  const [apex, keyName] = ["given.test.", "key.test."].map((text) => {
    const name = readName(text);
    if (!name.ok) throw new Error(text);
    return name.value;
  });
  const key: TsigKey = { name: keyName!, algorithm: "hmac-sha256", secret: Uint8Array.of(1, 2, 3) };
  const parts = {
    registry: { findByApex: () => ({ zone: { id: "z", name: "given.test" }, refresher: { peerIds: [] } }) },
    book: { peers: () => [{ key }], access: () => undefined },
    deps: {
      now: () => 1_800_000_000,
      crypto: { startHmac },
      log: { info: () => undefined },
      attempts: { count: () => undefined },
    },
  } as unknown as TransferServerParts;
  const answerTo = (by: TsigKey) => {
    const request = signMessage(buildQuery({ id: 7, name: apex!, ...asked }), by, 1_800_000_000, startHmac);
    let reply = new Uint8Array(0);
    const { message } = request;
    const clientAddress = Uint8Array.of(127, 0, 0, 1);
    const forwarded = { message, clientAddress, reply: (octets: Uint8Array) => (reply = octets.slice()) };
    new TransferServer(parts).handle(forwarded as unknown as ForwardedMessage);
    const parsed = parseMessage(reply);
    const verified = new TsigVerifier(by, request.mac, startHmac).accept(reply, 1_800_000_000);
    return { rcode: parsed.ok && parsed.value.rcode, good: verified.ok };
  };
  expect(answerTo(key)).toEqual({ rcode, good: true });
  expect(answerTo({ ...key, name: apex! })).toEqual({ rcode: Rcode.NotAuth, good: false });
});
