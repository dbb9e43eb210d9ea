/** Peers, TSIGs and ACLs of an account. A change is durable first, then every zone that it concerns is told. */
import { fromBase64 } from "#bytes";
import {
  type Acl,
  type AclWrite,
  findTsigAlgorithm,
  normaliseAclRange,
  type Outcome,
  type Peer,
  type PeerService,
  type PeerUse,
  type PeerWrite,
  type Tsig,
  type TsigWrite,
} from "#contract";
import { type AclRow, newId, type PeerRow, type Store, type TsigRow } from "#store";
import { readTypedName } from "../typed-name.ts";
import { done, refused } from "./outcome.ts";

/** Names of the zones of one peer in a list of all peers. */
const USES_SHOWN = 10;

/** Told after a change: the addresses, keys or ranges that transfers and NOTIFY go by are others now. */
export type PeersChanged = () => Promise<void>;

export function makePeerService(store: Store, changed: PeersChanged): PeerService {
  return { ...peerCalls(store, changed), ...tsigCalls(store, changed), ...aclCalls(store, changed) };
}

function cut(zones: readonly { readonly name: string }[]) {
  return { count: zones.length, zones: zones.slice(0, USES_SHOWN).map(({ name }) => name) };
}

type PeerCalls = Pick<
  PeerService,
  "listPeers" | "listPeerUses" | "getPeer" | "createPeer" | "updatePeer" | "deletePeer"
>;

function peerCalls(store: Store, changed: PeersChanged): PeerCalls {
  const write = async (accountId: string, id: string, peer: PeerWrite): Promise<Outcome<Peer>> => {
    const tsig = peer.tsig_id === undefined ? undefined : await store.tsigs.find(peer.tsig_id);
    if (peer.tsig_id !== undefined && tsig?.accountId !== accountId) {
      return refused("peer.tsig-unknown", peer.tsig_id, "/tsig_id");
    }
    const row: PeerRow = {
      id,
      accountId,
      name: peer.name,
      ip: peer.ip,
      port: peer.port,
      ixfrEnable: peer.ixfr_enable,
      tsigId: peer.tsig_id ?? null,
    };
    await store.peers.put(row);
    await changed();
    return done(shownPeer(row));
  };
  const find = async (accountId: string, id: string): Promise<Outcome<PeerRow>> => {
    if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
    const row = await store.peers.find(id);
    return row?.accountId === accountId ? done(row) : refused("peer.not-found", id);
  };
  return {
    async listPeers(accountId) {
      if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
      return done((await store.peers.list()).filter((row) => row.accountId === accountId).map(shownPeer));
    },
    async listPeerUses(sees) {
      const uses: PeerUse[] = [];
      for (const { id } of await store.peers.list()) {
        const { count, zones } = sees
          ? cut((await store.peers.linkedZones(id)).filter(sees))
          : await store.peers.usesOf(id, USES_SHOWN);
        if (!sees || count > 0) uses.push({ peer_id: id, zone_count: count, zones: [...zones] });
      }
      return done(uses);
    },
    async getPeer(accountId, peerId) {
      const found = await find(accountId, peerId);
      return found.ok ? done(shownPeer(found.value)) : found;
    },
    async createPeer(accountId, peer) {
      if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
      return write(accountId, newId(), peer);
    },
    async updatePeer(accountId, peerId, peer) {
      const found = await find(accountId, peerId);
      return found.ok ? write(accountId, peerId, peer) : found;
    },
    async deletePeer(accountId, peerId) {
      const found = await find(accountId, peerId);
      if (!found.ok) return found;
      const zones = await store.peers.zonesOf(peerId);
      if (zones.length > 0) return refused("peer.in-use", zones.join(", "));
      await store.peers.remove(peerId);
      await changed();
      return done({ id: peerId });
    },
  };
}

type TsigCalls = Pick<PeerService, "listTsigs" | "getTsig" | "createTsig" | "updateTsig" | "deleteTsig">;

function tsigCalls(store: Store, changed: PeersChanged): TsigCalls {
  const write = async (accountId: string, id: string, tsig: TsigWrite): Promise<Outcome<Tsig>> => {
    if (!findTsigAlgorithm(tsig.algo)) return refused("tsig.algorithm-unsupported", tsig.algo, "/algo");
    if (!readTypedName(tsig.name).ok) return refused("tsig.name-invalid", tsig.name, "/name");
    const secret = fromBase64(tsig.secret.trim());
    if (!secret || secret.length === 0) return refused("tsig.secret-invalid", undefined, "/secret");
    const row: TsigRow = { id, accountId, name: tsig.name, algo: tsig.algo, secret: tsig.secret };
    await store.tsigs.put(row);
    await changed();
    return done(shownTsig(row));
  };
  const find = async (accountId: string, id: string): Promise<Outcome<TsigRow>> => {
    if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
    const row = await store.tsigs.find(id);
    return row?.accountId === accountId ? done(row) : refused("tsig.not-found", id);
  };
  return {
    async listTsigs(accountId) {
      if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
      return done((await store.tsigs.list()).filter((row) => row.accountId === accountId).map(shownTsig));
    },
    async getTsig(accountId, tsigId) {
      const found = await find(accountId, tsigId);
      return found.ok ? done(shownTsig(found.value)) : found;
    },
    async createTsig(accountId, tsig) {
      if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
      return write(accountId, newId(), tsig);
    },
    async updateTsig(accountId, tsigId, tsig) {
      const found = await find(accountId, tsigId);
      return found.ok ? write(accountId, tsigId, tsig) : found;
    },
    async deleteTsig(accountId, tsigId) {
      const found = await find(accountId, tsigId);
      if (!found.ok) return found;
      const peers = await store.tsigs.peersOf(tsigId);
      if (peers.length > 0) return refused("tsig.in-use", peers.join(", "));
      await store.tsigs.remove(tsigId);
      await changed();
      return done({ id: tsigId });
    },
  };
}

type AclCalls = Pick<PeerService, "listAcls" | "getAcl" | "createAcl" | "updateAcl" | "deleteAcl">;

function aclCalls(store: Store, changed: PeersChanged): AclCalls {
  const write = async (accountId: string, id: string, acl: AclWrite): Promise<Outcome<Acl>> => {
    const normal = normaliseAclRange(acl.ip_range);
    if ("code" in normal) return refused(normal.code, acl.ip_range, "/ip_range");
    const row: AclRow = { id, accountId, name: acl.name, ipRange: normal.range };
    await store.acls.put(row);
    await changed();
    return done(shownAcl(row));
  };
  const find = async (accountId: string, id: string): Promise<Outcome<AclRow>> => {
    if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
    const row = await store.acls.find(id);
    return row?.accountId === accountId ? done(row) : refused("acl.not-found", id);
  };
  return {
    async listAcls(accountId) {
      if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
      return done((await store.acls.list()).filter((row) => row.accountId === accountId).map(shownAcl));
    },
    async getAcl(accountId, aclId) {
      const found = await find(accountId, aclId);
      return found.ok ? done(shownAcl(found.value)) : found;
    },
    async createAcl(accountId, acl) {
      if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
      return write(accountId, newId(), acl);
    },
    async updateAcl(accountId, aclId, acl) {
      const found = await find(accountId, aclId);
      return found.ok ? write(accountId, aclId, acl) : found;
    },
    async deleteAcl(accountId, aclId) {
      const found = await find(accountId, aclId);
      if (!found.ok) return found;
      await store.acls.remove(aclId);
      await changed();
      return done({ id: aclId });
    },
  };
}

function shownPeer(row: PeerRow): Peer {
  const { id, name, ip, port, ixfrEnable, tsigId } = row;
  return { id, name, ip, port, ixfr_enable: ixfrEnable, ...(tsigId === null ? {} : { tsig_id: tsigId }) };
}

function shownTsig(row: TsigRow): Tsig {
  return { id: row.id, name: row.name, algo: row.algo, secret: row.secret };
}

function shownAcl(row: AclRow): Acl {
  return { id: row.id, name: row.name, ip_range: row.ipRange };
}
