/**
 * The kernel writes into buffers that JavaScript may not be looking at: under forced collections and heap pressure the
 * batch must go on giving every client its own octets. Runs in a process of its own, started with --expose-gc.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = `
import { createSocket } from "node:dgram";
import { openUdpBatch } from "#net";
const opened = openUdpBatch({ addresses: [{ address: "127.0.0.1", port: 0 }, { address: "::1", port: 0 }], waitMs: 1, batch: 16 });
if (!opened.ok) throw new Error(opened.error.detail);
const batch = opened.value;
const echo = (query, length, reply) => { reply.set(query.subarray(0, length)); return length; };
const sockets = [createSocket("udp4"), createSocket("udp6")];
let good = 0, bad = 0, junk = [];
for (const [i, socket] of sockets.entries()) {
  await new Promise((done) => socket.connect(batch.addresses[i].port, batch.addresses[i].address, done));
  socket.on("message", (m) => { if (m.length === 64 + (m[0] % 100) && m.every((o) => o === m[0])) good++; else bad++; });
}
let sent = 0;
for (let round = 0; round < 300; round++) {
  for (let k = 0; k < 8; k++) {
    const value = (round * 8 + k) & 255;
    sockets[k & 1].send(new Uint8Array(64 + (value % 100)).fill(value));
    sent++;
  }
  // Garbage of all kinds, so that freed memory is at once somebody else's.
  junk = Array.from({ length: 50 }, (_, i) => new ArrayBuffer(64 + 1000 * i));
  if (round % 3 === 0) globalThis.gc();
  batch.serve(echo);
  await new Promise((done) => setImmediate(done));
}
for (let i = 0; i < 200 && good + bad < sent; i++) {
  globalThis.gc();
  batch.serve(echo);
  await new Promise((done) => setTimeout(done, 2));
}
console.log(JSON.stringify({ sent, good, bad, junk: junk.length }));
for (const socket of sockets) socket.close();
batch.close();
`;

test("every answer is whole under forced garbage collection", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--expose-gc", "--input-type=module", "--eval", script],
    { cwd: import.meta.dirname, timeout: 50_000 },
  );
  const result = JSON.parse(stdout) as { sent: number; good: number; bad: number };
  expect(result).toMatchObject({ sent: 2400, good: 2400, bad: 0 });
});
