/**
 * What control does for its faces: the one interface between `api` (which speaks HTTP) and `control` (which does the work).
 *
 * Conventions: ids are 32 hex; an unknown zone id gives `zone.not-found` from every call that takes one; requests have been
 * checked for form by the contract's schemas, the service checks meaning (does the peer exist, do the modes exclude each other).
 * Resources are in the API's own form (snake_case); zones are `ZoneFacts`, which the API dresses. Calls return when the change
 * is durable; what takes longer (a transfer, a key reaching the parent) goes on and shows in status, transfers and events.
 */
import type { Account, UserFacts } from "./account.ts";
import type {
  AlertDelivery,
  AlertDestination,
  AlertDestinationWrite,
  AlertPolicy,
  AlertPolicyWrite,
  AlertTest,
} from "./alert.ts";
import type { AnalyticsByTime, AnalyticsByTimeQuery, AnalyticsQuery, AnalyticsReport } from "./analytics.ts";
import type { Asker } from "./asker.ts";
import type { AuditService } from "./audit.ts";
import type {
  Catalog,
  CatalogCreate,
  CatalogDeleteQuery,
  CatalogEdit,
  CatalogMember,
  CatalogMembersQuery,
} from "./catalog.ts";
import type { SelfCheck } from "./chain.ts";
import type { AccountDnsSettings, AccountDnsSettingsEdit, DnsSettings, DnsSettingsEdit } from "./dns-settings.ts";
import type { Dnssec, DnssecEdit, Zsk } from "./dnssec.ts";
import type { ExplainQuery, Explanation } from "./explain.ts";
import type { FreezeState, HeldReleased, HeldVersion } from "./held.ts";
import type { ZoneKey } from "./key.ts";
import type { MultiSigner } from "./multi-signer.ts";
import type { Outcome } from "./outcome.ts";
import type { Outgoing, OutgoingDetails, OutgoingEdit, OutgoingStatus, OutgoingWrite } from "./outgoing.ts";
import type { PeerTransport, PeerTransportWrite } from "./peer-transport.ts";
import type { DnsRecord, RecordSource } from "./record.ts";
import type { RollCancel, Rollovers, RolloversEdit, RollStart } from "./rollover.ts";
import type { Session, SessionCreate } from "./session.ts";
import type { ZoneSettings, ZoneSettingsEdit } from "./settings.ts";
import type { ProviderCheck, ProviderSignInBegin, ProviderSignInFinish, SignInWays } from "./single-sign-on.ts";
import type { EventRow, EventsQuery, HistoryQuery, Transfer, TransfersQuery, ZoneStatus } from "./status.ts";
import type { ApiToken, ApiTokenCreate, ApiTokenCreated, ApiTokenUpdate, PermissionGroup } from "./token.ts";
import type { Acl, AclWrite, Incoming, IncomingWrite, Peer, PeerUse, PeerWrite, Tsig, TsigWrite } from "./transfer.ts";
import type { LocalUser, LocalUserCreate, LocalUserEdit, OwnSession, PasswordChange } from "./user.ts";
import type { ZoneFacts } from "./zone.ts";
import type { ZoneCounts, ZoneSummary, ZoneSummaryQuery } from "./zone-health.ts";

/** From where a request comes: the client's address, and what it calls itself. */
export type From = { readonly address: string; readonly agent: string };

/** A session that was opened: its secret goes into the cookie and nowhere else. */
export type SignedIn = { readonly secret: string; readonly session: Session };

export interface IdentityService extends UserService, TokenService {
  /** The token whose secret this is. Compares hashes in constant time. auth.refused, auth.address */
  authenticate(secret: string, from: From): Promise<Outcome<Asker>>;
  /** The operator's e-mail address and token. auth.key-unknown */
  authenticateKey(email: string, key: string, from: From): Promise<Outcome<Asker>>;
  /** session.refused, session.wait */
  signIn(request: SessionCreate, from: From): Promise<Outcome<SignedIn>>;
  /** Never fails: what is wrong with the provider is said in it. */
  signInWays(): Promise<SignInWays>;
  /** `secret` goes into a cookie of this browser. sso.off, sso.unreachable, session.wait */
  beginSignIn(
    request: ProviderSignInBegin,
    from: From,
  ): Promise<Outcome<{ readonly secret: string; readonly url: string }>>;
  /** `secret`: the cookie's. Good once, whatever comes of it. sso.*, session.wait */
  finishSignIn(
    request: ProviderSignInFinish & { readonly secret: string | undefined },
    from: From,
  ): Promise<Outcome<SignedIn & { readonly returnTo: string }>>;
  checkProvider(): Promise<ProviderCheck>;
  /** By the cookie's secret; undefined when it is over or never was. Puts the idle end off. */
  findSession(secret: string): Promise<{ readonly asker: Asker; readonly session: Session } | undefined>;
  /** Where one can sign out at the provider, too, if the session came from there. */
  signOut(sessionId: string): Promise<string | null>;
  /** Whether he may still what he might when he came: for answers that stay open. */
  isGood(asker: Asker): Promise<boolean>;
  user(asker: Asker): Promise<UserFacts>;
  listAccounts(): Promise<readonly Account[]>;
  /** account.not-found */
  getAccount(accountId: string): Promise<Outcome<Account>>;
}

/** Whose a token is: an account's, a user's, or (undefined) the operator's. */
export type TokenOwner = { readonly accountId: string } | { readonly userId: string | undefined };

export interface TokenService {
  listGroups(query: { readonly name?: string; readonly scope?: string }): Promise<Outcome<readonly PermissionGroup[]>>;
  /** In order of creation. */
  listTokens(owner: TokenOwner, includeExpired: boolean): Promise<Outcome<readonly ApiToken[]>>;
  /** token.not-found */
  getToken(owner: TokenOwner, tokenId: string): Promise<Outcome<ApiToken>>;
  /** token.group-unknown, token.resource-unknown, token.beyond, token.too-many */
  createToken(asker: Asker, owner: TokenOwner, token: ApiTokenCreate): Promise<Outcome<ApiTokenCreated>>;
  /** Full replace; the secret stays. token.not-found and those of createToken */
  updateToken(asker: Asker, owner: TokenOwner, tokenId: string, token: ApiTokenUpdate): Promise<Outcome<ApiToken>>;
  /** token.not-found */
  deleteToken(asker: Asker, owner: TokenOwner, tokenId: string): Promise<Outcome<{ readonly id: string }>>;
  /** The new secret. token.not-found, token.beyond */
  rollToken(asker: Asker, owner: TokenOwner, tokenId: string): Promise<Outcome<string>>;
}

export interface UserService {
  /** By e-mail address. */
  listUsers(): Promise<Outcome<readonly LocalUser[]>>;
  /** user.not-found */
  getUser(userId: string): Promise<Outcome<LocalUser>>;
  /** user.exists, user.too-many */
  createUser(user: LocalUserCreate): Promise<Outcome<LocalUser>>;
  /** Disabling ends his sessions. user.not-found, user.exists, user.last-admin */
  editUser(userId: string, edit: LocalUserEdit): Promise<Outcome<LocalUser>>;
  /** user.not-found, user.last-admin */
  deleteUser(userId: string): Promise<Outcome<{ readonly id: string }>>;
  /** His sessions end. user.not-found */
  setPassword(userId: string, password: string): Promise<Outcome<LocalUser>>;
  /** His other sessions end. session.no-password, session.password-wrong */
  changePassword(asker: Asker, change: PasswordChange): Promise<Outcome<LocalUser>>;
  /** His own. */
  listSessions(asker: Asker): Promise<Outcome<readonly OwnSession[]>>;
  /** session.not-found */
  endSession(asker: Asker, sessionId: string): Promise<Outcome<{ readonly id: string }>>;
}

export interface ZoneService {
  /** `name` with or without the final dot. Without `accountId` the first account. account.not-found, zone.exists, zone.name-invalid, zone.too-many */
  createZone(request: { readonly name: string; readonly accountId?: string }): Promise<Outcome<ZoneFacts>>;
  /** All zones of all accounts, in order of creation. */
  listZones(): Promise<readonly ZoneFacts[]>;
  getZone(zoneId: string): Promise<Outcome<ZoneFacts>>;
  editZone(zoneId: string, edit: { readonly paused?: boolean }): Promise<Outcome<ZoneFacts>>;
  /** The zone stops being served and its keys, images and history go. */
  deleteZone(zoneId: string): Promise<Outcome<{ readonly id: string }>>;
  /** Asks the parent soon whether it delegates to us (zone status) and has our DS (DNSSEC status). */
  checkActivation(zoneId: string): Promise<Outcome<{ readonly id: string }>>;
}

/** Whether somebody may see a zone. Lists and counts that take one have nothing else in them. */
export type Sight = (zone: { readonly id: string; readonly accountId: string }) => boolean;

export interface ZoneListService {
  /** One page of the light list. */
  listSummaries(
    query: ZoneSummaryQuery,
    sees?: Sight,
  ): Promise<{
    readonly items: readonly ZoneSummary[];
    readonly page: number;
    readonly perPage: number;
    readonly total: number;
  }>;
  countZones(sees?: Sight): Promise<ZoneCounts>;
}

export interface DnssecService {
  getDnssec(zoneId: string): Promise<Outcome<Dnssec>>;
  /** dnssec.presigned-with-multi-signer, dnssec.presigned-with-overrides, dnssec.key-failed. An empty edit changes nothing. */
  editDnssec(zoneId: string, edit: DnssecEdit): Promise<Outcome<Dnssec>>;
  /** Keys are destroyed. dnssec.delete-not-disabled; deleting what was never enabled succeeds. */
  deleteDnssec(zoneId: string): Promise<Outcome<undefined>>;
  /** Our ZSKs and, in multi-signer mode, the other signers' (`Tag: external`). Empty when DNSSEC was never enabled. */
  listZsks(zoneId: string): Promise<Outcome<readonly Zsk[]>>;
}

export interface ZoneKeyService {
  /** Ours first; the primary's where they are served or will be. */
  listZoneKeys(zoneId: string): Promise<Outcome<readonly ZoneKey[]>>;
}

/** Answers that refuse: rollover.*. */
export interface RolloverService {
  getRollovers(zoneId: string): Promise<Outcome<Rollovers>>;
  editRollovers(zoneId: string, edit: RolloversEdit): Promise<Outcome<Rollovers>>;
  /** An emergency while one goes on: that one becomes it. */
  startRollover(zoneId: string, start: RollStart): Promise<Outcome<Rollovers>>;
  cancelRollover(zoneId: string, cancel: RollCancel): Promise<Outcome<Rollovers>>;
}

export interface MultiSignerService {
  /** In any mode: what is there of it. */
  getMultiSigner(zoneId: string): Promise<Outcome<MultiSigner>>;
}

/** Every call: account.not-found. */
export interface PeerService {
  listPeers(accountId: string): Promise<Outcome<readonly Peer[]>>;
  /** Of all accounts; with `sees` only by the zones that are seen, and no peer that none of them uses. */
  listPeerUses(sees?: Sight): Promise<Outcome<readonly PeerUse[]>>;
  /** peer.not-found */
  getPeer(accountId: string, peerId: string): Promise<Outcome<Peer>>;
  /** peer.tsig-unknown */
  createPeer(accountId: string, peer: PeerWrite): Promise<Outcome<Peer>>;
  /** Full replace. peer.not-found, peer.tsig-unknown */
  updatePeer(accountId: string, peerId: string, peer: PeerWrite): Promise<Outcome<Peer>>;
  /** peer.not-found, peer.in-use */
  deletePeer(accountId: string, peerId: string): Promise<Outcome<{ readonly id: string }>>;

  listTsigs(accountId: string): Promise<Outcome<readonly Tsig[]>>;
  /** tsig.not-found */
  getTsig(accountId: string, tsigId: string): Promise<Outcome<Tsig>>;
  /** tsig.algorithm-unsupported, tsig.name-invalid, tsig.secret-invalid. Echoed as sent. */
  createTsig(accountId: string, tsig: TsigWrite): Promise<Outcome<Tsig>>;
  /** tsig.not-found and those of createTsig */
  updateTsig(accountId: string, tsigId: string, tsig: TsigWrite): Promise<Outcome<Tsig>>;
  /** tsig.not-found, tsig.in-use */
  deleteTsig(accountId: string, tsigId: string): Promise<Outcome<{ readonly id: string }>>;

  listAcls(accountId: string): Promise<Outcome<readonly Acl[]>>;
  /** acl.not-found */
  getAcl(accountId: string, aclId: string): Promise<Outcome<Acl>>;
  /** The range comes back with its host bits cleared (`normaliseAclRange`). acl.range-invalid, acl.range-too-large */
  createAcl(accountId: string, acl: AclWrite): Promise<Outcome<Acl>>;
  /** acl.not-found and those of createAcl */
  updateAcl(accountId: string, aclId: string, acl: AclWrite): Promise<Outcome<Acl>>;
  /** acl.not-found */
  deleteAcl(accountId: string, aclId: string): Promise<Outcome<{ readonly id: string }>>;
}

export interface TransportService {
  /** A peer without one is `clear`. peer.not-found */
  getTransport(peerId: string): Promise<Outcome<PeerTransport>>;
  /** `clear` forgets everything but `asks_as`. peer.not-found, transport.host-name-needed, .pins-needed, .unusable */
  setTransport(peerId: string, transport: PeerTransportWrite): Promise<Outcome<PeerTransport>>;
  /** peer.not-found */
  deleteTransport(peerId: string): Promise<Outcome<{ readonly id: string }>>;
}

export interface IncomingService {
  /** incoming.not-found */
  getIncoming(zoneId: string): Promise<Outcome<Incoming>>;
  /** Starts a first transfer at once. incoming.exists, .name-mismatch, .peer-unknown, .too-many-peers, .refresh-out-of-range */
  createIncoming(zoneId: string, incoming: IncomingWrite): Promise<Outcome<Incoming>>;
  /** Full replace. incoming.not-found and those of createIncoming but incoming.exists */
  updateIncoming(zoneId: string, incoming: IncomingWrite): Promise<Outcome<Incoming>>;
  /** The zone becomes read-only and is served on. incoming.not-found */
  deleteIncoming(zoneId: string): Promise<Outcome<{ readonly id: string }>>;
  /** Returns at once; the outcome shows in transfers. incoming.not-found, incoming.no-peers, zone.frozen */
  forceAxfr(zoneId: string): Promise<Outcome<undefined>>;
}

export interface OutgoingService {
  /** outgoing.not-found */
  getOutgoing(zoneId: string): Promise<Outcome<Outgoing>>;
  /** Disabled at first. outgoing.exists, .name-mismatch, .peer-unknown, .too-many-peers, .tsig-mixed */
  createOutgoing(zoneId: string, outgoing: OutgoingWrite): Promise<Outcome<Outgoing>>;
  /** Full replace; enabled or not stays. outgoing.not-found and those of createOutgoing but outgoing.exists */
  updateOutgoing(zoneId: string, outgoing: OutgoingWrite): Promise<Outcome<Outgoing>>;
  /** outgoing.not-found */
  deleteOutgoing(zoneId: string): Promise<Outcome<{ readonly id: string }>>;
  /** Enabling notifies; disabling clears the journal of changes. outgoing.not-found */
  setOutgoing(zoneId: string, enabled: boolean): Promise<Outcome<OutgoingStatus>>;
  outgoingStatus(zoneId: string): Promise<Outcome<OutgoingStatus>>;
  /** Returns at once; clears the journal, so that secondaries get the whole zone. outgoing.not-found, outgoing.disabled */
  forceNotify(zoneId: string): Promise<Outcome<undefined>>;
  /** outgoing.not-found */
  getOutgoingDetails(zoneId: string): Promise<Outcome<OutgoingDetails>>;
  editOutgoing(zoneId: string, edit: OutgoingEdit): Promise<Outcome<OutgoingDetails>>;
}

export interface RecordService {
  /**
   * What was transferred, record by record, as it came (SOA and DNSSEC records too); an empty source before the first transfer.
   * `name` (without the final dot) and `type` narrow the source where that is cheap; a source may ignore them. With `plain`
   * it is without the types of DNSSEC, always.
   */
  openRecords(
    zoneId: string,
    narrow?: { readonly name?: string; readonly type?: string; readonly plain?: boolean },
  ): Promise<Outcome<RecordSource>>;
  /** record.not-found */
  getRecord(zoneId: string, recordId: string): Promise<Outcome<DnsRecord>>;
  /** Master-file text (RFC 1035 section 5) in pieces of some kilobytes, made as they are taken. zone.not-loaded */
  exportRecords(zoneId: string): Promise<Outcome<Iterable<string>>>;
}

export interface SettingsService {
  getDnsSettings(zoneId: string): Promise<Outcome<DnsSettings>>;
  /** settings.not-offered, settings.nameservers-fixed, settings.internal-dns, settings.fixed, override.not-offered, request.invalid */
  editDnsSettings(zoneId: string, edit: DnsSettingsEdit): Promise<Outcome<DnsSettings>>;
  /** account.not-found */
  getAccountDnsSettings(accountId: string): Promise<Outcome<AccountDnsSettings>>;
  /** account.not-found, settings.primary-zones-only and those of editDnsSettings */
  editAccountDnsSettings(accountId: string, edit: AccountDnsSettingsEdit): Promise<Outcome<AccountDnsSettings>>;
  getZoneSettings(zoneId: string): Promise<Outcome<ZoneSettings>>;
  editZoneSettings(zoneId: string, edit: ZoneSettingsEdit): Promise<Outcome<ZoneSettings>>;
}

export interface HeldService {
  /** held.nothing */
  getHeld(zoneId: string, limit: number): Promise<Outcome<HeldVersion>>;
  /** Waits some seconds for the round. held.nothing, held.busy, held.not-releasable, held.needs-force, held.again */
  releaseHeld(zoneId: string, force: boolean): Promise<Outcome<HeldReleased>>;
  /** Its serial is not fetched again but by force. held.nothing, held.busy */
  dropHeld(zoneId: string): Promise<Outcome<{ readonly id: string }>>;
  /** Freezing twice changes nothing. */
  freezeZone(zoneId: string): Promise<Outcome<FreezeState>>;
  thawZone(zoneId: string): Promise<Outcome<FreezeState>>;
}

/** Every call that takes an id: catalog.not-found. */
export interface CatalogService {
  listCatalogs(): Promise<Outcome<readonly Catalog[]>>;
  getCatalog(catalogId: string): Promise<Outcome<Catalog>>;
  /** Those of createZone and createIncoming; catalog.name-invalid, catalog.group-twice, catalog.peer-unknown */
  createCatalog(catalog: CatalogCreate): Promise<Outcome<Catalog>>;
  /** catalog.name-invalid, catalog.group-twice, catalog.peer-unknown */
  editCatalog(catalogId: string, edit: CatalogEdit): Promise<Outcome<Catalog>>;
  deleteCatalog(catalogId: string, query: CatalogDeleteQuery): Promise<Outcome<{ readonly id: string }>>;
  /** By name. */
  listCatalogMembers(catalogId: string, query: CatalogMembersQuery): Promise<Outcome<readonly CatalogMember[]>>;
}

export interface AlertService {
  listAlertPolicies(): Promise<Outcome<readonly AlertPolicy[]>>;
  /** alert.policy-not-found */
  getAlertPolicy(policyId: string): Promise<Outcome<AlertPolicy>>;
  /** alert.destination-unknown, alert.too-many, zone.not-found */
  createAlertPolicy(policy: AlertPolicyWrite): Promise<Outcome<AlertPolicy>>;
  updateAlertPolicy(policyId: string, policy: AlertPolicyWrite): Promise<Outcome<AlertPolicy>>;
  deleteAlertPolicy(policyId: string): Promise<Outcome<{ readonly id: string }>>;
  listAlertDestinations(): Promise<Outcome<readonly AlertDestination[]>>;
  /** alert.destination-not-found */
  getAlertDestination(destinationId: string): Promise<Outcome<AlertDestination>>;
  /** alert.secret-missing, alert.too-many */
  createAlertDestination(destination: AlertDestinationWrite): Promise<Outcome<AlertDestination>>;
  /** Without a secret the one before stays. */
  updateAlertDestination(destinationId: string, destination: AlertDestinationWrite): Promise<Outcome<AlertDestination>>;
  /** alert.destination-in-use. What waits for it is given up. */
  deleteAlertDestination(destinationId: string): Promise<Outcome<{ readonly id: string }>>;
  /** One try, now; what went wrong is in the result. */
  testAlertDestination(destinationId: string): Promise<Outcome<AlertTest>>;
  /** Newest first. */
  listAlertDeliveries(query: HistoryQuery): Promise<Outcome<readonly AlertDelivery[]>>;
}

/** Every call: zone.not-found, analytics.filter, .sort, .not-together, .no-time */
export interface AnalyticsService {
  reportAnalytics(zoneId: string, query: AnalyticsQuery): Promise<Outcome<AnalyticsReport>>;
  /** analytics.too-fine, .too-many-intervals */
  reportAnalyticsByTime(zoneId: string, query: AnalyticsByTimeQuery): Promise<Outcome<AnalyticsByTime>>;
}

/** Every call: zone.not-found. */
export interface InsightService {
  /** explain.name-invalid, .name-outside, .type-unknown, .not-answered, .no-worker */
  explainAnswer(zoneId: string, query: ExplainQuery): Promise<Outcome<Explanation>>;
  /** The last check; the first time it is made. */
  lastCheck(zoneId: string): Promise<Outcome<SelfCheck>>;
  /** Takes some seconds: servers are asked. */
  checkChain(zoneId: string): Promise<Outcome<SelfCheck>>;
  /** SVG of the last check. */
  drawChain(zoneId: string): Promise<Outcome<string>>;
}

/** Answers to requests with an Idempotency-Key, kept for a day. */
export interface RetryService {
  /** `claimed`: it is new, and this caller does it. `cut-off`: claimed by a server that was stopped before it answered. */
  claimKey(key: string, request: string): Promise<KeptAnswer>;
  /** Undefined: nothing was decided (a fault of ours), and the key may be used again. */
  keepAnswer(key: string, answer: { readonly status: number; readonly body: string } | undefined): Promise<void>;
}

export type KeptAnswer =
  | { readonly kind: "claimed" }
  | { readonly kind: "answered"; readonly status: number; readonly body: string }
  /** `unkept`: it was done, with an answer too large to be kept. */
  | { readonly kind: "other-request" | "cut-off" | "unkept"; readonly time: string };

export interface StatusService {
  getZoneStatus(zoneId: string): Promise<Outcome<ZoneStatus>>;
  /** Newest first. */
  listTransfers(zoneId: string, query: TransfersQuery): Promise<Outcome<readonly Transfer[]>>;
  /** Newest first; of all zones when `zone_id` is absent. */
  listEvents(query: EventsQuery): Promise<Outcome<readonly EventRow[]>>;
  /**
   * Events as they happen, oldest first, behind `after` or from now on; "gap" where older ones are no longer kept, "quiet" when
   * nothing happened for some seconds. Ends when `signal` is aborted or the server stops. events.too-many-streams
   */
  followEvents(
    query: { readonly zone_id?: string; readonly after?: number },
    signal: AbortSignal,
  ): Promise<Outcome<AsyncIterable<EventRow | "gap" | "quiet">>>;
  /** Ready = every stored zone was handed to the edge and the edge answers. `waiting` says for what, in sentences. */
  readiness(): Readiness;
}

export type Readiness = {
  readonly ready: boolean;
  readonly waiting: readonly string[];
  /** Of our own listeners that speak TLS; everybody who connects sees as much. */
  readonly certificates?: readonly ListenerCertificate[];
};

export type ListenerCertificate = {
  readonly listener: "dns" | "http";
  readonly subject: string;
  readonly names: readonly string[];
  readonly ends_on: string;
  /** "refused": the files have become others that can't be used (the log says why), and this certificate stays in force. */
  readonly files: "in-force" | "refused";
};

export interface ControlService
  extends IdentityService,
    ZoneService,
    ZoneListService,
    DnssecService,
    MultiSignerService,
    ZoneKeyService,
    RolloverService,
    PeerService,
    TransportService,
    IncomingService,
    OutgoingService,
    RecordService,
    SettingsService,
    HeldService,
    AlertService,
    CatalogService,
    InsightService,
    AuditService,
    RetryService,
    AnalyticsService,
    StatusService {}
