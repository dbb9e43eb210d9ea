/** The keys of a zone as they are served: ours and the primary's, what each signs, until when. */
import { bytesEqual } from "#bytes";
import { printTime, type ZoneKey, type ZoneKeyService } from "#contract";
import { dnskeyFlags, isSecureEntryPoint, keyTag } from "#dnssec";
import { rrsetSignatures } from "#image";
import { APEX_KEY_TTL, isEntryPoint, showKey } from "#keyplan";
import { printName } from "#name";
import { printRdata, RRType, type Rrsig, readRrsig } from "#rdata";
import type { Deps } from "../deps.ts";
import { transferredKeys } from "../image-facts.ts";
import { KEY_STATES } from "../key-set.ts";
import { hasDsOf } from "../parent/seen-ds.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { Registry } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { servedDnskeys } from "../zone-keys.ts";
import { withZone } from "./named-zone.ts";
import { done } from "./outcome.ts";

type KeyParts = {
  readonly registry: Registry;
  readonly parentNote: (zoneId: string) => ParentNote | undefined;
  readonly deps: Deps;
};

export function makeKeyService({ registry, parentNote, deps }: KeyParts): ZoneKeyService {
  return {
    listZoneKeys: (zoneId) => withZone(registry, zoneId, (zone) => done(zoneKeys(zone, parentNote(zoneId), deps))),
  };
}

/** More DNSKEYs than a zone has; the rest is not shown. */
const MAX_KEYS = 64;

function zoneKeys(zone: Zone, note: ParentNote | undefined, deps: Deps): ZoneKey[] {
  const own = zone.keys.map((key) => key.dnskey);
  const isOurs = (key: Uint8Array) => own.some((ours) => bytesEqual(ours, key));
  const { mode } = zone.served ?? {};
  const transferred = zone.stored ? transferredKeys(zone.stored.image).dnskey.slice(0, MAX_KEYS) : [];
  // Signed here alone, the primary's keys are taken out: they are no keys of the zone.
  const others = mode === "live" ? [] : transferred.filter((key) => !isOurs(key));
  const signatures = servedSignatures(zone);
  const published = servedDnskeys(zone, deps.crypto);
  return [...own, ...others].map((dnskey) => {
    const made = zone.keys.find((key) => bytesEqual(key.dnskey, dnskey));
    const tag = keyTag(dnskey);
    const overKeys = signatures.keys.find((rrsig) => rrsig.keyTag === tag);
    const overData = signatures.data?.find((rrsig) => rrsig.keyTag === tag);
    const isPublished = published.some((each) => bytesEqual(each, dnskey));
    const signs = zone.served?.signing?.zsk.id;
    const live = signatures.data === undefined && made?.role === "zsk" && made.id === signs;
    return {
      key_tag: tag,
      flags: dnskeyFlags(dnskey),
      algorithm: dnskey[3]!,
      role: overKeys && overData ? "csk" : isSecureEntryPoint(dnskey) ? "ksk" : "zsk",
      whose: made ? "ours" : "primary",
      created_time: made ? printTime(made.createdAt) : null,
      state: made ? (KEY_STATES.find((state) => state === made.state) ?? null) : null,
      published: isPublished,
      signs: [...(overKeys ? (["keys"] as const) : []), ...(overData || live ? (["data"] as const) : [])],
      signature: windowOf(overKeys ?? overData),
      ds_at_parent: isEntryPoint(dnskey) ? (hasDsOf(zone.apex, dnskey, note, deps.crypto) ?? null) : null,
      dnskey: `${printName(zone.apex)} ${APEX_KEY_TTL} IN DNSKEY ${printRdata(RRType.DNSKEY, dnskey)}`,
      ds: isEntryPoint(dnskey) ? showKey(zone.apex, dnskey, deps.crypto).ds : null,
    };
  });
}

type ServedSignatures = {
  readonly keys: readonly Rrsig[];
  /** Of the SOA; undefined where they are made when asked for. */
  readonly data: readonly Rrsig[] | undefined;
};

function servedSignatures(zone: Zone): ServedSignatures {
  const { served } = zone;
  if (served?.mode === "presigned") {
    const over = (type: number) => {
      const { image } = served.from;
      const ref = image.findRRset(image.apexNode, type);
      return ref === 0 ? [] : rrsetSignatures(image, ref).map(readRrsig);
    };
    return { keys: over(RRType.DNSKEY), data: over(RRType.SOA) };
  }
  const set = served?.signing?.apex.rrsets.find(({ type }) => type === RRType.DNSKEY);
  return { keys: (set?.signatures ?? []).map(readRrsig), data: served?.signing ? undefined : [] };
}

/** Both wrap in 2106 (RFC 4034 section 3.1.5): shown as the time in this era. */
function windowOf(rrsig: Rrsig | undefined): ZoneKey["signature"] {
  if (!rrsig) return null;
  const { inception, expiration } = rrsig;
  return { inception_time: printTime(inception * 1000), expiration_time: printTime(expiration * 1000) };
}
