/** What crosses the seam: plain data, so that it survives a postMessage (and, one day, a connection to a remote edge). */
import type { ImageBuffer } from "#image";

/**
 * A zone as the edge has to serve it from now on. It replaces the zone's earlier publication in one step, between two
 * queries.
 */
export interface Publication {
  readonly zoneId: string;
  /** Rises with every publication of the zone. */
  readonly generation: number;
  /** Wire octets. */
  readonly apex: Uint8Array;
  /** `not-ready`: never transferred (SERVFAIL, extended error 14). `expired`: SOA expire passed (SERVFAIL, 24). */
  readonly state: "serving" | "not-ready" | "expired";
  /** Verified (`verifyImage`) by whoever publishes. Present when the state is `serving`. */
  readonly image?: ImageBuffer;
  /** Root of the overlay over the image; absent: the image alone. */
  readonly imageRoot?: number;
  /** Only for zones signed while answering. */
  readonly signing?: PublishedSigning;
  /** Where it stands until when the zone is served; absent: SOA EXPIRE is all that is known. */
  readonly expiry?: ExpiryPlace;
}

/** A word (Uint32) of a board that all zones share: Unix seconds, changed by control with every check of the zone. */
export interface ExpiryPlace {
  readonly board: SharedArrayBuffer;
  readonly slot: number;
}

/** In a place of the board: the zone does not expire. */
export const NEVER_EXPIRES = 0xffff_ffff;

export interface PublishedSigning {
  readonly denial: "compact" | "nsec3" | "chain";
  /** The ZSK: the only secret that ever reaches the edge. */
  readonly zsk: PublishedZsk;
  /** DNSKEY, CDS, CDNSKEY and whatever else the KSK signed; not in the image. */
  readonly apexRRsets: readonly PublishedRRset[];
  /** A `SignatureTable`'s buffer, made for this image and this ZSK. */
  readonly signatureTable: ImageBuffer;
  /** Absent: the default of #answer. */
  readonly period?: SignaturePeriod;
}

export interface PublishedZsk {
  readonly keyTag: number;
  /** DNSSEC algorithm number. */
  readonly algorithm: number;
  /** As `openSigner` of #crypto takes it. */
  readonly privateKey: Uint8Array;
}

/** An RRset at the apex with its signatures. */
export interface PublishedRRset {
  readonly type: number;
  readonly ttl: number;
  readonly rdatas: readonly Uint8Array[];
  /** RDATA of each RRSIG. */
  readonly signatures: readonly Uint8Array[];
}

/** When live signatures hold, as `SigningPeriod` of #answer means it. */
export interface SignaturePeriod {
  /** Each signature is given out for so long. */
  readonly lengthSeconds: number;
  /** From inception to the period's start. */
  readonly backdateSeconds: number;
  /** From inception to expiration. */
  readonly validitySeconds: number;
}

/** What every worker needs beside zones. */
export interface EdgeSettings {
  /** RFC 5001; absent: not told. */
  readonly nsid?: Uint8Array;
  /** Largest UDP answer, 512 to 4096 octets (RFC 9715); absent: 1232. */
  readonly maxUdpPayload?: number;
  /** DNS cookie secrets (RFC 9018), 16 octets each: answers carry the first, all are accepted. Absent: no cookies. */
  readonly cookies?: { readonly secrets: readonly Uint8Array[]; readonly require: boolean };
  /** For each worker: signatures of names that questioners make up. Absent: 4 MiB. */
  readonly signatureCacheOctets?: number;
}

/** Where a forwarded message came from. */
export interface ForwardOrigin {
  /** `tls`: `tls` says what the handshake showed. */
  readonly transport: "udp" | "tcp" | "tls";
  /** 4 or 16 octets. */
  readonly clientAddress: Uint8Array;
  readonly clientPort: number;
  readonly tls?: ForwardTls;
}

/** What a client's handshake showed (RFC 7858, RFC 9103). */
export interface ForwardTls {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** ALPN `dot` was negotiated; without it there are no transfers (RFC 9103 section 7.1). */
  readonly dot: boolean;
  /** The certificate whose key the client proved to hold; absent: it showed none. */
  readonly client?: {
    readonly subject: string;
    readonly issuer: string;
    /** dNSNames. */
    readonly names: readonly string[];
    /** Unix milliseconds. */
    readonly notAfter: number;
    /** SHA-256 of its SubjectPublicKeyInfo, base64: to be believed in any case. */
    readonly spki: string;
    /** It chains to the configured CA of clients: subject and names may be believed. */
    readonly verified: boolean;
  };
}
