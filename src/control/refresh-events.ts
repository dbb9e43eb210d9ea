/** What the refresh machine reports, as events: changes and troubles, not every poll that found nothing. */
import type { RefreshReport } from "#transfer";
import type { Deps } from "./deps.ts";
import type { PeerBook } from "./peer-book.ts";
import { primaryText } from "./primary-client.ts";
import type { Zone } from "./zone.ts";

export function tellReport(report: RefreshReport, zone: Zone, book: PeerBook, deps: Deps): void {
  if (tellOfPeers(report, zone, book, deps)) return;
  const peer = "peer" in report ? report.peer : undefined;
  const primary = peer === undefined ? undefined : book.primary(peer);
  const who = primary ? primaryText(primary) : (peer ?? "");
  const about = { zoneId: zone.id, zone: zone.name };
  const { name } = zone;
  switch (report.kind) {
    case "installed": {
      const message = `${name}: serial ${report.serial} from ${who} is served, in place of ${report.was ?? "nothing"}`;
      const detail = { serial: report.serial, was: report.was, peer };
      deps.events.add({ ...about, level: "info", code: "transfer.taken", message, detail });
      return;
    }
    case "serial-backwards": {
      const order = report.undefinedOrder ? "neither newer nor older than" : "older than";
      const message = `${name}: ${who} has serial ${report.serial}, ${order} ours (${report.ours}): nothing is taken. If the primary means it, force a transfer`;
      const detail = { serial: report.serial, ours: report.ours, peer };
      deps.events.add({ ...about, level: "warning", code: "refresh.serial-backwards", message, detail });
      return;
    }
    case "peer-failed": {
      const what = report.step === "soa" ? "the SOA question" : "the transfer";
      const message = `${name}: ${what} to ${who} failed: ${report.text}`;
      const detail = { reason: report.code, peer, step: report.step };
      deps.events.add({ ...about, level: "warning", code: "refresh.peer-failed", message, detail });
      return;
    }
    case "all-failed": {
      const message = `${name}: no primary could be used; next try in ${report.retryAt - deps.now()} s`;
      const detail = { retryAt: report.retryAt, failures: report.failures };
      deps.events.add({ ...about, level: "error", code: "refresh.all-failed", message, detail });
      return;
    }
    case "well-again": {
      const { failedRounds } = report;
      const tries = failedRounds === 1 ? "one try" : `${failedRounds} tries`;
      const message = `${name}: all is well again by ${who}, after ${tries} that came to nothing`;
      deps.events.add({ ...about, level: "info", code: "refresh.recovered", message, detail: { peer, failedRounds } });
      return;
    }
    case "unconfirmed":
    case "peer-lags":
    case "peer-disagrees":
    case "peer-agrees":
    case "hint-unmet":
    case "newer":
    case "up-to-date":
    case "still-held":
    case "no-primaries":
    case "held":
      // Polls that found nothing are no events; a held version was told by the zone, with the reason.
      deps.log.debug({ zone: name, peer, report: report.kind }, "refresh");
  }
}

/** How primaries stand to each other. False: this report is about something else. */
function tellOfPeers(report: RefreshReport, zone: Zone, book: PeerBook, deps: Deps): boolean {
  const peer = "peer" in report ? report.peer : undefined;
  const primary = peer === undefined ? undefined : book.primary(peer);
  const who = primary ? primaryText(primary) : (peer ?? "");
  const about = { zoneId: zone.id, zone: zone.name };
  const { name } = zone;
  switch (report.kind) {
    case "unconfirmed": {
      if (report.known) return false;
      const silent = report.failures.length > 0 ? `, ${report.failures.length} did not answer well` : "";
      const message = `${name}: no primary confirms what is served: those that answered have an older serial${silent}; next try in ${report.retryAt - deps.now()} s`;
      const detail = { retryAt: report.retryAt, failures: report.failures };
      deps.events.add({ ...about, level: "warning", code: "refresh.unconfirmed", message, detail });
      return true;
    }
    case "peer-lags": {
      const message = `${name}: ${who} lags: it serves serial ${report.serial}, another primary gave us ${report.ours}`;
      const detail = { serial: report.serial, ours: report.ours, peer };
      deps.events.add({ ...about, level: "warning", code: "refresh.peer-lags", message, detail });
      return true;
    }
    case "peer-disagrees": {
      const what = report.about === "soa" ? "with another SOA" : "with other signatures, not newer than ours";
      const message = `${name}: ${who} disagrees with the other primaries: it serves serial ${report.serial} too, but ${what}`;
      const detail = { serial: report.serial, about: report.about, peer };
      deps.events.add({ ...about, level: "warning", code: "refresh.peer-disagrees", message, detail });
      return true;
    }
    case "peer-agrees": {
      const message = `${name}: ${who} serves what is expected again, serial ${report.serial}`;
      deps.events.add({ ...about, level: "info", code: "refresh.peer-agrees", message, detail: { peer } });
      return true;
    }
    case "hint-unmet": {
      const message = `${name}: serial ${report.serial} was announced; asked ${report.asked + 1} times, no primary gives it`;
      const detail = { serial: report.serial };
      deps.events.add({ ...about, level: "warning", code: "refresh.notify-unmet", message, detail });
      return true;
    }
    default:
      return false;
  }
}

export function tellExpired(expired: boolean, zone: Zone, deps: Deps): void {
  const { id: zoneId, name } = zone;
  const frozen = zone.frozenAt !== undefined;
  const message = expired
    ? `${name}: expired: ${frozen ? "its transfers are frozen" : "no primary could be reached"} for longer than the SOA's EXPIRE`
    : `${name}: no longer expired`;
  const [level, code] = expired ? (["error", "zone.expired"] as const) : (["info", "zone.current"] as const);
  deps.events.add({ zoneId, zone: name, level, code, message });
}
