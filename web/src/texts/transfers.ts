/** Transfers of a zone: in from its primaries, out to secondaries. */
import type { OutgoingDetails, PeerStatus, Transfer, ZoneStatus } from "#contract";
import { count, printNumber } from "./common.ts";

type Words<K extends string> = Readonly<Record<K, string>>;

const KINDS: Words<Transfer["kind"]> = {
  axfr: "the whole zone (AXFR)",
  ixfr: "what has changed (IXFR)",
  soa: "the serial (SOA)",
};

const REASONS: Words<Transfer["reason"]> = {
  start: "Countersign had started",
  timer: "it was time for a check",
  notify: "the primary said that there is a new version (NOTIFY)",
  operator: "somebody ordered it",
  retry: "the attempt before had failed",
  request: "the secondary asked",
};

export const TRANSFERS = {
  title: "Transfers",
  windowTitle: (zone: string) => `Transfers of ${zone}`,
  lead: "How the zone comes here from your primary servers, and who takes it from here.",
  failed: "The transfers can't be shown",
  transfers: "transfers",
  now: "Transfer now",
  nowDone: "A transfer has been ordered; it shows below.",
  nowFailed: "No transfer could be ordered",
  settings: "Transfer settings",
  freeze: {
    action: "Freeze transfers",
    title: (zone: string) => `Freeze the transfers of ${zone}?`,
    text: "Nothing is fetched until you thaw them: what is served stays as it is. NOTIFY is answered, but waits. The zone's time to expire runs on, and when it is over the zone is no longer answered for.",
    done: "Transfers are frozen.",
    failed: "The transfers could not be frozen",
  },
  thaw: { action: "Thaw transfers", done: "Transfers go on.", failed: "The transfers could not be thawed" },
  frozen: "Transfers are frozen",
  frozenText: (until: string | null) =>
    until === null
      ? "Nothing is fetched until you thaw them."
      : `Nothing is fetched until you thaw them. The zone expires ${until}.`,
  held: (serial: number | null) => `Version ${serial ?? "that came last"} is held back`,
  heldText: "The version before it is served on.",
  heldAction: "See what changed, and decide",
  state: {
    title: "Now",
    serving: {
      serving: "The zone is answered for.",
      "not-ready": "Nothing has been transferred yet: questions about the zone get SERVFAIL.",
      expired: "No primary was reached before the zone's time to expire was over.",
      hidden: "The zone is not answered for: it is a catalog, or left one.",
    } satisfies Words<ZoneStatus["serving"]>,
    phases: {
      idle: "At rest",
      asking: "Asking a primary for its serial",
      transferring: "Transferring",
      installing: "Making the new version ready",
    } as Words<string>,
    phase: "Doing",
    primary: "Serial at the primary",
    stored: "Serial stored here",
    served: "Serial served",
    checked: "Last check",
    transferred: "Last transfer",
    next: "Next check",
    withheld: (serial: number | null) => `none: ${serial ?? "what is here"} is withheld since the zone expired`,
    expires: "Expires without contact",
    expired: "Expired",
    none: "none yet",
  },
  progress: {
    title: (peer: string) => `Transferring from ${peer}`,
    soFar: (records: number, octets: number) => `${count(records, "record")} so far, ${printOctets(octets)}`,
    about: (percent: number) => `about ${percent} %, measured by the version before`,
    label: "Records transferred",
  },
  primaries: {
    title: "Primary servers",
    lead: "In the order in which they are asked, and what each last said.",
    none: "No primary server is linked: what is served stays as it is.",
    noneYet: "No primary server is linked yet, so nothing can come.",
    link: "Choose a primary server",
    reachable: "Answers",
    unreachable: "Does not answer",
    notAsked: "Not asked yet",
    refused: "Answers with an error",
    verdicts: {
      same: "has the version that is stored here",
      ahead: "has a newer version",
      lags: "has an older version than another primary",
      backwards: "has an older version than it had before",
      disagrees: "has other data under the same serial",
    } satisfies Words<NonNullable<PeerStatus["verdict"]>>,
    serial: (serial: number) => `Serial ${serial}`,
    checked: "Last asked",
    transferred: "Last transfer from it",
    checkFailed: "The check failed",
    transferFailed: "The transfer failed",
  },
  attempts: {
    title: "Every attempt",
    lead: "Newest first. Open one for all that is known of it.",
    none: { title: "No attempt yet", text: "As soon as a primary server is asked, it shows here." },
    noneFound: "No attempt is of that kind.",
    more: "Show more",
    filter: "Show",
    filters: { all: "All", in: "In", out: "Out", trouble: "Trouble" },
    repeats: (many: number) => `and ${count(many, "time")} more in the same way`,
    fields: {
      direction: "Direction",
      address: "Other side",
      asked: "Asked for",
      got: "Got",
      why: "Why",
      transport: "Transport",
      tsig: "TSIG key",
      tls: "Accepted as",
      started: "Began",
      finished: "Ended",
      took: "Took",
      serials: "Serials",
      size: "Size",
      fallback: "Why the whole zone was taken instead",
      error: "What went wrong",
      code: "Code",
      number: "Number",
    },
    directions: { in: "in, from a primary", out: "out, to a secondary" } satisfies Words<Transfer["direction"]>,
    transports: { udp: "UDP", tcp: "TCP, in the clear", tls: "TLS" } satisfies Words<Transfer["transport"]>,
    nothing: "nothing that could be used",
    noKey: "none: not signed",
    serials: (before: number | null, after: number | null) =>
      after === null ? String(before ?? "none") : `${before ?? "none"} → ${after}`,
    size: ({ messages, records, octets }: Pick<Transfer, "messages" | "records" | "octets">) =>
      `${count(records, "record")} in ${count(messages, "message")}, ${printOctets(octets)}`,
    took: (seconds: number) => (seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`),
    kind: (kind: Transfer["kind"]) => KINDS[kind],
    reason: (reason: Transfer["reason"]) => REASONS[reason],
  },
  outgoing: {
    title: "To secondaries",
    lead: "Other servers that take this zone from here.",
    failed: "The outgoing transfers can't be shown",
    notFound: "No server takes this zone from here.",
    setUp: "Give it out",
    setUpTitle: (zone: string) => `Give out ${zone}`,
    setUpText:
      "Choose the secondaries: peers of the account. They are notified of new versions and may transfer the zone. Without any, the account's ACLs alone say who may.",
    peers: "Secondaries",
    noPeers: "No secondary is linked: ACLs say who may transfer.",
    setUpAction: "Set up",
    edit: "Change secondaries",
    editTitle: "Secondaries of the zone",
    editAction: "Save",
    saved: "The secondaries are saved.",
    Enabled: "Given out",
    Disabled: "Not given out",
    enable: "Give out",
    disable: "Stop giving it out",
    notify: "Notify now",
    notified: "The secondaries are told that there is a new version; they take the whole zone.",
    changed: { Enabled: "The zone is given out.", Disabled: "The zone is no longer given out." } satisfies Words<
      OutgoingDetails["status"]
    >,
    changeFailed: "That did not change",
    serials: "Serial at the primary, and as secondaries know it",
    journal: "Changes kept (IXFR)",
    journalText: (serials: readonly number[]) =>
      serials.length === 0
        ? "none: each secondary takes the whole zone"
        : `from ${count(serials.length, "serial")}, the oldest ${serials[0]}`,
    tlsOnly: "Over TLS alone",
    yes: "yes",
    no: "no, in the clear too",
    notice: {
      waiting: "Told, no answer yet",
      taken: "Was told, and said so",
      failed: "Could not be told",
    },
    never: "Never told",
    transferOf: ({ kind, serial }: { readonly kind: string; readonly serial: number }) =>
      `took serial ${serial} (${kind.toUpperCase()})`,
    broken: "went away before the end",
    noTransfer: "has not transferred",
  },
} as const;

/** `Took serial 7 → 8 from ns1: what has changed (IXFR)`; the plain sentence of an attempt. */
export function attemptSentence(attempt: Transfer, who: string): string {
  const { direction, outcome, kind, got, serial_after: after } = attempt;
  const what = KINDS[got ?? kind];
  if (direction === "out") {
    return outcome === "sent"
      ? `${who} took serial ${after ?? "?"}: ${what}`
      : `${who} asked for ${KINDS[kind]} and did not get it`;
  }
  switch (outcome) {
    case "taken":
      return `Serial ${after ?? "?"} came from ${who}: ${what}`;
    case "unchanged":
      return `${who} has nothing newer`;
    case "held":
      return `Serial ${after ?? "?"} came from ${who} and is held back`;
    case "refused":
      return kind === "soa" ? `${who} did not say its serial` : `What ${who} answered was not accepted`;
    case "failed":
      return kind === "soa"
        ? `${who} was asked for its serial and did not answer`
        : `The transfer from ${who} broke off`;
    case "sent":
      return `${who}: ${what}`;
  }
}

export const OUTCOME_WORDS: Words<Transfer["outcome"]> = {
  taken: "Taken",
  unchanged: "Nothing new",
  held: "Held",
  refused: "Refused",
  failed: "Failed",
  sent: "Sent",
};

/** `1.2 MB`; units of a thousand. */
export function printOctets(octets: number): string {
  const units = ["octets", "kB", "MB", "GB"];
  let value = octets;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${printNumber(octets)} octets` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
