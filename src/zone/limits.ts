/** What a zone may cost before it is refused, and the coded reasons for refusing it. */

/** Bounds on what one zone version may hold. Everything in a transfer is outside data: each is checked as records come in. */
export type ZoneLimits = {
  /** Resource records, duplicates counted. */
  readonly records: number;
  /** Octets of RDATA and owner names together. At most 2^32-1: offsets are 32 bits. */
  readonly octets: number;
  /** Different owner names, and with them the empty non-terminals above them: all are nodes of what is served. */
  readonly names: number;
};

/** Room for the largest zones that a single machine is asked to serve: 20 million records, 2 GiB. */
export const DEFAULT_ZONE_LIMITS: ZoneLimits = { records: 20_000_000, octets: 2 ** 31, names: 10_000_000 };

/**
 * Longest run of occupied slots that a look-up of an owner name may walk. Twelve times the longest run seen with ten
 * million honest names at half load; only names chosen for colliding hashes get there.
 */
export const MAX_NAME_PROBE = 1024;

export type ZoneErrorCode =
  | "too-many-records"
  | "too-many-octets"
  | "too-many-names"
  | "colliding-names"
  | "bad-owner"
  | "out-of-zone"
  | "meta-type"
  | "bad-rdata"
  | "no-soa"
  | "several-soas";

/** Why a record or a whole zone was refused. `owner` is printed text, `type` the RR type's number. */
export type ZoneError = {
  readonly code: ZoneErrorCode;
  readonly owner?: string;
  readonly type?: number;
  /** One sentence for the operator, with the figures. */
  readonly text: string;
};
