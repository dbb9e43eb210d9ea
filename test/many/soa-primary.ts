/** What a primary answers that has every zone, always with the same SOA: enough for a secondary that only checks. */
import { RRClass, RRType } from "#rdata";
import { SOA_RDATA } from "./populate.ts";

const HEADER = 12;

/** Undefined for what is no question. */
export function answerSoa(query: Uint8Array): Uint8Array | undefined {
  let end = HEADER;
  while (end < query.length && query[end] !== 0) end += query[end]! + 1;
  end += 5;
  if (end > query.length) return undefined;
  const answer = new Uint8Array(end + 12 + SOA_RDATA.length);
  const view = new DataView(answer.buffer);
  answer.set(query.subarray(0, end));
  // QR, AA; one question, one answer, nothing else.
  view.setUint16(2, 0x8400);
  view.setUint16(4, 1);
  view.setUint16(6, 1);
  view.setUint32(8, 0);
  view.setUint16(end, 0xc00c);
  view.setUint16(end + 2, RRType.SOA);
  view.setUint16(end + 4, RRClass.IN);
  view.setUint32(end + 6, 3600);
  view.setUint16(end + 10, SOA_RDATA.length);
  answer.set(SOA_RDATA, end + 12);
  return answer;
}
