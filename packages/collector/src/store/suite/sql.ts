import type { SqlResult } from '@slipstream/query-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SQL_VIEWS } from '../sql-views.js';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { spanIdOf } from './payloads.js';

/** Statements of people. */
export function describeSql(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  const ask = (sql: string, limits: { maxRows?: number; timeLimitMs?: number } = {}): Promise<SqlResult> =>
    suite.store.sql({ sql, maxRows: 100, timeLimitMs: 10_000, ...limits });

  const rows = async (sql: string): Promise<unknown[][]> => (await ask(sql)).rows;

  describe('SQL', () => {
    afterAll(suite.dispose);

    beforeAll(async () => {
      await suite.open();
      const attributes = {
        [ATTRIBUTE.observationType]: 'generation',
        [ATTRIBUTE.observationUsageDetails]: '{"input":10,"output":5}',
        [ATTRIBUTE.observationCostDetails]: '{"total":0.5}',
        [ATTRIBUTE.observationInput]: 'Xin chào 🤖',
        [ATTRIBUTE.traceTags]: ['b', 'a'],
        [`${ATTRIBUTE.observationMetadata}step`]: 'one',
        [`${ATTRIBUTE.traceMetadata}bot_id`]: 'r2',
      };
      await suite.write(
        { trace: 1, span: 1, startUs: 0, durationUs: 2500, attributes },
        { trace: 1, span: 2, parent: 1 },
      );
      await suite.write({ trace: 2, span: 1, running: true }, { trace: 1, span: 3, parent: 1, running: true });
      await suite.write({ trace: 1, span: 3, parent: 1 });
      await suite.judge(suite.scoreOf('a', { metadata: { judge: 'gpt' } }));
    });

    test.each(SQL_VIEWS)('shows the view $name with its columns, and a plain type for each', async (view) => {
      const { columns, rows: found, truncated } = await ask(`SELECT * FROM ${view.name}`);
      expect(columns.map(({ name }) => name)).toEqual(view.columns.map(({ name }) => name));
      expect(truncated).toBe(false);
      expect(found.length).toBeGreaterThan(0);
      for (const row of found) {
        for (const [index, value] of row.entries()) {
          const column = view.columns[index]!;
          if (value === null) continue;
          const kind = Array.isArray(value) ? 'array' : typeof value;
          const allowed = {
            text: ['string'],
            time: ['string'],
            integer: ['number', 'string'],
            number: ['number'],
            boolean: ['boolean'],
            'text[]': ['array'],
            map: ['object'],
            numbers: ['object'],
          };
          expect(allowed[column.type], `${view.name}.${column.name} is ${kind}`).toContain(kind);
        }
      }
    });

    test('shows each span once, and lists and maps as JSON', async () => {
      const found = await rows('SELECT trace_id, span_id, running FROM observations ORDER BY trace_id, span_id');
      expect(found).toEqual([
        [suite.idOf(1), spanIdOf(1), false],
        [suite.idOf(1), spanIdOf(2), false],
        [suite.idOf(1), spanIdOf(3), false],
        [suite.idOf(2), spanIdOf(1), true],
      ]);
      expect(
        await rows(`SELECT input, duration_ms, tags, metadata, usage_details, cost_usd, trace_metadata
        FROM observations WHERE type = 'generation'`),
      ).toEqual([
        ['Xin chào 🤖', 2.5, ['b', 'a'], { step: 'one' }, { input: 10, output: 5, total: 15 }, 0.5, { bot_id: 'r2' }],
      ]);
      expect(await rows("SELECT metadata['step'] FROM observations WHERE metadata['step'] <> ''")).toEqual([['one']]);
    });

    test('joins and adds up', async () => {
      expect(
        await rows(`WITH spent AS (SELECT trace_id, sum(cost_usd) AS usd FROM observations GROUP BY trace_id)
        SELECT t.name, t.observation_count, s.usd, count(*) AS judged
        FROM traces AS t JOIN spent AS s ON s.trace_id = t.trace_id JOIN scores AS c ON c.trace_id = t.trace_id
        GROUP BY t.name, t.observation_count, s.usd`),
      ).toEqual([['span-1', 3, 0.5, 1]]);
      expect(await rows("SELECT trace_id FROM metadata WHERE key = 'bot_id' AND value = 'r2'")).toEqual([
        [suite.idOf(1)],
      ]);
    });

    test('gives no more rows than it is asked for, and says so', async () => {
      expect(await ask('SELECT span_id FROM observations', { maxRows: 3 })).toMatchObject({ truncated: true });
      expect((await ask('SELECT span_id FROM observations', { maxRows: 3 })).rows).toHaveLength(3);
      expect(await ask('SELECT span_id FROM observations', { maxRows: 4 })).toMatchObject({ truncated: false });
    });

    test.each([
      ["DELETE FROM observations WHERE name = 'x'"],
      ["INSERT INTO scores (score_id) VALUES ('x')"],
      ["UPDATE traces SET name = 'x'"],
      ['DROP VIEW traces'],
      ['CREATE TABLE x (a INTEGER)'],
      ['ALTER TABLE observations ADD COLUMN x INTEGER'],
      ['TRUNCATE TABLE observations'],
      ['SELECT 1; SELECT 2'],
      ['SELECT 1; DROP TABLE observations'],
      ['SELECT * FROM nothing'],
      ['SELECT nothing FROM traces'],
      ['SELEC 1'],
      [''],
      ['-- nothing'],
      ['SET max_threads = 1'],
      ["SELECT * FROM url('http://127.0.0.1:1/', CSV)"],
      ["SELECT * FROM file('/etc/passwd', LineAsString)"],
      ["SELECT * FROM read_csv('/etc/passwd')"],
      ["SELECT * FROM read_text('/etc/passwd')"],
      ["SELECT * FROM '/etc/passwd'"],
      ["COPY (SELECT 1) TO '/tmp/slipstream-sql-test'"],
      ["SELECT 1 INTO OUTFILE '/tmp/slipstream-sql-test'"],
      ["ATTACH '/tmp/slipstream-sql-test.db'"],
      ['INSTALL httpfs'],
      ['PRAGMA database_list'],
      ['CHECKPOINT'],
      ['SYSTEM SHUTDOWN'],
      ['SELECT * FROM information_schema.tables'],
      ['SELECT * FROM system.tables'],
      ['SELECT * FROM duckdb_settings()'],
      ['SELECT * FROM force_checkpoint()'],
    ])('refuses %s', async (sql) => {
      await expect(ask(sql)).rejects.toMatchObject({ code: 'sql_refused' });
      expect((await ask('SELECT count(*) FROM observations')).rows).toEqual([[4]]);
    });

    test('stops a statement at its time limit, and goes on', async () => {
      const endless = ask(
        'SELECT count(*) FROM observations a, observations b, observations c, observations d, '.concat(
          Array.from({ length: 14 }, (_, index) => `observations o${index}`).join(', '),
        ),
        { timeLimitMs: 50 },
      );
      await expect(endless).rejects.toMatchObject({ code: 'query_timeout' });
      expect(await rows('SELECT 1 AS one')).toEqual([[1]]);
    });
  });
}
