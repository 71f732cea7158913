import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SqlResult } from '@slipstream/query-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payload } from '../../suite/payloads.js';
import { Engine } from '../engine.js';
import { resolveSettings } from '../settings.js';

let directory: string;
let engine: Engine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-sql-'));
  engine = await Engine.open(resolveSettings({ directory }), () => undefined);
  await engine.write({ payloads: [payload({ trace: 1, span: 1 })], cursor: 1 });
});

afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

function ask(sql: string): Promise<SqlResult> {
  return engine.sql({ sql, maxRows: 1000, timeLimitMs: 10_000 });
}

describe('the guide', () => {
  const guide = readFileSync(fileURLToPath(new URL('../../../../../../docs/guide/sql.md', import.meta.url)), 'utf8');
  const examples = [...guide.matchAll(/```sql\r?\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split(/;\s*$/m));

  test.each(examples.filter((example) => example.trim() !== ''))('has an example that runs: %s', async (example) => {
    await expect(ask(example)).resolves.toMatchObject({ truncated: false });
  });
});

describe('a statement may', () => {
  test.each([
    ['SELECT count(*) FROM observations', 1],
    ['FROM observations SELECT count(*)', 1],
    ['TABLE traces', undefined],
    ['VALUES (7)', 7],
    ['SELECT count(*) FROM OBSERVATIONS AS "o"', 1],
    ['WITH t AS (SELECT 5 AS n) SELECT n FROM t', 5],
    ['WITH observations AS (SELECT 6 AS n) SELECT n FROM observations', 6],
    ['WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT max(n) FROM r', 4],
    ['SELECT (SELECT count(*) FROM traces WHERE trace_id IN (SELECT trace_id FROM observations))', 1],
    ['SELECT sum(n) FROM range(4) AS r(n)', 6],
    ['SELECT len([x + 1 FOR x IN [1, 2]])', 2],
    ['SELECT random() < 2', true],
    ['DESCRIBE observations', 'trace_id'],
    ['SUMMARIZE SELECT 1 AS one', 'one'],
    ['SELECT trace_id FROM observations USING SAMPLE 0%', undefined],
    ["SELECT count(*) FILTER (name = 'span-1') FROM observations", 1],
    ["SELECT '-- ; DROP TABLE observations' AS text;", '-- ; DROP TABLE observations'],
  ])('be %s', async (sql, first) => {
    const { rows } = await ask(sql);
    if (first !== undefined) expect(rows[0]?.[0]).toBe(first);
  });
});

describe('a statement is refused that', () => {
  test.each([
    ['reads a table behind the views', 'SELECT * FROM main.observations'],
    ['reads one by its whole name', 'SELECT * FROM store.main.hot_traces'],
    ['reads one that has no view', 'SELECT * FROM hot_traces'],
    ['reads one in a subquery', 'SELECT (SELECT max(spans) FROM main.store_state)'],
    ['reads one in a join', 'SELECT * FROM traces JOIN main.hot_traces USING (trace_id)'],
    ['reads one in a union', 'SELECT 1 UNION ALL SELECT spans FROM main.store_state'],
    ['reads one in a WITH', 'WITH t AS (SELECT * FROM main.store_state) SELECT * FROM t'],
    ['reads one in a lateral join', 'SELECT * FROM traces, LATERAL (SELECT * FROM main.store_state)'],
    ['reads one in ORDER BY', 'SELECT 1 ORDER BY (SELECT spans FROM main.store_state)'],
    ['reads one in a list comprehension', 'SELECT [x FOR x IN (SELECT list(spans) FROM main.store_state)]'],
    ['reads one in DESCRIBE', 'DESCRIBE main.hot_traces'],
    [
      'uses a name outside the WITH that defines it',
      'SELECT * FROM (WITH hot_traces AS (SELECT 1) SELECT * FROM hot_traces), hot_traces',
    ],
    ['reads the catalogue', 'SELECT * FROM duckdb_tables()'],
    ['reads the catalogue by an old name', 'SELECT * FROM sqlite_master'],
    ['reads the catalogue by a standard name', 'SELECT * FROM pg_catalog.pg_tables'],
    ['shows all tables', 'SHOW ALL TABLES'],
    ['reads settings', "SELECT current_setting('temp_directory')"],
    ['reads the environment', "SELECT getenv('HOME')"],
    ['reads a file', "SELECT * FROM read_blob('/etc/passwd')"],
    ['reads a file by its name', "SELECT * FROM '/etc/passwd.csv'"],
    ['looks for files', "SELECT * FROM glob('/*')"],
    ['runs a statement in a text', "SELECT * FROM query('SELECT 1')"],
    ['runs a tree', "SELECT * FROM json_execute_serialized_sql('{}')"],
    ['reads a table whose name is a text', "SELECT * FROM query_table('hot_traces')"],
    ['checkpoints', 'FROM checkpoint()'],
    ['writes a log', "SELECT write_log('x')"],
    ['turns logging on', 'SELECT * FROM enable_logging()'],
    ['turns profiling on', 'CALL enable_profiling()'],
    ['waits', 'SELECT sleep_ms(60000)'],
    ['explains', 'EXPLAIN ANALYZE SELECT 1'],
    ['opens a transaction', 'BEGIN'],
    ['ends the transaction it is in', 'ROLLBACK'],
    ['prepares', 'PREPARE p AS SELECT 1'],
    ['sets a variable', 'SET VARIABLE x = 1'],
    ['sets the search path', "SET search_path = 'main'"],
    ['uses another schema', 'USE main'],
    ['makes a temporary table', 'CREATE TEMP TABLE t AS SELECT 1'],
    ['loads an extension', 'LOAD json'],
    ['exports the database', "EXPORT DATABASE '/tmp/slipstream-sql-test'"],
    ['vacuums', 'VACUUM'],
    ['has a parameter', 'SELECT $1'],
  ])('%s', async (_, sql) => {
    await expect(ask(sql)).rejects.toMatchObject({ code: 'sql_refused' });
    expect((await ask('SELECT count(*) FROM observations')).rows).toEqual([[1]]);
  });
});

describe('the connection of statements', () => {
  test('could not write even if a statement got there', async () => {
    const [row] = await engine.queries.rows({
      sql: "SELECT current_setting('enable_external_access'), current_setting('lock_configuration')",
    });
    expect(row).toEqual([false, true]);
    await expect(engine.queries.rows({ sql: "SET memory_limit = '1GB'" })).rejects.toThrow(/locked/);
    await expect(engine.queries.rows({ sql: "COPY (SELECT 1) TO '/tmp/slipstream-sql-test.csv'" })).rejects.toThrow(
      /Permission/,
    );
  });
});

describe('values come as JSON', () => {
  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', '9007199254740993'],
    ['-170141183460469231731687303715884105727::HUGEINT', '-170141183460469231731687303715884105727'],
    ['1.50::DECIMAL(4, 2)', '1.50'],
    ['1.5::DOUBLE', 1.5],
    ["'nan'::DOUBLE", 'NaN'],
    ["'-infinity'::DOUBLE", '-Infinity'],
    ['NULL', null],
    ['true', true],
    ["DATE '2026-01-02'", '2026-01-02'],
    ["TIMESTAMP '2026-01-02 03:04:05.678901'", '2026-01-02 03:04:05.678901'],
    ["TIMESTAMP_NS '2026-01-02 03:04:05.678901234'", '2026-01-02 03:04:05.678901234'],
    ["INTERVAL '1 month 2 days'", '1 month 2 days'],
    ["'\\x00\\xFF'::BLOB", 'AP8='],
    ['[1, NULL, 2]', [1, null, 2]],
    ["{'a': 1, 'b': {'c': [1::HUGEINT]}}", { a: 1, b: { c: [1] } }],
    ["MAP {'k': 1, '__proto__': 2}", JSON.parse('{"k":1,"__proto__":2}')],
    ['MAP {1: true}', { 1: true }],
    ["'🤖' || chr(0)", '🤖\0'],
  ])('%s', async (expression, expected) => {
    const { rows } = await ask(`SELECT ${expression}`);
    expect(rows[0]?.[0]).toEqual(expected);
    expect(JSON.parse(JSON.stringify(rows[0]))).toEqual([expected]);
  });

  test('an answer that is too large is cut off', async () => {
    const { rows, truncated } = await ask("SELECT repeat('x', 5000000) AS text FROM range(20)");
    expect(truncated).toBe(true);
    expect(rows.length).toBeLessThan(10);
  });
});

describe('statements', () => {
  test('wait for each other, and too many are refused', async () => {
    const slow = Array.from({ length: 9 }, () => ask('SELECT count(*) FROM range(30000000) AS r(n) WHERE n % 7 = 1'));
    const outcomes = await Promise.allSettled(slow);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => reason.code)).toEqual(['query_overload']);
  });

  test('see what was written before them, and each span once', async () => {
    await engine.write({ payloads: [payload({ trace: 2, span: 1, running: true })], cursor: 2 });
    expect((await ask("SELECT running FROM observations WHERE trace_id LIKE '%2'")).rows).toEqual([[true]]);
    await engine.write({ payloads: [payload({ trace: 2, span: 1 })], cursor: 3 });
    expect((await ask("SELECT running FROM observations WHERE trace_id LIKE '%2'")).rows).toEqual([[false]]);
  });
});
