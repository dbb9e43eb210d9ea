/**
 * NOTIFY (RFC 1996): read, believed or not, answered. TSIG decides where the peer has a key, the source address where it
 * has none. The SOA inside is a hint, never data.
 */
import {
  type Edns,
  Flag,
  HEADER_LENGTH,
  type Message,
  OPCODE_MASK,
  OPCODE_SHIFT,
  Opcode,
  parseMessage,
  Rcode,
  replyEdns,
  writeMessage,
} from "#message";
import { type Name, nameEquals } from "#name";
import { RRClass, RRType, readSoa } from "#rdata";
import { finishRefusal, type StartHmac, signMessage, type TsigKey, verifyRequest } from "#tsig";
import { type AddressRange, inRange, sameAddress } from "./address.ts";

export type NotifyPeer = {
  readonly id: string;
  readonly address: Uint8Array;
  /** When set, this peer is believed by this key alone. */
  readonly key?: TsigKey;
};

export type NotifyZone = {
  readonly peers: readonly NotifyPeer[];
  /** Further sources whose unsigned NOTIFY is believed. */
  readonly ranges: readonly AddressRange[];
};

export type Notify = {
  readonly id: number;
  readonly zone: Name;
  /** Serial of the SOA in the answer section, when there is one. */
  readonly serialHint: number | undefined;
  readonly edns: Edns | undefined;
};

/** A NOTIFY for SOA (TSIG may still be on it); undefined when it is none. */
export function readNotify({ id, flags, opcode, question, answer, edns }: Message): Notify | undefined {
  const asked = question[0];
  if ((flags & Flag.QR) !== 0 || opcode !== Opcode.Notify || question.length !== 1 || !asked) return undefined;
  if (asked.type !== RRType.SOA || asked.class !== RRClass.IN) return undefined;
  const soa = answer.find((record) => record.type === RRType.SOA && nameEquals(record.owner, asked.name))?.rdata;
  return { id, zone: asked.name, serialHint: soa && readSoa(soa).serial, edns };
}

export type NotifyRefusalCode =
  | "form-error"
  | "edns-version"
  | "not-our-zone"
  | "unknown-source"
  | "tsig-required"
  | "bad-key"
  | "md5-refused"
  | "bad-mac"
  | "bad-time"
  | "truncated-mac";

export type NotifyDecision =
  | {
      readonly kind: "accepted";
      readonly zone: Name;
      /** Whom to ask first; undefined when the source is only in a range. */
      readonly peer: string | undefined;
      readonly serialHint: number | undefined;
      readonly reply: Uint8Array;
    }
  | {
      readonly kind: "refused";
      readonly code: NotifyRefusalCode;
      readonly zone: Name | undefined;
      /** Undefined: answer nothing (not a request, or no header). */
      readonly reply: Uint8Array | undefined;
    };

export type NotifyContext = {
  /** 4 or 16 octets. */
  readonly source: Uint8Array;
  /** The zone with exactly this apex; may miss. */
  readonly findZone: (apex: Name) => NotifyZone | undefined;
  /** Since 1970. */
  readonly nowSeconds: number;
  readonly startHmac: StartHmac;
};

export function acceptNotify(message: Uint8Array, context: NotifyContext): NotifyDecision {
  if (message.length < HEADER_LENGTH || (message[2]! & 0x80) !== 0)
    return { kind: "refused", code: "form-error", zone: undefined, reply: undefined };
  const parsed = parseMessage(message);
  const received = parsed.ok ? parsed.value : undefined;
  const notify = received && readNotify(received);
  const refuse = (code: NotifyRefusalCode, rcode: number): NotifyDecision => ({
    kind: "refused",
    code,
    zone: notify?.zone,
    reply: replyTo(message, received, rcode),
  });
  if (!notify) return refuse("form-error", Rcode.FormErr);
  const zone = context.findZone(notify.zone);
  const keys = zone?.peers.flatMap((peer) => (peer.key ? [peer.key] : [])) ?? [];
  const { nowSeconds, startHmac } = context;
  const verified = verifyRequest(
    message,
    (name) => keys.find((key) => nameEquals(key.name, name)),
    nowSeconds,
    startHmac,
  );
  // Whoever it is and whatever it is about (RFC 6891 section 6.1.3); but a signature is looked at first, and answered with one.
  const badVersion = notify.edns !== undefined && notify.edns.version > 0;
  if (badVersion && verified.kind === "unsigned") return refuse("edns-version", Rcode.BadVers);
  // A zone we do not have is told apart from a bad key only after the zone: its keys are unknown too.
  if (!zone) return refuse("not-our-zone", Rcode.NotAuth);
  if (verified.kind === "refused") {
    const reply = finishRefusal(replyTo(message, received, verified.rcode), verified, nowSeconds, startHmac);
    return { kind: "refused", code: verified.code, zone: notify.zone, reply };
  }
  const { zone: apex, serialHint } = notify;
  if (verified.kind === "signed") {
    const peer = peerOfKey(zone, verified.key, context.source);
    const plain = replyTo(message, received, badVersion ? Rcode.BadVers : Rcode.NoError);
    const reply = signMessage(plain, verified.key, nowSeconds, startHmac, { requestMac: verified.mac }).message;
    if (badVersion) return { kind: "refused", code: "edns-version", zone: apex, reply };
    return { kind: "accepted", zone: apex, peer, serialHint, reply };
  }
  const peer = zone.peers.find((candidate) => !candidate.key && sameAddress(context.source, candidate.address));
  const inRanges = zone.ranges.some((range) => inRange(context.source, range));
  const keyed = zone.peers.some((candidate) => candidate.key && sameAddress(context.source, candidate.address));
  if (!peer && keyed) return refuse("tsig-required", Rcode.Refused);
  if (!peer && !inRanges) return refuse("unknown-source", Rcode.Refused);
  const reply = replyTo(message, received, Rcode.NoError);
  return { kind: "accepted", zone: apex, peer: peer?.id, serialHint, reply };
}

/** Several peers may share a key: the one at the source address goes first. */
function peerOfKey(zone: NotifyZone, key: TsigKey, source: Uint8Array): string | undefined {
  const holders = zone.peers.filter((peer) => peer.key === key || (peer.key && nameEquals(peer.key.name, key.name)));
  return (holders.find((peer) => sameAddress(source, peer.address)) ?? holders[0])?.id;
}

/** A header, one question, an OPT: a storm of these should not take 64 KiB each for a moment. */
const REPLY_OCTETS = 512;

/**
 * RFC 1996 section 4.7: the same ID, opcode and question, where one could be read. AA as BIND has it: set when the zone is ours
 * and the NOTIFY believed, not in an error.
 */
function replyTo(message: Uint8Array, received: Message | undefined, rcode: number): Uint8Array {
  const flags = (message[2]! << 8) | message[3]!;
  const opcode = (flags & OPCODE_MASK) >> OPCODE_SHIFT;
  const parts = {
    id: (message[0]! << 8) | message[1]!,
    flags: Flag.QR | (rcode === Rcode.NoError ? Flag.AA : 0),
    opcode,
    rcode,
    question: received?.question.length === 1 ? received.question : [],
    edns: replyEdns(received?.edns),
  };
  return writeMessage(parts, { limit: REPLY_OCTETS }).octets.slice();
}
