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

export function sightOf(zone: Zone, keys: RollKeys, note: ParentNote | undefined, deps: Deps): RollSight {
  return {
    published: isPublished(zone, keys.new),
    signer: zone.served?.signing?.zsk.id,
    partners: partnersHave(zone, keys.new),
    parent: keys.new.role === "ksk" && note ? parentSight(zone, keys, note, deps) : undefined,
    seconds: cacheSeconds(zone),
  };
}

function isPublished(zone: Zone, key: KeyRow): boolean {
  const set = zone.served?.signing?.apex.rrsets.find(({ type }) => type === RRType.DNSKEY);
  if (!set?.rdatas.some((rdata) => bytesEqual(rdata, key.dnskey))) return false;
  return key.role === "zsk" || set.signatures.some((rdata) => readRrsig(rdata).keyTag === key.keyTag);
}

/** By what the primary brings of their DNSKEY set (RFC 8901 section 4.2.2): nobody can say where it brings none. */
function partnersHave(zone: Zone, key: KeyRow): Seen | "none" {
  if (zone.mode !== "multisigner") return "none";
  const { dnskey } = zone.stored ? transferredKeys(zone.stored.image) : { dnskey: [] };
  if (dnskey.length === 0) return undefined;
  return dnskey.some((each) => bytesEqual(each, key.dnskey));
}

export function parentSight(zone: Zone, keys: RollKeys, note: ParentNote, deps: Deps): ParentSight | undefined {
  const { sayings, from, silent, checkedAt: at } = note;
  if (sayings.length === 0) return undefined;
  const spread = ({ dnskey }: KeyRow): Spread => {
    const having = sayings.filter(({ ds }) =>
      ds.slice(0, MAX_DS).some((each) => dsMatches(zone.apex, each, dnskey, deps.crypto)),
    );
    return having.length === sayings.length ? "all" : having.length > 0 ? "some" : "none";
  };
  const ttls = sayings.flatMap(({ ttls }) => ttls.ds ?? []);
  const dsSeconds = ttls.length === 0 ? undefined : Math.max(...ttls);
  return { at, direct: from === "parent", silent, newDs: spread(keys.new), oldDs: spread(keys.old), dsSeconds };
}

function cacheSeconds(zone: Zone): RollSight["seconds"] {
  const image = zone.served?.image;
  const stored = zone.mode === "multisigner" ? zone.stored?.image : undefined;
  const theirs = stored ? stored.findRRset(stored.apexNode, RRType.DNSKEY) : 0;
  const keys = Math.max(APEX_KEY_TTL, stored && theirs !== 0 ? stored.rrsetTtl(theirs) : 0);
  const longest = Math.max(APEX_KEY_TTL, image?.maxTtl ?? 0);
  const most = zone.givenOut ? GIVEN_SIGNATURE_SECONDS : LIVE_SIGNATURE_SECONDS;
  return { keys, data: Math.min(longest, most), propagation: PROPAGATION_SECONDS + secondariesSeconds(zone) };
}

/** Until secondaries that heard no NOTIFY have asked, and asked once more. */
function secondariesSeconds(zone: Zone): number {
  if (!zone.givenOut || !zone.served) return 0;
  const { refresh, retry, expire } = apexSoa(zone.served.image);
  return Math.min(expire, refresh + retry);
}
