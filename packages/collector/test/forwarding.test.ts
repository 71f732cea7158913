/** Whole collectors that forward: what one destination meets concerns neither the senders nor the others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createFaultyServer,
  type FaultyServer,
  type FaultyServerOptions,
  isRedisThere,
  startRedisServer,
} from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ForwardSettings } from '../src/destinations/forward/settings.js';
import { send } from './support/http-client.js';
import { makeRunningSpan, makeSpan, newTraceId, PROTOBUF, toProtobuf } from './support/spans.js';
import { startCollector, type TestCollector } from './support/start-collector.js';

let dataDirectory: string;
let collectors: TestCollector[];
let servers: FaultyServer[];

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-forwarding-'));
  collectors = [];
  servers = [];
});

afterEach(async () => {
  await Promise.all(collectors.map((collector) => collector.close()));
  await Promise.all(servers.map((server) => server.close()));
  await rm(dataDirectory, { recursive: true, force: true });
});

async function sink(options: FaultyServerOptions = {}): Promise<FaultyServer> {
  const server = await createFaultyServer(options);
  servers.push(server);
  return server;
}

async function start(
  ...forwards: (Partial<ForwardSettings> & { name: string; url: string })[]
): Promise<TestCollector> {
  const collector = await startCollector({
    dataDirectory,
    closeTimeoutMs: 1000,
    forwards: forwards.map((forward) => ({ kind: 'otlp', ...forward })),
  });
  collectors.push(collector);
  return collector;
}

async function post(collector: TestCollector, ...spans: Parameters<typeof toProtobuf>): Promise<void> {
  const answer = await send(`${collector.url}/v1/traces`, { body: toProtobuf(...spans), headers: PROTOBUF });
  expect(answer.status).toBe(200);
}

interface Row {
  readonly name: string;
  readonly backlogEntries: number;
  readonly deliveredSpans: number;
  readonly rejectedSpans: number;
  readonly sampledOutSpans: number;
  readonly deadLetters: { readonly entries: number };
}

async function rowOf(collector: TestCollector, name: string): Promise<Row> {
  const { destinations } = (await send(`${collector.url}/api/v1/destinations`)).json() as { destinations: Row[] };
  const row = destinations.find((each) => each.name === name);
  if (row === undefined) throw new TypeError(`no destination ${name}`);
  return row;
}

const isDone = (collector: TestCollector, name: string) =>
  vi.waitFor(async () => expect((await rowOf(collector, name)).backlogEntries).toBe(0), { timeout: 10_000 });

describe('a collector that forwards', () => {
  it('delivers everything to the store and to each backend', async () => {
    const [first, second] = [await sink(), await sink()];
    const collector = await start({ name: 'first', url: first.url }, { name: 'second', url: second.url });
    for (let index = 0; index < 30; index++) await post(collector, makeSpan(), makeSpan());
    await isDone(collector, 'first');
    await isDone(collector, 'second');
    await vi.waitFor(() => expect(collector.store.traces.size).toBe(60));
    expect([first.uniqueSpanCount(), second.uniqueSpanCount()]).toEqual([60, 60]);
  });

  it('lets a dead or hanging backend delay neither the senders, nor the store, nor another backend', async () => {
    const hanging = await sink({ otherwise: { kind: 'hang' } });
    const gone = await sink();
    await gone.close();
    const well = await sink();
    const collector = await start(
      { name: 'hanging', url: hanging.url },
      { name: 'gone', url: gone.url },
      { name: 'well', url: well.url },
    );
    for (let index = 0; index < 20; index++) await post(collector, makeSpan());
    await isDone(collector, 'well');
    await isDone(collector, 'store');
    expect(well.uniqueSpanCount()).toBe(20);
    expect(collector.store.traces.size).toBe(20);
    expect((await rowOf(collector, 'hanging')).backlogEntries).toBe(20);
    expect((await rowOf(collector, 'gone')).backlogEntries).toBe(20);
    expect((await send(`${collector.url}/ready`)).status).toBe(200);
  });

  it('goes on where it was after a restart, and delivers everything at least once', async () => {
    const backend = await sink({ script: [{ kind: 'ok' }], otherwise: { kind: 'hang' } });
    const first = await start({ name: 'backend', url: backend.url });
    await post(first, makeSpan());
    await isDone(first, 'backend');
    for (let index = 0; index < 10; index++) await post(first, makeSpan());
    await vi.waitFor(() => expect(backend.stats().requests).toBeGreaterThan(1));
    await first.close();
    await backend.close();
    const back = await sink({ port: backend.port });
    const second = await start({ name: 'backend', url: back.url });
    await isDone(second, 'backend');
    expect([backend.uniqueSpanCount(), back.uniqueSpanCount()]).toEqual([1, 10]);
  });

  it('accounts for every span that it accepted', async () => {
    const backend = await sink({
      decide: (spans) => {
        if (spans.some(({ name }) => name === 'poison')) return { kind: 'status', status: 400, message: 'poison' };
        return spans.some(({ name }) => name === 'odd')
          ? { kind: 'partial-success', rejectedSpans: 1, message: 'odd' }
          : undefined;
      },
    });
    const sampling = { sampleRate: 0, keepErrors: true, decisionWaitMs: 200 };
    const collector = await start({ name: 'backend', url: backend.url, sampling });
    const failed = { status: { code: 2, message: '' } };
    for (const name of ['good', 'poison', 'plain', 'odd', 'plain', 'good']) {
      const traceId = newTraceId();
      const parts = { name, traceId, ...(name === 'plain' ? {} : failed) };
      await post(collector, makeRunningSpan({ traceId, spanId: 'ab'.repeat(8) }), makeSpan(parts));
      await post(collector, makeSpan({ traceId, spanId: 'ab'.repeat(8), name: 'root' }));
    }
    await isDone(collector, 'backend');
    const row = await rowOf(collector, 'backend');
    const { acceptedSpans } = (await collector.status()).receiver;
    expect(row).toMatchObject({ rejectedSpans: 1, sampledOutSpans: 4, deadLetters: { entries: 1 } });
    expect(row.deliveredSpans + row.rejectedSpans + row.sampledOutSpans + row.deadLetters.entries).toBe(acceptedSpans);
    expect(backend.spans()).toHaveLength(row.deliveredSpans + row.rejectedSpans);
  });

  it('closes soon although a backend is away', async () => {
    const gone = await sink();
    await gone.close();
    const collector = await startCollector({
      dataDirectory,
      closeTimeoutMs: 600_000,
      forwards: [{ name: 'gone', kind: 'otlp', url: gone.url }],
    });
    await post(collector, makeSpan());
    await vi.waitFor(() => expect(collector.lines.join()).toContain('cannot be delivered to gone: ECONNREFUSED'));
    await collector.close();
    expect(collector.store.traces.size).toBe(1);
  });

  it('refuses settings that cannot be, and shows no secret of them', async () => {
    const forwards: ForwardSettings[] = [
      { name: 'store', kind: 'otlp', url: 'https://x' },
      { name: 'a', kind: 'otlp', url: 'ftp://user:s3cret@x' },
      { name: 'b', kind: 'otlp', url: 'https://x' },
      { name: 'b', kind: 'otlp', url: 'https://y', sampling: { sampleRate: 2, keepErrors: true, decisionWaitMs: 1 } },
    ];
    const problems = await startCollector({ dataDirectory, forwards }).catch((error: Error) => error.message);
    for (const part of ['"store"', 'FORWARD_A_URL', 'called "b"', 'FORWARD_B_SAMPLE_RATE']) {
      expect(problems).toContain(part);
    }
    expect(problems).not.toContain('s3cret');
  });
});

describe.skipIf(!isRedisThere)('collectors on one Redis that forward (needs redis-server)', () => {
  it('each take a part, and together deliver everything', async () => {
    const redis = await startRedisServer();
    const backend = await sink();
    const forwards: ForwardSettings[] = [{ name: 'backend', kind: 'otlp', url: backend.url }];
    const settings = { queueUrl: redis.url, closeTimeoutMs: 2000, forwards };
    const one = await startCollector(settings);
    const two = await startCollector(settings);
    try {
      for (let index = 0; index < 20; index++) await post(index % 2 === 0 ? one : two, makeSpan());
      await vi.waitFor(() => expect(backend.uniqueSpanCount()).toBe(20), { timeout: 10_000 });
      await isDone(one, 'backend');
      await vi.waitFor(() => expect(one.store.traces.size + two.store.traces.size).toBeGreaterThanOrEqual(20));
    } finally {
      await Promise.all([one.destroy(), two.destroy()]);
      await redis.close();
    }
  });
});
