/**
 * Walks the records of a message without an object for each: zone transfers go through here, a million records at a time.
 *
 *   const records = new RecordCursor(message);
 *   while (records.next()) use(records.owner, records.ownerLength, records.type, … records.rdataAt, records.rdataLength);
 *   if (records.failed) refuse();
 */
import { copyName, MAX_NAME, skipName } from "#name";
import { HEADER_LENGTH } from "./constants.ts";

export const Section = { Question: 0, Answer: 1, Authority: 2, Additional: 3 } as const;
export type SectionNumber = (typeof Section)[keyof typeof Section];

export class RecordCursor {
  readonly message: Uint8Array;
  /** The current record's owner, uncompressed: the first `ownerLength` octets. Overwritten by `next`. */
  readonly owner = new Uint8Array(MAX_NAME);
  ownerLength = 0;
  /** True when the owner is known to be the previous record's, octet for octet. False proves nothing. */
  sameOwner = false;
  section: SectionNumber = Section.Answer;
  type = 0;
  class = 0;
  ttl = 0;
  /** Offsets in the message: where the record starts, its RDATA, and behind it. */
  start = 0;
  rdataAt = 0;
  rdataLength = 0;
  end: number;
  /** Set for good when the message is malformed: a record cut off, a bad owner name, a bad question. */
  failed = false;
  private leftInSection = 0;
  /** The previous owner as it stood: a pointer to `ownerTarget`, or spelled out at `ownerTarget`. -1 none yet. */
  private ownerTarget = -1;

  constructor(message: Uint8Array) {
    this.message = message;
    this.end = HEADER_LENGTH;
    if (message.length < HEADER_LENGTH) {
      this.failed = true;
      return;
    }
    for (let left = this.count(0); left > 0 && !this.failed; left--) this.skipQuestion();
    this.leftInSection = this.count(Section.Answer);
  }

  /** True when all that the header's counts promised was there and nothing stands behind it. */
  get finished(): boolean {
    return (
      !this.failed &&
      this.section === Section.Additional &&
      this.leftInSection === 0 &&
      this.end === this.message.length
    );
  }

  /** Moves to the next record; false at the end of the last section or on failure. */
  next(): boolean {
    while (this.leftInSection === 0 && this.section < Section.Additional) {
      this.section = (this.section + 1) as SectionNumber;
      this.leftInSection = this.count(this.section);
    }
    if (this.failed || this.leftInSection === 0) return false;
    this.leftInSection--;
    this.start = this.end;
    const fixed = this.readOwner();
    const m = this.message;
    if (fixed < 0 || fixed + 10 > m.length) {
      this.failed = true;
      return false;
    }
    this.type = (m[fixed]! << 8) | m[fixed + 1]!;
    this.class = (m[fixed + 2]! << 8) | m[fixed + 3]!;
    this.ttl = ((m[fixed + 4]! << 24) | (m[fixed + 5]! << 16) | (m[fixed + 6]! << 8) | m[fixed + 7]!) >>> 0;
    this.rdataLength = (m[fixed + 8]! << 8) | m[fixed + 9]!;
    this.rdataAt = fixed + 10;
    this.end = this.rdataAt + this.rdataLength;
    this.failed = this.end > m.length;
    return !this.failed;
  }

  /** Offset behind the owner name, or -1. A pointer to where the previous owner stands costs no copy. */
  private readOwner(): number {
    const { message, start } = this;
    const isPointer = start + 2 <= message.length && message[start]! >= 0xc0;
    const target = isPointer ? ((message[start]! & 0x3f) << 8) | message[start + 1]! : start;
    this.sameOwner = isPointer && target === this.ownerTarget;
    if (this.sameOwner) return start + 2;
    this.ownerTarget = target;
    const copied = copyName(message, start, message.length, this.owner, 0);
    this.ownerLength = copied & 255;
    return copied < 0 ? -1 : start + (copied >> 8);
  }

  private skipQuestion(): void {
    const next = skipName(this.message, this.end);
    if (next < 0 || next + 4 > this.message.length) this.failed = true;
    else this.end = next + 4;
  }

  /** QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT. */
  private count(section: number): number {
    return (this.message[4 + 2 * section]! << 8) | this.message[5 + 2 * section]!;
  }
}
