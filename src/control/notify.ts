/** Messages that the edge forwards: NOTIFY is judged and answered, queries go to outgoing. */
import { HEADER_LENGTH, OPCODE_MASK, OPCODE_SHIFT, Opcode } from "#message";
import { type Name, printName } from "#name";
import { printAddress } from "#net";
import type { ForwardedMessage } from "#publish";
import { acceptNotify, type NotifyZone } from "#transfer";
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
  // The edge answers all other opcodes by itself.
  if (opcode === Opcode.Notify) handleNotify(forwarded, registry, book, log, deps);
  else outgoing.handle(forwarded);
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
