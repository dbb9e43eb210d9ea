/**
 * The layout of a finished zone version: typed columns over SharedArrayBuffers, so that posting them to a worker
 * copies nothing. A column may be a view of a longer buffer: go by the column's own length. Names are numbered in canonical order; RRsets stand in the order (name, covered type), an RRset's
 * RRSIGs right behind it; records stand RRset by RRset.
 *
 * ```
 *  name n      nameOctets[nameOffsets[n] .. nameOffsets[n+1])         RRsets nameRRsets[n] .. nameRRsets[n+1]
 *  RRset s     rrsetTypes[s] rrsetCovered[s] rrsetTtls[s] rrsetFlags[s]    records rrsetRecords[s] .. rrsetRecords[s+1]
 *  record r    rdata[recordOffsets[r] .. +recordLengths[r])
 * ```
 */

export type ZoneColumns = {
  /** Of this layout: what opens columns refuses another one. */
  readonly layout: typeof COLUMNS_LAYOUT;
  /** Wire form, as the zone was configured. */
  readonly apex: Uint8Array;
  /** Owner names in wire form, the case that came first, one behind the other. */
  readonly nameOctets: Uint8Array;
  /** One more than there are names. */
  readonly nameOffsets: Uint32Array;
  /** `nameHash` of #name. */
  readonly nameHashes: Int32Array;
  /** First RRset of each name; one more than there are names. */
  readonly nameRRsets: Uint32Array;
  readonly rrsetTypes: Uint16Array;
  /** Type covered, for RRSIG RRsets (which are kept one for each covered type); 0 for all others. */
  readonly rrsetCovered: Uint16Array;
  /** Seconds, 0 to 2^31-1: the minimum of the records' (RFC 2181 section 5.2). */
  readonly rrsetTtls: Uint32Array;
  /** `RRsetFlag` bits. */
  readonly rrsetFlags: Uint8Array;
  /** First record of each RRset; one more than there are RRsets. */
  readonly rrsetRecords: Uint32Array;
  readonly recordOffsets: Uint32Array;
  readonly recordLengths: Uint16Array;
  /** RDATA, uncompressed, case kept, in the order of arrival. */
  readonly rdata: Uint8Array;
};

export const COLUMNS_LAYOUT = 1;

export const RRsetFlag = {
  /** The records came with different TTLs. */
  TtlsDiffered: 1,
  /** A record came more than once and was kept once (RFC 2181 section 5). */
  DuplicatesRemoved: 2,
} as const;
