/** What an operation of the API does, in words: `peers.update` is "replace a peer". A test holds it against the table of routes. */

/** By what stands before the last dot. */
const NOUNS: Readonly<Record<string, string>> = {
  users: "a user",
  "user.tokens": "an API token",
  "accounts.tokens": "an API token of the account",
  zones: "a zone",
  dnssec: "DNSSEC",
  peers: "a peer",
  tsigs: "a TSIG key",
  acls: "an ACL",
  incoming: "incoming transfers",
  outgoing: "outgoing transfers",
  records: "records",
  dnsSettings: "DNS settings",
  "dnsSettings.account": "DNS settings of new zones",
  "own.rollovers": "when keys are rolled",
  "own.outgoing": "whether transfers need TLS",
  "own.settings": "settings",
  catalogs: "a catalog",
  alerts: "an alert policy",
  "alerts.destinations": "an alert destination",
  "alerting.policies": "an alert policy",
  "alerting.webhooks": "a webhook",
};

const VERBS: Readonly<Record<string, string>> = {
  create: "create",
  update: "replace",
  edit: "change",
  delete: "delete",
};

/** Where a verb and a noun do not say it. */
const SPECIAL: Readonly<Record<string, string>> = {
  "session.create": "sign in",
  "session.delete": "sign out",
  "session.begin": "go to the OpenID provider to sign in",
  "session.finish": "sign in by the OpenID provider",
  "session.password": "change one's own password",
  "sessions.delete": "end a session",
  "users.password": "set a user's password",
  "user.tokens.value": "give an API token another secret",
  "accounts.tokens.value": "give an API token of the account another secret",
  "zones.activationCheck": "look at the parent",
  "own.rollovers.start": "roll a key",
  "own.rollovers.cancel": "cancel a rollover",
  "transport.set": "set TLS for a peer",
  "transport.delete": "go back to clear transfers for a peer",
  "incoming.delete": "unlink a zone from its primaries",
  "incoming.forceAxfr": "transfer now",
  "outgoing.delete": "give a zone to nobody any more",
  "outgoing.enable": "answer transfers",
  "outgoing.disable": "refuse transfers",
  "outgoing.forceNotify": "notify all secondaries",
  "records.batch": "change records",
  "records.import": "import records",
  "records.scan": "scan for records",
  "records.scanTrigger": "scan for records",
  "records.scanReview": "take scanned records",
  "own.held.release": "serve a held version",
  "own.held.drop": "drop a held version",
  "own.freeze": "freeze a zone",
  "own.thaw": "thaw a zone",
  "insight.checkNow": "check the chain of trust",
  "alerts.destinations.test": "test an alert destination",
};

/** Of another product: they are always refused. */
const NOT_OFFERED: readonly (readonly [string, string])[] = [
  ["alerting.pagerduty.", "PagerDuty"],
  ["alerting.silences.", "silences"],
  ["loadBalancing.", "load balancing"],
  ["dnsViews.", "internal DNS"],
];

/** An operation that is not known here (of a newer server) stands as it is. */
export function actionWords(action: string): string {
  const special = SPECIAL[action];
  if (special !== undefined) return special;
  const other = NOT_OFFERED.find(([begin]) => action.startsWith(begin));
  if (other) return `set up ${other[1]}`;
  const dot = action.lastIndexOf(".");
  const verb = VERBS[action.slice(dot + 1)];
  const noun = NOUNS[action.slice(0, dot)];
  return verb !== undefined && noun !== undefined ? `${verb} ${noun}` : action;
}
