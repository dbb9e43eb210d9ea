/**
 * Thousands of questions out of a zone: every name with many types; names that are missing beside, below and between
 * those that exist; wildcards asked literally; case mixed; NSEC3 owners as names. The same ones each time (seeded).
 */
import {
  appendLabel,
  CASE_FOLD,
  isSubdomain,
  labelCount,
  type Name,
  nameKey,
  parentName,
  printName,
  readName,
  wildcardOf,
} from "#name";
import type { Question } from "../peers/index.ts";

/** A, NS, CNAME, SOA, MX, TXT, AAAA, SRV, DNAME, DS, RRSIG, NSEC, DNSKEY, NSEC3PARAM, TLSA, SVCB, ANY, TYPE65280. */
const TYPES_AT_NAMES = [1, 2, 5, 6, 15, 16, 28, 33, 39, 43, 46, 47, 48, 51, 52, 64, 255, 65280];
const TYPES_AT_MISSING = [1, 2, 16, 43];

/** Random choices that are the same in every run (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Owner names of flattened zone text (absolute names, one record a line), with every ancestor up to the apex. */
export function namesOf(apex: Name, text: string): Name[] {
  const names = new Map<string, Name>();
  for (const line of text.split("\n")) {
    const owner = /^(\S+)\s+\d+\s+IN\s/.exec(line)?.[1];
    const name = owner === undefined ? undefined : readName(owner);
    if (!name?.ok || !isSubdomain(name.value, apex)) continue;
    for (let at = name.value; labelCount(at) >= labelCount(apex); at = parentName(at)) names.set(nameKey(at), at);
  }
  return [...names.values()];
}

/** @param names of the zone (see namesOf) */
export function makeQuestions(apex: Name, names: readonly Name[], seed: number): Question[] {
  const random = makeRandom(seed);
  const questions: Question[] = [];
  const seen = new Set<string>();
  const ask = (name: Name | undefined, types: readonly number[], alwaysDo: boolean): void => {
    if (!name) return;
    for (const type of types) {
      const edns = alwaysDo || random() < 0.6 ? { do: true } : random() < 0.5 ? {} : undefined;
      const question = { name: printName(name), type, ...(edns ? { edns } : {}) };
      const key = JSON.stringify(question);
      if (!seen.has(key)) questions.push(question);
      seen.add(key);
    }
  };
  for (const [i, name] of names.entries()) {
    // There are as many NSEC3 owners as names, and one is like the other.
    if (isNsec3Owner(name) && i % 8 !== 0) continue;
    ask(name, TYPES_AT_NAMES, true);
    ask(name, [1, 16, 43, 255], false);
    ask(mixCase(name, random), [1, 16], false);
    for (const missing of missingAround(name, apex, random)) ask(missing, TYPES_AT_MISSING, random() < 0.7);
  }
  for (const outside of ["example.", ".", "test.", "odd.example.com.", "xodd.example."]) {
    const name = readName(outside);
    if (name.ok && !isSubdomain(name.value, apex)) ask(name.value, [1, 6], false);
  }
  return questions;
}

function isNsec3Owner(name: Name): boolean {
  return name[0] === 32 && /^[0-9a-v]{32}\./i.test(printName(name));
}

/** Names below, beside and canonically next to `name`; most of them don't exist. */
function missingAround(name: Name, apex: Name, random: () => number): (Name | undefined)[] {
  const label = (): Uint8Array =>
    Uint8Array.from({ length: 1 + Math.floor(random() * 8) }, () => 97 + Math.floor(random() * 26));
  const below = appendLabel(label(), name);
  const list = [
    below,
    below && appendLabel(label(), below),
    wildcardOf(name),
    appendLabel(Uint8Array.of(0), name),
    appendLabel(Uint8Array.of(255), name),
    appendLabel(new Uint8Array(63).fill(122), name),
  ];
  if (labelCount(name) === labelCount(apex)) return list;
  const parent = parentName(name);
  const first = name.slice(1, 1 + name[0]!);
  const longer = Uint8Array.of(...first, 0);
  const earlier = first.slice();
  earlier[earlier.length - 1] = Math.max(0, earlier.at(-1)! - 1);
  const later = first.slice();
  later[later.length - 1] = Math.min(255, later.at(-1)! + 1);
  list.push(
    appendLabel(longer, parent),
    appendLabel(earlier, parent),
    appendLabel(later, parent),
    appendLabel(label(), parent),
  );
  return list;
}

export function mixCase(name: Name, random: () => number): Name {
  const mixed = name.slice();
  for (let at = 0; mixed[at] !== 0; at += mixed[at]! + 1) {
    for (let i = at + 1; i <= at + mixed[at]!; i++) {
      const lower = CASE_FOLD[mixed[i]!]!;
      if (lower >= 97 && lower <= 122) mixed[i] = random() < 0.5 ? lower - 32 : lower;
    }
  }
  return mixed;
}
