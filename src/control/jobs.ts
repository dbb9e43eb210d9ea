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
  SignatureTable,
  unpackImage,
  verifyImage,
  verifyImageZonemd,
  ZoneImage,
} from "#image";
import type { Name } from "#name";
import { RRType } from "#rdata";
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
import { differenceOf } from "./outgoing/difference.ts";
import { joinShares, makeChain, type SignAnswer, type SignJob, signShare } from "./outgoing/sign-jobs.ts";
import { type PostedChange, postChanges, takeChanges } from "./posted-changes.ts";
import { finishShares, type ValidationShare, validateShare } from "./validate-image.ts";
import type { Fault } from "./work.ts";
import { printZoneFile } from "./zone-text.ts";

export type Job =
  | SignJob
  | { readonly kind: "check"; readonly columns: ZoneColumns }
  | { readonly kind: "compile"; readonly columns: ZoneColumns; readonly options: CompileOptions }
  /** From the stored, transferred image: `image` must have been verified. `serial`: that the SOA gets instead of its own. */
  | {
      readonly kind: "recompile";
      readonly image: SharedArrayBuffer;
      readonly options: CompileOptions;
      readonly serial?: number;
    }
  /** An IXFR: `image` is the stored, transferred one that the changes start from. */
  | {
      readonly kind: "apply";
      readonly image: SharedArrayBuffer;
      readonly changes: readonly PostedChange[];
      readonly limits: ZoneLimits;
    }
  /** Two versions of the same serial: what tells them apart, in one sentence. */
  | { readonly kind: "compare"; readonly ours: ZoneColumns; readonly theirs: ZoneColumns }
  /** What leads from `before` to `image`, for IXFR out; roots as `ZoneImage` has them. */
  | {
      readonly kind: "difference";
      readonly image: SharedArrayBuffer;
      readonly root: number;
      readonly before: SharedArrayBuffer;
      readonly beforeRoot: number;
      readonly maxOctets: number;
    }
  | { readonly kind: "verify"; readonly image: SharedArrayBuffer }
  /** Writes the zone's text into a new file. */
  | { readonly kind: "print"; readonly image: SharedArrayBuffer; readonly path: string }
  /** What `image` has otherwise than `before`; without one, everything is new. */
  | {
      readonly kind: "diff";
      readonly image: SharedArrayBuffer;
      readonly before?: SharedArrayBuffer;
      readonly limit: number;
    }
  | ({ readonly kind: "validate" } & ValidationShare)
  | { readonly kind: "zonemd"; readonly image: SharedArrayBuffer; readonly root: number }
  | {
      readonly kind: "finish";
      readonly image: SharedArrayBuffer;
      readonly now: number;
      readonly reports: readonly ValidationReport[];
    }
  | {
      readonly kind: "carry";
      readonly oldImage: SharedArrayBuffer;
      readonly oldTable: SharedArrayBuffer;
      readonly newImage: SharedArrayBuffer;
      readonly newTable: SharedArrayBuffer;
    };

export type JobAnswer = SignAnswer & {
  check: { readonly errors: readonly string[]; readonly warnings: readonly string[] };
  compile: Result<SharedArrayBuffer, Fault>;
  recompile: Result<SharedArrayBuffer, Fault>;
  apply: Result<ZoneColumns, Fault>;
  compare: string | undefined;
  difference: PostedChange | undefined;
  verify: Result<true, Fault>;
  print: Result<number, Fault>;
  diff: ImageChange;
  validate: ValidationReport;
  zonemd: ZonemdVerdict;
  finish: ValidationReport;
  carry: number;
};

export type JobCrypto = DnssecCrypto & { readonly startDigest: StartDigest } & Pick<Crypto, "openSigner">;

export function performJob(job: Job, crypto: JobCrypto): JobAnswer[Job["kind"]] {
  switch (job.kind) {
    case "check":
      return check(ZoneVersion.open(job.columns));
    case "compile":
      return compile(ZoneVersion.open(job.columns), job.options);
    case "recompile":
      return recompile(new ZoneImage(job.image), job.options, job.serial);
    case "apply":
      return apply(job);
    case "compare":
      return firstDifference(ZoneVersion.open(job.ours), ZoneVersion.open(job.theirs));
    case "difference":
      return difference(job);
    case "verify":
      return verify(job.image);
    case "print":
      return printZoneFile(new ZoneImage(job.image), job.path);
    case "diff":
      return compareImages(new ZoneImage(job.image), job.before && new ZoneImage(job.before), job.limit);
    case "validate":
      return validateShare(job, crypto);
    case "zonemd":
      return verifyImageZonemd(new ZoneImage(job.image, job.root), crypto.startDigest);
    case "finish":
      return finishShares(job.image, job.now, job.reports, crypto);
    case "carry":
      return carry(job);
    case "sign-chain":
      return makeChain(job);
    case "sign-share":
      return signShare(job, crypto);
    case "sign-join":
      return joinShares(job);
  }
}

function difference(job: Extract<Job, { kind: "difference" }>): PostedChange | undefined {
  const before = new ZoneImage(job.before, job.beforeRoot);
  const change = differenceOf(before, new ZoneImage(job.image, job.root), job.maxOctets);
  return change && postChanges([change])[0];
}

/** A person reads a few. */
const SHOWN_PROBLEMS = 5;

function check(version: ZoneVersion): JobAnswer["check"] {
  const problems = semanticCheck(version);
  const texts = (severity: "error" | "warning") =>
    problems
      .filter((problem) => problem.severity === severity)
      .slice(0, SHOWN_PROBLEMS)
      .map((problem) => problem.text);
  return { errors: texts("error"), warnings: texts("warning") };
}

function compile(version: ZoneVersion, options: CompileOptions): Result<SharedArrayBuffer, Fault> {
  const image = compileImage(version, options);
  if (!image.ok) return fail({ code: `image.${image.error.code}`, text: image.error.text });
  const verified = verify(image.value);
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
  return compile(version.value, options);
}

/** SERIAL and four more words close the RDATA (RFC 1035 section 3.3.13). */
function withSerial(soa: Uint8Array, serial: number): Uint8Array {
  const stamped = soa.slice();
  new DataView(stamped.buffer).setUint32(stamped.length - 20, serial);
  return stamped;
}

function apply(job: Extract<Job, { kind: "apply" }>): Result<ZoneColumns, Fault> {
  const image = new ZoneImage(job.image);
  const apex: Name = image.nodeName(image.apexNode).slice();
  const base = { apex, rrsets: () => unpackImage(image) };
  const applied = applyChanges(base, takeChanges(job.changes), job.limits);
  if (applied.ok) return ok(applied.value.columns);
  return fail({ code: `transfer.${applied.error.code}`, text: applied.error.text });
}

function verify(image: SharedArrayBuffer): Result<true, Fault> {
  const verified = verifyImage(image);
  if (verified.ok) return ok(true);
  return fail({ code: `image.${verified.error.code}`, text: `${verified.error.text} (word ${verified.error.at})` });
}

function carry(job: Extract<Job, { kind: "carry" }>): number {
  const oldTable = SignatureTable.open(job.oldTable);
  const newTable = SignatureTable.open(job.newTable);
  if (!oldTable || !newTable || oldTable.keyTag !== newTable.keyTag) return 0;
  return carrySignatures(new ZoneImage(job.oldImage), oldTable, new ZoneImage(job.newImage), newTable);
}
