/** Last step before OPT: whichever kind of denial the zone has, its records into the authority section (RFC 4035 section 3.1.3). */
import { RRType } from "#rdata";
import { writeCompactCut, writeCompactNsec } from "./compact.ts";
import { nsecForCut, nsecForDenial, nsecForWildcard } from "./prove-nsec.ts";
import { nsec3ForDenial, nsec3ForNode, nsec3ForWildcard } from "./prove-nsec3.ts";
import { LITERAL } from "./records.ts";
import { lieForDenial, lieForWildcard, matchNode, writeLie } from "./white-lies.ts";
import { ownerOf, type Work, writeSet } from "./work.ts";
import { Denial } from "./zone-entry.ts";

/**
 * A wildcard stood in for `work.name`: that the name itself does not exist is part of the proof. Noted while the chain is
 * walked, written at the end. Compact denial needs none: its signatures are made for the expanded name.
 */
export function noteWildcard(work: Work): void {
  switch (work.entry.denial) {
    case Denial.Nsec:
      nsecForWildcard(work);
      break;
    case Denial.Nsec3:
      nsec3ForWildcard(work);
      break;
    case Denial.LiveNsec3:
      lieForWildcard(work);
      break;
  }
}

/** Proof for the last name of the chain: NoData or NxDomain by `work.found`. False when it does not fit. */
export function writeDenial(work: Work): boolean {
  switch (work.entry.denial) {
    case Denial.Compact:
      return writeCompactNsec(work, work.found.node, true);
    case Denial.Nsec:
      nsecForDenial(work);
      break;
    case Denial.Nsec3:
      nsec3ForDenial(work);
      break;
    case Denial.LiveNsec3:
      lieForDenial(work);
      break;
  }
  return writeProofs(work);
}

/** Proof that the cut has no DS. False when it does not fit. */
export function writeInsecureCut(work: Work, cut: number): boolean {
  switch (work.entry.denial) {
    case Denial.Compact:
      return writeCompactCut(work, cut);
    case Denial.Nsec:
      nsecForCut(work, cut);
      break;
    case Denial.Nsec3:
      nsec3ForNode(work, cut);
      break;
    case Denial.LiveNsec3:
      matchNode(work, cut);
      break;
  }
  return writeProofs(work);
}

/** Everything noted so far. False when it does not fit. */
export function writeProofs(work: Work): boolean {
  const { entry, proofs } = work;
  for (let i = 0; i < work.proofCount; i++) {
    const proof = proofs[i]!;
    if (entry.denial === Denial.LiveNsec3) {
      if (!writeLie(work, i)) return false;
    } else if (entry.denial === Denial.Nsec3) {
      if (!writeNsec3(work, proof)) return false;
    } else {
      const set = entry.image.findRRset(proof, RRType.NSEC);
      if (set !== 0 && !writeSet(work, proof, set, ownerOf(work, proof))) return false;
    }
  }
  return true;
}

/** The NSEC or NSEC3 of a name that has one in the image: what is not there. Nothing when it does not fit. */
export function writeOwnProof(work: Work, node: number): void {
  const { image, denial } = work.entry;
  if (denial === Denial.Nsec) {
    const set = image.findRRset(node, RRType.NSEC);
    if (set !== 0) writeSet(work, node, set, ownerOf(work, node));
  } else if (denial === Denial.Nsec3) {
    const match = image.nsec3Match(node);
    if (match >= 0) writeNsec3(work, match);
  }
}

/** NSEC3 sets belong to no node; the zone's own are never signed here. */
function writeNsec3(work: Work, index: number): boolean {
  const { image } = work.entry;
  const at = image.nsec3Name(index);
  work.literal.set(image.octets, at);
  const known = work.reply.findName(image.octets, at, image.nsec3NameLength(index));
  return writeSet(work, 0, image.nsec3RRset(index), known < 0 ? LITERAL : known);
}
