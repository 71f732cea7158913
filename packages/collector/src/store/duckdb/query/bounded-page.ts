/**
 * A page is read in steps. Nobody knows how large the next row is before it is read, and rows of 20 MB exist, so the first
 * step is small, and the next ones are larger only while rows turn out small: a page holds no more than one step beyond
 * its bound.
 */
const FIRST_STEP_ROWS = 8;
const STEP_GROWTH = 16;

/** UTF-16 code units of all texts of a page, about. */
const MAX_PAGE_CHARS = 8 * 1024 * 1024;

export interface BoundedPage<Row> {
  readonly rows: readonly Row[];
  /** Whether there is nothing behind them. */
  readonly isLast: boolean;
}

/** @param read the next rows in order behind `after`, or from the beginning; at most `limit` */
export async function readBoundedPage<Row>(
  limit: number,
  read: (after: Row | undefined, limit: number) => Promise<readonly Row[]>,
  lengthOf: (row: Row) => number,
): Promise<BoundedPage<Row>> {
  const rows: Row[] = [];
  let chars = 0;
  let step = Math.min(limit, FIRST_STEP_ROWS);
  while (rows.length < limit && chars < MAX_PAGE_CHARS) {
    const next = await read(rows.at(-1), step);
    for (const row of next) {
      rows.push(row);
      chars += lengthOf(row);
    }
    if (next.length < step) return { rows, isLast: true };
    const rowsThatFit = Math.floor((MAX_PAGE_CHARS - chars) / (chars / rows.length + 1));
    step = Math.max(1, Math.min(limit - rows.length, step * STEP_GROWTH, rowsThatFit));
  }
  return { rows, isLast: false };
}
