import { EventEmitter } from 'node:events';
import * as v8 from 'node:v8';
import * as vm from 'node:vm';
import { createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { recordOtel } from '../../test/support/otel-recording.js';
import { attributesOf } from '../../test/worker-support/backend.js';
import { processState } from '../context/active-span.js';
import type { OtelSpan } from './api-types.js';
import { activeContext } from './context.js';
import { SlipstreamContextManager } from './context-manager.js';

const contexts = new SlipstreamContextManager();
const KEY = createContextKey('a key');
const OTHER = createContextKey('another key');

/** As the API's own helpers see it. */
const spanIn = (context: unknown) => trace.getSpan(context as never) as OtelSpan | undefined;
const setSpan = (context: unknown, span: unknown) => trace.setSpan(context as never, span as never);

describe('a context', () => {
  it('is immutable, and answers for what was set last', () => {
    const one = contexts.active().setValue(KEY, 1);
    const two = one.setValue(OTHER, 2).setValue(KEY, 3);
    expect([one.getValue(KEY), one.getValue(OTHER)]).toEqual([1, undefined]);
    expect([two.getValue(KEY), two.getValue(OTHER)]).toEqual([3, 2]);
    expect(two.deleteValue(KEY).getValue(KEY)).toBeUndefined();
    expect(two.deleteValue(KEY).getValue(OTHER)).toBe(2);
    expect(two.getValue(KEY)).toBe(3);
  });

  it('does not grow by setting one key again and again', () => {
    let context = activeContext().setValue(OTHER, 'kept');
    for (let index = 0; index < 10_000; index++) context = context.setValue(KEY, index);
    let length = 0;
    for (let node = context.values; node !== undefined; node = node.next) length++;
    expect([length, context.getValue(KEY), context.getValue(OTHER)]).toEqual([2, 9_999, 'kept']);
  });

  it("takes spans by the API's own helpers", () => {
    const span = recordOtel().tracer().startSpan('op');
    const context = setSpan(contexts.active(), span);
    expect(spanIn(context)).toBe(span);
    expect(trace.getSpanContext(context)).toEqual(span.spanContext());
    expect(spanIn(trace.deleteSpan(context))).toBeUndefined();
    expect(spanIn(setSpan(contexts.active(), { not: 'a span' }))).toBeUndefined();
  });

  it("answers for a context of the API's own kind that was made active", () => {
    const span = recordOtel().tracer().startSpan('op');
    const foreign = setSpan(ROOT_CONTEXT.setValue(KEY, 1).setValue(OTHER, 2), span);
    contexts.with(foreign, () => {
      const active = contexts.active();
      expect([active.getValue(KEY), spanIn(active)]).toEqual([1, span]);
      expect(active.deleteValue(KEY).getValue(KEY)).toBeUndefined();
      expect(active.deleteValue(KEY).getValue(OTHER)).toBe(2);
      expect(active.setValue(KEY, 5).getValue(KEY)).toBe(5);
      expect(spanIn(trace.deleteSpan(active as never))).toBeUndefined();
    });
  });
});

describe('the context manager', () => {
  it('runs functions with receiver, arguments and result, and ends with them', () => {
    const context = contexts.active().setValue(KEY, 'inside');
    const self = { factor: 2 };
    const result = contexts.with(
      context,
      function (this: typeof self, value: number) {
        return [contexts.active().getValue(KEY), this.factor * value];
      } as never,
      self as never,
      21,
    );
    expect(result).toEqual(['inside', 42]);
    expect(contexts.active().getValue(KEY)).toBeUndefined();
    expect(() =>
      contexts.with(context, () => {
        throw new RangeError('of the application');
      }),
    ).toThrow(RangeError);
    expect(contexts.active().getValue(KEY)).toBeUndefined();
  });

  it('takes whatever it is given', () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    for (const value of [undefined, null, 0, 'x', Symbol('s'), {}, [], trap]) {
      expect(contexts.with(value as never, () => 'ran')).toBe('ran');
      expect(contexts.with(contexts.active(), value as never)).toBeUndefined();
      expect(contexts.bind(value as never, value)).toBe(value);
      contexts.attach(value as never).dispose();
    }
    expect(contexts.enable().disable()).toBe(contexts);
  });

  it('keeps the context over await, timers and promises in parallel', async () => {
    const work = async (index: number): Promise<unknown[]> => {
      const seen: unknown[] = [];
      await null;
      seen.push(contexts.active().getValue(KEY));
      await new Promise((resolve) => setTimeout(resolve, index % 3));
      seen.push(contexts.active().getValue(KEY));
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(contexts.active().getValue(KEY));
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      seen.push(contexts.active().getValue(KEY));
      return seen;
    };
    const runs = Array.from({ length: 50 }, (_, index) =>
      contexts.with(contexts.active().setValue(KEY, index), () => work(index)),
    );
    const seen = await Promise.all(runs);
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => Array(4).fill(index)));
  });

  it('binds functions, keeping their receiver and length', () => {
    const context = contexts.active().setValue(KEY, 'bound');
    const bound = contexts.bind(context, function named(this: unknown, a: number, b: number) {
      return [contexts.active().getValue(KEY), this, a + b];
    });
    expect([bound.length, bound.name]).toEqual([2, 'named']);
    const self = {};
    expect(bound.call(self, 1, 2)).toEqual(['bound', self, 3]);
  });

  it('binds emitters: listeners added later run in the context, and can be removed', () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    const listener = function (this: unknown, value: string) {
      seen.push([value, contexts.active().getValue(KEY), this === emitter]);
    };
    emitter.on('before', listener);
    expect(contexts.bind(contexts.active().setValue(KEY, 'bound'), emitter)).toBe(emitter);
    contexts.bind(contexts.active().setValue(KEY, 'too late'), emitter);
    emitter
      .on('on', listener)
      .once('once', listener)
      .prependListener('on', listener)
      .prependOnceListener('once', listener);
    for (const event of ['before', 'on', 'once', 'once']) emitter.emit(event, event);
    expect(seen).toEqual([
      ['before', undefined, true],
      ...Array(2).fill(['on', 'bound', true]),
      ...Array(2).fill(['once', 'bound', true]),
    ]);
    expect(emitter.listeners('on')).toEqual([listener, listener]);
    emitter.once('once', listener).off('once', listener);
    emitter.off('on', listener).removeListener('on', listener);
    expect([emitter.listenerCount('on'), emitter.listenerCount('once')]).toEqual([0, 0]);
    expect(() => emitter.on('x', undefined as never)).toThrow(TypeError);
  });

  it('attaches a context until its token is disposed of', async () => {
    await (async () => {
      const token = contexts.attach(contexts.active().setValue(KEY, 'attached'));
      expect(contexts.active().getValue(KEY)).toBe('attached');
      await null;
      expect(contexts.active().getValue(KEY)).toBe('attached');
      token.dispose();
      token.dispose();
      expect(contexts.active().getValue(KEY)).toBeUndefined();
    })();
  });
});

describe('observations and spans', () => {
  it('nest in each other, both ways, over awaits', async () => {
    const otel = recordOtel();
    const { recorder } = otel.recording;
    const begin = (name: string) =>
      recorder.start({ name, type: 0, hasInput: false, input: undefined }, processState.storage.getStore());
    const tracer = otel.tracer();
    await tracer.startActiveSpan('span 1', async (span1) => {
      await null;
      const observation2 = begin('observation 2');
      await observation2.run(async () => {
        await null;
        await tracer.startActiveSpan('span 3', async (span3) => {
          await null;
          begin('observation 4').end();
          span3.end();
        });
      });
      observation2.end();
      span1.end();
    });
    const spans = otel.exported();
    const byId = new Map(spans.map((span) => [span.spanId, span.name]));
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(Object.fromEntries(spans.map(({ name, parentSpanId }) => [name, byId.get(parentSpanId)]))).toEqual({
      'span 1': undefined,
      'observation 2': 'span 1',
      'span 3': 'observation 2',
      'observation 4': 'span 3',
    });
  });

  it('share the values of the context around them', () => {
    const otel = recordOtel();
    const { recorder } = otel.recording;
    const begin = { name: 'o', type: 0, hasInput: false, input: undefined };
    contexts.with(contexts.active().setValue(KEY, 'around'), () => {
      recorder.start(begin, processState.storage.getStore()).run(() => {
        expect(contexts.active().getValue(KEY)).toBe('around');
        otel.tracer().startActiveSpan('s', () => expect(contexts.active().getValue(KEY)).toBe('around'));
        recorder.start(begin, processState.storage.getStore()).run(() => {
          expect(contexts.active().getValue(KEY)).toBe('around');
        });
      });
    });
  });

  it('know each other: an active span is the current observation, an active observation shows as a span', () => {
    const otel = recordOtel();
    otel.tracer().startActiveSpan('op', (span) => {
      expect(processState.storage.getStore()?.local).toBe(span);
      expect(spanIn(contexts.active())).toBe(span);
    });
    const observation = otel.recording.recorder.start(
      { name: 'o', type: 0, hasInput: false, input: undefined },
      undefined,
    );
    observation.run(() => {
      const span = spanIn(contexts.active())!;
      expect(span.spanContext()).toEqual({ traceId: observation.traceId, spanId: observation.id, traceFlags: 1 });
      // Also where the API's own context carries it.
      contexts.with(setSpan(ROOT_CONTEXT, span), () => {
        expect(processState.storage.getStore()?.local).toBe(observation);
      });
      expect(span.isRecording()).toBe(true);
      span.end();
      expect(observation.ended).toBe(false);
    });
    const span = otel.tracer().startSpan('made active as an observation');
    (span as unknown as typeof observation).run(() => expect(spanIn(contexts.active())).toBe(span));
  });

  it('let OpenTelemetry set fields, metadata, status and events of an active observation', () => {
    const otel = recordOtel();
    const begin = { name: 'o', type: 1, hasInput: false, input: undefined };
    const observation = otel.recording.recorder.start(begin, undefined);
    observation.run(() => {
      const span = spanIn(contexts.active())!;
      span.setAttributes({
        'langfuse.observation.input': 'in',
        'langfuse.observation.type': 'agent',
        'langfuse.observation.model.name': 'm',
        'langfuse.observation.usage_details': '{"input":3}',
        'langfuse.observation.completion_start_time': JSON.stringify(new Date(Date.now() + 60_000)),
        'langfuse.observation.prompt.name': 'p',
        'langfuse.observation.prompt.version': 3,
        'langfuse.observation.metadata.a': 'b',
        'http.route': '/x',
        'langfuse.trace.metadata.t': 'u',
        'user.id': 'user',
      });
      span.setAttribute('b', 2).updateName('renamed').addLink({ context: span.spanContext() }).addLinks([]);
      span.setStatus({ code: 2, message: 'why' });
      span.addEvent('happened', { k: 'v' }, 1_700_000_000_000).addEvent('at once', 1_700_000_000_000);
      span.recordException(new RangeError('broken'));
      span
        .setAttributes(undefined as never)
        .setAttribute(undefined as never, 1)
        .setStatus(undefined as never);
      span.recordException(undefined);
    });
    observation.end();
    const spans = Object.fromEntries(otel.exported().map((span) => [span.name, span]));
    expect(attributesOf(spans.renamed)).toMatchObject({
      'langfuse.observation.type': 'generation',
      'langfuse.observation.input': 'in',
      'langfuse.observation.model.name': 'm',
      'langfuse.observation.usage_details': '{"input":3}',
      'langfuse.observation.completion_start_time': expect.stringMatching(/^20/),
      'langfuse.observation.prompt.name': 'p',
      'langfuse.observation.prompt.version': 3n,
      'langfuse.observation.metadata.a': 'b',
      'langfuse.observation.metadata.http.route': '/x',
      'langfuse.observation.metadata.b': 2n,
      'langfuse.observation.level': 'ERROR',
      'langfuse.observation.status_message': 'why',
    });
    expect(attributesOf(spans.happened)).toMatchObject({ 'langfuse.observation.metadata.k': 'v' });
    expect(spans.happened!.startTimeUnixNano / 1_000_000n).toBeGreaterThanOrEqual(1_699_999_999_998n);
    expect(spans['at once']).toBeDefined();
    expect(attributesOf(spans.exception)).toMatchObject({
      'langfuse.observation.level': 'ERROR',
      'langfuse.observation.status_message': 'broken',
      'langfuse.observation.metadata.exception.type': 'RangeError',
    });
  });

  it('keep no chain of spans alive, however long work goes on in the context of work', async () => {
    v8.setFlagsFromString('--expose-gc');
    const collectGarbage = vm.runInNewContext('gc') as () => void;
    let collected = 0;
    let innermost: unknown;
    const registry = new FinalizationRegistry(() => collected++);
    const otel = recordOtel();
    const begin = { name: 'o', type: 0, hasInput: false, input: undefined };
    await new Promise<void>((resolve) => {
      const step = (left: number): void => {
        if (left === 0) {
          innermost = processState.storage.getStore();
          resolve();
          return;
        }
        const observation = otel.recording.recorder.start(begin, processState.storage.getStore());
        registry.register(observation, undefined);
        observation.run(() => {
          const facade = spanIn(contexts.active());
          const span = otel.tracer().startSpan('op');
          registry.register(span, undefined);
          const outer = setSpan(ROOT_CONTEXT.setValue(KEY, left), left % 2 === 0 ? span : facade);
          contexts.with(outer, () => void setImmediate(step, left - 1));
        });
      };
      step(200);
    });
    for (let round = 0; round < 20 && collected < 380; round++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(collected).toBeGreaterThanOrEqual(380);
    expect(innermost).toBeDefined();
  });
});
