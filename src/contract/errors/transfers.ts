/** Refusals about what moves zones: peers and their transport, transfers in and out, held versions. */
import type { ErrorEntry } from "./entry.ts";

export const TRANSFER_ERRORS = {
  // Peers, TSIGs, ACLs
  "peer.not-found": { status: 404, number: 20301, sentence: "There is no peer {about}." },
  "peer.in-use": {
    status: 400,
    number: 20302,
    sentence: "The peer is linked to {about}; take it out of their incoming and outgoing configuration first.",
  },
  "peer.tsig-unknown": { status: 400, number: 20303, sentence: "tsig_id {about} is not a TSIG of this account." },
  "tsig.not-found": { status: 404, number: 20311, sentence: "There is no TSIG {about}." },
  "tsig.in-use": { status: 400, number: 20312, sentence: "The TSIG is attached to {about}; detach it there first." },
  "tsig.algorithm-unsupported": {
    status: 400,
    number: 20313,
    sentence:
      "TSIG algorithm {about} is not supported; use hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha224 or hmac-sha1. hmac-md5 is refused on purpose.",
  },
  "tsig.name-invalid": {
    status: 400,
    number: 20314,
    sentence: '"{about}" is no name that a TSIG can have: words with dots between them, and no blanks.',
  },
  "tsig.secret-invalid": { status: 400, number: 20315, sentence: "The TSIG secret is not base64, or it is empty." },
  "acl.not-found": { status: 404, number: 20321, sentence: "There is no ACL {about}." },
  "acl.range-invalid": {
    status: 400,
    number: 20322,
    sentence: "{about} is not an address range such as 192.0.2.0/28.",
  },
  "acl.range-too-large": {
    status: 400,
    number: 20323,
    sentence: "{about} is too large: an ACL holds at most a /24 of IPv4 or a /64 of IPv6.",
  },

  // Transport of a peer
  "transport.host-name-needed": {
    status: 400,
    number: 20331,
    sentence: "mode strict needs host_name: the name that the certificate of the peer is for.",
  },
  "transport.pins-needed": {
    status: 400,
    number: 20332,
    sentence: "mode pinned needs pins: the base64 of the SHA-256 of the peer's SubjectPublicKeyInfo.",
  },
  "transport.unusable": { status: 400, number: 20333, sentence: "TLS can't be used with this: {about}." },

  // Incoming transfers
  "incoming.not-found": {
    status: 404,
    number: 20401,
    sentence: "The zone {about} has no incoming transfer configuration; POST secondary_dns/incoming makes one.",
  },
  "incoming.exists": {
    status: 400,
    number: 20402,
    sentence: "The zone {about} has an incoming transfer configuration already; PUT replaces it.",
  },
  "incoming.name-mismatch": {
    status: 400,
    number: 20403,
    sentence: 'name must be the name of the zone, with or without the final dot; got "{about}".',
  },
  "incoming.peer-unknown": { status: 400, number: 20404, sentence: "{about} is not a peer of this account." },
  "incoming.too-many-peers": { status: 400, number: 20405, sentence: "A zone can have at most {about} peers." },
  "incoming.refresh-out-of-range": {
    status: 400,
    number: 20406,
    sentence: "auto_refresh_seconds must be within {about} seconds.",
  },
  "incoming.no-peers": {
    status: 400,
    number: 20407,
    sentence: "The zone {about} has no peer with an address to transfer from; link one in secondary_dns/incoming.",
  },

  // Outgoing transfers
  "outgoing.not-found": {
    status: 404,
    number: 20421,
    sentence: "The zone {about} has no outgoing transfer configuration; POST secondary_dns/outgoing makes one.",
  },
  "outgoing.exists": {
    status: 400,
    number: 20422,
    sentence: "The zone {about} has an outgoing transfer configuration already; PUT replaces it.",
  },
  "outgoing.name-mismatch": {
    status: 400,
    number: 20423,
    sentence: 'name must be the name of the zone, with or without the final dot; got "{about}".',
  },
  "outgoing.peer-unknown": { status: 400, number: 20424, sentence: "{about} is not a peer of this account." },
  "outgoing.too-many-peers": { status: 400, number: 20425, sentence: "A zone can have at most {about} peers." },
  "outgoing.tsig-mixed": {
    status: 400,
    number: 20426,
    sentence:
      "The peer {about} has no TSIG and another one has: with one peer that has a TSIG every transfer must be signed, so give it one too.",
  },
  "outgoing.disabled": {
    status: 400,
    number: 20427,
    sentence: "Outgoing transfers of {about} are disabled; POST secondary_dns/outgoing/enable first.",
  },

  // Held versions and frozen zones
  "held.nothing": { status: 404, number: 20601, sentence: "No version of {about} is held." },
  "held.busy": { status: 400, number: 20602, sentence: "{about} is being worked on; try again when it is at rest." },
  "held.not-releasable": { status: 400, number: 20603, sentence: "The held version can't be released: {about}" },
  "held.needs-force": { status: 400, number: 20604, sentence: 'Only with "force": true: {about}' },
  "held.again": { status: 400, number: 20605, sentence: "The version is held again: {about}" },
  "zone.frozen": {
    status: 400,
    number: 20611,
    sentence: "The transfers of {about} are frozen; thaw them first (POST thaw).",
  },
} as const satisfies Record<string, ErrorEntry>;
