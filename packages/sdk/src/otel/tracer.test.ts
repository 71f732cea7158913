import { describe, expect, it, vi } from 'vitest';
import { recordOtel } from '../../test/support/otel-recording.js';
import { attributesOf } from '../../test/worker-support/backend.js';
import type { Client } from '../client/client.js';
import { processState } from '../context/active-span.js';
import { readTraceContext } from '../context/trace-context.js';
import { COUNT } from '../ring/layout.js';
import type { OtelSampler, OtelSpan } from './api-types.js';
import { activeContext } from './context.js';
import { SlipstreamContextManager } from './context-manager.js';
import { SPAN_KEY, SUPPRESSION_KEY } from './keys.js';
import { SlipstreamTracer } from './tracer.js';

const contexts = new SlipstreamContextManager();
const REMOTE = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  isRemote: true,
};

/** A span as `trace.wrapSpanContext` of the API makes it. */
const wrap = (spanContext: object) => ({ spanContext: () => spanContext, isRecording: () => false });

const remoteContext = (spanContext: object = REMOTE) => contexts.active().setValue(SPAN_KEY, wrap(spanContext));

describe('startActiveSpan', () => {
  it('takes a function last, after options and context', () => {
    const otel = recordOtel();
    const tracer = otel.tracer();
    const results = [
      tracer.startActiveSpan('a', (span) => [span, activeContext().span, 1]),
      tracer.startActiveSpan('b', { kind: 1 }, (span) => [span, activeContext().span, 2]),
      tracer.startActiveSpan('c', { kind: 2 }, remoteContext(), (span) => [span, activeContext().span, 3]),
    ];
    for (const [span, active] of results) {
      expect(active).toBe(span);
      (span as OtelSpan).end();
    }
    expect(results.map(([, , result]) => result)).toEqual([1, 2, 3]);
    expect(otel.exported().map(({ kind, parentSpanId }) => [kind, parentSpanId])).toEqual([
      [1, ''],
      [2, ''],
      [3, REMOTE.spanId],
    ]);
    expect(activeContext().span).toBeUndefined();
  });

  it('passes on what the function throws, and does not end the span', () => {
    const otel = recordOtel();
    const fail = () =>
      otel.tracer().startActiveSpan('op', () => {
        throw new RangeError('of the application');
      });
    expect(fail).toThrow(RangeError);
    expect(otel.exported()).toEqual([]);
  });

  it('without a function does nothing', () => {
    expect(
      recordOtel()
        .tracer()
        .startActiveSpan('op', undefined as never),
    ).toBeUndefined();
  });
});

describe('a span begins', () => {
  it('below the active one, in its trace', () => {
    const otel = recordOtel();
    const tracer = otel.tracer();
    tracer.startActiveSpan('outer', (outer) => {
      tracer.startActiveSpan('inner', (inner) => {
        tracer.startSpan('leaf').end();
        inner.end();
      });
      outer.end();
    });
    const [leaf, inner, outer] = otel.exported();
    expect([leaf!.parentSpanId, inner!.parentSpanId, outer!.parentSpanId]).toEqual([inner!.spanId, outer!.spanId, '']);
    expect(new Set([leaf, inner, outer].map((span) => span!.traceId)).size).toBe(1);
  });

  it('in a trace of its own with the option root, and then without tracestate', () => {
    const otel = recordOtel();
    const tracer = otel.tracer();
    tracer.startActiveSpan('outer', (outer) => {
      tracer.startSpan('alone', { root: true }).end();
      outer.end();
    });
    const [alone, outer] = otel.exported();
    expect(alone!.parentSpanId).toBe('');
    expect(alone!.traceId).not.toBe(outer!.traceId);
  });

  it('below the span of another process, and says that it is remote', () => {
    const otel = recordOtel();
    const traceState = { serialize: () => 'vendor=1' };
    otel
      .tracer()
      .startSpan('served', {}, remoteContext({ ...REMOTE, traceState }))
      .end();
    const [served] = otel.exported();
    expect(served).toMatchObject({
      traceId: REMOTE.traceId,
      parentSpanId: REMOTE.spanId,
      traceState: 'vendor=1',
      flags: 0x301,
    });
  });

  it('below a caller whose headers were taken over by the client, likewise', () => {
    const otel = recordOtel();
    const headers = { traceparent: `00-${REMOTE.traceId}-${REMOTE.spanId}-01`, tracestate: 'a=1' };
    const parent = readTraceContext(headers, () => true);
    processState.storage.run(parent as never, () => {
      expect(activeContext().span?.spanContext()).toMatchObject(REMOTE);
      otel.tracer().startActiveSpan('served', (span) => {
        otel.tracer().startSpan('inside').end();
        span.end();
      });
    });
    expect(otel.exported().map(({ flags, traceState }) => [flags, traceState])).toEqual([
      [0x101, 'a=1'],
      [0x301, 'a=1'],
    ]);
  });

  it.each([
    ['zeros', { ...REMOTE, traceId: '0'.repeat(32) }],
    ['a span id of zeros', { ...REMOTE, spanId: '0'.repeat(16) }],
    ['nonsense', { traceId: 'x', spanId: 'y', traceFlags: 1 }],
    ['nothing', {}],
  ])('in a new trace where the parent is %s', (_, spanContext) => {
    const otel = recordOtel();
    otel.tracer().startSpan('op', {}, remoteContext(spanContext)).end();
    expect(otel.exported()[0]!.parentSpanId).toBe('');
  });

  it('each in a trace of its own where only values are active', () => {
    const otel = recordOtel();
    const tracer = otel.tracer();
    const context = contexts.active().setValue(Symbol('baggage'), 1);
    contexts.with(context, () => {
      tracer.startSpan('one').end();
      tracer.startSpan('two').end();
      otel.recording.recorder
        .start({ name: 'three', type: 0, hasInput: false, input: undefined }, processState.storage.getStore())
        .end();
      otel.recording.recorder
        .start({ name: 'four', type: 0, hasInput: false, input: undefined }, processState.storage.getStore())
        .end();
    });
    const spans = otel.exported();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(4);
    expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual(['', '', '', '']);
  });

  it('with whatever arguments', () => {
    const otel = recordOtel();
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    for (const value of [undefined, null, 0, 'x', Symbol('s'), () => 1, [], trap]) {
      otel
        .tracer()
        .startSpan(value as never, value as never, value as never)
        .end(value as never);
      new SlipstreamTracer(value as never, value as never, otel.client, trap as never).startSpan('op').end();
      new SlipstreamTracer('x', '', otel.client, value as never).startSpan('op').end();
    }
    expect(otel.exported()).toHaveLength(24);
    expect(otel.count(COUNT.STARTED)).toBe(24);
  });
});

describe('where nothing is recorded', () => {
  it("a disabled client gives spans that pass the caller's ids on", () => {
    const tracer = new SlipstreamTracer('t', '1', { enabled: false } as Client);
    const below = tracer.startSpan('op', {}, remoteContext({ ...REMOTE, traceFlags: 0 }));
    expect(below.spanContext()).toMatchObject({ traceId: REMOTE.traceId, spanId: REMOTE.spanId, traceFlags: 0 });
    expect(below.isRecording()).toBe(false);
    expect(tracer.startSpan('root').spanContext()).toEqual({
      traceId: '0'.repeat(32),
      spanId: '0'.repeat(16),
      traceFlags: 0,
    });
    below
      .setAttribute('a', 1)
      .setAttributes({})
      .addEvent('e')
      .addLink({ context: REMOTE })
      .addLinks([])
      .updateName('x');
    below.setStatus({ code: 2 }).end();
    below.recordException(new Error('x'));
  });

  it("a suppressed context stops OpenTelemetry's spans, and those of observations go on below the outer one", () => {
    const otel = recordOtel();
    const { recorder } = otel.recording;
    const begin = { name: 'observed', type: 0, hasInput: false, input: undefined };
    const outer = recorder.start({ ...begin, name: 'outer' }, undefined);
    outer.run(() =>
      contexts.with(contexts.active().setValue(SUPPRESSION_KEY, true), () =>
        otel.tracer().startActiveSpan('suppressed', (span) => {
          expect(span.isRecording()).toBe(false);
          otel.tracer().startSpan('also').end();
          recorder.start(begin, processState.storage.getStore()).end();
          const unsuppressed = contexts.active().deleteValue(SUPPRESSION_KEY);
          otel.tracer().startSpan('again', {}, unsuppressed).end();
          span.end();
        }),
      ),
    );
    outer.end();
    const spans = otel.exported();
    expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ['observed', outer.id],
      ['outer', ''],
      ['again', outer.id],
    ]);
    expect(otel.count(COUNT.STARTED)).toBe(3);
  });
});

describe('sampling', () => {
  it("is by the trace id and the client's rate, for spans as for observations, whatever the caller decided", () => {
    const otel = recordOtel({ sampleRate: 0.5 });
    const tracer = otel.tracer();
    const kept = 'b7ad6b71692033317';
    for (let index = 0; index < 400; index++) {
      const word = ((index * 2 ** 32) / 400) >>> 0;
      const traceId = `${kept.padEnd(24, '0')}${word.toString(16).padStart(8, '0')}`;
      const span = tracer.startSpan('op', {}, remoteContext({ ...REMOTE, traceId, traceFlags: index % 2 }));
      const isKept = word < 2 ** 31;
      expect([span.isRecording(), span.spanContext().traceFlags]).toEqual([isKept, isKept ? 1 : 0]);
      span.end();
    }
    expect(otel.exported()).toHaveLength(200);
  });

  it('keeps the books balanced, and drops whole traces', () => {
    const otel = recordOtel({ sampleRate: 0.5 });
    const tracer = otel.tracer();
    for (let index = 0; index < 300; index++) {
      tracer.startActiveSpan('outer', (outer) => {
        const inner = tracer.startSpan('inner');
        expect(inner.isRecording()).toBe(outer.isRecording());
        inner.end();
        outer.end();
      });
    }
    const exported = otel.exported().length;
    expect(otel.count(COUNT.STARTED)).toBe(600);
    expect(otel.count(COUNT.SAMPLED_OUT) + exported).toBe(600);
    expect(exported % 2).toBe(0);
    expect(exported).toBeGreaterThan(100);
    expect(exported).toBeLessThan(500);
  });

  it('asks a sampler of OpenTelemetry instead, and takes its attributes and tracestate', () => {
    const otel = recordOtel({ sampleRate: 0 });
    const shouldSample = vi.fn<OtelSampler['shouldSample']>(() => ({
      decision: 2,
      attributes: { 'sampler.rate': 0.5 },
      traceState: { serialize: () => 'ot=th:8' } as never,
    }));
    const context = remoteContext();
    const link = { context: REMOTE };
    otel
      .tracer({ sampler: { shouldSample } })
      .startSpan('op', { kind: 2, attributes: { a: 1 }, links: [link] }, context)
      .end();
    expect(shouldSample.mock.calls[0]).toEqual([expect.anything(), REMOTE.traceId, 'op', 2, { a: 1 }, [link]]);
    expect(shouldSample.mock.calls[0]![0].getValue(SPAN_KEY)).toMatchObject({ isRecording: expect.any(Function) });
    const [span] = otel.exported();
    expect(attributesOf(span)).toEqual({ a: 1n, 'sampler.rate': 0.5 });
    expect(span!.traceState).toBe('ot=th:8');
  });

  it.each([
    [0, false, 0],
    [1, true, 0],
    [2, true, 1],
  ])("a sampler's decision %i: recording %s, flags %i", (decision, isRecording, flags) => {
    const otel = recordOtel();
    const span = otel.tracer({ sampler: { shouldSample: () => ({ decision }) } }).startSpan('op');
    expect([span.isRecording(), span.spanContext().traceFlags]).toEqual([isRecording, flags]);
    expect(span.spanContext().traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    span.end();
    expect(otel.exported()).toHaveLength(flags);
    expect(otel.count(COUNT.SAMPLED_OUT)).toBe(1 - flags);
  });

  it('goes on as it was where the sampler throws', () => {
    const otel = recordOtel();
    const sampler = {
      shouldSample: () => {
        throw new Error('sampler');
      },
    };
    otel.tracer({ sampler }).startSpan('op').end();
    expect(otel.exported()).toHaveLength(1);
  });
});
