/**
 * The bundled hidden primary: a small authoritative server for transfers, made from the product's own rooms. It answers
 * SOA over UDP and TCP, gives AXFR over TCP to whoever shows the TSIG key, and sends NOTIFY. It never answers the public.
 *
 *   zone text ▶ records ▶ (signed: keys, chain, RRSIGs) ▶ SOA … SOA in as many messages as it takes
 */
import { openCrypto } from "#crypto";
import { makeKeyPair, openKeyPair, signZone, type ZoneDenial } from "#keys";
import type { Message } from "#message";
import {
  buildQuery,
  Flag,
  MessageWriter,
  Opcode,
  parseMessage,
  Rcode,
  type ResourceRecord,
  writeMessage,
} from "#message";
import { type Name, nameEquals, nameKey } from "#name";
import { askUdp, openTcpServer, openUdpDgram, randomId, type SocketAddress } from "#net";
import { RRClass, RRType } from "#rdata";
import {
  finishRefusal,
  signMessage,
  type TsigKey,
  TsigSigner,
  tsigLength,
  type VerifiedRequest,
  verifyRequest,
} from "#tsig";
import { readZoneFile } from "#zonefile";

/** Octets of one message of a transfer, TSIG not counted: many records each, none near the limit of 65535. */
const MESSAGE_OCTETS = 16_384;
const NOTIFY_ATTEMPTS = 5;
const NOTIFY_MILLISECONDS = 1_000;
const DAY_SECONDS = 86_400;

export type PrimaryZone = {
  readonly apex: Name;
  readonly text: string;
  /** Signed here, with keys made for this run. */
  readonly denial?: ZoneDenial;
};

export type Primary = {
  readonly address: SocketAddress;
  /** Tells `secondary` that the zone has changed; true when that was acknowledged. */
  notify(apex: Name, secondary: SocketAddress): Promise<boolean>;
  close(): Promise<void>;
};

type Held = { readonly apex: Name; readonly soa: ResourceRecord; readonly others: readonly ResourceRecord[] };

const crypto = openCrypto();

/** Listens on `at`, port 0 for any. Throws when the zones can't be read: they are part of the demo. */
export async function openPrimary(zones: readonly PrimaryZone[], key: TsigKey, host: string): Promise<Primary> {
  const held = new Map(zones.map((zone) => [nameKey(zone.apex), holdZone(zone)]));
  const answer = (query: Uint8Array, send: (reply: Uint8Array) => void, tcp: boolean): void =>
    answerQuery(held, key, query, send, tcp);
  const tcp = await openTcpServer({
    addresses: [{ address: host, port: 0 }],
    onMessage: (connection, message) => answer(message.slice(), (reply) => connection.send(reply), true),
  });
  if (!tcp.ok) throw new Error(`the primary can't listen: ${tcp.error.code} ${tcp.error.detail}`);
  const address = tcp.value.addresses[0]!;
  const udp = await openUdpDgram({
    addresses: [address],
    handler: (query, length, reply) => {
      let written = 0;
      const send = (octets: Uint8Array): void => {
        reply.set(octets);
        written = octets.length;
      };
      answer(query.slice(0, length), send, false);
      return written;
    },
  });
  if (!udp.ok) throw new Error(`the primary can't listen: ${udp.error.code} ${udp.error.detail}`);
  return {
    address,
    notify: (apex, secondary) => sendNotify(held.get(nameKey(apex))!, key, secondary),
    close: async () => {
      udp.value.close();
      await tcp.value.close(0);
    },
  };
}

function holdZone(zone: PrimaryZone): Held {
  const read = readZoneFile(zone.text, zone.apex);
  if (!read.ok) throw new Error(`line ${read.error.line}: ${read.error.reason}`);
  const records = zone.denial ? signRecords(zone.apex, read.value, zone.denial) : read.value;
  const soa = records.find((record) => record.type === RRType.SOA)!;
  return { apex: zone.apex, soa, others: records.filter((record) => record !== soa) };
}

function signRecords(apex: Name, records: readonly ResourceRecord[], denial: ZoneDenial): ResourceRecord[] {
  const keys = [makeKeyPair("ksk"), makeKeyPair("zsk")].map((pair) => {
    const opened = openKeyPair(crypto, pair);
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  });
  const rrsets = Map.groupBy(records, (record) => `${nameKey(record.owner)} ${record.type}`);
  const sets = [...rrsets.values()].map((set) => ({ ...set[0]!, rdatas: set.map((record) => record.rdata) }));
  const now = nowSeconds();
  const window = { inception: now - 3600, expiration: now + 30 * DAY_SECONDS };
  const signed = signZone(apex, sets, keys, { window, denial });
  if (!signed.ok) throw new Error(signed.error);
  return signed.value.flatMap(({ owner, type, ttl, rdatas }) => rdatas.map((rdata) => ({ owner, type, ttl, rdata })));
}

/** Calls `send` once for each message of the reply; not at all for what is no query. */
function answerQuery(
  held: ReadonlyMap<string, Held>,
  key: TsigKey,
  octets: Uint8Array,
  send: (reply: Uint8Array) => void,
  tcp: boolean,
): void {
  const parsed = parseMessage(octets);
  if (!parsed.ok || (parsed.value.flags & Flag.QR) !== 0) return;
  const query = parsed.value;
  const findKey = (name: Name): TsigKey | undefined => (nameEquals(name, key.name) ? key : undefined);
  const verified = verifyRequest(octets, findKey, nowSeconds(), crypto.startHmac);
  if (verified.kind === "refused") {
    send(finishRefusal(refusal(query, verified.rcode), verified, nowSeconds(), crypto.startHmac));
    return;
  }
  const question = query.question[0];
  const zone = question && held.get(nameKey(question.name));
  const isTransfer = question?.type === RRType.AXFR;
  if (query.opcode !== Opcode.Query || !zone || !question || (question.type !== RRType.SOA && !isTransfer)) {
    send(finish(refusal(query, Rcode.Refused), verified));
  } else if (!isTransfer) {
    send(finish(reply(query, [zone.soa]), verified));
  } else if (verified.kind !== "signed" || !tcp) {
    send(finish(refusal(query, Rcode.Refused), verified));
  } else {
    sendTransfer(query, zone, verified, send);
  }
}

/** SOA, everything else, SOA (RFC 5936 section 2.2). */
function sendTransfer(
  query: Message,
  zone: Held,
  request: Extract<VerifiedRequest, { kind: "signed" }>,
  send: (reply: Uint8Array) => void,
): void {
  const signer = new TsigSigner(request.key, request.mac, crypto.startHmac);
  const records = [zone.soa, ...zone.others, zone.soa];
  for (let next = 0, first = true; next < records.length; first = false) {
    const writer = new MessageWriter(new Uint8Array(MESSAGE_OCTETS));
    writer.reserve(tsigLength(request.key));
    writer.header(query.id, Flag.QR | Flag.AA);
    if (first) writer.question(query.question[0]!);
    while (next < records.length && writer.record(1, records[next]!)) next++;
    send(signer.sign(writer.finish(), nowSeconds()));
  }
}

function reply(query: Message, answer: readonly ResourceRecord[]): Uint8Array {
  return writeMessage({ id: query.id, flags: Flag.QR | Flag.AA, question: query.question, answer }).octets;
}

function refusal(query: Message, rcode: number): Uint8Array {
  return writeMessage({ id: query.id, flags: Flag.QR, opcode: query.opcode, rcode, question: query.question }).octets;
}

/** A signed request gets a signed reply. */
function finish(octets: Uint8Array, request: VerifiedRequest): Uint8Array {
  if (request.kind !== "signed") return octets;
  return signMessage(octets, request.key, nowSeconds(), crypto.startHmac, { requestMac: request.mac }).message;
}

async function sendNotify(zone: Held, key: TsigKey, secondary: SocketAddress): Promise<boolean> {
  for (let attempt = 0; attempt < NOTIFY_ATTEMPTS; attempt++) {
    const plain = buildQuery({
      id: randomId(),
      name: zone.apex,
      type: RRType.SOA,
      class: RRClass.IN,
      flags: Flag.AA,
      opcode: Opcode.Notify,
      answer: [zone.soa],
    });
    const { message } = signMessage(plain, key, nowSeconds(), crypto.startHmac);
    const answered = await askUdp(message, { server: secondary, timeoutMs: NOTIFY_MILLISECONDS });
    if (answered.ok) return (answered.value[3]! & 15) === Rcode.NoError;
  }
  return false;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
