/** Validation of a signed zone image, in shares: every worker makes its own plan over the same octets. */
import {
  type DeltaShare,
  type DnssecCrypto,
  finishValidation,
  planValidation,
  type ValidationReport,
  validateApex,
  validateDelta,
  validateSlice,
} from "#dnssec";
import { earliestSignatureEnd, type ImageBuffer, imageDelta, imageView, type Touched, ZoneImage } from "#image";

export type ValidationShare = {
  readonly image: ImageBuffer;
  readonly root?: number;
  /** Unix seconds. */
  readonly now: number;
  readonly from: number;
  readonly to: number;
  /** A verified ZONEMD covers these items: signatures are not verified one by one. */
  readonly trusted?: boolean;
};

/** How many items there are to share out; an upper bound, as a zone that is wrong at its apex has none. */
export function validationItems(image: ZoneImage): number {
  const view = imageView(image);
  return view.nodeCount + view.nsec3Count + view.spareCount;
}

export function validateShare(share: ValidationShare, crypto: DnssecCrypto): ValidationReport {
  const plan = planValidation(imageView(new ZoneImage(share.image, share.root)), crypto, {
    now: share.now,
    ...(share.trusted && { trusted: true }),
  });
  return validateSlice(plan, share.from, share.to);
}

/** Whatever is below the apex is taken as it came; when its signatures end is read off them. */
export function validateApexOf(image: ZoneImage, now: number, crypto: DnssecCrypto): ValidationReport {
  const report = validateApex(planValidation(imageView(image), crypto, { now }));
  const read = earliestSignatureEnd(image, now);
  if (!read) return report;
  const earliestExpiration = Math.min(read.earliest, report.earliestExpiration ?? read.earliest);
  return { ...report, earliestExpiration, cacheHorizon: Math.min(read.lessTtl, report.cacheHorizon ?? read.lessTtl) };
}

export type DeltaOrder = {
  readonly image: ImageBuffer;
  readonly root?: number;
  /** Of the version, in the same buffer, that the change starts from. */
  readonly beforeRoot: number;
  readonly touched: Touched;
  /** Unix seconds. */
  readonly now: number;
  /** Absent: all of it. */
  readonly share?: DeltaShare;
};

/** Undefined: the whole zone has to be looked at. */
export function validateOverlay(order: DeltaOrder, crypto: DnssecCrypto): ValidationReport | undefined {
  const image = new ZoneImage(order.image, order.root);
  const plan = planValidation(imageView(image), crypto, { now: order.now });
  const before = imageView(new ZoneImage(order.image, order.beforeRoot));
  return validateDelta(before, plan, imageDelta(image, order.touched), order.share);
}

/** One report from those of all shares. */
export function finishShares(
  image: ZoneImage,
  now: number,
  reports: readonly ValidationReport[],
  crypto: DnssecCrypto,
): ValidationReport {
  const plan = planValidation(imageView(image), crypto, { now });
  return finishValidation(plan, reports);
}
