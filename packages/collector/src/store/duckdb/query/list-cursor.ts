import { StoreError } from '../../errors.js';

/** A place in the list of traces, which runs from the newest start to the oldest, equal starts by falling id. */
export interface ListPosition {
  readonly startUs: number;
  readonly traceId: string;
}

export function formatCursor({ startUs, traceId }: ListPosition): string {
  return `${startUs}.${traceId}`;
}

/** @throws StoreError `invalid_cursor` */
export function parseCursor(cursor: string): ListPosition {
  const match = /^(\d{1,16})\.([0-9A-Za-z_-]{1,128})$/.exec(cursor);
  const [, startUs, traceId] = match ?? [];
  if (startUs === undefined || traceId === undefined) {
    throw new StoreError('invalid_cursor', 'the cursor is not one that this list gave; start again without it');
  }
  return { startUs: Number(startUs), traceId };
}
