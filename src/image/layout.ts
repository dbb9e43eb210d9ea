/**
 * The layout of a zone image, in one place: word indexes of the header, of a node, of an RRset entry, and the flags.
 * `docs/image-format.md` draws it. A word is 32 bits in host order; a "ref" is a word index; 0 is "none".
 */

/** "CSZI" read as a little-endian word: a big-endian host reads another number and refuses the file. */
export const IMAGE_MAGIC = 0x495a5343;
export const IMAGE_VERSION = 1;

/** Header: word indexes. */
export const Header = {
  Magic: 0,
  Version: 1,
  /** Length of the whole image in words. */
  Words: 2,
  Checksum: 3,
  Serial: 4,
  Flags: 5,
  NodeCount: 6,
  RRsetCount: 7,
  RecordCount: 8,
  ApexNode: 9,
  HashTable: 10,
  /** Slots - 1; the number of slots is a power of two. */
  HashMask: 11,
  /** Longest run of probes that any name needs. */
  MaxProbe: 12,
  /** Node refs in canonical order. */
  Order: 13,
  /** Two words of order key for each node, in canonical order. */
  OrderKeys: 14,
  /** Octets of order key that all names below the apex share, and how many. */
  CommonKey: 15,
  CommonKeyLength: 16,
  Nsec3List: 17,
  Nsec3Count: 18,
  Nsec3Iterations: 19,
  Nsec3Salt: 20,
  Nsec3SaltLength: 21,
  /** NSEC3 RRsets of other parameters than the chain that is served: kept, never searched. */
  SpareList: 22,
  SpareCount: 23,
  SoaTtl: 24,
  SoaMinimum: 25,
  MaxTtl: 26,
  NodesStart: 27,
  NodesEnd: 28,
  Size: 64,
} as const;

export const ImageFlag = {
  /** RRSIGs stand in the image. */
  Signed: 1,
  /** The apex has an NSEC. */
  Nsec: 2,
  /** There is an NSEC3PARAM at the apex with a chain. */
  Nsec3: 4,
  /** At least one NSEC3 of the chain has the opt-out flag. */
  OptOut: 8,
  /** DNSSEC records other than DS are in the image. */
  HasDnssec: 16,
  /** The NSEC chain was made here, its signatures come from the signature table. */
  OwnChain: 32,
} as const;

/** Node: words from its ref on; behind them the RRset entries, then the owner name, then the data of its RRsets. */
export const NodeWord = {
  /** Position in canonical order. */
  Index: 0,
  /** flags (16 bits) | labels << 16 (8 bits) | name length << 24 (8 bits). */
  Shape: 1,
  RRsetCount: 2,
  Parent: 3,
  WildcardChild: 4,
  Cut: 5,
  Nsec: 6,
  /** NSEC3 list index + 1 of the one that matches this name. */
  Nsec3Match: 7,
  /** NSEC3 list index + 1 of the one that matches or covers `*.` + this name; made for nodes with children only. */
  Nsec3Wildcard: 8,
  Size: 9,
} as const;

export const NodeFlag = {
  Apex: 1,
  /** NS RRset, not the apex: a zone cut. */
  Cut: 2,
  Dname: 4,
  /** Below a cut or a DNAME: glue, or data that is hidden. */
  Occluded: 8,
  /** Empty non-terminal. */
  Ent: 16,
  /** The leftmost label is `*`. */
  Wildcard: 32,
  HasNsec: 64,
  HasChildren: 128,
} as const;

/** RRset entry: words from its ref on. */
export const SetWord = {
  /** type (16 bits) | number of RRs << 16. */
  TypeCount: 0,
  Ttl: 1,
  /** Octet offset of the first RR. */
  Data: 2,
  DataLength: 3,
  /** Octets of the RRSIG RRs behind the data (24 bits) | their number << 24. */
  Signatures: 4,
  /** Slot in the signature table. */
  Slot: 5,
  Additional: 6,
  Size: 7,
} as const;

/** NSEC3 entry: 5 words of hash (first octet is the most significant), then these. */
export const Nsec3Word = { Hash: 0, RRset: 5, Name: 6, NameLength: 7, Size: 8 } as const;

/** Spare NSEC3 entry: RRset ref, octet offset of the owner name, its length. */
export const SpareWord = { RRset: 0, Name: 1, NameLength: 2, Size: 3 } as const;

/** Octets of `C0 0C | type | class | ttl | rdlength` before each RDATA. */
export const RR_HEAD = 12;

/** Longest probe a table may need: more means names built to collide, or a table too full. */
export const MAX_PROBE = 256;

/** An image is addressed by 32-bit octet offsets. */
export const MAX_IMAGE_OCTETS = 0xffff_fff0;
