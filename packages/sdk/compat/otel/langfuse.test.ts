/**
 * Langfuse's own tracing package, unchanged: what arrives by Slipstream is what its span processor and OpenTelemetry's
 * SDK would have sent, field by field.
 */
import { LangfuseSpanProcessor } from '@langfuse/otel';
import {
  createTraceId,
  getActiveSpanId,
  getActiveTraceId,
  observe,
  propagateAttributes,
  setActiveTraceAsPublic,
  setActiveTraceIO,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from '@langfuse/tracing';
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { createClient, observe as observeOurs } from '@slipstream/sdk';
import { register } from '@slipstream/sdk/otel';
import { type Observation, toObservation } from '@slipstream/wire';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ArrivedSpan, attributesOf, type Collector, startCollector } from './support/collector.js';

const ENVIRONMENT = 'staging';
const RELEASE = 'r42';
const NO_RESOURCE = { attributes: [], droppedAttributesCount: 0 };

let collector: Collector;
const clients: ReturnType<typeof createClient>[] = [];

beforeAll(async () => {
  collector = await startCollector();
});
afterEach(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.shutdown()));
  await collector.close();
});

type Work = () => unknown;

async function byLangfuse(work: Work): Promise<ArrivedSpan[]> {
  const exporter = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
  const options = { publicKey: 'pk', secretKey: 'sk', environment: ENVIRONMENT, release: RELEASE };
  const processor = new LangfuseSpanProcessor({ ...options, exporter, exportMode: 'immediate' });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  return arrivedOf(work, () => provider.forceFlush());
}

async function bySlipstream(work: Work): Promise<ArrivedSpan[]> {
  const client = createClient({ url: collector.url, environment: ENVIRONMENT, release: RELEASE, batchAgeMs: 0 });
  clients.push(client);
  const { provider, isRegistered } = register({ client });
  expect(isRegistered).toBe(true);
  return arrivedOf(work, () => provider.forceFlush());
}

async function arrivedOf(work: Work, flush: () => Promise<void>): Promise<ArrivedSpan[]> {
  const before = collector.spans().length;
  await work();
  await flush();
  trace.disable();
  context.disable();
  propagation.disable();
  return collector.spans().slice(before);
}

/** Observations in the order of their names, ids by the name of what they name. */
function comparable(spans: readonly ArrivedSpan[]): object[] {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  const traces = new Map<string, string>();
  for (const { traceId } of spans) traces.set(traceId, traces.get(traceId) ?? `trace ${traces.size + 1}`);
  return [...spans]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((span) => {
      const observation: Observation = toObservation(span, NO_RESOURCE, span.scope);
      const { startTimeUnixNano, endTimeUnixNano, ...fields } = observation;
      const { 'langfuse.internal.is_app_root': _, ...attributes } = attributesOf(span);
      return {
        ...fields,
        traceId: span.traceId === FIXED_TRACE_ID ? 'fixed' : traces.get(span.traceId),
        spanId: names.get(span.spanId),
        parentSpanId: names.get(span.parentSpanId) ?? span.parentSpanId,
        hasEnded: (endTimeUnixNano ?? 0n) >= startTimeUnixNano,
        attributes,
        status: span.status,
        kind: span.kind,
        flags: span.flags,
      };
    });
}

const FIXED_TRACE_ID = 'c'.repeat(32);
const COMPLETION_START = new Date('2026-11-22T10:00:00.123Z');

const CASES: Readonly<Record<string, Work>> = {
  'observations by hand, of every type': () => {
    const root = startObservation('root', {
      input: { question: 'Xin chào?' },
      metadata: { a: 1, b: { c: 'd' }, e: 'f' },
    });
    const types = ['agent', 'tool', 'chain', 'retriever', 'evaluator', 'guardrail', 'embedding', 'generation'] as const;
    for (const asType of types) {
      const child = root.startObservation(`a ${asType}`, { input: asType }, { asType: asType as 'agent' });
      child.update({ output: [asType], level: 'DEBUG', statusMessage: 'fine', version: 'v1' }).end();
    }
    root.startObservation('an event', { input: 'it happened', level: 'WARNING' }, { asType: 'event' });
    root.update({ output: 'answer', metadata: 'a bare text' as never }).end();
  },
  'a generation with model, parameters, usage, cost, prompt and first token': () => {
    const generation = startObservation(
      'llm',
      {
        model: 'gpt-4o-mini',
        modelParameters: { temperature: 0.2, stop: ['\n'] as never },
        input: [{ role: 'user', content: 'Hi' }],
        prompt: { name: 'greeting', version: 3, isFallback: false },
        environment: 'test',
      },
      { asType: 'generation' },
    );
    generation.update({
      completionStartTime: COMPLETION_START,
      output: { role: 'assistant', content: 'Hello' },
      usageDetails: { input: 10, output: 2, total: 12, input_cached_tokens: 4 },
      costDetails: { total: 0.0012 },
    });
    generation.end();
  },
  'a fallback prompt, which is not linked': () =>
    startObservation('llm', { prompt: { name: 'p', version: 1, isFallback: true } }, { asType: 'generation' }).end(),
  'active observations, nested, with updates of the active one': async () => {
    await startActiveObservation('outer', async (outer) => {
      outer.update({ input: 'in' });
      await startActiveObservation(
        'inner',
        async () => {
          await null;
          updateActiveObservation({ output: 'out', metadata: { from: 'inside' } });
          updateActiveObservation({ model: 'm' }, { asType: 'generation' });
        },
        { asType: 'generation' },
      );
      expect([getActiveSpanId(), getActiveTraceId()]).toEqual([outer.id, outer.traceId]);
      startActiveObservation('kept open', (open) => void setTimeout(() => open.end(), 1), { endOnExit: false });
      await new Promise((resolve) => setTimeout(resolve, 10));
    });
    startActiveObservation('an event', () => undefined, { asType: 'event' as never });
  },
  'errors, thrown and rejected': async () => {
    expect(() =>
      startActiveObservation('throws', () => {
        throw new Error('broken');
      }),
    ).toThrow('broken');
    await expect(startActiveObservation('rejects', async () => Promise.reject(new Error('later')))).rejects.toThrow(
      'later',
    );
    const observed = observe(async () => Promise.reject(new TypeError('in observe')), { name: 'observed' });
    await expect(observed()).rejects.toThrow('in observe');
  },
  'observe, with its ways to capture': async () => {
    const leaf = observe((a: number, b: number) => a + b, { name: 'leaf', asType: 'tool' });
    const silent = observe(() => 'secret', { name: 'silent', captureInput: false, captureOutput: false });
    const outer = observe(
      async (question: { text: string }) => {
        await null;
        silent();
        return { sum: leaf(1, 2), question };
      },
      { name: 'outer', asType: 'agent' },
    );
    await Promise.all([outer({ text: 'Đây là gì?' })]);
    observe(function unnamed() {
      return undefined;
    })();
  },
  'values of the trace, propagated to each span in it': async () => {
    await startActiveObservation('outer', async () => {
      await propagateAttributes(
        {
          userId: 'user-1',
          sessionId: 'session-1',
          tags: ['a', 'b'],
          metadata: { bot: 'robot', 'dotted.key': 'x' },
          version: 'v2',
          traceName: 'named',
          environment: 'other',
        },
        async () => {
          await null;
          startObservation('inside').end();
          await propagateAttributes({ tags: ['b', 'c'], metadata: { more: '1' }, userId: 'user-2' }, async () => {
            await startActiveObservation('further inside', async (span) => void span.update({ output: 1 }));
          });
          startObservation('inside again', { version: 'own' }).end();
          trace
            .getTracer('another library', '9')
            .startSpan('of another library', { attributes: { 'gen_ai.request.model': 'm' } })
            .end();
        },
      );
      startObservation('after').end();
    });
  },
  'a propagated prompt, and generations with one of their own': () =>
    propagateAttributes({ prompt: { name: 'shared', version: 7 } as never }, () => {
      startObservation('plain', {}, { asType: 'generation' }).end();
      const tracer = trace.getTracer('langfuse-sdk');
      const attributes = { 'langfuse.observation.prompt.name': 'own', 'langfuse.observation.prompt.version': 1 };
      tracer.startSpan('own prompt', { attributes }).end();
    }),
  'values that go to another service by baggage, and are taken over there': () => {
    const headers: Record<string, string> = {};
    startActiveObservation('caller', () => {
      const values = { userId: 'u', sessionId: 's', tags: ['x', 'y'], metadata: { k: 'v' }, environment: 'env' };
      propagateAttributes({ ...values, prompt: { name: 'p', version: 2 } as never, asBaggage: true }, () => {
        propagation.inject(context.active(), headers);
      });
    });
    expect(Object.keys(headers).sort()).toEqual(['baggage', 'traceparent']);
    context.with(propagation.extract(ROOT_CONTEXT, headers), () => {
      startActiveObservation('called', () => startObservation('below').end());
    });
  },
  'input, output and publicity of the trace': () =>
    startActiveObservation('root', (root) => {
      root.setTraceIO({ input: { a: 1 }, output: 'out' });
      setActiveTraceIO({ output: 'later' });
      setActiveTraceAsPublic();
    }),
  'a parent and a time that are given': async () => {
    expect(await createTraceId('seed')).toMatch(/^[0-9a-f]{32}$/);
    const parentSpanContext = { traceId: FIXED_TRACE_ID, spanId: 'd'.repeat(16), traceFlags: 1 };
    const startTime = new Date('2026-01-02T03:04:05.678Z');
    startObservation('by hand', {}, { parentSpanContext, startTime }).end(new Date('2026-01-02T03:04:06Z'));
    startActiveObservation('active', () => startObservation('below').end(), { parentSpanContext });
    observe(() => 1, { name: 'observed', parentSpanContext })();
  },
};

describe('@langfuse/tracing arrives as by its own processor', () => {
  it.each(Object.entries(CASES))('%s', async (_, work) => {
    const theirs = comparable(await byLangfuse(work));
    const ours = comparable(await bySlipstream(work));
    expect(theirs.length).toBeGreaterThan(0);
    expect(ours).toEqual(theirs);
  });
});

describe('@langfuse/tracing and our own observe', () => {
  it('nest in each other, and update each other', async () => {
    const spans = await bySlipstream(async () => {
      const [client] = clients.slice(-1);
      const inner = observeOurs(
        async () => {
          await null;
          updateActiveObservation({ output: { by: 'langfuse' }, metadata: { also: 'this' } });
          await propagateAttributes({ userId: 'user-9' }, async () => startObservation('leaf').end());
        },
        { name: 'ours', client: client! },
      );
      await startActiveObservation('theirs', async () => {
        await inner();
        client!.updateCurrentSpan({ metadata: { from: 'slipstream' } });
        client!.updateCurrentTrace({ sessionId: 'session-9' });
      });
    });
    const byName = new Map(spans.map((span) => [span.name, span]));
    const [theirs, ours, leaf] = ['theirs', 'ours', 'leaf'].map((name) => byName.get(name)!);
    expect([ours!.parentSpanId, leaf!.parentSpanId]).toEqual([theirs!.spanId, ours!.spanId]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(attributesOf(ours!)).toMatchObject({
      'langfuse.observation.output': '{"by":"langfuse"}',
      'langfuse.observation.metadata.also': 'this',
    });
    expect(attributesOf(theirs!)).toMatchObject({
      'langfuse.observation.type': 'span',
      'langfuse.observation.metadata.from': 'slipstream',
      'session.id': 'session-9',
    });
    expect(attributesOf(leaf!)).toMatchObject({ 'user.id': 'user-9' });
  });
});
