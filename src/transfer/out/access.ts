/**
 * Who may have a zone: judged once for each request, before anything of the zone is touched.
 *
 * ```
 *  zone not ours, or not given out ─▶ refused          address of no peer and in no ACL ─▶ refused
 *  a linked peer has a TSIG: signed with it, else refused          TLS required, and it came otherwise ─▶ refused
 *  a linked peer has a certificate: shown over TLS, else refused, plain TCP and the right TSIG notwithstanding
 * ```
 * As the provider has it, one linked peer with a TSIG makes TSIG necessary for everybody: an ACL alone lets nobody in then. So
 * does one with a certificate. Where both are asked for, one and the same peer has to have both.
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
  /** The certificate that it has to show over TLS. */
  readonly asksAs?: AsksAs | undefined;
};

/** One of these keys (SHA-256 of SubjectPublicKeyInfo, base64), or a verified certificate for one of these names. */
export type AsksAs = { readonly pins: readonly string[]; readonly names: readonly string[] };

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
  /** The certificate that it showed; `verified`: by a CA, so that its names may be believed. */
  readonly client?:
    | { readonly spki: string; readonly names: readonly string[]; readonly verified: boolean }
    | undefined;
};

export type AccessRefusal =
  | "not-given-out"
  | "tls-required"
  | "certificate-required"
  | "wrong-certificate"
  | "address-not-allowed"
  | "tsig-required"
  | "wrong-key";

export type AccessVerdict =
  | { readonly kind: "allowed" /** Undefined: by an ACL alone. */; readonly peer: string | undefined }
  | { readonly kind: "refused"; readonly code: AccessRefusal };

export function judgeAccess(access: OutgoingAccess | undefined, requester: Requester): AccessVerdict {
  if (!access?.enabled) return refused("not-given-out");
  // Before all else: what requires TLS is not even acknowledged to exist in clear text.
  if (access.tlsOnly && !requester.encrypted) return refused("tls-required");
  const certified = access.peers.some((peer) => peer.asksAs);
  if (certified && !(requester.encrypted && requester.client)) return refused("certificate-required");
  const { address, key } = requester;
  const here = access.peers.filter((peer) => peer.address && sameAddress(address, peer.address));
  if (here.length === 0 && !access.ranges.some((range) => inRange(address, range)))
    return refused("address-not-allowed");
  if (!requester.encrypted && here.some((peer) => peer.tlsOnly)) return refused("tls-required");
  const shown = (peer: OutgoingPeer): boolean => !certified || shows(requester, peer.asksAs);
  // Who comes by an ACL may be any of the zone's peers.
  const certain = (here.length > 0 ? here : access.peers).filter(shown);
  if (certified && certain.length === 0) return refused("wrong-certificate");
  const keyed = access.peers.some((peer) => peer.key);
  if (!keyed) return { kind: "allowed", peer: (certified ? certain : here)[0]?.id };
  if (!key) return refused("tsig-required");
  // Peers at one address may have keys of their own.
  const holder = certain.find((peer) => peer.key === key);
  if (!holder) return refused("wrong-key");
  // It came by an ACL, and its key says who it is.
  return holder.tlsOnly && !requester.encrypted ? refused("tls-required") : { kind: "allowed", peer: holder.id };
}

function shows({ client }: Requester, asksAs: AsksAs | undefined): boolean {
  if (!client || !asksAs) return false;
  if (asksAs.pins.includes(client.spki)) return true;
  return client.verified && client.names.some((name) => asksAs.names.includes(name.toLowerCase()));
}

function refused(code: AccessRefusal): AccessVerdict {
  return { kind: "refused", code };
}
