import { beforeEach, describe, expect, test } from "vitest";
import { Bench, STORED } from "./testing/refresh-bench.ts";

/** Idle, with version 10 checked just now. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench(STORED).send({ kind: "start" });
  bench.take();
});

describe("waiting for its turn", () => {
  test("the time of a question runs from when it goes out", () => {
    bench.timer().take();
    const { attempt } = bench.state;
    bench.send({ kind: "queued", attempt }).take();
    expect(bench.send({ kind: "begun", attempt }, 1000).take()).toEqual(["timer +4"]);
    expect(bench.timer().take()).toEqual(["abandon", "ask a tcp", "timer +11"]);
  });

  test("a turn that never comes is no silence of the primary", () => {
    bench.timer().send({ kind: "queued", attempt: bench.state.attempt }).take();
    expect(bench.timer().take()).toEqual(["abandon", "failed a soa queue", "ask b udp", "timer +4"]);
  });
});

describe("primaries out of reach", () => {
  test("one that is down is not asked while another answers", () => {
    bench.standing = { a: "down" };
    expect(bench.timer().take()[0]).toBe("ask b udp");
    expect(bench.soa(10).take()).toEqual(["up-to-date", "timer +3600"]);
  });

  test("all down: nothing is sent, the round fails, and is tried again later", () => {
    bench.standing = { a: "down", b: "down" };
    expect(bench.timer().take()).toEqual(["all-failed", "timer +8"]);
    expect(bench.state.failedRounds).toBe(1);
  });

  test("that all is well again is told once, with how often it was not", () => {
    bench.timer().refused().refused().timer().refused().refused().take();
    expect(bench.state.failedRounds).toBe(2);
    expect(bench.timer().soa(10).take()).toContain("well-again");
    expect(bench.timer().soa(10).take()).not.toContain("well-again");
  });

  test("one that may be back is asked once, by UDP", () => {
    bench.standing = { a: "probe" };
    expect(bench.timer().take()[0]).toBe("ask a udp");
    expect(bench.noAnswer().take().slice(0, 2)).toEqual(["failed a soa no-answer", "ask b udp"]);
  });

  test("where UDP is lost, TCP is asked first", () => {
    bench.standing = { a: "tcp" };
    expect(bench.timer().take()[0]).toBe("ask a tcp");
  });

  test("a NOTIFY from one that is thought to be down is followed", () => {
    bench.standing = { a: "down", b: "down" };
    expect(bench.send({ kind: "notify", peer: "b" }).take()[0]).toBe("ask b udp");
  });

  test("one that is back is asked soon by a zone that waited for it, and not by one that did not", () => {
    bench.send({ kind: "recovered", peer: "a" });
    expect(bench.take()).toEqual([]);
    bench.timer().refused().refused().timer().refused().refused().timer().refused().refused().take();
    bench.jitter = 0.5;
    expect(bench.send({ kind: "recovered", peer: "gone" }).take()).toEqual([]);
    expect(bench.send({ kind: "recovered", peer: "a" }).take()).toEqual(["timer +15"]);
  });
});

describe("several primaries", () => {
  const three = { peers: ["a", "b", "c"], autoRefreshSeconds: 3600 };

  test("with every check another one is asked beside the first, by turns", () => {
    const zone = new Bench(STORED, three).send({ kind: "start" });
    const asked: string[] = [];
    for (let i = 0; i < 4; i++) {
      zone.timer().take();
      asked.push(
        ...zone
          .soa(10)
          .take()
          .filter((word) => word.startsWith("ask")),
      );
      zone.soa(10).take();
    }
    expect(asked).toEqual(["ask c udp", "ask b udp", "ask c udp", "ask b udp"]);
  });

  test("the other one is ahead: fetched from it, although the first one says that nothing is new", () => {
    bench.timer().soa(10).take();
    expect(bench.soa(12).take()).toEqual(["newer", "transfer b", "timer +3601"]);
    expect(bench.transferred(12).installed().take()).toContain("installed");
    bench.timer().take();
    expect(bench.soa(10).take()).toEqual(["peer-lags a", "ask b udp"]);
    expect(bench.soa(12).take()).toEqual(["up-to-date", "timer +3600"]);
    expect(bench.state.views).toMatchObject({ a: { serial: 10, verdict: "lags" }, b: { verdict: "same" } });
    // It lags on: known. It catches up: told.
    expect(bench.timer().soa(10).take()).not.toContain("peer-lags a");
    expect(bench.soa(12).timer().soa(12).take()).toContain("peer-agrees a");
  });

  test("one lags and the other is out of reach: nobody confirms what is served", () => {
    bench.timer().soa(10).soa(9).take();
    bench.standing = { a: "down" };
    expect(bench.timer().take()).toContain("ask b udp");
    expect(bench.soa(9).take()).toEqual(["unconfirmed", "timer +8"]);
    expect(bench.timer().soa(9).take()).toContain("unconfirmed still");
    expect(bench.state.failedRounds).toBe(2);
  });

  test("that nobody confirms what is served is news once, again when another one is silent, and after somebody did", () => {
    const told = () => bench.take().filter((word) => word.startsWith("unconfirmed"));
    bench.timer().soa(9).soa(9);
    for (let check = 0; check < 3; check++) bench.timer().soa(9).soa(9);
    expect(told()).toEqual(["unconfirmed", ...Array(3).fill("unconfirmed still")]);
    bench.timer().soa(9).refused().timer().soa(9).refused();
    expect(told()).toEqual(["unconfirmed", "unconfirmed still"]);
    bench.timer().soa(10).soa(10).timer().soa(9).soa(9);
    expect(told()).toEqual(["unconfirmed"]);
    for (let hour = 0; hour < 25; hour++) bench.timer().soa(9).soa(9);
    expect(told().filter((word) => word === "unconfirmed")).toHaveLength(1);
  });

  test("the transfer from the one that is ahead fails: the zone is as good as it was", () => {
    bench.timer().soa(10).soa(12).take();
    expect(bench.transferFailed().take()).toEqual(["failed b transfer stream-ended", "ask a udp", "timer +4"]);
    expect(bench.soa(10).take()).toEqual(["up-to-date", "timer +3600"]);
  });

  test("the other one does not answer: told, and no trouble of the zone", () => {
    bench.timer().soa(10).take();
    expect(bench.refused().take()).toEqual(["failed b soa rcode", "timer +3600"]);
    expect(bench.state).toMatchObject({ failedRounds: 0, phase: { kind: "idle" } });
  });

  test("the same serial with another SOA, or with older signatures: named, not fetched, told once", () => {
    bench.timer().soa(10).take();
    expect(bench.soa(10, false, { differs: "signatures" }).take()).toEqual(["peer-disagrees b", "timer +3600"]);
    bench.timer().soa(10).take();
    expect(bench.soa(10, false, { differs: "signatures" }).take()).toEqual(["timer +3600"]);
    for (let day = 0; day < 24; day++) bench.timer().soa(10).soa(10, false, { differs: "signatures" });
    expect(bench.take().filter((word) => word === "peer-disagrees b")).toHaveLength(1);
  });

  test("backwards is told when a primary serves less than it did", () => {
    bench.timer().soa(12).transferred(12).installed().take();
    expect(bench.timer().soa(11).take()).toContain("backwards a");
    expect(bench.soa(12).timer().soa(11).take()).not.toContain("backwards a");
    expect(bench.soa(12).timer().soa(10).take()).toContain("backwards a");
  });

  test("a NOTIFY while the other one is asked is followed at once", () => {
    bench.timer().soa(10).take();
    expect(bench.send({ kind: "notify", peer: "a", serialHint: 11 }).take()).toEqual(["abandon", "ask a udp"]);
  });

  test("a forced transfer: one that keeps silent is waited for, and who of the others is there is asked before their turn", () => {
    const zone = new Bench(STORED, three).send({ kind: "start" });
    zone.standing = { c: "down" };
    zone.take();
    expect(zone.send({ kind: "force" }).take()[0]).toBe("transfer a");
    expect(zone.transferFailed("net.timeout").take()).toEqual([
      "failed a transfer net.timeout",
      "ask b udp",
      "timer +4",
    ]);
    expect(zone.noAnswer().noAnswer().take()).toContain("ask c udp");
    // Whatever its serial: this is what forcing is for.
    expect(zone.soa(8).take()).toContain("transfer c");
    expect(zone.transferred(8).take()).toContain("install 8");
  });

  test("a forced transfer that is refused: the next one is asked for it straight away", () => {
    bench.send({ kind: "force" }).take();
    expect(bench.transferFailed("transfer.rcode").take()).toContain("transfer b");
  });
});
