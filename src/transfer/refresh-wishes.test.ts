/** What is wished from outside: NOTIFY, which is asked about first, and the operator, who is obeyed. */
import { beforeEach, describe, expect, test } from "vitest";
import { Bench, STORED, T0 } from "./testing/refresh-bench.ts";

/** Idle, with version 10 checked just now. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench(STORED).send({ kind: "start" });
  bench.take();
});

describe("NOTIFY", () => {
  test("the notifier is asked first, the others after it", () => {
    expect(bench.send({ kind: "notify", peer: "b" }).refused().take()).toEqual([
      "ask b udp",
      "timer +4",
      "failed b soa rcode",
      "ask a udp",
    ]);
  });

  test("from a peer that is no longer configured, or from a range: in the usual order", () => {
    expect(bench.send({ kind: "notify", peer: "gone" }).take()[0]).toBe("ask a udp");
    expect(new Bench(STORED).send({ kind: "notify" }).take()[0]).toBe("ask a udp");
  });

  test("any number while busy make one more round", () => {
    bench.timer().soa(11);
    for (let i = 0; i < 50; i++) bench.send({ kind: "notify", peer: "b" });
    bench.transferred(11);
    for (let i = 0; i < 50; i++) bench.send({ kind: "notify", peer: "b" });
    bench.take();
    expect(bench.installed().take()).toEqual(["installed", "ask b udp", "timer +4"]);
    expect(bench.soa(11).take()).toEqual(["up-to-date", "timer +3600"]);
  });

  test("ahead of what its sender serves: asked again five times, ever later, and then said to be unmet", () => {
    bench.send({ kind: "notify", peer: "b", serialHint: 12 });
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      expect(bench.soa(10).take()).toContain("up-to-date");
      waits.push(bench.state.timerAt! - bench.now);
      expect(bench.timer().take()).toContain("ask b udp");
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    expect(bench.soa(10).take()).toEqual(["up-to-date", "hint-unmet", "timer +3600"]);
    // The same announcement again: one question, no more.
    bench.send({ kind: "notify", peer: "b", serialHint: 12 }, 60).take();
    expect(bench.soa(10).take()).toEqual(["up-to-date", "timer +3600"]);
  });

  test("served at the third question: taken", () => {
    bench.send({ kind: "notify", peer: "b", serialHint: 12 }).soa(10).timer().soa(10).timer().take();
    expect(bench.soa(12).take()).toContain("transfer b");
    expect(bench.transferred(12).installed().state.hint).toBeUndefined();
  });

  test("that finds nothing, again and again: at most one question a second", () => {
    for (let i = 0; i < 5; i++) bench.send({ kind: "notify", peer: "a" }).soa(10);
    bench.take();
    expect(bench.send({ kind: "notify", peer: "a" }).take()).toEqual(["timer +1"]);
    expect(bench.timer().take()).toContain("ask a udp");
  });

  describe("with a newer serial, from who can be asked for the changes since ours", () => {
    const notify = (serialHint: number, peer = "b") =>
      bench.send({ kind: "notify", peer, serialHint, straight: true }).take();

    test("they are asked for at once", () => {
      expect(notify(12)).toEqual(["transfer b straight", "timer +3601"]);
      expect(bench.transferred(12).take().slice(0, 2)).toEqual(["newer", "install 12"]);
      expect(bench.installed().take()).toContain("installed");
      expect(notify(13)).toContain("transfer b straight");
    });

    test("there are none: the SOA is asked as ever, and the serial waited for", () => {
      notify(12);
      bench.send({ kind: "transfer-unchanged", attempt: bench.state.attempt });
      expect(bench.take()).toEqual(["ask b udp", "timer +4"]);
      expect(bench.soa(10).take()).toEqual(["up-to-date", "timer +1"]);
      expect(bench.timer().take()).toContain("ask b udp");
      // Whose word led to nothing is asked for the SOA first, until something came of it.
      bench.soa(10).take();
      expect(notify(13)).toContain("ask b udp");
      bench.soa(13).transferred(13).installed().take();
      expect(notify(14)).toContain("transfer b straight");
    });

    test("they can't be used: the SOA is asked, and then as ever", () => {
      notify(12);
      expect(bench.transferFailed("transfer.broken-chain").take()).toEqual(["ask b udp", "timer +4"]);
      expect(bench.soa(12).take()).toEqual(["newer", "transfer b", "timer +3601"]);
      expect(bench.transferFailed("transfer.broken-chain").take()).toEqual([
        "failed b transfer transfer.broken-chain",
        "ask a udp",
        "timer +4",
      ]);
    });

    test.each([
      ["the network failed", "net.refused", false],
      ["nor can the whole zone, asked for in the same attempt", "transfer.bad-rdata", true],
    ])("%s: the next primary is asked", (_, code, whole) => {
      notify(12);
      expect(bench.transferFailed(code, whole).take()).toEqual([`failed b transfer ${code}`, "ask a udp", "timer +4"]);
    });

    test.each<[why: string, prepare: (bench: Bench) => unknown]>([
      [
        "the serial is ours",
        () => bench.send({ kind: "released", serial: 12, expireSeconds: 3600, transferredAt: T0 }),
      ],
      ["something is held", () => bench.timer().soa(11).transferred(11).held()],
      ["something was thrown away", () => bench.send({ kind: "dropped", serial: 11 })],
      ["the last round failed", () => bench.timer().refused().refused().send({ kind: "recovered", peer: "b" })],
    ])("but not when %s", (_, prepare) => {
      prepare(bench);
      bench.now += 600;
      expect(notify(12)).not.toContain("transfer b straight");
    });

    test("nor of who is no primary any more, or while something else goes on", () => {
      expect(notify(12, "gone")).toContain("ask a udp");
      expect(notify(12)).toEqual([]);
      expect(bench.soa(10).take()).toContain("ask b udp");
    });
  });

  test("for a zone whose question waits its turn among thousands: it goes to the other queue at once", () => {
    bench.timer().take();
    bench.send({ kind: "queued", attempt: bench.state.attempt });
    expect(bench.take()).toEqual(["timer +3600"]);
    expect(bench.send({ kind: "notify", peer: "b", serialHint: 11 }).take()).toEqual([
      "abandon",
      "ask b udp",
      "timer +4",
    ]);
    expect(bench.state.phase).toMatchObject({ round: { cause: "notify" } });
  });

  test("after a failed round it waits: rubbish may not keep us busy", () => {
    bench.send({ kind: "notify", peer: "a" }).soa(11).transferFailed().refused();
    bench.take();
    expect(bench.send({ kind: "notify", peer: "a" }, 1).take()).toEqual(["timer +4"]);
    expect(bench.timer().take()[0]).toBe("ask a udp");
    bench.refused().refused();
    bench.take();
    expect(bench.send({ kind: "notify", peer: "a" }, 60).take()[0]).toBe("ask a udp");
  });
});

describe("forced", () => {
  test("idle: transfers without asking, takes an older serial", () => {
    expect(bench.send({ kind: "force" }).take()).toEqual(["transfer a", "timer +3601"]);
    expect(bench.transferred(3).take()).toContain("install 3");
  });

  test("goes on with the next peer's transfer", () => {
    expect(bench.send({ kind: "force" }).transferFailed().take()).toContain("transfer b");
    expect(bench.transferFailed().take()).toContain("all-failed");
  });

  test("while asking: the question is given up", () => {
    expect(bench.timer().send({ kind: "force" }).take()).toEqual(expect.arrayContaining(["abandon", "transfer a"]));
  });

  test("while transferring: that one is taken, whatever its serial", () => {
    bench.timer().soa(11).send({ kind: "force" });
    expect(bench.transferred(9).take()).toContain("install 9");
  });

  test("while installing: afterwards, and a NOTIFY does not displace it", () => {
    bench.timer().soa(11).transferred(11).send({ kind: "force" }).send({ kind: "notify", peer: "b" });
    bench.take();
    expect(bench.installed().take()).toContain("transfer a");
  });

  test("is not put off after a failed round", () => {
    bench.timer().refused().refused().take();
    expect(bench.send({ kind: "force" }).take()).toContain("transfer a");
  });
});
