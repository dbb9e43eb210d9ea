/**
 * What each route needs: the one table that says who may do what. Viewers read, operators write, admins decide who may; a token
 * with policies needs, besides, one of the groups. A route that is missing here does not compile.
 */
import type { GroupName, Level, Need, Reach } from "./permission.ts";
import { alertingRoutes } from "./routes/alerting.ts";
import { refusedRoutes } from "./routes/refused.ts";
import type { RouteName } from "./routes.ts";
import type { Role } from "./session.ts";

type Grant = Extract<Need, { kind: "grant" }>;

function needs(reach: Reach, level: Level, groups: readonly GroupName[], role?: Role): Grant {
  return { kind: "grant", reach, level, groups, role: role ?? (level === "read" ? "viewer" : "operator") };
}

const OPEN: Need = { kind: "open" };
const KNOWN: Need = { kind: "known" };

const readZone = needs("zone", "read", ["Zone", "DNS", "Zone Settings", "Zone DNS Settings"]);
const writeZone = needs("zone", "write", ["Zone"]);
const readDns = needs("zone", "read", ["DNS"]);
const writeDns = needs("zone", "write", ["DNS"]);
const readTransfers = needs("zone", "read", ["DNS", "Zone Settings", "Zone"]);
const writeTransfers = needs("zone", "write", ["DNS", "Zone Settings", "Zone"]);
const readSettings = needs("zone", "read", ["DNS", "Zone DNS Settings", "Zone Settings"]);
const writeSettings = needs("zone", "write", ["DNS", "Zone DNS Settings", "Zone Settings"]);
const readAccount = needs("account", "read", ["Account Settings"]);
const writeAccount = needs("account", "write", ["Account Settings"]);
const readAlerts = needs("account", "read", ["Notifications", "Account Settings"]);
const writeAlerts = needs("account", "write", ["Notifications", "Account Settings"]);

/** Refused for everybody who might do such a thing at all. */
const REFUSED = Object.fromEntries(
  Object.entries(refusedRoutes).map(([name, { method, path }]) => {
    const reach = path.includes("{zoneId}") ? "zone" : "account";
    const group: GroupName = reach === "zone" ? "Zone" : "Account Settings";
    return [name, needs(reach, method === "GET" ? "read" : "write", [group])];
  }),
) as { readonly [K in keyof typeof refusedRoutes]: Need };

const ALERTING = Object.fromEntries(
  Object.entries(alertingRoutes).map(([name, { method }]) => [name, method === "GET" ? readAlerts : writeAlerts]),
) as { readonly [K in keyof typeof alertingRoutes]: Need };

export const NEEDS: { readonly [K in RouteName]: Need } = {
  //--- Who asks
  "session.create": OPEN,
  "session.get": KNOWN,
  "session.whoami": KNOWN,
  "session.delete": KNOWN,
  "session.password": KNOWN,
  "session.ways": OPEN,
  "session.begin": OPEN,
  "session.finish": OPEN,
  "session.provider": needs("account", "read", ["Users"], "admin"),
  "sessions.list": KNOWN,
  "sessions.delete": KNOWN,
  "users.list": needs("account", "read", ["Users"], "admin"),
  "users.get": needs("account", "read", ["Users"], "admin"),
  "users.create": needs("account", "write", ["Users"], "admin"),
  "users.edit": needs("account", "write", ["Users"], "admin"),
  "users.delete": needs("account", "write", ["Users"], "admin"),
  "users.password": needs("account", "write", ["Users"], "admin"),
  "user.get": needs("user", "read", ["User Details"]),
  "user.tokens.verify": KNOWN,
  "accounts.tokens.verify": KNOWN,
  // His own: a token can do no more than he may, whatever its policies say.
  "user.tokens.list": needs("user", "read", ["API Tokens"]),
  "user.tokens.get": needs("user", "read", ["API Tokens"]),
  "user.tokens.groups": KNOWN,
  "user.tokens.create": needs("user", "write", ["API Tokens"], "viewer"),
  "user.tokens.update": needs("user", "write", ["API Tokens"], "viewer"),
  "user.tokens.delete": needs("user", "write", ["API Tokens"], "viewer"),
  "user.tokens.value": needs("user", "write", ["API Tokens"], "viewer"),
  "accounts.tokens.list": needs("account", "read", ["Account API Tokens"], "admin"),
  "accounts.tokens.get": needs("account", "read", ["Account API Tokens"], "admin"),
  "accounts.tokens.groups": KNOWN,
  "accounts.tokens.create": needs("account", "write", ["Account API Tokens"], "admin"),
  "accounts.tokens.update": needs("account", "write", ["Account API Tokens"], "admin"),
  "accounts.tokens.delete": needs("account", "write", ["Account API Tokens"], "admin"),
  "accounts.tokens.value": needs("account", "write", ["Account API Tokens"], "admin"),
  "accounts.list": KNOWN,
  "accounts.get": KNOWN,

  //--- Zones
  "zones.list": readZone,
  "zones.create": writeZone,
  "zones.get": readZone,
  "zones.edit": writeZone,
  "zones.delete": writeZone,
  "zones.activationCheck": writeZone,
  "dnssec.get": readDns,
  "dnssec.edit": writeDns,
  "dnssec.delete": writeDns,
  "dnssec.zsk": readDns,
  "records.list": readDns,
  "records.get": readDns,
  "records.export": readDns,
  "records.create": writeDns,
  "records.batch": writeDns,
  "records.import": writeDns,
  "records.scan": writeDns,
  "records.update": writeDns,
  "records.edit": writeDns,
  "records.delete": writeDns,
  "dnsSettings.get": readSettings,
  "dnsSettings.edit": writeSettings,

  "records.scanTrigger": writeDns,
  "records.scanReview": writeDns,
  "records.scanned": readDns,
  "records.usage": readDns,
  "recordUsage.account": needs("account", "read", ["Account Settings", "Account DNS Settings"]),
  "dnsSettings.account.get": needs("account", "read", ["Account DNS Settings"]),
  "dnsSettings.account.edit": needs("account", "write", ["Account DNS Settings"]),
  ...REFUSED,

  //--- Transfers
  "incoming.get": readTransfers,
  "incoming.create": writeTransfers,
  "incoming.update": writeTransfers,
  "incoming.delete": writeTransfers,
  "incoming.forceAxfr": writeTransfers,
  "outgoing.get": readTransfers,
  "outgoing.create": writeTransfers,
  "outgoing.update": writeTransfers,
  "outgoing.delete": writeTransfers,
  "outgoing.enable": writeTransfers,
  "outgoing.disable": writeTransfers,
  "outgoing.forceNotify": writeTransfers,
  "outgoing.status": readTransfers,
  "own.outgoing.get": readTransfers,
  "own.outgoing.edit": writeTransfers,
  "own.transfers": readTransfers,
  "own.held": readTransfers,
  "own.held.release": writeTransfers,
  "own.held.drop": writeTransfers,
  "own.freeze": writeTransfers,
  "own.thaw": writeTransfers,
  "own.status": readZone,
  "own.settings.get": readSettings,
  "own.settings.edit": writeSettings,
  "own.keys": readDns,
  "own.rollovers": readDns,
  "own.rollovers.edit": writeDns,
  "own.rollovers.start": writeDns,
  "own.rollovers.cancel": writeDns,
  "own.multiSigner": readDns,
  "insight.explain": readDns,
  "insight.check": readDns,
  "insight.checkNow": readDns,
  "insight.chainSvg": readDns,
  "analytics.report": readZone,
  "analytics.byTime": readZone,
  "own.zones": readZone,
  "own.zoneCounts": readZone,
  "own.events": readZone,

  //--- The account's
  "audit.list": readAccount,
  "audit.export": readAccount,
  "auditLogs.list": readAccount,
  "auditLogs.ofAccount": readAccount,
  "auditLogs.ofUser": needs("user", "read", ["User Details"]),
  "peers.list": readAccount,
  "peers.get": readAccount,
  "peers.create": writeAccount,
  "peers.update": writeAccount,
  "peers.delete": writeAccount,
  "own.peerUses": readZone,
  "transport.get": readAccount,
  "transport.set": writeAccount,
  "transport.delete": writeAccount,
  "tsigs.list": readAccount,
  "tsigs.get": readAccount,
  "tsigs.create": writeAccount,
  "tsigs.update": writeAccount,
  "tsigs.delete": writeAccount,
  "acls.list": readAccount,
  "acls.get": readAccount,
  "acls.create": writeAccount,
  "acls.update": writeAccount,
  "acls.delete": writeAccount,
  "alerts.list": readAlerts,
  "alerts.get": readAlerts,
  "alerts.create": writeAlerts,
  "alerts.update": writeAlerts,
  "alerts.delete": writeAlerts,
  "alerts.destinations.list": readAlerts,
  "alerts.destinations.get": readAlerts,
  "alerts.destinations.create": writeAlerts,
  "alerts.destinations.update": writeAlerts,
  "alerts.destinations.delete": writeAlerts,
  "alerts.destinations.test": writeAlerts,
  "alerts.deliveries": readAlerts,

  ...ALERTING,

  // A catalog makes zones and takes them away: it needs the right to all of them.
  "catalogs.list": needs("zone", "read", ["Zone"]),
  "catalogs.get": needs("zone", "read", ["Zone"]),
  "catalogs.members": needs("zone", "read", ["Zone"]),
  "catalogs.create": writeZone,
  "catalogs.edit": writeZone,
  "catalogs.delete": writeZone,
};
