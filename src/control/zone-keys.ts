/** Which keys of a zone others see or should see: entry points for the parent, DNSKEYs as served. */
import { bytesEqual } from "#bytes";
import type { Digests } from "#dnssec";
import { entryPoints, isEntryPoint, NO_TRANSFERRED_KEYS, planApex } from "#keyplan";
import { dnskeySigners, transferredKeys } from "./image-facts.ts";
import { askedDnskeys } from "./key-set.ts";
import type { Zone } from "./zone.ts";

/** The keys that the parent should have a DS of, best first, whatever the mode. */
export function zoneEntryPoints(zone: Zone): readonly Uint8Array[] {
  const source = (zone.served?.mode === "presigned" ? zone.served.from : zone.stored)?.image;
  const transferred = source ? transferredKeys(source) : NO_TRANSFERRED_KEYS;
  const signers = source ? dnskeySigners(source) : new Set<number>();
  return entryPoints(
    zone.mode,
    zone.keys.map((key) => key.dnskey),
    transferred,
    signers,
  );
}

/** Whether there is one, without looking at any: asked of every zone at a start. */
export function hasEntryPoints(zone: Zone): boolean {
  const isOurs = zone.mode === "live" || zone.mode === "multisigner";
  return isOurs ? zone.keys.some(({ role }) => role === "ksk") : zoneEntryPoints(zone).length > 0;
}

/** Of these what the registrar is to be told: while a KSK is rolled, one of two. */
export function askedEntryPoints(zone: Zone): readonly Uint8Array[] {
  const notAsked = zone.keys.filter(({ role, state }) => role === "ksk" && state !== "active");
  return zoneEntryPoints(zone).filter((key) => !notAsked.some(({ dnskey }) => bytesEqual(dnskey, key)));
}

/** Of our own keys those that the parent should have a DS of as soon as we sign the DNSKEY set. */
export function ownEntryPoints(zone: Zone): readonly Uint8Array[] {
  return askedDnskeys(zone.keys).filter(isEntryPoint);
}

/** DNSKEY RDATAs as served. */
export function servedDnskeys(zone: Zone, digests: Digests): readonly Uint8Array[] {
  const { served } = zone;
  if (!served) return [];
  if (served.mode === "presigned") return transferredKeys(served.from.image).dnskey;
  if (!served.signing) return [];
  const own = zone.keys.map((key) => key.dnskey);
  const transferred = transferredKeys(served.from.image);
  const { mode } = served;
  return planApex({ apex: zone.apex, mode, phase: zone.status.phase, own, transferred }, digests).dnskey;
}

/** Entry points of other signers that the zone publishes in multi-signer mode. */
export function foreignEntryPoints(zone: Zone): readonly Uint8Array[] {
  if (zone.mode !== "multisigner" || !zone.stored) return [];
  const own = zone.keys.map((key) => key.dnskey);
  return transferredKeys(zone.stored.image).dnskey.filter(
    (key) => isEntryPoint(key) && !own.some((ours) => bytesEqual(ours, key)),
  );
}
