/**
 * Dates of the signatures that the KSK makes (DNSKEY, CDS, CDNSKEY). Time is cut into periods of seven days with a phase
 * for each zone; a signature begins a day before its period (slow clocks) and ends seven days after it. So it is replaced
 * with at least seven days left, nodes and restarts agree on the dates, and zones do not fall due in the same second.
 */

/** Unix seconds, unsigned 32 bits, to be compared by serial arithmetic (RFC 4034 section 3.1.5). */
export type SignatureWindow = { readonly inception: number; readonly expiration: number };

const DAY = 86_400;

export const KSK_PERIOD_SECONDS = 7 * DAY;
export const KSK_BACKDATE_SECONDS = DAY;
/** From the beginning of its period. */
export const KSK_LIFETIME_SECONDS = 14 * DAY;

/** `phaseSeed` is any number that stays with the zone, such as its name's hash. */
export function kskWindow(now: number, phaseSeed: number): SignatureWindow {
  const start = periodStart(now, phaseSeed);
  return { inception: (start - KSK_BACKDATE_SECONDS) >>> 0, expiration: (start + KSK_LIFETIME_SECONDS) >>> 0 };
}

/** When the signatures of `now`'s period have to be replaced: the beginning of the next one, Unix seconds. */
export function nextKskSigning(now: number, phaseSeed: number): number {
  return periodStart(now, phaseSeed) + KSK_PERIOD_SECONDS;
}

function periodStart(now: number, phaseSeed: number): number {
  const phase = (phaseSeed >>> 0) % KSK_PERIOD_SECONDS;
  return Math.floor((now - phase) / KSK_PERIOD_SECONDS) * KSK_PERIOD_SECONDS + phase;
}
