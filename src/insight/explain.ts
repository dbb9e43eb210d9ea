/**
 * A reply and the worker's account of it as a page for an operator: what stands in each section and why, step by step how it was
 * found, what each record of the proof proves, which key signed and for how long.
 *
 * ```
 * worker ─ reply, steps, origins ─▶ explainReply ◀─ keys and serials ─ control
 *                                      records · steps · proofs · summary
 * ```
 */
import { toHex } from "#bytes";
import { type ExplainedRecord, type ExplainedStep, type Explanation, printTime } from "#contract";
import { absoluteTime, algorithmName } from "#dnssec";
import { EdnsFlag, ExtendedError, extendedErrors, Flag, type Message, type MessageRecord, rcodeName } from "#message";
import { type Name, nameEquals, printName } from "#name";
import { printRdata, RRType, readRrsig, typeName } from "#rdata";
import type { AccountStep, ExplainInput } from "./account.ts";
import { readProofs } from "./proof.ts";
import { stepSentence, summaryOf } from "./sentences.ts";

export type ExplainedReply = Pick<
  Explanation,
  "summary" | "rcode" | "flags" | "extended_errors" | "octets" | "message" | "records" | "steps" | "proofs"
>;

const SIGNATURE_OCTETS = 64;
/** Signed by the KSK, beside the version. */
const APEX_TYPES: readonly number[] = [RRType.DNSKEY, RRType.CDS, RRType.CDNSKEY];

export function explainReply(input: ExplainInput): ExplainedReply {
  const { message, steps, apex } = input;
  const sections = [
    ["answer", message.answer],
    ["authority", message.authority],
    ["additional", message.additional],
  ] as const;
  const proofs = [...message.authority, ...message.additional].flatMap((record) => {
    const { owner, type, rdata } = record;
    return rdata ? [{ owner, type, rdata }] : [];
  });
  return {
    summary: summaryOf(input),
    rcode: rcodeName(message.rcode),
    flags: flagsOf(message),
    extended_errors: extendedErrors(message.edns).map(({ infoCode, text }) => ({
      code: infoCode,
      name: extendedErrorName(infoCode),
      text,
    })),
    octets: message.octets.length,
    message: toHex(Uint8Array.from([0, 0, ...message.octets.subarray(2)])),
    records: sections.flatMap(([section, records]) => records.map((record) => explainRecord(section, record, input))),
    steps: steps.map(explainStep),
    proofs: apex ? readProofs(proofs, steps, input.type, apex) : [],
  };
}

function explainStep(step: AccountStep): ExplainedStep {
  return {
    step: stepOf(step),
    name: printName(step.name),
    node: step.node ? printName(step.node) : null,
    closest_encloser: printName(step.encloser),
    rrset: step.type === 0 || !step.node ? null : `${printName(step.node)} ${typeName(step.type)}`,
    sentence: stepSentence(step),
  };
}

function stepOf(step: AccountStep): ExplainedStep["step"] {
  switch (step.outcome) {
    case "answer":
      return step.wildcard ? "wildcard" : "exact";
    case "nodata":
      return step.emptyNonTerminal ? "empty-non-terminal" : "no-such-type";
    case "nxdomain":
      return "no-such-name";
    default:
      return step.outcome;
  }
}

function explainRecord(
  section: ExplainedRecord["section"],
  record: MessageRecord,
  input: ExplainInput,
): ExplainedRecord {
  const { owner, type, ttl } = record;
  const rdata = record.rdata ?? new Uint8Array();
  const from = sourceOf(record, input);
  const signature = type === RRType.RRSIG ? explainSignature(record, rdata, input) : null;
  return {
    section,
    name: printName(owner),
    ttl,
    type: typeName(type),
    data: printRdata(type, rdata),
    from,
    why: whyRecord(section, record, from, signature, input),
    signature,
  };
}

function sourceOf(record: MessageRecord, input: ExplainInput): ExplainedRecord["from"] {
  const { owner, type, start } = record;
  if (input.made.has(start)) return "made";
  const covered = type === RRType.RRSIG ? coveredBy(record) : type;
  if (isApexSet(owner, covered, input)) return "apex";
  const aliased = (step: AccountStep): boolean => step.outcome === "dname" && nameEquals(step.name, owner);
  if (type === RRType.CNAME && input.steps.some(aliased)) return "synthesized";
  if (type !== RRType.RRSIG) return "image";
  return input.signatures.has(signatureAt(record)) ? "made" : "image";
}

function isApexSet(owner: Name, type: number, { live, apex }: ExplainInput): boolean {
  return live && apex !== undefined && APEX_TYPES.includes(type) && nameEquals(owner, apex);
}

function coveredBy(record: MessageRecord): number {
  return record.rdata ? readRrsig(record.rdata).typeCovered : 0;
}

/** What is signed here ends in 64 octets. */
function signatureAt(record: MessageRecord): number {
  return record.rdataAt + record.rdataLength - SIGNATURE_OCTETS;
}

function explainSignature(record: MessageRecord, rdata: Uint8Array, input: ExplainInput): ExplainedRecord["signature"] {
  const { typeCovered, keyTag, algorithm, signer, inception, expiration } = readRrsig(rdata);
  const key = input.keys.find(({ tag }) => tag === keyTag);
  const { now } = input;
  const begins = absoluteTime(inception, now);
  const ends = absoluteTime(expiration, now);
  const apexSet = isApexSet(record.owner, typeCovered, input);
  return {
    covers: typeName(typeCovered),
    key_tag: keyTag,
    algorithm: algorithmName(algorithm),
    signer: printName(signer),
    role: key?.role ?? "unknown",
    ours: key?.ours ?? false,
    inception_time: printTime(begins * 1000),
    expiration_time: printTime(ends * 1000),
    left_seconds: ends - now,
    in_window: begins <= now && now <= ends,
    from: input.signatures.get(signatureAt(record)) ?? (apexSet ? "apex" : "transferred"),
  };
}

const SIGNATURE_WHY = {
  transferred: "it came with the zone",
  apex: "made beforehand with the KSK, beside the zone's version",
  table: "kept in the signature table, made when it was first asked for",
  made: "made just now, for this answer, and kept",
  cache: "kept from an earlier question for the same name",
} as const;

function whyRecord(
  section: ExplainedRecord["section"],
  record: MessageRecord,
  from: ExplainedRecord["from"],
  signature: ExplainedRecord["signature"],
  input: ExplainInput,
): string {
  const { type } = record;
  if (signature) return `signs ${signature.covers}: ${SIGNATURE_WHY[signature.from]}`;
  if (type === RRType.NSEC || type === RRType.NSEC3) {
    return from === "made"
      ? "proof of what is not there, made for this question"
      : "proof of what is not there, from the zone";
  }
  if (from === "apex") return "published by Countersign beside what was transferred";
  if (from === "synthesized") return "made from the DNAME above it, as resolvers expect it (RFC 6672)";
  if (section === "additional") return "an address that goes along, so that nobody has to ask for it";
  if (section === "answer") {
    if (from === "made" && input.type === RRType.ANY) return "stands for everything that is there (RFC 8482)";
    return type === input.type || input.type === RRType.ANY ? "what was asked for" : "an alias on the way";
  }
  if (type === RRType.SOA) return "says for how long resolvers may remember that it is not there (RFC 2308)";
  if (type === RRType.NS) return "the nameservers that the name is delegated to";
  return type === RRType.DS ? "the keys by which the delegated zone is signed" : "belongs to the answer";
}

function flagsOf(message: Message): string[] {
  const { flags, edns } = message;
  const header = [
    ["qr", Flag.QR],
    ["aa", Flag.AA],
    ["tc", Flag.TC],
    ["rd", Flag.RD],
  ] as const;
  const named = header.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name as string);
  if (edns && (edns.flags & EdnsFlag.DO) !== 0) named.push("do");
  if (edns && (edns.flags & EdnsFlag.CO) !== 0) named.push("co");
  return named;
}

function extendedErrorName(code: number): string {
  const name = Object.entries(ExtendedError).find(([, value]) => value === code)?.[0];
  return name ? name.replace(/(?<=[a-z])(?=[A-Z])/g, " ") : `code ${code}`;
}
