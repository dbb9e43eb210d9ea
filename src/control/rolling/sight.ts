/** What a rollover goes by: what is served, what the partners publish, what the parent says, and for how long caches keep it. */
import { bytesEqual } from "#bytes";
import { dsMatches } from "#dnssec";
import { APEX_KEY_TTL, type ParentSight, type Roll, type RollSight, type Seen, type Spread } from "#keyplan";
import { RRType, readRrsig } from "#rdata";
import type { KeyRow } from "#store";
import type { Deps } from "../deps.ts";
import { apexSoa, transferredKeys } from "../image-facts.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { Zone } from "../zone.ts";
import { cachedSeconds, type PartnerSaying } from "./ask-partners.ts";
import type { PartnerNote } from "./partner-watch.ts";
import { longestHeld, type TtlNote } from "./ttl-book.ts";

/** All workers have what is published when its round is over; this is for clocks, and for whoever asks through a relay. */
export const PROPAGATION_SECONDS = 300;

/** No signature outlives its dates, whatever the TTL: made while answering (ADR 6), or given out to secondaries. */
export const LIVE_SIGNATURE_SECONDS = 26 * 3600;
const GIVEN_SIGNATURE_SECONDS = 15 * 86_400;

/** More DS records than a parent has; the rest is not looked at. */
const MAX_DS = 64;

export type RollKeys = { readonly old: KeyRow; readonly new: KeyRow };

/** The two rows; undefined when the zone's keys were deleted meanwhile. */
export function rollKeys(zone: Zone, roll: Roll): RollKeys | undefined {
  const find = (id: string) => zone.keys.find((key) => key.id === id);
  const [old, made] = [find(roll.oldKey), find(roll.newKey)];
  return old && made ? { old, new: made } : undefined;
}

/** What was seen elsewhere, and what was served before. */
export type Seeing = {
  readonly parent: ParentNote | undefined;
  readonly partners: PartnerNote | undefined;
  readonly past: TtlNote;
};

export function sightOf(zone: Zone, keys: RollKeys, seeing: Seeing, deps: Deps): RollSight {
  const { parent } = seeing;
  return {
    published: isPublished(zone, keys.new),
    signer: zone.served?.signing?.zsk.id,
    partners: partnersHave(zone, keys.new, seeing.partners),
    oldAskedFor: keys.old.role === "ksk" && whoAsksFor(zone, keys.old, seeing.partners, deps).length > 0,
    parent: keys.new.role === "ksk" && parent ? parentSight(zone, keys, parent, seeing.past, deps) : undefined,
    seconds: cacheSeconds(zone, seeing, deps),
  };
}

function isPublished(zone: Zone, key: KeyRow): boolean {
  const set = zone.served?.signing?.apex.rrsets.find(({ type }) => type === RRType.DNSKEY);
  if (!set?.rdatas.some((rdata) => bytesEqual(rdata, key.dnskey))) return false;
  return key.role === "zsk" || set.signatures.some((rdata) => readRrsig(rdata).keyTag === key.keyTag);
}

/**
 * What resolvers get from the other signers' own nameservers counts. The set that the primary brings (RFC 8901 section 4.2.2) counts
 * where none of them answers, and where some are silent; where it is unsigned or brings no DNSKEY nobody can say.
 */
export function partnersHave(zone: Zone, key: KeyRow, note: PartnerNote | undefined): Seen | "none" {
  if (zone.mode !== "multisigner") return "none";
  const transferred = transferHas(zone, key);
  if (!note || note.sayings.length === 0) return transferred;
  if (!note.sayings.every((saying) => publishes(saying, key))) return false;
  return note.silent.length === 0 || transferred === true ? true : undefined;
}

export function publishes({ dnskey }: Pick<PartnerSaying, "dnskey">, key: KeyRow): boolean {
  return dnskey.some((each) => bytesEqual(each, key.dnskey));
}

export function transferHas(zone: Zone, key: KeyRow): Seen {
  const { dnskey } = zone.stored ? transferredKeys(zone.stored.image) : { dnskey: [] };
  return dnskey.length === 0 ? undefined : dnskey.some((each) => bytesEqual(each, key.dnskey));
}

/** Names of other signers' nameservers whose CDS asks the parent for this KSK; where none answers, by the transfer. */
export function whoAsksFor(zone: Zone, key: KeyRow, note: PartnerNote | undefined, deps: Deps): readonly string[] {
  if (zone.mode !== "multisigner") return [];
  const asks = (cds: readonly Uint8Array[]) =>
    cds.slice(0, MAX_DS).some((each) => dsMatches(zone.apex, each, key.dnskey, deps.crypto));
  if (note && note.sayings.length > 0) return note.sayings.filter(({ cds }) => asks(cds)).map(({ name }) => name);
  return zone.stored && asks(transferredKeys(zone.stored.image).cds) ? ["the primary"] : [];
}

export function parentSight(
  zone: Zone,
  keys: RollKeys,
  note: ParentNote,
  past: TtlNote,
  deps: Deps,
): ParentSight | undefined {
  const { sayings, from, silent, checkedAt: at } = note;
  if (sayings.length === 0) return undefined;
  const spread = ({ dnskey }: KeyRow): Spread => {
    const having = sayings.filter(({ ds }) =>
      ds.slice(0, MAX_DS).some((each) => dsMatches(zone.apex, each, dnskey, deps.crypto)),
    );
    return having.length === sayings.length ? "all" : having.length > 0 ? "some" : "none";
  };
  const ttls = sayings.flatMap(({ ttls }) => ttls.ds ?? []);
  const held = longestHeld(past.ds, Math.max(0, ...ttls), deps);
  const dsSeconds = held === 0 ? undefined : held;
  return { at, direct: from === "parent", silent, newDs: spread(keys.new), oldDs: spread(keys.old), dsSeconds };
}

function cacheSeconds(zone: Zone, { partners, past }: Seeing, deps: Deps): RollSight["seconds"] {
  const image = zone.served?.image;
  const stored = zone.mode === "multisigner" ? zone.stored?.image : undefined;
  const ref = stored ? stored.findRRset(stored.apexNode, RRType.DNSKEY) : 0;
  const theirs = [cachedSeconds(stored && ref !== 0 ? [stored.rrsetTtl(ref)] : []), partnerTtl(partners)];
  const keys = longestHeld(past.keys, Math.max(APEX_KEY_TTL, ...theirs), deps);
  const longest = longestHeld(past.data, Math.max(APEX_KEY_TTL, image?.maxTtl ?? 0), deps);
  const most = zone.givenOut ? GIVEN_SIGNATURE_SECONDS : LIVE_SIGNATURE_SECONDS;
  return {
    keys,
    data: Math.min(longest, most),
    propagation: PROPAGATION_SECONDS + secondariesSeconds(zone),
  };
}

/** The longest of their DNSKEY sets. */
export function partnerTtl(note: PartnerNote | undefined): number {
  return Math.max(0, ...(note?.sayings ?? []).map(({ dnskeySeconds }) => dnskeySeconds));
}

/** Until secondaries that heard no NOTIFY have asked, and asked once more. */
function secondariesSeconds(zone: Zone): number {
  if (!zone.givenOut || !zone.served) return 0;
  const { refresh, retry, expire } = apexSoa(zone.served.image);
  return Math.min(expire, refresh + retry);
}
