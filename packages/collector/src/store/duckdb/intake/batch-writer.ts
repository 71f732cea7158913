import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { TableAppender } from '../database/table-appender.js';
import { removeObsoleteStarts } from '../database/upkeep.js';
import { fromRow, type SqlValue } from '../schema/columns.js';
import { INSTANCE_COLUMNS, type InstanceRow } from '../schema/instance-columns.js';
import { METADATA_COLUMNS, type MetadataRow } from '../schema/metadata-columns.js';
import { OBSERVATION_COLUMNS, type StoredObservation } from '../schema/observation-columns.js';
import { SCORE_COLUMNS, type ScoreRow } from '../schema/score-columns.js';
import { SERIES_COLUMNS, type SeriesRow } from '../schema/series-columns.js';
import { TRACE_COLUMNS, type TraceRow } from '../schema/trace-columns.js';
import type { BatchFold, RemovedEnd, SpanId } from './batch-fold.js';
import type { MetadataId } from './metadata-changes.js';
import type { StartBounds } from './trace-loader.js';
import type { TraceState } from './trace-state.js';

const TEXTS = LIST(VARCHAR);

/** Of these {@link RemovedEnd} is made. */
const REMOVED_COLUMN_NAMES: ReadonlySet<string> = new Set([
  'service_instance_id',
  'service',
  'environment',
  'type',
  'name',
  'start_ns',
  'end_ns',
  'level',
  'cost_usd',
  'total_tokens',
]);
const REMOVED_COLUMNS = OBSERVATION_COLUMNS.filter(({ name }) => REMOVED_COLUMN_NAMES.has(name));
const REMOVED_SQL = REMOVED_COLUMNS.map(({ name }) => `o.${name}`).join(', ');

const REMOVE_METADATA_SQL = `DELETE FROM metadata AS m
USING (SELECT unnest($trace_ids) AS trace_id, unnest($span_ids) AS span_id, unnest($keys) AS key) AS stale
WHERE m.start_us >= $from_us AND m.trace_id = stale.trace_id AND m.span_id = stale.span_id AND m.key = stale.key`;

/**
 * Writes a batch in one transaction: all of its rows and the cursor, or nothing. `begin`, any number of `appendEnded`,
 * then `commit`; after a failure of any of them `rollBack`.
 */
export class BatchWriter {
  readonly #connection: DuckDBConnection;
  readonly #observations: TableAppender<StoredObservation>;
  readonly #running: TableAppender<StoredObservation>;
  readonly #metadata: TableAppender<MetadataRow>;
  readonly #traces: TableAppender<TraceRow>;
  readonly #instances: TableAppender<InstanceRow>;
  readonly #scores: TableAppender<ScoreRow>;
  readonly #series: TableAppender<SeriesRow>;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#observations = new TableAppender(connection, 'observations', OBSERVATION_COLUMNS);
    this.#running = new TableAppender(connection, 'running_observations', OBSERVATION_COLUMNS);
    this.#metadata = new TableAppender(connection, 'metadata', METADATA_COLUMNS);
    this.#traces = new TableAppender(connection, 'hot_traces', TRACE_COLUMNS);
    this.#instances = new TableAppender(connection, 'instance_counts', INSTANCE_COLUMNS);
    this.#scores = new TableAppender(connection, 'scores', SCORE_COLUMNS);
    this.#series = new TableAppender(connection, 'series_news', SERIES_COLUMNS);
  }

  async begin(): Promise<void> {
    await this.#connection.run('BEGIN');
  }

  appendEnded(observations: readonly StoredObservation[]): Promise<void> {
    return this.#observations.append(observations);
  }

  /** Makes what {@link appendEnded} was given visible to queries of this transaction. */
  flushEnded(): void {
    this.#observations.flush();
  }

  /** Removes ended versions of spans, flushed ones included; gives what each has been counted with. */
  async removeEnded(spans: readonly SpanId[], { fromUs, toUs }: StartBounds): Promise<RemovedEnd[]> {
    if (spans.length === 0) return [];
    const removed = await this.#connection.runAndReadAll(
      `DELETE FROM observations AS o USING (SELECT unnest($trace_ids) AS trace_id, unnest($span_ids) AS span_id) AS old
WHERE o.start_ns BETWEEN $from_ns AND $to_ns AND o.trace_id = old.trace_id AND o.span_id = old.span_id
RETURNING ${REMOVED_SQL}`,
      {
        trace_ids: texts(spans, 'traceId'),
        span_ids: texts(spans, 'spanId'),
        from_ns: BigInt(fromUs) * 1000n,
        to_ns: BigInt(toUs) * 1000n + 999n,
      },
      { trace_ids: TEXTS, span_ids: TEXTS },
    );
    return removed.getRowsJS().map((row) => fromRow<RemovedEnd>(REMOVED_COLUMNS, row as SqlValue[]));
  }

  /** Removes running versions of spans that are in the database. */
  async removeStarts(spans: readonly SpanId[]): Promise<void> {
    if (spans.length > 0) await removeObsoleteStarts(this.#connection, spans);
  }

  /** Removes all metadata rows of traces that start at or after this. */
  async removeMetadataOf(traceIds: ReadonlySet<string>, fromUs: number): Promise<void> {
    await this.#connection.run(
      'DELETE FROM metadata WHERE start_us >= $from_us AND trace_id IN (SELECT unnest($trace_ids))',
      { trace_ids: listValue([...traceIds]), from_us: BigInt(fromUs) },
      { trace_ids: TEXTS },
    );
  }

  /** Adds all else that the batch changes, and the cursor, unless the queue alone keeps that. */
  async commit(batch: BatchFold, cursor: number | undefined): Promise<void> {
    const traces = [...batch.traces.values()];
    await this.#removeMetadata(batch.metadata.removed, traces);
    await this.#removeTraceRows(traces, 'hot_traces');
    await this.#removeTraceRows(traces, 'traces');
    await this.#running.append(batch.started);
    await this.#metadata.append(batch.metadata.added);
    await this.#traces.append(traces.map((trace) => trace.toRow()));
    await this.#replaceScores([...batch.scores.values()]);
    await this.#instances.append(instanceRows(batch));
    await this.#series.append(batch.series.rows);
    for (const appender of this.#appenders()) appender.flush();
    const cursorSql = cursor === undefined ? '' : 'queue_cursor = $cursor, ';
    await this.#connection.run(`UPDATE store_state SET ${cursorSql}spans = spans + $spans`, {
      ...(cursor === undefined ? {} : { cursor: BigInt(cursor) }),
      spans: BigInt(batch.endedCount),
    });
    await this.#connection.run('COMMIT');
    for (const trace of traces) {
      trace.home = 'hot_traces';
      trace.homeStartUs = trace.startUs;
    }
  }

  async rollBack(): Promise<void> {
    for (const appender of this.#appenders()) appender.reset();
    try {
      await this.#connection.run('ROLLBACK');
    } catch {
      // No transaction is open when BEGIN or COMMIT itself failed; that error is the one to report.
    }
  }

  close(): void {
    for (const appender of this.#appenders()) appender.close();
  }

  async #removeMetadata(removed: readonly MetadataId[], traces: readonly TraceState[]): Promise<void> {
    if (removed.length === 0) return;
    await this.#connection.run(
      REMOVE_METADATA_SQL,
      {
        trace_ids: texts(removed, 'traceId'),
        span_ids: texts(removed, 'spanId'),
        keys: texts(removed, 'key'),
        from_us: BigInt(earliest(traces.map(({ startUs }) => startUs))),
      },
      { trace_ids: TEXTS, span_ids: TEXTS, keys: TEXTS },
    );
  }

  async #removeTraceRows(traces: readonly TraceState[], table: 'hot_traces' | 'traces'): Promise<void> {
    const present = traces.filter(({ home }) => home === table);
    if (present.length === 0) return;
    await this.#connection.run(
      `DELETE FROM ${table} WHERE start_us BETWEEN $from_us AND $to_us AND trace_id IN (SELECT unnest($trace_ids))`,
      {
        trace_ids: texts(present, 'traceId'),
        from_us: BigInt(earliest(present.map(({ homeStartUs }) => homeStartUs))),
        to_us: BigInt(present.reduce((last, { homeStartUs }) => Math.max(last, homeStartUs), 0)),
      },
      { trace_ids: TEXTS },
    );
  }

  /** A score that came before goes for the one that comes now. */
  async #replaceScores(scores: readonly ScoreRow[]): Promise<void> {
    if (scores.length === 0) return;
    await this.#connection.run(
      'DELETE FROM scores WHERE score_id IN (SELECT unnest($ids))',
      { ids: texts(scores, 'id') },
      { ids: TEXTS },
    );
    await this.#scores.append(scores);
  }

  #appenders(): readonly TableAppender<never>[] {
    return [
      this.#observations,
      this.#running,
      this.#metadata,
      this.#traces,
      this.#instances,
      this.#scores,
      this.#series,
    ];
  }
}

/** How many ended spans of this batch each process sent. */
function instanceRows({ spansByInstance, nowUs }: BatchFold): InstanceRow[] {
  return [...spansByInstance]
    .filter(([, spans]) => spans !== 0)
    .map(([instanceId, spans]) => ({ instanceId, spans, seenUs: nowUs }));
}

function texts<Field extends string>(
  rows: readonly Record<Field, string>[],
  field: Field,
): ReturnType<typeof listValue> {
  return listValue(rows.map((row) => row[field]));
}

function earliest(times: readonly number[]): number {
  return times.reduce((first, time) => Math.min(first, time), Number.MAX_SAFE_INTEGER);
}
