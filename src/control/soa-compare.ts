/** What a primary's SOA answer says beside the serial, compared with what is stored here. */
import { bytesEqual } from "#bytes";
import { rrsetSignatures, type ZoneImage } from "#image";
import { canonicalRdata, RRType, readRrsig } from "#rdata";
import type { SoaAnswer } from "#transfer";
import { apexRdatas } from "./image-facts.ts";

type Answer = Extract<SoaAnswer, { kind: "serial" }>;

export type SoaComparison = {
  /** The same serial, and signatures that were made later than ours: fetch, or what is served runs out. */
  readonly signedAnew: boolean;
  /** The same serial, and yet not the same. */
  readonly differs?: "soa" | "signatures";
};

export type Compared = {
  readonly image: ZoneImage | undefined;
  /** The zone is served with the primary's signatures: only then do they matter. */
  readonly presigned: boolean;
  /** What is stored came from the primary that answers, or there is no other one: whatever it signed is what counts. */
  readonly own: boolean;
};

/**
 * Several primaries may each sign by itself: from one that our version is not from, only signatures with a later inception
 * than all of ours are newer, or two of them would send us to and fro for ever.
 */
export function compareSoa(answer: Answer, { image, presigned, own }: Compared): SoaComparison {
  if (image === undefined || image.serial !== answer.serial) return { signedAnew: false };
  const soa = apexRdatas(image, RRType.SOA)[0]!;
  const sameSoa = bytesEqual(canonicalRdata(RRType.SOA, soa), canonicalRdata(RRType.SOA, answer.rdata));
  if (!sameSoa) return { signedAnew: false, differs: "soa" };
  if (!presigned || answer.signatures.length === 0) return { signedAnew: false };
  const ours = rrsetSignatures(image, image.findRRset(image.apexNode, RRType.SOA));
  const strange = answer.signatures.filter((theirs) => !ours.some((known) => bytesEqual(known, theirs)));
  if (strange.length === 0) return { signedAnew: false };
  const newer = strange.some((theirs) => ours.every((known) => later(inceptionOf(theirs), inceptionOf(known))));
  return own || newer ? { signedAnew: true } : { signedAnew: false, differs: "signatures" };
}

function inceptionOf(signature: Uint8Array): number {
  return readRrsig(signature).inception;
}

/** Serial arithmetic (RFC 4034 section 3.1.5). */
function later(a: number, b: number): boolean {
  return a !== b && (a - b) >>> 0 < 0x8000_0000;
}
