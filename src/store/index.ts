/** What Countersign keeps on disk: tables in SQLite, images and signature tables as files. The door of the room. */
export { makeDirectory } from "./directory.ts";
export { StoreError, type StoreErrorCode } from "./errors.ts";
export type { ZoneFiles } from "./files.ts";
export { isId, newId } from "./ids.ts";
export type { ImageCopies, ImageCopy } from "./image-copies.ts";
export { DATABASE_FILE, openStore } from "./open.ts";
export type {
  AccountRow,
  AclRow,
  AlertDeliveryRow,
  AlertDestinationRow,
  AlertPolicyRow,
  AnalyticsRow,
  AuditRow,
  CatalogMemberRow,
  CatalogRow,
  DnssecRow,
  EventRow,
  IncomingRow,
  KeptAnswerRow,
  KeyRow,
  OutgoingRow,
  PeerRow,
  SessionRow,
  TimerRow,
  TokenRow,
  TransferRow,
  TransportRow,
  TsigRow,
  UserRow,
  VersionRow,
  ZoneRow,
} from "./rows.ts";
export type { SavableTable, SignatureFile } from "./signatures.ts";
export type {
  AccountTable,
  AclTable,
  AlertTable,
  AnalyticsTable,
  AuditEnd,
  AuditFilter,
  AuditTable,
  CatalogMemberTable,
  CatalogTable,
  DnssecTable,
  DocumentTable,
  EventTable,
  HistoryPage,
  IncomingTable,
  KeptAnswerTable,
  KeyTable,
  OutgoingTable,
  PeerTable,
  Sealer,
  SessionTable,
  SettingTable,
  Store,
  Tables,
  TimerTable,
  TokenTable,
  TransferTable,
  TransportTable,
  TsigTable,
  UserTable,
  VersionTable,
  ZoneTable,
} from "./store.ts";
export { AUDIT_KEPT } from "./tables/audit.ts";
export { EVENTS_KEPT, TRANSFERS_PER_ZONE } from "./tables/history.ts";
export type { ZoneRecord } from "./zone-record.ts";
