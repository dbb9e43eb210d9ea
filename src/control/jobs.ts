/**
 * The heavy steps as jobs: pure functions from message to message, run in a worker or, for a small zone, right here.
 * Octets cross as SharedArrayBuffers.
 */
import { fail, ok, type Result } from "#bytes";
import type { Crypto } from "#crypto";
import type { DnssecCrypto, StartDigest, ValidationReport, ZonemdVerdict } from "#dnssec";
import {
  type CompileOptions,
  carrySignatures,
  compileImage,
  type ImageBuffer,
  type ImageCounts,
  type OverlayRefusal,
  SignatureTable,
  type Unwanted,
  unpackImage,
  verifyImageZonemd,
  ZoneImage,
} from "#image";
import type { Name } from "#name";
import { RRType } from "#rdata";
import { emptyBuffer, emptyOctets, LARGE_OCTETS } from "#telemetry";
import {
  applyChanges,
  firstDifference,
  semanticCheck,
  ZoneBuilder,
  type ZoneColumns,
  type ZoneLimits,
  ZoneVersion,
} from "#zone";
import { compareImages, type ImageChange } from "./compare.ts";
import type { ImageAt } from "./image-at.ts";
import { differenceOf } from "./outgoing/difference.ts";
import { signChange } from "./outgoing/sign-change.ts";
import { joinShares, makeChain, type SignAnswer, type SignJob, signShare } from "./outgoing/sign-jobs.ts";
import { makeOverlay, type OverlayMade, type OverlayOrder } from "./overlay-job.ts";
import { type PostedChange, postChanges, takeChanges } from "./posted-changes.ts";
import { type ShownProblems, shownProblems } from "./problems.ts";
import {
  type DeltaOrder,
  finishShares,
  type ValidationShare,
  validateApexOf,
  validateOverlay,
  validateShare,
} from "./validate-image.ts";
import { verify, verifyShare } from "./verify-image.ts";
import type { Fault } from "./work.ts";
import { printZoneFile } from "./zone-text.ts";

export type Job =
  | SignJob
  | { readonly kind: "check"; readonly columns: ZoneColumns }
  /** `unverified`: that is a job of its own. */
  | {
      readonly kind: "compile";
      readonly columns: ZoneColumns;
      readonly options: CompileOptions;
      readonly unverified?: true;
      /** A word (Int32): other than 0 as soon as nobody else reads the columns' RDATA any more, which then goes as it is written. */
      readonly mayEmpty?: SharedArrayBuffer;
    }
  /** From the stored, transferred image: `image` must have been verified. `serial`: that the SOA gets instead of its own. */
  | ({ readonly kind: "recompile"; readonly options: CompileOptions; readonly serial?: number } & ImageAt)
  /** An IXFR: `image` is the stored, transferred one that the changes start from. */
  | ({ readonly kind: "apply"; readonly changes: readonly PostedChange[]; readonly limits: ZoneLimits } & ImageAt)
  /** The quick way: the changes as an overlay behind the image. */
  | ({ readonly kind: "overlay" } & OverlayOrder)
  /** Two versions of the same serial: what tells them apart, in one sentence. */
  | { readonly kind: "compare"; readonly ours: ZoneColumns; readonly theirs: ZoneColumns }
  /** What leads from `before` to `image`, for IXFR out; roots as `ZoneImage` has them. */
  | {
      readonly kind: "difference";
      readonly image: ImageBuffer;
      readonly root: number;
      readonly before: ImageBuffer;
      readonly beforeRoot: number;
      readonly maxOctets: number;
    }
  | ({ readonly kind: "verify" } & ImageAt)
  /** Of an image without overlays. */
  | ({ readonly kind: "verify-share"; readonly share: number; readonly shares: number } & ImageAt)
  /** Writes the zone's text into a new file. */
  | ({ readonly kind: "print"; readonly path: string } & ImageAt)
  /** What `image` has otherwise than `before`; without one, everything is new. */
  | ({ readonly kind: "diff"; readonly before?: ImageAt; readonly limit: number } & ImageAt)
  | ({ readonly kind: "validate" } & ValidationShare)
  /** The apex alone. `now`: Unix seconds. */
  | ({ readonly kind: "apex"; readonly now: number } & ImageAt)
  | ({ readonly kind: "delta" } & DeltaOrder)
  | ({ readonly kind: "zonemd" } & ImageAt)
  | ({ readonly kind: "finish"; readonly now: number; readonly reports: readonly ValidationReport[] } & ImageAt)
  /** Buffers that no thread looks at any more: their pages go back to the system. */
  | { readonly kind: "empty"; readonly buffers: readonly SharedArrayBuffer[] }
  | {
      readonly kind: "carry";
      readonly oldImage: ImageBuffer;
      readonly oldRoot?: number;
      readonly oldTable: ImageBuffer;
      readonly newImage: ImageBuffer;
      readonly newRoot?: number;
      readonly newTable: ImageBuffer;
    };

export type JobAnswer = SignAnswer & {
  check: ShownProblems;
  compile: Result<SharedArrayBuffer, Fault>;
  recompile: Result<SharedArrayBuffer, Fault>;
  apply: Result<ZoneColumns, Fault>;
  overlay: Result<OverlayMade, OverlayRefusal>;
  compare: string | undefined;
  difference: PostedChange | undefined;
  verify: Result<true, Fault>;
  "verify-share": Result<ImageCounts, Fault>;
  print: Result<number, Fault>;
  diff: ImageChange;
  validate: ValidationReport;
  apex: ValidationReport;
  delta: ValidationReport | undefined;
  zonemd: ZonemdVerdict;
  finish: ValidationReport;
  carry: number;
  /** Octets. */
  empty: number;
};

export type JobCrypto = DnssecCrypto & { readonly startDigest: StartDigest } & Pick<Crypto, "openSigner">;

export function performJob(job: Job, crypto: JobCrypto): JobAnswer[Job["kind"]] {
  switch (job.kind) {
    case "check":
      return check(ZoneVersion.open(job.columns));
    case "compile":
      return compile(ZoneVersion.open(job.columns), job.options, job.unverified, job.mayEmpty);
    case "recompile":
      return recompile(new ZoneImage(job.image, job.root), job.options, job.serial);
    case "apply":
      return apply(job);
    case "overlay":
      return makeOverlay(job);
    case "compare":
      return firstDifference(ZoneVersion.open(job.ours), ZoneVersion.open(job.theirs));
    case "difference":
      return difference(job);
    case "verify":
      return verify(job.image, job.root);
    case "verify-share":
      return verifyShare(job.image, job.share, job.shares);
    case "print":
      return printZoneFile(new ZoneImage(job.image, job.root), job.path);
    case "diff":
      return diff(job);
    case "validate":
      return validateShare(job, crypto);
    case "apex":
      return validateApexOf(new ZoneImage(job.image, job.root), job.now, crypto);
    case "delta":
      return validateOverlay(job, crypto);
    case "zonemd":
      return verifyImageZonemd(new ZoneImage(job.image, job.root), crypto.startDigest);
    case "finish":
      return finishShares(new ZoneImage(job.image, job.root), job.now, job.reports, crypto);
    case "carry":
      return carry(job);
    case "empty":
      return job.buffers.reduce((octets, buffer) => octets + emptyBuffer(buffer), 0);
    case "sign-chain":
      return makeChain(job);
    case "sign-share":
      return signShare(job, crypto);
    case "sign-join":
      return joinShares(job);
    case "sign-change":
      return signChange(job, crypto);
  }
}

function difference(job: Extract<Job, { kind: "difference" }>): PostedChange | undefined {
  const before = new ZoneImage(job.before, job.beforeRoot);
  const change = differenceOf(before, new ZoneImage(job.image, job.root), job.maxOctets);
  return change && postChanges([change])[0];
}

function check(version: ZoneVersion): ShownProblems {
  return shownProblems(semanticCheck(version));
}

function compile(
  version: ZoneVersion,
  options: CompileOptions,
  unverified = false,
  mayEmpty?: SharedArrayBuffer,
): Result<SharedArrayBuffer, Fault> {
  const image = compileImage(version, options, mayEmpty && emptier(version.columns.rdata, mayEmpty));
  if (!image.ok) return fail({ code: `image.${image.error.code}`, text: image.error.text });
  const verified = unverified ? ok(true) : verify(image.value);
  return verified.ok ? ok(image.value) : verified;
}

function recompile(image: ZoneImage, options: CompileOptions, serial?: number): Result<SharedArrayBuffer, Fault> {
  const apex: Name = image.nodeName(image.apexNode).slice();
  const builder = new ZoneBuilder(apex);
  for (const { owner, type, ttl, rdatas } of unpackImage(image)) {
    for (const rdata of rdatas) {
      const stamped = type === RRType.SOA && serial !== undefined ? withSerial(rdata, serial) : rdata;
      const added = builder.add(owner, type, ttl, stamped);
      if (!added.ok) return fail({ code: `zone.${added.error.code}`, text: added.error.text });
    }
  }
  const version = builder.finish();
  if (!version.ok) return fail({ code: `zone.${version.error.code}`, text: version.error.text });
  // Its records are nobody else's.
  return compile(version.value, options, false, new Int32Array(new SharedArrayBuffer(4)).fill(1).buffer);
}

/** Gives RDATA back that the image has by now, as soon as it may: of large zones. */
function emptier(rdata: Uint8Array, mayEmpty: SharedArrayBuffer): Unwanted | undefined {
  if (rdata.byteLength < LARGE_OCTETS) return undefined;
  const word = new Int32Array(mayEmpty);
  let waiting: Uint8Array[] = [];
  return (from, to) => {
    waiting.push(rdata.subarray(from, to));
    if (Atomics.load(word, 0) === 0) return;
    for (const octets of waiting) emptyOctets(octets);
    waiting = [];
  };
}

/** SERIAL and four more words close the RDATA (RFC 1035 section 3.3.13). */
function withSerial(soa: Uint8Array, serial: number): Uint8Array {
  const stamped = soa.slice();
  new DataView(stamped.buffer).setUint32(stamped.length - 20, serial);
  return stamped;
}

function apply(job: Extract<Job, { kind: "apply" }>): Result<ZoneColumns, Fault> {
  const image = new ZoneImage(job.image, job.root);
  const apex: Name = image.nodeName(image.apexNode).slice();
  const base = { apex, rrsets: () => unpackImage(image) };
  const applied = applyChanges(base, takeChanges(job.changes), job.limits);
  if (applied.ok) return ok(applied.value.columns);
  return fail({ code: `transfer.${applied.error.code}`, text: applied.error.text });
}

function diff(job: Extract<Job, { kind: "diff" }>): ImageChange {
  const before = job.before && new ZoneImage(job.before.image, job.before.root);
  return compareImages(new ZoneImage(job.image, job.root), before, job.limit);
}

function carry(job: Extract<Job, { kind: "carry" }>): number {
  const oldTable = SignatureTable.open(job.oldTable);
  const newTable = SignatureTable.open(job.newTable);
  if (!oldTable || !newTable || oldTable.keyTag !== newTable.keyTag) return 0;
  const [before, after] = [new ZoneImage(job.oldImage, job.oldRoot), new ZoneImage(job.newImage, job.newRoot)];
  return carrySignatures(before, oldTable, after, newTable);
}
