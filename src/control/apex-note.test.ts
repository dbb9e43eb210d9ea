import { expect, test } from "vitest";
import type { ApexPlan } from "#keyplan";
import type { KeyRow } from "#store";
import { apexNote, readApexNote } from "./apex-note.ts";
import type { SignedApex } from "./versions.ts";

const key = (id: string): KeyRow => ({ id }) as unknown as KeyRow;
const KEYS = { ksks: [key("k")], zsk: key("z") };
const PLAN: ApexPlan = { dnskey: [Uint8Array.of(1, 1), Uint8Array.of(1)], cds: [Uint8Array.of(2)], cdnskey: [] };
const APEX: SignedApex = {
  rrsets: [
    { type: 48, ttl: 3600, rdatas: PLAN.dnskey, signatures: [new Uint8Array(90).fill(7)] },
    { type: 59, ttl: 3600, rdatas: PLAN.cds, signatures: [new Uint8Array(90).fill(8), new Uint8Array(0)] },
  ],
  expiration: 5000,
  resignAt: 2000,
};
const NOW = 1000;
const note = JSON.parse(JSON.stringify(apexNote(APEX, "live", KEYS, NOW))) as object;

test("what was signed is taken as it was, until it is time to sign anew", () => {
  expect(readApexNote(note, PLAN, "live", KEYS, NOW)).toEqual(APEX);
  expect(readApexNote(note, PLAN, "live", KEYS, 1999)).toEqual(APEX);
  expect(readApexNote(note, PLAN, "live", KEYS, 2000)).toBeUndefined();
});

test("a clock that was set back signs anew: the signatures may not have begun", () => {
  expect(readApexNote(note, PLAN, "live", KEYS, NOW - 1)).toBeUndefined();
});

test.each([
  ["another key", PLAN, "live", { ...KEYS, ksks: [key("other")] }],
  ["a second KSK", PLAN, "live", { ...KEYS, ksks: [key("k"), key("other")] }],
  ["another mode", PLAN, "multisigner", KEYS],
  ["another RRset", { ...PLAN, cds: [Uint8Array.of(3)] }, "live", KEYS],
  ["one RRset more", { ...PLAN, cdnskey: [Uint8Array.of(3)] }, "live", KEYS],
  ["one RRset less", { ...PLAN, cds: [] }, "live", KEYS],
  ["one key less", { ...PLAN, dnskey: [PLAN.dnskey[0]!] }, "live", KEYS],
] as const)("it says nothing of %s", (_, plan, mode, keys) => {
  expect(readApexNote(note, plan, mode, keys, NOW)).toBeUndefined();
});

test.each([undefined, null, 7, {}, { ...note, version: 2 }, { ...note, rrsets: "§" }])("%o is no note", (document) => {
  expect(readApexNote(document, PLAN, "live", KEYS, NOW)).toBeUndefined();
});
