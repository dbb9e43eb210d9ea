/** How a zone is, in one word: the first that fits of the contract's list, worst first. Pure, so that the list of all zones stays cheap. */
import { HEALTH_CODES, type HealthCode, type ZoneHealth } from "#contract";

export type HealthFacts = {
  readonly hidden: boolean;
  readonly served: boolean;
  readonly expired: boolean;
  readonly held: boolean;
  readonly frozen: boolean;
  /** Linked to the zone. */
  readonly primaries: number;
  /** Rounds in a row in which no primary said anything useful. */
  readonly failedRounds: number;
  /** Primaries whose last check or transfer failed. */
  readonly failing: number;
  /** A primary has an older version than another, than its own before, or other data under the same serial. */
  readonly differs: boolean;
  /** At the registry: another provider is delegated to. */
  readonly moved: boolean;
  readonly delegated: boolean;
  readonly dnssec: "active" | "pending" | "disabled" | "pending-disabled" | "error";
  /** Of the signatures served, the earliest; Unix seconds. */
  readonly signaturesEnd: number | undefined;
};

/** Signatures are made anew long before: what is nearer to its end than this is late. */
const ENDING_SECONDS = 2 * 86_400;
/** One lost round may be the network's. */
const ROUNDS_TO_WORRY = 3;

const TESTS: readonly (readonly [HealthCode, (facts: HealthFacts, now: number) => boolean])[] = [
  ["hidden", ({ hidden }) => hidden],
  ["expired", ({ served, expired }) => served && expired],
  ["ds-mismatch", ({ dnssec }) => dnssec === "error"],
  ["held-unserved", ({ held, served }) => held && !served],
  ["held", ({ held }) => held],
  [
    "signatures-ending",
    ({ signaturesEnd }, now) => signaturesEnd !== undefined && signaturesEnd < now + ENDING_SECONDS,
  ],
  ["no-primary", ({ primaries }) => primaries === 0],
  ["never-transferred", ({ served, failedRounds, failing }) => !served && (failedRounds > 0 || failing > 0)],
  ["unreachable", ({ failedRounds, frozen }) => !frozen && failedRounds >= ROUNDS_TO_WORRY],
  ["moved", ({ moved }) => moved],
  ["check-failed", ({ failedRounds, failing }) => failedRounds > 0 || failing > 0],
  ["primary-differs", ({ differs }) => differs],
  ["frozen", ({ frozen }) => frozen],
  ["first-transfer", ({ served }) => !served],
  ["ds-wanted", ({ dnssec }) => dnssec === "pending"],
  ["not-delegated", ({ delegated }) => !delegated],
];

/** `now`: Unix seconds. */
export function zoneHealth(facts: HealthFacts, now: number): ZoneHealth {
  const code = TESTS.find(([, fits]) => fits(facts, now))?.[0] ?? "well";
  return { code, level: HEALTH_CODES[code] };
}
