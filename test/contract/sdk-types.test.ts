/**
 * The contract against the published SDK's own types: what the server answers can be read as what the SDK says it gets, and what
 * the SDK lets a program send fits the schemas. tsc decides; at run time there is nothing left to do but name the pairs.
 */
import type Cloudflare from "cloudflare";
import { expect, test } from "vitest";
import type { input } from "zod";
import type {
  Account,
  AccountAuditEntry,
  AccountDnsSettings,
  AccountDnsSettingsEdit,
  Acl,
  AclWrite,
  Deleted,
  DnsSettings,
  DnsSettingsEdit,
  Dnssec,
  DnssecEdit,
  Incoming,
  IncomingWrite,
  Outgoing,
  OutgoingWrite,
  Peer,
  PeerWrite,
  RecordUsage,
  Token,
  Tsig,
  TsigWrite,
  Zone,
  ZoneCreate,
  ZoneEdit,
  Zsk,
} from "#contract";

type Dns = Cloudflare["dns"];
type Transfers = Dns["zoneTransfers"];
/** What a call of the SDK resolves to. */
type Got<Call extends (...parameters: never[]) => PromiseLike<unknown>> = Awaited<ReturnType<Call>>;
/** What auto-paging gives one by one. */
type Listed<Call extends (...parameters: never[]) => AsyncIterable<unknown>> =
  ReturnType<Call> extends AsyncIterable<infer Item> ? Item : never;

/** Null is how JSON says that a field is not set; the SDK's types say `undefined` for some of them. */
type Read<T> = T extends readonly (infer Item)[]
  ? Read<Item>[]
  : T extends object
    ? { [K in keyof T]: null extends T[K] ? Read<Exclude<T[K], null>> | undefined : Read<T[K]> }
    : T;

/** The SDK takes null for what a zone has not got, but not for whose it is. */
type ReadZone = Omit<Zone, "owner" | "tenant" | "tenant_unit"> & Read<Pick<Zone, "owner" | "tenant" | "tenant_unit">>;

/** Compiles when `Ours` can be read as `Theirs`. */
function reads<Theirs, Ours extends Theirs>(): (ours: Ours) => Theirs {
  return (ours) => ours;
}

/** Compiles when everything that `Theirs` may be fits the schema's input. */
function takes<Ours, Theirs extends Ours>(): (theirs: Theirs) => Ours {
  return (theirs) => theirs;
}

const ANSWERS = {
  zone: reads<Listed<Cloudflare["zones"]["list"]>, ReadZone>(),
  zoneGot: reads<Got<Cloudflare["zones"]["get"]>, ReadZone>(),
  zoneDeleted: reads<Got<Cloudflare["zones"]["delete"]>, Deleted>(),
  activation: reads<Got<Cloudflare["zones"]["activationCheck"]["trigger"]>, Deleted>(),
  dnssec: reads<Got<Dns["dnssec"]["get"]>, Dnssec>(),
  zsk: reads<Listed<Dns["dnssec"]["zsk"]["list"]>, Read<Omit<Zsk, "SigningKey">>>(),
  incoming: reads<Got<Transfers["incoming"]["get"]>, Read<Incoming>>(),
  outgoing: reads<Got<Transfers["outgoing"]["get"]>, Read<Outgoing>>(),
  peer: reads<Got<Transfers["peers"]["get"]>, Peer>(),
  tsig: reads<Got<Transfers["tsigs"]["get"]>, Tsig>(),
  acl: reads<Got<Transfers["acls"]["get"]>, Acl>(),
  settings: reads<Got<Dns["settings"]["zone"]["get"]>, DnsSettings>(),
  accountSettings: reads<Got<Dns["settings"]["account"]["get"]>, AccountDnsSettings>(),
  usage: reads<Got<Dns["usage"]["zone"]["get"]>, RecordUsage>(),
  audit: reads<Listed<Cloudflare["accounts"]["logs"]["audit"]["list"]>, AccountAuditEntry>(),
  account: reads<Got<Cloudflare["accounts"]["get"]>, Read<Account>>(),
  token: reads<Got<Cloudflare["user"]["tokens"]["verify"]>, Token>(),
};

type Sent<Call extends (...parameters: never[]) => unknown, At extends number = 0> = Parameters<Call>[At];

const REQUESTS = {
  zoneCreate: takes<input<typeof ZoneCreate>, Sent<Cloudflare["zones"]["create"]>>(),
  zoneEdit: takes<input<typeof ZoneEdit>, Sent<Cloudflare["zones"]["edit"]>>(),
  dnssec: takes<input<typeof DnssecEdit>, Sent<Dns["dnssec"]["edit"]>>(),
  incoming: takes<input<typeof IncomingWrite>, Sent<Transfers["incoming"]["create"]>>(),
  outgoing: takes<input<typeof OutgoingWrite>, Sent<Transfers["outgoing"]["create"]>>(),
  peerCreate: takes<input<typeof PeerWrite>, Sent<Transfers["peers"]["create"]>>(),
  peerUpdate: takes<input<typeof PeerWrite>, Sent<Transfers["peers"]["update"], 1>>(),
  tsig: takes<input<typeof TsigWrite>, Sent<Transfers["tsigs"]["create"]>>(),
  acl: takes<input<typeof AclWrite>, Sent<Transfers["acls"]["update"], 1>>(),
  settings: takes<input<typeof DnsSettingsEdit>, Sent<Dns["settings"]["zone"]["edit"]>>(),
  accountSettings: takes<input<typeof AccountDnsSettingsEdit>, Sent<Dns["settings"]["account"]["edit"]>>(),
};

test("answers and requests have the SDK's types", () => {
  expect(Object.keys(ANSWERS).length + Object.keys(REQUESTS).length).toBeGreaterThan(15);
});
