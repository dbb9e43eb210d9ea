import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fromBase64, fromHex, toHex } from "#bytes";
import { type Digests, dsMatches, keyTag, makeDs } from "#dnssec";
import { readName } from "#name";
import {
  type ApexInput,
  DELETE_CDNSKEY,
  DELETE_CDS,
  foreignExcess,
  NO_TRANSFERRED_KEYS,
  planApex,
  type TransferredKeys,
} from "./apex.ts";
import { dsRdata, viewParent } from "./ds.ts";
import type { SigningMode } from "./mode.ts";
import { entryPoints, showKey } from "./show.ts";

const digest = (name: string) => (data: Uint8Array) => new Uint8Array(createHash(name).update(data).digest());
const digests: Digests = { sha1: digest("sha1"), sha256: digest("sha256"), sha384: digest("sha384") };

function name(text: string) {
  const read = readName(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function dnskey(flags: number, publicKey: string): Uint8Array {
  const key = fromBase64(publicKey)!;
  return Uint8Array.from([flags >> 8, flags & 255, 3, 13, ...key]);
}

/** Public keys quoted in the provider's pages. */
const GOLDEN_KSK = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
const GOLDEN_ZSK = "oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA==";
const OTHER = "koPbw9wmYZ7ggcjnQ6ayHyhHaDNMYELKTqT+qRGrZpWSccr/lBcrm10Z1PuQHB3Azhii+sb0PYFkH1ruxLhe5g==";
const OTHER_2 = "oXiGYrSTO+LSCJ3mohc8EP+CzF9KxBj8/ydXJ22pKuZP3VAC3/Md/k7xZfz470CoRyZJ6gV6vml07IC3d8xqhA==";

const ksk = dnskey(257, GOLDEN_KSK);
const zsk = dnskey(256, GOLDEN_ZSK);
const foreignKsk = dnskey(257, OTHER);
const foreignZsk = dnskey(256, OTHER_2);
const apex = name("example.com");

test.each([
  ["cloudflare.com", "32996839A6D808AFE3EB4A795A0E6A7A39A76FC52FF228B22B76F6D63826F2B9"],
  ["multisigner.info", "227B4C7FF3E1D49D59BAF39BDA54CA0839DE700DD9896076AA3E6AD719A0CF55"],
  ["soleur.ai", "3EDA296C18ABFBD581F7DE282C61ED8634B27651F1740EA68C9FF9FAF6D1A66D"],
])("DS of %s as published", (owner, expected) => {
  const shown = showKey(name(owner), ksk, digests);
  expect(shown.digest).toBe(expected);
  expect(shown.keyTag).toBe(2371);
  expect(shown.ds).toBe(`${owner}. 3600 IN DS 2371 13 2 ${expected}`);
  expect(dsMatches(name(owner.toUpperCase()), fromHex(`09430d02${expected}`)!, ksk, digests)).toBe(true);
});

const input = (change: Partial<ApexInput>): ApexInput => ({
  apex,
  mode: "live",
  phase: "active",
  own: [ksk, zsk],
  transferred: NO_TRANSFERRED_KEYS,
  ...change,
});
const hex = (rdatas: readonly Uint8Array[]) => rdatas.map(toHex).sort();

test("live: own keys; CDS and CDNSKEY ask for the KSK alone", () => {
  for (const phase of ["pending", "active"] as const) {
    const plan = planApex(input({ phase }), digests);
    expect(hex(plan.dnskey)).toEqual(hex([ksk, zsk]));
    expect(hex(plan.cds)).toEqual(hex([dsRdata(apex, ksk, digests)]));
    expect(hex(plan.cdnskey)).toEqual(hex([ksk]));
  }
});

test("live, disabled but not deleted: still the DNSKEYs, and the delete forms alone", () => {
  for (const phase of ["pending-disabled", "disabled"] as const) {
    const plan = planApex(input({ phase }), digests);
    expect(hex(plan.dnskey)).toEqual(hex([ksk, zsk]));
    expect(hex(plan.cds)).toEqual(["0000000000"]);
    expect(hex(plan.cdnskey)).toEqual(["0000030000"]);
  }
});

test("keys in the transfer do not leak into live mode; unsigned and pre-signed have no RRsets of ours", () => {
  const transferred = { dnskey: [foreignKsk, foreignZsk], cds: [], cdnskey: [] };
  expect(hex(planApex(input({ transferred }), digests).dnskey)).toEqual(hex([ksk, zsk]));
  for (const mode of ["unsigned", "presigned"] as const) {
    expect(planApex(input({ mode, transferred }), digests)).toEqual({ dnskey: [], cds: [], cdnskey: [] });
  }
});

test("multi-signer: the union, our own keys that came back removed, CDS and CDNSKEY for the other KSK made when missing", () => {
  const transferred = {
    dnskey: [foreignKsk, foreignZsk, zsk, ksk, foreignZsk],
    cds: [DELETE_CDS],
    cdnskey: [DELETE_CDNSKEY],
  };
  const plan = planApex(input({ mode: "multisigner", transferred }), digests);
  expect(hex(plan.dnskey)).toEqual(hex([ksk, zsk, foreignKsk, foreignZsk]));
  expect(hex(plan.cdnskey)).toEqual(hex([ksk, foreignKsk]));
  expect(hex(plan.cds)).toEqual(hex([dsRdata(apex, ksk, digests), dsRdata(apex, foreignKsk, digests)]));
});

test("multi-signer: a transferred CDS stands as it came, with whatever digest type", () => {
  const sha384 = makeDs(apex, foreignKsk, 4, digests)!;
  const transferred = { dnskey: [foreignKsk], cds: [sha384, dsRdata(apex, ksk, digests)], cdnskey: [foreignKsk] };
  const plan = planApex(input({ mode: "multisigner", transferred }), digests);
  expect(hex(plan.cds)).toEqual(hex([dsRdata(apex, ksk, digests), sha384]));
  // What can't be computed here can't be held against them.
  const tag = keyTag(foreignKsk);
  const unknown = Uint8Array.from([tag >> 8, tag & 255, 13, 99, ...new Uint8Array(32).fill(7)]);
  const beside = planApex(input({ mode: "multisigner", transferred: { ...transferred, cds: [unknown] } }), digests);
  expect(hex(beside.cds)).toEqual(hex([dsRdata(apex, ksk, digests), unknown, dsRdata(apex, foreignKsk, digests)]));
});

test("multi-signer: a CDS that names a key of theirs and does not prove it is not passed on under our signature", () => {
  const own = dsRdata(apex, ksk, digests);
  const theirs = dsRdata(apex, foreignKsk, digests);
  const wrongDigest = theirs.slice();
  wrongDigest[10]! ^= 1;
  const wrong = [wrongDigest, theirs.slice(0, 20)];
  for (const cdnskey of [[], [foreignKsk]]) {
    const transferred = { dnskey: [foreignKsk, foreignZsk], cds: wrong, cdnskey };
    const plan = planApex(input({ mode: "multisigner", transferred }), digests);
    expect(hex(plan.cds)).toEqual(hex([own, theirs]));
    expect(hex(plan.cdnskey)).toEqual(hex([ksk, foreignKsk]));
  }
});

test("multi-signer: a CDS of a third signer, whose KSK nobody else shows, stays: without it a parent took its DS away", () => {
  const third = dsRdata(apex, dnskey(257, OTHER_2), digests);
  const transferred = { dnskey: [foreignKsk, foreignZsk], cds: [third], cdnskey: [] };
  const plan = planApex(input({ mode: "multisigner", transferred }), digests);
  expect(hex(plan.cds).sort()).toEqual(
    hex([dsRdata(apex, ksk, digests), dsRdata(apex, foreignKsk, digests), third]).sort(),
  );
  // Least of all does our leaving ask for it to go.
  const alone = { dnskey: [foreignZsk], cds: [third], cdnskey: [] };
  const leaving = planApex(input({ mode: "multisigner", phase: "disabled", transferred: alone }), digests);
  expect([hex(leaving.cds), hex(leaving.cdnskey)]).toEqual([hex([third]), []]);
});

test("multi-signer: a key without SEP that their CDS asks for gets a CDNSKEY, as both have to say the same (RFC 7344 section 4)", () => {
  const cds = [dsRdata(apex, foreignZsk, digests)];
  const transferred = { dnskey: [foreignZsk], cds, cdnskey: [] };
  const plan = planApex(input({ mode: "multisigner", transferred }), digests);
  expect(hex(plan.cds)).toEqual(hex([dsRdata(apex, ksk, digests), ...cds]));
  expect(hex(plan.cdnskey)).toEqual(hex([ksk, foreignZsk]));
});

test("multi-signer, leaving: the others' keys alone, never the delete form that would take their DS away", () => {
  const transferred = { dnskey: [foreignKsk, foreignZsk], cds: [], cdnskey: [] };
  const plan = planApex(input({ mode: "multisigner", phase: "pending-disabled", transferred }), digests);
  expect(hex(plan.dnskey)).toEqual(hex([ksk, zsk, foreignKsk, foreignZsk]));
  expect(hex(plan.cdnskey)).toEqual(hex([foreignKsk]));
  expect(hex(plan.cds)).toEqual(hex([dsRdata(apex, foreignKsk, digests)]));
  const alone = planApex(input({ mode: "multisigner", phase: "disabled" }), digests);
  expect(hex(alone.cds)).toEqual(["0000000000"]);
});

test("multi-signer: revoked keys are published but never asked for; what is no zone key is dropped", () => {
  const revoked = dnskey(257 | 0x80, OTHER);
  const noZoneKey = dnskey(1, OTHER_2);
  const transferred = { dnskey: [revoked, noZoneKey, Uint8Array.of(1)], cds: [], cdnskey: [revoked] };
  const plan = planApex(input({ mode: "multisigner", transferred }), digests);
  expect(hex(plan.dnskey)).toEqual(hex([ksk, zsk, revoked]));
  expect(hex(plan.cdnskey)).toEqual(hex([ksk]));
});

test("multi-signer: algorithm 0 in whatever form is no key, and asks for no DS to go", () => {
  const zero = Uint8Array.from([1, 1, 3, 0, ...new Uint8Array(64).fill(5)]);
  const forms = [
    [0, 0, 0, 0, 0, 0],
    [0, 1, 0, 0, 0],
    [48, 57, 0, 2, ...new Uint8Array(32).fill(1)],
  ];
  const cds = forms.map((form) => Uint8Array.from(form));
  const transferred = { dnskey: [zero, foreignZsk], cds, cdnskey: [zero, Uint8Array.of(1, 1, 3, 0, 0)] };
  const plan = planApex(input({ mode: "multisigner", transferred }), digests);
  expect(hex(plan.dnskey)).toEqual(hex([ksk, zsk, foreignZsk]));
  expect(hex(plan.cdnskey)).toEqual(hex([ksk]));
  expect(hex(plan.cds)).toEqual(hex([dsRdata(apex, ksk, digests)]));
});

test("multi-signer: more keys of others than fit are said to be too many, and none is left out", () => {
  const keys = (count: number, octets: number) =>
    Array.from({ length: count }, (_, i) => dnskey(257, Buffer.alloc(octets, i + 1).toString("base64")));
  const excess = (transferred: Partial<TransferredKeys>, mode: SigningMode = "multisigner") =>
    foreignExcess({ mode, own: [ksk, zsk], transferred: { ...NO_TRANSFERRED_KEYS, ...transferred } });
  expect(excess({ dnskey: [...keys(32, 64), ksk, zsk] })).toBeUndefined();
  expect(excess({ dnskey: keys(33, 64) })).toContain("33 DNSKEY");
  expect(excess({ cdnskey: keys(33, 64) })).toContain("33 CDNSKEY");
  expect(excess({ cds: keys(3000, 32) })).toContain("3000 CDS");
  expect(excess({ dnskey: keys(8, 2100) })).toContain("16832 octets");
  expect(excess({ dnskey: keys(3000, 64) }, "live")).toBeUndefined();
});

test("what the parent publishes: ours, another signer's, nothing, or nothing that matches", () => {
  const ds = (key: Uint8Array) => dsRdata(apex, key, digests);
  const view = (parent: Uint8Array[]) => viewParent(apex, parent, [ksk], [foreignKsk], digests);
  expect(view([])).toBe("none");
  expect(view([ds(foreignKsk), ds(ksk)])).toBe("ours");
  expect(view([ds(foreignKsk)])).toBe("foreign");
  expect(view([ds(zsk)])).toBe("mismatch");
  const wrongDigest = ds(ksk);
  wrongDigest[10]! ^= 1;
  expect(view([wrongDigest])).toBe("mismatch");
  const wrongTag = ds(ksk);
  wrongTag[1]! ^= 1;
  expect(view([wrongTag])).toBe("mismatch");
  expect(view([Uint8Array.of(1)])).toBe("mismatch");
});

test("which keys a registrar is shown", () => {
  const transferred = { dnskey: [zsk, foreignKsk, ksk], cds: [], cdnskey: [] };
  expect(entryPoints("unsigned", [ksk, zsk], transferred, new Set())).toEqual([]);
  expect(entryPoints("live", [ksk, zsk], transferred, new Set())).toEqual([ksk]);
  expect(entryPoints("presigned", [], transferred, new Set([keyTag(ksk)]))).toEqual([ksk, foreignKsk]);
  expect(entryPoints("presigned", [], { ...transferred, dnskey: [zsk] }, new Set([keyTag(zsk)]))).toEqual([zsk]);
  expect(entryPoints("presigned", [], NO_TRANSFERRED_KEYS, new Set())).toEqual([]);
});
