import type { SqlRequest, SqlResult } from '@slipstream/query-api';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeApi, startFakeApi } from '../../test/fake-api.js';
import { makeTerminal } from '../../test/memory-terminal.js';
import { HOSTILE } from '../../test/trace-fixture.js';
import type { QueryFlags } from '../program/flags.js';
import { runQuery } from './query.js';

let api: FakeApi;

afterEach(() => api.close());

const RESULT: SqlResult = {
  columns: [
    { name: 'name', type: 'VARCHAR' },
    { name: 'spans', type: 'BIGINT' },
    { name: 'tags', type: 'VARCHAR[]' },
  ],
  rows: [
    ['phát âm', 12, ['a', 'b']],
    ['a "quoted", one', 3, null],
    [null, null, []],
  ],
  truncated: false,
  elapsedMs: 2,
};

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly SqlRequest[];
}

async function query(
  sql: string,
  flags: Partial<QueryFlags> = {},
  {
    result = RESULT,
    input = [],
    isScreen = false,
    columns,
  }: {
    result?: SqlResult;
    input?: readonly string[];
    isScreen?: boolean;
    columns?: number;
  } = {},
): Promise<Ran> {
  const asked: SqlRequest[] = [];
  api = await startFakeApi({
    sql: (request) => {
      asked.push(request);
      return result;
    },
  });
  const { terminal, text } = makeTerminal({ isScreen, columns });
  async function* read(): AsyncGenerator<Uint8Array> {
    for (const part of input) yield Buffer.from(part);
  }
  const all = { json: false, csv: false, maxRows: 1000, timeoutMs: 10_000, ...flags };
  const code = await runQuery({ url: api.url, token: undefined }, sql, all, { terminal, input: read() });
  return { code, ...text, asked };
}

describe('slipstream query', () => {
  it('prints a table, numbers on the right', async () => {
    const { code, out, err } = await query('SELECT 1');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      'name             spans  tags\nphát âm             12  ["a","b"]\na "quoted", one      3\n                        []\n',
    );
  });

  it('fits the terminal', async () => {
    const { out } = await query('SELECT 1', {}, { columns: 26 });
    expect(out).toBe('name      spans  tags\nphát âm      12  ["a","b"]\na "quot…      3\n                 []\n');
  });

  it('prints CSV that a spreadsheet reads', async () => {
    const { out } = await query('SELECT 1', { csv: true });
    expect(out).toBe('name,spans,tags\nphát âm,12,"[""a"",""b""]"\n"a ""quoted"", one",3,\n,,[]\n');
  });

  it('prints JSON', async () => {
    expect(JSON.parse((await query('SELECT 1', { json: true })).out)).toEqual(RESULT);
  });

  it('keeps control characters of CSV in a file, and never shows them on a screen', async () => {
    const result = { ...RESULT, columns: [{ name: 'x', type: 'VARCHAR' }], rows: [[HOSTILE]] };
    expect((await query('SELECT 1', { csv: true }, { result })).out).toBe(`x\n"${HOSTILE}"\n`);
    await api.close();
    const shown = (await query('SELECT 1', { csv: true }, { result, isScreen: true })).out;
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('reads the statement from standard input, however it is cut', async () => {
    const bytes = ['SELECT ', "'ph", "át âm'"];
    expect((await query('-', {}, { input: bytes })).asked).toEqual([
      { sql: "SELECT 'phát âm'", maxRows: 1000, timeLimitMs: 10_000 },
    ]);
  });

  it('passes its limits on, and says when there were more rows', async () => {
    const { asked, err } = await query(
      'SELECT 1',
      { maxRows: 3, timeoutMs: 500 },
      { result: { ...RESULT, truncated: true } },
    );
    expect(asked).toMatchObject([{ maxRows: 3, timeLimitMs: 500 }]);
    expect(err).toBe('There are more than 3 rows: add --max-rows, or a LIMIT.\n');
  });

  it.each([
    [' ', [], 'There is no statement.'],
    ['-', ['\n'], 'There is no statement.'],
    ['-', ['x'.repeat(100_001)], 'A statement has at most 100000 characters.'],
  ])('refuses the statement %j with the input %j', async (sql, input, message) => {
    await expect(query(sql, {}, { input })).rejects.toMatchObject({ code: 'usage', message });
  });

  it('takes a statement of 100,000 characters', async () => {
    expect((await query('-', {}, { input: ['x'.repeat(100_000)] })).code).toBe(0);
  });

  it('prints JSON or CSV, not both', async () => {
    await expect(query('SELECT 1', { json: true, csv: true })).rejects.toMatchObject({ code: 'usage' });
  });

  it('ends with what the collector says of a faulty statement', async () => {
    await expect(query('DROP TABLE x')).rejects.toMatchObject({
      code: 'rejected',
      message: 'The collector answers: Only SELECT is allowed.',
    });
  });
});
