/** What is seen of a multi-signed zone: keys of all signers, DS and name servers at the parent and in the zone. */
import { bytesEqual } from "#bytes";
import { dsMatches, isZoneKey, keyTag } from "#dnssec";
import { rrsetSignatures, type ZoneImage } from "#image";
import {
  APEX_KEY_TTL,
  isEntryPoint,
  type MultiSignerFacts,
  type Seen,
  type Sight,
  seenAll,
  seenBy,
  seenNot,
} from "#keyplan";
import { type Name, nameEquals, printName, readName } from "#name";
import { printRdata, RRType, readRrsig } from "#rdata";
import type { Deps } from "../deps.ts";
import { apexRdatas, transferredKeys } from "../image-facts.ts";
import { hasDsOf } from "../parent/seen-ds.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { Zone } from "../zone.ts";
import { servedDnskeys } from "../zone-keys.ts";

export type Whose = "ours" | "partner";

export type SeenKey = {
  readonly whose: Whose;
  readonly rdata: Uint8Array;
  readonly served: boolean;
  readonly transferred: boolean;
};
export type SeenDs = { readonly whose: Whose; readonly key: Uint8Array; readonly atParent: Seen };
export type SeenNameServer = {
  readonly name: string;
  readonly whose: Whose;
  readonly inZone: boolean;
  readonly atParent: Seen;
};

export type Look = {
  readonly keys: readonly SeenKey[];
  readonly ds: readonly SeenDs[];
  /** RDATA text of DS records at the parent that match no key. */
  readonly strangeDs: readonly string[];
  readonly nameServers: readonly SeenNameServer[];
  readonly facts: Omit<MultiSignerFacts, "since" | "now">;
};

/** Of a parent that says nothing of it: most registries' TTL, seconds. */
const DEFAULT_DS_TTL = 86_400;
const DEFAULT_NS_TTL = 86_400;

/** More than a parent or a zone has of either; the rest is not looked at. */
const MAX_SHOWN = 64;

export function lookAt(zone: Zone, note: ParentNote | undefined, deps: Deps): Look {
  const image = zone.stored?.image;
  const keys = seenKeys(zone, image, deps);
  const ds = keys
    .filter(({ rdata }) => isEntryPoint(rdata))
    .map(({ whose, rdata }) => ({ whose, key: rdata, atParent: hasDsOf(zone.apex, rdata, note, deps.crypto) }));
  const nameServers = seenNameServers(image, note, deps.settings().nameServers);
  const signing = signersOf(image, RRType.SOA);
  const partners = keys.filter((key) => key.whose === "partner");
  // Where nothing is signed yet, any key of a partner's is one that will sign.
  const signs = ({ rdata }: SeenKey) => signing.size === 0 || signing.has(keyTag(rdata));
  const ourZsks = keys.filter(({ whose, rdata }) => whose === "ours" && !isEntryPoint(rdata));
  const partnerKeysHere = partners.some(signs);
  const ourKeyAtPartner = ourZsks.length > 0 && ourZsks.every((key) => key.transferred);
  return {
    keys,
    ds,
    strangeDs: strangeDs(zone.apex, keys, note, deps),
    nameServers,
    facts: {
      transferred: zone.stored !== undefined,
      multiSigner: zone.mode === "multisigner" && zone.served?.mode === "multisigner",
      partnerKeysHere,
      ourKeyAtPartner,
      partnerKeysGone: zone.stored !== undefined && partners.length === 0,
      sight: sightOf(partnerKeysHere && ourKeyAtPartner, ds, nameServers),
      ttl: ttlsOf(image, note),
    },
  };
}

function seenKeys(zone: Zone, image: ZoneImage | undefined, deps: Deps): SeenKey[] {
  const served = servedDnskeys(zone, deps.crypto);
  const transferred = image ? transferredKeys(image).dnskey.filter(isZoneKey).slice(0, MAX_SHOWN) : [];
  const own = zone.keys.map((key) => key.dnskey);
  const among = (set: readonly Uint8Array[], key: Uint8Array) => set.some((each) => bytesEqual(each, key));
  const seen = (whose: Whose) => (rdata: Uint8Array) => {
    return { whose, rdata, served: among(served, rdata), transferred: among(transferred, rdata) };
  };
  return [...own.map(seen("ours")), ...transferred.filter((key) => !among(own, key)).map(seen("partner"))];
}

function strangeDs(apex: Name, keys: readonly SeenKey[], note: ParentNote | undefined, { crypto }: Deps): string[] {
  const all = (note?.sayings ?? []).flatMap(({ ds }) => ds.slice(0, MAX_SHOWN));
  const strange = all.filter((ds) => !keys.some(({ rdata }) => dsMatches(apex, ds, rdata, crypto)));
  return [...new Set(strange.map((rdata) => printRdata(RRType.DS, rdata)))];
}

function seenNameServers(
  image: ZoneImage | undefined,
  note: ParentNote | undefined,
  configured: readonly string[],
): SeenNameServer[] {
  const ours: Name[] = configured.flatMap((text) => {
    const name = readName(text);
    return name.ok ? [name.value] : [];
  });
  const inZone: Name[] = image ? apexRdatas(image, RRType.NS).slice(0, MAX_SHOWN) : [];
  const said = (note?.sayings ?? []).flatMap(({ delegatedTo }) => (delegatedTo ? [delegatedTo] : []));
  const has = (names: readonly Name[], name: Name) => names.some((each) => nameEquals(each, name));
  const all: Name[] = [];
  for (const name of [...ours, ...inZone, ...said.flat().slice(0, MAX_SHOWN)]) if (!has(all, name)) all.push(name);
  return all.map((name) => ({
    name: printName(name).replace(/\.$/, ""),
    whose: has(ours, name) ? "ours" : "partner",
    inZone: has(inZone, name),
    atParent: seenBy(said, (names) => has(names, name)),
  }));
}

function sightOf(keysExchanged: boolean, ds: readonly SeenDs[], names: readonly SeenNameServer[]): Sight {
  const dsOf = (whose: Whose) => ds.filter((each) => each.whose === whose);
  const namesOf = (whose: Whose) => names.filter((each) => each.whose === whose);
  const some = (seen: readonly Seen[]): Seen => seenNot(seenAll(...seen.map(seenNot)));
  const anyDs = (whose: Whose) => some(dsOf(whose).map(({ atParent }) => atParent));
  const goneDs = (whose: Whose) => seenAll(...dsOf(whose).map(({ atParent }) => seenNot(atParent)));
  const goneNames = (whose: Whose) =>
    // Without a name of ours that is known nobody can say that it is gone.
    namesOf(whose).length === 0 && whose === "ours"
      ? undefined
      : seenAll(...namesOf(whose).map(({ inZone, atParent }) => seenAll(!inZone, seenNot(atParent))));
  const ours = namesOf("ours");
  const oursThere =
    ours.length === 0 ? undefined : seenAll(...ours.map(({ inZone, atParent }) => seenAll(inZone, atParent)));
  const partnersThere = some(namesOf("partner").map(({ inZone, atParent }) => seenAll(inZone, atParent)));
  return {
    keysExchanged,
    bothDs: seenAll(anyDs("ours"), anyDs("partner")),
    bothNameServers: seenAll(oursThere, partnersThere),
    ourNameServersGone: goneNames("ours"),
    partnerNameServersGone: goneNames("partner"),
    ourDsGone: goneDs("ours"),
    partnerDsGone: goneDs("partner"),
  };
}

function ttlsOf(image: ZoneImage | undefined, note: ParentNote | undefined): MultiSignerFacts["ttl"] {
  const sayings = note?.sayings ?? [];
  const longest = (...seconds: readonly (number | undefined)[]): number | undefined => {
    const known = seconds.filter((each) => each !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  return {
    keys: Math.max(APEX_KEY_TTL, ttlOf(image, RRType.DNSKEY) ?? 0),
    ds: longest(...sayings.map(({ ttls }) => ttls.ds)) ?? DEFAULT_DS_TTL,
    nameServers: longest(ttlOf(image, RRType.NS), ...sayings.map(({ ttls }) => ttls.ns)) ?? DEFAULT_NS_TTL,
  };
}

function ttlOf(image: ZoneImage | undefined, type: number): number | undefined {
  const ref = image ? image.findRRset(image.apexNode, type) : 0;
  return image && ref !== 0 ? image.rrsetTtl(ref) : undefined;
}

/** Tags of the keys that sign the RRset of this type at the apex, as transferred. */
function signersOf(image: ZoneImage | undefined, type: number): ReadonlySet<number> {
  const ref = image ? image.findRRset(image.apexNode, type) : 0;
  if (!image || ref === 0) return new Set();
  return new Set(rrsetSignatures(image, ref).map((rdata) => readRrsig(rdata).keyTag));
}
