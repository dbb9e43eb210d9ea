/** The zone image: one immutable binary that all workers read, its writer, its checker, its reader; and the signature table beside it. */
export { streamForDigest, verifyImageZonemd } from "./canonical.ts";
export { carrySignatures } from "./carry.ts";
export { type CompileError, type CompileOptions, compileImage } from "./compile.ts";
export { ZoneImage } from "./image.ts";
export { Header, IMAGE_VERSION, ImageFlag, NodeFlag, RR_HEAD } from "./layout.ts";
export type { Treatment } from "./plan.ts";
export { CHUNK_SLOTS, SIGNATURE_OCTETS, SignatureTable } from "./signatures.ts";
export { rrsetRdatas, rrsetSignatures, type UnpackedRRset, unpackImage, unpackSet } from "./unpack.ts";
export { type ImageError, type ImageErrorCode, verifyImage } from "./verify.ts";
export { imageView } from "./view.ts";
