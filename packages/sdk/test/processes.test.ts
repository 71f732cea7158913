import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from './support/app-process.js';
import { startBackend, type TestBackend } from './worker-support/backend.js';
import { until } from './worker-support/until.js';

let backend: TestBackend;

beforeEach(async () => {
  backend = await startBackend();
});

afterEach(() => backend.close());

/** Spans by the process or thread that sent them: its service, and what tells it from others of the same service. */
function bySender(): Map<string, { service: unknown; pid: unknown; names: string[] }> {
  const senders = new Map<string, { service: unknown; pid: unknown; names: string[] }>();
  for (const { resource, spans } of backend.requests) {
    const instance = String(resource.get('service.instance.id'));
    const sender = senders.get(instance) ?? {
      service: resource.get('service.name'),
      pid: resource.get('process.pid'),
      names: [],
    };
    sender.names.push(...spans.map(({ name }) => name));
    senders.set(instance, sender);
  }
  return senders;
}

/** How many spans each sender has delivered, sorted by service. */
function counts(): [unknown, number][] {
  const all = [...bySender().values()].map(({ service, names }): [unknown, number] => [service, names.length]);
  return all.sort((a, b) => String(a).localeCompare(String(b)));
}

const env = () => ({ SLIPSTREAM_URL: backend.url });

describe('a cluster', () => {
  it('has a client in each process, and each delivers what is its own', async () => {
    const app = startApp('cluster.mjs', { args: ['disconnect'], env: env() });
    expect(await app.ended).toMatchObject({ code: 0, stderr: '' });
    expect(counts()).toEqual([
      ['primary', 500],
      ['worker', 500],
      ['worker', 500],
    ]);
    expect(new Set([...bySender().values()].map(({ pid }) => pid)).size).toBe(3);
  });

  it.skipIf(process.platform === 'win32')('delivers everything when its primary is asked to stop', async () => {
    const app = startApp('cluster.mjs', { args: ['wait'], env: env() });
    await app.message();
    app.process.kill('SIGTERM');
    expect(await app.ended).toMatchObject({ signal: 'SIGTERM' });
    // The workers notice that they are alone, and end on their own.
    await until(() => backend.spans.length === 1_500);
    expect(counts().map(([, count]) => count)).toEqual([500, 500, 500]);
  });
});

it('processes that a traced one starts deliver their own spans, in its trace', async () => {
  const app = startApp('children.mjs', { env: env() });
  expect(await app.ended).toMatchObject({ code: 0, stderr: '' });
  await until(() => backend.spans.length === 3);
  const byName = Object.fromEntries(backend.spans.map((span) => [span.name, span]));
  expect(byName.spawned).toMatchObject({ traceId: byName.parent?.traceId, parentSpanId: byName.parent?.spanId });
  expect(byName.forked).toMatchObject({ traceId: byName.parent?.traceId, parentSpanId: byName.parent?.spanId });
  expect(bySender().size).toBe(3);
});

describe('a worker thread of the application', () => {
  it.each([
    ['ends by itself', 'return', 0],
    ['calls process.exit()', 'exit', 0],
    ['dies of an uncaught error', 'throw', 0],
  ])('has a client of its own, and delivers all when it %s', async (_, ending, code) => {
    const app = startApp('threads.mjs', { args: [ending], env: env() });
    expect(await app.ended).toMatchObject({ code, stderr: '' });
    expect(counts()).toEqual([
      ['main', 500],
      ['thread', 500],
    ]);
  });

  it.each([
    ['it is terminated', 'terminate'],
    ['the main thread calls process.exit()', 'main-exits'],
  ])('loses at most what is not acknowledged when %s, which it cannot know', async (_, ending) => {
    const app = startApp('threads.mjs', { args: [ending], env: env() });
    expect(await app.ended).toMatchObject({ code: 0 });
    const [main, thread] = counts();
    expect(main).toEqual(['main', 500]);
    expect(thread?.[1] ?? 0).toBeLessThanOrEqual(500);
  });
});
