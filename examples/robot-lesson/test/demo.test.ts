import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createOtlpSink, type FaultyServer } from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Whole processes run what was built; `npm test` builds before it tests. */
const DEMO_PATH = fileURLToPath(new URL('../dist/demo.js', import.meta.url));

interface Demo {
  readonly child: ChildProcess;
  readonly url: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  output(): string;
}

let sink: FaultyServer;
const demos: Demo[] = [];

beforeEach(async () => {
  sink = await createOtlpSink({ asCollector: true });
});

afterEach(async () => {
  for (const { child, ended } of demos.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await sink.close();
});

function startDemo(...args: string[]): Demo {
  const child = fork(DEMO_PATH, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // The test runner's own options would make the child look for sources, which Node 20 cannot run.
    execArgv: [],
    env: {
      ...process.env,
      SLIPSTREAM_URL: sink.url,
      LLM_BASE_URL: '',
      OPENROUTER_API_KEY: '',
      REDIS_URL: '',
      PORT: '',
    },
  });
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  // Not 'close': after a disconnect by us it never comes.
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const silent = new Promise<void>((resolve) => child.stderr?.once('close', () => resolve()));
  const ended = Promise.all([exited, silent]).then(([exit]) => exit);
  const url = new Promise<string>((resolve, reject) => {
    child.on('message', (message: { url?: string }) => message.url !== undefined && resolve(message.url));
    void ended.then(() => reject(new Error(`the demo ended before it was ready:\n${output}`)));
  });
  url.catch(() => undefined);
  const demo = { child, url, ended, output: () => output };
  demos.push(demo);
  return demo;
}

/** What the service said of its books at its end. */
function booksOf(output: string): Record<string, number> {
  const line = /spans: (\d+) started, (\d+) delivered, (\d+) dropped, (\d+) pending/.exec(output);
  const [, started, delivered, dropped, pending] = line ?? [];
  return { started: Number(started), delivered: Number(delivered), dropped: Number(dropped), pending: Number(pending) };
}

const rootCount = () => sink.spans().filter((span) => span.parentSpanId === '').length;

describe.skipIf(!existsSync(DEMO_PATH))('the demo (needs npm run build)', () => {
  it.each([
    ['a message', (child: ChildProcess) => child.send({ type: 'stop' })],
    ['the end of its parent', (child: ChildProcess) => child.disconnect()],
    ...(process.platform === 'win32' ? [] : [['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')] as const]),
  ] as const)('shows traces at once, and is stopped by %s without losing one', { timeout: 40_000 }, async (_, stop) => {
    const demo = startDemo('--speed', '5', '--seed', 'demo');
    expect(await (await fetch(`${await demo.url}/health`)).json()).toEqual({ status: 'ok' });
    await expect.poll(rootCount, { timeout: 15_000, interval: 50 }).toBeGreaterThan(5);
    stop(demo.child);
    expect(await demo.ended).toEqual({ code: 0, signal: null });
    const books = booksOf(demo.output());
    expect(books).toMatchObject({ dropped: 0, pending: 0 });
    expect(books.delivered).toBe(books.started);
    expect(sink.uniqueSpanCount()).toBe(books.delivered);
    expect(demo.output().search('driver: .* ended')).toBeLessThan(demo.output().search('robot-lesson: stopped'));
    expect(demo.output().search('robot-lesson: stopped')).toBeLessThan(
      demo.output().search('LLM test server: .* requests'),
    );
  });

  it('says what is wrong with its arguments and ends with 1', async () => {
    const demo = startDemo('--speed', '0');
    expect(await demo.ended).toEqual({ code: 1, signal: null });
    expect(demo.output()).toContain('--speed must be a number from 1 to 100, not "0"');
  });
});
