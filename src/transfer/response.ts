/** What every message from a primary has to satisfy before its records are looked at. */
import { Flag, HEADER_LENGTH, OPCODE_MASK, OPCODE_SHIFT, Opcode, RCODE_MASK, rcodeName } from "#message";
import { type Name, nameEquals, parseName, printName } from "#name";
import { RRClass, typeName } from "#rdata";

export type ResponseProblemCode =
  | "malformed"
  | "wrong-id"
  | "not-a-response"
  | "wrong-opcode"
  | "rcode"
  | "truncated"
  | "question-missing"
  | "wrong-question";

export type ResponseProblem = {
  readonly code: ResponseProblemCode;
  /** One sentence for the operator. */
  readonly text: string;
  /** With code "rcode": what the primary answered. */
  readonly rcode?: number;
};

export type Asked = { readonly id: number; readonly apex: Name; readonly type: number };

/**
 * Checks header and question; `needQuestion` is false behind the first message of a transfer (RFC 5936 section 2.2.1),
 * where a question may be missing but not be another one. An RCODE is told before a missing question: FORMERR comes
 * without one.
 */
export function checkResponse(message: Uint8Array, asked: Asked, needQuestion: boolean): ResponseProblem | undefined {
  if (message.length < HEADER_LENGTH) return { code: "malformed", text: `a message of ${message.length} octets` };
  const id = (message[0]! << 8) | message[1]!;
  const flags = (message[2]! << 8) | message[3]!;
  if (id !== asked.id) return { code: "wrong-id", text: `message ID ${id}, ${asked.id} was asked` };
  if ((flags & Flag.QR) === 0) return { code: "not-a-response", text: "a query came in the place of a response" };
  const opcode = (flags & OPCODE_MASK) >> OPCODE_SHIFT;
  if (opcode !== Opcode.Query) return { code: "wrong-opcode", text: `a response of opcode ${opcode}` };
  const rcode = flags & RCODE_MASK;
  if (rcode !== 0) return { code: "rcode", rcode, text: `the primary answered ${rcodeName(rcode)}` };
  const wrong = checkQuestion(message, asked, needQuestion);
  if (wrong) return wrong;
  if ((flags & Flag.TC) !== 0) return { code: "truncated", text: "the response is marked as truncated" };
  return undefined;
}

function checkQuestion(message: Uint8Array, asked: Asked, needed: boolean): ResponseProblem | undefined {
  const count = (message[4]! << 8) | message[5]!;
  if (count === 0)
    return needed ? { code: "question-missing", text: "the first message has no question section" } : undefined;
  if (count > 1) return { code: "wrong-question", text: `${count} questions in one message` };
  const parsed = parseName(message, HEADER_LENGTH);
  if (!parsed || parsed.next + 4 > message.length) return { code: "malformed", text: "malformed question section" };
  const type = (message[parsed.next]! << 8) | message[parsed.next + 1]!;
  const rrClass = (message[parsed.next + 2]! << 8) | message[parsed.next + 3]!;
  if (nameEquals(parsed.name, asked.apex) && type === asked.type && rrClass === RRClass.IN) return undefined;
  const got = `${printName(parsed.name)} ${typeName(type)} class ${rrClass}`;
  return {
    code: "wrong-question",
    text: `answer to ${got}, asked was ${printName(asked.apex)} ${typeName(asked.type)}`,
  };
}
