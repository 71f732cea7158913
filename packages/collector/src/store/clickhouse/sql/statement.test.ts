import { describe, expect, test } from 'vitest';
import { checkStatement, type Surroundings } from './statement.js';

const SURROUNDINGS: Surroundings = {
  databases: ['system', 'INFORMATION_SCHEMA', 'default', 'slipstream', 'billing'],
  tables: ['observation_versions', 'trace_index', 'schema_versions', 'observations', 'traces', 'scores', 'metadata'],
  tableFunctions: [
    'url',
    'file',
    's3',
    'remote',
    'cluster',
    'merge',
    'numbers',
    'view',
    'format',
    'dictionary',
    'input',
  ],
};

const check = (sql: string): string => checkStatement(sql, SURROUNDINGS);

describe('a statement', () => {
  test.each([
    ['SELECT 1', 'SELECT 1'],
    ['SELECT 1;', 'SELECT 1'],
    [' (SELECT 1) UNION ALL (SELECT 2) ', '( SELECT 1 ) UNION ALL ( SELECT 2 )'],
    ['SELECT input, output FROM observations', 'SELECT input , output FROM observations'],
    ["SELECT metadata['url'] FROM traces", "SELECT metadata [ 'url' ] FROM traces"],
    ['SELECT o.name FROM observations AS o', 'SELECT o . name FROM observations AS o'],
    ['SELECT system FROM (SELECT 1 AS system)', 'SELECT system FROM ( SELECT 1 AS system )'],
    ["SELECT 'system.tables', 'a''b', 'c\\'d'", "SELECT 'system.tables' , 'a''b' , 'c\\'d'"],
    ['SELECT number FROM numbers(10)', 'SELECT number FROM numbers ( 10 )'],
    ['SELECT name FROM traces ORDER BY (cost_usd) DESC', 'SELECT name FROM traces ORDER BY ( cost_usd ) DESC'],
    ['SELECT 1e3, .5, 0xff, 1_000 -- the end', 'SELECT 1e3 , .5 , 0xff , 1_000'],
    ['SELECT /* a /* b */ c */ 1', 'SELECT 1'],
    ['SELECT "input" FROM `observations`', 'SELECT "input" FROM `observations`'],
    ['SELECT t.1, (1, (2, 3)).2.1, 1.5, -.5', 'SELECT t . 1 , ( 1 , ( 2 , 3 ) ) . 2 . 1 , 1.5 , - .5'],
    ['SELECT a -> a + 1, x::Int64', 'SELECT a -> a + 1 , x :: Int64'],
  ])('is put together again from what was read of it: %s', (sql, expected) => {
    expect(check(sql)).toBe(expected);
  });

  test.each([
    'SELECT * FROM system.users',
    'SELECT * FROM system . users',
    'SELECT * FROM system/* */.users',
    'SELECT * FROM "system"."users"',
    'SELECT * FROM `SYSTEM`.users',
    'SELECT * FROM billing.invoices',
    'SELECT * FROM slipstream.observation_versions',
    'SELECT * FROM observation_versions',
    'SELECT 1 WHERE 1 IN trace_index',
    'SELECT 1 WHERE 1 IN system.one',
    'SELECT (SELECT count() FROM system.users)',
    "SELECT * FROM url('http://169.254.169.254/', CSV)",
    "SELECT * FROM URL ('http://x/', CSV)",
    "SELECT * FROM `url`('http://x/', CSV)",
    "SELECT file('/etc/passwd')",
    "SELECT dictGet('billing.d', 'x', 1)",
    "SELECT joinGet('billing.j', 'x', 1)",
    'SELECT sleep(3)',
    "SELECT * FROM s3('http://x/', CSV)",
    "SELECT * FROM remote('other:9000', a.b)",
    "SELECT * FROM merge('billing', '.*')",
    'SELECT * FROM view(SELECT 1)',
    "SELECT * FROM '/etc/passwd'",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    'SELECT * FROM (SHOW TABLES)',
    'SELECT * FROM (EXPLAIN SELECT 1)',
    'SELECT * FROM (DESCRIBE TABLE traces)',
    'SELECT * FROM (DESC traces)',
    'SELECT {a:String}',
    'SELECT $$system.users$$',
    'SELECT 1; DROP TABLE traces',
    'INSERT INTO scores SELECT 1',
    'DROP TABLE traces',
    'SHOW TABLES',
    "SELECT 'open",
    'SELECT "a\\x62"',
    'SELECT “a”',
    'SELECT /* never ends',
    'SELECT \u0000 1',
    '',
    ' ; ',
  ])('is refused: %s', (sql) => {
    expect(() => check(sql)).toThrow(expect.objectContaining({ code: 'sql_refused' }));
  });
});
