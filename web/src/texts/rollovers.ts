/** Rollovers of keys. What is waited for, and why, the server says. */
import type { Rollover, Rollovers } from "#contract";

type Words<K extends string> = Readonly<Record<K, string>>;
type Kind = Rollover["kind"];

const NAMES = { zsk: "zone signing key", ksk: "key signing key" } satisfies Words<Kind>;

export const ROLLOVERS = {
  title: "Rollovers",
  lead: "A new key takes an old one's place without a moment in which a resolver could refuse the zone.",
  failed: "The rollovers can't be shown",
  going: ({ kind, old_key_tag: was, new_key_tag: is }: Pick<Rollover, "kind" | "old_key_tag" | "new_key_tag">) =>
    `The ${NAMES[kind]} ${was} is rolled to ${is}`,
  emergency: "Emergency: no cache is waited for",
  states: { done: "Done", now: "Now", later: "Later" } satisfies Words<Rollover["steps"][number]["state"]>,
  until: "Waits until",
  begun: "Begun",
  ds: "DS for the registrar",
  atParent: (seen: boolean | null) =>
    seen === null
      ? "Not seen at all of the parent's name servers yet"
      : seen
        ? "All of the parent's name servers have it"
        : "The parent does not have it",
  schedule: "Zone signing key rolled by itself",
  days: (days: Rollovers["zsk_days_effective"]) => (days === null ? "only by order" : `after ${days} days`),
  next: "Next time",
  past: "Last rollover",
  pastText: (kind: Kind, was: number, is: number, end: Rollovers["past"][number]["end"]) =>
    `${NAMES[kind]} ${was} to ${is}: ${ENDS[end]}`,
  roll: { zsk: "Roll the ZSK", ksk: "Roll the KSK" } satisfies Words<Kind>,
  begin: {
    title: (kind: Kind) => `Roll the ${NAMES[kind]}?`,
    text: {
      zsk: "A new key is made and published. When no resolver can hold the old set of keys any more, it signs; when none can hold old signatures, the old key goes. Nothing is to be done by hand, and answers stay valid throughout. With other signers, they have to import the new key first.",
      ksk: "A new key is made, and both sign the set of keys. When no resolver can hold the old set any more, CDS and CDNSKEY ask the parent for the new DS. If the parent does not read them, the DS has to be changed at the registrar: it is shown here. The old key stays until the parent has changed over.",
    } satisfies Words<Kind>,
    action: "Begin",
  },
  cancel: "Cancel",
  cancelTitle: (kind: Kind) => `Cancel the rollover of the ${NAMES[kind]}?`,
  cancelText: "The new key is taken out again. Nothing was signed with it, so no answer changes.",
  cancelAction: "Take the new key out",
} as const;

const ENDS = {
  rolled: "done",
  cancelled: "cancelled",
  dropped: "ended with the zone's keys",
} satisfies Words<Rollovers["past"][number]["end"]>;
