/** What is told, in the two forms: the JSON of a webhook, and a mail. Both carry a version or are for people. */
import { type AlertKind, printTime } from "#contract";

/** One alert, as it lies in the outbox. */
export type Letter = {
  readonly version: 1;
  readonly kind: AlertKind | "test";
  readonly zone: { readonly id: string; readonly name: string } | null;
  readonly event: {
    readonly code: string;
    readonly level: string;
    readonly message: string;
    /** Milliseconds since 1970. */
    readonly at: number;
    readonly detail: Readonly<Record<string, unknown>>;
  };
};

const MESSAGE_CHARACTERS = 2000;
/** A detail that is larger (findings of a validation) is left out: the API has it. */
const DETAIL_CHARACTERS = 8000;

/** Bounded: what it is made of may come from a primary. */
export function boundedLetter(letter: Letter): Letter {
  const { event } = letter;
  const detail = JSON.stringify(event.detail).length > DETAIL_CHARACTERS ? { omitted: true } : event.detail;
  return { ...letter, event: { ...event, message: event.message.slice(0, MESSAGE_CHARACTERS), detail } };
}

export function webhookBody(letter: Letter, deliveryId: string): string {
  const { version, kind, zone, event } = letter;
  const { code, level, message, at, detail } = event;
  return JSON.stringify({
    version,
    id: deliveryId,
    kind,
    test: kind === "test",
    zone,
    event: { code, level, message, time: printTime(at), detail },
  });
}

const SUBJECTS: Readonly<Record<Letter["kind"], string>> = {
  secondary_dns_all_primaries_failing: "all primaries are failing",
  secondary_dns_primaries_failing: "a primary is failing",
  secondary_dns_zone_successfully_updated: "updated",
  secondary_dns_warning: "warning",
  secondary_dns_zone_validation_warning: "DNSSEC validation warning",
  countersign_zone_expired: "expired",
  countersign_signature_horizon: "signatures run out",
  countersign_serial_backwards: "the serial went backwards",
  countersign_certificate_expiring: "a TLS certificate is near its end",
  countersign_trouble_over: "a trouble is over",
  test: "test of alerts",
};

/** What the operator does next, as the provider's alerts say it. */
const NEXT_STEPS: { readonly [K in Letter["kind"]]?: string } = {
  secondary_dns_all_primaries_failing:
    "Is the primary up and reachable on its port? Does its ACL let this server transfer? Are address, port and TSIG of the peer right?",
  secondary_dns_primaries_failing:
    "Is the primary up and reachable on its port? Does its ACL let this server transfer? Are address, port and TSIG of the peer right?",
  secondary_dns_zone_validation_warning:
    '"countersign zone held ZONE" shows the records that fail. Sign the zone anew at the primary.',
  secondary_dns_warning: '"countersign transfer status ZONE" and "countersign zone held ZONE" show more.',
  countersign_zone_expired: "The primaries have to answer again, or the zone has to be thawed.",
  countersign_signature_horizon: "The primary has to sign the zone anew, and its transfers have to arrive.",
  countersign_serial_backwards:
    'Raise the serial at the primary, or force a transfer ("countersign transfer now ZONE") if it is meant.',
};

export function mailSubject({ kind, zone }: Letter): string {
  return zone ? `[Countersign] ${zone.name}: ${SUBJECTS[kind]}` : `[Countersign] ${SUBJECTS[kind]}`;
}

export function mailText(letter: Letter, deliveryId: string): string {
  const { kind, zone, event } = letter;
  const lines = [
    event.message,
    "",
    ...(zone ? [`Zone   ${zone.name}`] : []),
    `Kind   ${kind}`,
    `Event  ${event.code} (${event.level})`,
    `Time   ${printTime(event.at)}`,
    `Id     ${deliveryId}`,
  ];
  const next = NEXT_STEPS[kind];
  return `${[...lines, ...(next ? ["", next] : [])].join("\n")}\n`;
}
