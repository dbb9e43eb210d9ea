/** The zone that a call names by its id: worked on, or `zone.not-found`, said in one place for all calls. */
import type { Outcome } from "#contract";
import type { Registry, Unit } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { refused } from "./outcome.ts";

type Work<Subject, T> = (subject: Subject) => Outcome<T> | Promise<Outcome<T>>;

export async function withUnit<T>(registry: Registry, zoneId: string, work: Work<Unit, T>): Promise<Outcome<T>> {
  const unit = registry.findUnit(zoneId);
  return unit ? work(unit) : refused("zone.not-found", zoneId);
}

export function withZone<T>(registry: Registry, zoneId: string, work: Work<Zone, T>): Promise<Outcome<T>> {
  return withUnit(registry, zoneId, ({ zone }) => work(zone));
}

/** After whatever else is changing the zone, and before what comes later. */
export function withZoneAlone<T>(registry: Registry, zoneId: string, work: Work<Zone, T>): Promise<Outcome<T>> {
  return withZone(registry, zoneId, (zone) => zone.exclusively(async () => work(zone)));
}
