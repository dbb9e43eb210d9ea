/** Why an answer is what it is, as a worker tells it: plain data. Names are wire octets. */

export interface ExplainedStep {
  readonly name: Uint8Array;
  readonly outcome: "answer" | "cname" | "dname" | "delegation" | "nodata" | "nxdomain";
  readonly node: Uint8Array | undefined;
  /** Of the RRset that decided; 0 none. */
  readonly type: number;
  readonly encloser: Uint8Array;
  readonly wildcard: boolean;
  readonly emptyNonTerminal: boolean;
}

/** The zone that answered, as the worker serves it. */
export interface ExplainedZone {
  readonly zoneId: string;
  readonly generation: number;
  readonly state: "serving" | "not-ready" | "expired";
  /** SOA serial of the image; undefined without one. */
  readonly serial: number | undefined;
  /** How missing names are denied; `primary`: by the chain that came with the zone, if any did. */
  readonly denial: "compact" | "nsec3" | "chain" | "primary";
  /** Tag of the key that signs answers; undefined: none does. */
  readonly keyTag: number | undefined;
}

export interface Explained {
  /** The reply as sent; empty when there is none. */
  readonly reply: Uint8Array;
  /** The question is one for control: a transfer, a NOTIFY, TSIG. */
  readonly forwarded: boolean;
  /** Undefined: no zone here has the name. */
  readonly zone: ExplainedZone | undefined;
  readonly steps: readonly ExplainedStep[];
  /** Signatures that were not stored with the zone, by the offset of their octets in the reply. */
  readonly signatures: ReadonlyMap<number, "table" | "made" | "cache">;
  /** Offsets of the records that were made for this question. */
  readonly made: ReadonlySet<number>;
}

export type ExplainTransport = "udp" | "tcp";
