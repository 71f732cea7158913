import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, type AppOptions, linesOfOurs, startApp } from './support/app-process.js';
import { until } from './worker-support/until.js';

let sink: FaultyServer;

beforeEach(async () => {
  sink = await createFaultyServer({ keep: 'ids' });
});

afterEach(() => sink.close());

function start(ending: string, count = 10_000, options: AppOptions = {}): App {
  return startApp('loop.mjs', {
    args: [count, ending],
    ...options,
    env: { SLIPSTREAM_URL: sink.url, ...options.env },
  });
}

describe('a process that makes 10,000 spans in one loop and does not flush', () => {
  it.each([
    ['ends by itself', 'return', 0],
    ['calls process.exit(0)', 'exit', 0],
    ['dies of an uncaught error', 'throw', 1],
    ['dies of an unhandled rejection', 'reject', 1],
    ['ends with an unsettled await', 'await', 13],
    ['has an exit listener that throws', 'listener', 1],
  ])('delivers all of them when it %s', async (_, ending, expected) => {
    const { code } = await start(ending).ended;
    expect([code, sink.uniqueSpanCount()]).toEqual([expected, 10_000]);
  });

  it('tells by flush what became of them', async () => {
    const { stdout } = await start('flush').ended;
    expect(JSON.parse(stdout)).toEqual({ delivered: 10_000, dropped: 0, pending: 0 });
  });

  it('says why and how many were lost, and ends in bounded time, when nobody answers', async () => {
    await sink.close();
    const { code, stderr } = await start('return', 100, { env: { SLIPSTREAM_EXIT_TIMEOUT_MS: '2000' } }).ended;
    expect(code).toBe(0);
    expect(linesOfOurs(stderr)).toEqual([
      expect.stringContaining('does not take spans (ECONNREFUSED)'),
      'slipstream: the process ends, and 100 spans with it that nobody has acknowledged',
    ]);
  });

  it('loses what is not acknowledged yet when it is killed with SIGKILL, and nothing that is', async () => {
    const app = start('signal', 100);
    await app.message();
    await until(() => sink.uniqueSpanCount() === 100);
    app.process.kill('SIGKILL');
    expect(await app.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(sink.uniqueSpanCount()).toBe(100);
  });
});

describe('the same process without a worker', () => {
  const inline = (ending: string, count = 3_000): App =>
    start(ending, count, { env: { SLIPSTREAM_TRANSPORT: 'inline' } });

  it.each([
    ['ends by itself', 'return', 0],
    ['ends with an unsettled await', 'await', 13],
  ])('delivers all of them when it %s', async (_, ending, expected) => {
    const { code, stderr } = await inline(ending).ended;
    expect([code, sink.uniqueSpanCount()]).toEqual([expected, 3_000]);
    expect(linesOfOurs(stderr)).toEqual([]);
  });

  it.each([
    ['calls process.exit(0)', 'exit', 0],
    ['dies of an uncaught error', 'throw', 1],
  ])('loses what is left when it %s, and says how much', async (_, ending, expected) => {
    const { code, stderr } = await inline(ending).ended;
    expect([code, sink.uniqueSpanCount()]).toEqual([expected, 0]);
    expect(linesOfOurs(stderr)).toContain(
      'slipstream: the process ends, and 3000 spans with it that nobody has acknowledged',
    );
  });

  it('delivers all of them by a flush', async () => {
    const { stdout } = await inline('flush').ended;
    expect(JSON.parse(stdout)).toEqual({ delivered: 3_000, dropped: 0, pending: 0 });
  });

  it('ends in bounded time when nobody answers', async () => {
    await sink.close();
    const env = { SLIPSTREAM_TRANSPORT: 'inline', SLIPSTREAM_EXIT_TIMEOUT_MS: '2000' };
    const { code, stderr } = await start('return', 100, { env }).ended;
    expect(code).toBe(0);
    expect(linesOfOurs(stderr)).toHaveLength(2);
  });

  it('is what a permission model without threads leads to, said once', async () => {
    const major = Number(process.versions.node.split('.')[0]);
    const model = [major < 22 ? '--experimental-permission' : '--permission', '--allow-fs-read=*'];
    const execArgv = major < 25 ? model : [...model, '--allow-net'];
    const { code, stderr } = await start('return', 1_000, { execArgv }).ended;
    expect([code, sink.uniqueSpanCount()]).toEqual([0, 1_000]);
    expect(linesOfOurs(stderr)).toEqual([expect.stringContaining('[SLIPSTREAM_NO_WORKER]')]);
  });
});
