/** Catalog zones: zones that come and go by themselves. */
import type { Catalog, CatalogMember } from "#contract";
import { count } from "./common.ts";

export const CATALOGS = {
  title: "Catalogs",
  lead: "Lists of zones that a primary keeps: a zone that is added there appears here by itself, one that is removed goes.",
  add: "Add a catalog",
  edit: (name: string) => `Change ${name}`,
  failed: "The catalogs could not be listed",
  notSaved: "The catalog was not saved",
  none: {
    title: "No catalogs yet",
    text: "With many zones, or many that come and go, you need not add each one here. A catalog is a zone at your primary that lists its other zones (RFC 9432). Countersign fetches it and adds, sets up and takes away the zones in it. Knot DNS and PowerDNS keep such a list by themselves; for BIND and NSD it is a zone that a script writes. Countersign can also make one, for secondaries of your own.",
  },
  columns: { name: "Catalog", role: "Zones", state: "State", members: "Members", kept: "Kept", refused: "Refused" },
  roles: { consumer: "taken from a primary", producer: "made here, for secondaries" } satisfies Record<
    Catalog["role"],
    string
  >,
  states: { waiting: "Waiting", applying: "Being applied", applied: "In force", broken: "Broken" } satisfies Record<
    Catalog["state"],
    string
  >,
  fields: {
    role: "What it does",
    roles: {
      consumer: { name: "Take zones from a primary", means: "The primary has the catalog; its zones are added here." },
      producer: {
        name: "Make a catalog here",
        means: "Of the zones that Countersign gives out, so that your own secondaries follow by themselves.",
      },
    },
    name: "Name of the catalog zone",
    nameHint: "As the primary has it, such as catalog.example.",
    newNameHint: "Any name that is no zone of yours, such as fleet.example. It is never answered for.",
    peers: "Primaries",
    peersHint: "The catalog comes from them, and its zones too.",
    noPeers: "There are no peers yet: add the primary under Peers first.",
    allowed: "Only zones at or below these names",
    allowedHint:
      "One a line. Others are refused, so that a mistake or an intruder at the primary adds nothing strange. Empty: any.",
    grace: "Keep zones that left for (days)",
    graceHint:
      "They are not answered for any more, and come back whole, with their keys, if the catalog names them again.",
    most: "Members at most",
    mostHint: "A catalog with more is not applied at all.",
    mode: "Signing",
    denial: "Missing names",
    defaults: "How zones are set up when they come",
    groups: "Groups that are set up otherwise",
    groupsHint: "A catalog can put its zones in groups. The first group of this table that a zone is in counts.",
    group: "Group",
    groupPeers: "Primaries of their own",
    groupPeersHint: "None: the catalog's.",
    addGroup: "Add a group",
    removeGroup: (name: string) => `Remove the group ${name}`,
    applyNow: "Put all this in force for the zones that are there already",
    applyNowHint: "Otherwise they keep what they have until their group changes.",
  },
  denials: { compact: "Compact (RFC 9824)", chain: "NSEC chain", nsec3: "NSEC3" },
  giveUp: {
    question: (name: string) => `Give up ${name}?`,
    action: "Give it up",
    what: "What becomes of its zones",
    keep: {
      name: "They stay, as ordinary zones",
      means: "They are served on, and no longer come and go by themselves.",
    },
    remove: {
      name: "They are deleted",
      means: "With their keys: signed domains whose DS is at the parent stop working.",
    },
    kept: "Zones that left the catalog and are kept for a while are deleted in any case.",
    producer: "Secondaries that follow it find it gone. The zones themselves stay as they are.",
    done: (name: string) => `${name} is given up.`,
  },
} as const;

export const CATALOG = {
  failed: "The catalog can't be shown",
  all: "All catalogs",
  change: "Change the settings",
  giveUp: "Give it up",
  transfers: "Its transfers",
  records: "What is in it",
  give: "Give it out",
  broken: (name: string) => `${name} is broken: its newest version is not applied`,
  brokenAdvice: "The last good state holds: nothing was added or taken away. Mend the catalog at the primary.",
  waiting: "Nothing was transferred yet. Its transfers say why.",
  waitingProducer: "It is made when the first zone is given out.",
  facts: {
    title: "How it stands",
    role: "Zones are",
    state: "State",
    applied: "In force since",
    version: "In force",
    serial: (serial: number) => `serial ${serial}`,
    peers: "From",
    nobody: "no primary is linked",
    allowed: "Only names below",
    any: "any name",
    grace: "Zones that left are kept",
    most: "At most",
    created: "Added",
  },
  setUp: {
    title: "How zones are set up",
    otherwise: "all others",
    columns: { group: "Group", mode: "Signing", denial: "Missing names", peers: "Primaries" },
    ofCatalog: "the catalog's",
  },
  members: {
    title: "Zones in it",
    filter: "Which ones",
    filters: { all: "All", member: "Served", kept: "Kept", refused: "Refused" },
    found: (total: number) => count(total, "zone"),
    columns: { name: "Zone", state: "State", groups: "Groups", why: "Why, until when" },
    states: { member: "Served", kept: "Left, kept", refused: "Refused" } satisfies Record<
      CatalogMember["state"],
      string
    >,
    goes: "goes",
    noGroup: "none",
    failed: "The zones can't be listed",
    none: {
      title: "No zones in it yet",
      consumer: "What the primary adds to the catalog appears here by itself.",
      producer: "Give zones out on their Transfers pages: they become members by themselves.",
    },
    noneFound: "No zone of this kind.",
    aboutKept:
      "A zone that left the catalog comes back whole, with its keys, when the catalog names it again. To have it gone before its time, delete it here.",
    aboutRefused: "Refused zones are named by the catalog and were left alone; the reason stands beside each.",
    deleteNow: "Delete now",
    deleteOne: (name: string) => `Delete now: ${name}`,
    deleting:
      "Its keys and records go for good. If the parent still has a DS of its key, the domain stops working for everybody who validates.",
    typed: (name: string) => `Type ${name} to confirm`,
  },
} as const;

const DAY = 86_400;

/** `30 days`; of less than a day in hours. */
export function printGrace(seconds: number): string {
  return seconds >= DAY || seconds === 0
    ? count(Math.round(seconds / DAY), "day")
    : count(Math.ceil(seconds / 3600), "hour");
}
