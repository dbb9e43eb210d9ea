/** To whom a zone is given out, and how that goes. */
import {
  MAX_PEERS_OF_ZONE,
  type Outcome,
  type OutgoingDetails,
  type OutgoingService,
  type Outgoing as OutgoingView,
  type OutgoingWrite,
  printTime,
} from "#contract";
import { nameEquals, readName } from "#name";
import { printSocketAddress } from "#net";
import type { OutgoingRow } from "#store";
import type { Deps } from "../deps.ts";
import type { Outgoing } from "../outgoing/index.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Registry } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { withZoneAlone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";

type Configured = <T>(
  zoneId: string,
  use: (zone: Zone, row: OutgoingRow) => Promise<Outcome<T>> | Outcome<T>,
) => Promise<Outcome<T>>;

export function makeOutgoingService(
  registry: Registry,
  peers: PeerBook,
  outgoing: Outgoing,
  deps: Deps,
): OutgoingService {
  const configured: Configured = (zoneId, use) =>
    withZoneAlone(registry, zoneId, (zone) => {
      const row = outgoing.book.find(zoneId);
      return row ? use(zone, row) : refused("outgoing.not-found", zone.name);
    });
  return {
    ...configurationCalls(registry, peers, outgoing, deps, configured),
    ...switchCalls(outgoing, deps, configured),
    getOutgoingDetails: (zoneId) =>
      configured(zoneId, async (zone, row) => done(await details(zone, row, outgoing, peers))),
    editOutgoing: (zoneId, edit) =>
      configured(zoneId, async (zone, row) => {
        const changed = { ...row, tlsOnly: edit.tls_only ?? row.tlsOnly, modifiedAt: deps.now() * 1000 };
        await outgoing.book.put(changed);
        return done(await details(zone, changed, outgoing, peers));
      }),
  };
}

type ConfigurationCalls = Pick<OutgoingService, "getOutgoing" | "createOutgoing" | "updateOutgoing" | "deleteOutgoing">;

function configurationCalls(
  registry: Registry,
  peers: PeerBook,
  outgoing: Outgoing,
  deps: Deps,
  configured: Configured,
): ConfigurationCalls {
  const { book } = outgoing;
  const write = async (zone: Zone, request: OutgoingWrite, before: OutgoingRow | undefined) => {
    const refusal = check(zone, request, peers);
    if (refusal) return refusal;
    const now = deps.now() * 1000;
    const row: OutgoingRow = {
      zoneId: zone.id,
      name: request.name,
      peers: [...new Set(request.peers)],
      enabled: before?.enabled ?? false,
      tlsOnly: before?.tlsOnly ?? false,
      createdAt: before?.createdAt ?? now,
      modifiedAt: now,
    };
    await book.put(row);
    outgoing.notes.keep(zone.id, row.peers);
    outgoing.published(zone);
    return done(await shown(zone, row, outgoing));
  };
  return {
    getOutgoing: (zoneId) => configured(zoneId, async (zone, row) => done(await shown(zone, row, outgoing))),
    createOutgoing: (zoneId, request) =>
      withZoneAlone(registry, zoneId, (zone) =>
        book.find(zoneId) ? refused("outgoing.exists", zone.name) : write(zone, request, undefined),
      ),
    updateOutgoing: (zoneId, request) => configured(zoneId, (zone, row) => write(zone, request, row)),
    deleteOutgoing: (zoneId) =>
      configured(zoneId, async (zone) => {
        await book.remove(zoneId);
        await outgoing.removed(zone);
        return done({ id: zoneId });
      }),
  };
}

type SwitchCalls = Pick<OutgoingService, "setOutgoing" | "outgoingStatus" | "forceNotify">;

function switchCalls(outgoing: Outgoing, deps: Deps, configured: Configured): SwitchCalls {
  const { book } = outgoing;
  return {
    setOutgoing: (zoneId, enabled) =>
      configured(zoneId, async (zone, row) => {
        await book.put({ ...row, enabled, modifiedAt: deps.now() * 1000 });
        if (enabled && !row.enabled) outgoing.enabled(zone);
        else if (enabled) outgoing.forceNotify(zone);
        else await outgoing.disabled(zone);
        return done(statusWord(enabled));
      }),
    outgoingStatus: (zoneId) => configured(zoneId, (_, row) => done(statusWord(row.enabled))),
    forceNotify: (zoneId) =>
      configured(zoneId, async (zone, row) => {
        if (!row.enabled) return refused("outgoing.disabled", zone.name);
        await outgoing.clearJournal(zone);
        outgoing.forceNotify(zone);
        return done(undefined);
      }),
  };
}

function check(zone: Zone, request: OutgoingWrite, peers: PeerBook): Outcome<never> | undefined {
  const name = readName(request.name);
  if (!name.ok || !nameEquals(name.value, zone.apex)) return refused("outgoing.name-mismatch", request.name, "/name");
  if (new Set(request.peers).size > MAX_PEERS_OF_ZONE) {
    return refused("outgoing.too-many-peers", String(MAX_PEERS_OF_ZONE), "/peers");
  }
  const rows = request.peers.map((id) => ({ id, row: peers.find(id) }));
  const unknown = rows.find(({ row }) => row?.accountId !== zone.row.accountId);
  if (unknown) return refused("outgoing.peer-unknown", unknown.id, "/peers");
  const without = rows.find(({ row }) => row?.tsigId === null);
  if (without && rows.some(({ row }) => row?.tsigId !== null)) {
    return refused("outgoing.tsig-mixed", without.row?.name, "/peers");
  }
  return undefined;
}

async function shown(zone: Zone, row: OutgoingRow, outgoing: Outgoing): Promise<OutgoingView> {
  const note = outgoing.notes.of(zone.id);
  const told = Object.values(note.peers).flatMap(({ notify }) => notify?.at ?? []);
  return {
    id: row.zoneId,
    name: row.name,
    peers: [...row.peers],
    soa_serial: zone.served?.image.serial ?? 0,
    checked_time: told.length === 0 ? null : printTime(Math.max(...told)),
    created_time: printTime(row.createdAt),
    last_transferred_time: note.lastTransferredAt === null ? null : printTime(note.lastTransferredAt),
  };
}

async function details(zone: Zone, row: OutgoingRow, outgoing: Outgoing, peers: PeerBook): Promise<OutgoingDetails> {
  return {
    id: zone.id,
    status: statusWord(row.enabled),
    tls_only: row.tlsOnly,
    serials: { primary: zone.served?.from.serial ?? null, served: zone.served?.image.serial ?? null },
    journal: [...outgoing.journalSerials(zone)],
    peers: row.peers.map((id) => {
      const primary = peers.primary(id);
      const { notify, transfer } = outgoing.notes.secondary(zone.id, id);
      return {
        id,
        name: peers.find(id)?.name ?? "",
        address: primary ? printSocketAddress(primary.address) : "",
        notify: notify && {
          serial: notify.serial,
          outcome: notify.outcome,
          attempts: notify.attempts,
          time: printTime(notify.at),
          error: notify.error,
        },
        transfer: transfer && {
          kind: transfer.kind,
          serial: transfer.serial,
          time: printTime(transfer.at),
          messages: transfer.messages,
          records: transfer.records,
          octets: transfer.octets,
          complete: transfer.complete,
        },
      };
    }),
  };
}

function statusWord(enabled: boolean): "Enabled" | "Disabled" {
  return enabled ? "Enabled" : "Disabled";
}
