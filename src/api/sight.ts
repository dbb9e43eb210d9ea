/** What of many an asker may see: zones by his policies; events by their zones, and those of nobody's zone by more. */
import type { Asker, AuditEntry, EventRow, Sight } from "#contract";
import type { Call } from "./call.ts";

type Who = Pick<Call<"own.events">, "asker" | "may">;

/** Undefined: all zones. */
export function sightOf({ asker, may }: Who): Sight | undefined {
  if (asker.grants === undefined) return undefined;
  return ({ id: zoneId, accountId }) => may("zones.get", { zoneId, accountId });
}

/** Words that events about who may do what begin with: their tellers are people, with addresses. */
const ABOUT_PEOPLE = /^(session|user|token)\./;

/** What belongs to no zone is for those who may see every zone; who signed in, for those who may read the audit log. */
export function seesEvent(may: Who["may"], event: EventRow): boolean {
  if (event.zone_id !== null) return may("own.events", { zoneId: event.zone_id });
  return may("own.events", { zoneId: "" }) && (!ABOUT_PEOPLE.test(event.code) || may("audit.list", {}));
}

/** Whether there is anything that `hiddenZones` may hide. */
export function hasHidden(asker: Asker): boolean {
  return (asker.grants ?? []).some(({ effect, resources }) => {
    return effect === "deny" && resources.some(({ kind }) => kind === "zone");
  });
}

/** Of the audit log, which is the account's: all, but what is about a zone that a policy denies. */
export function hiddenZones(asker: Asker): (entry: AuditEntry) => boolean {
  const denied = (asker.grants ?? [])
    .filter(({ effect }) => effect === "deny")
    .flatMap(({ resources }) => resources.filter(({ kind }) => kind === "zone"));
  if (denied.length === 0) return () => true;
  return ({ zone }) => zone === null || !denied.some(({ id }) => id === undefined || id === zone.id);
}
