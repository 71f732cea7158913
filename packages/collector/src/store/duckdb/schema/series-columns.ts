import * as c from './columns.js';

/** What ended observations of one minute, kind and bucket of duration (`store/series.ts`) add up to. */
export interface SeriesRow {
  /** Minutes since 1970; in `series_hours` the first of the hour. */
  readonly minute: number;
  readonly service: string | undefined;
  readonly environment: string | undefined;
  readonly type: string;
  /** `undefined` for names, or services, beyond those that are kept apart. */
  readonly name: string | undefined;
  readonly bucket: number;
  /** Fewer than none where a revision takes back what is counted in another row. */
  readonly spans: number;
  readonly errors: number;
  readonly costUsd: number;
  readonly totalTokens: number;
}

/** Of `series_news`, `series_name_minutes` and `series_name_hours`; `series_minutes` and `series_hours` have no name. */
export const SERIES_COLUMNS: readonly c.Column<SeriesRow>[] = [
  c.column('minute', 'minute', c.count),
  c.column('service', 'service', c.optionalText),
  c.column('environment', 'environment', c.optionalText),
  c.column('type', 'type', c.text),
  c.column('name', 'name', c.optionalText),
  c.column('bucket', 'bucket', c.count),
  c.column('spans', 'spans', c.whole),
  c.column('errors', 'errors', c.whole),
  c.column('cost_usd', 'costUsd', c.real),
  c.column('total_tokens', 'totalTokens', c.real),
];
