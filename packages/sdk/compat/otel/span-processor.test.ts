/** Applications that keep OpenTelemetry's own SDK, with our processor beside theirs, and with our context manager. */

import { propagateAttributes, startObservation } from '@langfuse/tracing';
import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  TraceIdRatioBasedSampler,
  type TracerConfig,
} from '@opentelemetry/sdk-trace-base';
import { createClient, observe } from '@slipstream/sdk';
import { SlipstreamContextManager, SlipstreamSpanProcessor } from '@slipstream/sdk/otel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArrivedSpan, attributesOf, type Collector, startCollector } from './support/collector.js';

let theirs: Collector;
let ours: Collector;
let client: ReturnType<typeof createClient>;

beforeEach(async () => {
  [theirs, ours] = await Promise.all([startCollector(), startCollector()]);
  client = createClient({ url: ours.url, batchAgeMs: 0 });
});
afterEach(async () => {
  trace.disable();
  context.disable();
  propagation.disable();
  await client.shutdown();
  await Promise.all([theirs.close(), ours.close()]);
});

function open(config: Partial<TracerConfig> = {}): BasicTracerProvider {
  const exporter = new OTLPTraceExporter({ url: `${theirs.url}/v1/traces` });
  return new BasicTracerProvider({
    ...config,
    spanProcessors: [new BatchSpanProcessor(exporter), new SlipstreamSpanProcessor({ client })],
  });
}

const REMOTE = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  isRemote: true,
};

/** All but the resource; times to the microsecond, which is what a double of milliseconds keeps. */
function comparable(spans: readonly ArrivedSpan[]): unknown[] {
  const micro = (unixNano: bigint) => (unixNano + 500n) / 1_000n;
  return [...spans]
    .sort((a, b) => (a.spanId < b.spanId ? -1 : 1))
    .map(({ resource: _, startTimeUnixNano, endTimeUnixNano, events, ...span }) => ({
      ...span,
      startUs: micro(startTimeUnixNano),
      endUs: micro(endTimeUnixNano),
      events: events.map(({ timeUnixNano, ...event }) => ({ ...event, timeUs: micro(timeUnixNano) })),
    }));
}

describe('SlipstreamSpanProcessor', () => {
  it('hands each span over as the SDK exports it, under its own ids', async () => {
    const provider = open({ spanLimits: { attributeCountLimit: 4, eventCountLimit: 1, linkCountLimit: 1 } });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    const tracer = provider.getTracer('app', '2.0.0');
    const links = [{ context: REMOTE, attributes: { a: 1 } }, { context: { ...REMOTE, isRemote: false } }];
    tracer.startActiveSpan(
      'root',
      { kind: SpanKind.SERVER, links },
      trace.setSpanContext(ROOT_CONTEXT, REMOTE),
      (root) => {
        root.setAttributes({ text: 'Đây', int: 1, double: 0.5, list: [1, 2], dropped: 1 });
        root.addEvent('one').addEvent('two', { a: ['x'] });
        tracer.startSpan('child', { kind: SpanKind.CLIENT }).setStatus({ code: 2, message: 'why' }).end();
        provider.getTracer('other').startSpan('other scope').end();
        root.recordException(new Error('broken'));
        root.end();
      },
    );
    tracer.startSpan('timed', { startTime: [1_700_000_000, 1_200], root: true }).end([1_700_000_000, 500_300_200]);
    await Promise.all([provider.forceFlush(), client.flush()]);
    expect(theirs.spans()).toHaveLength(4);
    expect(comparable(ours.spans())).toEqual(comparable(theirs.spans()));
  });

  it('counts a span once, from its end on, and only what the provider sampled', async () => {
    const provider = open({ sampler: new TraceIdRatioBasedSampler(0.5) });
    const tracer = provider.getTracer('app');
    const never: Span[] = [];
    for (let index = 0; index < 100; index++) {
      tracer.startSpan('op').end();
      never.push(tracer.startSpan('never ended'));
    }
    await Promise.all([provider.forceFlush(), client.flush()]);
    const count = theirs.spans().length;
    expect(count).toBeGreaterThan(20);
    expect(client.stats()).toMatchObject({ started: count, delivered: count, open: 0, pending: 0, sampledOut: 0 });
    await provider.shutdown();
    never.map((span) => span.end());
    expect(client.stats().started).toBe(count);
  });

  it("puts Langfuse's propagated values on each span", async () => {
    trace.setGlobalTracerProvider(open());
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    propagateAttributes({ userId: 'u', tags: ['a'], prompt: { name: 'p', version: 1 } as never }, () => {
      startObservation('op').end();
    });
    await client.flush();
    expect(attributesOf(ours.spans()[0] as ArrivedSpan)).toMatchObject({
      'user.id': 'u',
      'langfuse.trace.tags': ['a'],
      'langfuse.observation.prompt.version': 1n,
    });
  });

  it('survives spans that are none', async () => {
    const processor = new SlipstreamSpanProcessor({ client });
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    for (const value of [undefined, null, 0, 'x', {}, trap, { spanContext: () => REMOTE }]) {
      processor.onStart(value as never, value as never);
      processor.onEnd(value as never);
      new SlipstreamSpanProcessor(value as never);
    }
    await processor.forceFlush();
    await processor.shutdown();
    const { started, delivered, open } = client.stats();
    expect(started).toBe(delivered + open);
    expect(open).toBe(0);
  });
});

describe('SlipstreamContextManager beside another provider', () => {
  it("nests the SDK's spans and observations both ways, in one trace", async () => {
    const provider = open();
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new SlipstreamContextManager());
    const tracer = trace.getTracer('app');
    const observed = observe(
      async () => {
        await null;
        tracer.startActiveSpan('inner', (span) => {
          observe(() => 1, { name: 'leaf', client })();
          span.end();
        });
      },
      { name: 'observed', client },
    );
    await tracer.startActiveSpan('outer', async (span) => {
      await observed();
      span.end();
    });
    await client.flush();
    const spans = ours.spans();
    const byId = new Map(spans.map(({ spanId, name }) => [spanId, name]));
    expect(Object.fromEntries(spans.map(({ name, parentSpanId }) => [name, byId.get(parentSpanId)]))).toEqual({
      outer: undefined,
      observed: 'outer',
      inner: 'observed',
      leaf: 'inner',
    });
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });
});
