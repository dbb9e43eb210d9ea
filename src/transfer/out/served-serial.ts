/** The serial that a zone is given out with where it is signed here: signing anew is a new version, and needs one of its own. */
import { serialNewer } from "#zone";

/**
 * The primary's serial while it is newer than what was given out before; else one more than that (RFC 1982). So it is the
 * primary's own until a signing forces more, runs ahead by one for each of those, and meets the primary's again when that
 * has passed it. It never goes back, whatever the primary does.
 */
export function nextServedSerial(primary: number, before: number | undefined): number {
  if (before === undefined || serialNewer(primary, before)) return primary;
  return (before + 1) >>> 0;
}
