/**
 * Messages over the seam's ports and the shared words beside them.
 *
 *   control ── zones, settings, reply, explain ──▶ edge worker       doorbell[Bell] rises after each
 *   control ◀── applied, forward, room, explained ── edge worker
 */
import type { Explained, ExplainTransport } from "./explained.ts";
import type { EdgeSettings, ForwardOrigin } from "./publication.ts";
import type { BufferNews } from "./records.ts";

export type ToEdge =
  | {
      readonly kind: "zones";
      /** Cumulative: acknowledging it acknowledges all before. */
      readonly sequence: number;
      readonly buffers: BufferNews;
      /** Refs of records. */
      readonly put: Int32Array;
      readonly remove: readonly Removal[];
    }
  | { readonly kind: "settings"; readonly sequence: number; readonly settings: EdgeSettings }
  /** Answer this as if it had come from a client, and tell how. */
  | { readonly kind: "explain"; readonly ask: number; readonly query: Uint8Array; readonly transport: ExplainTransport }
  /** Without `message`: there is none (any more). `more`: another one follows. `ask`: `room` is wanted with this number. */
  | {
      readonly kind: "reply";
      readonly token: unknown;
      readonly message?: Uint8Array;
      readonly more: boolean;
      readonly ask?: number;
    };

export type Removal = { readonly zoneId: string; readonly apex: Uint8Array };

export type ToControl =
  | { readonly kind: "applied"; readonly sequence: number }
  /** What was sent with this number has been taken, or (`open` false) the client is gone. */
  | { readonly kind: "room"; readonly ask: number; readonly open: boolean }
  | { readonly kind: "explained"; readonly ask: number; readonly explained: Explained }
  | { readonly kind: "forward"; readonly token: unknown; readonly message: Uint8Array; readonly origin: ForwardOrigin };

/** Words (Int32) of the shared doorbell. */
export const Doorbell = {
  /** Rises with each message to a worker that blocks and cannot hear its port. */
  Bell: 0,
  /** 1 as soon as everything that was there at the start has been sent: before that nobody is answered. */
  Complete: 1,
  Words: 2,
} as const;
