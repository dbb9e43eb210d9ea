/** Messages put together, with name compression, up to a limit: replies and queries of the control side, and tests. */
import { toLatin1, Writer } from "#bytes";
import type { Name } from "#name";
import { forEachCompressible, RRClass } from "#rdata";
import { Flag, HEADER_LENGTH, MAX_MESSAGE, OPCODE_SHIFT, RCODE_MASK } from "./constants.ts";
import { type Edns, optLength, writeOpt } from "./edns.ts";
import type { Question } from "./parse.ts";

export type ResourceRecord = {
  readonly owner: Name;
  readonly type: number;
  /** IN when missing. */
  readonly class?: number;
  readonly ttl: number;
  /** Uncompressed. */
  readonly rdata: Uint8Array;
};

export type MessageParts = {
  readonly id: number;
  /** Bits of `Flag`; opcode and rcode come from their own fields. */
  readonly flags?: number;
  readonly opcode?: number;
  /** With the extended bits; a value over 15 needs `edns`. */
  readonly rcode?: number;
  readonly question?: readonly Question[];
  readonly answer?: readonly ResourceRecord[];
  readonly authority?: readonly ResourceRecord[];
  readonly additional?: readonly ResourceRecord[];
  readonly edns?: Edns;
};

export type WriteOptions = {
  /** Octets, at most 65535, which is also the default. */
  readonly limit?: number;
  /** True when missing. */
  readonly compress?: boolean;
};

export type WrittenMessage = {
  readonly octets: Uint8Array;
  /** False when records were left out: then TC is set. OPT stays in (RFC 6891 section 7). */
  readonly complete: boolean;
};

/** Whole records only. `limit` has to hold header, question and OPT; when it does not, they are left out too. */
export function writeMessage(parts: MessageParts, options: WriteOptions = {}): WrittenMessage {
  const limit = Math.min(options.limit ?? MAX_MESSAGE, MAX_MESSAGE);
  const m = new MessageWriter(new Uint8Array(limit), options.compress ?? true);
  m.header(parts.id, headerFlags(parts));
  for (const question of parts.question ?? []) m.question(question);
  if (parts.edns) m.reserve(optLength(parts.edns));
  const sections = [parts.answer, parts.authority, parts.additional];
  for (const [i, records] of sections.entries())
    for (const record of records ?? []) m.record((i + 1) as 1 | 2 | 3, record);
  const complete = !m.full;
  if (!complete) m.setFlags(headerFlags(parts) | Flag.TC);
  if (parts.edns) m.opt(parts.edns, parts.rcode ?? 0);
  return { octets: m.finish(), complete };
}

function headerFlags(parts: MessageParts): number {
  return (parts.flags ?? 0) | ((parts.opcode ?? 0) << OPCODE_SHIFT) | ((parts.rcode ?? 0) & RCODE_MASK);
}

/**
 * Fills a buffer record by record: a producer of transfers asks after each whether it still went in. Once one did not,
 * `full` stays set and nothing more is taken, so that what is written is always a prefix of what was given.
 */
export class MessageWriter {
  full = false;
  private readonly w: Writer;
  private readonly compress: boolean;
  private readonly limit: number;
  private readonly counts: [number, number, number, number] = [0, 0, 0, 0];
  /** Offset of each name suffix already written, by its octets: case is kept, so only equal case is pointed to. */
  private readonly suffixes = new Map<string, number>();

  constructor(out: Uint8Array, compress = true) {
    this.limit = Math.min(out.length, MAX_MESSAGE);
    this.w = new Writer(out, 0, this.limit);
    this.compress = compress;
  }

  /** Octets written so far. */
  get length(): number {
    return this.w.offset;
  }

  header(id: number, flags: number): void {
    this.w.u16(id);
    this.w.u16(flags);
    this.w.reserve(HEADER_LENGTH - 4);
  }

  setFlags(flags: number): void {
    this.w.putU16(2, flags);
  }

  /** Keeps `octets` back for what comes last: OPT, TSIG. */
  reserve(octets: number): void {
    this.w.limit = Math.max(this.w.offset, this.w.limit - octets);
  }

  question(question: Question): boolean {
    return this.whole(0, () => {
      this.name(question.name);
      this.w.u16(question.type);
      this.w.u16(question.class);
    });
  }

  /** `section`: 1 answer, 2 authority, 3 additional. False when it did not fit: nothing of it is there. */
  record(section: 1 | 2 | 3, record: ResourceRecord): boolean {
    return this.whole(section, () => {
      this.name(record.owner);
      this.w.u16(record.type);
      this.w.u16(record.class ?? RRClass.IN);
      this.w.u32(record.ttl);
      const lengthAt = this.w.reserve(2);
      this.rdata(record.type, record.rdata);
      if (lengthAt >= 0) this.w.putU16(lengthAt, this.w.offset - lengthAt - 2);
    });
  }

  /** Into the room that `reserve` kept. */
  opt(edns: Edns, rcode: number): boolean {
    this.release();
    return this.whole(3, () => writeOpt(this.w, edns, rcode));
  }

  /** A view of the whole message, its counts filled in. */
  finish(): Uint8Array {
    for (const [i, count] of this.counts.entries()) this.w.putU16(4 + 2 * i, count);
    return this.w.written();
  }

  private release(): void {
    this.w.limit = this.limit;
    this.full = false;
  }

  /** All or nothing: on overflow the cursor goes back. */
  private whole(section: 0 | 1 | 2 | 3, write: () => void): boolean {
    if (this.full) return false;
    const start = this.w.offset;
    write();
    if (this.w.failed || this.counts[section] === 65535) {
      this.w.failed = false;
      this.w.offset = start;
      for (const [key, offset] of this.suffixes) if (offset >= start) this.suffixes.delete(key);
      this.full = true;
      return false;
    }
    this.counts[section]++;
    return true;
  }

  private rdata(type: number, rdata: Uint8Array): void {
    let at = 0;
    forEachCompressible(type, rdata, (start, end) => {
      this.w.bytes(rdata.subarray(at, start));
      this.name(rdata.subarray(start, end));
      at = end;
    });
    this.w.bytes(rdata.subarray(at));
  }

  private name(name: Name): void {
    for (let at = 0; name[at]! !== 0; at += name[at]! + 1) {
      const key = this.compress ? toLatin1(name, at) : "";
      const offset = this.suffixes.get(key);
      if (offset !== undefined) {
        this.w.u16(0xc000 | offset);
        return;
      }
      // 14 bits are all a pointer has (RFC 1035 section 4.1.4).
      if (this.compress && !this.w.failed && this.w.offset < 0x4000) this.suffixes.set(key, this.w.offset);
      this.w.bytes(name.subarray(at, at + name[at]! + 1));
    }
    this.w.u8(0);
  }
}
