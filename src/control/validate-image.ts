/** Validation of a signed zone image, in shares: every worker makes its own plan over the same octets. */
import { type DnssecCrypto, finishValidation, planValidation, type ValidationReport, validateSlice } from "#dnssec";
import { imageView, ZoneImage } from "#image";

export type ValidationShare = {
  readonly image: SharedArrayBuffer;
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
  const plan = planValidation(imageView(new ZoneImage(share.image)), crypto, {
    now: share.now,
    ...(share.trusted && { trusted: true }),
  });
  return validateSlice(plan, share.from, share.to);
}

/** One report from those of all shares. */
export function finishShares(
  image: SharedArrayBuffer,
  now: number,
  reports: readonly ValidationReport[],
  crypto: DnssecCrypto,
): ValidationReport {
  const plan = planValidation(imageView(new ZoneImage(image)), crypto, { now });
  return finishValidation(plan, reports);
}
