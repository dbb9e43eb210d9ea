/**
 * Certificates near their end, theirs and ours: an event once a day from `warnDays` before, and another kind of event when one has ended.
 *
 *   listener's own ─┐
 *   ours for peers ─┼─▶ look (daily, and when one is first seen) ─▶ tls.certificate-ending │ tls.certificate-ended
 *   peers' as shown ┘
 */
import { type ListenerCertificate, printTime } from "#contract";
import type { CertificateFacts, TlsFacts } from "#net";
import type { Event } from "../events.ts";

export type WatchedCertificate = Pick<CertificateFacts, "subject" | "notAfter" | "spki"> & {
  /** Whose: for the sentence. */
  readonly whose: string;
};

export type Seen = { readonly facts: TlsFacts /** Unix milliseconds. */; readonly at: number };

export type CertificateWatchOptions = {
  readonly nowMs: () => number;
  readonly warnDays: () => number;
  readonly tell: (event: Event) => void;
  /** Name of a peer; undefined when it is gone. */
  readonly peerName: (peerId: string) => string | undefined;
  /** Certificates that we show to peers. */
  readonly ours: () => readonly WatchedCertificate[];
};

type ListenerKind = ListenerCertificate["listener"];

const LISTENER_TEXTS: Readonly<Record<ListenerKind, string>> = {
  dns: "of DNS over TLS here",
  http: "of the API and the dashboard",
};

const DAY_MS = 86_400_000;

/** Handshakes of so many peers are remembered; the ones longest without a handshake go first. */
const MAX_PEERS = 10_000;

/** Keeps what peers showed last, our listener's certificate, and the day on which each was spoken of last. */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #told = new Map<string, number>();
  readonly #listeners = new Map<ListenerKind, CertificateFacts>();
  /** Listeners whose files have become others that can't be used. */
  readonly #refused = new Set<ListenerKind>();

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
  }

  /** A peer's handshake was accepted. */
  saw(peerId: string, facts: TlsFacts): void {
    const before = this.#seen.get(peerId);
    this.#seen.delete(peerId);
    this.#seen.set(peerId, { facts, at: this.#options.nowMs() });
    if (this.#seen.size > MAX_PEERS) this.#seen.delete(this.#seen.keys().next().value!);
    if (before?.facts.certificate.notAfter !== facts.certificate.notAfter) this.look();
  }

  lastSeen(peerId: string): Seen | undefined {
    return this.#seen.get(peerId);
  }

  /** Another transport was set: what was seen under the old one says nothing about it. */
  forget(peerId: string): void {
    this.#seen.delete(peerId);
  }

  setListener(kind: ListenerKind, certificate: CertificateFacts | undefined): void {
    if (certificate) this.#listeners.set(kind, certificate);
    else this.#listeners.delete(kind);
    this.#refused.delete(kind);
    this.look();
  }

  /** Its files can't be used now; the certificate that was set stays in force. */
  refuseListener(kind: ListenerKind): void {
    this.#refused.add(kind);
  }

  /** What everybody sees who connects. */
  listeners(): readonly ListenerCertificate[] {
    return [...this.#listeners].map(([listener, { subject, names, notAfter }]) => {
      const files = this.#refused.has(listener) ? "refused" : "in-force";
      return { listener, subject, names, ends_on: printTime(notAfter), files };
    });
  }

  look(): void {
    const now = this.#options.nowMs();
    const today = Math.floor(now / DAY_MS);
    for (const [key, day] of this.#told) if (day !== today) this.#told.delete(key);
    for (const certificate of this.#all()) {
      const leftMs = certificate.notAfter - now;
      if (leftMs > this.#options.warnDays() * DAY_MS) continue;
      const key = `${certificate.whose} ${certificate.spki} ${certificate.notAfter}`;
      if (this.#told.get(key) === today) continue;
      this.#told.set(key, today);
      this.#options.tell(eventOf(certificate, leftMs));
    }
  }

  *#all(): Iterable<WatchedCertificate> {
    for (const [kind, certificate] of this.#listeners) yield { ...certificate, whose: LISTENER_TEXTS[kind] };
    yield* this.#options.ours();
    for (const [peerId, { facts }] of this.#seen) {
      const name = this.#options.peerName(peerId);
      if (name !== undefined) yield { ...facts.certificate, whose: `of the peer ${name}` };
    }
  }
}

function eventOf(certificate: WatchedCertificate, leftMs: number): Event {
  const { whose, subject, notAfter, spki } = certificate;
  const until = new Date(notAfter).toISOString();
  const detail = { whose, subject, not_after: until, spki };
  if (leftMs <= 0) {
    const message = `the certificate ${whose} (${subject}) ended at ${until}`;
    return { level: "error", code: "tls.certificate-ended", message, detail };
  }
  const days = Math.ceil(leftMs / DAY_MS);
  const message = `the certificate ${whose} (${subject}) ends in ${days === 1 ? "a day" : `${days} days`}, at ${until}`;
  return { level: "warning", code: "tls.certificate-ending", message, detail };
}
