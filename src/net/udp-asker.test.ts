import { afterEach, expect, test } from "vitest";
import { openUdpAsker, openUdpBatch, type SocketAddress } from "#net";

const cleanups: Array<() => void> = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

test.each(["127.0.0.1", "::1"])(
  "batches over several sockets come back whole and to their own socket (%s)",
  (address) => {
    const server = openUdpBatch({ addresses: [{ address, port: 0 }], waitMs: 20 });
    if (!server.ok) throw new Error(server.error.detail);
    cleanups.push(() => server.value.close());
    const asker = openUdpAsker({ server: server.value.addresses[0]!, sockets: 3, batch: 8 });
    if (!asker.ok) throw new Error(asker.error.detail);
    cleanups.push(() => asker.value.close());
    for (let socket = 0; socket < 3; socket++) {
      for (let i = 0; i < 8; i++) {
        asker.value.question(i).fill(socket * 8 + i, 0, 12 + i);
        asker.value.setQuestionLength(i, 12 + i);
      }
      expect(asker.value.send(socket, 0, 5)).toBe(5);
      expect(asker.value.send(socket, 5, 8)).toBe(3);
    }
    let served = 0;
    while (served < 24) {
      served += server.value.serve((query, length, reply) => {
        reply.set(query.subarray(0, length));
        return length;
      });
    }
    for (let socket = 0; socket < 3; socket++) {
      expect(asker.value.receive(socket)).toBe(8);
      const got = Array.from({ length: 8 }, (_, i) => [asker.value.answerLength(i), asker.value.answer(i)[0]]);
      expect(got).toEqual(Array.from({ length: 8 }, (_, i) => [12 + i, socket * 8 + i]));
      expect(asker.value.receive(socket)).toBe(0);
    }
  },
);

test("an address that is none has its code, and nobody listening is no error", async () => {
  const bad: SocketAddress = { address: "example", port: 53 };
  expect(openUdpAsker({ server: bad })).toMatchObject({ ok: false, error: { code: "net.bad_address" } });
  const asker = openUdpAsker({ server: { address: "127.0.0.1", port: 1 } });
  if (!asker.ok) throw new Error(asker.error.detail);
  cleanups.push(() => asker.value.close());
  asker.value.setQuestionLength(0, 12);
  expect(asker.value.send(0, 0, 1)).toBe(1);
  expect(asker.value.receive(0)).toBe(0);
});
