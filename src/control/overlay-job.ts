/**
 * A change of some records as an overlay behind the image: made, checked as the whole compiler's work is, and its names looked
 * at by the semantic check. What does not fit is refused, and goes the long way.
 */
import { fail, ok, type Result } from "#bytes";
import {
  type OverlayRefusal,
  overlayChanges,
  type Touched,
  type Treatment,
  unpackSet,
  verifyOverlay,
  ZoneImage,
} from "#image";
import { type Name, nameEquals, nameHash, printName } from "#name";
import { RRType, rdataTarget } from "#rdata";
import { semanticCheck, ZoneBuilder, type ZoneLimits, type ZoneProblem } from "#zone";
import type { ImageAt } from "./image-at.ts";
import { type PostedChange, takeChanges } from "./posted-changes.ts";
import { type ShownProblems, shownProblems } from "./problems.ts";

export type OverlayOrder = ImageAt & {
  readonly changes: readonly PostedChange[];
  readonly treatment: Treatment;
  /** Absent: those of a version that was taken already. */
  readonly limits?: ZoneLimits;
};

export type OverlayMade = {
  readonly root: number;
  readonly touched: Touched;
  /** Of the names that changed; of the apex only errors and sets that are too large. */
  readonly problems: ShownProblems;
};

export function makeOverlay(order: OverlayOrder): Result<OverlayMade, OverlayRefusal> {
  const before = new ZoneImage(order.image, order.root);
  const made = overlayChanges(before, takeChanges(order.changes), order.treatment);
  if (!made.ok) return made;
  const { image, touched } = made.value;
  const { limits } = order;
  if (limits && (image.recordCount > limits.records || image.nodeCount > limits.names || 4 * image.end > limits.octets))
    return fail("too-many-edits");
  const wrong = verifyOverlay(image, touched.nodes, touched.nsec3s);
  if (wrong) throw new Error(`an overlay is not sound: ${wrong.code} at ${wrong.at}: ${wrong.text}`);
  const problems = checkNames(image, touched);
  return problems ? ok({ root: image.root, touched, problems }) : fail("does-not-fit");
}

/** The semantic check of a small zone made of the names that changed and what their NS point to. Undefined: these make no zone. */
function checkNames(image: ZoneImage, touched: Touched): ShownProblems | undefined {
  const apex = image.nodeName(image.apexNode);
  const builder = new ZoneBuilder(apex.slice());
  const names = new Set<number>(touched.nodes);
  for (const node of touched.nodes) for (const target of nameServersAt(image, node)) names.add(target);
  for (const node of names) {
    const owner = image.nodeName(node).slice();
    for (let i = 0; i < image.rrsetsAt(node); i++) {
      for (const set of unpackSet(image, owner, image.rrsetAt(node, i))) {
        for (const rdata of set.rdatas) if (!builder.add(owner, set.type, set.ttl, rdata).ok) return undefined;
      }
    }
  }
  const version = builder.finish();
  if (!version.ok) return undefined;
  // The apex changes with every serial: what is odd about it was said when the zone came as a whole, but for a set that grew.
  const about = printName(apex);
  const isNew = ({ severity, owner, code }: ZoneProblem) =>
    severity === "error" || owner !== about || code === "set-too-large";
  const found = semanticCheck(version.value).filter(isNew);
  return shownProblems(found);
}

function nameServersAt(image: ZoneImage, node: number): number[] {
  const ref = image.findRRset(node, RRType.NS);
  if (ref === 0 || nameEquals(image.nodeName(node), image.nodeName(image.apexNode))) return [];
  const nodes: number[] = [];
  for (const set of unpackSet(image, image.nodeName(node), ref)) {
    if (set.type !== RRType.NS) continue;
    for (const rdata of set.rdatas) {
      const target: Name | undefined = rdataTarget(RRType.NS, rdata);
      const found = target ? image.findNode(nameHash(target), target, 0) : 0;
      if (found !== 0) nodes.push(found);
    }
  }
  return nodes;
}
