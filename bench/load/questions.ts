/**
 * Questions for the load generator: lines `NAME TYPE` as dnsperf has them, encoded once into one block of octets.
 * `{n}` in a name stands for eight hexadecimal digits that are others in each question: names nobody asked for before.
 */
import { fail, ok, type Result } from "#bytes";
import { readName } from "#name";
import { typeCode } from "#rdata";

export interface QuestionOptions {
  /** EDNS UDP payload size; 0 = no OPT record. */
  readonly payload: number;
  /** The DO bit. */
  readonly dnssec: boolean;
}

export interface QuestionSet {
  readonly count: number;
  /** Whole messages with ID 0, one behind the other. */
  readonly octets: Uint8Array;
  /** `count + 1` offsets into `octets`. */
  readonly offsets: Uint32Array;
  /** Offset within the message of the digits of `{n}`, 0 = none. */
  readonly digits: Uint16Array;
}

/** Lines of a question file at most. */
const MAX_LINES = 10_000_000;
const PLACEHOLDER = "{n}";
const DIGITS = "00000000";

/** Empty lines and those that begin with `#` or `;` are passed over. */
export function readQuestions(text: string, options: QuestionOptions): Result<QuestionSet, string> {
  const messages: Uint8Array[] = [];
  const digits: number[] = [];
  const lines = text.split("\n", MAX_LINES);
  for (const [i, line] of lines.entries()) {
    if (/^\s*($|[#;])/.test(line)) continue;
    const [owner, type = "A"] = line.trim().split(/\s+/);
    const name = readName(owner!.replace(PLACEHOLDER, DIGITS));
    const code = typeCode(type);
    if (!name.ok || code === undefined) return fail(`line ${i + 1}: ${line}`);
    messages.push(message(name.value, code, options));
    digits.push(owner!.includes(PLACEHOLDER) ? 12 + digitsAt(name.value) : 0);
  }
  if (messages.length === 0) return fail("no questions");
  const offsets = new Uint32Array(messages.length + 1);
  for (const [i, octets] of messages.entries()) offsets[i + 1] = offsets[i]! + octets.length;
  const octets = new Uint8Array(offsets[messages.length]!);
  for (const [i, part] of messages.entries()) octets.set(part, offsets[i]);
  return ok({ count: messages.length, octets, offsets, digits: Uint16Array.from(digits) });
}

function message(name: Uint8Array, type: number, options: QuestionOptions): Uint8Array {
  const opt = options.payload > 0;
  const octets = new Uint8Array(12 + name.length + 4 + (opt ? 11 : 0));
  const view = new DataView(octets.buffer);
  view.setUint16(4, 1);
  view.setUint16(10, opt ? 1 : 0);
  octets.set(name, 12);
  view.setUint16(12 + name.length, type);
  view.setUint16(14 + name.length, 1);
  if (opt) {
    const at = 16 + name.length;
    view.setUint16(at + 1, 41);
    view.setUint16(at + 3, options.payload);
    view.setUint16(at + 7, options.dnssec ? 0x8000 : 0);
  }
  return octets;
}

/** Where the placeholder's digits stand in the name. */
function digitsAt(name: Uint8Array): number {
  const zeros = DIGITS.length;
  for (let at = 0; at + zeros <= name.length; at++)
    if (name.subarray(at, at + zeros).every((o) => o === 0x30)) return at;
  return 0;
}
