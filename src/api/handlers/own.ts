/** What the provider's API has no place for. */
import type { EventRow, Outcome } from "#contract";
import { type Call, done, type HandlersOf } from "../call.ts";
import { seesEvent, sightOf } from "../sight.ts";

export const ownHandlers: HandlersOf<"own"> = {
  "own.zones": async (call) => done(await call.service.listSummaries(call.query, sightOf(call))),
  "own.zoneCounts": async (call) => done(await call.service.countZones(sightOf(call))),
  "own.peerUses": async (call) => call.service.listPeerUses(sightOf(call)),
  "own.status": async ({ service, params }) => service.getZoneStatus(params["zoneId"]!),
  "own.keys": async ({ service, params }) => service.listZoneKeys(params["zoneId"]!),
  "own.rollovers": async ({ service, params }) => service.getRollovers(params["zoneId"]!),
  "own.rollovers.edit": async ({ service, params, body }) => service.editRollovers(params["zoneId"]!, body),
  "own.rollovers.start": async ({ service, params, body }) => service.startRollover(params["zoneId"]!, body),
  "own.rollovers.cancel": async ({ service, params, body }) => service.cancelRollover(params["zoneId"]!, body),
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
  "own.events": async (call) => (call.asker.grants ? seenEvents(call) : call.service.listEvents(call.query)),
};

/** Events of one look while those that may be seen are picked out. */
const AT_ONCE = 1000;

/** A page is as full as one without a filter: who asks for the next one until a page is short finds everything that is his. */
async function seenEvents({ service, query, may }: Call<"own.events">): Promise<Outcome<readonly EventRow[]>> {
  const seen: EventRow[] = [];
  let { before } = query;
  for (;;) {
    const events: Outcome<readonly EventRow[]> = await service.listEvents({ ...query, before, limit: AT_ONCE });
    if (!events.ok) return events;
    seen.push(...events.value.filter((event) => seesEvent(may, event)));
    before = events.value.at(-1)?.id;
    if (seen.length >= query.limit || events.value.length < AT_ONCE) return done(seen.slice(0, query.limit));
  }
}
