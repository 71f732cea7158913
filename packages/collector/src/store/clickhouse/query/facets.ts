import type { Facets } from '@slipstream/query-api';
import type { RowSource } from '../database/connection.js';

/** Facets look at this many of the newest traces, so that their cost does not grow with the store. */
const RECENT_TRACES = 10_000;
const MAX_VALUES = 100;

const RECENT_SQL = `SELECT trace_id, trace_version, name, service, start_us, metadata FROM trace_versions
ORDER BY start_us DESC, trace_id DESC LIMIT ${RECENT_TRACES}`;

/** Traces that are alike are one row; of several versions the one that counts is taken. */
const TRACES_SQL = `WITH recent AS (${RECENT_SQL})
SELECT name, service, mapKeys(metadata) AS keys, count(), min(start_us) FROM (
  SELECT * FROM recent ORDER BY trace_version DESC LIMIT 1 BY trace_id
) WHERE (trace_id, trace_version) IN (
  SELECT trace_id, max(trace_version) FROM trace_index
  WHERE trace_id IN (SELECT trace_id FROM recent) GROUP BY trace_id)
GROUP BY name, service, keys`;

const OBSERVATIONS_SQL = `SELECT arrayJoin(mapKeys(metadata)) AS key, count() AS total FROM observation_versions FINAL
WHERE start_ns >= {from_us:Int64} * 1000 GROUP BY key ORDER BY total DESC, key LIMIT 10000`;

export async function readFacets(source: RowSource): Promise<Facets> {
  const [names, services, keys] = [new Facet(), new Facet(), new Facet()];
  let fromUs = Number.MAX_SAFE_INTEGER;
  for (const [name, service, traceKeys, total, startUs] of await source.rows({ sql: TRACES_SQL })) {
    const traces = Number(total);
    if (name !== '') names.add(String(name), traces);
    if (service !== null) services.add(String(service), traces);
    for (const key of traceKeys as unknown as readonly string[]) keys.add(key, traces);
    fromUs = Math.min(fromUs, Number(startUs));
  }
  if (fromUs < Number.MAX_SAFE_INTEGER) {
    const rows = await source.rows({ sql: OBSERVATIONS_SQL, params: { from_us: fromUs } });
    for (const [key, total] of rows) keys.add(String(key), Number(total));
  }
  return { names: names.top(), services: services.top(), metadataKeys: keys.top() };
}

/** Values and how often they occur. */
class Facet {
  readonly #totals = new Map<string, number>();

  add(value: string, total: number): void {
    this.#totals.set(value, (this.#totals.get(value) ?? 0) + total);
  }

  /** The most frequent first. */
  top(): { value: string; count: number }[] {
    return [...this.#totals]
      .map(([value, count]) => ({ value, count }))
      .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
      .slice(0, MAX_VALUES);
  }
}
