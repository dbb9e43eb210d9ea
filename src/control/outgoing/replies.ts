/** Single messages that answer a transfer request or a signed SOA query: refusals, the SOA, the OPT record of a first message. */
import { Writer } from "#bytes";
import { rrsetRdatas, rrsetSignatures, type ZoneImage } from "#image";
import {
  EdnsFlag,
  EdnsOption,
  type EdnsOptionValue,
  extendedErrorOption,
  Flag,
  optLength,
  parseMessage,
  Rcode,
  type ResourceRecord,
  replyEdns,
  writeMessage,
  writeOpt,
} from "#message";
import { RRType } from "#rdata";
import type { TransferRequest } from "#transfer";

/** `text` explains the extended error to a person. */
export function refusal(
  request: TransferRequest,
  rcode: number,
  extended?: { code: number; text: string },
): Uint8Array {
  const options = extended ? [extendedErrorOption(extended.code, extended.text)] : [];
  const edns = replyEdns(request.edns);
  return writeMessage({
    ...headOf(request),
    rcode,
    edns: edns && { ...edns, options },
  }).octets.slice();
}

/** The SOA as it is served, with its signatures where the image has them and they are wanted. */
export function soaReply(request: TransferRequest, image: ZoneImage, expireSeconds: number | undefined): Uint8Array {
  const dnssecOk = ((request.edns?.flags ?? 0) & EdnsFlag.DO) !== 0;
  const edns = replyEdns(request.edns);
  return writeMessage({
    ...headOf(request),
    flags: Flag.QR | Flag.AA | (request.flags & Flag.RD),
    answer: soaRecords(request, image, dnssecOk),
    edns: edns && { ...edns, options: expireOptions(request, expireSeconds) },
  }).octets.slice();
}

function soaRecords(request: TransferRequest, image: ZoneImage, signed: boolean): ResourceRecord[] {
  const ref = image.findRRset(image.apexNode, RRType.SOA);
  const ttl = image.rrsetTtl(ref);
  const record = (type: number) => (rdata: Uint8Array) => ({ owner: request.question, type, ttl, rdata });
  const soa = rrsetRdatas(image, ref).map(record(RRType.SOA));
  return signed ? [...soa, ...rrsetSignatures(image, ref).map(record(RRType.RRSIG))] : soa;
}

/** The apex SOA as a record of its own. */
export function soaRecord(image: ZoneImage) {
  const ref = image.findRRset(image.apexNode, RRType.SOA);
  const owner = image.nodeName(image.apexNode);
  return { owner, type: RRType.SOA, ttl: image.rrsetTtl(ref), rdata: rrsetRdatas(image, ref)[0]! };
}

/** OPT of a transfer's first message in wire form; empty when the request had none (RFC 6891 section 6.1.1). */
export function transferOpt(request: TransferRequest, expireSeconds: number | undefined): Uint8Array {
  const plain = replyEdns(request.edns);
  if (!plain) return new Uint8Array(0);
  const edns = { ...plain, options: expireOptions(request, expireSeconds) };
  const writer = new Writer(new Uint8Array(optLength(edns)));
  writeOpt(writer, edns, 0);
  return writer.written();
}

/** RFC 7314 section 3.2: a secondary says how long its copy still holds. */
function expireOptions(request: TransferRequest, expireSeconds: number | undefined): EdnsOptionValue[] {
  if (!request.wantsExpire || expireSeconds === undefined) return [];
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, expireSeconds);
  return [{ code: EdnsOption.Expire, data }];
}

function headOf({ id, flags, question, type, class: rrClass }: TransferRequest) {
  return { id, flags: Flag.QR | (flags & Flag.RD), question: [{ name: question, type, class: rrClass }] };
}

/** For what could not be read as a request: FORMERR, with the question where there is one to repeat. */
export function formErr(message: Uint8Array): Uint8Array {
  const parsed = parseMessage(message);
  const flags = (message[2]! << 8) | message[3]!;
  return writeMessage({
    id: (message[0]! << 8) | message[1]!,
    flags: Flag.QR | (flags & Flag.RD),
    rcode: Rcode.FormErr,
    question: parsed.ok ? [...parsed.value.question] : [],
    edns: parsed.ok ? replyEdns(parsed.value.edns) : undefined,
  }).octets.slice();
}
