/** Peers, TSIGs and ACLs of an account, and the incoming transfer configuration of a zone. */
import { z } from "zod";
import { Id, NAME_MAX } from "./common.ts";
import { Time } from "./time.ts";

const Label = z.string().min(1).max(NAME_MAX);

export const Peer = z
  .object({
    id: Id,
    name: Label,
    /** IPv4 or IPv6, "" while not set. */
    ip: z.string(),
    /** 0 while not set, which means 53. */
    port: z.number(),
    ixfr_enable: z.boolean(),
    tsig_id: Id.optional(),
  })
  .meta({ id: "Peer" });
export type Peer = z.infer<typeof Peer>;

export const PeerWrite = z.object({
  name: Label,
  ip: z
    .union([z.ipv4(), z.ipv6(), z.literal("")], { error: "must be an IPv4 or IPv6 address" })
    .nullish()
    .transform((ip) => ip ?? ""),
  port: z
    .number()
    .int()
    .min(0)
    .max(65535)
    .nullish()
    .transform((port) => port ?? 0),
  /** Absent or false: AXFR only, as with the provider. True: IXFR, and AXFR whenever that does not do. */
  ixfr_enable: z
    .boolean()
    .nullish()
    .transform((enable) => enable ?? false),
  /** "" and null mean none. */
  tsig_id: z
    .string()
    .max(64)
    .nullish()
    .transform((id) => (id ? id : undefined)),
});
export type PeerWrite = z.infer<typeof PeerWrite>;

/** By what a peer is used, so that one sees before deleting. */
export const PeerUse = z
  .object({
    peer_id: Id,
    zone_count: z.number(),
    /** Names of the first of them. */
    zones: z.array(z.string()),
  })
  .meta({ id: "PeerUse" });
export type PeerUse = z.infer<typeof PeerUse>;

/** As they are echoed: `algo` and `secret` exactly as they were sent. The secret is shown, as the provider does. */
export const Tsig = z
  .object({ id: Id, name: Label, algo: z.string().min(1).max(NAME_MAX), secret: z.string().min(1).max(4096) })
  .meta({ id: "Tsig" });
export type Tsig = z.infer<typeof Tsig>;

export const TsigWrite = Tsig.omit({ id: true });
export type TsigWrite = z.infer<typeof TsigWrite>;

export const TSIG_ALGORITHMS = ["hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-sha224", "hmac-sha1"] as const;
export type TsigAlgorithm = (typeof TSIG_ALGORITHMS)[number];

/** `HMAC-SHA256.` and `hmac-sha256` are one algorithm; undefined when it is not supported (hmac-md5 in all its spellings). */
export function findTsigAlgorithm(text: string): TsigAlgorithm | undefined {
  const plain = text.toLowerCase().replace(/\.$/, "");
  return TSIG_ALGORITHMS.find((algorithm) => algorithm === plain);
}

export const Acl = z.object({ id: Id, name: Label, ip_range: z.string().min(1).max(64) }).meta({ id: "Acl" });
export type Acl = z.infer<typeof Acl>;

export const AclWrite = Acl.omit({ id: true });
export type AclWrite = z.infer<typeof AclWrite>;

/** More peers than this are refused. */
export const MAX_PEERS_OF_ZONE = 30;
export const DEFAULT_REFRESH_SECONDS = 86_400;

export const Incoming = z
  .object({
    id: Id,
    /** Exactly as it was sent, with or without the final dot. */
    name: z.string(),
    peers: z.array(Id),
    auto_refresh_seconds: z.number(),
    /** Serial that is stored here; 0 before the first transfer. */
    soa_serial: z.number(),
    checked_time: Time.nullable(),
    created_time: Time,
    modified_time: Time,
  })
  .meta({ id: "Incoming" });
export type Incoming = z.infer<typeof Incoming>;

export const IncomingWrite = z.object({
  name: z
    .string()
    .min(1)
    .max(NAME_MAX + 1),
  /** Tried in this order. May be empty. */
  peers: z.array(Id).max(1000),
  auto_refresh_seconds: z.number().int().min(0).max(2_147_483_647).default(DEFAULT_REFRESH_SECONDS),
});
export type IncomingWrite = z.infer<typeof IncomingWrite>;
