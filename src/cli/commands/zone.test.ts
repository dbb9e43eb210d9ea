import { expect, test } from "vitest";
import type { ZoneStatus } from "#contract";
import { isDisabledWithDs, nextStepOf } from "./zone.ts";

function status(mode: ZoneStatus["mode"], dnssec: ZoneStatus["dnssec"]["status"], ds: string[]): ZoneStatus {
  return {
    name: "example.com",
    mode,
    held: null,
    serving: "serving",
    dnssec: { status: dnssec, ds: [], dnskeys: [], next_step: "The server's sentence.", parent: { ds } },
  } as unknown as ZoneStatus;
}

test.each([
  ["live", "disabled", ["ds"], true, /Take the DS of example\.com away/],
  ["live", "disabled", [], false, /^The server's sentence\.$/],
  ["live", "active", ["ds"], false, /^The server's sentence\.$/],
  ["unsigned", "disabled", ["ds"], false, /countersign dnssec mode example\.com live/],
] as const)("%s, %s, DS at the parent %j", (mode, dnssec, ds, expected, next) => {
  expect(isDisabledWithDs(status(mode, dnssec, [...ds]))).toBe(expected);
  expect(nextStepOf(status(mode, dnssec, [...ds]))).toMatch(next);
});

test("expired: what that is, and where the reason is", () => {
  const expired = { ...status("unsigned", "disabled", []), serving: "expired" } as ZoneStatus;
  expect(nextStepOf(expired)).toMatch(/has expired: "countersign transfer status example\.com"/);
});
