/** The edge end to end: real workers, real sockets on loopback, a small image, both UDP paths. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { toHex } from "#bytes";
import { type Edge, type EdgeOptions, startEdge } from "#edge";
import { EdnsFlag, type Message, Opcode, Rcode } from "#message";
import { askTcp, askUdp, dialTcp, type SocketAddress } from "#net";
import { type ForwardedMessage, PublicationSender } from "#publish";
import { RRType } from "#rdata";
import { createLogger } from "#telemetry";
import { ask, livePublicationOf, name, publicationOf, question, throwAt } from "./fixture.ts";

const cleanups: Array<() => void | Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const LOOPBACK: readonly SocketAddress[] = [
  { address: "127.0.0.1", port: 0 },
  { address: "::1", port: 0 },
];

interface Running {
  readonly edge: Edge;
  readonly sender: PublicationSender;
  readonly log: Array<Record<string, unknown>>;
}

async function run(
  options: Partial<EdgeOptions> = {},
  publish: (sender: PublicationSender) => void = (sender) => void sender.publish(publicationOf("z", 1)),
): Promise<Running> {
  const sender = new PublicationSender();
  const log: Array<Record<string, unknown>> = [];
  publish(sender);
  const edge = await startEdge({
    dns: LOOPBACK,
    workers: 2,
    sender,
    log: createLogger("info", { write: (line) => void log.push(JSON.parse(line)) }),
    ...options,
  });
  if (!edge.ok) throw new Error(`${edge.error.code} ${edge.error.detail}`);
  cleanups.push(async () => {
    await edge.value.stop();
    sender.close();
  });
  return { edge: edge.value, sender, log };
}

const serialOf = (message: Message) => {
  const rdata = message.answer[0]!.rdata!;
  return new DataView(rdata.buffer, rdata.byteOffset).getUint32(rdata.length - 20);
};

describe.each(["ffi", "dgram"] as const)("%s", (udp) => {
  test("answers over UDP and TCP, IPv4 and IPv6, and counts", async () => {
    const { edge } = await run({ udp });
    expect(edge.udpPath).toBe(udp);
    for (const at of edge.addresses) {
      for (const transport of ["udp", "tcp"] as const) {
        const message = await ask(at, transport, "www.example.");
        expect([message.rcode, message.answer.length]).toEqual([Rcode.NoError, 1]);
        expect([...message.answer[0]!.rdata!]).toEqual([192, 0, 2, 80]);
        expect((await ask(at, transport, "other.test.")).rcode).toBe(Rcode.Refused);
      }
    }
    // Connections are counted by a clock, all else before its answer leaves.
    await expect.poll(() => edge.totals().named.TcpConnections).toBe(4);
    const { named, rcodesUdp, rcodesTcp, types } = edge.totals();
    expect(named).toMatchObject({
      QueriesUdp4: 2,
      QueriesUdp6: 2,
      QueriesTcp4: 2,
      QueriesTcp6: 2,
      Zones: 1,
    });
    expect([rcodesUdp[0], rcodesUdp[5], rcodesTcp[0], rcodesTcp[5]]).toEqual([2, 2, 2, 2]);
    expect(types.get(RRType.A)).toBe(8);
  });

  test("a new publication is served by every worker once it is acknowledged; a removed zone is refused", async () => {
    const { edge, sender } = await run({ udp, workers: 3 });
    for (let generation = 2; generation < 6; generation++) {
      await sender.publish(publicationOf("z", generation));
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          ask(edge.addresses[i % 2]!, i % 5 === 0 ? "tcp" : "udp", "example.", RRType.SOA),
        ),
      );
      expect(new Set(answers.map(serialOf))).toEqual(new Set([generation]));
    }
    await sender.remove("z");
    expect((await ask(edge.addresses[0]!, "udp", "www.example.")).rcode).toBe(Rcode.Refused);
    expect((await ask(edge.addresses[0]!, "tcp", "www.example.")).rcode).toBe(Rcode.Refused);
  });

  test("not ready and expired zones fail as such", async () => {
    const { edge, sender } = await run({ udp }, (sender) => {
      void sender.publish({ zoneId: "a", generation: 1, apex: name("a.test."), state: "not-ready" });
      void sender.publish({ zoneId: "b", generation: 1, apex: name("b.test."), state: "expired" });
    });
    for (const owner of ["a.test.", "x.b.test."]) {
      expect((await ask(edge.addresses[0]!, "udp", owner)).rcode).toBe(Rcode.ServFail);
    }
    await sender.publish(publicationOf("a", 2, "a.test."));
    expect((await ask(edge.addresses[0]!, "udp", "www.a.test.")).rcode).toBe(Rcode.NoError);
  });

  test("NOTIFY, AXFR and answers to them cross the seam, over UDP and TCP", async () => {
    const { edge, sender } = await run({ udp });
    const heard: ForwardedMessage[] = [];
    sender.handleForwarded((forwarded) => {
      heard.push(forwarded);
      const reply = new Uint8Array(forwarded.message);
      reply[2]! |= 0x80;
      if (forwarded.transport === "tcp" && forwarded.message[2]! >> 3 === 0) {
        // What is given is moved: the second is one of its own.
        forwarded.reply(reply.slice(), true);
        reply[3] = 9;
      }
      forwarded.reply(reply);
    });
    const at = edge.addresses[1]!;
    const notify = question("example.", RRType.SOA);
    notify[2] = Opcode.Notify << 3;
    const answer = await askUdp(notify, { server: at, timeoutMs: 5000 });
    expect(answer.ok && answer.value[2]).toBe(0x80 | (Opcode.Notify << 3));
    expect(heard[0]).toMatchObject({ transport: "udp" });
    expect(heard[0]!.clientAddress.length).toBe(16);
    const session = await dialTcp({ server: at, connectTimeoutMs: 5000, messageTimeoutMs: 5000, totalTimeoutMs: 9000 });
    if (!session.ok) throw new Error(session.error.detail);
    session.value.send(question("example.", RRType.AXFR, false, 7));
    session.value.send(question("www.example.", RRType.A, false, 8));
    const got: string[] = [];
    for (let i = 0; i < 3; i++) {
      const next = await session.value.next();
      if (!next.ok) throw new Error(next.error.code);
      got.push(`${next.value[1]}:${next.value[3]}`);
    }
    session.value.close();
    // The forwarded one is answered after the other, in its two messages.
    expect(got.sort()).toEqual(["7:0", "7:9", "8:0"]);
    expect(edge.totals().named.Forwarded).toBe(2);
  });

  test("live signatures are made once and shared by all workers", async () => {
    const { publication, table } = livePublicationOf("z", 1);
    const { edge } = await run({ udp, workers: 2, presign: false }, (sender) => void sender.publish(publication));
    const signatures = new Set<string>();
    for (let i = 0; i < 12; i++) {
      const message = await ask(edge.addresses[i % 2]!, i % 3 === 0 ? "tcp" : "udp", "www.example.", RRType.A, true);
      expect(message.answer.map((record) => record.type)).toEqual([RRType.A, RRType.RRSIG]);
      signatures.add(String(message.answer[1]!.rdata));
    }
    expect(signatures.size).toBe(1);
    expect(edge.totals().named.Signatures).toBe(1);
    expect(table.slots).toBeGreaterThan(0);
    const missing = await ask(edge.addresses[0]!, "udp", "missing.example.", RRType.A, true);
    expect(missing.authority.map((record) => record.type).sort((a, b) => a - b)).toEqual([6, 46, 46, 47]);
  });

  test("garbage of every kind gets its answer or silence, and ends no worker", async () => {
    const { edge, log } = await run({ udp });
    const base = question("www.example.", RRType.A, true);
    for (let cut = 0; cut <= base.length; cut++)
      await Promise.all([throwAt(edge.addresses[0]!, base.subarray(0, cut))]);
    let x = 12345;
    const random = () => {
      x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
      return x >> 8;
    };
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 20 }, () => {
          const octets = new Uint8Array(base);
          for (let k = random() % 6; k >= 0; k--) octets[random() % octets.length] = random();
          return throwAt(edge.addresses[random() % 2]!, octets);
        }),
      );
    }
    expect((await ask(edge.addresses[0]!, "udp", "www.example.")).rcode).toBe(Rcode.NoError);
    expect(edge.restarts).toBe(0);
    expect(log).toEqual([]);
  });

  test.each(["udp", "tcp"] as const)(
    "a worker that breaks says on what, is replaced, and serves everything (%s)",
    async (transport) => {
      const role = transport === "tcp" ? "stream" : udp === "ffi" ? "udp" : "dgram";
      const { edge, log } = await run({
        udp,
        workers: 1,
        entries: { [role]: new URL(`./poison-${role}-worker.ts`, import.meta.url) },
      });
      const poison = question("poison.example.");
      if (transport === "udp") await throwAt(edge.addresses[0]!, poison);
      else await askTcp(poison, { server: edge.addresses[0]!, timeoutMs: 5000 });
      const logged = (what: string) => log.find((line) => line["msg"] === what);
      await expect.poll(() => logged("edge.worker_restarted"), { timeout: 20_000 }).toBeDefined();
      expect(logged("edge.worker_broken")).toMatchObject({ packet: toHex(poison) });
      expect(logged("edge.worker_broken")!["error"]).toContain("poisoned");
      expect((await ask(edge.addresses[0]!, transport, "www.example.")).rcode).toBe(Rcode.NoError);
      expect(edge.restarts).toBe(1);
      expect(edge.healthy).toBe(true);
    },
  );

  test("a zone that cannot be opened is not ready, is told of, and harms no other", async () => {
    const { publication } = livePublicationOf("live", 1);
    const signing = publication.signing!;
    const { edge, log } = await run({ udp, workers: 1 }, (to) => {
      void to.publish(publicationOf("good", 1, "good.test."));
      void to.publish({
        ...publication,
        signing: { ...signing, zsk: { ...signing.zsk, privateKey: new Uint8Array(7) } },
      });
    });
    expect((await ask(edge.addresses[0]!, "udp", "www.example.")).rcode).toBe(Rcode.ServFail);
    expect((await ask(edge.addresses[0]!, "udp", "www.good.test.")).rcode).toBe(Rcode.NoError);
    expect(log.filter((line) => line["msg"] === "edge.zone_not_opened").length).toBe(2);
    expect(JSON.stringify(log)).not.toContain("privateKey");
  });
});

test("idle workers sign beforehand, each RRset once, and what was signed is served", async () => {
  const { publication, table } = livePublicationOf("z", 1);
  const { edge, sender } = await run({ workers: 2 }, (to) => void to.publish(publication));
  // SOA, NS, two A: every RRset of the image, none of which anybody asked for.
  const signed = () => Array.from({ length: table.slots }, (_, slot) => table.periodOf(slot) >= 0);
  await expect.poll(() => signed().filter(Boolean).length, { timeout: 20_000 }).toBe(4);
  // Two workers may have been at the same RRset: who has taken another zone in has finished what it was at.
  await sender.publish(publicationOf("other", 1, "other.test."));
  const before = edge.totals().named.Signatures;
  for (const [owner, type] of [
    ["example.", RRType.SOA],
    ["example.", RRType.NS],
    ["www.example.", RRType.A],
  ] as const) {
    const message = await ask(edge.addresses[0]!, "udp", owner, type, true);
    expect(message.answer.map((record) => record.type)).toEqual([type, RRType.RRSIG]);
  }
  expect(edge.totals().named.Signatures).toBe(before);
  expect(edge.totals().named.QueriesUdp4).toBe(3);
});

test("nobody looks at a zone's octets when every worker has let go of them: replaced or removed in the middle of signing beforehand", async () => {
  const letGo: SharedArrayBuffer[] = [];
  const publications = [1, 2].map((generation) => livePublicationOf("z", generation, 2000).publication);
  const { edge, sender, log } = await run({ workers: 2 }, (sender) => {
    // In place of their pages going back: whatever is read there now leads nowhere.
    sender.handleLetGo((buffers) => {
      letGo.push(...buffers);
      for (const buffer of buffers) new Uint8Array(buffer).fill(0xff);
    });
    void sender.publish(publications[0]!);
  });
  const signatures = () => edge.totals().named.Signatures;
  await expect.poll(signatures, { timeout: 20_000 }).toBeGreaterThan(50);
  await sender.publish(publications[1]!);
  expect(letGo).toContain(publications[0]!.image);
  expect(letGo).toContain(publications[0]!.signing!.signatureTable);
  const before = signatures();
  await expect.poll(signatures, { timeout: 20_000 }).toBeGreaterThan(before + 50);
  expect(serialOf(await ask(edge.addresses[0]!, "udp", "example.", RRType.SOA))).toBe(2);
  await sender.remove("z");
  expect(letGo).toContain(publications[1]!.image);
  const after = signatures();
  // Idle turns come each 50 ms.
  await sleep(300);
  expect((await ask(edge.addresses[0]!, "udp", "example.", RRType.SOA)).rcode).toBe(Rcode.Refused);
  expect(signatures()).toBe(after);
  expect(edge.restarts).toBe(0);
  expect(log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test("settings reach every worker: NSID", async () => {
  const { edge, sender } = await run();
  await sender.changeSettings({ nsid: Uint8Array.of(0x6e, 0x73, 0x31) });
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      ask(edge.addresses[i % 2]!, i % 3 === 0 ? "tcp" : "udp", "example.", RRType.SOA, true),
    ),
  );
  expect(answers.every((message) => message.edns !== undefined && (message.edns.flags & EdnsFlag.DO) !== 0)).toBe(true);
});

test("a worker that blocks answers from what was published before it was asked, acknowledged or not", async () => {
  const { edge, sender } = await run({ udp: "ffi" });
  for (let generation = 2; generation < 42; generation++) {
    const acknowledged = sender.publish(publicationOf("z", generation));
    // It is on its way with this turn of the event loop; workers are told, and don't hear.
    await new Promise((resolve) => setImmediate(resolve));
    expect(serialOf(await ask(edge.addresses[0]!, "udp", "example.", RRType.SOA))).toBe(generation);
    await acknowledged;
  }
});

test("a stuck worker is ended, its socket closed, and replaced", async () => {
  // Port 0 once, then the same port again: were the dead worker's socket still open, half of the questions would be lost.
  const token = join(mkdtempSync(join(tmpdir(), "countersign-edge-")), "token");
  writeFileSync(token, "");
  process.env["STUCK_TOKEN"] = token;
  cleanups.push(() => rmSync(dirname(token), { recursive: true }));
  const { edge, log } = await run({
    workers: 2,
    // A busy machine keeps a sound worker waiting too: it must not be taken for stuck while it is asked below.
    stuckMs: 1500,
    entries: { udp: new URL("./stuck-worker.ts", import.meta.url) },
  });
  const logged = (what: string) => log.some((line) => line["msg"] === what);
  await expect.poll(() => logged("edge.worker_stuck"), { timeout: 60_000 }).toBe(true);
  await expect.poll(() => logged("edge.worker_restarted"), { timeout: 60_000 }).toBe(true);
  for (let i = 0; i < 40; i++) expect((await ask(edge.addresses[0]!, "udp", "www.example.")).rcode).toBe(Rcode.NoError);
});

test("an address in use ends the start with its code, and leaves nothing running", async () => {
  const { edge } = await run();
  const again = await startEdge({
    dns: edge.addresses,
    workers: 2,
    sender: new PublicationSender(),
    log: createLogger("silent"),
  });
  expect(again).toMatchObject({ ok: false, error: { code: "net.address_in_use" } });
  const bad = await startEdge({
    dns: [{ address: "ns.example", port: 53 }],
    workers: 1,
    sender: new PublicationSender(),
    log: createLogger("silent"),
  });
  expect(bad).toMatchObject({ ok: false, error: { code: "net.bad_address" } });
});

test("stop answers what was asked, ends idle connections, and frees the port", async () => {
  const { edge, sender } = await run();
  const at = edge.addresses[0]!;
  const session = await dialTcp({ server: at, connectTimeoutMs: 5000, messageTimeoutMs: 5000, totalTimeoutMs: 9000 });
  if (!session.ok) throw new Error(session.error.detail);
  session.value.send(question("www.example."));
  expect((await session.value.next()).ok).toBe(true);
  await edge.stop();
  const end = await session.value.next();
  expect(!end.ok && end.error.code).toBe("net.closed");
  expect(edge.healthy).toBe(false);
  const again = await startEdge({ dns: edge.addresses, workers: 1, sender, log: createLogger("silent") });
  expect(again.ok).toBe(true);
  if (again.ok) await again.value.stop();
});

test("20,000 zones are published to all workers", async () => {
  const { edge, sender } = await run({ workers: 2 });
  const image = publicationOf("x", 1).image!;
  const began = performance.now();
  const all = Array.from({ length: 20_000 }, (_, i) =>
    sender.publish({ zoneId: `z${i}`, generation: 1, apex: name(`zone${i}.test.`), state: "serving", image }),
  );
  await Promise.all(all);
  const milliseconds = performance.now() - began;
  await expect.poll(() => edge.totals().named.Zones).toBe(20_001);
  process.stdout.write(`20,000 publications: ${milliseconds.toFixed(0)} ms\n`);
});

test.skipIf(
  !Object.values(networkInterfaces())
    .flat()
    .some((entry) => entry?.family === "IPv4" && !entry.internal),
)("a wildcard listens everywhere and answers from where it was asked", async () => {
  const { edge } = await run({ dns: [{ address: "0.0.0.0", port: 0 }] });
  const own = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry?.family === "IPv4" && !entry.internal)!.address;
  for (const address of ["127.0.0.1", own]) {
    for (const transport of ["udp", "tcp"] as const) {
      expect((await ask({ address, port: edge.addresses[0]!.port }, transport, "www.example.")).rcode).toBe(
        Rcode.NoError,
      );
    }
  }
});
