/** Rollovers of keys, for who never did one. What is waited for, and why, the server says; what there is to do, and where, stands here. */
import type { Rollover, Rollovers } from "#contract";

type Words<K extends string> = Readonly<Record<K, string>>;
type Kind = Rollover["kind"];
type Step = Rollover["step"];

const NAMES = { zsk: "zone signing key", ksk: "key signing key" } satisfies Words<Kind>;

const LEAVE_DS = "It goes on by itself. At the registrar everything stays as it is.";
const LEAVE_OLD_DS =
  "It goes on by itself. At the registrar the DS of the old key stays as it is: entered now, that of the new one could break the zone.";

export const ROLLOVERS = {
  title: "Rollovers",
  lead: "A new key takes an old one's place without a moment in which a resolver could refuse the zone.",
  failed: "The rollovers can't be shown",
  going: ({ kind, old_key_tag: was, new_key_tag: is }: Pick<Rollover, "kind" | "old_key_tag" | "new_key_tag">) =>
    `The ${NAMES[kind]} ${was} is rolled to ${is}`,
  steps: (kind: Kind) => `Steps of the rollover of the ${NAMES[kind]}`,
  emergency: "Emergency: no cache is waited for",
  automatic: "Begun by itself, for the key's age",
  states: { done: "Done", now: "Now", later: "Later" } satisfies Words<Rollover["steps"][number]["state"]>,
  waits: "Wait still owed",
  waitsOf: (relative: string, exact: string) => `ends ${relative}, on ${exact}`,
  wholeWait: (duration: string) => `${duration} in all`,
  noEnd: "As long as it takes: something has to be seen, whenever that is.",
  begun: "Begun",
  stepBegun: "This step since",
  todo: "To do now",
  nothing: "Nothing to do",
  /** What there is to do, and where, while a step goes on. */
  help: {
    zsk: {
      publishing: LEAVE_DS,
      partners:
        "Give the new key to the other providers that sign this zone. Each of them imports it under its own DNSSEC settings, and this step ends by itself when it shows in what they sign. At the registrar everything stays as it is.",
      "keys-wait": LEAVE_DS,
      switching: LEAVE_DS,
      "signatures-wait": LEAVE_DS,
      parent: LEAVE_DS,
      "ds-wait": LEAVE_DS,
    },
    ksk: {
      publishing: LEAVE_OLD_DS,
      partners: LEAVE_OLD_DS,
      "keys-wait": LEAVE_OLD_DS,
      switching: LEAVE_OLD_DS,
      "signatures-wait": LEAVE_OLD_DS,
      parent:
        "Some registries, such as those of .ch, .cz, .se, read the new DS from here within a day or so: then nothing is to be done. If yours does not, enter it by hand:",
      "ds-wait": "It goes on by itself. At the registrar the DS of the new key stays, alone.",
    },
  } satisfies Readonly<Record<Kind, Words<Step>>>,
  /** In place of the DS itself in the server's sentence: it stands below, with a button to copy it. */
  dsBelow: ", as below",
  leaving: "DNSSEC is being switched off. Nothing more is to be entered at the registrar.",
  partner: {
    has: "has the new key",
    lacks: "does not have the new key yet",
    silent: (error: string | null) => (error === null ? "gave no answer" : `gave no answer: ${error}`),
  },
  atRegistrar: (was: number, is: number): readonly string[] => [
    "Sign in where the domain is registered, and find “DNSSEC” or “DS records” there.",
    `Add the DS of key ${is}, the one below.`,
    `Take out the DS of key ${was}. Should the form hold one alone, write the new one over it: both keys are good at present.`,
    "Come back here. The mark appears by itself when the parent has changed over; that may take a day.",
  ],
  newKey: "The new key, for the other providers",
  guide: "Go to the guide to multi-signer",
  ds: "DS for the registrar",
  dsOf: (tag: number) => `DS of the new key ${tag}`,
  allFields: "Field by field, for your registrar's form",
  atParent: (seen: boolean | null) =>
    seen === null
      ? "Not seen at all of the parent's name servers yet"
      : seen
        ? "All of the parent's name servers have it"
        : "The parent does not have it",
  schedule: {
    zsk: "Zone signing key (ZSK)",
    ksk: "Key signing key (KSK)",
  } satisfies Words<Kind>,
  days: (days: Rollovers["zsk_days_effective"]) =>
    days === null ? "rolled only by order" : `rolled by itself after ${days} days`,
  next: "next",
  past: "Rollovers that are over",
  columns: { key: "Key", change: "From and to", begun: "Begun", ended: "Over", end: "How" },
  kinds: { zsk: "ZSK", ksk: "KSK" } satisfies Words<Kind>,
  change: (was: number, is: number) => `${was} to ${is}`,
  ends: {
    rolled: "Done",
    cancelled: "Cancelled",
    dropped: "Ended with the zone's keys",
  } satisfies Words<Rollovers["past"][number]["end"]>,
  roll: { zsk: "Roll the ZSK", ksk: "Roll the KSK" } satisfies Words<Kind>,
  begin: {
    title: (kind: Kind) => `Roll the ${NAMES[kind]}?`,
    text: {
      zsk: "A new key is made and published. When no resolver can hold the old set of keys any more, it signs; when none can hold old signatures, the old key goes. Nothing is to be done by hand, and answers stay valid throughout. With other signers, they have to import the new key first.",
      ksk: "A new key is made, and both sign the set of keys. When no resolver can hold the old set any more, CDS and CDNSKEY ask the parent for the new DS. If the parent does not read them, the DS has to be changed at the registrar: it is shown here, with what to do, when its time has come. The old key stays until the parent has changed over.",
    } satisfies Words<Kind>,
    action: "Begin",
    emergency: "It is an emergency: somebody else may have the old key",
    emergencyHint: {
      zsk: "The waits for caches are left out. Resolvers that still hold the old set of keys can't validate answers until their copy runs out, as long as the TTL of the keys, which is an hour as a rule.",
      ksk: "The waits for caches are left out. Change the DS at the registrar at once: the old key stays as long as the parent's DS points at it, and whoever has it can sign in the zone's name until then.",
    } satisfies Words<Kind>,
    emergencyAction: "Begin, and wait for no cache",
  },
  hurry: {
    action: "Go on without waiting",
    title: (kind: Kind) => `Make the rollover of the ${NAMES[kind]} an emergency?`,
    confirm: "Wait for no cache from now on",
  },
  cancel: "Cancel the rollover",
  cancelTitle: (kind: Kind) => `Cancel the rollover of the ${NAMES[kind]}?`,
  cancelText: "The new key is taken out again. Nothing was signed with it, so no answer changes.",
  cancelAction: "Take the new key out",
  plan: {
    action: { zsk: "Schedule of the ZSK", ksk: "Schedule of the KSK" } satisfies Words<Kind>,
    title: {
      zsk: "When the zone signing key is rolled by itself",
      ksk: "When the key signing key is rolled by itself",
    } satisfies Words<Kind>,
    text: {
      zsk: "Its rollovers need nobody: they can be left to themselves. A key is rolled when it has signed for so many days.",
      ksk: "Each of its rollovers needs the parent to take a new DS. Choose days where the parent does so by itself, or where somebody is there to change the DS at the registrar; else leave it to be ordered.",
    } satisfies Words<Kind>,
    choices: {
      default: "As this server does for every zone",
      days: "After a number of days of its own",
      never: "Never: only when somebody orders it here",
    },
    days: "Days",
    daysHint: {
      zsk: "90 is usual; from 1 to 3650.",
      ksk: "A year or more is usual; from 1 to 3650.",
    } satisfies Words<Kind>,
    saved: "The schedule is saved.",
    failed: "The schedule is not saved",
  },
} as const;
