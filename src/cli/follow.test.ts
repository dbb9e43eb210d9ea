import { expect, test } from "vitest";
import type { EventRow, Transfer } from "#contract";
import { howItEnded } from "./follow.ts";

function transfer(outcome: Transfer["outcome"], serial: number, message?: string): Transfer {
  return {
    id: 1,
    zone_id: "z",
    peer_id: "p",
    direction: "in",
    got: null,
    transport: "tcp",
    tls_identity: null,
    tsig_key: null,
    duration_seconds: 1,
    fallback: null,
    repeats: 0,
    address: "192.0.2.53:53",
    kind: "axfr",
    reason: "operator",
    outcome,
    started_time: "2026-10-05T09:00:00.000000Z",
    finished_time: "2026-10-05T09:00:01.000000Z",
    serial_before: null,
    serial_after: serial,
    messages: 1,
    records: 1,
    octets: 1,
    error: message === undefined ? null : { code: "c", message },
  };
}

function event(code: string, message: string): EventRow {
  return { id: 1, time: "2026-10-05T09:00:00.000000Z", zone_id: "z", level: "info", code, message, detail: {} };
}

test("nothing new, or failures while other primaries are left: it goes on", () => {
  expect(howItEnded([], [])).toBeUndefined();
  expect(howItEnded([transfer("refused", 1)], [event("refresh.peer-failed", "example.com: no")])).toBeUndefined();
});

test("taken and held are ends; the newest counts", () => {
  expect(howItEnded([transfer("taken", 7)], [])).toEqual({ kind: "taken", serial: 7 });
  expect(howItEnded([transfer("held", 8, "no RRSIG"), transfer("taken", 7)], [])).toEqual({
    kind: "not-taken",
    sentence: "serial 8 was transferred and is held: no RRSIG.",
  });
});

test("when no primary could be used, each says why, once", () => {
  const failed = event("refresh.peer-failed", "example.com: the transfer from a failed: REFUSED");
  const other = event("refresh.peer-failed", "example.com: the transfer from b failed: BADKEY\u001b[2J");
  const ended = howItEnded([], [failed, failed, other, event("refresh.all-failed", "example.com: none")]);
  expect(ended).toEqual({
    kind: "not-taken",
    sentence:
      "no primary could be used: the transfer from a failed: REFUSED; the transfer from b failed: BADKEY\\u{1b}[2J. It is tried again by itself.",
  });
});
