import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSchemaFiles } from '../../schema-files.js';
import { SQL_VIEWS } from '../../sql-views.js';
import { EPOCH_US, payload, spanIdOf, traceIdOf } from '../../suite/payloads.js';
import { Engine } from '../engine.js';
import { listTraces } from '../query/list-traces.js';
import { readSeries } from '../query/read-series.js';
import { readObservation, readTrace } from '../query/read-trace.js';
import { scan } from '../query/scan.js';
import { INSTANCE_COLUMNS } from '../schema/instance-columns.js';
import { METADATA_COLUMNS } from '../schema/metadata-columns.js';
import { OBSERVATION_COLUMNS } from '../schema/observation-columns.js';
import { SCHEMA_TEXTS } from '../schema/schema.gen.js';
import { SCORE_COLUMNS } from '../schema/score-columns.js';
import { SERIES_COLUMNS } from '../schema/series-columns.js';
import { TRACE_COLUMNS } from '../schema/trace-columns.js';
import { resolveSettings } from '../settings.js';

const FILES = readSchemaFiles(SCHEMA_TEXTS);
/** From this on, rows are counted when they are stored. */
const SERIES_VERSION = 5;

let directory: string;
let engine: Engine | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-schema-'));
});

afterEach(async () => {
  await engine?.close();
  engine = undefined;
  await rm(directory, { recursive: true, force: true });
});

async function open(): Promise<Engine> {
  engine = await Engine.open(resolveSettings({ directory }), () => undefined);
  return engine;
}

/** A database as a collector of that version left it: its files, and rows of its time. */
async function createOldDatabase(version: number): Promise<void> {
  const instance = await DuckDBInstance.create(join(directory, 'store.duckdb'));
  const connection = await instance.connect();
  await connection.run('CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, applied_us BIGINT)');
  for (const file of FILES.slice(0, version)) {
    for (const statement of file.statements) await connection.run(statement);
    await connection.run(`INSERT INTO schema_migrations VALUES (${file.version}, 0)`);
  }
  await insertOldRows(connection);
  if (version >= SERIES_VERSION) {
    await connection.run(
      `INSERT INTO series_news VALUES (${EPOCH_US / 60_000_000}, NULL, NULL, 'span', 'old', 17, 1, 0, 0, 3)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
}

async function insertOldRows(connection: DuckDBConnection): Promise<void> {
  const startNs = EPOCH_US * 1000;
  const ids = `'${traceIdOf(1)}', '${spanIdOf(1)}'`;
  await connection.run(`INSERT INTO observations (trace_id, span_id, parent_span_id, type, name, start_ns, end_ns, level,
input, metadata, tags, usage_details, input_tokens, output_tokens, total_tokens, cost_source, scope_name, scope_version)
VALUES (${ids}, '', 'span', 'old', ${startNs}, ${startNs + 5000}, 'DEFAULT', 'hỏi', '{"k":"v"}', '["t"]', '{"input":3}',
3, 0, 3, 'none', 's', '1')`);
  await connection.run(`INSERT INTO metadata VALUES (${ids}, 'observation', 'k', 'v', ${EPOCH_US})`);
  await connection.run(`INSERT INTO traces (trace_id, name, start_us, last_start_us, end_us, running_count,
observation_count, error_count, level_rank, tags, input_tokens, output_tokens, total_tokens, news_us)
VALUES ('${traceIdOf(1)}', 'old', ${EPOCH_US}, ${EPOCH_US}, ${EPOCH_US + 5}, 0, 1, 0, 1, '["t"]', 3, 0, 3, ${EPOCH_US})`);
  await connection.run('UPDATE store_state SET queue_cursor = 7, spans = 1');
}

describe.each(FILES.slice(0, -1).map(({ version }) => version))('a database of version %i', (version) => {
  test('gets what came after, keeps what it has, and goes on', async () => {
    await createOldDatabase(version);
    const { queries } = await open();
    expect(await engine?.cursor()).toBe(7);
    expect(await readTrace(queries, traceIdOf(1), 0)).toMatchObject({
      trace: { name: 'old', tags: ['t'] },
      observations: [{ spanId: spanIdOf(1), endTimeUs: EPOCH_US + 5 }],
      scores: [],
    });
    const { rows } = await scan(queries, { what: 'observations', limit: 10 });
    expect(rows).toMatchObject([{ name: 'old', input: 'hỏi', metadata: { k: 'v' }, revision: 0 }]);
    const fromMs = EPOCH_US / 1000;
    const series = async (stepMs: number) =>
      (await readSeries(queries, { fromMs, toMs: fromMs + 24 * 3_600_000, stepMs })).total;
    if (version < SERIES_VERSION) {
      expect(await series(3_600_000)).toMatchObject({ spans: 1, totalTokens: 3 });
      expect((await series(600_000)).p50Ms).toBeCloseTo(0.005, 3);
    }
    const batch = { payloads: [payload({ trace: 1, span: 1, revision: 1, startUs: 0, name: 'new' })], cursor: 8 };
    expect(await engine?.write(batch)).toMatchObject({ insertedSpans: 0, duplicates: 0 });
    expect(await readObservation(queries, traceIdOf(1), spanIdOf(1), true)).toMatchObject({ name: 'new' });
    const { traces } = await listTraces(queries, { limit: 10 }, EPOCH_US);
    expect(traces).toMatchObject([{ name: 'new', observationCount: 1, inputTokens: 0 }]);
    const answer = await engine?.sql({ sql: 'SELECT name, metadata FROM observations', maxRows: 9, timeLimitMs: 9000 });
    expect(answer?.rows).toEqual([['new', {}]]);
    expect(await series(600_000)).toMatchObject({ spans: 1, totalTokens: 0, p50Ms: expect.closeTo(1, 1) });
  });
});

describe('the schema files', () => {
  test.each([
    ['observations', OBSERVATION_COLUMNS],
    ['running_observations', OBSERVATION_COLUMNS],
    ['metadata', METADATA_COLUMNS],
    ['traces', TRACE_COLUMNS],
    ['hot_traces', TRACE_COLUMNS],
    ['instance_counts', INSTANCE_COLUMNS],
    ['scores', SCORE_COLUMNS],
    ['series_news', SERIES_COLUMNS],
    ['series_name_minutes', SERIES_COLUMNS],
    ['series_name_hours', SERIES_COLUMNS],
    ['series_minutes', SERIES_COLUMNS.filter(({ name }) => name !== 'name')],
    ['series_hours', SERIES_COLUMNS.filter(({ name }) => name !== 'name')],
  ])('give the table %s the columns of its list, in order', async (table, columns) => {
    const { queries } = await open();
    const rows = await queries.rows({
      sql: `SELECT column_name, data_type FROM duckdb_columns()
WHERE schema_name = 'main' AND table_name = $table ORDER BY column_index`,
      values: { table },
    });
    expect(rows).toEqual(columns.map(({ name, sqlType }) => [name, sqlType]));
  });

  test('show the views that the guide lists, and no other', async () => {
    const { queries } = await open();
    const rows = await queries.rows({ sql: "SELECT view_name FROM duckdb_views() WHERE schema_name = 'shown'" });
    expect(rows.flat().sort()).toEqual(SQL_VIEWS.map(({ name }) => name).sort());
  });
});
