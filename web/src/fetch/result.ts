/** What a call to the server comes back as: a value, or why there is none. Told apart by `reason` and `code`, never by the sentence. */

export type Failure = {
  /** The provider's number; 0 where no answer came. */
  readonly code: number;
  /** Countersign's own stable code such as `zone.exists`; `unreachable` and `strange-answer` are made here. */
  readonly reason: string;
  readonly message: string;
  /** The field of the request that was wrong: `/name`. */
  readonly pointer?: string;
  /** HTTP status, 0 where no answer came. */
  readonly status: number;
  /** All that was wrong, the first one included. */
  readonly all: readonly { readonly message: string; readonly pointer?: string }[];
  readonly requestId?: string;
};

/** What was wrong with the field, or with something in it (`/to/2` within `/to`): for the message that stands at it. */
export function faultWithin(failure: Failure | undefined, pointer: string): string | undefined {
  return failure?.all.find((each) => each.pointer === pointer || each.pointer?.startsWith(`${pointer}/`))?.message;
}

export type CallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** For TanStack Query, which wants failures thrown: `query.error.failure`. */
export class CallFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: CallFailed;
  }
}
