/** Peers with their transport, TSIGs, ACLs. */
import { Deleted } from "../common.ts";
import { PeerTransport, PeerTransportWrite } from "../peer-transport.ts";
import { Acl, AclWrite, Peer, PeerUse, PeerWrite, Tsig, TsigWrite } from "../transfer.ts";
import { ACCOUNT, OWN, type Route, route } from "./route.ts";

const SECONDARY = `${ACCOUNT}/secondary_dns`;
const OWN_TRANSPORT = `${OWN}/peers/{peerId}/transport`;

export const peersRoutes = {
  "own.peerUses": route("GET", `${OWN}/peers/uses`, "Which zones use each peer", "list", PeerUse),
  "peers.list": route("GET", `${SECONDARY}/peers`, "List peers", "list", Peer),
  "peers.create": route("POST", `${SECONDARY}/peers`, "Create a peer", "one", Peer, { body: PeerWrite }),
  "peers.get": route("GET", `${SECONDARY}/peers/{peerId}`, "Peer", "one", Peer),
  "peers.update": route("PUT", `${SECONDARY}/peers/{peerId}`, "Replace a peer", "one", Peer, { body: PeerWrite }),
  "peers.delete": route("DELETE", `${SECONDARY}/peers/{peerId}`, "Delete a peer", "one", Deleted),
  "tsigs.list": route("GET", `${SECONDARY}/tsigs`, "List TSIGs", "list", Tsig),
  "tsigs.create": route("POST", `${SECONDARY}/tsigs`, "Create a TSIG", "one", Tsig, { body: TsigWrite }),
  "tsigs.get": route("GET", `${SECONDARY}/tsigs/{tsigId}`, "TSIG", "one", Tsig),
  "tsigs.update": route("PUT", `${SECONDARY}/tsigs/{tsigId}`, "Replace a TSIG", "one", Tsig, { body: TsigWrite }),
  "tsigs.delete": route("DELETE", `${SECONDARY}/tsigs/{tsigId}`, "Delete a TSIG", "one", Deleted),
  "acls.list": route("GET", `${SECONDARY}/acls`, "List ACLs", "list", Acl),
  "acls.create": route("POST", `${SECONDARY}/acls`, "Create an ACL", "one", Acl, { body: AclWrite }),
  "acls.get": route("GET", `${SECONDARY}/acls/{aclId}`, "ACL", "one", Acl),
  "acls.update": route("PUT", `${SECONDARY}/acls/{aclId}`, "Replace an ACL", "one", Acl, { body: AclWrite }),
  "acls.delete": route("DELETE", `${SECONDARY}/acls/{aclId}`, "Delete an ACL", "one", Deleted),
  "transport.get": route("GET", OWN_TRANSPORT, "How zones come from a peer: clear or TLS", "one", PeerTransport),
  "transport.set": route("PUT", OWN_TRANSPORT, "Replace it", "one", PeerTransport, { body: PeerTransportWrite }),
  "transport.delete": route("DELETE", OWN_TRANSPORT, "Back to clear, certificates and pins forgotten", "one", Deleted),
} as const satisfies Record<string, Route>;
