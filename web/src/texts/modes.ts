/** The four modes of "DNSSEC with secondary DNS": name, what it means, for whom. */
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

export type ModeName = keyof typeof MODES;
