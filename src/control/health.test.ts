import { expect, test } from "vitest";
import { HEALTH_CODES, HEALTH_LEVELS } from "#contract";
import { type HealthFacts, zoneHealth } from "./health.ts";

const NOW = 1_790_000_000;
const WELL: HealthFacts = {
  hidden: false,
  served: true,
  expired: false,
  held: false,
  frozen: false,
  primaries: 2,
  failedRounds: 0,
  failing: 0,
  differs: false,
  moved: false,
  delegated: true,
  dnssec: "active",
  signaturesEnd: NOW + 10 * 86_400,
};

test.each([
  ["well", {}],
  ["hidden", { hidden: true, served: false, primaries: 0 }],
  ["expired", { expired: true, failedRounds: 30, failing: 2 }],
  ["ds-mismatch", { dnssec: "error", held: true }],
  ["held-unserved", { held: true, served: false, failing: 1 }],
  ["held", { held: true, failing: 1 }],
  ["signatures-ending", { signaturesEnd: NOW + 86_400 }],
  ["no-primary", { primaries: 0, served: false }],
  ["never-transferred", { served: false, failing: 1 }],
  ["unreachable", { failedRounds: 3, failing: 2 }],
  ["frozen", { failedRounds: 0, frozen: true }],
  ["moved", { moved: true, delegated: false }],
  ["check-failed", { failing: 1 }],
  ["check-failed", { failedRounds: 1 }],
  ["primary-differs", { differs: true }],
  ["first-transfer", { served: false, dnssec: "pending" }],
  ["ds-wanted", { dnssec: "pending" }],
  ["not-delegated", { delegated: false, dnssec: "disabled", signaturesEnd: undefined }],
] as const)("%s: %j", (code, change) => {
  expect(zoneHealth({ ...WELL, ...change }, NOW)).toEqual({ code, level: HEALTH_CODES[code] });
});

test("the list goes from worst to best", () => {
  const levels = Object.values(HEALTH_CODES).map((level) => HEALTH_LEVELS.indexOf(level));
  expect(levels).toEqual(levels.toSorted((a, b) => a - b));
});
