import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeApi, type FakeData, startFakeApi } from '../../test/fake-api.js';
import { makeTerminal } from '../../test/memory-terminal.js';
import { HOSTILE, makeRow, TRACE_ID } from '../../test/trace-fixture.js';
import { makeTree, type Tree } from '../../test/tree.js';
import type { ExportFlags, ImportFlags } from '../program/flags.js';
import { exportRows } from './export.js';
import { importRows } from './import.js';

let api: FakeApi | undefined;
let tree: Tree;

beforeEach(() => {
  tree = makeTree({});
});

afterEach(async () => {
  await api?.close();
  api = undefined;
  tree.remove();
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const rows = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => makeRow({ span_id: index.toString(16).padStart(16, '0') }));
const toLines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

async function run(
  work: (address: { url: string; token: undefined }, io: ReturnType<typeof makeTerminal>) => Promise<number>,
  data: Partial<FakeData> = {},
  isScreen = false,
): Promise<Ran> {
  api = await startFakeApi(data);
  const io = makeTerminal({ isScreen });
  const code = await work({ url: api.url, token: undefined }, io);
  return { code, ...io.text };
}

function exporting(
  file: string | undefined,
  data: Partial<FakeData>,
  flags: Partial<ExportFlags> = {},
  isScreen = false,
) {
  return run(
    (address, { terminal, text }) => {
      const output = new Writable({
        write(chunk, _encoding, done) {
          text.out += chunk;
          done();
        },
      });
      return exportRows(address, file && path.join(tree.root, file), { json: false, ...flags }, { terminal, output });
    },
    data,
    isScreen,
  );
}

function importing(file: string, flags: Partial<ImportFlags> = {}, input: readonly string[] = []) {
  return run((address, { terminal }) => {
    const name = file === '-' ? file : path.join(tree.root, file);
    return importRows(
      address,
      name,
      { json: false, forward: false, ...flags },
      { terminal, input: Readable.from(input.map(Buffer.from)) },
    );
  });
}

describe('slipstream export', () => {
  it('writes a file and says what is in it', async () => {
    const { code, out, err } = await exporting('all.jsonl', { rows: rows(3) });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/all\.jsonl: 3 rows, 2\.\d KiB\n$/);
    expect(readFileSync(path.join(tree.root, 'all.jsonl'), 'utf8')).toBe(toLines(rows(3)));
    expect(readdirSync(tree.root)).toEqual(['all.jsonl']);
  });

  it('takes the format from the ending of the file, and from the flag before that', async () => {
    await exporting('week.PARQUET', {});
    expect(api?.requests).toEqual(['GET /api/v1/export?format=parquet']);
    expect(readFileSync(path.join(tree.root, 'week.PARQUET'), 'utf8')).toBe('PAR1 bytes PAR1');
    await api?.close();
    await exporting('week.parquet', {}, { format: 'jsonl' });
    expect(api?.requests).toEqual(['GET /api/v1/export?format=jsonl']);
  });

  it('passes on what is wanted', async () => {
    await exporting(undefined, {}, { what: 'scores', since: 5, until: 9, trace: TRACE_ID });
    expect(api?.requests).toEqual([`GET /api/v1/export?format=jsonl&what=scores&fromUs=5&toUs=9&traceId=${TRACE_ID}`]);
  });

  it('writes JSONL to standard output without a file, as it is', async () => {
    const data = { rows: [makeRow({ input: HOSTILE })] };
    expect(await exporting(undefined, data)).toEqual({ code: 0, out: toLines(data.rows), err: '' });
  });

  it('shows a screen the same values in harmless characters', async () => {
    const row = makeRow({ input: `${HOSTILE}${'ă'.repeat(40_000)}` });
    const { out } = await exporting(undefined, { rows: [row] }, {}, true);
    expect(JSON.parse(out)).toEqual(row);
    expect(out.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('does not write Parquet to standard output', async () => {
    await expect(exporting(undefined, {}, { format: 'parquet' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('prints a summary as JSON', async () => {
    const { out } = await exporting('a.jsonl', { rows: rows(2) }, { json: true });
    expect(JSON.parse(out)).toEqual({
      file: path.join(tree.root, 'a.jsonl'),
      format: 'jsonl',
      bytes: Buffer.byteLength(toLines(rows(2))),
      rows: 2,
    });
  });

  it('leaves the file that was there, and no other, where the answer breaks off', async () => {
    writeFileSync(path.join(tree.root, 'a.jsonl'), 'before');
    await expect(exporting('a.jsonl', { rows: rows(3), breaksOff: true })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('broke the connection off'),
    });
    expect(readdirSync(tree.root)).toEqual(['a.jsonl']);
    expect(readFileSync(path.join(tree.root, 'a.jsonl'), 'utf8')).toBe('before');
  });

  it('says which file cannot be written', async () => {
    await expect(exporting('nowhere/a.jsonl', { rows: rows(1) })).rejects.toMatchObject({
      code: 'file',
      message: expect.stringMatching(/nowhere.a\.jsonl: there is no such file or folder\.$/),
    });
    await api?.close();
    mkdirSync(path.join(tree.root, 'folder'));
    await expect(exporting('folder', { rows: rows(1) })).rejects.toMatchObject({ code: 'file' });
    expect(readdirSync(tree.root)).toEqual(['folder']);
  });

  it('makes no file where the collector refuses', async () => {
    await expect(exporting('a.jsonl', {}, { trace: 'no id' })).rejects.toMatchObject({ code: 'rejected' });
    expect(readdirSync(tree.root)).toEqual([]);
  });
});

describe('slipstream import', () => {
  it('sends a file and says what came of it', async () => {
    writeFileSync(path.join(tree.root, 'a.jsonl'), toLines(rows(1200)));
    expect(await importing('a.jsonl')).toEqual({
      code: 0,
      out: '',
      err: '1,200 observations and 0 scores imported.\n',
    });
    expect(api?.imported).toEqual(rows(1200));
    expect(api?.requests).toEqual(['POST /api/v1/import?format=jsonl']);
  });

  it('reads standard input', async () => {
    expect(await importing('-', {}, [toLines(rows(1)).slice(0, 9), toLines(rows(1)).slice(9)])).toMatchObject({
      code: 0,
      err: '1 observation and 0 scores imported.\n',
    });
  });

  it('has the rows forwarded where it is told to', async () => {
    await importing('-', { forward: true }, [toLines(rows(1))]);
    expect(api?.requests).toEqual(['POST /api/v1/import?format=jsonl&forward=1']);
  });

  it('ends with 7 where lines were refused, and says which and why', async () => {
    writeFileSync(path.join(tree.root, 'a.jsonl'), `${toLines(rows(1))}nonsense \u001b[2J\n{}\n`);
    const { code, err } = await importing('a.jsonl');
    expect(code).toBe(7);
    expect(err).toBe(
      '1 observation and 0 scores imported; 2 lines refused.\n' +
        '  line 2: not a row: nonsense \u{fffd}[2J\n  line 3: not a row: {}\n',
    );
  });

  it('prints what the collector answers as JSON', async () => {
    const { code, out } = await importing('-', { json: true }, ['nonsense\n']);
    expect(code).toBe(7);
    expect(JSON.parse(out)).toEqual({
      observations: 0,
      scores: 0,
      refused: 1,
      problems: [{ line: 1, message: 'not a row: nonsense' }],
    });
  });

  it.each([
    ['missing.jsonl', 'there is no such file or folder'],
    ['folder', 'it is a folder'],
  ])('says that %s cannot be read', async (file, message) => {
    mkdirSync(path.join(tree.root, 'folder'));
    await expect(importing(file)).rejects.toMatchObject({ code: 'file', message: expect.stringContaining(message) });
  });

  it('ends with the answer of a collector that does not want the rest of a long file', async () => {
    writeFileSync(path.join(tree.root, 'a.parquet'), Buffer.alloc(30_000_000));
    await expect(importing('a.parquet')).rejects.toMatchObject({
      code: 'rejected',
      message: 'The collector answers: It is no Parquet.',
    });
  });
});
