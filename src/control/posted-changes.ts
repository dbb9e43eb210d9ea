/** The changes of an IXFR as they cross to a worker and back: octets and counts. */
import { RecordBatch, ZoneChange } from "#zone";

type PostedBatch = { readonly octets: Uint8Array; readonly count: number };

export type PostedChange = { readonly deletions: PostedBatch; readonly additions: PostedBatch };

export function postChanges(changes: readonly ZoneChange[]): readonly PostedChange[] {
  return changes.map(({ deletions, additions }) => ({
    deletions: postBatch(deletions),
    additions: postBatch(additions),
  }));
}

export function takeChanges(posted: readonly PostedChange[]): readonly ZoneChange[] {
  return posted.map(({ deletions, additions }) => new ZoneChange(takeBatch(deletions), takeBatch(additions)));
}

/** Octets of all records. */
export function changedOctets(changes: readonly PostedChange[]): number {
  let octets = 0;
  for (const { deletions, additions } of changes) octets += deletions.octets.length + additions.octets.length;
  return octets;
}

export function changedRecords(changes: readonly PostedChange[]): number {
  let records = 0;
  for (const { deletions, additions } of changes) records += deletions.count + additions.count;
  return records;
}

/** A copy of what is used: posting a view would take its whole buffer along. */
function postBatch(batch: RecordBatch): PostedBatch {
  return { octets: batch.octets.slice(), count: batch.count };
}

function takeBatch({ octets, count }: PostedBatch): RecordBatch {
  return new RecordBatch(octets, octets.length, count);
}
