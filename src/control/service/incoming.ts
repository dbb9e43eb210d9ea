/** Where a zone is transferred from, and how often its primaries are asked. */
import {
  type Incoming,
  type IncomingService,
  type IncomingWrite,
  MAX_PEERS_OF_ZONE,
  type Outcome,
  printTime,
} from "#contract";
import { nameEquals, readName } from "#name";
import type { IncomingRow } from "#store";
import type { Deps } from "../deps.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Registry, Unit } from "../registry.ts";
import { withUnit } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";

/** Longest refresh interval that a timer of the API's type can hold. */
const MAX_REFRESH_SECONDS = 2_147_483_647;

export function makeIncomingService(registry: Registry, book: PeerBook, deps: Deps): IncomingService {
  const { incoming } = deps.store;
  /** For a zone that has a configuration already. */
  const configured = <T>(
    zoneId: string,
    use: (unit: Unit, row: IncomingRow) => Outcome<T> | Promise<Outcome<T>>,
  ): Promise<Outcome<T>> =>
    withUnit(registry, zoneId, async (unit) => {
      const row = await incoming.find(zoneId);
      return row ? use(unit, row) : refused("incoming.not-found", unit.zone.name);
    });
  const write = async (unit: Unit, request: IncomingWrite, before: IncomingRow | undefined) => {
    const refusal = check(unit, request, book, deps);
    if (refusal) return refusal;
    const now = deps.now() * 1000;
    const row: IncomingRow = {
      zoneId: unit.zone.id,
      name: request.name,
      peers: [...new Set(request.peers)],
      autoRefreshSeconds: request.auto_refresh_seconds,
      createdAt: before?.createdAt ?? now,
      modifiedAt: now,
    };
    await incoming.put(row);
    unit.refresher.configure(row.peers, row.autoRefreshSeconds);
    return done(shownIncoming(unit, row));
  };
  return {
    getIncoming: (zoneId) => configured(zoneId, (unit, row) => done(shownIncoming(unit, row))),
    createIncoming: (zoneId, request) =>
      withUnit(registry, zoneId, async (unit) =>
        (await incoming.find(zoneId)) ? refused("incoming.exists", unit.zone.name) : write(unit, request, undefined),
      ),
    updateIncoming: (zoneId, request) => configured(zoneId, (unit, before) => write(unit, request, before)),
    deleteIncoming: (zoneId) =>
      configured(zoneId, async ({ refresher }) => {
        await incoming.remove(zoneId);
        refresher.configure([], refresher.state.settings.autoRefreshSeconds);
        return done({ id: zoneId });
      }),
    forceAxfr: (zoneId) =>
      configured(zoneId, ({ zone, refresher }) => {
        if (!refresher.peerIds.some((id) => book.primary(id))) return refused("incoming.no-peers", zone.name);
        if (zone.frozenAt !== undefined) return refused("zone.frozen", zone.name);
        refresher.force();
        return done(undefined);
      }),
  };
}

function check(unit: Unit, request: IncomingWrite, book: PeerBook, deps: Deps): Outcome<never> | undefined {
  const name = readName(request.name);
  if (!name.ok || !nameEquals(name.value, unit.zone.apex)) {
    return refused("incoming.name-mismatch", request.name, "/name");
  }
  if (new Set(request.peers).size > MAX_PEERS_OF_ZONE) {
    return refused("incoming.too-many-peers", String(MAX_PEERS_OF_ZONE), "/peers");
  }
  const { accountId } = unit.zone.row;
  const unknown = request.peers.find((id) => book.find(id)?.accountId !== accountId);
  if (unknown !== undefined) return refused("incoming.peer-unknown", unknown, "/peers");
  const { minRefreshSeconds } = deps.settings();
  const { auto_refresh_seconds: seconds } = request;
  if (seconds < minRefreshSeconds || seconds > MAX_REFRESH_SECONDS) {
    const range = `${minRefreshSeconds} to ${MAX_REFRESH_SECONDS}`;
    return refused("incoming.refresh-out-of-range", range, "/auto_refresh_seconds");
  }
  return undefined;
}

function shownIncoming(unit: Unit, row: IncomingRow): Incoming {
  const checks = Object.values(unit.refresher.note.peers).flatMap((peer) => peer.checkedAt ?? []);
  return {
    id: row.zoneId,
    name: row.name,
    peers: [...row.peers],
    auto_refresh_seconds: row.autoRefreshSeconds,
    soa_serial: unit.zone.stored?.serial ?? 0,
    checked_time: checks.length === 0 ? null : printTime(Math.max(...checks)),
    created_time: printTime(row.createdAt),
    modified_time: printTime(row.modifiedAt),
  };
}
