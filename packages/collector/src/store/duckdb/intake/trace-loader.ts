import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { RowSource } from '../database/query-pool.js';
import { fromRow } from '../schema/columns.js';
import { SMALL_OBSERVATION_COLUMNS, type StoredObservation } from '../schema/observation-columns.js';
import { TraceState } from './trace-state.js';

const COLUMNS_SQL = SMALL_OBSERVATION_COLUMNS.map(({ name }) => name).join(', ');

const ROWS_SQL = (['hot_traces', 'traces'] as const)
  .map(
    (table) =>
      `SELECT trace_id, '${table}', start_us, last_start_us FROM ${table} WHERE trace_id IN (SELECT unnest($trace_ids))`,
  )
  .join(' UNION ALL ');

/** `running` after `ended`, so that a start whose end is there too is recognised as superseded. */
const OBSERVATIONS_SQL = (['observations', 'running_observations'] as const).map(
  (table) => `SELECT ${COLUMNS_SQL} FROM ${table}
WHERE start_ns BETWEEN $from_ns AND $to_ns AND trace_id IN (SELECT unnest($trace_ids))`,
);

/** Makes trace states again from what the database holds, after a restart or when late spans arrive. */
export class TraceLoader {
  readonly #source: RowSource;

  constructor(source: RowSource) {
    this.#source = source;
  }

  /** The states of those of the given traces that are in the database. */
  async load(traceIds: readonly string[]): Promise<TraceState[]> {
    if (traceIds.length === 0) return [];
    const states = new Map<string, TraceState>();
    let fromUs = Number.MAX_SAFE_INTEGER;
    let toUs = 0;
    for (const [traceId, home, startUs, lastStartUs] of await this.#source.rows({
      sql: ROWS_SQL,
      values: { trace_ids: listValue([...traceIds]) },
      types: { trace_ids: LIST(VARCHAR) },
    })) {
      const state = new TraceState(String(traceId));
      state.home = home === 'traces' ? 'traces' : 'hot_traces';
      state.homeStartUs = Number(startUs);
      fromUs = Math.min(fromUs, state.homeStartUs);
      toUs = Math.max(toUs, Number(lastStartUs));
      states.set(state.traceId, state);
    }
    if (states.size > 0) await this.#foldStored(states, fromUs, toUs);
    return [...states.values()];
  }

  async #foldStored(states: ReadonlyMap<string, TraceState>, fromUs: number, toUs: number): Promise<void> {
    for (const sql of OBSERVATIONS_SQL) {
      const rows = await this.#source.rows({
        sql,
        values: {
          trace_ids: listValue([...states.keys()]),
          from_ns: BigInt(fromUs) * 1000n,
          to_ns: BigInt(toUs) * 1000n + 999n,
        },
        types: { trace_ids: LIST(VARCHAR) },
      });
      for (const row of rows) {
        const observation = fromRow<StoredObservation>(SMALL_OBSERVATION_COLUMNS, row);
        states.get(observation.traceId)?.fold(observation);
      }
    }
  }
}
