/**
 * What the store keeps, row by row, as plain values. Times are milliseconds since 1970 unless a name says seconds; ids are 32
 * lower-case hex digits. Sealed octets are opaque here: the store never sees a private key or an unsealed KSK.
 */

export type AccountRow = { readonly id: string; readonly name: string; readonly createdAt: number };

export type TokenRow = {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, lower-case hex. The secret itself is not kept. */
  readonly hash: string;
  readonly status: "active" | "disabled" | "expired";
  /** `operator`: the one token of the configuration, which may do everything. */
  readonly kind: "operator" | "user" | "account";
  /** Whose it is: of kind `user` the user's, null for the operator's own. */
  readonly userId: string | null;
  readonly accountId: string | null;
  /** As the API shows them; empty for the operator's token. */
  readonly policies: readonly unknown[];
  readonly condition: unknown;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly usedAt: number | null;
  readonly expiresAt: number | null;
  readonly notBefore: number | null;
};

export type UserRow = {
  readonly id: string;
  /** Lower case; unique. */
  readonly email: string;
  readonly name: string;
  readonly role: "viewer" | "operator" | "admin";
  /** A hash with its parameters, null for those who sign in elsewhere. */
  readonly password: string | null;
  /** `issuer subject` of an OpenID provider. */
  readonly subject: string | null;
  readonly disabled: boolean;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly signedInAt: number | null;
};

export type SessionRow = {
  readonly id: string;
  /** SHA-256 of the cookie's secret, lower-case hex. */
  readonly hash: string;
  /** One of the two: whose it is, or the operator's token that opened it. */
  readonly userId: string | null;
  readonly tokenId: string | null;
  readonly createdAt: number;
  readonly usedAt: number;
  /** However much it is used. */
  readonly endsAt: number;
  readonly address: string;
  readonly agent: string;
  /** How it was opened. */
  readonly way: "password" | "token" | "provider";
};

export type ZoneRow = {
  readonly id: string;
  readonly accountId: string;
  /** Lower case, without the final dot; unique. The root is ".". */
  readonly name: string;
  readonly status: "initializing" | "pending" | "active" | "moved";
  readonly paused: boolean;
  readonly denial: "compact" | "chain";
  readonly secondaryOverrides: boolean;
  readonly zonemd: "verify" | "required" | "off";
  readonly signatureCheck: "all" | "zonemd" | "apex";
  /** Whose refresh timers rule. */
  readonly timers: "default" | "interval" | "soa";
  /** What is answered after EXPIRE. */
  readonly expired: "default" | "servfail" | "serve";
  /** Apex NS names of the last transfer, null before the first. */
  readonly originalNameServers: readonly string[] | null;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly activatedAt: number | null;
};

/** Status and flags of #keyplan. The two times are Unix seconds, as that room has them. */
export type DnssecRow = {
  readonly zoneId: string;
  readonly phase: string;
  readonly modifiedAtSeconds: number | null;
  readonly parent: string | null;
  readonly parentAtSeconds: number | null;
  readonly multiSigner: boolean;
  readonly presigned: boolean;
  readonly useNsec3: boolean;
};

export type KeyRow = {
  readonly id: string;
  readonly zoneId: string;
  readonly role: "ksk" | "zsk";
  readonly algorithm: number;
  readonly keyTag: number;
  /** DNSKEY RDATA. */
  readonly dnskey: Uint8Array;
  /** The private part as #keys sealed it. */
  readonly sealed: Uint8Array;
  readonly state: string;
  readonly createdAt: number;
};

export type IncomingRow = {
  readonly zoneId: string;
  /** As it was sent. */
  readonly name: string;
  /** Peer ids in the order in which they are tried. */
  readonly peers: readonly string[];
  readonly autoRefreshSeconds: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
};

/** To whom a zone is given out. */
export type OutgoingRow = {
  readonly zoneId: string;
  /** As it was sent. */
  readonly name: string;
  /** Peer ids in the order in which they were given. */
  readonly peers: readonly string[];
  readonly enabled: boolean;
  /** Nothing is transferred but over TLS. */
  readonly tlsOnly: boolean;
  readonly createdAt: number;
  readonly modifiedAt: number;
};

export type PeerRow = {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly ixfrEnable: boolean;
  readonly tsigId: string | null;
};

/** TLS with a peer; a peer without a row, or with mode `clear`, is asked in the clear. `key` is clear here and sealed in the database. */
export type TransportRow = {
  readonly peerId: string;
  readonly mode: "clear" | "strict" | "pinned" | "opportunistic";
  readonly port: number;
  readonly hostName: string | null;
  readonly pins: readonly string[];
  /** PEM, as are the two of `identity`. */
  readonly ca: string | null;
  readonly identity: { readonly certificate: string; readonly key: string } | null;
  /** The certificate that it shows when it asks us for a zone; null: none is asked for. */
  readonly asksAs: { readonly names: readonly string[]; readonly pins: readonly string[] } | null;
};

/** `secret` is clear here and sealed in the database. */
export type TsigRow = {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly algo: string;
  readonly secret: string;
};

export type AclRow = {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly ipRange: string;
};

/** A zone that is read as a catalog (RFC 9432). */
export type CatalogRow = {
  readonly zoneId: string;
  /** Of the catalog's owner here; only control understands them. */
  readonly settings: unknown;
  /** Serial of the version that was applied last, null before the first. */
  readonly appliedSerial: number | null;
  readonly appliedAt: number | null;
  /** Why a later version was not applied. */
  readonly faultCode: string | null;
  readonly faultText: string | null;
  readonly createdAt: number;
};

/** A zone that a catalog brought. */
export type CatalogMemberRow = {
  readonly zoneId: string;
  readonly catalogId: string;
  /** Label of the member node. */
  readonly node: string;
  readonly groups: readonly string[];
  /** Name of the catalog that it is handed over to, absolute. */
  readonly coo: string | null;
  /** The settings of its group have been put into force. */
  readonly settled: boolean;
  /** When it left the catalog: it is kept for a while, and not answered for. */
  readonly leftAt: number | null;
};

/** One version of a zone that has an image file. A zone may have several: transferred, served, held. */
export type VersionRow = {
  readonly id: string;
  readonly zoneId: string;
  readonly use: "transferred" | "served" | "held";
  readonly serial: number;
  /** Name given to `ZoneFiles.saveImage`. */
  readonly image: string;
  /** Root of the overlay over it (`ZoneFiles.saveOverlay`), 0 for none: with the image's name, what the version is. */
  readonly overlay: number;
  readonly octets: number;
  readonly transferredAt: number;
  /** Why it is not served, for `held`. */
  readonly heldCode: string | null;
  readonly heldReason: string | null;
};

export type TimerRow = { readonly zoneId: string; readonly name: string; readonly dueAt: number };

/** One attempt to check or to transfer, in (from a primary) or out (to a secondary). */
export type TransferRow = {
  readonly id: number;
  readonly zoneId: string;
  readonly direction: "in" | "out";
  /** The peer's id; null where the other side is no peer of the account. */
  readonly peerId: string | null;
  readonly address: string;
  /** What was asked for; `soa` is the question for the serial. */
  readonly kind: "axfr" | "ixfr" | "soa";
  /** What came: an IXFR may be answered by the whole zone, or by one SOA. Null: nothing that could be used. */
  readonly got: "axfr" | "ixfr" | "soa" | null;
  readonly transport: "udp" | "tcp" | "tls";
  /** Whom the other side's certificate or pin was accepted as; null without TLS, or where nobody was asked for a name. */
  readonly tlsIdentity: string | null;
  /** Name of the TSIG key; null: not signed. */
  readonly tsigKey: string | null;
  /** `request`: a secondary asked us. */
  readonly reason: "start" | "timer" | "notify" | "operator" | "retry" | "request";
  readonly outcome: "taken" | "unchanged" | "held" | "refused" | "failed" | "sent";
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly serialBefore: number | null;
  readonly serialAfter: number | null;
  readonly messages: number;
  readonly records: number;
  readonly octets: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Why an IXFR became an AXFR in the same attempt; null: it did not. */
  readonly fallbackCode: string | null;
  readonly fallbackMessage: string | null;
  /** Checks that went exactly the same way since: they are counted here, not kept one by one. `finishedAt` is the last one's. */
  readonly repeats: number;
};

export type EventRow = {
  readonly id: number;
  readonly at: number;
  readonly zoneId: string | null;
  readonly level: "info" | "warning" | "error";
  readonly code: string;
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** `secret` is clear here and sealed in the database. */
export type AlertDestinationRow = {
  readonly id: string;
  readonly name: string;
  readonly kind: "webhook" | "smtp";
  /** What its kind needs, as its writer has it. */
  readonly settings: unknown;
  readonly secret: string | null;
  readonly createdAt: number;
};

export type AlertPolicyRow = {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly kinds: readonly string[];
  /** Empty: all zones. */
  readonly zones: readonly string[];
  readonly destinations: readonly string[];
  readonly windowSeconds: number;
  readonly createdAt: number;
};

/** An alert on its way to one destination, or what became of it. */
export type AlertDeliveryRow = {
  readonly id: number;
  readonly deliveryId: string;
  readonly policyId: string;
  readonly destinationId: string;
  readonly kind: string;
  readonly zoneId: string | null;
  /** What happened, by its code, and to which peer or certificate: the same is told once within a policy's window. */
  readonly about: string;
  readonly state: "waiting" | "delivered" | "failed";
  readonly createdAt: number;
  readonly dueAt: number | null;
  readonly finishedAt: number | null;
  readonly tries: number;
  readonly repeats: number;
  /** What is told; only its writer understands it. */
  readonly document: unknown;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

/** One change by somebody. Written before it is made (`status` null), finished with its outcome. */
export type AuditRow = {
  readonly id: number;
  readonly at: number;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly address: string;
  /** Name of the route. */
  readonly action: string;
  readonly resourceId: string | null;
  readonly zoneId: string | null;
  /** HTTP status of the answer; null: not finished. */
  readonly status: number | null;
  /** The rest: before, after, request; only its writer understands it. No secret stands in it. */
  readonly document: unknown;
};

/** What was answered to a request with an Idempotency-Key. `body` is clear here and sealed in the database. */
export type KeptAnswerRow = {
  /** SHA-256, hex, of who asked and of the key. */
  readonly key: string;
  /** SHA-256, hex, of method, path and body. */
  readonly request: string;
  readonly at: number;
  /** Null: not answered yet. */
  readonly status: number | null;
  readonly body: string | null;
};

/** What a zone was asked from `start` on, for `step` seconds; Unix seconds. The document is control's. */
export type AnalyticsRow = {
  readonly zoneId: string;
  readonly step: number;
  readonly start: number;
  readonly document: string;
};
