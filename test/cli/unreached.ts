/**
 * Operations of the contract that no verb of the command line calls, each with the reason. `walk.test.ts` holds this list against
 * what the walk really asked the server: an operation that is neither asked nor named here fails it, and so does one that is both.
 */
import type { RouteName } from "#contract";
import { refusedRoutes } from "../../src/contract/routes/refused.ts";

const REFUSED = "always refused, with a code of its own: a verb could do nothing but fail";
const BROWSER = "of the dashboard's cookie: the command line asks by a token";
const SAME_ALERT = 'the same policies and webhooks in the provider\'s form: "alert" and "alert destination" have them';
const SAME_AUDIT = 'the same entries in the provider\'s form: "audit" has them, with all of its filters';
const IN_LIST = "found by name in the list, which has the whole of it";

export const UNREACHED: { readonly [K in RouteName]?: string } = {
  ...(Object.fromEntries(Object.keys(refusedRoutes).map((name) => [name, REFUSED])) as {
    [K in keyof typeof refusedRoutes]: string;
  }),
  "records.create": REFUSED,
  "records.batch": REFUSED,
  "records.import": REFUSED,
  "records.scan": REFUSED,
  "records.scanTrigger": REFUSED,
  "records.scanReview": REFUSED,
  "records.scanned": "always empty: no records are scanned",
  "records.update": REFUSED,
  "records.edit": REFUSED,
  "records.delete": REFUSED,
  "alerting.pagerduty.list": REFUSED,
  "alerting.pagerduty.delete": REFUSED,
  "alerting.pagerduty.connect": REFUSED,
  "alerting.pagerduty.link": REFUSED,
  "alerting.silences.list": REFUSED,
  "alerting.silences.create": REFUSED,
  "alerting.silences.update": REFUSED,
  "alerting.silences.get": REFUSED,
  "alerting.silences.delete": REFUSED,

  "session.create": BROWSER,
  "session.get": BROWSER,
  "session.delete": BROWSER,
  "session.ways": "asked by the sign-in page before it knows anybody",
  "session.begin": BROWSER,
  "session.finish": BROWSER,
  "session.password": 'taken from a session alone; "user password" sets one',

  "user.get": '"whoami" says it, and what one may besides',
  "accounts.tokens.verify": '"doctor" and "whoami" look at whatever token they are given',

  "peers.get": IN_LIST,
  "tsigs.get": IN_LIST,
  "acls.get": IN_LIST,
  "catalogs.get": IN_LIST,
  "outgoing.status": '"outgoing show" has it among the rest',

  "alerting.policies.list": SAME_ALERT,
  "alerting.policies.create": SAME_ALERT,
  "alerting.policies.get": SAME_ALERT,
  "alerting.policies.update": SAME_ALERT,
  "alerting.policies.delete": SAME_ALERT,
  "alerting.webhooks.list": SAME_ALERT,
  "alerting.webhooks.create": SAME_ALERT,
  "alerting.webhooks.get": SAME_ALERT,
  "alerting.webhooks.update": SAME_ALERT,
  "alerting.webhooks.delete": SAME_ALERT,
  "auditLogs.list": SAME_AUDIT,
  "auditLogs.ofAccount": SAME_AUDIT,
  "auditLogs.ofUser": SAME_AUDIT,
};
