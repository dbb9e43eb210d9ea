import { expect, test } from "vitest";
import { alertKindOf, type EventFacts } from "./kinds.ts";

const CASES: readonly (readonly [string, EventFacts["level"], string | undefined, string | undefined])[] = [
  ["refresh.all-failed", "error", undefined, "secondary_dns_all_primaries_failing"],
  ["refresh.peer-failed", "warning", undefined, "secondary_dns_primaries_failing"],
  ["transfer.taken", "info", undefined, "secondary_dns_zone_successfully_updated"],
  ["zone.held", "error", "dnssec.signature-bad", "secondary_dns_zone_validation_warning"],
  ["zone.held", "error", "zonemd.mismatch", "secondary_dns_zone_validation_warning"],
  ["zone.held", "error", "hook.refused", "secondary_dns_warning"],
  ["zone.suspicious", "warning", undefined, "secondary_dns_warning"],
  ["dnssec.suspicious", "warning", undefined, "secondary_dns_zone_validation_warning"],
  ["dnssec.signatures-expired", "error", undefined, "countersign_signature_horizon"],
  ["refresh.serial-backwards", "warning", undefined, "countersign_serial_backwards"],
  ["refresh.peer-lags", "warning", undefined, "secondary_dns_warning"],
  ["key.ds-due", "warning", undefined, "secondary_dns_zone_validation_warning"],
  ["key.roll-step", "info", undefined, undefined],
  ["outgoing.notify-failed", "warning", undefined, "secondary_dns_warning"],
  ["outgoing.serial-not-newer", "warning", undefined, "secondary_dns_warning"],
  ["outgoing.unsignable", "error", undefined, "secondary_dns_warning"],
  ["zone.expired", "error", undefined, "countersign_zone_expired"],
  ["tls.certificate-ending", "warning", undefined, "countersign_certificate_expiring"],
  ["zone.added", "info", undefined, undefined],
  // What is said about alerts themselves is never told by one: that would go on for ever.
  ["alert.undelivered", "warning", undefined, undefined],
  ["events.dropped", "error", undefined, undefined],
];

test.each(CASES)("%s (%s, %s) is %s", (code, level, reason, kind) => {
  expect(alertKindOf({ code, level, detail: reason === undefined ? {} : { reason } })).toBe(kind);
});
