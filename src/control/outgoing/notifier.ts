/**
 * NOTIFY to the secondaries of a zone when a version is given out: each told once, and again with growing pauses until it
 * answers. A newer version takes the place of the older one; a secondary that never answers has its SOA's REFRESH.
 *
 *   published ▶ for each peer: waiting ─ UDP, UDP, TCP, UDP … ▶ taken
 *                                 └── after NOTIFY_ATTEMPTS ──▶ failed (an event says so)
 */
import { askTcp, askUdp, type NetError, printSocketAddress, randomId } from "#net";
import { buildNotify, NOTIFY_ATTEMPTS, notifyPauseSeconds, notifyTransport, readNotifyAnswer } from "#transfer";
import { signMessage, TsigVerifier } from "#tsig";
import type { Deps } from "../deps.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Primary } from "../primary-client.ts";
import type { Zone } from "../zone.ts";
import type { OutgoingBook } from "./book.ts";
import type { NoticeNote, OutgoingNotes } from "./notes.ts";
import { soaRecord } from "./replies.ts";
import type { GivenVersion } from "./version.ts";

/** Asked at the same time, of one secondary: the gate's lane. */
const LANE = "notify-to";

type Fault = { readonly code: string; readonly message: string };

export class Notifier {
  readonly #deps: Deps;
  readonly #peers: PeerBook;
  readonly #book: OutgoingBook;
  readonly #notes: OutgoingNotes;

  constructor(parts: {
    readonly deps: Deps;
    readonly peers: PeerBook;
    readonly book: OutgoingBook;
    readonly notes: OutgoingNotes;
  }) {
    this.#deps = parts.deps;
    this.#peers = parts.peers;
    this.#book = parts.book;
    this.#notes = parts.notes;
  }

  /** `force`: also those who have acknowledged this serial. */
  tell(zone: Zone, version: GivenVersion, force: boolean): void {
    for (const peerId of this.#book.find(zone.id)?.peers ?? []) {
      if (!this.#peers.primary(peerId)) continue;
      const known = this.#notes.secondary(zone.id, peerId).notify;
      const told = known?.serial === version.serial && known.outcome === "taken";
      if (told && !force) continue;
      this.#attempt(zone, version, peerId, 1);
    }
  }

  cancel(zone: Zone): void {
    this.#deps.scheduler.cancelAll(`${zone.id}/notify-out/`);
  }

  #attempt(zone: Zone, version: GivenVersion, peerId: string, attempt: number): void {
    const note: NoticeNote = {
      serial: version.serial,
      outcome: "waiting",
      attempts: attempt,
      at: this.#deps.nowMs(),
      error: attempt === 1 ? null : (this.#notes.secondary(zone.id, peerId).notify?.error ?? null),
    };
    this.#deps.scheduler.cancel(timerKey(zone, peerId));
    this.#notes.putNotice(zone.id, peerId, note);
    const work = () => this.#ask(zone, version, peerId, attempt);
    this.#deps.gate
      .run(`${LANE}:${peerId}`, "notified", work)
      .then((fault) => this.#answered(zone, version, peerId, attempt, fault))
      .catch((error: unknown) => this.#deps.log.error({ zone: zone.name, error }, "a NOTIFY could not be sent"));
  }

  /** What went wrong, or undefined. */
  async #ask(zone: Zone, version: GivenVersion, peerId: string, attempt: number): Promise<Fault | undefined> {
    const { crypto, now, settings } = this.#deps;
    const peer = this.#peers.primary(peerId);
    if (!peer || !this.#current(zone, version, peerId)) return undefined;
    const plain = buildNotify(zone.apex, soaRecord(version.image), randomId());
    const signed = peer.key && signMessage(plain, peer.key, now(), crypto.startHmac);
    const ask = notifyTransport(attempt) === "udp" ? askUdp : askTcp;
    const timeoutMs = settings().checkSeconds * 1000;
    const answer = await ask(signed?.message ?? plain, { server: peer.notifyAddress, timeoutMs });
    if (!answer.ok) return netFault(answer.error);
    let message = answer.value;
    if (signed && peer.key) {
      const verified = new TsigVerifier(peer.key, signed.mac, crypto.startHmac).accept(message, now());
      if (!verified.ok) return { code: verified.error.code, message: verified.error.text };
      message = verified.value.message;
    }
    const read = readNotifyAnswer(message);
    return read.kind === "taken" ? undefined : { code: "notify.refused", message: read.text };
  }

  #answered(zone: Zone, version: GivenVersion, peerId: string, attempt: number, fault: Fault | undefined): void {
    if (!this.#current(zone, version, peerId)) return;
    const { scheduler, now, random, nowMs } = this.#deps;
    const again = fault !== undefined && attempt < NOTIFY_ATTEMPTS;
    const outcome = fault === undefined ? "taken" : again ? "waiting" : "failed";
    const { serial } = version;
    this.#notes.putNotice(zone.id, peerId, { serial, outcome, attempts: attempt, at: nowMs(), error: fault ?? null });
    if (again) {
      const at = now() + notifyPauseSeconds(attempt, random());
      scheduler.set(timerKey(zone, peerId), at, () => {
        if (this.#current(zone, version, peerId)) this.#attempt(zone, version, peerId, attempt + 1);
      });
    } else if (fault) this.#tellFailed(zone, version, peerId, attempt, fault);
  }

  #tellFailed(zone: Zone, { serial }: GivenVersion, peerId: string, attempts: number, fault: Fault): void {
    const peer = this.#peers.primary(peerId);
    const to = peer ? secondaryText(peer) : peerId;
    this.#deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: "warning",
      code: "outgoing.notify-failed",
      message: `${zone.name}: ${to} did not acknowledge serial ${serial} after ${attempts} NOTIFYs (${fault.message}); it will find it by its own timer`,
      detail: { serial, peer: peerId, reason: fault.code },
    });
  }

  /** False once a newer version is told, or nobody may be told any more. */
  #current(zone: Zone, version: GivenVersion, peerId: string): boolean {
    const row = this.#book.find(zone.id);
    if (zone.gone || !row?.enabled || !row.peers.includes(peerId)) return false;
    return this.#notes.secondary(zone.id, peerId).notify?.serial === version.serial;
  }
}

function timerKey(zone: Zone, peerId: string): string {
  return `${zone.id}/notify-out/${peerId}`;
}

function netFault(error: NetError): Fault {
  const silent = error.code === "net.timeout" ? "no answer in time" : "it can't be reached";
  return { code: error.code, message: `${silent} (${error.detail})` };
}

function secondaryText({ name, notifyAddress: address }: Primary): string {
  const text = printSocketAddress(address);
  return name === text ? text : `${name} (${text})`;
}
