/** The provider's envelope around every JSON answer. */

export type ApiMessage = { readonly code: number; readonly message: string; readonly type?: string | null };

export type ApiError = {
  readonly code: number;
  readonly message: string;
  readonly error_chain?: readonly { readonly code: number; readonly message: string }[];
  readonly source?: { readonly pointer: string };
  /** Countersign's own stable code, beside the provider's number. */
  readonly reason?: string;
};

export type ResultInfo = {
  readonly page: number;
  readonly per_page: number;
  readonly count: number;
  readonly total_count: number;
  readonly total_pages: number;
};

/** Where a list goes on: `after` is empty at its end. */
export type CursorInfo = { readonly count: number; readonly cursors: { readonly after: string } };

export type Envelope<T> =
  | {
      readonly success: true;
      readonly errors: readonly [];
      readonly messages: readonly ApiMessage[];
      readonly result: T;
      readonly result_info?: ResultInfo | CursorInfo;
    }
  | {
      readonly success: false;
      readonly errors: readonly ApiError[];
      readonly messages: readonly ApiMessage[];
      readonly result: null;
    };

/** `count` items on this page of `total`. */
export function resultInfo(page: number, perPage: number, count: number, total: number): ResultInfo {
  return { page, per_page: perPage, count, total_count: total, total_pages: Math.ceil(total / Math.max(1, perPage)) };
}
