/**
 * The layout of a zone image, in one place: word indexes of the header, of a node, of an RRset entry, and the flags.
 * `docs/image-format.md` draws it. A word is 32 bits in host order; a "ref" is a word index; 0 is "none".
 */

/** "CSZI" read as a little-endian word: a big-endian host reads another number and refuses the file. */
export const IMAGE_MAGIC = 0x495a5343;
export const IMAGE_VERSION = 2;
/** Of those before 2 the header had 64 words; where the sections begin stands in it. */
export const OLDEST_IMAGE_VERSION = 1;

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
  Size: 32,
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

/** "CSZO": the header of an overlay segment, behind the base in the same buffer. */
export const OVERLAY_MAGIC = 0x4f5a5343;
export const OVERLAY_VERSION = 1;

/** Overlay segment header: words from its root on. Counts and lists stand for the whole version, not for the one change. */
export const OverlayHeader = {
  Magic: 0,
  Version: 1,
  /** Checksum of the base image that the segment lies on. */
  Base: 2,
  /** Root of the segment before, 0 when that is the base. */
  Previous: 3,
  /** First word behind the segment. */
  End: 4,
  /** Over the segment's words. */
  Checksum: 5,
  Serial: 6,
  Flags: 7,
  NodeCount: 8,
  RRsetCount: 9,
  RecordCount: 10,
  /** Signature slots given out so far. */
  SlotCount: 11,
  ApexNode: 12,
  SoaTtl: 13,
  SoaMinimum: 14,
  MaxTtl: 15,
  /** Edits of the node order, `EditWord`. */
  Nodes: 16,
  NodeEdits: 17,
  /** Pairs (hash, ref); a name that is gone has the flag `GONE` on the ref of the node that it had. */
  HashTable: 18,
  HashMask: 19,
  /** Pairs (old ref, new ref), new ref 0: gone. For nodes and NSEC3 entries. */
  Forward: 20,
  ForwardMask: 21,
  /** Edits of the NSEC3 list. */
  Nsec3: 22,
  Nsec3Edits: 23,
  /** NSEC3 entries of the version. */
  Nsec3Count: 24,
  /** NSEC3 entries that came or went (not: were replaced): what was searched for beforehand may be wrong. */
  Nsec3Moved: 25,
  /** Nodes that have addresses and had none in the base: lists of additional nodes may lack them. */
  Addressed: 26,
  Size: 32,
} as const;

/** One edit of an ordered list of the base. Edits ascend: by place, what came in before what stands there. */
export const EditWord = {
  /** Index in the base's list: of the entry that is replaced or gone, or of the one that the new entry stands before. */
  Place: 0,
  /** The entry; for one that is gone, the last one it was. */
  Ref: 1,
  Kind: 2,
  /** Entries that came in less those that went, up to here and including this one; signed. */
  Shift: 3,
  /** Nodes: hash of the name. */
  Hash: 4,
  Size: 5,
} as const;

export const EditKind = { Added: 0, Replaced: 1, Gone: 2 } as const;

/** On a ref: the name is gone. On `NodeWord.Index`: the node stands before that node of the base. On `NodeWord.Nsec3Match`: a ref. */
export const OVERLAY_FLAG = 0x8000_0000;

/** Images of fewer octets get no room for overlays: they are compiled anew in milliseconds. */
export const OVERLAY_FROM_OCTETS = 256 * 1024;

/** Signature slots that an image with room for overlays keeps for RRsets to come. */
export const SPARE_SLOTS = 32_768;

/** Octets behind an image of this size for its overlays: memory that the kernel gives only when it is written to. */
export function overlayRoom(octets: number): number {
  if (octets < OVERLAY_FROM_OCTETS) return 0;
  const room = Math.max(1024 * 1024, 4096 * Math.ceil(octets / 8 / 4096));
  return octets + room > MAX_IMAGE_OCTETS ? 0 : room;
}
