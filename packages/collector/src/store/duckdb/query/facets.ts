import type { Facets } from '@slipstream/query-api';
import type { RowSource } from '../database/query-pool.js';
import type { SqlValue } from '../schema/columns.js';

/** Facets look at this many of the newest traces, so that their cost does not grow with the store. */
const RECENT_TRACES = 10_000;
const MAX_VALUES = 100;

const RECENT_SQL = `recent AS MATERIALIZED (
  SELECT name, service, start_us FROM all_traces ORDER BY start_us DESC LIMIT ${RECENT_TRACES})`;

const FACETS_SQL = `WITH ${RECENT_SQL},
facets AS (
  SELECT 'name' AS facet, name AS value, count(*) AS total FROM recent WHERE name <> '' GROUP BY ALL
  UNION ALL
  SELECT 'service', service, count(*) FROM recent WHERE service IS NOT NULL GROUP BY ALL
  UNION ALL
  SELECT 'metadata_key', key, count(*) FROM metadata
  WHERE start_us >= (SELECT min(start_us) FROM recent) GROUP BY ALL)
SELECT facet, value, total FROM facets
QUALIFY row_number() OVER (PARTITION BY facet ORDER BY total DESC, value) <= ${MAX_VALUES}
ORDER BY facet, total DESC, value`;

export async function readFacets(source: RowSource): Promise<Facets> {
  const rows = await source.rows({ sql: FACETS_SQL });
  return {
    names: valuesOf(rows, 'name'),
    services: valuesOf(rows, 'service'),
    metadataKeys: valuesOf(rows, 'metadata_key'),
  };
}

function valuesOf(rows: readonly SqlValue[][], facet: string): { value: string; count: number }[] {
  return rows
    .filter(([rowFacet]) => rowFacet === facet)
    .map(([, value, total]) => ({ value: String(value), count: Number(total) }));
}
