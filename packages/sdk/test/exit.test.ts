import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const APP = fileURLToPath(new URL('./apps/loop.mjs', import.meta.url));

let sink: FaultyServer;

beforeEach(async () => {
  sink = await createFaultyServer({ keep: 'ids' });
});

afterEach(() => sink.close());

function start(ending: string, count = 10_000, environment: Record<string, string> = {}): ChildProcess {
  return fork(APP, [String(count), ending], {
    env: { ...process.env, SLIPSTREAM_URL: sink.url, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

async function ended(
  app: ChildProcess,
): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  app.stdout?.on('data', (chunk) => {
    text.stdout += chunk;
  });
  app.stderr?.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const [code, signal] = (await once(app, 'close')) as [number | null, string | null];
  return { code, signal, ...text };
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
    const { code } = await ended(start(ending));
    expect([code, sink.uniqueSpanCount()]).toEqual([expected, 10_000]);
  });

  it.skipIf(process.platform === 'win32')('delivers all of them on SIGTERM, and dies of it', async () => {
    const app = start('signal');
    await once(app, 'message');
    const end = ended(app);
    app.kill('SIGTERM');
    expect(await end).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(sink.uniqueSpanCount()).toBe(10_000);
  });

  it.skipIf(process.platform === 'win32')(
    'leaves SIGTERM to an application that listens, and delivers as it exits',
    async () => {
      const app = start('own-signal');
      await once(app, 'message');
      const end = ended(app);
      app.kill('SIGTERM');
      expect(await end).toMatchObject({ code: 7 });
      expect(sink.uniqueSpanCount()).toBe(10_000);
    },
  );

  it('tells by flush what became of them', async () => {
    const { stdout } = await ended(start('flush'));
    expect(JSON.parse(stdout)).toEqual({ delivered: 10_000, dropped: 0, pending: 0 });
  });

  it('says one line and ends in bounded time when nobody answers', async () => {
    await sink.close();
    const { code, stderr } = await ended(start('return', 100, { EXIT_TIMEOUT_MS: '300' }));
    expect(code).toBe(0);
    expect(stderr.split('\n').filter((line) => line.includes('slipstream'))).toHaveLength(1);
  });
});
