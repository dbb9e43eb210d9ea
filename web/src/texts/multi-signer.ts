/** The guide to a zone that several providers sign. The steps' own words come from the server, which sees what is done. */
import type { MultiSigner } from "#contract";

type State = MultiSigner["joining"][number]["state"];

export const MULTI_SIGNER = {
  title: "Multi-signer",
  windowTitle: (zone: string) => `Multi-signer guide of ${zone}`,
  lead: "Two providers answer for the zone and each signs with its own keys (RFC 8901). Each has to publish the other's zone signing key before resolvers meet both. Every step below is what this server really sees.",
  failed: "The guide can't be shown",
  guide: "guide",
  notThisMode: {
    title: "The zone is not in multi-signer mode",
    text: "The guide shows what is there already. Choose Multi-signer under DNS settings to go on.",
    action: "Go to the DNS settings",
  },
  complete: "Complete: both providers sign, publish each other's keys, and are known to the parent.",
  progress: (done: number, all: number) => `${done} of ${all} steps are done.`,
  joining: "Setting it up",
  leaving: "Leaving again",
  leavingLead:
    "The way back, in the order that breaks nothing: who goes stops being asked first, and takes the keys out last. Choose who leaves to see the steps.",
  who: "Who leaves?",
  whoWords: { no: "Nobody", we: "We", partner: "The partner" },
  states: { done: "Done", todo: "To do", waiting: "Waiting", later: "Later", unknown: "Not known" } satisfies Readonly<
    Record<State, string>
  >,
  until: (time: string) => `until ${time}`,
  handOver: (tag: number) => `Our zone signing key ${tag}, to hand over to the partner`,
  handOverHint: "One DNSKEY record, flags 256. The partner adds it to the zone's DNSKEY set; it is public.",
  keys: {
    title: "Keys of all signers",
    whose: "Whose",
    key: "Key",
    served: "Published here",
    transferred: "Published by the partner",
    ours: "ours",
    partner: "the partner's",
    notNeeded: "not needed",
    roles: { ksk: "KSK", zsk: "ZSK" },
    none: "No key yet.",
  },
  ds: {
    title: "DS at the parent",
    atParent: "At the parent",
    record: "DS record",
    none: "No key yet that a DS is made of.",
  },
  strange: "The parent has a DS of no key that is known here",
  names: {
    title: "Name servers",
    name: "Name",
    inZone: "In the zone",
    atParent: "At the parent",
    none: "None are known.",
  },
  yes: "yes",
  no: "no",
  unknown: "not known",
  parent: "Parent last asked",
  look: "Look at the parent now",
  looking: "The parent is being asked.",
  parentFailed: "The parent could not be asked",
} as const;
