/**
 * Who may have a zone: judged once for each request, before anything of the zone is touched.
 *
 * ```
 *  zone not ours, or not given out ─▶ refused          address of no peer and in no ACL ─▶ refused
 *  a linked peer has a TSIG: signed with it, else refused          TLS required, and it came otherwise ─▶ refused
 * ```
 * As the provider has it, one linked peer with a TSIG makes TSIG necessary for everybody: an ACL alone lets nobody in then.
 */
import type { TsigKey } from "#tsig";
import { type AddressRange, inRange, sameAddress } from "../address.ts";

/** A secondary that a zone is given to. */
export type OutgoingPeer = {
  readonly id: string;
  /** 4 or 16 octets; undefined: it comes from where an ACL says, and gets no NOTIFY. */
  readonly address: Uint8Array | undefined;
  readonly key: TsigKey | undefined;
  /** What it is spoken to over TLS alone about, it is given over TLS alone. */
  readonly tlsOnly?: boolean;
};

export type OutgoingAccess = {
  readonly enabled: boolean;
  readonly peers: readonly OutgoingPeer[];
  /** The account's ACLs. */
  readonly ranges: readonly AddressRange[];
  /** Only over TLS, whoever asks (RFC 9103). */
  readonly tlsOnly: boolean;
};

export type Requester = {
  /** 4 or 16 octets. */
  readonly address: Uint8Array;
  /** The key that the request was signed with, verified: the very object that its peer has. */
  readonly key: TsigKey | undefined;
  readonly encrypted: boolean;
};

export type AccessRefusal = "not-given-out" | "tls-required" | "address-not-allowed" | "tsig-required" | "wrong-key";

export type AccessVerdict =
  | { readonly kind: "allowed" /** Undefined: by an ACL alone. */; readonly peer: string | undefined }
  | { readonly kind: "refused"; readonly code: AccessRefusal };

export function judgeAccess(access: OutgoingAccess | undefined, requester: Requester): AccessVerdict {
  if (!access?.enabled) return refused("not-given-out");
  // Before all else: what requires TLS is not even acknowledged to exist in clear text.
  if (access.tlsOnly && !requester.encrypted) return refused("tls-required");
  const { address, key } = requester;
  const here = access.peers.filter((peer) => peer.address && sameAddress(address, peer.address));
  if (here.length === 0 && !access.ranges.some((range) => inRange(address, range)))
    return refused("address-not-allowed");
  if (!requester.encrypted && here.some((peer) => peer.tlsOnly)) return refused("tls-required");
  const keyed = access.peers.some((peer) => peer.key);
  if (!keyed) return { kind: "allowed", peer: here[0]?.id };
  if (!key) return refused("tsig-required");
  // Peers at one address may have keys of their own; who comes by an ACL may use any of the zone's.
  const holders = here.length > 0 ? here : access.peers;
  const holder = holders.find((peer) => peer.key === key);
  return holder ? { kind: "allowed", peer: holder.id } : refused("wrong-key");
}

function refused(code: AccessRefusal): AccessVerdict {
  return { kind: "refused", code };
}
