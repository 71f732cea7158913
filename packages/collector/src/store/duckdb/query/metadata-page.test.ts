import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { TraceFilter } from '@slipstream/query-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RowSource, rowSource } from '../database/query-pool.js';
import { termOf } from '../schema/metadata-columns.js';
import { MIGRATIONS } from '../schema/migrations.js';
import { readFilteredPage } from './filtered-page.js';
import type { ListPosition } from './list-cursor.js';
import { TraceConditions } from './trace-filter.js';
import { tracePageQuery } from './trace-page.js';

const TRACES = 4_000;
const PLACE_COLUMNS = ['trace_id', 'start_us'];
const ALL_AT_ONCE = 100_000;

let instance: DuckDBInstance;
let connection: DuckDBConnection;
let source: RowSource;

/** Traces of every length across each other, many at the same time, with and without terms, in both tables. */
const TRACES_SQL = `CREATE TEMP TABLE made AS SELECT
  i, printf('%032x', hash(i)) AS trace_id, i // 3 * 1000 AS start_us,
  i // 3 * 1000 + CASE WHEN i % 500 = 0 THEN 2000000 WHEN i % 7 = 0 THEN 0 ELSE hash(i) % 50000 END AS last_start_us
FROM range(${TRACES}) t(i)`;

function tableSql(table: string, condition: string): string {
  return `INSERT INTO ${table} (trace_id, name, start_us, last_start_us, user_id, session_id, level_rank)
SELECT trace_id, 'n' || (i % 3), start_us, last_start_us, 'u' || (hash(i) % 200),
  CASE WHEN i % 11 = 0 THEN 'c' || (i % 40) END, 1 + i % 3 FROM made WHERE ${condition} ORDER BY start_us`;
}

/** @param at between 0, the trace's start, and 1, its last observation */
function metadataSql(key: string, valueSql: string, at: number, condition: string): string {
  return `INSERT INTO metadata (trace_id, span_id, level, key, value, start_us)
SELECT trace_id, '', 'trace', '${key}', ${valueSql}, start_us + ((last_start_us - start_us) * ${at})::BIGINT
FROM made WHERE ${condition}`;
}

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1', preserve_insertion_order: 'false' });
  connection = await instance.connect();
  source = rowSource(connection);
  const statements = [
    ...MIGRATIONS.flat(),
    TRACES_SQL,
    tableSql('traces', `i < ${TRACES - 50}`),
    tableSql('hot_traces', `i >= ${TRACES - 50}`),
    metadataSql('kind', "'k' || (i % 4)", 1, 'true'),
    metadataSql('kind', "'k' || (i % 4)", 0.5, 'i % 2 = 0'),
    metadataSql('rare', "'r' || (i // 7)", 0, 'i % 7 = 0'),
    metadataSql('old', "'yes'", 0.3, 'i < 2500'),
    metadataSql('conversation_id', "'c' || (i % 40)", 0.7, 'i % 13 = 0'),
  ];
  for (const statement of statements) await connection.run(statement);
  const pairs = await connection.runAndReadAll("SELECT DISTINCT key, value FROM metadata WHERE value <> 'k3'");
  for (const [key, value] of pairs.getRowsJS()) {
    const term = termOf(String(key), String(value));
    await connection.run('UPDATE metadata SET term = $1 WHERE key = $2 AND value = $3', [
      term,
      String(key),
      String(value),
    ]);
  }
}, 60_000);

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** By a join of everything, in one statement. */
async function expected(filter: TraceFilter): Promise<string[]> {
  const conditions = new TraceConditions().addFilter(filter);
  const rows = await source.rows(tracePageQuery(conditions, ALL_AT_ONCE, { columns: PLACE_COLUMNS }));
  return rows.map(([traceId]) => String(traceId));
}

async function paged(filter: TraceFilter, limit: number): Promise<string[]> {
  const found: string[] = [];
  let after: ListPosition | undefined;
  for (;;) {
    const rows = await readFilteredPage(source, filter, after, limit, PLACE_COLUMNS);
    found.push(...rows.map(([traceId]) => String(traceId)));
    const [traceId, startUs] = rows.at(-1) ?? [];
    if (rows.length < limit) return found;
    after = { traceId: String(traceId), startUs: Number(startUs) };
  }
}

test.each<[string, TraceFilter, number]>([
  ['a frequent value', { metadata: ['kind:k1'] }, 260],
  ['a value of rows without terms', { metadata: ['kind:k3'] }, 400],
  ['a value that has not come for long', { metadata: ['old:yes'] }, 900],
  ['a rare value', { metadata: ['rare:r4'] }, 1],
  ['a key', { metadata: ['rare'] }, 200],
  ['a conversation, as session and as metadata', { conversation: 'c0' }, 30],
  ['two conditions', { metadata: ['kind:k2', 'rare'] }, 60],
  ['a conversation and a value', { conversation: 'c0', metadata: ['kind:k0'] }, 30],
  ['metadata of a user', { metadata: ['kind:k1'], user: 'u7' }, 4],
  ['metadata of old traces with errors', { metadata: ['kind:k1', 'old:yes'], level: 'ERROR' }, 100],
  ['a stretch of time', { metadata: ['kind:k1'], fromUs: 300_000, toUs: 700_000 }, 160],
])('pages by %s hold what a join of everything finds, in its order', async (_, filter, limit) => {
  const all = await expected(filter);
  expect(await paged(filter, limit)).toEqual(all);
  expect(all).not.toEqual([]);
});

test.each<[string, TraceFilter]>([
  ['conditions that are never met together', { metadata: ['kind:k2', 'kind:k1'] }],
  ['metadata that a name never has with errors', { metadata: ['kind:k1'], name: 'n1', level: 'ERROR' }],
  ['a value and a key that is absent', { metadata: ['kind:k1', 'none'] }],
])('nothing is found by %s', async (_, filter) => {
  expect(await paged(filter, 10)).toEqual([]);
});

test.each<[string, TraceFilter]>([
  ['a frequent value', { metadata: ['kind:k1'] }],
  ['a value of one trace', { metadata: ['rare:r4'] }],
  ['a value that is absent', { metadata: ['rare:none'] }],
  ['a conversation', { conversation: 'c0' }],
  ['metadata of a user', { metadata: ['kind:k1'], user: 'u7' }],
])('a page by %s needs no join of everything', async (_, filter) => {
  const statements: string[] = [];
  const spy: RowSource = {
    rows: (query) => {
      statements.push(query.sql);
      return source.rows(query);
    },
  };
  await readFilteredPage(spy, filter, undefined, 5, PLACE_COLUMNS);
  expect(statements.filter((sql) => sql.startsWith('WITH'))).toEqual([]);
  expect(statements.length).toBeLessThanOrEqual(7);
});
