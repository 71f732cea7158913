import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessBooks } from '@slipstream/query-api';
import { BOOKS_PATH } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { send } from '../../../test/support/http-client.js';
import { startCollector } from '../../../test/support/start-collector.js';
import { openBookKeeper } from './process-books.js';

function makeBooks(instanceId: string, parts: Partial<ProcessBooks> = {}): ProcessBooks {
  return {
    schemaVersion: 1,
    instanceId,
    service: 'robot-lesson',
    pid: 1,
    startedAtMs: 1000,
    reportedAtMs: 2000,
    final: false,
    started: 10,
    open: 1,
    sampledOut: 0,
    pending: 2,
    delivered: 6,
    dropped: { ring_full: 1 },
    ...parts,
  };
}

describe('the book keeper', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipstream-books-'));
    path = join(directory, 'books.json');
  });

  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  const open = (settings: { maxProcesses?: number; writeDelayMs?: number } = {}) =>
    openBookKeeper({ path, onWriteFailed: () => undefined, ...settings });

  it('keeps the latest report of each process, whatever the order of arrival', async () => {
    const keeper = await open();
    keeper.report(makeBooks('a', { reportedAtMs: 3000, delivered: 7 }));
    keeper.report(makeBooks('b'));
    keeper.report(makeBooks('a', { reportedAtMs: 2000, delivered: 5 }));
    expect(keeper.list().map(({ instanceId, delivered }) => [instanceId, delivered])).toEqual([
      ['b', 6],
      ['a', 7],
    ]);
    await keeper.close();
  });

  it('forgets the process that reported longest ago when there are too many', async () => {
    const keeper = await open({ maxProcesses: 2 });
    for (const id of ['a', 'b']) keeper.report(makeBooks(id));
    expect(keeper.list()).toHaveLength(2);
    keeper.report(makeBooks('a', { reportedAtMs: 2001 }));
    keeper.report(makeBooks('c'));
    expect(keeper.list().map(({ instanceId }) => instanceId)).toEqual(['c', 'a']);
    await keeper.close();
  });

  it('has them after a restart', async () => {
    const keeper = await open({ writeDelayMs: 60_000 });
    keeper.report(makeBooks('a'));
    await keeper.close();
    const again = await open();
    expect(again.list()).toEqual([makeBooks('a')]);
    await again.close();
  });

  it('writes without being closed', async () => {
    const keeper = await open({ writeDelayMs: 1 });
    keeper.report(makeBooks('a'));
    await vi.waitFor(async () => expect(await readFile(path, 'utf8')).toContain('"a"'));
    await keeper.close();
  });

  it('begins anew where the file is damaged', async () => {
    await writeFile(path, '{"version":1,"proc');
    const keeper = await open();
    expect(keeper.list()).toEqual([]);
    await keeper.close();
  });

  it('says when it cannot write, and goes on', async () => {
    const failures: unknown[] = [];
    const keeper = await openBookKeeper({
      path: join(directory, 'file', 'books.json'),
      onWriteFailed: (error) => failures.push(error),
    });
    await writeFile(join(directory, 'file'), '');
    keeper.report(makeBooks('a'));
    await keeper.close();
    expect(failures).toHaveLength(1);
    expect(keeper.list()).toHaveLength(1);
  });
});

describe(`POST ${BOOKS_PATH}`, () => {
  it('takes a report, shows it in the status, and still after a restart', async () => {
    const collector = await startCollector();
    const { dataDirectory } = collector;
    const response = await send(`${collector.url}${BOOKS_PATH}`, {
      body: JSON.stringify(makeBooks('a')),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(204);
    expect((await collector.status()).processes).toEqual([makeBooks('a')]);
    await collector.close();
    const again = await startCollector({ dataDirectory });
    expect((await again.status()).processes).toEqual([makeBooks('a')]);
    await again.destroy();
  });

  it.each([
    ['a wrong shape', JSON.stringify({ ...makeBooks('a'), delivered: 'many' }), 400, 'invalid_books'],
    ['no JSON', '{', 400, 'invalid_request'],
    ['too much', JSON.stringify({ ...makeBooks('a'), service: 'x'.repeat(70_000) }), 413, 'invalid_request'],
  ])('refuses %s', async (_name, body, status, code) => {
    const collector = await startCollector();
    const headers = { 'content-type': 'application/json' };
    const response = await send(`${collector.url}${BOOKS_PATH}`, { body, headers });
    expect(response.status).toBe(status);
    expect(response.json()).toMatchObject({ error: { code } });
    expect((await collector.status()).processes).toEqual([]);
    await collector.destroy();
  });
});
