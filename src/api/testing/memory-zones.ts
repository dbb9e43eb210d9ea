/** Zones of the ControlService in memory: made, edited, deleted, and their DNSSEC as far as it is a status. */
import { randomBytes } from "node:crypto";
import type {
  ControlError,
  ControlService,
  DnsRecord,
  DnsSettings,
  Dnssec,
  Incoming,
  Outcome,
  Outgoing,
  ZoneFacts,
  ZoneSettings,
} from "#contract";

export const ACCOUNT = "01a7362d577a6c3019a474fd6f485823";
export const NOW = "2026-10-05T09:00:00.123000Z";

export type MemoryZone = {
  facts: ZoneFacts;
  dnssec: Dnssec;
  incoming: Incoming | undefined;
  outgoing: { config: Outgoing; enabled: boolean; tlsOnly: boolean } | undefined;
  dnsSettings: DnsSettings;
  settings: ZoneSettings;
  records: DnsRecord[];
};

export type WithZone = <T>(zoneId: string, use: (zone: MemoryZone) => Outcome<T>) => Promise<Outcome<T>>;

export const newId = () => randomBytes(16).toString("hex");

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(
  code: ControlError["code"],
  about?: string,
  pointer?: string,
): { readonly ok: false; readonly error: ControlError } {
  return { ok: false, error: { code, about, pointer } };
}

export function zonePart(zones: Map<string, MemoryZone>, withZone: WithZone, fail: () => boolean) {
  return {
    async createZone({ name, accountId = ACCOUNT }: { readonly name: string; readonly accountId?: string }) {
      const plain = name.toLowerCase().replace(/\.$/, "");
      if (accountId !== ACCOUNT) return refused("account.not-found", accountId);
      if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(plain)) return refused("zone.name-invalid", name);
      if ([...zones.values()].some((zone) => zone.facts.name === plain)) return refused("zone.exists", plain);
      const zone = emptyZone(plain);
      zones.set(zone.facts.id, zone);
      return done(zone.facts);
    },
    listZones: async () => [...zones.values()].map((zone) => zone.facts),
    async getZone(zoneId: string) {
      if (fail()) throw new Error("the invariant is broken");
      return withZone(zoneId, (zone) => done(zone.facts));
    },
    editZone: (zoneId: string, edit: { readonly paused?: boolean }) =>
      withZone(zoneId, (zone) => {
        zone.facts = { ...zone.facts, paused: edit.paused ?? zone.facts.paused };
        return done(zone.facts);
      }),
    deleteZone: (zoneId: string) =>
      withZone(zoneId, () => {
        zones.delete(zoneId);
        return done({ id: zoneId });
      }),
    checkActivation: (zoneId: string) => withZone(zoneId, () => done({ id: zoneId })),
  };
}

const NEVER_ENABLED: Dnssec = {
  status: "disabled",
  flags: null,
  algorithm: null,
  key_type: null,
  digest_type: null,
  digest_algorithm: null,
  digest: null,
  ds: null,
  key_tag: null,
  public_key: null,
  modified_on: null,
  dnssec_multi_signer: false,
  dnssec_presigned: false,
  dnssec_use_nsec3: false,
};

export function emptyZone(name: string): MemoryZone {
  const id = newId();
  return {
    facts: {
      id,
      name,
      account: { id: ACCOUNT, name: "Demo" },
      status: "pending",
      paused: false,
      nameServers: ["ns1.secondary.example", "ns2.secondary.example"],
      originalNameServers: null,
      createdOn: NOW,
      modifiedOn: NOW,
      activatedOn: null,
    },
    dnssec: NEVER_ENABLED,
    incoming: undefined,
    outgoing: undefined,
    dnsSettings: {
      flatten_all_cnames: false,
      foundation_dns: false,
      internal_dns: {},
      multi_provider: true,
      nameservers: { type: "cloudflare.standard" },
      ns_ttl: 86400,
      secondary_overrides: false,
      soa: { mname: null, rname: "admin", refresh: 10000, retry: 2400, expire: 604800, min_ttl: 1800, ttl: 3600 },
      zone_mode: "standard",
    },
    settings: {
      denial: "compact",
      zonemd: "verify",
      signature_check: "all",
      timers: "default",
      expired: "default",
      max_records: null,
      max_octets: null,
      max_transfer_seconds: null,
      hold_record_loss_percent: null,
    },
    records: [],
  };
}

const KEY = {
  flags: 257,
  algorithm: "13",
  key_type: "ECDSAP256SHA256",
  digest_type: "2",
  digest_algorithm: "SHA256",
  digest: "C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A",
  ds: "example.com. 3600 IN DS 2371 13 2 C988EC423E3880EB8DD8A46FE06CA230EE23F35B578D64E78B29C3E1C83D245A",
  key_tag: 2371,
  public_key: "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
  modified_on: NOW,
};

export function dnssecPart(
  withZone: WithZone,
): Pick<ControlService, "getDnssec" | "editDnssec" | "deleteDnssec" | "listZsks"> {
  return {
    getDnssec: (zoneId) => withZone(zoneId, (zone) => done(zone.dnssec)),
    editDnssec: (zoneId, edit) =>
      withZone(zoneId, (zone) => {
        const { status, ...flags } = edit;
        const next: Dnssec = { ...zone.dnssec, ...flags };
        if (next.dnssec_presigned && next.dnssec_multi_signer) return refused("dnssec.presigned-with-multi-signer");
        if (status === "active") Object.assign(next, KEY, { status: "pending" });
        if (status === "disabled") Object.assign(next, { status: "disabled" });
        zone.dnssec = next;
        return done(next);
      }),
    deleteDnssec: (zoneId) =>
      withZone(zoneId, (zone) => {
        if (zone.dnssec.status !== "disabled") return refused("dnssec.delete-not-disabled", zone.dnssec.status);
        zone.dnssec = NEVER_ENABLED;
        return done(undefined);
      }),
    listZsks: (zoneId) =>
      withZone(zoneId, (zone) =>
        done(
          zone.dnssec.modified_on === null
            ? []
            : [
                {
                  Name: "zsk-1",
                  Tag: "active",
                  Location: "database",
                  DNSKEY: {
                    Hdr: { Name: `${zone.facts.name}.`, Rrtype: 48, Class: 1, Ttl: 3600, Rdlength: 0 },
                    Flags: 256,
                    Protocol: 3,
                    Algorithm: 13,
                    PublicKey:
                      "oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA==",
                  },
                  SigningKey: { kek: null, privkey: null, pubkey: null },
                },
              ],
        ),
      ),
  };
}
