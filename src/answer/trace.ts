/**
 * What an answer was made from, noted while it is made: for operators who ask why. A query of the world carries none, which
 * costs it one look at an empty field for each step.
 */
import { type Found, Outcome } from "./lookup.ts";
import type { NameView } from "./name-view.ts";
import type { ZoneEntry } from "./zone-entry.ts";

export const STEPS = ["answer", "cname", "dname", "delegation", "nodata", "nxdomain"] as const;

/** One look-up: the question's name, or the target of an alias. Names are copies, uncompressed, in the zone's case. */
export type TraceStep = {
  readonly name: Uint8Array;
  readonly outcome: (typeof STEPS)[number];
  /** The node that has or lacks the data, the cut, the DNAME's owner; undefined when no name is there. */
  readonly node: Uint8Array | undefined;
  /** Type of the RRset that decided (the answer, the alias, the NS of a cut); 0 none. */
  readonly type: number;
  /** The closest ancestor that exists: the name itself when it does. */
  readonly encloser: Uint8Array;
  /** `node` is a wildcard that stood in for the name. */
  readonly wildcard: boolean;
  /** The name exists only because there are names below it. */
  readonly emptyNonTerminal: boolean;
};

/** Where a signature that is not the primary's came from. */
export type SignatureOrigin = "table" | "made" | "cache";

export class Trace {
  entry: ZoneEntry | undefined;
  readonly steps: TraceStep[] = [];
  /** By the offset of their 64 octets in the reply; what was taken back is noted still. */
  readonly signatures = new Map<number, SignatureOrigin>();
  /** Offsets of records that were made for this question. */
  readonly made = new Set<number>();

  step(entry: ZoneEntry, name: NameView, found: Found): void {
    const { image } = entry;
    const nameOf = (node: number): Uint8Array => {
      const at = image.nodeNameAt(node);
      return image.octets.slice(at, at + image.nodeNameLength(node));
    };
    const nodata = found.outcome === Outcome.NoData;
    this.steps.push({
      name: name.octets.slice(name.at, name.at + name.length),
      outcome: STEPS[found.outcome]!,
      node: found.node === 0 ? undefined : nameOf(found.node),
      type: found.set === 0 ? 0 : image.rrsetType(found.set),
      encloser: nameOf(found.encloser),
      wildcard: found.wildcard,
      emptyNonTerminal: nodata && image.rrsetsAt(found.node) === 0,
    });
  }
}
