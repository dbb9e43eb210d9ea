/**
 * Whether the records that came for something that is not there prove it (RFC 4035 section 5.4, RFC 5155 section 8, RFC 9824).
 *
 * ```
 * a name that is not there  NSEC: the name covered, and the wildcard       NSEC3: an encloser matched, the next closer and the wildcard covered
 *                           compact: one NSEC with NXNAME                  a wildcard answers: the name (or the next closer) covered
 * a type that is not there  NSEC or NSEC3 of the name, without the type
 * ```
 */
import { type Name, parentName } from "#name";
import { RRType, readNsec3 } from "#rdata";
import { readProofs } from "./proof.ts";
import type { Say } from "./say.ts";
import type { SignedSet } from "./signatures.ts";

export type DenialSeen = {
  readonly name: Name;
  readonly type: number;
  /** What was asked for: a name that is not there, or a type that a name does not have. */
  readonly kind: "name" | "type";
  /** A wildcard gave an answer. */
  readonly answered: boolean;
  /** NSEC and NSEC3 of the reply. */
  readonly sets: readonly SignedSet[];
};

const ADVICE = "transfer the zone anew: its chain of NSEC or NSEC3 is incomplete";

/** False: a resolver would refuse the reply. */
export function judgeDenial({ name, type, kind, answered, sets }: DenialSeen, apex: Name, say: Say): boolean {
  const what = kind === "name" ? "a name that does not exist" : "a type that does not exist";
  if (sets.length === 0) {
    say("error", "denial.missing", `for ${what} no proof comes`, ADVICE);
    return false;
  }
  const records = sets.flatMap((set) => set.rdatas.map((rdata) => ({ owner: set.owner, type: set.type, rdata })));
  const outcome = kind === "name" ? "nxdomain" : "nodata";
  const encloser = kind === "name" ? parentName(name) : name;
  const steps = [{ name, outcome, node: undefined, encloser, wildcard: false }] as const;
  const shown = new Set(
    readProofs(records, steps, type, apex).flatMap(({ proves }) => proves.map(({ proof }) => proof)),
  );
  const hashed = sets.some((set) => set.type === RRType.NSEC3);
  tellHashing(sets, say);
  if (shown.has(kind === "type" ? "type-missing" : "name-missing")) return true;
  const needed = hashed ? (["encloser-matched", "next-closer-covered"] as const) : (["name-covered"] as const);
  const proven =
    kind === "name" && (answered || shown.has("wildcard-covered")) && needed.every((one) => shown.has(one));
  if (proven || (answered && hashed && shown.has("next-closer-covered"))) return true;
  say("error", "denial.incomplete", `for ${what} the proof has a hole: resolvers refuse the answer`, ADVICE);
  return false;
}

/** RFC 9276: no iterations, no salt. */
function tellHashing(sets: readonly SignedSet[], say: Say): void {
  const set = sets.find(({ type }) => type === RRType.NSEC3);
  if (!set) return;
  const { iterations, salt } = readNsec3(set.rdatas[0]!);
  if (iterations > 0) {
    const sentence = `NSEC3 hashes ${iterations} more times than once: resolvers may take the zone for unsigned, or refuse it (RFC 9276)`;
    say("warning", "nsec3.iterations", sentence, "sign with 0 iterations");
  } else if (salt.length > 0) {
    say("info", "nsec3.salt", "NSEC3 has a salt, which helps nobody (RFC 9276)", "sign without a salt");
  }
}
