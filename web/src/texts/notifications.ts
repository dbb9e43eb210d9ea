/** Notifications: which happenings are told, and to whom. */
import type { AlertKind } from "#contract";

export const KINDS: Readonly<Record<AlertKind, string>> = {
  secondary_dns_all_primaries_failing: "All primaries of a zone fail",
  secondary_dns_primaries_failing: "One primary of a zone fails",
  secondary_dns_zone_successfully_updated: "A zone was updated",
  secondary_dns_warning: "A zone came with a warning",
  secondary_dns_zone_validation_warning: "A zone was held: it did not pass the checks",
  countersign_zone_expired: "A zone has expired, or will soon",
  countersign_signature_horizon: "Signatures will end soon",
  countersign_serial_backwards: "A primary went back to an older version",
  countersign_certificate_expiring: "A certificate will end soon",
  countersign_trouble_over: "A trouble is over: primaries answer well again",
};

export const NOTIFICATIONS = {
  title: "Notifications",
  lead: "Countersign tells you when something needs you: by mail, or by a call to a web address of yours (webhook).",
} as const;

export const POLICIES = {
  title: "What is told",
  lead: "Each entry names happenings and who hears of them.",
  add: "Add a notification",
  edit: (name: string) => `Change ${name}`,
  failed: "The notifications could not be listed",
  notSaved: "The notification was not saved",
  none: {
    title: "Nothing is told yet",
    text: "First add a destination below, then say what it should hear of. That all primaries of a zone fail is the most important.",
  },
  columns: { name: "Name", kinds: "When", destinations: "To", state: "State" },
  on: "On",
  off: "Off",
  fields: {
    name: "Name",
    kinds: "When",
    destinations: "To",
    window: "The same about the same zone once in so many minutes",
    enabled: "On",
  },
  noKinds: "Choose at least one happening.",
  noDestinations: "Choose at least one destination.",
  removing: "Nobody is told of these happenings by this entry any more. This can't be undone.",
} as const;

export const DESTINATIONS = {
  title: "Destinations",
  lead: "Where messages go.",
  add: "Add a destination",
  edit: (name: string) => `Change ${name}`,
  failed: "The destinations could not be listed",
  notSaved: "The destination was not saved",
  none: { title: "No destinations yet", text: "Add a mail address or a webhook that messages can be sent to." },
  columns: { name: "Name", kind: "By", to: "To", uses: "Used by" },
  kinds: { webhook: "Webhook", smtp: "Mail" },
  fields: {
    name: "Name",
    kind: "By",
    url: "Web address",
    urlHint: "Each message is sent there as JSON by POST, signed with the secret.",
    webhookSecret: "Secret for the signature",
    webhookSecretHint: "16 characters or more; the receiver checks messages by it.",
    host: "Mail server",
    port: "Port",
    security: "Protection of the connection",
    username: "User name, if the server wants one",
    password: "Password",
    from: "From",
    to: "To (one address a line)",
    keep: "Leave it empty to keep the one that is there.",
  },
  security: { starttls: "STARTTLS", tls: "TLS", none: "none (clear text)" },
  test: "Send a test",
  testOne: (name: string) => `Send a test to ${name}`,
  tested: (name: string) => `The test arrived at ${name}.`,
  testFailed: "The test did not arrive",
  removing: "Notifications that use it have to be changed first; the server refuses otherwise. This can't be undone.",
} as const;

export const DELIVERIES = {
  title: "Sent lately",
  lead: "What was told, and what is still being tried.",
  failed: "What was sent could not be listed",
  none: "Nothing has been sent yet.",
  columns: { when: "When", what: "What", to: "To", state: "State" },
  states: { waiting: "Waiting", delivered: "Arrived", failed: "Given up" },
  gone: "deleted",
} as const;
