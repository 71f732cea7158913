import { createFaultyServer, type FaultyServer } from '@slipstream/testkit';
import type { Span } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Sdk from '../src/index.js';
import { loadFreshSdk } from './support/fresh-sdk.js';
import { WorkerWatch } from './support/workers.js';
import { until } from './worker-support/until.js';

let sink: FaultyServer;
let sdk: typeof Sdk;
const clients: Sdk.Client[] = [];

beforeEach(async () => {
  sink = await createFaultyServer();
  sdk = await loadFreshSdk();
  vi.stubEnv('SLIPSTREAM_URL', sink.url);
  vi.stubEnv('SLIPSTREAM_HANDLE_SIGNALS', 'false');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([sdk.getClient(), ...clients.splice(0)].map((client) => client.shutdown({ timeoutMs: 2000 })));
  await sink.close();
});

function create(options: Sdk.SlipstreamOptions = {}): Sdk.Client {
  const client = sdk.createClient(options);
  clients.push(client);
  return client;
}

const names = () =>
  sink
    .spans()
    .map(({ name }) => name)
    .sort();

describe('the first configure', () => {
  it('takes over the client that was there before it, with everything begun and ended until then', async () => {
    const early = sdk.getClient();
    const open = early.span({ name: 'open meanwhile' });
    early.span({ name: 'ended before' }).end();
    const client = sdk.configure({ service: 'later' });
    expect(client).toBe(early);
    open.span({ name: 'child of the open one' }).end();
    open.end();
    client.span({ name: 'begun after' }).end();
    expect(await client.flush()).toEqual({ delivered: 4, dropped: 0, pending: 0 });
    expect(names()).toEqual(['begun after', 'child of the open one', 'ended before', 'open meanwhile']);
    expect(client.stats()).toMatchObject({ started: 4, open: 0, delivered: 4 });
  });

  it('ends the worker of the settings before, once nothing is left for it', async () => {
    const workers = new WorkerWatch();
    let ended = 0;
    sdk.getClient().span({ name: 'before' }).end();
    await until(() => workers.started.length === 1);
    workers.newest.once('exit', () => ended++);
    sdk.configure({ service: 'later' });
    await until(() => ended === 1);
    workers.close();
    expect(names()).toEqual(['before']);
  });

  it('may switch tracing off, and nothing is traced from then on', async () => {
    const client = sdk.getClient();
    client.span({ name: 'before' }).end();
    sdk.configure({ enabled: false });
    client.span({ name: 'after' }).end();
    sdk.observe(() => 1, { name: 'observed' })();
    await client.flush();
    expect(names()).toEqual(['before']);
    expect(client.stats().started).toBe(1);
  });
});

describe('a second configure', () => {
  it('with equal values gives the same client, as a hot reload wants it', () => {
    const options = { service: 'a', headers: { 'X-Team': 'b' }, sampleRate: 0.5 };
    expect(sdk.configure({ ...options })).toBe(sdk.configure({ ...options, headers: { 'x-team': 'b' } }));
  });

  it('with the values of the first one does not read the environment again', () => {
    const client = sdk.configure({ service: 'a', sampleRate: 0.5 });
    vi.stubEnv('SLIPSTREAM_MAX_CAPTURE_BYTES', '1000');
    try {
      expect(sdk.configure({ sampleRate: 0.5, service: 'a' })).toBe(client);
      expect(() => sdk.configure({ service: 'a' })).toThrow(
        /maxCaptureBytes .*sampleRate|sampleRate .*maxCaptureBytes/,
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('with headers that were changed inside is asked for the difference', () => {
    const headers = { 'x-team': 'b' };
    sdk.configure({ service: 'a', headers });
    headers['x-team'] = 'c';
    expect(() => sdk.configure({ service: 'a', headers })).toThrow(/headers/);
  });

  it('with other values fails at start, naming them and where the first one stands, and changes nothing', () => {
    const client = sdk.configure({ service: 'a', url: 'http://me:hidden@127.0.0.1:1' });
    const again = () => sdk.configure({ service: 'b', url: 'http://me:hidden@127.0.0.1:2' });
    expect(again).toThrow(/configuration\.test\.ts:\d+.*service \("a" and now "b"\), url /);
    expect(again).not.toThrow(/hidden/);
    expect(sdk.getClient()).toBe(client);
  });

  it('after a shutdown does not bring tracing back: what ends later is counted', async () => {
    await sdk.configure({ service: 'a' }).shutdown();
    sdk.configure({ service: 'a' }).span({ name: 'late' }).end();
    expect(sdk.getClient().stats()).toMatchObject({ started: 1, dropped: { after_shutdown: 1 } });
  });
});

describe('a client of its own', () => {
  it('has its own address, sampling and books, and shares the context', async () => {
    const other = await createFaultyServer();
    const [ours, theirs] = [sdk.configure({ service: 'a' }), create({ service: 'b', url: other.url })];
    await ours.span({ name: 'outer' }).run(async () => {
      theirs.span({ name: 'inner' }).end();
      ours.current?.end();
    });
    await Promise.all([ours.flush(), theirs.flush()]);
    expect(other.spans()[0]).toMatchObject({
      name: 'inner',
      traceId: sink.spans()[0]?.traceId,
      parentSpanId: sink.spans()[0]?.spanId,
    });
    expect([ours.stats().started, theirs.stats().started]).toEqual([1, 1]);
    await other.close();
  });
});

describe('sampling', () => {
  /** A trace over several turns of the event loop, with children begun by hand, in context, and after the root ended. */
  async function makeTrace(client: Sdk.Client): Promise<void> {
    const root = client.span({ name: 'root', parent: null });
    const late = root.span({ name: 'by hand' });
    await root.run(async () => {
      await null;
      await sdk.observe(async () => client.event({ name: 'event' }), { name: 'observed', client })();
    });
    root.end();
    await null;
    late.generation({ name: 'after the root' }).end();
    late.end();
  }

  function byTrace(spans: readonly Span[]): Map<string, Span[]> {
    const traces = new Map<string, Span[]>();
    for (const span of spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
    return traces;
  }

  it('keeps whole traces or drops whole traces', async () => {
    const client = create({ sampleRate: 0.3 });
    await Promise.all(Array.from({ length: 400 }, () => makeTrace(client)));
    await client.flush();
    const traces = byTrace(sink.spans());
    expect(traces.size).toBeGreaterThan(60);
    expect(traces.size).toBeLessThan(180);
    expect([...traces.values()].map((spans) => spans.length).every((count) => count === 5)).toBe(true);
    expect(client.stats()).toMatchObject({ started: 2_000, open: 0, sampledOut: 2_000 - traces.size * 5 });
  });

  it('is the same in each service that a trace goes through, by its headers alone', async () => {
    const services = [create({ service: 'a', sampleRate: 0.5 }), create({ service: 'b', sampleRate: 0.5 })];
    for (let index = 0; index < 200; index++) {
      services[0]?.span({ name: 'a', parent: null }).run(() => {
        const headers = services[0]?.traceHeaders() ?? {};
        services[1]?.continueTrace(headers, () => services[1]?.span({ name: 'b' }).end());
        services[0]?.current?.end();
      });
    }
    await Promise.all(services.map((client) => client.flush()));
    const traces = byTrace(sink.spans());
    expect(traces.size).toBeGreaterThan(50);
    expect(traces.size).toBeLessThan(150);
    expect([...traces.values()].every((spans) => spans.length === 2)).toBe(true);
  });

  it('at a lower rate keeps a part of what a higher one keeps', async () => {
    const [more, less] = [create({ sampleRate: 0.6 }), create({ sampleRate: 0.2 })];
    for (let index = 0; index < 300; index++) {
      const root = more.span({ name: 'more', parent: null });
      less.span({ name: 'less', parent: { traceId: root.traceId, spanId: root.id } }).end();
      root.end();
    }
    await Promise.all([more.flush(), less.flush()]);
    const kept = (name: string) =>
      new Set(
        sink
          .spans()
          .filter((span) => span.name === name)
          .map(({ traceId }) => traceId),
      );
    expect(kept('less').size).toBeGreaterThan(20);
    expect([...kept('less')].filter((traceId) => !kept('more').has(traceId))).toEqual([]);
  });

  it('of nothing, or of everything, is exactly that', async () => {
    const [none, all] = [create({ sampleRate: 0 }), create({ sampleRate: 1 })];
    for (let index = 0; index < 50; index++) {
      none.span({ name: 'none' }).end();
      all.span({ name: 'all' }).end();
    }
    await Promise.all([none.flush(), all.flush()]);
    expect(none.stats()).toMatchObject({ started: 50, sampledOut: 50, delivered: 0 });
    expect(all.stats()).toMatchObject({ started: 50, sampledOut: 0, delivered: 50 });
  });
});
