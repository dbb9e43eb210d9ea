/** KeyTrap (CVE-2023-50387) against the check of a whole zone: keys of one tag times signatures of one set, counted. */
import { expect, test } from "vitest";
import { type Name, readName } from "#name";
import { RRType } from "#rdata";
import { checkSigned, collectZoneKeys, MAX_BROKEN, MAX_KEYS_OF_A_TAG, MAX_SIGNATURES } from "./check-signatures.ts";
import { keyTag } from "./dnskey.ts";
import { FindingList } from "./findings.ts";
import { rrsigHead } from "./rrsig.ts";

const NOW = 1_800_000_000;
const apex = name("trap.example.");

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

/** A ZSK of algorithm 13; the tag is a sum of 16-bit words, so any order of them has the same one. */
function key(turn: number): Uint8Array {
  const words = Array.from({ length: 32 }, (_, i) => i + 1);
  const turned = [...words.slice(turn), ...words.slice(0, turn)];
  return Uint8Array.from([1, 0, 3, 13, ...turned.flatMap((word) => [0, word])]);
}

/** How often a signature was verified, and what is said of it. */
function checked(keys: readonly Uint8Array[], signatures: number): [number, readonly string[]] {
  let verified = 0;
  const crypto = {
    verify: () => {
      verified++;
      return false;
    },
  } as unknown as Parameters<typeof checkSigned>[0]["crypto"];
  const fields = { typeCovered: RRType.A, algorithm: 13, labels: 2, originalTtl: 300, signer: apex };
  const times = { inception: NOW - 3600, expiration: NOW + 3600, keyTag: keyTag(keys[0]!) };
  const head = rrsigHead({ ...fields, ...times });
  const all = Array.from({ length: signatures }, (_, i) => Uint8Array.from([...head, ...new Uint8Array(64).fill(i)]));
  const findings = new FindingList();
  const rrset = { type: RRType.A, ttl: 300, rdatas: [Uint8Array.of(192, 0, 2, 1)], signatures: all };
  checkSigned({ apex, keys: collectZoneKeys(keys), crypto, now: NOW, findings }, apex, rrset);
  return [verified, findings.report().findings.map(({ code }) => code)];
}

test("thirty keys of one tag, and as many signatures as are looked at: four keys for each, and four of them are enough", () => {
  const keys = Array.from({ length: 30 }, (_, turn) => key(turn));
  expect(new Set(keys.map(keyTag)).size).toBe(1);
  expect(checked(keys, MAX_SIGNATURES)).toEqual([MAX_BROKEN * MAX_KEYS_OF_A_TAG, ["signature-invalid"]]);
});

test("one signature more, or a thousand: none is verified", () => {
  const keys = Array.from({ length: 30 }, (_, turn) => key(turn));
  for (const signatures of [MAX_SIGNATURES + 1, 1000])
    expect(checked(keys, signatures)).toEqual([0, ["signatures-too-many"]]);
});
