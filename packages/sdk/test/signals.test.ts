import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, linesOfOurs, startApp } from './support/app-process.js';
import { until } from './worker-support/until.js';

let sink: FaultyServer;
const apps: App[] = [];

beforeEach(async () => {
  sink = await createFaultyServer({ keep: 'ids' });
});

afterEach(async () => {
  for (const app of apps.splice(0)) app.process.kill('SIGKILL');
  await sink.close();
});

async function start(way: string, env: Record<string, string> = {}, ...more: string[]): Promise<App> {
  const app = startApp('signals.mjs', { args: [way, ...more], env: { SLIPSTREAM_URL: sink.url, ...env } });
  apps.push(app);
  expect(await app.message()).toBe('ready');
  return app;
}

/** Windows has no signals: what it calls so ends a process at once. */
const describeSignals = describe.skipIf(process.platform === 'win32');

describeSignals.each([
  ['with a worker', {}],
  ['inline', { SLIPSTREAM_TRANSPORT: 'inline' }],
])('an application %s that does not listen to signals', (_, env) => {
  it.each(['SIGTERM', 'SIGINT'] as const)('delivers on %s, and then dies of it', async (signal) => {
    const app = await start('none', env);
    app.process.kill(signal);
    expect(await app.ended).toMatchObject({ code: null, signal });
    expect(sink.uniqueSpanCount()).toBe(1_000);
  });

  it('takes two signals at once for one wish, as npm passes on what the terminal has sent already', async () => {
    sink.enqueue({ kind: 'delay', delayMs: 200 });
    const app = await start('none', env);
    app.process.kill('SIGINT');
    app.process.kill('SIGINT');
    expect(await app.ended).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(sink.uniqueSpanCount()).toBe(1_000);
  });

  it('ends at once when it is asked again, later', async () => {
    for (let index = 0; index < 50; index++) sink.enqueue({ kind: 'hang' });
    // With this timeout the test would not end in its own time.
    const app = await start('none', { SLIPSTREAM_EXIT_TIMEOUT_MS: '60000', ...env });
    let hasEnded = false;
    void app.ended.then(() => {
      hasEnded = true;
    });
    await until(() => {
      app.process.kill('SIGINT');
      return hasEnded;
    });
    expect(await app.ended).toMatchObject({ code: null, signal: 'SIGINT' });
  });
});

describeSignals('an application', () => {
  it.each([
    ['that listens', 'own'],
    ['that listens once', 'once'],
    ['that listened once before tracing was configured', 'once-before'],
  ])('%s decides how it ends, and all is delivered as it exits', async (_, way) => {
    const app = await start(way);
    app.process.kill('SIGTERM');
    expect(await app.ended).toMatchObject({ code: 7, signal: null });
    expect(sink.uniqueSpanCount()).toBe(1_001);
  });

  it('that no longer listens is one that does not listen', async () => {
    const app = await start('added-and-removed');
    app.process.kill('SIGTERM');
    expect(await app.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(sink.uniqueSpanCount()).toBe(1_000);
  });

  it('that wants its signals for itself dies at once', async () => {
    sink.enqueue({ kind: 'hang' });
    const app = await start('off', { SLIPSTREAM_EXIT_TIMEOUT_MS: '60000' });
    app.process.kill('SIGTERM');
    const { signal, stderr } = await app.ended;
    expect(signal).toBe('SIGTERM');
    expect(linesOfOurs(stderr)).toEqual([]);
  });

  const signalExit3 = fileURLToPath(new URL('../compat/node_modules/signal-exit', import.meta.url));
  const signalExit4 = fileURLToPath(
    new URL('../compat/node_modules/foreground-child/node_modules/signal-exit', import.meta.url),
  );

  for (const [version, path] of [
    ['3', signalExit3],
    ['4', signalExit4],
  ] as const) {
    it.skipIf(!existsSync(path))(
      `with signal-exit ${version} (of packages/sdk/compat), which only cleans up, dies of the signal after both did their work`,
      async () => {
        const app = await start(`cleanup-${version}`, {}, path);
        const cleaned = app.message();
        app.process.kill('SIGTERM');
        expect(await cleaned).toBe('cleaned up');
        expect(await app.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
        expect(sink.uniqueSpanCount()).toBe(1_000);
      },
    );
  }
});
