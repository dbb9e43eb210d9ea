/** The four modes of "DNSSEC with secondary DNS": name, what it means, for whom. */
import type { ModeRefusal } from "#guide";

export const MODES = {
  unsigned: {
    name: "Unsigned",
    means: "The zone is served as it comes, without signatures.",
    fits: "For zones that need no DNSSEC, or while you get to know Countersign.",
    forbids: "Resolvers can't tell a forged answer from yours.",
  },
  live: {
    name: "Live signing",
    means: "Countersign makes the keys and signs answers as it gives them. Your primary needs no DNSSEC.",
    fits: "For a hidden primary: only Countersign's nameservers are delegated to.",
    forbids: "No other provider may answer for the zone: its answers would lack these signatures and be refused.",
  },
  presigned: {
    name: "Pre-signed",
    means: "Your primary signs. Countersign checks its signatures and serves them untouched.",
    fits: "For a primary that signs already, or when keys must stay in your hands.",
    forbids:
      "Countersign can't change a record, so record overrides are off. A transfer whose signatures are wrong is held.",
  },
  multisigner: {
    name: "Multi-signer",
    means: "Countersign and another provider both sign, each with its own keys, and know each other's (RFC 8901).",
    fits: "For two providers that both answer for the zone, or to move from one to the other without a gap.",
    forbids:
      "Each provider has to publish the other's key before either may sign alone. Pre-signed can't be on beside it.",
  },
} as const;

/** Why a mode can't be taken now, and the way round; codes of #guide. */
export const MODE_REFUSALS_TEXT: Readonly<Record<ModeRefusal, string>> = {
  "parent-has-ds":
    "The parent has a DS for this zone: unsigned, every validating resolver would refuse it. Switch DNSSEC off first, take the DS away at the registrar, and wait until it is gone.",
  "signer-changes":
    "The parent has a DS, and resolvers remember the present keys: answers signed by others would be refused. Go by multi-signer first, where both sets of keys are good.",
  "primary-lacks-our-zsk":
    "Resolvers know the primary's keys, and Countersign's is not among them: its signatures would be refused. Put Countersign's zone signing key (under Keys) into the DNSKEY set at the primary, wait for its TTL, then come back.",
  "parent-lacks-our-ds":
    "No DS at the parent fits Countersign's key: add it at the registrar (under DS), wait for the DS's TTL, then come back.",
  "parent-lacks-primarys-ds":
    "No DS at the parent fits a key of the primary: add the primary's DS at the registrar, wait for its TTL, then come back.",
};
