/** How a zone is: a word for lists, a sentence for its page, and what to do. */
import type { HealthCode, HealthLevel } from "#contract";

export const LEVELS: Readonly<Record<HealthLevel, string>> = {
  problem: "Problem",
  warning: "Warning",
  waiting: "Waiting",
  well: "Well",
};

export type HealthText = {
  /** In lists. */
  readonly word: string;
  /** Of the zone's page. */
  readonly sentence: string;
  /** What to do; none where there is nothing to do. */
  readonly todo?: string;
};

export const HEALTH: Readonly<Record<HealthCode, HealthText>> = {
  expired: {
    word: "Expired",
    sentence: "No primary has confirmed this zone for so long that it has expired: answers are withheld or stale.",
    todo: "Bring a primary back. Transfers shows what each one answered last.",
  },
  "ds-mismatch": {
    word: "DS does not match",
    sentence: "The DS at the parent fits no key of this zone, so validating resolvers refuse it.",
    todo: "Replace the DS at the registrar by the one shown under DS.",
  },
  "held-unserved": {
    word: "Held, not served",
    sentence: "Nothing is served yet. The zone came from the primary and is held back:",
    todo: "Look at what is wrong with it, then mend it at the primary or release it.",
  },
  held: {
    word: "New version held",
    sentence: "The last good version is served. The newest from the primary is held back:",
    todo: "Look at what changed, then mend it at the primary, or release or drop it.",
  },
  "signatures-ending": {
    word: "Signatures end soon",
    sentence: "Signatures that are served end within two days.",
    todo: "Where the primary signs, it has to sign anew and send a newer serial.",
  },
  "never-transferred": {
    word: "Never transferred",
    sentence: "No transfer of this zone has worked yet, so nothing is served.",
    todo: "Each attempt and its reason stand under Transfers.",
  },
  "no-primary": {
    word: "No primary",
    sentence: "No primary server is linked to this zone.",
    todo: "Go on with onboarding: say which server the zone comes from.",
  },
  unreachable: {
    word: "Primary unreachable",
    sentence: "No primary has answered for several rounds. What is here is served until it expires.",
    todo: "Is the primary running, and does a firewall let Countersign reach it?",
  },
  moved: {
    word: "Delegated elsewhere",
    sentence: "The parent no longer delegates this zone to Countersign's nameservers.",
    todo: "If that was not meant, put the nameservers back at the registrar.",
  },
  "check-failed": {
    word: "A check failed",
    sentence: "A primary did not answer as it should the last time it was asked. The zone is served.",
    todo: "It is asked again by itself; Transfers shows the reason.",
  },
  "primary-differs": {
    word: "Primaries differ",
    sentence: "One primary serves an older or another version than the rest.",
    todo: "Let that primary catch up, or unlink it.",
  },
  frozen: {
    word: "Frozen",
    sentence: "Transfers are stopped by order of an operator. What is here is served.",
    todo: "Thaw it under Transfers when changes may come again.",
  },
  "first-transfer": {
    word: "First transfer",
    sentence: "Waiting for the first transfer from the primary.",
  },
  "ds-wanted": {
    word: "DS missing",
    sentence: "The zone is signed and served. Resolvers do not check it yet, because the parent has no DS.",
    todo: "Add the DS at the registrar.",
  },
  "not-delegated": {
    word: "Not delegated yet",
    sentence: "The zone is served here, but the parent does not point to Countersign's nameservers yet.",
    todo: "Set the nameservers at the registrar.",
  },
  hidden: { word: "Not answered", sentence: "This zone is kept, but not answered for: it is a catalog, or left one." },
  well: { word: "Well", sentence: "All is well: the newest version is served." },
};

/** Where it is done. */
export const HEALTH_LINKS = {
  transfers: "See the transfers",
  held: "See what is held",
  ds: "Show the DS",
  onboard: "Go on with onboarding",
} as const;
