/** What an Answerer is told: once at its making (settings), and with each query (context). */

/** No reply: the query was no query, or too short to answer. */
export const DROP = 0;
/** Not for the edge: NOTIFY, AXFR, IXFR and whatever carries a TSIG. The octets go to the control side as they are. */
export const FORWARD = -1;

/** UDP payload that crosses today's networks unfragmented (RFC 9715 section 3). */
export const DEFAULT_UDP_PAYLOAD = 1232;
/** No smaller answer space than this (RFC 1035 section 4.2.1). */
export const MIN_UDP_PAYLOAD = 512;
/** Octets of NSID or of a server's name that are given out; more is cut off. */
export const MAX_NSID = 128;

export type AnswerSettings = {
  /** Octets for the NSID option (RFC 5001), `id.server.` and `hostname.bind.`; absent: not told. */
  readonly nsid?: Uint8Array;
  /** 512 to 4096 octets. Default 1232. */
  readonly maxUdpPayload?: number;
  /** Absent: the COOKIE option is ignored. */
  readonly cookies?: CookieSettings;
  /** For the edns-tcp-keepalive option (RFC 7828), in seconds; absent: the option is ignored. */
  readonly tcpIdleSeconds?: number;
  /** Room for signatures of names that questioners make up, in octets. Default 4 MiB. */
  readonly signatureCacheOctets?: number;
};

export type CookieSettings = {
  /** 16 octets each (RFC 9018 section 5); the first one makes cookies, all of them are accepted. */
  readonly secrets: readonly Uint8Array[];
  /** True: over UDP, a query with a client cookie but no good server cookie gets BADCOOKIE (RFC 7873 section 5.2.3). */
  readonly require: boolean;
};

/** Where a query came from and when. One object may be reused for all queries; it is only read while `answer` runs. */
export type QueryContext = {
  transport: "udp" | "tcp";
  /** 4 or 16 octets. */
  clientAddress: Uint8Array;
  clientPort: number;
  /** Seconds since 1970. */
  nowSeconds: number;
};
