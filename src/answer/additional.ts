/**
 * Additional section: addresses of the names in NS, MX, SRV, SVCB and HTTPS, as far as the zone has them. In a referral,
 * addresses of nameservers inside the delegation have to go along or TC is set (RFC 9471); all else goes as long as it fits.
 */
import { NodeFlag, type ZoneImage } from "#image";
import { RRType } from "#rdata";
import { writeOwnProof } from "./prove.ts";
import { Section } from "./reply.ts";
import { ownerOf, type Work, writeSet } from "./work.ts";

export function writeAdditional(work: Work): void {
  const { image } = work.entry;
  if (work.additionalSet === 0) return;
  const { cut, additionalNodes: nodes } = work;
  const count = image.additionalNodes(work.additionalSet, nodes);
  if (count === 0) return;
  work.reply.section = Section.Additional;
  if (cut === 0) {
    const type = image.rrsetType(work.additionalSet);
    const service = type === RRType.SVCB || type === RRType.HTTPS;
    for (let i = 0; i < count; i++) {
      if (service && nodes[i] !== work.found.node) writeService(work, nodes[i]!, type);
      else writeAddresses(work, nodes[i]!);
    }
    return;
  }
  // What the child's own servers need first, so that the rest cannot take its room.
  for (let i = 0; i < count; i++) {
    const node = nodes[i]!;
    if (isInside(image, node, cut) && !writeAddresses(work, node)) {
      work.reply.truncated = true;
      return;
    }
  }
  for (let i = 0; i < count; i++) {
    const node = nodes[i]!;
    if (!isInside(image, node, cut)) writeAddresses(work, node);
  }
}

function isInside(image: ZoneImage, node: number, cut: number): boolean {
  return node === cut || image.cutOf(node) === cut;
}

/**
 * What a client of SVCB or HTTPS asks next at the target: addresses, the record of the same type, and proof of what is
 * missing (RFC 9460 section 4.1), where the chain stands ready: signing for what nobody asked would cost too much.
 */
function writeService(work: Work, node: number, type: number): void {
  const { image } = work.entry;
  const wanted = [RRType.A, RRType.AAAA, type];
  let missing = false;
  for (const one of wanted) {
    const set = image.findRRset(node, one);
    if (set === 0) missing = true;
    else if (!writeSet(work, node, set, ownerOf(work, node))) return;
  }
  const delegated = (image.nodeFlags(node) & (NodeFlag.Cut | NodeFlag.Occluded)) !== 0;
  if (missing && work.dnssec && !delegated) writeOwnProof(work, node);
}

/** A and AAAA at a node. False when one of them did not fit. */
function writeAddresses(work: Work, node: number): boolean {
  const { image } = work.entry;
  const a = image.findRRset(node, RRType.A);
  if (a !== 0 && !writeSet(work, node, a, ownerOf(work, node))) return false;
  const aaaa = image.findRRset(node, RRType.AAAA);
  return aaaa === 0 || writeSet(work, node, aaaa, ownerOf(work, node));
}
