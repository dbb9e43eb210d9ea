/**
 * What each NSEC and NSEC3 of an answer proves about the names that were looked for (RFC 4035 section 3.1.3, RFC 5155 section 7.2,
 * RFC 9824). Read from the records alone, as a validator reads them: what stands here holds for whoever made them.
 *
 * ```
 * each step of the answer ─▶ names of interest: the name, next closer, wildcard, encloser, cut
 * each record             ─▶ matches one of them (has the types …) or covers it (it is not there)
 * ```
 */
import { bytesEqual } from "#bytes";
import type { ExplainedProof } from "#contract";
import { hashOfNsec3Owner, NSEC3_SHA1, nsec3HashOf } from "#dnssec";
import {
  compareNames,
  isSubdomain,
  labelCount,
  type Name,
  nameEquals,
  printName,
  stripLabels,
  wildcardOf,
} from "#name";
import { bitmapHas, parseTypeBitmap, RRType, readNsec, readNsec3, typeName } from "#rdata";

export type ProofRecord = { readonly owner: Name; readonly type: number; readonly rdata: Uint8Array };

/** As much of a step of the look-up as proofs are about. */
export type ProofStep = {
  readonly name: Name;
  readonly outcome: "answer" | "cname" | "dname" | "delegation" | "nodata" | "nxdomain";
  readonly node: Name | undefined;
  readonly encloser: Name;
  readonly wildcard: boolean;
};

type Proves = ExplainedProof["proves"][number];
/** A name that something has to be shown about. */
type Interest = { readonly name: Name; readonly role: "name" | "next-closer" | "wildcard" | "encloser" | "cut" };

export function readProofs(
  records: readonly ProofRecord[],
  steps: readonly ProofStep[],
  type: number,
  apex: Name,
): ExplainedProof[] {
  const interests = interestsOf(steps, apex);
  return records
    .filter((record) => record.type === RRType.NSEC || record.type === RRType.NSEC3)
    .map((record) => {
      const proves =
        record.type === RRType.NSEC
          ? nsecProves(record, interests, type, apex)
          : nsec3Proves(record, interests, type, apex);
      const shown = proves.length > 0 ? proves : [{ proof: "other" as const, sentence: otherSentence(record) }];
      return { name: printName(record.owner), type: typeName(record.type), proves: shown };
    });
}

/** At most 17 steps with a handful of names each; RFC 5155's closest encloser may lie higher up, below opt-out. */
function interestsOf(steps: readonly ProofStep[], apex: Name): Interest[] {
  const found: Interest[] = [];
  const add = (name: Name | undefined, role: Interest["role"]): void => {
    if (name && !found.some((known) => known.role === role && nameEquals(known.name, name))) found.push({ name, role });
  };
  for (const step of steps) {
    if (step.outcome === "delegation") add(step.node, "cut");
    else if (step.outcome === "nxdomain" || step.outcome === "nodata" || step.wildcard) add(step.name, "name");
    // A wildcard that answered is shown by its own signature, not by a proof.
    const unanswered = step.outcome === "nxdomain" || (step.wildcard && step.outcome === "nodata");
    if (unanswered) add(wildcardOf(step.encloser), "wildcard");
    // Each ancestor may be the closest one that can be shown, the name below it is then the next closer.
    const from = step.outcome === "delegation" ? (step.node ?? step.name) : step.name;
    for (let strip = 0; labelCount(from) - strip > labelCount(apex); strip++) {
      add(stripLabels(from, strip), "next-closer");
      add(stripLabels(from, strip + 1), "encloser");
    }
  }
  return found;
}

function nsecProves({ owner, rdata }: ProofRecord, interests: readonly Interest[], type: number, apex: Name): Proves[] {
  const { next, bitmap } = readNsec(rdata);
  const proves: Proves[] = [];
  for (const { name, role } of interests) {
    if (role === "next-closer" || role === "encloser") continue;
    const shown = printName(name);
    if (nameEquals(owner, name)) proves.push(matched(role, shown, bitmap, type));
    else if (covers(owner, next, name, apex)) {
      if (isSubdomain(next, name)) {
        const sentence = `${shown} has no records of its own: the next name, ${printName(next)}, is below it`;
        proves.push({ proof: "empty-non-terminal", sentence });
      } else proves.push(covered(role, shown, `${printName(owner)} and ${printName(next)}`));
    }
  }
  return proves;
}

function nsec3Proves(
  { owner, rdata }: ProofRecord,
  interests: readonly Interest[],
  type: number,
  apex: Name,
): Proves[] {
  const { salt, iterations, flags, nextHash, bitmap } = readNsec3(rdata);
  const hash = hashOfNsec3Owner(owner, apex);
  if (!hash) return [];
  const proves: Proves[] = [];
  for (const { name, role } of interests) {
    const own = nsec3HashOf(name, { algorithm: NSEC3_SHA1, iterations, salt });
    const shown = printName(name);
    if (bytesEqual(own, hash)) proves.push(matched(role, shown, bitmap, type));
    // What covers the name itself covers it as the next closer, or it was not needed.
    else if ((role === "next-closer" || role === "wildcard") && coversHash(hash, nextHash, own)) {
      const optOut = (flags & 1) !== 0 ? " (opt-out: but for delegations without DS)" : "";
      const { proof, sentence } = covered(role, shown, "this hash and the next");
      proves.push({ proof, sentence: `${sentence}${optOut}` });
    }
  }
  return onlyNeeded(proves);
}

/**
 * A name that is looked for is an encloser and a next closer of names too: what is shown of it as itself is enough. Of all
 * missing names above it the shortest is the next closer; by chance a record covers longer ones as well.
 */
function onlyNeeded(proves: readonly Proves[]): Proves[] {
  const others = proves.filter(({ proof }) => proof !== "encloser-matched" && proof !== "next-closer-covered");
  const last = (proof: Proves["proof"]): Proves[] => proves.filter((one) => one.proof === proof).slice(-1);
  const closer = last("next-closer-covered");
  if (others.some(({ proof }) => proof === "type-missing" || proof === "insecure-cut")) return [...others, ...closer];
  return [...others, ...last("encloser-matched"), ...closer];
}

function matched(role: Interest["role"], shown: string, bitmap: Uint8Array, type: number): Proves {
  const types = printTypes(bitmap);
  if (bitmapHas(bitmap, RRType.NXNAME)) {
    return { proof: "name-missing", sentence: `${shown} does not exist: the pseudo-type NXNAME says so (RFC 9824)` };
  }
  switch (role) {
    case "cut":
      return { proof: "insecure-cut", sentence: `${shown} is delegated and has no DS: it has ${types}` };
    case "wildcard":
      return { proof: "wildcard-matched", sentence: `the wildcard ${shown} has ${types}, and no ${typeName(type)}` };
    case "encloser":
    case "next-closer":
      return { proof: "encloser-matched", sentence: `${shown} exists: it is the closest ancestor that can be shown` };
    case "name":
      return { proof: "type-missing", sentence: `${shown} exists and has ${types}, and no ${typeName(type)}` };
  }
}

function covered(role: Interest["role"], shown: string, between: string): Proves {
  switch (role) {
    case "wildcard":
      return { proof: "wildcard-covered", sentence: `there is no wildcard ${shown}: nothing is between ${between}` };
    case "next-closer":
      return { proof: "next-closer-covered", sentence: `${shown} does not exist: nothing is between ${between}` };
    case "cut":
      return {
        proof: "insecure-cut",
        sentence: `${shown} has no record of its own here: nothing is between ${between}`,
      };
    default:
      return { proof: "name-covered", sentence: `${shown} does not exist: nothing is between ${between}` };
  }
}

function otherSentence({ owner, type, rdata }: ProofRecord): string {
  const { bitmap } = type === RRType.NSEC ? readNsec(rdata) : readNsec3(rdata);
  return `${printName(owner)} has ${printTypes(bitmap)}, and nothing else`;
}

function printTypes(bitmap: Uint8Array): string {
  const types = parseTypeBitmap(bitmap) ?? [];
  return types.length === 0 ? "no types" : `only ${types.map(typeName).join(", ")}`;
}

/** Strictly between owner and next in canonical order; the last NSEC leads back to the apex. */
function covers(owner: Name, next: Name, name: Name, apex: Name): boolean {
  if (compareNames(owner, name) >= 0) return false;
  return nameEquals(next, apex) || compareNames(name, next) < 0;
}

function coversHash(hash: Uint8Array, next: Uint8Array, own: Uint8Array): boolean {
  const after = compareOctets(own, hash) > 0;
  const before = compareOctets(own, next) < 0;
  // The last one leads back to the first: everything above it and everything below the first.
  return compareOctets(next, hash) > 0 ? after && before : after || before;
}

function compareOctets(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
