/**
 * Transfers out: a forwarded request judged, given its place, and answered message by message as fast as the client reads.
 *
 * ```
 *  forwarded ▶ TSIG ▶ read ▶ who may ▶ is there a version? ▶ a place ▶ message, message, … ▶ last
 *       NOTAUTH ◀─┘   └▶ FORMERR  └▶ REFUSED   └▶ SERVFAIL     └▶ SERVFAIL (busy)   └ each waits for the client;
 *                                                                                    too slow a one gives its place (slow-transfer.ts)
 * ```
 * The version is held by its image, which never changes: newer ones may be published meanwhile. Messages are made in slices
 * (slices.ts) on the main thread (half a millisecond each), so nothing else waits for a large zone.
 */
import { RecordWalk } from "#image";
import { ExtendedError, Rcode } from "#message";
import { nameEquals, printName } from "#name";
import { frame, printAddress } from "#net";
import type { ForwardedMessage } from "#publish";
import { RRClass, RRType } from "#rdata";
import {
  changeSource,
  expiresAt,
  inRange,
  judgeAccess,
  type RecordSource,
  RecordWriter,
  readTransferRequest,
  sameAddress,
  setTruncated,
  singleSource,
  TransferMessages,
  type TransferRequest,
} from "#transfer";
import { finishRefusal, signMessage, type TsigKey, verifyRequest } from "#tsig";
import { serialNewer, type ZoneChange } from "#zone";
import type { Deps } from "../deps.ts";
import { LineBudget } from "../line-budget.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Registry, Unit } from "../registry.ts";
import { type PaceWatch, watchPace } from "../slow-transfer.ts";
import { askedKind, endCode, type OutgoingRefusal, refusedAttempt, type SentKind, sentAttempt } from "./attempt.ts";
import type { OutgoingBook } from "./book.ts";
import type { OutgoingNotes } from "./notes.ts";
import { formErr, refusal, soaRecord, soaReply, transferOpt } from "./replies.ts";
import { SLICE_OCTETS, SliceShelf } from "./slices.ts";
import type { SlotLimits, TransferSlots } from "./slots.ts";
import type { GivenVersion } from "./version.ts";

export type TransferServerParts = {
  readonly registry: Registry;
  readonly peers: PeerBook;
  readonly book: OutgoingBook;
  readonly notes: OutgoingNotes;
  readonly slots: TransferSlots;
  readonly deps: Deps;
  /** What is answered now, and what secondaries of the zone are given: undefined while there is nothing. */
  readonly servedOf: (unit: Unit) => GivenVersion | undefined;
  readonly versionOf: (unit: Unit) => Promise<GivenVersion | undefined>;
  /** The changes from a serial to the version's; undefined when they are not known, or are more than the zone. */
  readonly changesSince: (
    unit: Unit,
    serial: number,
    version: GivenVersion,
  ) => Promise<readonly ZoneChange[] | undefined>;
};

type Verified = { readonly key: TsigKey | undefined; readonly mac: Uint8Array };

export class TransferServer {
  readonly #parts: TransferServerParts;
  readonly #slices = new SliceShelf();
  readonly #writer = new RecordWriter();
  readonly #refusals = new LineBudget(REFUSALS_A_SECOND);
  #stopped = false;

  constructor(parts: TransferServerParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** A forwarded query: a transfer, or a signed question. Never throws on its octets. */
  handle(forwarded: ForwardedMessage): void {
    const { deps } = this.#parts;
    const { message } = forwarded;
    const read = readTransferRequest(message);
    if (!read.ok) {
      forwarded.reply(formErr(message));
      return;
    }
    const request = read.value;
    const unit = this.#parts.registry.findByApex(request.question);
    const verified = this.#verify(message, request, unit);
    if ("refused" in verified) {
      this.#refused("tsig", request, unit, forwarded);
      forwarded.reply(verified.refused);
      return;
    }
    const plain = (octets: Uint8Array) => forwarded.reply(this.#sign(octets, verified));
    if (request.fault !== undefined) {
      plain(refusal(request, request.fault));
      return;
    }
    const isTransfer = request.type === RRType.AXFR || request.type === RRType.IXFR;
    const answered =
      request.class === RRClass.IN && isTransfer
        ? this.#transfer(forwarded, request, unit, verified, plain)
        : this.#answerSigned(request, unit, plain);
    answered.catch((error: unknown) => {
      deps.log.error(
        { zone: unit?.zone.name, error },
        isTransfer ? "a transfer out failed" : "a signed question failed",
      );
      forwarded.drop();
    });
  }

  #verify(message: Uint8Array, request: TransferRequest, unit: Unit | undefined): Verified | { refused: Uint8Array } {
    const { deps } = this.#parts;
    const { startHmac } = deps.crypto;
    const keys = unit ? this.#keysOf(unit) : [];
    const find = (name: Uint8Array) => keys.find((key) => nameEquals(key.name, name));
    const verdict = verifyRequest(message, find, deps.now(), startHmac);
    if (verdict.kind === "unsigned") return { key: undefined, mac: new Uint8Array(0) };
    if (verdict.kind === "signed") return { key: verdict.key, mac: verdict.mac };
    return { refused: finishRefusal(refusal(request, verdict.rcode), verdict, deps.now(), startHmac) };
  }

  /** Of the zone's secondaries, and of its primaries, which may ask us for its SOA. */
  #keysOf(unit: Unit): readonly TsigKey[] {
    const { book, peers } = this.#parts;
    const outgoing = book.peers(unit.zone.id).flatMap((peer) => peer.key ?? []);
    return [...outgoing, ...unit.refresher.peerIds.flatMap((id) => peers.primary(id)?.key ?? [])];
  }

  #sign(octets: Uint8Array, { key, mac }: Verified): Uint8Array {
    const { now, crypto } = this.#parts.deps;
    return key ? signMessage(octets, key, now(), crypto.startHmac, { requestMac: mac }).message : octets;
  }

  /** Signed questions come here because the edge has no keys. Secondaries ask for the SOA; nothing else is answered. */
  async #answerSigned(
    request: TransferRequest,
    unit: Unit | undefined,
    reply: (octets: Uint8Array) => void,
  ): Promise<void> {
    if (!unit || request.type !== RRType.SOA || request.class !== RRClass.IN) {
      reply(refusal(request, Rcode.Refused));
      return;
    }
    // For a question alone, of a primary perhaps, nothing is signed as a whole.
    const { book, versionOf, servedOf } = this.#parts;
    const version = book.enabled(unit.zone.id) ? await versionOf(unit) : servedOf(unit);
    if (!version) reply(refusal(request, Rcode.ServFail, NOT_READY));
    else reply(soaReply(request, version.image, this.#expireSeconds(unit)));
  }

  async #transfer(
    forwarded: ForwardedMessage,
    request: TransferRequest,
    unit: Unit | undefined,
    verified: Verified,
    reply: (octets: Uint8Array) => void,
  ): Promise<void> {
    const { book, deps, slots } = this.#parts;
    const udp = forwarded.transport === "udp";
    // Without ALPN dot it is no channel for transfers (RFC 9103 section 7.1).
    const encrypted = forwarded.tls?.dot === true;
    const requester = { address: forwarded.clientAddress, key: verified.key, encrypted, client: forwarded.tls?.client };
    const verdict = judgeAccess(unit && book.access(unit.zone), requester);
    if (verdict.kind === "refused" || !unit) {
      this.#refused(verdict.kind === "refused" ? verdict.code : "not-given-out", request, unit, forwarded);
      reply(refusal(request, Rcode.Refused, PROHIBITED));
      return;
    }
    // A zone does not fit into a datagram (RFC 5936 section 4.2).
    if (udp && request.type === RRType.AXFR) {
      reply(refusal(request, Rcode.FormErr));
      return;
    }
    const client = printAddress(forwarded.clientAddress);
    const place = await slots.enter(client);
    if (!place) {
      this.#refused("busy", request, unit, forwarded);
      reply(refusal(request, Rcode.ServFail, BUSY));
      return;
    }
    const pace = watchPace(place, Math.min(deps.settings().transferSlowSeconds, MOST_SLOW_SECONDS));
    try {
      const version = await this.#parts.versionOf(unit);
      // While it waited, the zone may have been taken from it.
      if (!book.enabled(unit.zone.id)) reply(refusal(request, Rcode.Refused, PROHIBITED));
      else if (!version) reply(refusal(request, Rcode.ServFail, NOT_READY));
      else await this.#give(forwarded, { request, unit, verified, version, peer: verdict.peer, udp, pace });
    } finally {
      place.leave();
    }
  }

  async #give(forwarded: ForwardedMessage, gift: Gift): Promise<void> {
    const { deps, notes } = this.#parts;
    const { request, unit, verified, version } = gift;
    const startedMs = deps.nowMs();
    const { kind, source } = await this.#sourceOf(gift);
    const { startHmac } = deps.crypto;
    const signing = verified.key && { key: verified.key, requestMac: verified.mac, startHmac, now: deps.now };
    const opt = transferOpt(request, this.#expireSeconds(unit));
    const messages = new TransferMessages(request, source, gift.udp ? undefined : signing, opt, this.#writer);
    if (gift.udp) {
      const message = messages.next()!;
      if (kind === "newer") setTruncated(message);
      this.#record(forwarded, gift, { kind, complete: true, startedMs, messages });
      forwarded.reply(this.#sign(message, verified));
      return;
    }
    const { complete, tooSlow } = await this.#watched(forwarded, messages, gift);
    const octets = messages.octets;
    const { zone } = unit;
    this.#record(forwarded, gift, { kind, complete, tooSlow, startedMs, messages });
    if (kind !== "axfr" && kind !== "ixfr") return;
    const sent = { messages: messages.messages, records: messages.records, octets };
    notes.putTransfer(zone.id, gift.peer, { kind, serial: version.serial, at: deps.nowMs(), complete, ...sent });
    const to = printAddress(forwarded.clientAddress);
    const about = { zone: zone.name, to, kind, serial: version.serial, ms: deps.nowMs() - startedMs, ...sent };
    const code = complete ? "outgoing.transferred" : endCode(tooSlow);
    deps.log.info({ code, ...about }, complete ? "a transfer out" : "a transfer out that was broken off");
  }

  #record(forwarded: ForwardedMessage, gift: Gift, sent: Sent): void {
    const { deps } = this.#parts;
    const { request, unit, verified, version, peer } = gift;
    const { kind, complete, tooSlow, startedMs } = sent;
    const { messages, records, octets } = sent.messages;
    const zoneId = unit.zone.id;
    const asked = { zoneId, peer, request, forwarded, key: verified.key, startedMs, finishedMs: deps.nowMs() };
    deps.attempts.record(
      sentAttempt(asked, { kind, complete, tooSlow, serial: version.serial, messages, records, octets }),
    );
  }

  /** RFC 1995 sections 2 and 4: nothing newer, the differences, or the whole zone where they are not known. */
  async #sourceOf({ request, unit, version, udp }: Gift): Promise<{ kind: SentKind; source: RecordSource }> {
    const { serial } = request;
    if (request.type === RRType.IXFR && serial !== undefined) {
      const newest = singleSource(soaRecord(version.image));
      if (!serialNewer(version.serial, serial)) return { kind: "nothing-newer", source: newest };
      if (udp) return { kind: "newer", source: newest };
      const changes = await this.#parts.changesSince(unit, serial, version);
      if (changes) return { kind: "ixfr", source: changeSource(changes) };
    }
    return { kind: "axfr", source: new RecordWalk(version.image) };
  }

  async #watched(
    forwarded: ForwardedMessage,
    messages: TransferMessages,
    { unit, pace }: Gift,
  ): Promise<{ readonly complete: boolean; readonly tooSlow?: string | undefined }> {
    const ended = pace.begin(
      () => messages.octets,
      () => forwarded.drop(),
    );
    try {
      const complete = await this.#stream(forwarded, messages, unit);
      return { complete, tooSlow: complete ? undefined : ended() };
    } finally {
      ended();
    }
  }

  /** True when the client has been given all of it. */
  async #stream(forwarded: ForwardedMessage, messages: TransferMessages, unit: Unit): Promise<boolean> {
    const { deps, book } = this.#parts;
    const deadline = deps.nowMs() + deps.settings().transferSeconds * 1000;
    const only = messages.next();
    if (only && messages.done && !messages.failed) {
      forwarded.reply(only);
      return true;
    }
    const slices = this.#slices.take();
    // Bounded by the zone, by the time, and by the client, which has to fetch what it is sent. Who may no longer have it does not get
    // the rest of it.
    let first = only;
    while (!messages.done && !this.#stopped && deps.nowMs() <= deadline && book.enabled(unit.zone.id)) {
      const slice = await slices.free();
      if (!slice) break;
      slices.send(fillSlice(slice, first, messages), forwarded);
      first = undefined;
    }
    const complete = messages.done && !messages.failed && (await slices.settled());
    if (complete) this.#slices.giveBack(slices);
    // There is no more of it.
    forwarded.drop();
    return complete;
  }

  #expireSeconds({ refresher }: Unit): number | undefined {
    const at = expiresAt(refresher.state);
    return at === undefined ? undefined : Math.max(0, Math.floor(at - this.#parts.deps.now()));
  }

  /**
   * In the log and the metrics, whoever asked; and in the zone's record when it was one of its secondaries, who may wonder why. So may who comes by
   * an ACL: by TCP, where its address is its own.
   */
  #refused(code: OutgoingRefusal, request: TransferRequest, unit: Unit | undefined, forwarded: ForwardedMessage): void {
    const { deps, book } = this.#parts;
    const { clientAddress, transport } = forwarded;
    const about = { reason: code, zone: printName(request.question), from: printAddress(clientAddress), transport };
    const more = this.#refusals.leftOutBefore(deps.now());
    if (more > 0) deps.log.warn({ code: "outgoing.more-refused", more }, "more refused transfers than are logged");
    if (this.#refusals.mayWrite()) deps.log.info({ code: "outgoing.refused", ...about }, "a transfer was refused");
    const access = unit && book.access(unit.zone);
    const linked = access?.peers.find((peer) => peer.address && sameAddress(clientAddress, peer.address));
    const listed = transport !== "udp" && access?.ranges.some((range) => inRange(clientAddress, range));
    if (!unit || !(linked || listed)) {
      deps.attempts.count({ direction: "out", kind: askedKind(request), transport, outcome: "refused", octets: 0 });
      return;
    }
    const now = deps.nowMs();
    const asked = { zoneId: unit.zone.id, peer: linked?.id, request, forwarded, key: undefined };
    deps.attempts.record(refusedAttempt({ ...asked, startedMs: now, finishedMs: now }, code));
  }
}

/** `first` was made already. */
function fillSlice(slice: Uint8Array, first: Uint8Array | undefined, messages: TransferMessages): Uint8Array {
  let at = 0;
  if (first) {
    const framed = frame(first);
    slice.set(framed);
    at = framed.length;
  }
  while (at < SLICE_OCTETS && !messages.done) at = messages.nextInto(slice, at);
  return slice.subarray(0, at);
}

type Sent = {
  readonly kind: SentKind;
  readonly complete: boolean;
  readonly tooSlow?: string | undefined;
  readonly startedMs: number;
  readonly messages: TransferMessages;
};

type Gift = {
  readonly request: TransferRequest;
  readonly unit: Unit;
  readonly verified: Verified;
  readonly version: GivenVersion;
  readonly peer: string | undefined;
  readonly udp: boolean;
  readonly pace: PaceWatch;
};

const PROHIBITED = { code: ExtendedError.Prohibited, text: "" };
const NOT_READY = { code: ExtendedError.NotReady, text: "" };
const BUSY = { code: ExtendedError.Other, text: "too many transfers at once" };

/** Anybody can ask, by UDP from any address: the log tells of so many, and how many more there were. */
const REFUSALS_A_SECOND = 10;

/** To one client at the same time; a secondary that has many zones here asks for several at once. */
const TRANSFERS_TO_ONE = 8;
/** As many at once as an NSD asks for (its 128 connections for transfers), beside those that run. */
const WAITING_OF_ONE = 128;
const WAITING = 1000;
const WAIT_MS = 20_000;
/** Who waits sees those that are slow stand aside while he does. */
const MOST_SLOW_SECONDS = 5;

/** `running` is the operator's limit for transfers; as many again may be slow beside them. */
export function slotLimits(running: number): SlotLimits {
  const ofOneClient = Math.min(running, TRANSFERS_TO_ONE);
  return { running, ofOneClient, aside: running, waiting: WAITING, waitingOfOne: WAITING_OF_ONE, waitMs: WAIT_MS };
}
