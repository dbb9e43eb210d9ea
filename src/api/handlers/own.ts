/** What the provider's API has no place for. */
import type { EventRow } from "#contract";
import { type Call, done, type HandlersOf, mapped } from "../call.ts";

export const ownHandlers: HandlersOf<"own"> = {
  "own.zones": async ({ service, query }) => done(await service.listSummaries(query)),
  "own.zoneCounts": async ({ service }) => done(await service.countZones()),
  "own.peerUses": async ({ service }) => service.listPeerUses(),
  "own.status": async ({ service, params }) => service.getZoneStatus(params["zoneId"]!),
  "own.keys": async ({ service, params }) => service.listZoneKeys(params["zoneId"]!),
  "own.multiSigner": async ({ service, params }) => service.getMultiSigner(params["zoneId"]!),
  "own.settings.get": async ({ service, params }) => service.getZoneSettings(params["zoneId"]!),
  "own.settings.edit": async ({ service, params, body }) => service.editZoneSettings(params["zoneId"]!, body),
  "own.outgoing.get": async ({ service, params }) => service.getOutgoingDetails(params["zoneId"]!),
  "own.outgoing.edit": async ({ service, params, body }) => service.editOutgoing(params["zoneId"]!, body),
  "own.transfers": async ({ service, params, query }) => service.listTransfers(params["zoneId"]!, query),
  "own.held": async ({ service, params, query }) => service.getHeld(params["zoneId"]!, query.limit),
  "own.held.release": async ({ service, params, body }) => service.releaseHeld(params["zoneId"]!, body.force),
  "own.held.drop": async ({ service, params }) => service.dropHeld(params["zoneId"]!),
  "own.freeze": async ({ service, params }) => service.freezeZone(params["zoneId"]!),
  "own.thaw": async ({ service, params }) => service.thawZone(params["zoneId"]!),
  "own.events": async ({ service, query, may }) =>
    mapped(await service.listEvents(query), (events) => events.filter((event) => seesEvent(may, event))),
};

/** What belongs to no zone is for those who may see every zone. */
export function seesEvent(may: Call<"own.events">["may"], event: EventRow): boolean {
  return event.zone_id === null ? may("own.events", { zoneId: "" }) : may("own.events", { zoneId: event.zone_id });
}
