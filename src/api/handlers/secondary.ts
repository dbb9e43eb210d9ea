/** Secondary DNS: peers, TSIGs, ACLs, incoming and outgoing transfers. */
import { type HandlersOf, mapped } from "../call.ts";

export const secondaryHandlers: HandlersOf<"peers" | "tsigs" | "acls" | "incoming" | "outgoing"> = {
  "peers.list": async ({ service, params: p }) => service.listPeers(p["accountId"]!),
  "peers.create": async ({ service, params: p, body }) => service.createPeer(p["accountId"]!, body),
  "peers.get": async ({ service, params: p }) => service.getPeer(p["accountId"]!, p["peerId"]!),
  "peers.update": async ({ service, params: p, body }) => service.updatePeer(p["accountId"]!, p["peerId"]!, body),
  "peers.delete": async ({ service, params: p }) => service.deletePeer(p["accountId"]!, p["peerId"]!),

  "tsigs.list": async ({ service, params: p }) => service.listTsigs(p["accountId"]!),
  "tsigs.create": async ({ service, params: p, body }) => service.createTsig(p["accountId"]!, body),
  "tsigs.get": async ({ service, params: p }) => service.getTsig(p["accountId"]!, p["tsigId"]!),
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
