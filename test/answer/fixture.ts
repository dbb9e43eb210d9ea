/** Zone text to an Answerer, a question in words to a reply in words: what the tests of #answer stand on. */
import { Answerer, type AnswerSettings, type LiveSigner, type QueryContext, type ZoneSigning } from "#answer";
import { generateKeyPair, openCrypto } from "#crypto";
import { canonicalRdatas, KSK_FLAGS, keyTag, rrsigHead, rrsigPreimage, ZSK_FLAGS } from "#dnssec";
import { type CompileOptions, compileImage, SignatureTable, verifyImage, type ZoneImage } from "#image";
import {
  buildQuery,
  EdnsFlag,
  type EdnsOptionValue,
  Flag,
  type Message,
  type MessageRecord,
  parseMessage,
  rcodeName,
} from "#message";
import { labelCount, type Name, printName, readName } from "#name";
import { printRdata, RRType, typeCode, typeName } from "#rdata";
import { DEFAULT_ZONE_LIMITS, ZoneBuilder, type ZoneVersion } from "#zone";
import { readZoneFile } from "#zonefile";

/** Seconds since 1970: 2026-03-01. Everything in these tests happens then. */
export const NOW = 1772323200;

export function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

export function zoneOf(apex: Name, text: string): ZoneVersion {
  const records = readZoneFile(text, apex, { defaultTtl: 3600 });
  if (!records.ok) throw new Error(`line ${records.error.line}: ${records.error.reason}`);
  const builder = new ZoneBuilder(apex, DEFAULT_ZONE_LIMITS);
  for (const { owner, type, ttl, rdata } of records.value) {
    const added = builder.add(owner, type, ttl, rdata);
    if (!added.ok) throw new Error(`${printName(owner)} ${typeName(type)}: ${JSON.stringify(added.error)}`);
  }
  const version = builder.finish();
  if (!version.ok) throw new Error(JSON.stringify(version.error));
  return version.value;
}

export function imageOf(version: ZoneVersion, options: CompileOptions = { treatment: "as-is" }): ZoneImage {
  const compiled = compileImage(version, options);
  if (!compiled.ok) throw new Error(compiled.error.text);
  const verified = verifyImage(compiled.value);
  if (!verified.ok) throw new Error(`${verified.error.code}: ${verified.error.text}`);
  return verified.value;
}

export const crypto = openCrypto();

export type Keys = {
  readonly ksk: Uint8Array;
  readonly zsk: Uint8Array;
  readonly signer: LiveSigner;
  signatures(): number;
};

/** A served zone that is signed live, with keys of its own. */
export function liveZone(
  apex: Name,
  version: ZoneVersion,
  denial: ZoneSigning["denial"],
  now = NOW,
): { image: ZoneImage; signing: ZoneSigning; keys: Keys } {
  const apexTypes = [RRType.DNSKEY, RRType.CDS];
  const image = imageOf(version, { treatment: "strip", ownChain: denial === "chain" ? { apexTypes } : undefined });
  const zskPair = generateKeyPair(13);
  const kskPair = generateKeyPair(13);
  const zsk = zskPair.dnskey(ZSK_FLAGS);
  const ksk = kskPair.dnskey(KSK_FLAGS);
  const open = crypto.openSigner({ keyTag: keyTag(zsk), algorithm: 13, privateKey: zskPair.privateKey });
  const openKsk = crypto.openSigner({ keyTag: keyTag(ksk), algorithm: 13, privateKey: kskPair.privateKey });
  if (!open.ok || !openKsk.ok) throw new Error("no signer");
  let made = 0;
  const signer: LiveSigner = {
    keyTag: open.value.keyTag,
    algorithm: 13,
    sign(data, length, out, outAt) {
      made++;
      open.value.sign(data, length, out, outAt);
    },
  };
  const signed = (type: number, rdatas: readonly Uint8Array[]) => {
    const sorted = canonicalRdatas(type, rdatas);
    const head = rrsigHead({
      typeCovered: type,
      algorithm: 13,
      labels: labelCount(apex),
      originalTtl: 3600,
      expiration: now + 1000000,
      inception: now - 1000,
      keyTag: keyTag(ksk),
      signer: apex,
    });
    const signature = new Uint8Array(64);
    const data = rrsigPreimage(head, apex, type, 3600, sorted);
    openKsk.value.sign(data, data.length, signature, 0);
    return { type, ttl: 3600, rdatas: sorted, signatures: [Uint8Array.from([...head, ...signature])] };
  };
  const cds = Uint8Array.from([0, 1, 13, 2, ...crypto.sha256(ksk)]);
  const table = SignatureTable.create(image.rrsetCount, signer.keyTag, 0);
  const apexRRsets = [signed(RRType.DNSKEY, [ksk, zsk]), signed(RRType.CDS, [cds])];
  return { image, signing: { denial, signer, table, apexRRsets }, keys: { ksk, zsk, signer, signatures: () => made } };
}

export type Ask = {
  readonly do?: boolean;
  readonly co?: boolean;
  readonly edns?: boolean;
  readonly udpSize?: number;
  readonly options?: readonly EdnsOptionValue[];
  readonly version?: number;
  readonly class?: number;
  readonly flags?: number;
  readonly opcode?: number;
  readonly tcp?: boolean;
  readonly now?: number;
  readonly address?: Uint8Array;
};

const LOCALHOST = Uint8Array.of(127, 0, 0, 1);

export function queryOf(question: string, ask: Ask = {}): Uint8Array {
  const [owner, type] = question.split(" ");
  const code = typeCode(type ?? "A");
  if (code === undefined) throw new Error(question);
  const edns = ask.edns || ask.do || ask.co || ask.udpSize !== undefined || ask.options || ask.version !== undefined;
  return buildQuery({
    id: 0x1234,
    name: name(owner!),
    type: code,
    class: ask.class,
    flags: ask.flags ?? 0,
    opcode: ask.opcode,
    edns: edns
      ? {
          udpSize: ask.udpSize ?? 1232,
          version: ask.version ?? 0,
          flags: (ask.do ? EdnsFlag.DO : 0) | (ask.co ? EdnsFlag.CO : 0),
          options: ask.options ?? [],
        }
      : undefined,
  });
}

export function contextOf(ask: Ask = {}): QueryContext {
  return {
    transport: ask.tcp ? "tcp" : "udp",
    clientAddress: ask.address ?? LOCALHOST,
    clientPort: 5353,
    nowSeconds: ask.now ?? NOW,
  };
}

/** The reply's octets; throws when there is none. */
export function askRaw(answerer: Answerer, question: string, ask: Ask = {}): Uint8Array {
  const query = queryOf(question, ask);
  const reply = new Uint8Array(65535);
  const length = answerer.answer(query, query.length, reply, contextOf(ask));
  if (length <= 0) throw new Error(`${question}: ${length}`);
  return reply.slice(0, length);
}

export function ask(answerer: Answerer, question: string, how: Ask = {}): Message {
  const message = parseMessage(askRaw(answerer, question, how));
  if (!message.ok) throw new Error(`${question}: unparseable reply, ${message.error}`);
  return message.value;
}

export function newAnswerer(settings: AnswerSettings = {}): Answerer {
  return new Answerer(settings);
}

/** One line a record, `owner TTL TYPE RDATA`; RRSIGs without dates, key tag and signature. */
export function showRecord(record: MessageRecord): string {
  const rdata = record.rdata;
  if (!rdata) return `${printName(record.owner)} ${record.ttl} ${typeName(record.type)} MALFORMED`;
  let text = printRdata(record.type, rdata);
  if (record.type === RRType.RRSIG) text = text.split(" ").slice(0, 4).join(" ");
  return `${printName(record.owner)} ${record.ttl} ${typeName(record.type)} ${text}`;
}

const FLAGS = [
  [Flag.AA, "aa"],
  [Flag.TC, "tc"],
  [Flag.RD, "rd"],
  [Flag.RA, "ra"],
  [Flag.AD, "ad"],
  [Flag.CD, "cd"],
] as const;

/** `NOERROR aa`, then a line for each record: `answer …`, `authority …`, `additional …`, in the order of the message. */
export function show(message: Message): string {
  const flags = FLAGS.filter(([bit]) => message.flags & bit).map(([, text]) => text);
  const lines = [[rcodeName(message.rcode), ...flags].join(" ")];
  for (const section of ["answer", "authority", "additional"] as const) {
    for (const record of message[section]) lines.push(`${section} ${showRecord(record)}`);
  }
  return lines.join("\n");
}
