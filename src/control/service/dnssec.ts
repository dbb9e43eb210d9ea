/** DNSSEC of a zone: what `GET` shows, what `PATCH` and `DELETE` change, the ZSKs. */
import { toBase64 } from "#bytes";
import { type Dnssec, type DnssecEdit, type DnssecService, type Outcome, printTime, type Zsk } from "#contract";
import { dnskeyFlags, isSecureEntryPoint, isZoneKey } from "#dnssec";
import {
  APEX_KEY_TTL,
  applyPatch,
  DELETED,
  type DnssecFlags,
  type DnssecPatch,
  type DnssecPlan,
  denialOf,
  NO_FLAGS,
  showKey,
  shownStatus,
  stepStatus,
} from "#keyplan";
import { printName } from "#name";
import { readDnskey } from "#rdata";
import type { KeyRow } from "#store";
import type { Deps } from "../deps.ts";
import { transferredKeys } from "../image-facts.ts";
import type { Registry } from "../registry.ts";
import { dnssecRow } from "../rows.ts";
import type { Zone } from "../zone.ts";
import { askedEntryPoints } from "../zone-keys.ts";
import { withZone, withZoneAlone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";

/** A change is usually served within milliseconds: whoever asks right after the answer should see it. */
const WAIT_FOR_EDGE_MS = 1500;

export function makeDnssecService(registry: Registry, deps: Deps): DnssecService {
  return {
    getDnssec: (zoneId) => withZone(registry, zoneId, (zone) => done(shownDnssec(zone, deps))),
    editDnssec: (zoneId, edit) => withZoneAlone(registry, zoneId, (zone) => editDnssec(zone, edit, registry, deps)),
    deleteDnssec: (zoneId) => withZoneAlone(registry, zoneId, (zone) => deleteDnssec(zone, registry, deps)),
    listZsks: (zoneId) => withZone(registry, zoneId, (zone) => done(listZsks(zone))),
  };
}

async function editDnssec(zone: Zone, edit: DnssecEdit, registry: Registry, deps: Deps): Promise<Outcome<Dnssec>> {
  const patch: DnssecPatch = {
    status: edit.status,
    presigned: edit.dnssec_presigned,
    multiSigner: edit.dnssec_multi_signer,
    useNsec3: edit.dnssec_use_nsec3,
  };
  const { status, flags, keys } = zone;
  const context = { status, flags, hasKeys: keys.length > 0, secondaryOverrides: zone.row.secondaryOverrides };
  const plan = applyPatch(context, patch, deps.now());
  if (!plan.ok) {
    if (plan.error === "presigned-with-multi-signer" || plan.error === "presigned-with-overrides") {
      return refused(`dnssec.${plan.error}`);
    }
    return refused("dnssec.delete-not-disabled", shownStatus(status));
  }
  await applyPlan(zone, plan.value, registry, deps);
  return done(shownDnssec(zone, deps));
}

/** Durable first, then in memory, then on its way to the edge. */
export async function applyPlan(zone: Zone, plan: DnssecPlan, registry: Registry, deps: Deps): Promise<void> {
  const made: readonly KeyRow[] = plan.makeKeys ? deps.vault.make(zone.id, deps.nowMs()) : [];
  const before = { mode: zone.mode, denial: denialOf(zone.flags, zone.apex), asks: asksForUs(zone.status.phase) };
  const changed = plan.status.phase !== zone.status.phase || !sameFlags(plan.flags, zone.flags);
  await deps.store.atomically(async (tables) => {
    await tables.dnssec.put(dnssecRow(zone.id, plan.status, plan.flags));
    for (const key of made) await tables.keys.add(key);
    if (plan.flags.nsecDenial !== zone.flags.nsecDenial) {
      await tables.zones.update(zone.id, { denial: plan.flags.nsecDenial, modifiedAt: deps.now() * 1000 });
    }
  });
  zone.status = plan.status;
  zone.flags = plan.flags;
  zone.keys = [...zone.keys, ...made];
  zone.row = { ...zone.row, denial: plan.flags.nsecDenial };
  if (changed) tellChange(zone, deps);
  registry.parentChanged(zone);
  const otherDenial = zone.mode !== "unsigned" && denialOf(zone.flags, zone.apex) !== before.denial;
  if (zone.mode !== before.mode || otherDenial) {
    zone.begin("rework");
  } else if (asksForUs(zone.status.phase) !== before.asks) {
    // With CDS and CDNSKEY the NSEC at the apex of a chain may change, and that stands in the image.
    zone.begin(denialOf(zone.flags, zone.apex) === "chain" ? "rework" : "resign");
  }
  await zone.rest(WAIT_FOR_EDGE_MS);
}

function asksForUs(phase: string): boolean {
  return phase === "pending" || phase === "active";
}

function sameFlags(a: DnssecFlags, b: DnssecFlags): boolean {
  return (Object.keys(a) as (keyof DnssecFlags)[]).every((flag) => a[flag] === b[flag]);
}

function tellChange(zone: Zone, deps: Deps): void {
  const denial =
    zone.mode === "live" || zone.mode === "multisigner" ? `, denial ${denialOf(zone.flags, zone.apex)}` : "";
  deps.events.add({
    zoneId: zone.id,
    zone: zone.name,
    level: "info",
    code: "dnssec.changed",
    message: `${zone.name}: DNSSEC is ${zone.status.phase}, mode ${zone.mode}${denial}`,
    detail: { phase: zone.status.phase, mode: zone.mode, flags: zone.flags },
  });
}

async function deleteDnssec(zone: Zone, registry: Registry, deps: Deps): Promise<Outcome<undefined>> {
  const stepped = stepStatus(zone.status, { kind: "delete" }, deps.now());
  if (!stepped.ok) return refused("dnssec.delete-not-disabled", shownStatus(zone.status));
  const flags = { ...NO_FLAGS, nsecDenial: zone.flags.nsecDenial };
  await deps.store.atomically(async (tables) => {
    await tables.dnssec.put(dnssecRow(zone.id, DELETED, flags));
    await tables.keys.removeOfZone(zone.id);
  });
  const was = zone.mode;
  zone.status = DELETED;
  zone.flags = flags;
  zone.keys = [];
  registry.parentChanged(zone);
  if (was !== "unsigned") {
    tellChange(zone, deps);
    zone.begin("rework");
    await zone.rest(WAIT_FOR_EDGE_MS);
  }
  return done(undefined);
}

function shownDnssec(zone: Zone, deps: Deps): Dnssec {
  const { status, flags } = zone;
  const [first] = askedEntryPoints(zone);
  const key = first && showKey(zone.apex, first, deps.crypto);
  return {
    status: shownStatus(status),
    flags: key?.flags ?? null,
    algorithm: key?.algorithm ?? null,
    key_type: key?.keyType ?? null,
    digest_type: key?.digestType ?? null,
    digest_algorithm: key?.digestAlgorithm ?? null,
    digest: key?.digest ?? null,
    ds: key?.ds ?? null,
    key_tag: key?.keyTag ?? null,
    public_key: key?.publicKey ?? null,
    modified_on: status.modifiedAt === undefined ? null : printTime(status.modifiedAt * 1000),
    dnssec_multi_signer: flags.multiSigner,
    dnssec_presigned: flags.presigned,
    dnssec_use_nsec3: flags.useNsec3,
  };
}

function listZsks(zone: Zone): readonly Zsk[] {
  const own = zone.keys.filter((key) => key.role === "zsk").map((key) => key.dnskey);
  const isForeignZsk = (key: Uint8Array) =>
    isZoneKey(key) && !isSecureEntryPoint(key) && !own.some((ours) => Buffer.compare(ours, key) === 0);
  const foreign =
    zone.mode === "multisigner" && zone.stored ? transferredKeys(zone.stored.image).dnskey.filter(isForeignZsk) : [];
  return [
    ...own.map((key, i) => shownZsk(zone, key, `zsk-${i + 1}`, "active")),
    ...foreign.map((key, i) => shownZsk(zone, key, `external-${i + 1}`, "external")),
  ];
}

function shownZsk(zone: Zone, dnskey: Uint8Array, name: string, tag: Zsk["Tag"]): Zsk {
  const { algorithm, publicKey } = readDnskey(dnskey);
  return {
    Name: name,
    Tag: tag,
    Location: "database",
    DNSKEY: {
      Hdr: { Name: printName(zone.apex), Rrtype: 48, Class: 1, Ttl: APEX_KEY_TTL, Rdlength: 0 },
      Flags: dnskeyFlags(dnskey),
      Protocol: 3,
      Algorithm: algorithm,
      PublicKey: toBase64(publicKey),
    },
    SigningKey: { kek: null, privkey: null, pubkey: null },
  };
}
