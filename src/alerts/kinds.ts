/** Which kind of alert an event is; most are none. */
import type { AlertKind } from "#contract";

export type EventFacts = {
  readonly code: string;
  readonly level: "info" | "warning" | "error";
  readonly detail: Readonly<Record<string, unknown>>;
};

const KINDS: Readonly<Record<string, AlertKind>> = {
  "refresh.all-failed": "secondary_dns_all_primaries_failing",
  "refresh.peer-failed": "secondary_dns_primaries_failing",
  "transfer.taken": "secondary_dns_zone_successfully_updated",
  "refresh.serial-backwards": "countersign_serial_backwards",
  "refresh.recovered": "countersign_trouble_over",
  "refresh.peer-agrees": "countersign_trouble_over",
  "zone.current": "countersign_trouble_over",
  "zone.expired": "countersign_zone_expired",
  "dnssec.signature-horizon": "countersign_signature_horizon",
  "dnssec.signatures-expiring": "countersign_signature_horizon",
  "dnssec.signatures-expired": "countersign_signature_horizon",
};

export function alertKindOf({ code, level, detail }: EventFacts): AlertKind | undefined {
  const known = KINDS[code];
  if (known) return known;
  if (level === "info") return undefined;
  // Words of whoever looks at certificates: near their end, over, changed.
  if (code.startsWith("tls.certificate") || code.startsWith("certificate.")) return "countersign_certificate_expiring";
  if (code === "zone.held") return isValidation(detail["reason"]) ? VALIDATION : "secondary_dns_warning";
  // `key.`: a rollover that waits for somebody, the parent or another signer.
  if (/^(dnssec|zonemd|key)\./.test(code)) return VALIDATION;
  return /^(zone|refresh|transfer|outgoing|held|catalog)\./.test(code) ? "secondary_dns_warning" : undefined;
}

/** Two of one kind are alike when this is: a version that is held is not left untold because a primary lagged a minute before. */
export function whatOf({ code, detail }: EventFacts): string {
  // A peer fails in many ways, and is one peer.
  const keys = typeof detail["peer"] === "string" ? ["peer"] : ["reason", "whose", "spki"];
  const values = keys.flatMap((key) => (typeof detail[key] === "string" ? detail[key] : []));
  return [code, ...values].join(" ").slice(0, WHAT_CHARACTERS);
}

const WHAT_CHARACTERS = 500;

const VALIDATION: AlertKind = "secondary_dns_zone_validation_warning";

function isValidation(reason: unknown): boolean {
  return typeof reason === "string" && /^(dnssec|zonemd)\./.test(reason);
}
