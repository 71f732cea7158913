import { createOtlpSink, type FaultyServer } from '@slipstream/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { attributesOf } from '../../test/worker-support/backend.js';
import { type Client, createClient, observe } from '../core.js';
import { SlipstreamTracer } from './tracer.js';

let sink: FaultyServer;
let client: Client;

async function open(options: { asCollector?: boolean; bufferBytes?: number } = {}): Promise<SlipstreamTracer> {
  sink = await createOtlpSink({ asCollector: options.asCollector ?? false });
  const bufferBytes = options.bufferBytes ?? 1 << 20;
  client = createClient({
    url: sink.url,
    environment: 'test',
    release: 'r1',
    version: 'v1',
    batchAgeMs: 0,
    bufferBytes,
  });
  return new SlipstreamTracer('library', '1.0.0', client);
}

afterEach(async () => {
  await client.shutdown();
  await sink.close();
});

const spanNamed = (name: string) => attributesOf(sink.spans().find((span) => span.name === name));

describe('what the worker adds to a span of OpenTelemetry', () => {
  it('are the values of its trace, environment, release and version, and no type', async () => {
    const tracer = await open();
    tracer.startActiveSpan('root', (root) => {
      client.updateCurrentTrace({ userId: 'u', sessionId: 's', tags: ['a'], metadata: { k: 'v' }, name: 'the trace' });
      observe(() => tracer.startSpan('inner').end(), { name: 'observed', client })();
      root.end();
    });
    await client.flush();
    const added = {
      'langfuse.trace.name': 'the trace',
      'user.id': 'u',
      'session.id': 's',
      'langfuse.trace.tags': ['a'],
      'langfuse.trace.metadata.k': 'v',
      'langfuse.version': 'v1',
      'langfuse.environment': 'test',
      'langfuse.release': 'r1',
    };
    expect([spanNamed('root'), spanNamed('inner')]).toEqual([added, added]);
    expect(spanNamed('observed')).toMatchObject({ ...added, 'langfuse.observation.type': 'span' });
  });

  it('never replaces what the span carries itself', async () => {
    const tracer = await open();
    const own = {
      'user.id': 'own',
      'session.id': 7,
      'langfuse.trace.tags': ['own'],
      'langfuse.trace.metadata.k': 'own',
      'langfuse.environment': 'own',
      'langfuse.release': 'own',
      'langfuse.version': 'own',
      'langfuse.observation.level': 'DEBUG',
    };
    tracer.startActiveSpan('root', { attributes: own }, (root) => {
      client.updateCurrentTrace({ userId: 'u', sessionId: 's', tags: ['a'], metadata: { k: 'v', other: 1 } });
      client.updateCurrentSpan({ level: 'ERROR' });
      root.end();
    });
    await client.flush();
    expect(spanNamed('root')).toEqual({ ...own, 'session.id': 7n, 'langfuse.trace.metadata.other': 1n });
  });
});

describe('the books', () => {
  it('balance when the ring is full, and the spans that fit arrive', async () => {
    const tracer = await open({ bufferBytes: 65_536 });
    for (let index = 0; index < 2_000; index++) tracer.startSpan('op', { attributes: { text: 'x'.repeat(200) } }).end();
    await client.flush();
    const { started, delivered, dropped, open: stillOpen, pending } = client.stats();
    expect([started, stillOpen, pending]).toEqual([2_000, 0, 0]);
    expect(dropped.ring_full).toBeGreaterThan(0);
    expect(delivered + dropped.ring_full).toBe(2_000);
    expect(sink.uniqueSpanCount()).toBe(delivered);
  });

  it('count spans that end after shutdown', async () => {
    const tracer = await open();
    const span = tracer.startSpan('op');
    await client.shutdown();
    span.end();
    tracer.startSpan('late').end();
    expect(client.stats()).toMatchObject({ started: 2, open: 0, dropped: { after_shutdown: 2 } });
  });
});

it('shows the first span of a trace to a collector while it runs, and sends it once it has ended', async () => {
  const tracer = await open({ asCollector: true });
  tracer.startSpan('so that the collector is met').end();
  await client.flush();
  const span = tracer.startActiveSpan('slow', (active) => {
    tracer.startSpan('child, which is not shown');
    return active;
  });
  await expect.poll(() => sink.stats().runningSpans).toBe(1);
  span.end();
  await client.flush();
  expect(sink.spans().map(({ name }) => name)).toContain('slow');
});
