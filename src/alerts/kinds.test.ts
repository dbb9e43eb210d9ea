import { expect, test } from "vitest";
import { alertKindOf, type EventFacts, whatOf } from "./kinds.ts";

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

test("alike is what has one code, and one reason, peer or certificate; a peer's reasons do not count", () => {
  const what = (code: string, detail: Readonly<Record<string, unknown>>) => whatOf({ code, level: "warning", detail });
  expect(what("zone.held", { reason: "hook.refused", serial: 1 })).toBe(what("zone.held", { reason: "hook.refused" }));
  expect(what("zone.held", { reason: "zone.broken" })).not.toBe(what("zone.held", { reason: "hook.refused" }));
  expect(what("zone.suspicious", {})).not.toBe(what("refresh.peer-lags", {}));
  const failed = (peer: string, reason: string) => what("refresh.peer-failed", { peer, reason });
  expect(failed("a", "net.timeout")).toBe(failed("a", "net.refused"));
  expect(failed("a", "net.timeout")).not.toBe(failed("b", "net.timeout"));
  const ending = (whose: string, spki: string) => what("tls.certificate-ending", { whose, spki });
  expect(ending("here", "x")).not.toBe(ending("here", "y"));
  expect(ending("here", "x")).not.toBe(ending("of the peer a", "x"));
});
