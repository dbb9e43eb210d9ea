/** Signatures of RRsets that did not change go over to the next image: a transfer of one record costs one signature. */
import { nameHash } from "#name";
import type { ZoneImage } from "./image.ts";
import type { SignatureTable } from "./signatures.ts";

/**
 * Copies into `newTable` every signature of `oldTable` whose RRset stands in both images with the same owner, type, TTL
 * and RDATA. Gives the number carried over.
 */
export function carrySignatures(
  oldImage: ZoneImage,
  oldTable: SignatureTable,
  newImage: ZoneImage,
  newTable: SignatureTable,
): number {
  let carried = 0;
  for (let index = 0; index < newImage.nodeCount; index++) {
    const node = newImage.nodeAt(index);
    const sets = newImage.rrsetsAt(node);
    if (sets === 0) continue;
    const name = newImage.nodeName(node);
    const oldNode = oldImage.findNode(nameHash(name), name, 0);
    if (oldNode === 0) continue;
    for (let i = 0; i < sets; i++) {
      const ref = newImage.rrsetAt(node, i);
      const oldRef = oldImage.findRRset(oldNode, newImage.rrsetType(ref));
      if (oldRef === 0 || !sameData(oldImage, oldRef, newImage, ref)) continue;
      if (newTable.carry(newImage.rrsetSlot(ref), oldTable, oldImage.rrsetSlot(oldRef))) carried++;
    }
  }
  return carried;
}

function sameData(a: ZoneImage, refA: number, b: ZoneImage, refB: number): boolean {
  const length = a.rrsetDataLength(refA);
  if (length !== b.rrsetDataLength(refB)) return false;
  const startA = a.rrsetData(refA);
  const startB = b.rrsetData(refB);
  for (let i = 0; i < length; i++) if (a.octets[startA + i] !== b.octets[startB + i]) return false;
  return true;
}
