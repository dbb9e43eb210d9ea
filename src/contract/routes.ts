/**
 * The table of routes: what the server offers, what the OpenAPI page shows and what the command line calls. A route's name
 * is its handler's name; paths have `{parameter}`s. Everything is answered in the provider's envelope, except `text`.
 */
import { z } from "zod";
import { Account, Token, User } from "./account.ts";
import {
  AlertDeliveriesQuery,
  AlertDelivery,
  AlertDestination,
  AlertDestinationWrite,
  AlertPolicy,
  AlertPolicyWrite,
  AlertTest,
} from "./alert.ts";
import {
  Catalog,
  CatalogCreate,
  CatalogDeleteQuery,
  CatalogEdit,
  CatalogMember,
  CatalogMembersQuery,
} from "./catalog.ts";
import { Deleted, PageQuery } from "./common.ts";
import { Dnssec, DnssecEdit, Zsk } from "./dnssec.ts";
import { FreezeState, HeldQuery, HeldRelease, HeldReleased, HeldVersion } from "./held.ts";
import { Outgoing, OutgoingDetails, OutgoingEdit, OutgoingStatus, OutgoingWrite } from "./outgoing.ts";
import { PeerTransport, PeerTransportWrite } from "./peer-transport.ts";
import { DnsRecord, RecordQuery } from "./record.ts";
import { DnsSettings, DnsSettingsEdit, ZoneSettings, ZoneSettingsEdit } from "./settings.ts";
import { EventRow, EventsQuery, Transfer, TransfersQuery, ZoneStatus } from "./status.ts";
import { Acl, AclWrite, Incoming, IncomingWrite, Peer, PeerWrite, Tsig, TsigWrite } from "./transfer.ts";
import { Zone, ZoneCreate, ZoneEdit, ZoneQuery } from "./zone.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * `one`: `result` is the resource. `list`: all of them at once (clients of the provider's API ask these lists only once).
 * `page`: a page of them with `result_info`; a page past the end is empty. `text`: text/plain without an envelope.
 */
export type Shape = "one" | "list" | "page" | "text";

export type Route = {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly shape: Shape;
  readonly result: z.ZodType;
  readonly query?: z.ZodType;
  /** Query keys that may be repeated or hold a comma list. */
  readonly lists?: readonly string[];
  readonly body?: z.ZodType;
};

function route<
  const M extends Method,
  const S extends Shape,
  R extends z.ZodType,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(
  method: M,
  path: string,
  summary: string,
  shape: S,
  result: R,
  takes: { readonly query?: Q; readonly lists?: readonly string[]; readonly body?: B } = {},
) {
  return { method, path, summary, shape, result, ...takes };
}

const V4 = "/client/v4";
const ZONE = `${V4}/zones/{zoneId}`;
const ACCOUNT = `${V4}/accounts/{accountId}`;
const SECONDARY = `${ACCOUNT}/secondary_dns`;
const OUTGOING = `${ZONE}/secondary_dns/outgoing`;
const OWN = "/countersign/v1";
const CATALOG = `${OWN}/catalogs/{catalogId}`;
const OWN_TRANSPORT = `${OWN}/peers/{peerId}/transport`;
const OWN_ZONE = `${OWN}/zones/{zoneId}`;

const ALERTS = `${OWN}/alerts`;
const ALERT_POLICY = `${ALERTS}/{policyId}`;
const ALERT_DESTINATION = `${ALERTS}/destinations/{destinationId}`;

const Ok = z.literal("OK");
/** Bodies of calls that are refused anyway, or that need none, are not looked at. */
const Anything = z.unknown();

export const ROUTES = {
  //--- Who asks
  "user.get": route("GET", `${V4}/user`, "User", "one", User),
  "user.tokens.verify": route("GET", `${V4}/user/tokens/verify`, "Verify the token", "one", Token),
  "accounts.list": route("GET", `${V4}/accounts`, "List accounts", "page", Account, {
    query: PageQuery.extend({ name: z.string().optional(), direction: z.enum(["asc", "desc"]).default("asc") }),
  }),
  "accounts.get": route("GET", ACCOUNT, "Account", "one", Account),
  "accounts.tokens.verify": route("GET", `${ACCOUNT}/tokens/verify`, "Verify the token", "one", Token),

  //--- Zones
  "zones.list": route("GET", `${V4}/zones`, "List zones", "page", Zone, {
    query: ZoneQuery,
    lists: ["status", "type"],
  }),
  "zones.create": route("POST", `${V4}/zones`, "Create a secondary zone", "one", Zone, { body: ZoneCreate }),
  "zones.get": route("GET", ZONE, "Zone", "one", Zone),
  "zones.edit": route("PATCH", ZONE, "Edit a zone", "one", Zone, { body: ZoneEdit }),
  "zones.delete": route("DELETE", ZONE, "Delete a zone", "one", Deleted),
  "zones.activationCheck": route("PUT", `${ZONE}/activation_check`, "Look at the parent soon", "one", Deleted),

  //--- DNSSEC
  "dnssec.get": route("GET", `${ZONE}/dnssec`, "DNSSEC details", "one", Dnssec),
  "dnssec.edit": route("PATCH", `${ZONE}/dnssec`, "Edit DNSSEC status and modes", "one", Dnssec, { body: DnssecEdit }),
  "dnssec.delete": route("DELETE", `${ZONE}/dnssec`, "Delete DNSSEC: keys and signatures", "one", z.literal("")),
  "dnssec.zsk": route("GET", `${ZONE}/dnssec/zsk`, "Zone signing keys", "list", Zsk),

  //--- Peers, TSIGs, ACLs
  "peers.list": route("GET", `${SECONDARY}/peers`, "List peers", "list", Peer),
  "peers.create": route("POST", `${SECONDARY}/peers`, "Create a peer", "one", Peer, { body: PeerWrite }),
  "peers.get": route("GET", `${SECONDARY}/peers/{peerId}`, "Peer", "one", Peer),
  "peers.update": route("PUT", `${SECONDARY}/peers/{peerId}`, "Replace a peer", "one", Peer, { body: PeerWrite }),
  "peers.delete": route("DELETE", `${SECONDARY}/peers/{peerId}`, "Delete a peer", "one", Deleted),
  "tsigs.list": route("GET", `${SECONDARY}/tsigs`, "List TSIGs", "list", Tsig),
  "tsigs.create": route("POST", `${SECONDARY}/tsigs`, "Create a TSIG", "one", Tsig, { body: TsigWrite }),
  "tsigs.get": route("GET", `${SECONDARY}/tsigs/{tsigId}`, "TSIG", "one", Tsig),
  "tsigs.update": route("PUT", `${SECONDARY}/tsigs/{tsigId}`, "Replace a TSIG", "one", Tsig, { body: TsigWrite }),
  "tsigs.delete": route("DELETE", `${SECONDARY}/tsigs/{tsigId}`, "Delete a TSIG", "one", Deleted),
  "acls.list": route("GET", `${SECONDARY}/acls`, "List ACLs", "list", Acl),
  "acls.create": route("POST", `${SECONDARY}/acls`, "Create an ACL", "one", Acl, { body: AclWrite }),
  "acls.get": route("GET", `${SECONDARY}/acls/{aclId}`, "ACL", "one", Acl),
  "acls.update": route("PUT", `${SECONDARY}/acls/{aclId}`, "Replace an ACL", "one", Acl, { body: AclWrite }),
  "acls.delete": route("DELETE", `${SECONDARY}/acls/{aclId}`, "Delete an ACL", "one", Deleted),

  //--- Incoming transfers
  "incoming.get": route("GET", `${ZONE}/secondary_dns/incoming`, "Incoming transfer configuration", "one", Incoming),
  "incoming.create": route("POST", `${ZONE}/secondary_dns/incoming`, "Configure incoming transfers", "one", Incoming, {
    body: IncomingWrite,
  }),
  "incoming.update": route("PUT", `${ZONE}/secondary_dns/incoming`, "Replace the configuration", "one", Incoming, {
    body: IncomingWrite,
  }),
  "incoming.delete": route(
    "DELETE",
    `${ZONE}/secondary_dns/incoming`,
    "Unlink the zone from its peers",
    "one",
    Deleted,
  ),
  "incoming.forceAxfr": route("POST", `${ZONE}/secondary_dns/force_axfr`, "Transfer now", "one", Ok),

  //--- Outgoing transfers
  "outgoing.get": route("GET", OUTGOING, "Outgoing transfer configuration", "one", Outgoing),
  "outgoing.create": route("POST", OUTGOING, "Configure outgoing transfers", "one", Outgoing, { body: OutgoingWrite }),
  "outgoing.update": route("PUT", OUTGOING, "Replace the configuration", "one", Outgoing, { body: OutgoingWrite }),
  "outgoing.delete": route("DELETE", OUTGOING, "Give the zone to nobody any more", "one", Deleted),
  "outgoing.enable": route("POST", `${OUTGOING}/enable`, "Answer transfers, and notify", "one", OutgoingStatus),
  "outgoing.disable": route("POST", `${OUTGOING}/disable`, "Refuse transfers", "one", OutgoingStatus),
  "outgoing.forceNotify": route("POST", `${OUTGOING}/force_notify`, "Notify all peers now", "one", Ok),
  "outgoing.status": route("GET", `${OUTGOING}/status`, "Enabled or disabled", "one", OutgoingStatus),

  //--- Records and settings
  "records.list": route("GET", `${ZONE}/dns_records`, "List records", "page", DnsRecord, {
    query: RecordQuery,
    lists: ["type"],
  }),
  "records.create": route("POST", `${ZONE}/dns_records`, "Refused: records come from the primary", "one", DnsRecord, {
    body: Anything,
  }),
  "records.export": route("GET", `${ZONE}/dns_records/export`, "Master-file text of the zone", "text", z.string()),
  "records.batch": route("POST", `${ZONE}/dns_records/batch`, "Refused", "one", Anything, { body: Anything }),
  "records.import": route("POST", `${ZONE}/dns_records/import`, "Refused", "one", Anything, { body: Anything }),
  "records.scan": route("POST", `${ZONE}/dns_records/scan`, "Refused", "one", Anything, { body: Anything }),
  "records.get": route("GET", `${ZONE}/dns_records/{recordId}`, "Record", "one", DnsRecord),
  "records.update": route("PUT", `${ZONE}/dns_records/{recordId}`, "Refused", "one", DnsRecord, { body: Anything }),
  "records.edit": route("PATCH", `${ZONE}/dns_records/{recordId}`, "Refused", "one", DnsRecord, { body: Anything }),
  "records.delete": route("DELETE", `${ZONE}/dns_records/{recordId}`, "Refused", "one", Deleted),
  "dnsSettings.get": route("GET", `${ZONE}/dns_settings`, "DNS settings", "one", DnsSettings),
  "dnsSettings.edit": route("PATCH", `${ZONE}/dns_settings`, "Edit DNS settings", "one", DnsSettings, {
    body: DnsSettingsEdit,
  }),

  //--- Countersign's own
  "transport.get": route("GET", OWN_TRANSPORT, "How zones come from a peer: clear or TLS", "one", PeerTransport),
  "transport.set": route("PUT", OWN_TRANSPORT, "Replace it", "one", PeerTransport, { body: PeerTransportWrite }),
  "transport.delete": route("DELETE", OWN_TRANSPORT, "Back to clear, certificates and pins forgotten", "one", Deleted),
  "own.status": route("GET", OWN_ZONE, "Mode, serials, peers, what is held and why, DNSSEC details", "one", ZoneStatus),
  "own.settings.get": route("GET", `${OWN_ZONE}/settings`, "Countersign's settings of a zone", "one", ZoneSettings),
  "own.settings.edit": route("PATCH", `${OWN_ZONE}/settings`, "Edit them", "one", ZoneSettings, {
    body: ZoneSettingsEdit,
  }),
  "own.outgoing.get": route(
    "GET",
    `${OWN_ZONE}/outgoing`,
    "Outgoing: serials, journal, each peer",
    "one",
    OutgoingDetails,
  ),
  "own.outgoing.edit": route("PATCH", `${OWN_ZONE}/outgoing`, "Whether only TLS will do", "one", OutgoingDetails, {
    body: OutgoingEdit,
  }),
  "own.transfers": route("GET", `${OWN_ZONE}/transfers`, "Attempts to transfer, newest first", "list", Transfer, {
    query: TransfersQuery,
    lists: ["outcome", "direction", "kind"],
  }),
  "own.held": route(
    "GET",
    `${OWN_ZONE}/held`,
    "The held version: why, and what is different in it",
    "one",
    HeldVersion,
    {
      query: HeldQuery,
    },
  ),
  "own.held.release": route(
    "POST",
    `${OWN_ZONE}/held/release`,
    "Serve it in spite of the reason",
    "one",
    HeldReleased,
    {
      body: HeldRelease,
    },
  ),
  "own.held.drop": route("DELETE", `${OWN_ZONE}/held`, "Throw the held version away", "one", Deleted),
  "own.freeze": route("POST", `${OWN_ZONE}/freeze`, "Fetch nothing until thawed", "one", FreezeState),
  "own.thaw": route("POST", `${OWN_ZONE}/thaw`, "Fetch again, at once", "one", FreezeState),
  //--- Catalog zones
  "catalogs.list": route("GET", `${OWN}/catalogs`, "Catalog zones", "list", Catalog),
  "catalogs.create": route("POST", `${OWN}/catalogs`, "Take zones from a catalog", "one", Catalog, {
    body: CatalogCreate,
  }),
  "catalogs.get": route("GET", CATALOG, "Catalog", "one", Catalog),
  "catalogs.edit": route("PATCH", CATALOG, "Edit its settings", "one", Catalog, { body: CatalogEdit }),
  "catalogs.delete": route("DELETE", CATALOG, "Give up a catalog", "one", Deleted, { query: CatalogDeleteQuery }),
  "catalogs.members": route("GET", `${CATALOG}/members`, "Members, by name", "page", CatalogMember, {
    query: CatalogMembersQuery,
  }),
  //--- Alerts
  "alerts.list": route("GET", ALERTS, "Alert policies", "list", AlertPolicy),
  "alerts.create": route("POST", ALERTS, "Create a policy", "one", AlertPolicy, { body: AlertPolicyWrite }),
  "alerts.destinations.list": route(
    "GET",
    `${ALERTS}/destinations`,
    "Destinations of alerts",
    "list",
    AlertDestination,
  ),
  "alerts.destinations.create": route("POST", `${ALERTS}/destinations`, "Create one", "one", AlertDestination, {
    body: AlertDestinationWrite,
  }),
  "alerts.destinations.get": route("GET", ALERT_DESTINATION, "Destination", "one", AlertDestination),
  "alerts.destinations.update": route("PUT", ALERT_DESTINATION, "Replace it", "one", AlertDestination, {
    body: AlertDestinationWrite,
  }),
  "alerts.destinations.delete": route("DELETE", ALERT_DESTINATION, "Delete it", "one", Deleted),
  "alerts.destinations.test": route("POST", `${ALERT_DESTINATION}/test`, "Send a test now", "one", AlertTest),
  "alerts.deliveries": route(
    "GET",
    `${ALERTS}/deliveries`,
    "Alerts sent and waiting, newest first",
    "list",
    AlertDelivery,
    {
      query: AlertDeliveriesQuery,
    },
  ),
  "alerts.get": route("GET", ALERT_POLICY, "Policy", "one", AlertPolicy),
  "alerts.update": route("PUT", ALERT_POLICY, "Replace a policy", "one", AlertPolicy, { body: AlertPolicyWrite }),
  "alerts.delete": route("DELETE", ALERT_POLICY, "Delete a policy", "one", Deleted),
  "own.events": route(
    "GET",
    `${OWN}/events`,
    "Events, newest first; with Accept: text/event-stream, as they happen",
    "list",
    EventRow,
    { query: EventsQuery },
  ),
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;

type SchemaOf<K extends RouteName, Part extends "query" | "body"> = (typeof ROUTES)[K] extends {
  readonly [P in Part]?: infer S;
}
  ? Exclude<S, undefined>
  : never;

type OutputOf<S> = [S] extends [never] ? undefined : S extends z.ZodType ? z.output<S> : undefined;

/** What a handler is given: the query and the body after their schemas. */
export type RouteQuery<K extends RouteName> = OutputOf<SchemaOf<K, "query">>;
export type RouteBody<K extends RouteName> = OutputOf<SchemaOf<K, "body">>;
/** One resource of the answer: for `page` and `list` one of many. */
export type RouteResult<K extends RouteName> = z.output<(typeof ROUTES)[K]["result"]>;

export const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[];

/** The path with its parameters set in, each encoded; for clients. */
export function routePath(name: RouteName, parameters: Readonly<Record<string, string>> = {}): string {
  return ROUTES[name].path.replace(/\{(\w+)\}/g, (_, parameter: string) =>
    encodeURIComponent(parameters[parameter] ?? ""),
  );
}
