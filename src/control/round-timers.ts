/** What a zone's served version makes due: the apex signed anew, and warnings before a primary's signatures run out. */
import type { Deps } from "./deps.ts";
import { apexSoa } from "./image-facts.ts";
import type { Zone } from "./zone.ts";

/** Zones whose apex falls due together are spread over this, seconds. */
const RESIGN_SPREAD_SECONDS = 600;

const WARN_BEFORE_SECONDS = 3 * 86_400;

export function setRoundTimers(zone: Zone, deps: Deps): void {
  const { scheduler } = deps;
  const { served } = zone;
  // Of tens of thousands of zones that have never had a timer none is looked for.
  if (!served?.signing && served?.expiration === undefined && !zone.hasRoundTimers) return;
  // Nor of those whose first these are.
  const isFirst = !zone.hasRoundTimers;
  zone.hasRoundTimers = true;
  const resignAt = zone.served?.signing?.apex.resignAt;
  const key = `${zone.id}/resign`;
  if (resignAt === undefined) scheduler.cancel(key);
  else scheduler.set(key, resignAt + RESIGN_SPREAD_SECONDS * deps.random(), () => zone.begin("resign"));
  if (isFirst && served?.expiration === undefined) return;
  setHorizon(zone, deps);
  const expiration = zone.served?.expiration;
  if (expiration === undefined) scheduler.cancel(expirationKey(zone));
  else scheduler.set(expirationKey(zone), expiration - WARN_BEFORE_SECONDS, () => warn(zone, expiration, deps));
}

/**
 * Were the primaries to go away now, the zone would be served until EXPIRE, and its records kept in caches for their TTL after
 * that: signatures have to last as long (RFC 6781 section 4.4.2). Told once when they no longer do, until a version comes whose
 * signatures do again.
 */
function setHorizon(zone: Zone, deps: Deps): void {
  const key = `${zone.id}/horizon`;
  const { served } = zone;
  if (served?.expiration === undefined) {
    deps.scheduler.cancel(key);
    return;
  }
  const { image, expiration, cacheHorizon = expiration } = served;
  const { expire } = apexSoa(image);
  const at = cacheHorizon - expire;
  if (at > deps.now()) zone.horizonTold = false;
  else if (zone.horizonTold) return;
  deps.scheduler.set(key, at, () => {
    zone.horizonTold = true;
    const when = new Date(expiration * 1000).toISOString();
    deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: "warning",
      code: "dnssec.signature-horizon",
      message: `${zone.name}: the first of the primary's signatures runs out at ${when}, and the zone is served for SOA EXPIRE (${expire} s) and kept in caches for the TTLs of its records after that: if the primaries went away now, bogus answers would be given`,
      detail: { expiration, cacheHorizon, expireSeconds: expire },
    });
  });
}

function warn(zone: Zone, expiration: number, deps: Deps): void {
  const left = expiration - deps.now();
  const when = new Date(expiration * 1000).toISOString();
  const over = left <= 0;
  deps.events.add({
    zoneId: zone.id,
    zone: zone.name,
    level: over ? "error" : "warning",
    code: over ? "dnssec.signatures-expired" : "dnssec.signatures-expiring",
    message: over
      ? `${zone.name}: the primary's signatures ran out at ${when}: resolvers refuse (part of) the zone; sign it anew at the primary`
      : `${zone.name}: the first of the primary's signatures runs out at ${when}; the primary has to sign anew`,
    detail: { expiration },
  });
  if (!over) deps.scheduler.set(expirationKey(zone), expiration + 1, () => warn(zone, expiration, deps));
}

function expirationKey(zone: Zone): string {
  return `${zone.id}/expiration`;
}
