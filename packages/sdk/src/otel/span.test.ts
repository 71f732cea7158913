import { afterEach, describe, expect, it, vi } from 'vitest';
import { recordOtel } from '../../test/support/otel-recording.js';
import { attributesOf } from '../../test/worker-support/backend.js';
import { COUNT } from '../ring/layout.js';
import type { OtelSpan } from './api-types.js';
import type { TracerSettings } from './tracer.js';

/** What a span that `work` worked on is when it arrives. */
function exportedAfter(work: (span: OtelSpan) => void, settings?: TracerSettings) {
  const otel = recordOtel();
  const span = otel.tracer(settings).startSpan('op');
  work(span);
  span.end();
  const [exported] = otel.exported();
  return exported!;
}

const nsOf = (ms: number) => BigInt(Math.round(ms * 1e6));

afterEach(() => vi.unstubAllEnvs());

describe('attributes', () => {
  it('keep their types: whole numbers are integers, others doubles, arrays arrays', () => {
    const span = exportedAfter((open) =>
      open.setAttributes({ text: 'a', whole: 3, part: 0.5, yes: true, list: ['x', null, 'y'], numbers: [1, 2.5] }),
    );
    expect(attributesOf(span)).toEqual({
      text: 'a',
      whole: 3n,
      part: 0.5,
      yes: true,
      list: ['x', null, 'y'],
      numbers: [1n, 2.5],
    });
  });

  it('that are invalid are left out', () => {
    const span = exportedAfter((open) => {
      open.setAttributes({ ok: 1, object: {}, mixed: [1, 'a'], nested: [[1]], none: undefined, nil: null, '': 'x' });
      open.setAttribute('fn', () => 1);
      open.setAttribute(undefined as never, 'x');
      open.setAttributes(null as never);
      open.setAttributes(7 as never);
    });
    expect(attributesOf(span)).toEqual({ ok: 1n });
    expect(span.droppedAttributesCount).toBe(0);
  });

  it('set twice keep the later value and the earlier place', () => {
    const span = exportedAfter((open) => open.setAttributes({ a: 1, b: 2 }).setAttribute('a', 3));
    expect(span.attributes.map(({ key, value }) => [key, value])).toEqual([
      ['a', 3n],
      ['b', 2n],
    ]);
  });

  it('are copied when they are set', () => {
    const list = ['before'];
    const span = exportedAfter((open) => {
      open.setAttribute('list', list);
      list.push('after');
    });
    expect(attributesOf(span)).toEqual({ list: ['before'] });
  });

  it.each([128, 129])('are kept up to 128, and the rest counted: %i', (count) => {
    const span = exportedAfter((open) => {
      for (let index = 0; index < count; index++) open.setAttribute(`key${index}`, index);
    });
    expect([span.attributes.length, span.droppedAttributesCount]).toEqual([128, count - 128]);
  });

  it('have the limits that code sets, then those of the environment', () => {
    vi.stubEnv('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', '3');
    vi.stubEnv('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '4');
    const work = (open: OtelSpan) => void open.setAttributes({ a: 'abcdef', b: ['abcdef'], c: 1, d: 2 });
    const byEnvironment = exportedAfter(work);
    const byCode = exportedAfter(work, { spanLimits: { attributeCountLimit: 1, attributeValueLengthLimit: 5 } });
    expect(attributesOf(byEnvironment)).toEqual({ a: 'abcd', b: ['abcd'], c: 1n });
    expect(byEnvironment.droppedAttributesCount).toBe(1);
    expect(attributesOf(byCode)).toEqual({ a: 'abcde' });
  });

  it('survive getters that throw, proxies, and names that objects have already', () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    );
    const span = exportedAfter((open) => {
      open.setAttributes({
        get bad() {
          throw new Error('getter');
        },
        good: 1,
      });
      open.setAttributes(trap);
      open.setAttribute('__proto__', 'own');
      open.setAttribute('constructor', 'own');
    });
    expect(attributesOf(span)).toMatchObject({ good: 1n, constructor: 'own' });
    expect(span.attributes.find(({ key }) => key === '__proto__')?.value).toBe('own');
  });

  it('too large for a record are cut and counted, and the span arrives', () => {
    const otel = recordOtel({ maxCaptureBytes: 4096 });
    const span = otel.tracer().startSpan('op');
    for (let index = 0; index < 128; index++) span.setAttribute(`key${index}`, 'x'.repeat(10_000));
    span.end();
    const [exported] = otel.exported();
    expect(exported!.attributes.length).toBeGreaterThan(10);
    expect(exported!.attributes.length + exported!.droppedAttributesCount).toBe(128);
    expect(String(exported!.attributes[0]!.value)).toMatch(/^x{4000,4091}…\[\+\d+ characters\]$/);
  });
});

describe('events', () => {
  it('have a time, attributes and a limit, past which the oldest go', () => {
    const span = exportedAfter(
      (open) => {
        for (let index = 0; index < 4; index++) open.addEvent(`event ${index}`, { index, long: 'abcdef' });
      },
      { spanLimits: { eventCountLimit: 3, attributePerEventCountLimit: 1 } },
    );
    expect(span.events.map(({ name }) => name)).toEqual(['event 1', 'event 2', 'event 3']);
    expect(span.droppedEventsCount).toBe(1);
    expect(span.events[0]).toMatchObject({ attributes: [{ key: 'index', value: 1n }], droppedAttributesCount: 1 });
    expect(span.events[0]!.timeUnixNano).toBeGreaterThanOrEqual(span.startTimeUnixNano);
  });

  it('take a time as second or third argument', () => {
    const at = 1_700_000_000_123;
    const span = exportedAfter((open) => {
      open.addEvent('second', at);
      open.addEvent('third', { a: 1 }, new Date(at));
      open.addEvent('both', [1_700_000_000, 5] as never, at);
    });
    expect(span.events.map(({ timeUnixNano }) => timeUnixNano / 1000n)).toEqual(Array(3).fill(nsOf(at) / 1000n));
    expect(span.events.map(({ attributes }) => attributes.length)).toEqual([0, 1, 0]);
  });

  it('are none where no event is allowed, and are counted', () => {
    const span = exportedAfter((open) => open.addEvent('e'), { spanLimits: { eventCountLimit: 0 } });
    expect([span.events.length, span.droppedEventsCount]).toEqual([0, 1]);
  });

  it('stand for exceptions, by type, message and stack', () => {
    class Custom extends Error {
      override name = 'Custom';
    }
    const span = exportedAfter((open) => {
      open.recordException(new Custom('broken'), 1_700_000_000_000);
      open.recordException('a text');
      open.recordException({ code: 42, message: 'by code' });
      open.recordException({ nothing: 'of use' });
      open.recordException(undefined);
      open.recordException(
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('trap');
            },
          },
        ),
      );
    });
    expect(span.events.map(({ name }) => name)).toEqual(['exception', 'exception', 'exception']);
    const [byClass, byText, byCode] = span.events.map(({ attributes }) =>
      Object.fromEntries(attributes.map(({ key, value }) => [key, value])),
    );
    expect(byClass).toMatchObject({ 'exception.type': 'Custom', 'exception.message': 'broken' });
    expect(String(byClass!['exception.stacktrace'])).toContain('span.test.ts');
    expect(byText).toEqual({ 'exception.message': 'a text' });
    expect(byCode).toEqual({ 'exception.type': '42', 'exception.message': 'by code' });
    expect(span.status.code).toBe(0);
  });
});

describe('links', () => {
  const context = { traceId: 'A'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };

  it('given at the start or later arrive with ids, flags, state and attributes', () => {
    const otel = recordOtel();
    const span = otel.tracer().startSpan('op', { links: [{ context, attributes: { at: 'start' } }] });
    span.addLink({ context, attributes: { at: 'later' } }).addLinks([{ context }]);
    span.end();
    const [{ links }] = otel.exported() as [ReturnType<typeof otel.exported>[0]];
    expect(links).toHaveLength(3);
    expect(links[0]).toMatchObject({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), flags: 0x301 });
    expect(links.map(({ attributes }) => attributes[0]?.value)).toEqual(['start', 'later', undefined]);
  });

  it('to nowhere are left out, unless they tell something', () => {
    const zero = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
    const span = exportedAfter((open) => {
      open.addLink({ context: zero });
      open.addLink({ context: zero, attributes: { why: 'kept' } });
      open.addLink({ context: { ...context, traceId: 'nonsense' } });
      open.addLink(undefined as never);
      open.addLinks('nonsense' as never);
    });
    expect(span.links.map(({ attributes }) => attributes)).toEqual([[{ key: 'why', value: 'kept' }]]);
  });

  it('have limits', () => {
    const span = exportedAfter(
      (open) => {
        for (let index = 0; index < 3; index++) open.addLink({ context, attributes: { index, more: 1 } });
      },
      { spanLimits: { linkCountLimit: 2, attributePerLinkCountLimit: 1 } },
    );
    expect(span.links.map(({ attributes }) => attributes[0]?.value)).toEqual([1n, 2n]);
    expect(span.droppedLinksCount).toBe(1);
    expect(span.links[0]!.droppedAttributesCount).toBe(1);
  });
});

describe('status', () => {
  it.each([
    ['unset is the default', [], { code: 0, message: '' }],
    ['an error has a description', [{ code: 2, message: 'broken' }], { code: 2, message: 'broken' }],
    ['ok has none', [{ code: 1, message: 'fine' }], { code: 1, message: '' }],
    ['ok is final', [{ code: 1 }, { code: 2, message: 'late' }], { code: 1, message: '' }],
    [
      'ok wins over an error, whose description goes',
      [{ code: 2, message: 'x' }, { code: 1 }],
      { code: 1, message: '' },
    ],
    ['unset is ignored', [{ code: 2, message: 'x' }, { code: 0 }], { code: 2, message: 'x' }],
    ['the last error counts', [{ code: 2, message: 'x' }, { code: 2 }], { code: 2, message: '' }],
    ['a description that is no text is dropped', [{ code: 2, message: 7 }], { code: 2, message: '' }],
    ['what is no status changes nothing', [undefined, null, 5, { code: 'x' }, { code: 9 }], { code: 0, message: '' }],
  ])('%s', (_, statuses, expected) => {
    expect(exportedAfter((open) => statuses.map((status) => open.setStatus(status as never))).status).toEqual(expected);
  });
});

describe('times', () => {
  it.each<[string, (epochMs: number) => unknown]>([
    ['milliseconds since the epoch', (ms) => ms],
    ['a date', (ms) => new Date(ms)],
    ['seconds and nanoseconds', (ms) => [Math.floor(ms / 1000), (ms % 1000) * 1e6]],
    ['milliseconds of performance.now()', (ms) => ms - performance.timeOrigin],
  ])('are taken as %s', (_, timeOf) => {
    const startMs = Math.floor(performance.timeOrigin + performance.now()) - 200;
    const otel = recordOtel();
    const span = otel.tracer().startSpan('op', { startTime: timeOf(startMs) as never });
    span.end(timeOf(startMs + 1_250) as never);
    const [exported] = otel.exported();
    expect(Number(exported!.startTimeUnixNano - nsOf(startMs)) / 1e6).toBeCloseTo(0, 2);
    expect(Number(exported!.endTimeUnixNano - exported!.startTimeUnixNano) / 1e6).toBeCloseTo(1_250, 3);
  });

  it('that are none count as now', () => {
    const otel = recordOtel();
    const beforeMs = Date.now() - 2;
    for (const time of [Number.NaN, -5, new Date(Number.NaN), [Number.NaN, 0], [-1, 0], 'yesterday', {}, null]) {
      otel
        .tracer()
        .startSpan('op', { startTime: time as never })
        .end(time as never);
    }
    const spans = otel.exported();
    expect(spans).toHaveLength(8);
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      expect(Number(startTimeUnixNano) / 1e6).toBeGreaterThan(beforeMs);
      expect(Number(endTimeUnixNano) / 1e6).toBeLessThan(Date.now() + 2);
    }
  });

  it('before the start end it at its start', () => {
    const otel = recordOtel();
    otel.tracer().startSpan('op', { startTime: 1_700_000_001_000 }).end(1_700_000_000_000);
    const [exported] = otel.exported();
    expect(exported!.endTimeUnixNano).toBe(exported!.startTimeUnixNano);
  });
});

describe('a span', () => {
  it('has the name, kind, scope and flags that OpenTelemetry gives it, and nothing of ours', () => {
    const otel = recordOtel();
    const span = otel.tracer(undefined, '@scope/library', '4.5.6').startSpan('first name', { kind: 3 });
    span.updateName('GET /').updateName(undefined as never);
    span.end();
    const [exported] = otel.exported();
    expect(exported).toMatchObject({ name: 'GET /', kind: 4, flags: 0x101, attributes: [] });
    expect(exported!.scope).toMatchObject({ name: '@scope/library', version: '4.5.6' });
  });

  it('takes nothing after its end, ends once, and says so once', () => {
    const warnings: string[] = [];
    const onWarning = vi
      .spyOn(process, 'emitWarning')
      .mockImplementation((message) => void warnings.push(String(message)));
    const otel = recordOtel();
    const span = otel.tracer().startSpan('done');
    expect(span.isRecording()).toBe(true);
    span.end();
    for (let round = 0; round < 3; round++) {
      span.setAttribute('late', 1).addEvent('late').setStatus({ code: 2 }).updateName('late').end();
      span.recordException(new Error('late'));
    }
    onWarning.mockRestore();
    expect(span.isRecording()).toBe(false);
    expect(otel.exported()).toMatchObject([{ name: 'done', attributes: [], events: [], status: { code: 0 } }]);
    expect(otel.count(COUNT.HANDED_OVER)).toBe(1);
    expect(warnings.filter((text) => text.includes('"done" was changed after it had ended'))).toHaveLength(1);
  });

  it('gives its ids, and the same ones to the backend', () => {
    const otel = recordOtel();
    const span = otel.tracer().startSpan('op');
    const { traceId, spanId, traceFlags, isRemote } = span.spanContext();
    span.end();
    expect(otel.exported()).toMatchObject([{ traceId, spanId }]);
    expect([traceFlags, isRemote]).toEqual([1, undefined]);
    expect(`${traceId}-${spanId}`).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/);
  });

  it('is an observation, too: what is set on it so stands beside what it carries', () => {
    const otel = recordOtel();
    const span = otel.tracer().startSpan('op', { attributes: { 'langfuse.observation.output': 'its own' } });
    const observation = span as unknown as import('../client/observation-handle.js').ObservationHandle;
    observation.update({ name: 'renamed', metadata: { a: 1 }, level: 'WARNING' });
    observation.end({ output: 'by the observation', statusMessage: 'why' });
    const [exported] = otel.exported();
    expect(exported!.name).toBe('renamed');
    expect(attributesOf(exported)).toEqual({
      'langfuse.observation.output': 'its own',
      'langfuse.observation.metadata.a': 1n,
      'langfuse.observation.level': 'WARNING',
      'langfuse.observation.status_message': 'why',
    });
  });

  it('shows what it carries to instrumentation that looks', () => {
    const otel = recordOtel();
    const span = otel.tracer().startSpan('op', { kind: 2, attributes: { a: [1] } });
    span.setStatus({ code: 2, message: 'why' });
    expect(span).toMatchObject({
      name: 'op',
      kind: 2,
      attributes: { a: [1] },
      status: { code: 2, message: 'why' },
      instrumentationScope: { name: 'test', version: '1.2.3' },
      ended: false,
    });
  });
});
