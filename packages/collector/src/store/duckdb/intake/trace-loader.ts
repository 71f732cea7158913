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
const OBSERVATION_TABLES = ['observations', 'running_observations'] as const;

/** Between these the observations that are looked for start. */
export interface StartBounds {
  readonly fromUs: number;
  readonly toUs: number;
}

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
    if (states.size === 0) return [];
    for (const table of OBSERVATION_TABLES) {
      for (const observation of await this.readStored(table, [...states.keys()], { fromUs, toUs })) {
        states.get(observation.traceId)?.fold(observation);
      }
    }
    return [...states.values()];
  }

  /** The observations of these traces that one table holds, without their large texts. */
  async readStored(
    table: (typeof OBSERVATION_TABLES)[number],
    traceIds: readonly string[],
    { fromUs, toUs }: StartBounds,
  ): Promise<StoredObservation[]> {
    const rows = await this.#source.rows({
      sql: `SELECT ${COLUMNS_SQL} FROM ${table}
WHERE start_ns BETWEEN $from_ns AND $to_ns AND trace_id IN (SELECT unnest($trace_ids))`,
      values: {
        trace_ids: listValue([...traceIds]),
        from_ns: BigInt(fromUs) * 1000n,
        to_ns: BigInt(toUs) * 1000n + 999n,
      },
      types: { trace_ids: LIST(VARCHAR) },
    });
    return rows.map((row) => fromRow<StoredObservation>(SMALL_OBSERVATION_COLUMNS, row));
  }
}
