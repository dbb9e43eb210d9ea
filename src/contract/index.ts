/** What the API says: resources, requests, errors, routes, and the service behind them. No DNS code, no I/O: the door of the room. */

//--- Resources and requests (zod schema and type under one name)
export { Account, Token, User, type UserFacts } from "./account.ts";
//--- Words and addresses
export {
  type Address,
  type AddressRange,
  normaliseAclRange,
  printAddress,
  printRange,
  rangeContains,
  readAddress,
  readRange,
} from "./address.ts";
export {
  ALERT_KINDS,
  AlertDeliveriesQuery,
  AlertDelivery,
  AlertDestination,
  AlertDestinationWrite,
  type AlertKind,
  AlertPolicy,
  AlertPolicyWrite,
  AlertTest,
} from "./alert.ts";
export {
  AlertHistory,
  AlertHistoryQuery,
  AlertingPolicy,
  AlertingPolicyUpdate,
  AlertingWebhook,
  AvailableAlerts,
  intervalSeconds,
} from "./alerting.ts";
export {
  ANALYTICS_DIMENSIONS,
  ANALYTICS_METRICS,
  AnalyticsByTime,
  AnalyticsByTimeQuery,
  type AnalyticsDimension,
  type AnalyticsMetric,
  AnalyticsQuery,
  AnalyticsReport,
  TIME_DELTAS,
  type TimeDelta,
} from "./analytics.ts";
export { type Asker, type Grant, judge, type Resource, type Target, type Verdict } from "./asker.ts";
export {
  ACTOR_KINDS,
  AccountAuditEntry,
  AccountAuditQuery,
  Actor,
  AUDIT_EXCLUSIONS,
  AUDIT_OUTCOMES,
  type AuditEnd,
  AuditEntry,
  type AuditExclusion,
  type AuditHandle,
  AuditQuery,
  type AuditService,
  type AuditStart,
} from "./audit.ts";
export { AuditLog, AuditLogsQuery, actionType } from "./audit-logs.ts";
export {
  Catalog,
  CatalogCreate,
  CatalogDeleteQuery,
  CatalogEdit,
  CatalogGroup,
  CatalogMember,
  CatalogMembersQuery,
  MemberSettings,
} from "./catalog.ts";
export {
  CHAIN_STATES,
  ChainFinding,
  ChainLink,
  ChainNode,
  FINDING_SEVERITIES,
  LINK_STATES,
  SelfCheck,
} from "./chain.ts";
export { Deleted, Id, PageQuery } from "./common.ts";
export {
  AccountDnsSettings,
  AccountDnsSettingsEdit,
  DNS_SETTING_RANGES,
  DnsSettings,
  DnsSettingsEdit,
  NAMESERVER_TYPES,
  ZONE_MODES,
} from "./dns-settings.ts";
export { DNSSEC_STATUSES, Dnssec, DnssecEdit, Zsk } from "./dnssec.ts";
//--- Routes, the envelope, and the page made from them
export {
  type ApiError,
  type ApiMessage,
  type CursorInfo,
  type Envelope,
  type ResultInfo,
  resultInfo,
} from "./envelope.ts";
export { type ControlError, ERRORS, type ErrorCode, type ErrorEntry, errorSentence } from "./errors.ts";
export {
  EXPLAIN_STEPS,
  ExplainedProof,
  ExplainedRecord,
  ExplainedStep,
  ExplainQuery,
  Explanation,
  PROOFS,
  RECORD_SOURCES,
  SIGNATURE_SOURCES,
} from "./explain.ts";
export { FreezeState, HeldQuery, HeldRelease, HeldReleased, HeldVersion, RELEASES } from "./held.ts";
export { KEY_ROLES, ZoneKey } from "./key.ts";
export { SIGNING_MODES } from "./modes.ts";
export { JOIN_STEPS, LEAVE_STEPS, MultiSigner, STEP_STATES } from "./multi-signer.ts";
export { NEEDS } from "./needs.ts";
export { makeOpenApi } from "./openapi.ts";
export type { Outcome } from "./outcome.ts";
export { Outgoing, OutgoingDetails, OutgoingEdit, OutgoingStatus, OutgoingWrite } from "./outgoing.ts";
export {
  MAX_PINS,
  PeerTransport,
  PeerTransportWrite,
  TLS_PORT,
  TRANSPORT_MODES,
  type TransportMode,
} from "./peer-transport.ts";
export { GROUPS, type GroupName, type Level, type Need, type Reach } from "./permission.ts";
export { DNSSEC_TYPES, DnsRecord, type RecordEntry, RecordQuery, type RecordSource, RecordUsage } from "./record.ts";
export {
  ALGORITHM_NAMES,
  DIGEST_NAMES,
  FORM_WORDS,
  findRegistrar,
  REGISTRAR_FORMS,
  REGISTRARS,
  type Registrar,
  type RegistrarForm,
} from "./registrars.ts";
export {
  ROLL_ENDS,
  ROLL_KINDS,
  ROLL_STEPS,
  RollCancel,
  Rollover,
  Rollovers,
  RolloversEdit,
  RollStart,
} from "./rollover.ts";
export {
  type Method,
  ROUTE_NAMES,
  ROUTES,
  type Route,
  type RouteBody,
  type RouteName,
  type RouteQuery,
  type RouteResult,
  routePath,
  type Shape,
  takesAnything,
} from "./routes.ts";
//--- The service between api and control
export type {
  AlertService,
  AnalyticsService,
  CatalogService,
  ControlService,
  DnssecService,
  From,
  HeldService,
  IdentityService,
  IncomingService,
  InsightService,
  KeptAnswer,
  ListenerCertificate,
  MultiSignerService,
  OutgoingService,
  PeerService,
  Readiness,
  RecordService,
  RetryService,
  RolloverService,
  SettingsService,
  Sight,
  SignedIn,
  StatusService,
  TokenOwner,
  TokenService,
  TransportService,
  UserService,
  ZoneKeyService,
  ZoneListService,
  ZoneService,
} from "./service.ts";
export {
  CSRF_HEADER,
  Email,
  PASSWORD_MAX,
  PASSWORD_MIN,
  ROLES,
  Role,
  SESSION_COOKIE,
  Session,
  SessionCreate,
  SessionUser,
  SIGN_IN_WAYS,
  SignedOut,
  SignInWay,
  WhoAmI,
} from "./session.ts";
export {
  EXPIRED_ANSWERS,
  REFRESH_TIMERS,
  SIGNATURE_CHECKS,
  ZONEMD_CHECKS,
  ZoneSettings,
  ZoneSettingsEdit,
} from "./settings.ts";
export {
  NO_PROVIDER,
  PROVIDER_RETURN_PATH,
  PROVIDER_STATES,
  ProviderCheck,
  ProviderSignedIn,
  ProviderSignInBegin,
  ProviderSignInBegun,
  ProviderSignInFinish,
  RETURN_TO,
  SIGN_IN_COOKIE,
  SignInWays,
} from "./single-sign-on.ts";
export {
  DnssecDetails,
  EventRow,
  EventsQuery,
  HistoryQuery,
  PEER_VERDICTS,
  PeerStatus,
  TRANSFER_DIRECTIONS,
  TRANSFER_KINDS,
  TRANSFER_OUTCOMES,
  Transfer,
  TransfersQuery,
  ZoneStatus,
} from "./status.ts";
export { printTime, Time } from "./time.ts";
export {
  ApiToken,
  ApiTokenCreate,
  ApiTokenCreated,
  ApiTokenQuery,
  ApiTokenUpdate,
  PermissionGroup,
  type TokenCondition,
  type TokenPolicy,
} from "./token.ts";
export {
  Acl,
  AclWrite,
  DEFAULT_REFRESH_SECONDS,
  findTsigAlgorithm,
  Incoming,
  IncomingWrite,
  MAX_PEERS_OF_ZONE,
  Peer,
  PeerUse,
  PeerWrite,
  TSIG_ALGORITHMS,
  Tsig,
  type TsigAlgorithm,
  TsigWrite,
} from "./transfer.ts";
export { LocalUser, LocalUserCreate, LocalUserEdit, OwnSession, PasswordChange, PasswordSet } from "./user.ts";
export { ZONE_STATUSES, ZONE_TYPES, Zone, ZoneCreate, ZoneEdit, type ZoneFacts, ZoneQuery } from "./zone.ts";
export {
  HEALTH_CODES,
  HEALTH_LEVELS,
  type HealthCode,
  type HealthLevel,
  ZoneCounts,
  ZoneHealth,
  ZoneSummary,
  ZoneSummaryQuery,
} from "./zone-health.ts";
