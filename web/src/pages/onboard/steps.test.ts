import { expect, test } from "vitest";
import type { ZoneStatus } from "#contract";
import { currentStep, furthestStep } from "./steps.ts";

const status = (peers: number, served: number | null) =>
  ({ peers: Array.from({ length: peers }), serials: { served } }) as unknown as ZoneStatus;

test.each([
  ["nothing yet", undefined, undefined, undefined, undefined, "name", "name"],
  ["a zone without a primary", "z", undefined, undefined, status(0, null), "primary", "primary"],
  ["a primary that is not linked", "z", "p", undefined, status(0, null), "lines", "lines"],
  ["linked, not transferred", "z", "p", undefined, status(1, null), "transfer", "transfer"],
  ["served: the records come first", "z", "p", undefined, status(1, 7), "ds", "review"],
  ["served, at the last step", "z", "p", "ds", status(1, 7), "ds", "ds"],
  ["a step that can't be shown yet", "z", "p", "mode", status(1, null), "transfer", "transfer"],
  ["a word that is no step", "z", "p", "nonsense", status(1, 7), "ds", "review"],
] as const)("%s", (_, zoneId, peerId, wanted, of, furthest, current) => {
  const place = { zoneId, peerId, wanted, status: of };
  expect(furthestStep(place)).toBe(furthest);
  expect(currentStep(place)).toBe(current);
});
