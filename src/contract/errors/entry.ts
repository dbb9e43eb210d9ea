/** What the table says of one code. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 412 | 413 | 415 | 429 | 500 | 503;

export type ErrorEntry = {
  readonly status: ErrorStatus;
  readonly number: number;
  /** `{about}` is replaced by the particular thing; says what to do next where that is not plain. */
  readonly sentence: string;
};
