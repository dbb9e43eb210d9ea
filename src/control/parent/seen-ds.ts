/**
 * What is known of a zone's DS at the parent: the one reading of the last look that the overview, the keys, the DS page and the
 * multi-signer guide all go by. Whoever answered in that look counts, the parent's nameservers or, in their place, the resolver;
 * when nobody did, nothing is known now, whatever was seen before.
 */
import { type DnssecDetails, printTime } from "#contract";
import { type Digests, dsMatches } from "#dnssec";
import { type Seen, seenBy } from "#keyplan";
import type { Name } from "#name";
import type { ParentNote } from "./watcher.ts";

/** More DS than a delegation has; the rest is not looked at. */
const MAX_DS = 64;

/** Whether the parent has a DS of this key. */
export function hasDsOf(apex: Name, dnskey: Uint8Array, note: ParentNote | undefined, digests: Digests): Seen {
  return seenBy(note?.sayings ?? [], ({ ds }) =>
    ds.slice(0, MAX_DS).some((each) => dsMatches(apex, each, dnskey, digests)),
  );
}

export function shownParent(note: ParentNote | undefined): DnssecDetails["parent"] {
  const { fault } = note ?? {};
  return {
    checked_time: note ? printTime(note.checkedAt * 1000) : null,
    ds: [...(note?.ds ?? [])],
    answered_by: note && note.sayings.length > 0 ? note.from : null,
    error: fault ? { code: fault.code, message: fault.text } : null,
  };
}
