import { expect, test } from "vitest";
import {
  DELETED,
  type DnssecStatus,
  type ParentView,
  type Phase,
  type StatusEvent,
  shownStatus,
  stepStatus,
} from "./status.ts";

const NOW = 1_790_000_000;

function status(phase: Phase, parent?: ParentView): DnssecStatus {
  if (phase === "deleted") return DELETED;
  return { phase, modifiedAt: NOW - 100, parent, parentAt: parent ? NOW - 50 : undefined };
}

const enable: StatusEvent = { kind: "enable" };
const disable: StatusEvent = { kind: "disable" };
const remove: StatusEvent = { kind: "delete" };
const sees = (view: ParentView): StatusEvent => ({ kind: "parent", view });

/** from, event, to (or the refusal). Every pair of phase and event that does something, and those that must not. */
const CASES: readonly (readonly [Phase, StatusEvent, Phase | `refused: ${string}`])[] = [
  ["deleted", enable, "pending"],
  ["deleted", disable, "deleted"],
  ["deleted", remove, "deleted"],
  ["deleted", sees("ours"), "deleted"],
  ["pending", enable, "pending"],
  ["pending", disable, "disabled"],
  ["pending", remove, "refused: delete-while-enabled"],
  ["pending", sees("ours"), "active"],
  ["pending", sees("none"), "pending"],
  ["pending", sees("foreign"), "pending"],
  ["pending", sees("mismatch"), "pending"],
  ["active", enable, "active"],
  ["active", disable, "pending-disabled"],
  ["active", remove, "refused: delete-while-enabled"],
  ["active", sees("ours"), "active"],
  ["active", sees("none"), "pending"],
  ["active", sees("foreign"), "pending"],
  ["active", sees("mismatch"), "active"],
  ["pending-disabled", enable, "active"],
  ["pending-disabled", disable, "pending-disabled"],
  ["pending-disabled", remove, "refused: delete-while-ds-at-parent"],
  ["pending-disabled", sees("ours"), "pending-disabled"],
  ["pending-disabled", sees("none"), "disabled"],
  ["pending-disabled", sees("foreign"), "disabled"],
  ["pending-disabled", sees("mismatch"), "disabled"],
  ["disabled", enable, "pending"],
  ["disabled", disable, "disabled"],
  ["disabled", remove, "deleted"],
  ["disabled", sees("ours"), "pending-disabled"],
  ["disabled", sees("none"), "disabled"],
];

test.each(CASES)("%s, %o ▶ %s", (from, event, to) => {
  const before = status(from);
  const stepped = stepStatus(before, event, NOW);
  if (to.startsWith("refused: ")) {
    expect(stepped).toEqual({ ok: false, error: to.slice(9) });
    return;
  }
  if (!stepped.ok) throw new Error(stepped.error);
  expect(stepped.value.phase).toBe(to);
  // The time of change moves with the phase and only with it; a deleted zone has none.
  expect(stepped.value.modifiedAt).toBe(to === "deleted" ? undefined : to === from ? before.modifiedAt : NOW);
});

test("an observation is kept with its time; deleting and enabling anew forget it", () => {
  const seen = stepStatus(status("pending"), sees("foreign"), NOW);
  expect(seen.ok && [seen.value.parent, seen.value.parentAt]).toEqual(["foreign", NOW]);
  expect(stepStatus(status("disabled", "none"), remove, NOW)).toEqual({ ok: true, value: DELETED });
});

test("a DS that matches nothing shows as error while enabled, and never while disabled", () => {
  expect(shownStatus(status("pending", "mismatch"))).toBe("error");
  expect(shownStatus(status("active", "mismatch"))).toBe("error");
  expect(shownStatus(status("disabled", "mismatch"))).toBe("disabled");
  expect(shownStatus(status("pending-disabled", "mismatch"))).toBe("pending-disabled");
  expect(shownStatus(status("pending", "foreign"))).toBe("pending");
  expect(shownStatus(DELETED)).toBe("disabled");
});
