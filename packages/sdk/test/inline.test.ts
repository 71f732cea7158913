import { createFaultyServer, type FaultyServer, generateExportRequest } from '@slipstream/testkit';
import { ATTRIBUTE, encodeExportRequest, type Span } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Sdk from '../src/index.js';
import { createFetchTransport } from '../src/inline/fetch-transport.js';
import { KIND } from '../src/record/format.js';
import { COUNT } from '../src/ring/layout.js';
import type { Clock } from '../src/worker/clock.js';
import { loadFreshSdk, warningsOf } from './support/fresh-sdk.js';
import { Oracle } from './support/oracle.js';
import { refuse, startBackend, type TestBackend } from './worker-support/backend.js';
import { PipelineFixture } from './worker-support/pipeline-fixture.js';
import { spanId } from './worker-support/record-encoder.js';
import { until } from './worker-support/until.js';

let sink: FaultyServer;
let sdk: typeof Sdk;
const clients: Sdk.Client[] = [];

beforeEach(async () => {
  sink = await createFaultyServer();
  sdk = await loadFreshSdk();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(clients.splice(0).map((client) => client.shutdown({ timeoutMs: 2000 })));
  await sink.close();
});

function open(options: Sdk.SlipstreamOptions = {}): Sdk.Client {
  const client = sdk.createClient({ url: sink.url, service: 'inline', handleSignals: false, ...options });
  clients.push(client);
  return client;
}

/** Everything about a span that does not differ from run to run. */
function comparable(spans: readonly Span[]): unknown[] {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  const attributes = (span: Span) =>
    span.attributes.filter(({ key }) => key !== ATTRIBUTE.observationCompletionStartTime);
  return spans
    .map((span) => ({
      name: span.name,
      parent: names.get(span.parentSpanId) ?? '',
      status: span.status,
      kind: span.kind,
      attributes: attributes(span),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function traceSomething(client: Sdk.Client): void {
  const trace = client.trace({ name: 'lesson', input: { text: 'xin chào' }, userId: 'u1', tags: ['a', 'b'] });
  trace.span({ name: 'parse', metadata: { rows: 3 } }).end({ output: ['one', { two: 2 }] });
  const generation = trace.generation({ name: 'llm', model: 'm', modelParameters: { temperature: 0.5 } });
  generation.end({ output: 'text', usageDetails: { input: 3, output: 4 }, level: 'ERROR', statusMessage: 'cut' });
  trace.event({ name: 'cache-miss' });
  trace.end({ output: 42 });
}

describe('without a worker', () => {
  it('the same spans leave in the same form', async () => {
    const [worker, inline] = [open(), open({ transport: 'inline' })];
    traceSomething(worker);
    expect(await worker.flush()).toMatchObject({ delivered: 4, dropped: 0, pending: 0 });
    const byWorker = comparable(sink.spans());
    traceSomething(inline);
    expect(await inline.flush()).toMatchObject({ delivered: 4, dropped: 0, pending: 0 });
    expect(byWorker).toHaveLength(4);
    expect(comparable(sink.spans().slice(4))).toEqual(byWorker);
  });

  it('spans are delivered without a flush', async () => {
    const client = open({ transport: 'inline' });
    client.span({ name: 'alone' }).end();
    await until(() => client.stats().delivered === 1);
    expect(client.stats()).toMatchObject({ started: 1, delivered: 1, pending: 0 });
    expect(sink.spans()).toHaveLength(1);
  });

  it('the books balance, with all spans accounted for, when the backend fails on the way', async () => {
    const client = open({ transport: 'inline' });
    const oracle = new Oracle();
    sink.enqueue({ kind: 'status', status: 503 }, { kind: 'reset' }, { kind: 'status', status: 400 });
    oracle.make(client, 500);
    await client.flush();
    oracle.make(client, 500);
    expect(await client.flush()).toMatchObject({ pending: 0 });
    oracle.check(client.stats(), sink.spans());
    expect(client.stats().dropped.rejected).toBeGreaterThan(0);
  });

  it('a full buffer drops and counts', async () => {
    const client = open({ transport: 'inline', bufferBytes: 65_536 });
    const oracle = new Oracle();
    // In one turn, so that nothing is taken out meanwhile.
    oracle.make(client, 2_000, 'x'.repeat(200));
    await client.flush();
    oracle.check(client.stats(), sink.spans());
    expect(client.stats().dropped.ring_full).toBeGreaterThan(0);
    expect(client.stats().delivered).toBeGreaterThan(100);
  });

  it('shutdown delivers, ends, and counts what comes later', async () => {
    const client = open({ transport: 'inline' });
    client.span({ name: 'before' }).end();
    expect(await client.shutdown()).toMatchObject({ delivered: 1, pending: 0 });
    client.span({ name: 'after' }).end();
    expect(client.stats().dropped.after_shutdown).toBe(1);
    expect(await client.shutdown()).toMatchObject({ delivered: 1, dropped: 1, pending: 0 });
  });

  it('our own requests are no part of what the application traces', async () => {
    const { processState } = await import('../src/context/active-span.js');
    const stores: unknown[] = [];
    const http = process.getBuiltinModule('node:http');
    const { request } = http;
    vi.spyOn(http, 'request').mockImplementation(((...args: Parameters<typeof request>) => {
      stores.push(processState.storage.getStore());
      return request(...args);
    }) as typeof request);
    const client = open({ transport: 'inline' });
    await client.span({ name: 'active' }).run(async () => {
      client.span({ name: 'inside' }).end();
      await client.flush();
    });
    expect(sink.spans()).toHaveLength(1);
    expect(stores.length).toBeGreaterThan(0);
    expect(stores.every((store) => store === undefined)).toBe(true);
  });

  it('OpenTelemetry instrumentation is told to leave our requests alone', async () => {
    const api = Symbol.for('opentelemetry.js.api.1');
    const suppress = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
    const values = new Map<symbol, unknown>();
    const context = {
      setValue: (key: symbol, value: unknown) => {
        values.set(key, value);
        return context;
      },
    };
    const manager = { active: () => context, with: vi.fn((_: unknown, fn: () => unknown) => fn()) };
    vi.stubGlobal(api as unknown as string, { context: manager });
    const client = open({ transport: 'inline' });
    client.span({ name: 'x' }).end();
    await client.flush();
    vi.unstubAllGlobals();
    expect(values.get(suppress)).toBe(true);
    expect(manager.with).toHaveBeenCalled();
  });
});

describe('a runtime without', () => {
  /** Hides modules of Node, as another runtime would have none. */
  function hide(...hidden: readonly string[]): void {
    const real = process.getBuiltinModule;
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
      hidden.includes(name) ? undefined : real(name as 'node:fs')) as typeof real);
  }

  it('worker threads is served inline, with one warning', async () => {
    hide('node:worker_threads');
    const warnings = await warningsOf(async () => {
      const client = open();
      traceSomething(client);
      expect(await client.flush()).toMatchObject({ delivered: 4, pending: 0 });
    });
    expect(warnings).toEqual(['SLIPSTREAM_NO_WORKER']);
  });

  it('any module of Node is served over fetch', async () => {
    hide('node:worker_threads', 'node:http', 'node:https', 'node:zlib', 'node:fs', 'node:crypto', 'node:module');
    const fetched = vi.spyOn(globalThis, 'fetch');
    const client = open({ transport: 'inline' });
    traceSomething(client);
    expect(await client.flush()).toMatchObject({ delivered: 4, dropped: 0, pending: 0 });
    expect(fetched).toHaveBeenCalled();
    expect(sink.spans()).toHaveLength(4);
  });

  it('shared memory takes ordinary memory', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const client = open({ transport: 'inline' });
    traceSomething(client);
    expect(await client.flush()).toMatchObject({ delivered: 4, dropped: 0, pending: 0 });
    vi.unstubAllGlobals();
  });
});

describe('one slice', () => {
  /** A clock on which each look costs a tenth of a millisecond, so that a record costs a stated time. */
  function tickingClock(): Clock {
    let nowMs = 0;
    return { wallMs: () => 1_700_000_000_000, monotonicMs: () => (nowMs += 0.1) };
  }

  async function takenInOneTick(sharesThread: boolean): Promise<number> {
    const backend = await startBackend();
    const fixture = new PipelineFixture({ url: backend.url, clock: tickingClock(), settings: { sharesThread } });
    for (let index = 0; index < 1_000; index++) {
      fixture.producer.write({ kind: KIND.END, spanId: spanId(index) });
    }
    expect(fixture.pipeline.tick()).toBe(true);
    const taken = fixture.count(COUNT.TAKEN);
    await fixture.end();
    await backend.close();
    return taken;
  }

  it('is a millisecond on the application’s thread, and eight on our own', async () => {
    const [inline, own] = [await takenInOneTick(true), await takenInOneTick(false)];
    expect(inline).toBeGreaterThan(0);
    expect(own / inline).toBeGreaterThan(6);
    expect(own / inline).toBeLessThan(10);
  });

  it('lets the application’s other work run before the next', async () => {
    const client = open({ transport: 'inline' });
    let turns = 0;
    const count = (): void => {
      turns++;
      if (client.stats().pending > 0) setImmediate(count);
    };
    new Oracle().make(client, 5_000);
    setImmediate(count);
    await until(() => client.stats().pending === 0);
    expect(turns).toBeGreaterThan(50);
  });
});

describe('the transport over fetch', () => {
  const backends: TestBackend[] = [];
  const spans = { target: 'traces', body: new Uint8Array(0), contentType: 'application/x-protobuf' } as const;

  async function backend(...args: Parameters<typeof startBackend>): Promise<TestBackend> {
    const started = await startBackend(...args);
    backends.push(started);
    return started;
  }

  function transportTo(url: string, headers: Record<string, string> = {}) {
    return createFetchTransport({ url, headers, sdkVersion: '1.2.3' });
  }

  afterEach(async () => {
    await Promise.all(backends.splice(0).map((one) => one.close()));
  });

  it('carries headers, and credentials of the address', async () => {
    const { url, requests } = await backend();
    const address = new URL(url);
    address.username = 'pk%40';
    address.password = 'sk';
    await transportTo(address.href, { 'X-Own': '1' }).post(spans);
    expect(requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'x-own': '1', authorization: `Basic ${Buffer.from('pk@:sk').toString('base64')}` },
    });
  });

  it('gives what a judgement needs, and follows nothing', async () => {
    const { url } = await backend(refuse(503, { 'retry-after': '7' }));
    expect(await transportTo(url).post(spans)).toMatchObject({ kind: 'answered', status: 503, retryAfter: '7' });
    const redirecting = await backend(refuse(307, { location: `${url}/v1/traces` }));
    expect(await transportTo(redirecting.url).post(spans)).toMatchObject({ kind: 'answered', status: 307 });
  });

  it('says by a code why there was no answer', async () => {
    const { url, close } = await backend();
    await close();
    expect(await transportTo(url).post(spans)).toMatchObject({ kind: 'failed', reason: 'ECONNREFUSED' });
  });

  it('packs what goes to another machine', async () => {
    const { url, requests } = await backend();
    // This machine under a name that does not show it, and a runtime that has only the web's own compression.
    const elsewhere = url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    const body = encodeExportRequest(generateExportRequest());
    expect(await transportTo(elsewhere).post({ ...spans, body })).toMatchObject({ kind: 'answered', status: 200 });
    expect(requests[0]?.headers['content-encoding']).toBe('gzip');
    expect(requests[0]?.bodyBytes).toBeLessThan(body.length);
    expect(requests[0]?.spans).toHaveLength(7);
  });
});
