/** The keys of a zone. */
import type { ZoneKey } from "#contract";

type Words<K extends string> = Readonly<Record<K, string>>;

export const KEYS = {
  title: "Keys",
  windowTitle: (zone: string) => `Keys of ${zone}`,
  lead: "Which keys the zone shows the world, what each signs, and what the parent has of them. Keys are made here and never leave; their public halves are below.",
  keys: "keys",
  failed: "The keys can't be shown",
  none: {
    unsigned: {
      title: "No keys",
      text: "The zone is served without DNSSEC. Choose Live signing, Pre-signed or Multi-signer under DNS settings.",
      action: "Go to the DNS settings",
    },
    waiting: { title: "No keys yet", text: "They show as soon as a version of the zone is served." },
  },
  groups: {
    ours: { title: "Our keys", lead: "Made here. Their private halves are kept sealed on this server." },
    primary: {
      title: "The primary's keys",
      lead: "They came with the transfer; another signer has their private halves.",
    },
  },
  roles: {
    ksk: "Key signing key (KSK)",
    zsk: "Zone signing key (ZSK)",
    csk: "Key for everything (CSK)",
  } satisfies Words<ZoneKey["role"]>,
  roleHints: {
    ksk: "Signs the set of keys. The parent's DS points at it.",
    zsk: "Signs the records of the zone.",
    csk: "Signs the set of keys and the records. The parent's DS points at it.",
  } satisfies Words<ZoneKey["role"]>,
  tag: (tag: number) => `Key tag ${tag}`,
  published: "Published",
  unpublished: "Not published",
  publishedHint: "It is in the DNSKEY set that is served.",
  signs: "Signs",
  signsWhat: { keys: "the set of keys", data: "the records" } satisfies Words<ZoneKey["signs"][number]>,
  standsBy: "nothing now: it stands by",
  signsElsewhere: "nothing that is served here: its owner signs with it",
  since: "Since",
  foreign: "not known: made elsewhere",
  algorithm: "Algorithm",
  flags: "Flags",
  signature: "Its signature is valid",
  window: (from: string, until: string) => `${from} to ${until}`,
  madeWhenAsked: "made when asked for",
  atParent: "DS at the parent",
  yes: "yes",
  no: "no",
  notAsked: "not asked yet",
  dnskey: "DNSKEY record",
  ds: "DS record",
  resign: "Set of keys signed again",
  expires: "First signature ends",
  windows: "Signatures",
} as const;
