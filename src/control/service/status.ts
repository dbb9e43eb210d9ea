/** Countersign's own view of a zone: modes, serials, peers, what is held and why, what to do next about DNSSEC. */
import {
  type DnssecDetails,
  type EventRow,
  type PeerStatus,
  printTime,
  type Readiness,
  type StatusService,
  type Transfer,
  type ZoneStatus,
} from "#contract";
import { denialOf, showKey, shownStatus } from "#keyplan";
import { printName } from "#name";
import { printSocketAddress } from "#net";
import { printRdata, RRType } from "#rdata";
import type { EventRow as StoredEvent, TransferRow } from "#store";
import { expiresAt } from "#transfer";
import type { Deps } from "../deps.ts";
import { type EventFeed, type Fed, MAX_FOLLOWERS } from "../event-feed.ts";
import { nextStep } from "../next-step.ts";
import { shownParent } from "../parent/seen-ds.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Registry, Unit } from "../registry.ts";
import type { RunningTransfer } from "../transfer-progress.ts";
import { askedEntryPoints, ownEntryPoints, servedDnskeys } from "../zone-keys.ts";
import { withUnit, withZone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";
import { unitHealth } from "./zone-list.ts";

export type StatusParts = {
  readonly registry: Registry;
  readonly book: PeerBook;
  readonly parentNote: (zoneId: string) => ParentNote | undefined;
  readonly readiness: () => Readiness;
  readonly feed: EventFeed;
  readonly deps: Deps;
};

export function makeStatusService(parts: StatusParts): StatusService {
  const { registry, deps } = parts;
  return {
    getZoneStatus: (zoneId) => withUnit(registry, zoneId, (unit) => done(zoneStatus(unit, parts))),
    listTransfers: (zoneId, query) =>
      withZone(registry, zoneId, async () => {
        await deps.attempts.flush();
        const { limit, before, outcome: outcomes, direction: directions, kind: kinds } = query;
        const rows = await deps.store.transfers.ofZone(zoneId, { limit, before, outcomes, directions, kinds });
        return done(rows.map(shownTransfer));
      }),
    async listEvents({ zone_id: zoneId, limit, before }) {
      if (zoneId !== undefined && !registry.find(zoneId)) return refused("zone.not-found", zoneId);
      await deps.events.flush();
      return done((await deps.store.events.list({ limit, before, zoneId })).map(shownEvent));
    },
    async followEvents({ zone_id: zoneId, after }, signal) {
      if (zoneId !== undefined && !registry.find(zoneId)) return refused("zone.not-found", zoneId);
      const fed = parts.feed.follow({ zoneId, after, quietMs: QUIET_MS, signal });
      return fed ? done(shownFeed(fed)) : refused("events.too-many-streams", String(MAX_FOLLOWERS));
    },
    readiness: parts.readiness,
  };
}

function zoneStatus(unit: Unit, parts: StatusParts): ZoneStatus {
  const { zone, refresher } = unit;
  const { state, note } = refresher;
  const { served, stored, held } = zone;
  const mode = served?.mode ?? zone.mode;
  const checks = Object.values(note.peers).flatMap((peer) => peer.checkedAt ?? []);
  const expires = expiresAt(state);
  return {
    id: zone.id,
    name: zone.name,
    mode,
    denial: served?.denial ?? (mode === "presigned" ? "primary" : "none"),
    serving: zone.hidden ? "hidden" : served ? (zone.expired ? "expired" : "serving") : "not-ready",
    health: unitHealth(unit, parts.deps, parts.deps.now()),
    phase: zone.doing ?? state.phase.kind,
    held: held
      ? { code: held.code, reason: held.text, serial: held.serial ?? null, since: printTime(held.since * 1000) }
      : null,
    transferring: transferring(refresher.progress?.running),
    frozen_time: timeOf(zone.frozenAt),
    serials: {
      notified: note.notifiedSerial,
      primary: note.primarySerial,
      stored: stored?.serial ?? null,
      served: served?.image.serial ?? null,
    },
    zonemd: served?.zonemd ?? null,
    generation: zone.generation,
    checked_time: timeOf(checks.length === 0 ? undefined : Math.max(...checks)),
    transferred_time: timeOf(stored?.transferredAt),
    next_check_time: secondsOf(state.planned?.at),
    expire_time: secondsOf(expires),
    peers: refresher.peerIds.map((id) => peerStatus(id, unit, parts)),
    image: served
      ? {
          names: served.image.nodeCount,
          rrsets: served.image.rrsetCount,
          records: served.image.recordCount,
          octets: 4 * served.image.end,
        }
      : null,
    dnssec: dnssecDetails(unit, parts),
  };
}

function transferring(running: RunningTransfer | undefined): ZoneStatus["transferring"] {
  if (!running) return null;
  const { peerId: peer_id, startedAt, ...rest } = running;
  return { peer_id, started_time: printTime(startedAt), ...rest };
}

function peerStatus(id: string, unit: Unit, parts: StatusParts): PeerStatus {
  const primary = parts.book.primary(id);
  const note = unit.refresher.note.peers[id];
  return {
    id,
    name: parts.book.find(id)?.name ?? "",
    address: primary ? printSocketAddress(primary.address) : "",
    checked_time: timeOf(note?.checkedAt ?? undefined),
    serial: note?.serial ?? null,
    check_error: note?.checkError ?? null,
    verdict: unit.refresher.state.views[id]?.verdict ?? null,
    reachable: !parts.deps.health.isDown(id),
    transferred_time: timeOf(note?.transferredAt ?? undefined),
    transfer_error: note?.transferError ?? null,
  };
}

function dnssecDetails(unit: Unit, parts: StatusParts): DnssecDetails {
  const { zone } = unit;
  const { crypto, settings } = parts.deps;
  const apex = printName(zone.apex);
  const { signing, expiration } = zone.served ?? {};
  const keys = askedEntryPoints(zone).map((key) => showKey(zone.apex, key, crypto));
  return {
    status: shownStatus(zone.status),
    ds: keys.map((key) => key.ds),
    own_ds: ownEntryPoints(zone).map((key) => showKey(zone.apex, key, crypto).ds),
    dnskeys: servedDnskeys(zone, crypto).map((rdata) => `${apex} 3600 IN DNSKEY ${printRdata(RRType.DNSKEY, rdata)}`),
    next_step: nextStep({
      name: zone.name,
      mode: zone.mode,
      denial: denialOf(zone.flags, zone.apex),
      status: zone.status,
      ds: keys[0]?.ds,
      held: zone.held,
      served: zone.served !== undefined,
      nameServers: settings().nameServers,
    }),
    parent: shownParent(parts.parentNote(zone.id)),
    signatures_expire_time: secondsOf(signing?.apex.expiration ?? expiration),
    resign_time: secondsOf(signing?.apex.resignAt),
  };
}

function shownTransfer(row: TransferRow): Transfer {
  return {
    id: row.id,
    zone_id: row.zoneId,
    direction: row.direction,
    peer_id: row.peerId,
    address: row.address,
    kind: row.kind,
    got: row.got,
    transport: row.transport,
    tls_identity: row.tlsIdentity,
    tsig_key: row.tsigKey,
    reason: row.reason,
    outcome: row.outcome,
    started_time: printTime(row.startedAt),
    finished_time: printTime(row.finishedAt),
    duration_seconds: (row.finishedAt - row.startedAt) / 1000,
    serial_before: row.serialBefore,
    serial_after: row.serialAfter,
    messages: row.messages,
    records: row.records,
    octets: row.octets,
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? row.errorCode },
    fallback:
      row.fallbackCode === null ? null : { code: row.fallbackCode, message: row.fallbackMessage ?? row.fallbackCode },
    repeats: row.repeats,
  };
}

/** Connections that say nothing for longer are cut by what stands between. */
const QUIET_MS = 15_000;

async function* shownFeed(fed: AsyncIterable<Fed>): AsyncGenerator<EventRow | "gap" | "quiet"> {
  for await (const each of fed) yield each.kind === "event" ? shownEvent(each.row) : each.kind;
}

function shownEvent(row: StoredEvent): EventRow {
  const { id, at, zoneId, level, code, message, detail } = row;
  return { id, time: printTime(at), zone_id: zoneId, level, code, message, detail: { ...detail } };
}

function timeOf(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : printTime(milliseconds);
}

function secondsOf(seconds: number | undefined): string | null {
  return seconds === undefined ? null : printTime(seconds * 1000);
}
