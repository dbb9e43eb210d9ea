/**
 * The interface of the store: tables of rows, files of zones. SQLite now; PostgreSQL can come behind the same interface, so
 * everything is a promise although SQLite answers at once.
 *
 * A call returns when what it wrote is durable. `find` may miss; `list` gives everything in order of creation or of id.
 */
import type { ZoneFiles } from "./files.ts";
import type {
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
import type { ZoneRecord, ZoneRecordPage } from "./zone-record.ts";

export interface Store extends Tables {
  readonly files: ZoneFiles;
  /** What a start reads: everything of some zones, in order of id. Fewer than `limit`: there are no more. */
  zoneRecords(page: ZoneRecordPage): Promise<readonly ZoneRecord[]>;
  /** All of `work` or nothing. Use only the tables handed in: the store's own wait until the work is done. */
  atomically<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Tables {
  readonly accounts: AccountTable;
  readonly tokens: TokenTable;
  readonly users: UserTable;
  readonly sessions: SessionTable;
  readonly zones: ZoneTable;
  readonly dnssec: DnssecTable;
  readonly keys: KeyTable;
  readonly incoming: IncomingTable;
  readonly outgoing: OutgoingTable;
  readonly peers: PeerTable;
  readonly transports: TransportTable;
  readonly tsigs: TsigTable;
  readonly acls: AclTable;
  readonly versions: VersionTable;
  readonly catalogs: CatalogTable;
  readonly catalogMembers: CatalogMemberTable;
  readonly timers: TimerTable;
  readonly documents: DocumentTable;
  readonly settings: SettingTable;
  readonly transfers: TransferTable;
  readonly analytics: AnalyticsTable;
  readonly events: EventTable;
  readonly alerts: AlertTable;
  readonly audit: AuditTable;
  readonly keptAnswers: KeptAnswerTable;
}

export interface AccountTable {
  list(): Promise<readonly AccountRow[]>;
  find(id: string): Promise<AccountRow | undefined>;
  add(row: AccountRow): Promise<void>;
}

export interface TokenTable {
  list(): Promise<readonly TokenRow[]>;
  /** By the SHA-256 of the secret, hex. An index look-up on a digest gives away nothing that helps to find the secret. */
  findByHash(hash: string): Promise<TokenRow | undefined>;
  find(id: string): Promise<TokenRow | undefined>;
  /** New, or in place of the one with its id. */
  put(row: TokenRow): Promise<void>;
  used(id: string, at: number): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface UserTable {
  /** By e-mail address. */
  list(): Promise<readonly UserRow[]>;
  find(id: string): Promise<UserRow | undefined>;
  findByEmail(email: string): Promise<UserRow | undefined>;
  findBySubject(subject: string): Promise<UserRow | undefined>;
  put(row: UserRow): Promise<void>;
  /** His sessions and tokens go with him. */
  remove(id: string): Promise<void>;
}

export interface SessionTable {
  findByHash(hash: string): Promise<SessionRow | undefined>;
  find(id: string): Promise<SessionRow | undefined>;
  /** Newest use first. */
  listOf(owner: { readonly userId: string } | { readonly tokenId: string }): Promise<readonly SessionRow[]>;
  add(row: SessionRow): Promise<void>;
  used(id: string, at: number): Promise<void>;
  remove(id: string): Promise<void>;
  /** All of a user but one, when that is given. */
  removeOfUser(userId: string, exceptId?: string): Promise<void>;
  /** Those whose end has come, or that were not used since. */
  removeEnded(now: number, notUsedSince: number): Promise<void>;
}

export interface ZoneTable {
  list(): Promise<readonly ZoneRow[]>;
  find(id: string): Promise<ZoneRow | undefined>;
  findByName(name: string): Promise<ZoneRow | undefined>;
  count(): Promise<number>;
  add(row: ZoneRow): Promise<void>;
  update(id: string, change: Partial<Omit<ZoneRow, "id" | "accountId" | "name" | "createdAt">>): Promise<void>;
  /** With everything that belongs to it in the database; `files.removeZone` takes the files. */
  remove(id: string): Promise<void>;
}

export interface DnssecTable {
  list(): Promise<readonly DnssecRow[]>;
  find(zoneId: string): Promise<DnssecRow | undefined>;
  put(row: DnssecRow): Promise<void>;
}

export interface KeyTable {
  list(): Promise<readonly KeyRow[]>;
  ofZone(zoneId: string): Promise<readonly KeyRow[]>;
  add(row: KeyRow): Promise<void>;
  setState(id: string, state: string): Promise<void>;
  remove(id: string): Promise<void>;
  removeOfZone(zoneId: string): Promise<void>;
}

export interface IncomingTable {
  list(): Promise<readonly IncomingRow[]>;
  find(zoneId: string): Promise<IncomingRow | undefined>;
  /** Adds or replaces, peers included. */
  put(row: IncomingRow): Promise<void>;
  remove(zoneId: string): Promise<void>;
}

export interface OutgoingTable {
  list(): Promise<readonly OutgoingRow[]>;
  /** Adds or replaces, peers included. */
  put(row: OutgoingRow): Promise<void>;
  remove(zoneId: string): Promise<void>;
}

export interface PeerTable {
  list(): Promise<readonly PeerRow[]>;
  find(id: string): Promise<PeerRow | undefined>;
  put(row: PeerRow): Promise<void>;
  remove(id: string): Promise<void>;
  /** Names of the zones that transfer from it or are given to it. */
  zonesOf(peerId: string): Promise<readonly string[]>;
  /** All of them, by name. */
  linkedZones(
    peerId: string,
  ): Promise<readonly { readonly id: string; readonly name: string; readonly accountId: string }[]>;
  /** How many they are, and the names of the first `limit`. */
  usesOf(peerId: string, limit: number): Promise<{ readonly count: number; readonly zones: readonly string[] }>;
}

export interface TransportTable {
  list(): Promise<readonly TransportRow[]>;
  find(peerId: string): Promise<TransportRow | undefined>;
  put(row: TransportRow): Promise<void>;
  remove(peerId: string): Promise<void>;
}

export interface TsigTable {
  list(): Promise<readonly TsigRow[]>;
  find(id: string): Promise<TsigRow | undefined>;
  put(row: TsigRow): Promise<void>;
  remove(id: string): Promise<void>;
  /** Names of the peers that it is attached to. */
  peersOf(tsigId: string): Promise<readonly string[]>;
}

export interface AclTable {
  list(): Promise<readonly AclRow[]>;
  find(id: string): Promise<AclRow | undefined>;
  put(row: AclRow): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface VersionTable {
  list(): Promise<readonly VersionRow[]>;
  ofZone(zoneId: string): Promise<readonly VersionRow[]>;
  put(row: VersionRow): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface CatalogTable {
  list(): Promise<readonly CatalogRow[]>;
  put(row: CatalogRow): Promise<void>;
}

export interface CatalogMemberTable {
  list(): Promise<readonly CatalogMemberRow[]>;
  put(row: CatalogMemberRow): Promise<void>;
  /** The zone stays. */
  remove(zoneId: string): Promise<void>;
}

/** When a zone's next step is due, so that a restart does not forget it. */
export interface TimerTable {
  list(): Promise<readonly TimerRow[]>;
  set(row: TimerRow): Promise<void>;
  clear(zoneId: string, name: string): Promise<void>;
}

/** Small state of a zone that only its writer understands (JSON, at most 64 KiB): last checks of each peer, for example. */
export interface DocumentTable {
  find(zoneId: string, kind: string): Promise<unknown>;
  ofKind(kind: string): Promise<ReadonlyMap<string, unknown>>;
  put(zoneId: string, kind: string, document: unknown): Promise<void>;
  remove(zoneId: string, kind: string): Promise<void>;
}

/** Facts of this installation as JSON: its id, its first account, the cookie secret (sealed by the caller). */
export interface SettingTable {
  find(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
}

/** Newest first, at most `limit` rows with an id below `before`. */
export type HistoryPage = { readonly limit: number; readonly before?: number };

/** Each narrows; an absent or empty one does not. */
export type TransferFilter = {
  readonly outcomes?: readonly TransferRow["outcome"][];
  readonly directions?: readonly TransferRow["direction"][];
  readonly kinds?: readonly TransferRow["kind"][];
};

/** Bounded: the newest TRANSFERS_PER_ZONE of each zone stay, in and out, and the newest TRANSFERS_KEPT of all. */
export interface TransferTable {
  /**
   * In order, inside the caller's transaction when there is one. A check (`soa`) that went like the last one of its peer is
   * counted in that row, and so is a secondary's request that was refused, or told no more than a serial, as its last one was; a zone that is gone gets none.
   */
  add(rows: readonly Omit<TransferRow, "id" | "repeats">[]): Promise<void>;
  ofZone(zoneId: string, page: HistoryPage & TransferFilter): Promise<readonly TransferRow[]>;
}

/** Bounded: the newest EVENTS_KEPT stay. */
export interface EventTable {
  /** One transaction for all of them. */
  add(rows: readonly Omit<EventRow, "id">[]): Promise<void>;
  list(page: HistoryPage & { readonly zoneId?: string }): Promise<readonly EventRow[]>;
  /** Oldest first, those with an id above `after`. */
  after(page: {
    readonly after: number;
    readonly limit: number;
    readonly zoneId?: string;
  }): Promise<readonly EventRow[]>;
  /** Smallest and greatest id; 0 and 0 when there are none. */
  range(): Promise<{ readonly first: number; readonly last: number }>;
}

export interface AlertTable {
  destinations(): Promise<readonly AlertDestinationRow[]>;
  putDestination(row: AlertDestinationRow): Promise<void>;
  /** What waits for it is given up. */
  removeDestination(id: string): Promise<void>;
  policies(): Promise<readonly AlertPolicyRow[]>;
  putPolicy(row: AlertPolicyRow): Promise<void>;
  removePolicy(id: string): Promise<void>;
  /**
   * False, and one more repeat of the newest one, when the policy told the same (`about`) of the same kind for the same zone since
   * `alikeSince`.
   * Bounded: the newest DELIVERIES_KEPT stay.
   */
  addDelivery(row: Omit<AlertDeliveryRow, "id">, alikeSince: number): Promise<boolean>;
  updateDelivery(
    id: number,
    change: Partial<Pick<AlertDeliveryRow, "state" | "dueAt" | "finishedAt" | "tries" | "errorCode" | "errorMessage">>,
  ): Promise<void>;
  /** Of those that wait the one that is due first, these letters and what is for these destinations left out. */
  nextWaiting(except: {
    readonly ids: readonly number[];
    readonly destinations: readonly string[];
  }): Promise<AlertDeliveryRow | undefined>;
  deliveries(page: HistoryPage): Promise<readonly AlertDeliveryRow[]>;
}

/** Each narrows. `action` with a final dot means all that begin so; `actor` is a name or an id. */
export type AuditFilter = {
  readonly zoneId?: string;
  readonly actor?: string;
  readonly resourceId?: string;
  readonly address?: string;
  readonly action?: string;
  readonly outcome?: "done" | "refused" | "unfinished";
  /** Unix milliseconds; `until` is not within. */
  readonly since?: number;
  readonly until?: number;
  /** `oldest`: `before` means behind that id. */
  readonly order?: "newest" | "oldest";
};

export type AuditEnd = Pick<AuditRow, "id" | "status" | "resourceId" | "zoneId" | "document"> & {
  /** Who it turned out to be. */
  readonly actor?: { readonly kind: string; readonly id: string; readonly name: string };
};

/** Bounded: the newest AUDIT_KEPT stay. */
export interface AuditTable {
  add(row: Omit<AuditRow, "id">): Promise<number>;
  /** One transaction for all of them. */
  finish(ends: readonly AuditEnd[]): Promise<void>;
  /** `offset`: so many are left out before. */
  list(page: HistoryPage & AuditFilter & { readonly offset?: number | undefined }): Promise<readonly AuditRow[]>;
  count(time: Pick<AuditFilter, "since" | "until">): Promise<number>;
}

export interface KeptAnswerTable {
  find(key: string): Promise<KeptAnswerRow | undefined>;
  /** The key must not be there. */
  claim(row: Pick<KeptAnswerRow, "key" | "request" | "at">): Promise<void>;
  /** `body` null: it was answered, and by what is not kept. */
  put(key: string, status: number, body: string | null): Promise<void>;
  remove(key: string): Promise<void>;
  /** Those older than `olderThan` go, and more than `keep`. */
  prune(olderThan: number, keep: number): Promise<void>;
}

/** Seals small secrets. `context` says what the secret belongs to: opening it as something else fails. */
export interface Sealer {
  seal(plain: Uint8Array, context: string): Uint8Array;
  /** Undefined when the key is wrong, the octets were changed, or the context is another. */
  open(sealed: Uint8Array, context: string): Uint8Array | undefined;
}

export interface AnalyticsTable {
  /** Rows of zones that are not there are left out; one that is there is replaced. */
  put(rows: readonly AnalyticsRow[]): Promise<void>;
  /** From `from` on, before `to`, in order. */
  ofZone(zoneId: string, step: number, from: number, to: number): Promise<readonly AnalyticsRow[]>;
  zonesBetween(step: number, from: number, to: number): Promise<readonly string[]>;
  /** The oldest; undefined when there is none. */
  firstStart(step: number): Promise<number | undefined>;
  removeBefore(step: number, start: number): Promise<void>;
}
