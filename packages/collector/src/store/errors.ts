/** Stable codes of what a store can refuse or fail with. Branch on these, never on the message. */
export const STORE_ERROR_CODES = [
  /** The database file could not be opened; the message says why and what to do. */
  'store_open_failed',
  /** Another process has the database open. */
  'store_locked',
  /** The database was written by a newer version. */
  'store_schema_too_new',
  /** The worker file is not there: the package is not built, or a test gave no `workerUrl`. */
  'store_worker_missing',
  /** The store's thread died while the call was under way. A write may or may not have been committed. */
  'store_worker_died',
  /** `close` was called. */
  'store_closed',
  /** A query took longer than its limit and was stopped. */
  'query_timeout',
  /** Too many queries wait already. */
  'query_overload',
  /** The list cursor was not made by this store. */
  'invalid_cursor',
  /** More than 500 ids in one `summaries` call. */
  'too_many_ids',
  /** The statement does not read, reads what is not shown, or is wrong; the message says which. */
  'sql_refused',
  /** The price file cannot be read or is not as documented. */
  'price_file_invalid',
  /** Anything else that the database reported. */
  'store_failed',
] as const;

export type StoreErrorCode = (typeof STORE_ERROR_CODES)[number];

/** What every method of a store rejects with. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Keeps a {@link StoreError} as it is and gives everything else a code. */
export function toStoreError(error: unknown, code: StoreErrorCode = 'store_failed'): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError(code, message, { cause: error });
}
