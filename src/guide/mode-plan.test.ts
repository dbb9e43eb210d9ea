import { describe, expect, test } from "vitest";
import type { Dnssec } from "#contract";
import { currentMode, type Mode, type ModeFacts, planMode } from "./mode-plan.ts";

function dnssec(mode: Mode, status: Dnssec["status"] = mode === "unsigned" ? "disabled" : "pending"): Dnssec {
  return {
    status,
    flags: null,
    algorithm: null,
    key_type: null,
    digest_type: null,
    digest_algorithm: null,
    digest: null,
    ds: null,
    key_tag: null,
    public_key: null,
    modified_on: mode === "unsigned" ? null : "2026-10-05T09:05:00.000000Z",
    dnssec_multi_signer: mode === "multisigner",
    dnssec_presigned: mode === "presigned",
    dnssec_use_nsec3: false,
  };
}

function facts(mode: Mode, more: Partial<ModeFacts> = {}): ModeFacts {
  return {
    dnssec: dnssec(mode),
    parentHasDs: false,
    parentHasOurs: false,
    parentHasPrimarys: false,
    primaryHasOurZsk: false,
    ...more,
  };
}

const MODES: readonly Mode[] = ["unsigned", "live", "presigned", "multisigner"];

test.each(MODES)("the current mode is read from the switches: %s", (mode) => {
  expect(currentMode(dnssec(mode))).toBe(mode);
});

describe("without a DS at the parent", () => {
  for (const from of MODES) {
    test.each(MODES)(`${from} to %s is allowed`, (to) => {
      expect(planMode(facts(from), { mode: to }).kind).toBe("steps");
    });
  }
});

describe("with a DS at the parent", () => {
  const withDs = (mode: Mode, more: Partial<ModeFacts> = {}) => facts(mode, { parentHasDs: true, ...more });

  test.each([
    ["live", "presigned", "signer-changes", {}],
    ["presigned", "live", "signer-changes", { parentHasOurs: true }],
    ["presigned", "multisigner", "primary-lacks-our-zsk", { primaryHasOurZsk: false, parentHasOurs: true }],
    ["presigned", "multisigner", "parent-lacks-our-ds", { primaryHasOurZsk: true, parentHasPrimarys: true }],
    ["multisigner", "live", "parent-lacks-our-ds", { parentHasOurs: false, parentHasPrimarys: true }],
    ["multisigner", "presigned", "parent-lacks-primarys-ds", { parentHasOurs: true, parentHasPrimarys: false }],
  ] as const)("%s to %s is refused (%s), and done with force", (from, to, refusal, more) => {
    const plan = planMode(withDs(from, more), { mode: to });
    expect(plan).toEqual({ kind: "unsafe", refusal, force: true });
    expect(planMode(withDs(from, more), { mode: to }, true).kind).toBe("steps");
  });

  test.each([
    ["live", "multisigner", {}],
    ["presigned", "multisigner", { primaryHasOurZsk: true, parentHasOurs: true }],
    ["multisigner", "live", { parentHasOurs: true }],
    ["multisigner", "presigned", { parentHasPrimarys: true }],
    ["unsigned", "presigned", {}],
    ["live", "live", {}],
  ] as const)("%s to %s is allowed", (from, to, more) => {
    expect(planMode(withDs(from, more), { mode: to }).kind).toBe("steps");
  });

  test.each(["live", "presigned", "multisigner"] as const)("%s to unsigned is refused, even with force", (from) => {
    expect(planMode(withDs(from), { mode: "unsigned" }, true)).toEqual({
      kind: "unsafe",
      refusal: "parent-has-ds",
      force: false,
    });
  });
});

describe("the steps", () => {
  const steps = (from: ModeFacts, wish: Parameters<typeof planMode>[1]) => {
    const plan = planMode(from, wish);
    return plan.kind === "steps" ? plan.steps : [];
  };

  test("live makes keys and clears the other switches", () => {
    const edit = { status: "active", dnssec_presigned: false, dnssec_multi_signer: false };
    expect(steps(facts("presigned"), { mode: "live" })).toEqual([{ kind: "edit", edit }]);
  });

  test("pre-signed makes no keys of ours", () => {
    const edit = { dnssec_presigned: true, dnssec_multi_signer: false };
    expect(steps(facts("unsigned"), { mode: "presigned" })).toEqual([{ kind: "edit", edit }]);
  });

  test("pre-signed out of a disabled state needs the status", () => {
    const from = facts("live", { dnssec: dnssec("live", "disabled") });
    expect(steps(from, { mode: "presigned" })).toMatchObject([{ edit: { status: "active", dnssec_presigned: true } }]);
  });

  test.each([
    ["compact", [{ kind: "denial", denial: "compact" }, { edit: { dnssec_use_nsec3: false } }]],
    ["chain", [{ kind: "denial", denial: "chain" }, { edit: { dnssec_use_nsec3: false } }]],
    ["nsec3", [{ edit: { dnssec_use_nsec3: true } }]],
  ] as const)("denial %s goes before the mode", (denial, expected) => {
    expect(steps(facts("unsigned"), { mode: "live", denial })).toMatchObject(expected);
  });

  test("a denial that was not asked for stays as it is", () => {
    expect(steps(facts("unsigned"), { mode: "live" })[0]).not.toHaveProperty("edit.dnssec_use_nsec3");
  });

  test.each([
    ["pending", [{ kind: "edit", edit: { status: "disabled" } }, { kind: "delete" }]],
    ["disabled", [{ kind: "delete" }]],
  ] as const)("unsigned from %s", (status, expected) => {
    expect(steps(facts("live", { dnssec: dnssec("live", status) }), { mode: "unsigned" })).toEqual(expected);
  });

  test("unsigned when it is so already does nothing, but switches that were left on go", () => {
    expect(steps(facts("unsigned"), { mode: "unsigned" })).toEqual([]);
    const left = facts("unsigned", { dnssec: { ...dnssec("unsigned"), dnssec_multi_signer: true } });
    expect(steps(left, { mode: "unsigned" })).toMatchObject([{ edit: { dnssec_multi_signer: false } }]);
  });
});
