/**
 * A ControlService in memory, for tests of the HTTP face alone: it keeps what it is told and follows the contract's codes, but
 * transfers and signs nothing. The tests of the whole product use the real one.
 */
import { createHash } from "node:crypto";
import {
  type Acl,
  type AlertService,
  type ControlError,
  type ControlService,
  DNSSEC_TYPES,
  type DnsRecord,
  findTsigAlgorithm,
  type Incoming,
  normaliseAclRange,
  type Outcome,
  type OutgoingDetails,
  type OutgoingService,
  type Peer,
  type RecordEntry,
  type Tsig,
} from "#contract";
import { type AuditLog, accountSettingsPart, auditPart, retryPart } from "./memory-audit.ts";
import { catalogPart } from "./memory-catalogs.ts";
import { makeMemoryIdentity } from "./memory-identity.ts";
import { insightPart } from "./memory-insight.ts";
import { noMultiSigner, noRollovers } from "./memory-signers.ts";
import { zoneListPart } from "./memory-zone-list.ts";
import {
  ACCOUNT,
  dnssecPart,
  done,
  emptyZone,
  type MemoryZone,
  NOW,
  newId,
  refused,
  type WithZone,
  zonePart,
} from "./memory-zones.ts";

export const SECRET = "test-secret-0123456789";
export { ACCOUNT };

export type MemoryService = ControlService & {
  readonly zones: Map<string, MemoryZone>;
  /** Gives the zone records as if they had been transferred. */
  load(zoneId: string, records: readonly [name: string, type: string, ttl: number, content: string][]): void;
  /** The next call of `getZone` throws. */
  fail: boolean;
  tokenStatus: "active" | "disabled";
  readonly audit: AuditLog;
};

export function makeMemoryService(): MemoryService {
  const zones = new Map<string, MemoryZone>();
  const withZone = <T>(zoneId: string, use: (zone: MemoryZone) => Outcome<T>): Promise<Outcome<T>> => {
    const zone = zones.get(zoneId);
    return Promise.resolve(zone === undefined ? refused("zone.not-found", zoneId) : use(zone));
  };
  const audit: AuditLog = { entries: [] };
  const service: MemoryService = {
    zones,
    fail: false,
    tokenStatus: "active",
    audit,
    load(zoneId, records) {
      zones.get(zoneId)!.records = records.map(([name, type, ttl, content]) => makeRecord(name, type, ttl, content));
    },
    ...identityPart(() => service.tokenStatus),
    ...zonePart(zones, withZone, () => service.fail),
    ...zoneListPart(zones),
    ...dnssecPart(withZone),
    ...noRollovers(withZone),
    ...peerPart(),
    ...transportPart(),
    ...incomingPart(withZone),
    ...outgoingPart(withZone),
    ...recordPart(withZone),
    ...settingsPart(withZone),
    ...heldPart(withZone),
    ...alertPart(),
    ...statusPart(withZone),
    ...catalogPart(),
    ...insightPart(),
    ...auditPart(audit),
    ...retryPart(),
    ...accountSettingsPart(ACCOUNT, emptyZone("default.example").dnsSettings),
  };
  return service;
}

function identityPart(status: () => "active" | "disabled") {
  const account = {
    id: ACCOUNT,
    name: "Demo",
    type: "enterprise" as const,
    created_on: NOW,
    settings: { enforce_twofactor: false, abuse_contact_email: null },
  };
  return {
    ...makeMemoryIdentity({ secret: SECRET, now: NOW, status }),
    listAccounts: async () => [account],
    getAccount: async (id: string) => (id === ACCOUNT ? done(account) : refused("account.not-found", id)),
  };
}

/** One of three like collections of an account: peers, TSIGs, ACLs. */
function collection<T extends { readonly id: string }, W>(
  missing: ControlError["code"],
  make: (id: string, write: W) => Outcome<T>,
) {
  const items = new Map<string, T>();
  const inAccount = <R>(account: string, use: () => Outcome<R>): Promise<Outcome<R>> =>
    Promise.resolve(account === ACCOUNT ? use() : refused("account.not-found", account));
  const store = (id: string, write: W) => {
    const made = make(id, write);
    if (made.ok) items.set(id, made.value);
    return made;
  };
  return {
    list: (account: string) => inAccount(account, () => done([...items.values()])),
    get: (account: string, id: string) =>
      inAccount(account, () => (items.has(id) ? done(items.get(id)!) : refused(missing, id))),
    create: (account: string, write: W) => inAccount(account, () => store(newId(), write)),
    update: (account: string, id: string, write: W) =>
      inAccount(account, () => (items.has(id) ? store(id, write) : refused(missing, id))),
    remove: (account: string, id: string) =>
      inAccount(account, () => (items.delete(id) ? done({ id }) : refused(missing, id))),
  };
}

/** Every peer is clear, and stays it. */
function transportPart() {
  const nothing = { host_name: null, pins: [], ca_pem: null, client_certificate: null, asks_as: null, last_seen: null };
  const clear = (id: string) => ({ id, mode: "clear" as const, port: 853, ...nothing });
  return {
    getTransport: async (peerId: string) => done(clear(peerId)),
    setTransport: async () => refused("transport.unusable", "nothing is in memory"),
    deleteTransport: async (peerId: string) => done({ id: peerId }),
  };
}

function peerPart() {
  const tsigs = collection<Tsig, Omit<Tsig, "id">>("tsig.not-found", (id, write) =>
    findTsigAlgorithm(write.algo) === undefined
      ? refused("tsig.algorithm-unsupported", write.algo, "/algo")
      : done({ id, ...write }),
  );
  const peers = collection<Peer, Omit<Peer, "id">>("peer.not-found", (id, write) => done({ id, ...write }));
  const acls = collection<Acl, Omit<Acl, "id">>("acl.not-found", (id, write) => {
    const normal = normaliseAclRange(write.ip_range);
    return "code" in normal
      ? refused(normal.code, write.ip_range)
      : done({ id, name: write.name, ip_range: normal.range });
  });
  return {
    listPeers: peers.list,
    listPeerUses: async () => done([]),
    getPeer: peers.get,
    createPeer: peers.create,
    updatePeer: peers.update,
    deletePeer: peers.remove,
    listTsigs: tsigs.list,
    getTsig: tsigs.get,
    createTsig: tsigs.create,
    updateTsig: tsigs.update,
    deleteTsig: tsigs.remove,
    listAcls: acls.list,
    getAcl: acls.get,
    createAcl: acls.create,
    updateAcl: acls.update,
    deleteAcl: acls.remove,
  };
}

function incomingPart(withZone: WithZone) {
  type Write = Pick<Incoming, "name" | "peers" | "auto_refresh_seconds">;
  const times = { soa_serial: 0, checked_time: null, created_time: NOW, modified_time: NOW };
  return {
    getIncoming: (zoneId: string) =>
      withZone(zoneId, (zone) =>
        zone.incoming ? done(zone.incoming) : refused("incoming.not-found", zone.facts.name),
      ),
    createIncoming: (zoneId: string, write: Write) =>
      withZone(zoneId, (zone) => {
        if (zone.incoming) return refused("incoming.exists", zone.facts.name);
        zone.incoming = { id: zoneId, ...write, ...times };
        return done(zone.incoming);
      }),
    updateIncoming: (zoneId: string, write: Write) =>
      withZone(zoneId, (zone) => {
        if (!zone.incoming) return refused("incoming.not-found", zone.facts.name);
        zone.incoming = { ...zone.incoming, ...write };
        return done(zone.incoming);
      }),
    deleteIncoming: (zoneId: string) =>
      withZone(zoneId, (zone) => {
        if (!zone.incoming) return refused("incoming.not-found", zone.facts.name);
        zone.incoming = undefined;
        return done({ id: zoneId });
      }),
    forceAxfr: (zoneId: string) =>
      withZone(zoneId, (zone) => (zone.incoming ? done(undefined) : refused("incoming.not-found", zone.facts.name))),
  };
}

function outgoingPart(withZone: WithZone): OutgoingService {
  type Given = NonNullable<MemoryZone["outgoing"]>;
  const given = <T>(zoneId: string, use: (outgoing: Given, zone: MemoryZone) => Outcome<T>) =>
    withZone(zoneId, (zone) =>
      zone.outgoing ? use(zone.outgoing, zone) : refused("outgoing.not-found", zone.facts.name),
    );
  const word = (enabled: boolean) => (enabled ? ("Enabled" as const) : ("Disabled" as const));
  const details = ({ config, enabled, tlsOnly }: Given): OutgoingDetails => ({
    id: config.id,
    status: word(enabled),
    tls_only: tlsOnly,
    serials: { primary: null, served: null },
    journal: [],
    peers: [],
  });
  const times = { soa_serial: 0, checked_time: null, created_time: NOW, last_transferred_time: null };
  return {
    getOutgoing: (zoneId) => given(zoneId, ({ config }) => done(config)),
    createOutgoing: (zoneId, write) =>
      withZone(zoneId, (zone) => {
        if (zone.outgoing) return refused("outgoing.exists", zone.facts.name);
        zone.outgoing = { config: { id: zoneId, ...write, ...times }, enabled: false, tlsOnly: false };
        return done(zone.outgoing.config);
      }),
    updateOutgoing: (zoneId, write) =>
      given(zoneId, (outgoing) => {
        outgoing.config = { ...outgoing.config, ...write };
        return done(outgoing.config);
      }),
    deleteOutgoing: (zoneId) =>
      given(zoneId, (_, zone) => {
        zone.outgoing = undefined;
        return done({ id: zoneId });
      }),
    setOutgoing: (zoneId, enabled) =>
      given(zoneId, (outgoing) => {
        outgoing.enabled = enabled;
        return done(word(enabled));
      }),
    outgoingStatus: (zoneId) => given(zoneId, ({ enabled }) => done(word(enabled))),
    forceNotify: (zoneId) =>
      given(zoneId, ({ enabled }, zone) => (enabled ? done(undefined) : refused("outgoing.disabled", zone.facts.name))),
    getOutgoingDetails: (zoneId) => given(zoneId, (outgoing) => done(details(outgoing))),
    editOutgoing: (zoneId, edit) =>
      given(zoneId, (outgoing) => {
        outgoing.tlsOnly = edit.tls_only ?? outgoing.tlsOnly;
        return done(details(outgoing));
      }),
  };
}

function makeRecord(name: string, type: string, ttl: number, content: string): DnsRecord {
  const id = createHash("sha256").update(`${name}|${type}|${content}`).digest("hex").slice(0, 32);
  return {
    id,
    name,
    type,
    content,
    ttl,
    proxiable: false,
    proxied: false,
    settings: {},
    meta: { source: "primary" },
    comment: null,
    tags: [],
    created_on: NOW,
    modified_on: NOW,
  };
}

function recordPart(withZone: WithZone): Pick<ControlService, "openRecords" | "getRecord" | "exportRecords"> {
  const entry = (record: DnsRecord): RecordEntry => ({
    name: record.name,
    type: record.type,
    ttl: record.ttl,
    id: () => record.id,
    content: () => record.content,
    print: () => record,
  });
  return {
    openRecords: (zoneId, { plain = false } = {}) =>
      withZone(zoneId, (zone) => {
        const isShown = ({ type }: DnsRecord) => !plain || !(DNSSEC_TYPES as readonly string[]).includes(type);
        const records = zone.records.filter(isShown);
        return done({
          count: records.length,
          *[Symbol.iterator]() {
            for (const record of records) yield entry(record);
          },
        });
      }),
    getRecord: (zoneId, recordId) =>
      withZone(zoneId, ({ records }) => {
        const found = records.find((record) => record.id === recordId);
        return found ? done(found) : refused("record.not-found", recordId);
      }),
    exportRecords: (zoneId) =>
      withZone(zoneId, ({ records, facts }) =>
        records.length === 0
          ? refused("zone.not-loaded", facts.name)
          : done(records.map((record) => `${record.name}.\t${record.ttl}\tIN\t${record.type}\t${record.content}\n`)),
      ),
  };
}

function settingsPart(
  withZone: WithZone,
): Pick<ControlService, "getDnsSettings" | "editDnsSettings" | "getZoneSettings" | "editZoneSettings"> {
  return {
    getDnsSettings: (zoneId) => withZone(zoneId, (zone) => done(zone.dnsSettings)),
    editDnsSettings: (zoneId, edit) =>
      withZone(zoneId, (zone) => {
        if (edit.ns_ttl !== undefined && edit.ns_ttl !== zone.dnsSettings.ns_ttl)
          return refused("settings.not-offered", "ns_ttl");
        if (edit.secondary_overrides) return refused("override.not-offered", "secondary_overrides");
        return done(zone.dnsSettings);
      }),
    getZoneSettings: (zoneId) => withZone(zoneId, (zone) => done(zone.settings)),
    editZoneSettings: (zoneId, edit) =>
      withZone(zoneId, (zone) => {
        zone.settings = { ...zone.settings, ...edit };
        return done(zone.settings);
      }),
  };
}

function alertPart(): AlertService {
  const noPolicy = async (id: string) => refused("alert.policy-not-found", id);
  const noDestination = async (id: string) => refused("alert.destination-not-found", id);
  return {
    listAlertPolicies: async () => done([]),
    getAlertPolicy: noPolicy,
    createAlertPolicy: async ({ destinations }) => refused("alert.destination-unknown", destinations[0]),
    updateAlertPolicy: noPolicy,
    deleteAlertPolicy: noPolicy,
    listAlertDestinations: async () => done([]),
    getAlertDestination: noDestination,
    createAlertDestination: async () => refused("alert.secret-missing"),
    updateAlertDestination: noDestination,
    deleteAlertDestination: noDestination,
    testAlertDestination: noDestination,
    listAlertDeliveries: async () => done([]),
  };
}

function heldPart(
  withZone: WithZone,
): Pick<ControlService, "getHeld" | "releaseHeld" | "dropHeld" | "freezeZone" | "thawZone"> {
  const nothing = (zoneId: string) => withZone<never>(zoneId, ({ facts }) => refused("held.nothing", facts.name));
  const freeze = (zoneId: string, time: string | null) =>
    withZone(zoneId, () => done({ zone_id: zoneId, frozen_time: time, expire_time: null }));
  return {
    getHeld: nothing,
    releaseHeld: nothing,
    dropHeld: nothing,
    freezeZone: (zoneId) => freeze(zoneId, NOW),
    thawZone: (zoneId) => freeze(zoneId, null),
  };
}

function statusPart(
  withZone: WithZone,
): Pick<
  ControlService,
  "getMultiSigner" | "listZoneKeys" | "getZoneStatus" | "listTransfers" | "listEvents" | "followEvents" | "readiness"
> {
  return {
    listZoneKeys: (zoneId) => withZone(zoneId, () => done([])),
    getMultiSigner: (zoneId) => withZone(zoneId, ({ facts }) => done(noMultiSigner(facts.id, facts.name))),
    getZoneStatus: (zoneId) =>
      withZone(zoneId, ({ facts }) =>
        done({
          id: facts.id,
          name: facts.name,
          mode: "unsigned",
          denial: "none",
          serving: "not-ready",
          health: { level: "problem", code: "no-primary" },
          phase: "idle",
          held: null,
          transferring: null,
          frozen_time: null,
          serials: { notified: null, primary: null, stored: null, served: null },
          zonemd: null,
          generation: 0,
          checked_time: null,
          transferred_time: null,
          next_check_time: null,
          expire_time: null,
          peers: [],
          image: null,
          dnssec: {
            status: "disabled",
            ds: [],
            own_ds: [],
            dnskeys: [],
            next_step: "Link a peer.",
            parent: { checked_time: null, ds: [], answered_by: null, error: null },
            signatures_expire_time: null,
            resign_time: null,
          },
        }),
      ),
    listTransfers: (zoneId) => withZone(zoneId, () => done([])),
    listEvents: async (query) =>
      done([
        {
          id: 7,
          time: NOW,
          zone_id: query.zone_id ?? null,
          level: "info",
          code: "service.started",
          message: "Started",
          detail: {},
        },
      ]),
    followEvents: async () => done((async function* () {})()),
    readiness: () => ({ ready: false, waiting: ["1 zone is not loaded yet"] }),
  };
}
