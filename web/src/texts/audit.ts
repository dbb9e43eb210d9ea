/** Who changed what, what happened by itself, and the settings of the account. */
import type { AuditEntry, EventRow } from "#contract";
import { actionWords } from "./audit-actions.ts";

const OUTCOMES: Readonly<Record<AuditEntry["outcome"], string>> = {
  done: "Done",
  refused: "Refused",
  unfinished: "Unfinished",
};

export const AUDIT = {
  title: "Audit",
  lead: "Who changed what here, from where, and how it was before. Secrets are never kept.",
  zoneLead: "Who changed this zone, from where, and how it was before.",
  windowTitle: (zone: string) => `Audit of ${zone}`,
  entries: "changes",
  failed: "The changes can't be shown",
  none: {
    title: "No changes yet",
    text: "Each change by the dashboard, the API or the command line is written down here.",
  },
  noneFound: "No change fits this filter.",
  filter: "Which changes",
  filters: { all: "All", done: "Done", refused: "Refused", unfinished: "Unfinished" },
  actor: "Who",
  actorHint: "User or token, in full",
  action: "What",
  actionHint: "peers, or peers.update",
  more: "Show older ones",
  export: "Download as JSON lines",
  exportFailed: "The changes could not be downloaded",
  outcomes: OUTCOMES,
  unfinishedText:
    "It was begun, and its end was never written: the server was stopped in between, or a fault hid what was done. Look at the resource.",
  sentence: (entry: AuditEntry): string =>
    `${entry.actor.name}: ${actionWords(entry.action)}${entry.zone?.name ? ` (${entry.zone.name})` : ""}`,
  fields: {
    who: "Who",
    kind: { token: "API token", user: "signed in at the dashboard", nobody: "not signed in" },
    from: "From",
    program: "Program",
    time: "When",
    action: "Operation",
    call: "Call",
    status: "Answer",
    resource: "Identifier",
    request: "Request",
    sent: "What was sent",
    before: "Before",
    after: "After",
    nothing: "nothing",
  },
} as const;

const LEVELS: Readonly<Record<EventRow["level"], string>> = { info: "Note", warning: "Warning", error: "Error" };

export const ACTIVITY = {
  title: "Activity",
  lead: "What happened, newest first: transfers, keys, the parent, warnings. It grows by itself.",
  events: "events",
  failed: "The events can't be shown",
  none: { title: "Nothing has happened yet", text: "Add a zone, and its transfers and checks appear here." },
  levels: LEVELS,
  more: "Show older ones",
  code: "Code",
  time: "When",
  detail: "Details",
  zone: "Zone",
  openZone: "Open the zone",
} as const;

export const ACCOUNT_SETTINGS = {
  title: "DNS settings",
  lead: "What new zones begin with. Records come from your primary servers, and so do most of these values.",
  failed: "The settings can't be shown",
  settings: "settings",
  defaults: "Defaults of new zones",
  defaultsLead:
    "Shown until the first transfer says otherwise; they can't be changed here, as every zone comes from a primary.",
  rows: {
    nameservers: "Nameservers",
    nameserversStandard: "the names from the server's configuration (nameServers)",
    multiProvider: "Other providers' nameservers beside ours",
    overrides: "Proxied records (secondary overrides)",
    nsTtl: "TTL of NS records",
    soaTtl: "TTL of SOA records",
    minTtl: "TTL of negative answers",
    yes: "allowed",
    no: "not offered",
    seconds: (count: number) => `${count} seconds`,
  },
  enforce: {
    label: "DNS only",
    hint: "Every record is served as the primary has it. This service does nothing else, whether this is on or off; tools may look for it.",
    saved: "Saved.",
    failed: "The setting could not be saved",
  },
} as const;
