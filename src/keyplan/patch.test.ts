import { expect, test } from "vitest";
import type { Name } from "#name";
import { checkPresigned, denialOf, NO_FLAGS, signingMode } from "./mode.ts";
import { applyPatch, type DnssecPatch, type PatchContext } from "./patch.ts";
import { DELETED, type DnssecStatus, stepStatus } from "./status.ts";

const NOW = 1_790_000_000;
const ACTIVE: DnssecStatus = { phase: "active", modifiedAt: NOW - 100, parent: "ours", parentAt: NOW - 10 };
const fresh: PatchContext = { status: DELETED, flags: NO_FLAGS, hasKeys: false, secondaryOverrides: false };

function after(context: PatchContext, patch: DnssecPatch) {
  const applied = applyPatch(context, patch, NOW);
  if (!applied.ok) return applied.error;
  const { status, flags, makeKeys } = applied.value;
  return `${signingMode(status.phase, flags)} ${status.phase}${makeKeys ? " +keys" : ""}`;
}

test("the pages' own requests", () => {
  expect(after(fresh, { status: "active" })).toBe("live pending +keys");
  expect(after(fresh, { presigned: true })).toBe("presigned pending");
  expect(after(fresh, { status: "active", presigned: true, useNsec3: true })).toBe("presigned pending +keys");
  expect(after(fresh, { status: "active", multiSigner: true })).toBe("multisigner pending +keys");
  expect(after(fresh, { multiSigner: true })).toBe("unsigned deleted");
  expect(after(fresh, {})).toBe("unsigned deleted");
  expect(after(fresh, { presigned: false, multiSigner: false, useNsec3: false })).toBe("unsigned deleted");
  expect(after(fresh, { status: "disabled" })).toBe("unsigned deleted");
});

test("pre-signed excludes multi-signer and overrides, whichever was there first", () => {
  const presigned = { ...fresh, status: ACTIVE, flags: { ...NO_FLAGS, presigned: true } };
  const multiSigner = { ...fresh, status: ACTIVE, flags: { ...NO_FLAGS, multiSigner: true } };
  expect(after(presigned, { multiSigner: true })).toBe("presigned-with-multi-signer");
  expect(after(multiSigner, { presigned: true })).toBe("presigned-with-multi-signer");
  expect(after(multiSigner, { presigned: true, multiSigner: false })).toBe("presigned pending");
  expect(after({ ...fresh, secondaryOverrides: true }, { presigned: true })).toBe("presigned-with-overrides");
});

test("leaving pre-signed: back to live with keys, to unsigned when nobody ever asked for keys", () => {
  const presigned = { ...fresh, status: ACTIVE, flags: { ...NO_FLAGS, presigned: true } };
  expect(after({ ...presigned, hasKeys: true }, { presigned: false })).toBe("live pending");
  expect(after(presigned, { presigned: false })).toBe("unsigned deleted");
  expect(after(presigned, { presigned: false, status: "active" })).toBe("live pending +keys");
});

test("a change of whose DS is meant keeps only that the parent showed one, and asks again", () => {
  const live = { ...fresh, status: ACTIVE, hasKeys: true };
  const applied = applyPatch(live, { presigned: true }, NOW);
  expect(applied.ok && applied.value.status).toEqual({
    phase: "pending",
    modifiedAt: NOW,
    parent: "foreign",
    parentAt: undefined,
  });
  const same = applyPatch(live, { useNsec3: true }, NOW);
  expect(same.ok && same.value.status).toBe(ACTIVE);
});

// Seen with the command line: a flip, then "disabled" before the next look at the parent, and DELETE would have gone through.
test("a zone whose DS was at the parent can't be deleted by way of a flip", () => {
  const live = { ...fresh, hasKeys: true, status: ACTIVE, flags: NO_FLAGS };
  for (const patch of [{ presigned: true }, { presigned: true, status: "disabled" }] as const) {
    const first = applyPatch(live, patch, NOW);
    if (!first.ok) throw new Error(first.error);
    const disabled = stepStatus(first.value.status, { kind: "disable" }, NOW);
    if (!disabled.ok) throw new Error(disabled.error);
    expect(stepStatus(disabled.value, { kind: "delete" }, NOW)).toEqual({
      ok: false,
      error: "delete-while-ds-at-parent",
    });
  }
});

test("denial: NSEC3 before the choice of NSEC, where hashed owner names fit", () => {
  const apex = new Uint8Array(222) as Name;
  expect(denialOf(NO_FLAGS, apex)).toBe("compact");
  expect(denialOf({ ...NO_FLAGS, nsecDenial: "chain" }, apex)).toBe("chain");
  expect(denialOf({ ...NO_FLAGS, nsecDenial: "chain", useNsec3: true }, apex)).toBe("nsec3");
  const long = new Uint8Array(223) as Name;
  expect(denialOf({ ...NO_FLAGS, nsecDenial: "chain", useNsec3: true }, long)).toBe("chain");
  expect(denialOf({ ...NO_FLAGS, useNsec3: true }, long)).toBe("compact");
});

test("what a zone must bring to be served pre-signed", () => {
  const nsec = { dnskey: true, rrsig: true, nsec: true, nsec3: false };
  const nsec3 = { ...nsec, nsec: false, nsec3: true };
  const flags = { ...NO_FLAGS, presigned: true };
  expect(checkPresigned(nsec, flags).ok).toBe(true);
  expect(checkPresigned(nsec, { ...flags, useNsec3: true }).ok).toBe(true);
  expect(checkPresigned(nsec3, { ...flags, useNsec3: true }).ok).toBe(true);
  expect(checkPresigned(nsec3, flags)).toEqual({ ok: false, error: "presigned-nsec3-not-enabled" });
  expect(checkPresigned({ ...nsec, dnskey: false }, flags)).toEqual({ ok: false, error: "presigned-without-dnskey" });
  expect(checkPresigned({ ...nsec, rrsig: false }, flags)).toEqual({ ok: false, error: "presigned-without-rrsig" });
  expect(checkPresigned({ ...nsec, nsec: false }, flags)).toEqual({ ok: false, error: "presigned-without-denial" });
});
