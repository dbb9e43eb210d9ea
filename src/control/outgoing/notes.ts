/** What is remembered of a zone's secondaries over a restart: a document of the store. */
import type { NoteKeeper } from "../note-keeper.ts";

export type NoticeNote = {
  readonly serial: number;
  readonly outcome: "waiting" | "taken" | "failed";
  readonly attempts: number;
  /** Milliseconds since 1970, of the last attempt. */
  readonly at: number;
  readonly error: { readonly code: string; readonly message: string } | null;
};

export type TransferNote = {
  readonly kind: "axfr" | "ixfr";
  readonly serial: number;
  /** Milliseconds since 1970, of its end. */
  readonly at: number;
  readonly messages: number;
  readonly records: number;
  readonly octets: number;
  readonly complete: boolean;
};

export type SecondaryNote = { readonly notify: NoticeNote | null; readonly transfer: TransferNote | null };

export type OutgoingNote = {
  readonly version: 1;
  /** By peer. */
  readonly peers: Readonly<Record<string, SecondaryNote>>;
  /** Milliseconds since 1970: a whole transfer to anybody, by an ACL too. */
  readonly lastTransferredAt: number | null;
};

const NOTHING: OutgoingNote = { version: 1, peers: {}, lastTransferredAt: null };
const KIND = "outgoing";

/** Keeps the newest note of each zone; writes them as `NoteKeeper` does. */
export class OutgoingNotes {
  readonly #keeper: NoteKeeper;
  readonly #notes = new Map<string, OutgoingNote>();

  constructor(keeper: NoteKeeper) {
    this.#keeper = keeper;
  }

  /** `documents`: those of kind "outgoing". One of another version counts as none. */
  load(documents: ReadonlyMap<string, unknown>): void {
    for (const [zoneId, document] of documents) {
      if (typeof document !== "object" || document === null) continue;
      const note = document as Partial<OutgoingNote>;
      if (note.version === 1 && typeof note.peers === "object") this.#notes.set(zoneId, { ...NOTHING, ...note });
    }
  }

  of(zoneId: string): OutgoingNote {
    return this.#notes.get(zoneId) ?? NOTHING;
  }

  secondary(zoneId: string, peerId: string): SecondaryNote {
    return this.of(zoneId).peers[peerId] ?? { notify: null, transfer: null };
  }

  putNotice(zoneId: string, peerId: string, notify: NoticeNote): void {
    this.#put(zoneId, peerId, { ...this.secondary(zoneId, peerId), notify }, {});
  }

  /** `peerId` undefined: by an ACL. */
  putTransfer(zoneId: string, peerId: string | undefined, transfer: TransferNote): void {
    const whole = transfer.complete ? { lastTransferredAt: transfer.at } : {};
    this.#put(
      zoneId,
      peerId,
      peerId === undefined ? undefined : { ...this.secondary(zoneId, peerId), transfer },
      whole,
    );
  }

  /** Only these peers are linked now. */
  keep(zoneId: string, peerIds: readonly string[]): void {
    const note = this.of(zoneId);
    const peers = Object.fromEntries(Object.entries(note.peers).filter(([id]) => peerIds.includes(id)));
    this.#write(zoneId, { ...note, peers });
  }

  forget(zoneId: string): void {
    this.#notes.delete(zoneId);
  }

  #put(zoneId: string, peerId: string | undefined, note: SecondaryNote | undefined, more: Partial<OutgoingNote>): void {
    const before = this.of(zoneId);
    const peers = peerId === undefined || !note ? before.peers : { ...before.peers, [peerId]: note };
    this.#write(zoneId, { ...before, peers, ...more });
  }

  #write(zoneId: string, note: OutgoingNote): void {
    this.#notes.set(zoneId, note);
    this.#keeper.put(zoneId, KIND, note);
  }
}
