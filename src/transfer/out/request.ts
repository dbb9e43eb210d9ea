/** What a secondary asks: AXFR (RFC 5936 section 2.1), IXFR with its SOA (RFC 1995 section 3), or the SOA itself. */
import { fail, ok, type Result } from "#bytes";
import { type Edns, EdnsOption, Flag, findOption, type MessageRecord, Opcode, parseMessage, Rcode } from "#message";
import { type Name, nameEquals } from "#name";
import { RRClass, RRType, readSoa } from "#rdata";

export type TransferRequest = {
  readonly id: number;
  /** The header's second word as it came. */
  readonly flags: number;
  readonly type: number;
  readonly class: number;
  /** The apex asked for, spelled as it was asked: the reply repeats it. */
  readonly question: Name;
  /** IXFR: the serial that the secondary has. */
  readonly serial: number | undefined;
  readonly edns: Edns | undefined;
  /** RFC 7314 section 3: it wants to know when the zone expires. */
  readonly wantsExpire: boolean;
  /**
   * The RCODE that it gets from everybody, once its TSIG is known to be good: BADVERS; FORMERR with records in the answer section
   * or for an IXFR without exactly one SOA of the zone in its authority section.
   */
  readonly fault: number | undefined;
};

/** "no-question": malformed, or nothing to repeat. */
export type TransferRequestError = "form-error" | "no-question";

/** A query for AXFR, IXFR or SOA taken apart; TSIG may still be on it. "form-error": no query. */
export function readTransferRequest(message: Uint8Array): Result<TransferRequest, TransferRequestError> {
  const parsed = parseMessage(message);
  if (!parsed.ok) return fail("no-question");
  const { id, flags, opcode, question, answer, authority, edns } = parsed.value;
  const asked = question[0];
  if (!asked || question.length !== 1) return fail("no-question");
  if ((flags & Flag.QR) !== 0 || opcode !== Opcode.Query) return fail("form-error");
  const request = {
    id,
    flags,
    type: asked.type,
    class: asked.class,
    question: asked.name,
    edns,
    wantsExpire: findOption(edns, EdnsOption.Expire) !== undefined,
  };
  const serial = asked.type === RRType.IXFR ? serialOf(authority, asked.name) : undefined;
  const malformed = answer.length > 0 || (asked.type === RRType.IXFR && serial === undefined);
  const fault = edns && edns.version > 0 ? Rcode.BadVers : malformed ? Rcode.FormErr : undefined;
  return ok({ ...request, serial, fault });
}

function serialOf(authority: readonly MessageRecord[], apex: Name): number | undefined {
  const soa = authority[0];
  if (authority.length !== 1 || soa?.type !== RRType.SOA || soa.class !== RRClass.IN) return undefined;
  const rdata = nameEquals(soa.owner, apex) ? soa.rdata : undefined;
  return rdata && readSoa(rdata).serial;
}
