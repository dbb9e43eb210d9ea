/**
 * The layout of a finished zone version: typed columns over one SharedArrayBuffer, so that posting them to a worker
 * copies nothing. Names are numbered in canonical order; RRsets stand in the order (name, covered type), an RRset's
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

/** How many of each thing; octets for the last two. */
export type ColumnSizes = { names: number; rrsets: number; records: number; nameOctets: number; rdataOctets: number };

/** Empty columns of exactly these sizes over one new SharedArrayBuffer. */
export function allocateColumns(apex: Uint8Array, sizes: ColumnSizes): ZoneColumns {
  const { names, rrsets, records } = sizes;
  // Widest first: everything stays aligned without padding.
  const words = names + 1 + names + names + 1 + rrsets + rrsets + 1 + records;
  const halves = rrsets + rrsets + records;
  const buffer = new SharedArrayBuffer(words * 4 + halves * 2 + rrsets + sizes.nameOctets + sizes.rdataOctets);
  let at = 0;
  const take = (octets: number): number => {
    const start = at;
    at += octets;
    return start;
  };
  return {
    layout: COLUMNS_LAYOUT,
    apex: apex.slice(),
    nameOffsets: new Uint32Array(buffer, take((names + 1) * 4), names + 1),
    nameHashes: new Int32Array(buffer, take(names * 4), names),
    nameRRsets: new Uint32Array(buffer, take((names + 1) * 4), names + 1),
    rrsetTtls: new Uint32Array(buffer, take(rrsets * 4), rrsets),
    rrsetRecords: new Uint32Array(buffer, take((rrsets + 1) * 4), rrsets + 1),
    recordOffsets: new Uint32Array(buffer, take(records * 4), records),
    rrsetTypes: new Uint16Array(buffer, take(rrsets * 2), rrsets),
    rrsetCovered: new Uint16Array(buffer, take(rrsets * 2), rrsets),
    recordLengths: new Uint16Array(buffer, take(records * 2), records),
    rrsetFlags: new Uint8Array(buffer, take(rrsets), rrsets),
    nameOctets: new Uint8Array(buffer, take(sizes.nameOctets), sizes.nameOctets),
    rdata: new Uint8Array(buffer, take(sizes.rdataOctets), sizes.rdataOctets),
  };
}
