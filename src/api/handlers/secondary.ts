/** Secondary DNS: peers, TSIGs, ACLs, incoming and outgoing transfers. */
import type { Tsig } from "#contract";
import { type Call, type HandlersOf, mapped } from "../call.ts";

/** What stands for a secret that the asker may not see: no base64, so that sending it back is refused. */
const HIDDEN = "********";

/** TSIG secrets are for those who may set them. */
function shownTo({ may, params }: Pick<Call<"tsigs.get">, "may" | "params">): (tsig: Tsig) => Tsig {
  const sees = may("tsigs.update", { accountId: params["accountId"]! });
  return (tsig) => (sees ? tsig : { ...tsig, secret: HIDDEN });
}

export const secondaryHandlers: HandlersOf<"peers" | "tsigs" | "acls" | "incoming" | "outgoing"> = {
  "peers.list": async ({ service, params: p }) => service.listPeers(p["accountId"]!),
  "peers.create": async ({ service, params: p, body }) => service.createPeer(p["accountId"]!, body),
  "peers.get": async ({ service, params: p }) => service.getPeer(p["accountId"]!, p["peerId"]!),
  "peers.update": async ({ service, params: p, body }) => service.updatePeer(p["accountId"]!, p["peerId"]!, body),
  "peers.delete": async ({ service, params: p }) => service.deletePeer(p["accountId"]!, p["peerId"]!),

  "tsigs.list": async (call) =>
    mapped(await call.service.listTsigs(call.params["accountId"]!), (tsigs) => tsigs.map(shownTo(call))),
  "tsigs.create": async ({ service, params: p, body }) => service.createTsig(p["accountId"]!, body),
  "tsigs.get": async (call) =>
    mapped(await call.service.getTsig(call.params["accountId"]!, call.params["tsigId"]!), shownTo(call)),
  "tsigs.update": async ({ service, params: p, body }) => service.updateTsig(p["accountId"]!, p["tsigId"]!, body),
  "tsigs.delete": async ({ service, params: p }) => service.deleteTsig(p["accountId"]!, p["tsigId"]!),

  "acls.list": async ({ service, params: p }) => service.listAcls(p["accountId"]!),
  "acls.create": async ({ service, params: p, body }) => service.createAcl(p["accountId"]!, body),
  "acls.get": async ({ service, params: p }) => service.getAcl(p["accountId"]!, p["aclId"]!),
  "acls.update": async ({ service, params: p, body }) => service.updateAcl(p["accountId"]!, p["aclId"]!, body),
  "acls.delete": async ({ service, params: p }) => service.deleteAcl(p["accountId"]!, p["aclId"]!),

  "incoming.get": async ({ service, params: p }) => service.getIncoming(p["zoneId"]!),
  "incoming.create": async ({ service, params: p, body }) => service.createIncoming(p["zoneId"]!, body),
  "incoming.update": async ({ service, params: p, body }) => service.updateIncoming(p["zoneId"]!, body),
  "incoming.delete": async ({ service, params: p }) => service.deleteIncoming(p["zoneId"]!),
  "incoming.forceAxfr": async ({ service, params: p }) =>
    mapped(await service.forceAxfr(p["zoneId"]!), () => "OK" as const),

  "outgoing.get": async ({ service, params: p }) => service.getOutgoing(p["zoneId"]!),
  "outgoing.create": async ({ service, params: p, body }) => service.createOutgoing(p["zoneId"]!, body),
  "outgoing.update": async ({ service, params: p, body }) => service.updateOutgoing(p["zoneId"]!, body),
  "outgoing.delete": async ({ service, params: p }) => service.deleteOutgoing(p["zoneId"]!),
  "outgoing.enable": async ({ service, params: p }) => service.setOutgoing(p["zoneId"]!, true),
  "outgoing.disable": async ({ service, params: p }) => service.setOutgoing(p["zoneId"]!, false),
  "outgoing.status": async ({ service, params: p }) => service.outgoingStatus(p["zoneId"]!),
  "outgoing.forceNotify": async ({ service, params: p }) =>
    mapped(await service.forceNotify(p["zoneId"]!), () => "OK" as const),
};
