/**
 * How many nodes a zone's tree has: its owner names, and the empty non-terminals above them, which exist as well (RFC 8020) and
 * cost memory wherever the zone is served. A name of 255 octets brings up to 125 of them.
 */
import { commonLabels, type Name } from "#name";
import type { ZoneColumns } from "./columns.ts";

/** A label takes two octets at least, so that most zones are known to be small enough without a look at their names. */
const SHORTEST_LABEL = 2;

/** Whether the columns' names, which stand in canonical order, and what is above them are more than `most`. */
export function hasMoreNodes(columns: ZoneColumns, most: number): boolean {
  if (columns.nameOctets.length / SHORTEST_LABEL <= most || labelsBelow(columns) <= most) return false;
  const { nameOctets, nameOffsets, apex } = columns;
  let previous: Name = apex;
  // The apex itself.
  let nodes = 1;
  for (let id = 0; id + 1 < nameOffsets.length && nodes <= most; id++) {
    const name = nameOctets.subarray(nameOffsets[id]!, nameOffsets[id + 1]!);
    // In canonical order whatever two names share, the one before has it all: the rest is new.
    nodes += labelsOf(nameOctets, nameOffsets[id]!) - commonLabels(previous, name);
    previous = name;
  }
  return nodes > most;
}

/** Of all names together, those of the apex left out; the apex counts one. */
function labelsBelow({ nameOctets, nameOffsets, apex }: ZoneColumns): number {
  const above = labelsOf(apex, 0);
  let labels = 1;
  for (let id = 0; id + 1 < nameOffsets.length; id++) labels += labelsOf(nameOctets, nameOffsets[id]!) - above;
  return labels;
}

function labelsOf(octets: Uint8Array, at: number): number {
  let labels = 0;
  for (let p = at; octets[p]! !== 0; p += octets[p]! + 1) labels++;
  return labels;
}
