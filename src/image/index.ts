/** The zone image: one immutable binary that all workers read, its writer, its checker, its reader; and the signature table beside it. */
export { streamForDigest, verifyImageZonemd } from "./canonical.ts";
export { carrySignatures } from "./carry.ts";
export { type CompileError, type CompileOptions, compileImage } from "./compile.ts";
export { ZoneImage } from "./image.ts";
export { Header, IMAGE_VERSION, ImageFlag, NodeFlag, overlayRoom, RR_HEAD } from "./layout.ts";
export { type NsecLink, nsecLinks } from "./nsec-links.ts";
export { overlayChanges } from "./overlay.ts";
export type { OverlayRefusal } from "./overlay-model.ts";
export { newestOverlay } from "./overlay-newest.ts";
export { MAX_OVERLAY_ENTRIES, type Overlaid, type Touched } from "./overlay-write.ts";
export {
  backingOf,
  type ImageBuffer,
  isPacked,
  octetsOf,
  PACKED_OCTETS,
  PackBook,
  type PackedPart,
  PackWriter,
} from "./pack.ts";
export type { Treatment } from "./plan.ts";
export { RecordWalk } from "./record-walk.ts";
export { earliestSignatureEnd } from "./signature-end.ts";
export { CHUNK_SLOTS, SIGNATURE_OCTETS, SignatureTable, TableChunks } from "./signatures.ts";
export { rrsetRdatas, rrsetSignatures, type UnpackedRRset, unpackImage, unpackSet } from "./unpack.ts";
export {
  type ImageCounts,
  type ImageError,
  type ImageErrorCode,
  joinImageShares,
  verifyImage,
  verifyImageShare,
  verifyOverlay,
} from "./verify.ts";
export { imageDelta, imageView } from "./view.ts";
export type { Unwanted } from "./wanted.ts";
