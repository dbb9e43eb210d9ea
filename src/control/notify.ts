/** Messages that the edge forwards: NOTIFY is judged and answered, queries go to outgoing, other signed messages are refused. */
import {
  Flag,
  HEADER_LENGTH,
  OPCODE_MASK,
  OPCODE_SHIFT,
  Opcode,
  parseMessage,
  Rcode,
  replyEdns,
  writeMessage,
} from "#message";
import { type Name, nameEquals, printName } from "#name";
import { printAddress } from "#net";
import type { ForwardedMessage } from "#publish";
import { acceptNotify, type NotifyZone } from "#transfer";
import { findTsig, finishRefusal, signMessage, type TsigKey, verifyRequest } from "#tsig";
import type { Deps } from "./deps.ts";
import type { NotifyLog } from "./notify-log.ts";
import type { Outgoing } from "./outgoing/index.ts";
import type { PeerBook } from "./peer-book.ts";
import type { Registry } from "./registry.ts";

/** What becomes of a forwarded message. Never throws on its octets. */
export function handleForwarded(
  forwarded: ForwardedMessage,
  registry: Registry,
  book: PeerBook,
  outgoing: Outgoing,
  log: NotifyLog,
  deps: Deps,
): void {
  const { message } = forwarded;
  if (message.length < HEADER_LENGTH) {
    forwarded.drop();
    return;
  }
  const opcode = (((message[2]! << 8) | message[3]!) & OPCODE_MASK) >> OPCODE_SHIFT;
  if (opcode === Opcode.Notify) handleNotify(forwarded, registry, book, log, deps);
  else if (opcode === Opcode.Query) outgoing.handle(forwarded);
  else forwarded.reply(refuse(message, registry, book, deps));
}

function handleNotify(
  forwarded: ForwardedMessage,
  registry: Registry,
  book: PeerBook,
  log: NotifyLog,
  deps: Deps,
): void {
  const nowSeconds = deps.now();
  const decision = acceptNotify(forwarded.message, {
    source: forwarded.clientAddress,
    findZone: (apex) => notifyZone(apex, registry, book),
    nowSeconds,
    startHmac: deps.crypto.startHmac,
  });
  if (decision.reply) forwarded.reply(decision.reply);
  else forwarded.drop();
  const zone = decision.zone && printName(decision.zone);
  const from = printAddress(forwarded.clientAddress);
  if (decision.kind === "refused") {
    log.refused({ reason: decision.code, zone, from }, nowSeconds);
    return;
  }
  const { peer, serialHint } = decision;
  log.accepted({ zone, from, serial: serialHint }, nowSeconds);
  registry.findByApex(decision.zone)?.refresher.notify(peer, serialHint);
}

function notifyZone(apex: Name, registry: Registry, book: PeerBook): NotifyZone | undefined {
  const unit = registry.findByApex(apex);
  if (!unit) return undefined;
  const peers = unit.refresher.peerIds.flatMap((id) => book.notifyPeer(id) ?? []);
  return { peers, ranges: book.ranges(unit.zone.row.accountId) };
}

/** REFUSED, signed when the request was; what TSIG wants to be said about a request whose signature is no good. */
function refuse(message: Uint8Array, registry: Registry, book: PeerBook, deps: Deps): Uint8Array {
  const { startHmac } = deps.crypto;
  const signed = findTsig(message);
  if (!signed.ok) return replyTo(message, Rcode.FormErr);
  if (!signed.value) return replyTo(message, Rcode.Refused);
  const keys = keysOf(message, registry, book);
  const now = deps.now();
  const verified = verifyRequest(message, (name) => keys.find((key) => nameEquals(key.name, name)), now, startHmac);
  if (verified.kind === "refused") return finishRefusal(replyTo(message, verified.rcode), verified, now, startHmac);
  const reply = replyTo(message, Rcode.Refused);
  if (verified.kind !== "signed") return reply;
  return signMessage(reply, verified.key, now, startHmac, { requestMac: verified.mac }).message;
}

/** Keys of the peers of the zone that is asked about. */
function keysOf(message: Uint8Array, registry: Registry, book: PeerBook): readonly TsigKey[] {
  const parsed = parseMessage(message);
  const name = parsed.ok ? parsed.value.question[0]?.name : undefined;
  const unit = name && registry.findByApex(name);
  return unit ? unit.refresher.peerIds.flatMap((id) => book.primary(id)?.key ?? []) : [];
}

function replyTo(message: Uint8Array, rcode: number): Uint8Array {
  const parsed = parseMessage(message);
  const flags = (message[2]! << 8) | message[3]!;
  const parts = {
    id: (message[0]! << 8) | message[1]!,
    flags: Flag.QR | (flags & Flag.RD),
    opcode: (flags & OPCODE_MASK) >> OPCODE_SHIFT,
    rcode: parsed.ok ? rcode : Rcode.FormErr,
    question: parsed.ok ? [...parsed.value.question] : [],
    edns: parsed.ok ? replyEdns(parsed.value.edns) : undefined,
  };
  // The header and what was asked, whose names may have been compressed: no 64 KiB for each of a storm.
  return writeMessage(parts, { limit: message.length + 256 * (parts.question.length + 1) }).octets.slice();
}
