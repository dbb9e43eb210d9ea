/**
 * EDNS (RFC 6891): the OPT record taken apart and put together.
 *
 *   owner . | TYPE 41 | CLASS = UDP payload size | TTL = extended RCODE 8, version 8, flags 16 | RDLENGTH | options
 */
import { fromLatin1, Reader, toLatin1, type Writer } from "#bytes";
import { RRType } from "#rdata";
import { EdnsOption } from "./constants.ts";

export type EdnsOptionValue = { readonly code: number; readonly data: Uint8Array };

export type Edns = {
  /** As sent; below 512 means 512 (RFC 6891 section 6.2.3). */
  readonly udpSize: number;
  readonly version: number;
  /** Sixteen bits: `EdnsFlag`. */
  readonly flags: number;
  readonly options: readonly EdnsOptionValue[];
};

/** Options of an OPT record's RDATA, as views; undefined when one runs over the end. */
export function parseEdnsOptions(rdata: Uint8Array): EdnsOptionValue[] | undefined {
  const r = new Reader(rdata);
  const options: EdnsOptionValue[] = [];
  // Every turn takes at least four octets, or fails.
  while (r.remaining > 0) options.push({ code: r.u16(), data: r.bytes(r.u16()) });
  return r.failed ? undefined : options;
}

/** Octets that the OPT record takes in a message. */
export function optLength(edns: Edns): number {
  let length = 11;
  for (const option of edns.options) length += 4 + option.data.length;
  return length;
}

/** `rcode` is the whole extended one: its upper eight bits are in the OPT record. */
export function writeOpt(w: Writer, edns: Edns, rcode: number): void {
  w.u8(0);
  w.u16(RRType.OPT);
  w.u16(edns.udpSize);
  w.u8(rcode >> 4);
  w.u8(edns.version);
  w.u16(edns.flags);
  w.u16(optLength(edns) - 11);
  for (const option of edns.options) {
    w.u16(option.code);
    w.u16(option.data.length);
    w.bytes(option.data);
  }
}

/** The data of the first option with this code. */
export function findOption(edns: Edns | undefined, code: number): Uint8Array | undefined {
  return edns?.options.find((option) => option.code === code)?.data;
}

/** RFC 8914 section 2. `text` is ASCII. */
export function extendedErrorOption(infoCode: number, text = ""): EdnsOptionValue {
  const data = new Uint8Array(2 + text.length);
  data[0] = infoCode >> 8;
  data[1] = infoCode;
  data.set(fromLatin1(text), 2);
  return { code: EdnsOption.ExtendedError, data };
}

/** All extended errors, in order. Text outside ASCII comes one character an octet: it is shown, never compared. */
export function extendedErrors(edns: Edns | undefined): { readonly infoCode: number; readonly text: string }[] {
  const errors: { infoCode: number; text: string }[] = [];
  for (const { code, data } of edns?.options ?? []) {
    if (code !== EdnsOption.ExtendedError || data.length < 2) continue;
    // "the EXTRA-TEXT field may be null-terminated but MUST NOT be assumed to be" (RFC 8914 section 2).
    const end = data[data.length - 1] === 0 ? data.length - 1 : data.length;
    errors.push({ infoCode: (data[0]! << 8) | data[1]!, text: toLatin1(data, 2, Math.max(2, end)) });
  }
  return errors;
}
