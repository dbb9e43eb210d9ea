/** The service of #contract, put together from its parts. */
import type { AlertService, ControlService, IdentityService, Readiness, RecordService } from "#contract";
import { type AnalyticsKeeper, makeAnalyticsService } from "../analytics/index.ts";
import { type CatalogBook, type CatalogKeeper, type CatalogProducer, makeCatalogService } from "../catalog/index.ts";
import type { ChainChecker } from "../chain-checker.ts";
import type { Deps } from "../deps.ts";
import type { EventFeed } from "../event-feed.ts";
import type { MultiSignerWatch } from "../multi-signer/index.ts";
import type { Outgoing } from "../outgoing/index.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Registry } from "../registry.ts";
import type { KeyKeeper } from "../rolling/keeper.ts";
import type { Zone } from "../zone.ts";
import { exportText } from "../zone-text.ts";
import { makeAuditService, makeRetryService } from "./audit.ts";
import { makeDnsSettingsService } from "./dns-settings.ts";
import { makeDnssecService } from "./dnssec.ts";
import { makeHeldService } from "./held.ts";
import { makeIncomingService } from "./incoming.ts";
import { makeInsightService } from "./insight.ts";
import { makeKeyService } from "./keys.ts";
import { makeMultiSignerService } from "./multi-signer.ts";
import { withZone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";
import { makeOutgoingService } from "./outgoing.ts";
import { makePeerService } from "./peers.ts";
import { findRecord, type PlainCounts, type RecordContext, recordSource } from "./records.ts";
import { makeRolloverService } from "./rollovers.ts";
import { makeSettingsService } from "./settings.ts";
import { makeStatusService } from "./status.ts";
import { makeTransportService } from "./transport.ts";
import { makeZoneListService } from "./zone-list.ts";
import { makeZoneService, type ZoneKeeper } from "./zones.ts";

export type ServiceParts = {
  readonly deps: Deps;
  readonly registry: Registry;
  readonly book: PeerBook;
  readonly outgoing: Outgoing;
  readonly keeper: ZoneKeeper;
  readonly catalogs: CatalogBook;
  readonly catalogKeeper: CatalogKeeper;
  readonly catalogProducer: CatalogProducer;
  readonly multiSigner: MultiSignerWatch;
  readonly keys: KeyKeeper;
  readonly parentNote: (zoneId: string) => ParentNote | undefined;
  readonly readiness: () => Readiness;
  readonly feed: EventFeed;
  readonly alerts: AlertService;
  readonly analytics: AnalyticsKeeper;
  readonly checker: ChainChecker;
  readonly identity: IdentityService;
  readonly peersChanged: () => Promise<void>;
  /** What is remembered of zones is on the disk. */
  readonly notesWritten: () => Promise<void>;
};

export function makeService(parts: ServiceParts): ControlService {
  const { deps, registry, book, keeper } = parts;
  const incoming = makeIncomingService(registry, book, deps);
  return {
    ...parts.identity,
    ...makeZoneService(registry, keeper, deps),
    ...makeZoneListService(registry, deps),
    ...makeDnssecService(registry, deps),
    ...makeKeyService(parts),
    ...makeRolloverService(parts),
    ...makeMultiSignerService(registry, parts.multiSigner),
    ...makePeerService(deps.store, parts.peersChanged),
    ...makeTransportService(deps.store, deps.certificates, parts.peersChanged),
    ...incoming,
    ...makeCatalogService({
      registry,
      peers: book,
      catalogs: parts.catalogs,
      keeper: parts.catalogKeeper,
      producer: parts.catalogProducer,
      hands: keeper,
      incoming,
      deps,
    }),
    ...makeOutgoingService(registry, book, parts.outgoing, deps),
    ...makeRecordService(registry),
    ...makeSettingsService(registry, deps),
    ...makeDnsSettingsService(registry, deps),
    ...makeAuditService(deps.store, (zoneId) => registry.find(zoneId)?.name, Date.now, deps.log),
    ...makeRetryService(deps.store, Date.now),
    ...makeHeldService(registry, parts.notesWritten, deps),
    ...makeInsightService(registry, parts.checker, deps),
    ...makeAnalyticsService(registry, parts.analytics, deps.now),
    ...parts.alerts,
    ...makeStatusService(parts),
  };
}

function makeRecordService(registry: Registry): RecordService {
  const plainCounts: PlainCounts = new WeakMap();
  return {
    openRecords: (zoneId, narrow) =>
      withZone(registry, zoneId, (zone) => {
        const context = contextOf(zone);
        return done(context ? recordSource(context, narrow, plainCounts) : { count: 0, *[Symbol.iterator]() {} });
      }),
    getRecord: (zoneId, recordId) =>
      withZone(registry, zoneId, (zone) => {
        const context = contextOf(zone);
        const record = context && findRecord(context, recordId);
        return record ? done(record) : refused("record.not-found", recordId);
      }),
    exportRecords: (zoneId) =>
      withZone(registry, zoneId, (zone) =>
        zone.stored ? done(exportText(zone.stored.image)) : refused("zone.not-loaded", zone.name),
      ),
  };
}

function contextOf(zone: Zone): RecordContext | undefined {
  const { stored, row, mode } = zone;
  if (!stored) return undefined;
  const { image, transferredAt } = stored;
  return { image, createdAt: row.createdAt, transferredAt, presigned: mode === "presigned" };
}
