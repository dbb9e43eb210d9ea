/**
 * The SOA of negative answers, made once for each zone: negative TTL and compressed names in it, its stored RRSIGs behind.
 * An answer copies it and moves the pointers to where the question has the apex. It saves two searches for names and a walk
 * over TTLs in every negative answer; its price is some 300 octets for each zone that was asked for a missing name.
 */
import { LiteralOwner, patchTtls, writeRRset, writeStoredSignatures } from "./records.ts";
import { HEADER, QUESTION, Reply } from "./reply.ts";
import type { ReadySoa, ZoneEntry } from "./zone-entry.ts";

/** Name, fixed part and a few RRSIGs; a zone with more gets no ready SOA. */
const ROOM = 4096;
const POINTER = 0xc0;

/** As if the apex itself were asked for; undefined when the signatures are too many. */
export function makeReadySoa(entry: ZoneEntry): ReadySoa | undefined {
  const { image, soa, apex } = entry;
  const reply = new Reply();
  const question = new Uint8Array(HEADER + apex.length + 4);
  question.set(apex, HEADER);
  reply.begin(new Uint8Array(ROOM), ROOM);
  reply.question(question, question.length, apex.length);
  const start = reply.at;
  if (!writeRRset(reply, entry, soa, QUESTION, new LiteralOwner())) return undefined;
  const dataLength = reply.at - start;
  if (!writeStoredSignatures(reply, entry, soa, QUESTION)) return undefined;
  patchTtls(reply, start, image.negativeTtl);
  const octets = reply.octets.slice(start, reply.at);
  return {
    octets,
    view: new DataView(octets.buffer),
    dataLength,
    signatures: image.rrsetSigCount(soa),
    pointers: findPointers(octets, start),
  };
}

/** Copies it; `withSignatures` for the stored ones. False, and nothing written, when it does not fit. */
export function writeReadySoa(reply: Reply, ready: ReadySoa, apexOwner: number, withSignatures: boolean): boolean {
  const length = withSignatures ? ready.octets.length : ready.dataLength;
  if (!reply.fits(length)) return false;
  const { octets, at: start } = reply;
  const { pointers } = ready;
  reply.copyWide(ready.view, 0, length);
  for (let i = 0; i < pointers.length; i += 2) {
    const at = pointers[i]!;
    if (at >= length) break;
    // Even: into the question's apex; odd: into the SOA itself.
    const target = (pointers[i + 1]! & 1 ? start : apexOwner) + (pointers[i + 1]! >> 1);
    octets[start + at] = POINTER | (target >>> 8);
    octets[start + at + 1] = target;
  }
  reply.counts[reply.section]! += withSignatures ? 1 + ready.signatures : 1;
  return true;
}

/** `[offset, 2 · distance + kind]` for each pointer, in order. Signers' names are never compressed. */
function findPointers(octets: Uint8Array, start: number): Int32Array {
  const found: number[] = [];
  const add = (at: number) => {
    const target = ((octets[at]! & 0x3f) << 8) | octets[at + 1]!;
    found.push(at, target >= start ? 2 * (target - start) + 1 : 2 * (target - QUESTION));
  };
  const walk = (from: number): number => {
    let at = from;
    while (octets[at]! !== 0 && octets[at]! < POINTER) at += octets[at]! + 1;
    if (octets[at] === 0) return at + 1;
    add(at);
    return at + 2;
  };
  for (let at = 0; at < octets.length; ) {
    const isSoa = at === 0;
    add(at);
    if (isSoa) walk(walk(at + 12));
    at += 12 + ((octets[at + 10]! << 8) | octets[at + 11]!);
  }
  return Int32Array.from(found);
}
