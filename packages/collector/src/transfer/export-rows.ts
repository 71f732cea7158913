import type { ExportQuery, ObservationRow, ScoreRow } from '@slipstream/query-api';
import type { ScanQuery, Store } from '../store/contract.js';

/** Fewer come where rows are large: the store bounds a page by its texts, too. */
const PAGE_ROWS = 1_000;

export type ExportedRow = ObservationRow | ScoreRow;

/** Pages of all rows that a query asks for: observations in order of start, then scores in order of time. */
export async function* exportPages(
  store: Pick<Store, 'scan'>,
  query: Pick<ExportQuery, 'what' | 'fromUs' | 'toUs' | 'traceId'>,
): AsyncGenerator<readonly ExportedRow[]> {
  const { what, fromUs, toUs, traceId } = query;
  const kinds = what === undefined ? (['observations', 'scores'] as const) : [what];
  for (const kind of kinds) yield* pagesOf(store, { what: kind, fromUs, toUs, traceId, limit: PAGE_ROWS });
}

async function* pagesOf(store: Pick<Store, 'scan'>, query: ScanQuery): AsyncGenerator<readonly ExportedRow[]> {
  let after: string | undefined;
  do {
    const page = await store.scan({ ...query, after });
    if (page.rows.length > 0) yield page.rows;
    after = page.next;
  } while (after !== undefined);
}
