/** How zones come from a peer: in the clear, or over TLS (RFC 9103). Countersign's own: the provider's peers have no place for it. */
import { z } from "zod";
import { Id } from "./common.ts";
import { Time } from "./time.ts";

export const TRANSPORT_MODES = ["clear", "strict", "pinned", "opportunistic"] as const;
export type TransportMode = (typeof TRANSPORT_MODES)[number];

/** RFC 7858 section 3.1. */
export const TLS_PORT = 853;
export const MAX_PINS = 10;
const PEM_MAX = 262_144;

const Certificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  /** dNSNames. */
  names: z.array(z.string()),
  not_before: Time,
  not_after: Time,
  /** SHA-256 of the SubjectPublicKeyInfo, base64. */
  spki: z.string(),
});

export const PeerTransport = z
  .object({
    /** Of the peer. */
    id: Id,
    /** `clear`: UDP and TCP as ever. In all others nothing is asked in the clear any more, whatever fails. */
    mode: z.enum(TRANSPORT_MODES),
    port: z.number(),
    /** What its certificate must be for. */
    host_name: z.string().nullable(),
    /** SHA-256 of SubjectPublicKeyInfo, base64; one of them has to be the peer's. */
    pins: z.array(z.string()),
    /** CAs that its certificate may chain to, PEM; null: those that come with Node. */
    ca_pem: z.string().nullable(),
    /** For mutual TLS. The private key is never shown. */
    client_certificate: Certificate.extend({ pem: z.string() }).nullable(),
    /** When the peer asks us for a zone: over TLS and with a certificate of one of these, or it is refused; null: anyhow. */
    asks_as: z.object({ names: z.array(z.string()), pins: z.array(z.string()) }).nullable(),
    /** The last handshake that was accepted since the start. */
    last_seen: Certificate.extend({
      time: Time,
      protocol: z.string(),
      cipher: z.string(),
      authenticated: z.enum(["name", "pin", "name-and-pin", "none"]),
    }).nullable(),
  })
  .meta({ id: "PeerTransport" });
export type PeerTransport = z.infer<typeof PeerTransport>;

/** Replaces everything, but `client_certificate` and `asks_as` stay when they are left out; null forgets them. */
export const PeerTransportWrite = z.object({
  mode: z.enum(TRANSPORT_MODES),
  port: z.number().int().min(1).max(65_535).default(TLS_PORT),
  /** A name or an IP address; needed when `strict`. */
  host_name: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9_.:-]+$/, { error: "must be a host name or an IP address" })
    .nullish()
    .transform((name) => name?.replace(/\.$/, "") ?? null),
  /** Needed when `pinned`; when `strict` they must hold beside the name. */
  pins: z.array(z.string().max(64)).max(MAX_PINS).default([]),
  ca_pem: z
    .string()
    .max(PEM_MAX)
    .nullish()
    .transform((pem) => (pem ? pem : null)),
  client_certificate: z
    .object({ pem: z.string().min(1).max(PEM_MAX), private_key_pem: z.string().min(1).max(16_384) })
    .nullable()
    .optional(),
  /**
   * `names` count where `dnsTlsClientCa` verifies the certificate, `pins` (of SubjectPublicKeyInfo, as above) in any case. With
   * one such peer a zone is given to nobody without a certificate.
   */
  asks_as: z
    .object({
      names: z.array(z.string().min(1).max(253)).max(MAX_PINS).default([]),
      pins: z.array(z.string().max(64)).max(MAX_PINS).default([]),
    })
    .nullable()
    .optional(),
});
export type PeerTransportWrite = z.infer<typeof PeerTransportWrite>;
