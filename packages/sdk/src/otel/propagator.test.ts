import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { SlipstreamPropagator } from './propagator.js';

const propagator = new SlipstreamPropagator();
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const SUPPRESSION = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

function inject(context: Parameters<SlipstreamPropagator['inject']>[0]): Record<string, string> {
  const carrier = {};
  propagator.inject(context, carrier, defaultTextMapSetter);
  return carrier;
}

const extract = (carrier: Record<string, unknown>) => propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
const spanContextOf = (carrier: Record<string, unknown>) => trace.getSpanContext(extract(carrier));

describe('traceparent and tracestate', () => {
  it('are read, and written as they came', () => {
    const headers = { traceparent: TRACEPARENT, tracestate: 'a=1,b=2' };
    expect(spanContextOf(headers)).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
      isRemote: true,
    });
    expect(inject(extract(headers))).toEqual(headers);
  });

  it.each([
    ['a later version with more fields', `01${TRACEPARENT.slice(2)}-more`, true],
    ['version 00 with more fields', `${TRACEPARENT}-more`, false],
    ['version ff', `ff${TRACEPARENT.slice(2)}`, false],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, false],
    ['a span id of zeros', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`, false],
    ['capitals', TRACEPARENT.toUpperCase(), false],
    ['something else', 'nonsense', false],
    ['something long', `01-${'a'.repeat(100_000)}`, false],
    ['nothing', undefined, false],
    ['a number', 5, false],
  ])('%s', (_, traceparent, isTaken) => {
    expect(spanContextOf({ traceparent }) !== undefined).toBe(isTaken);
  });

  it('several headers: the first traceparent, all of tracestate', () => {
    const context = spanContextOf({ traceparent: [TRACEPARENT, 'x'], tracestate: ['a=1', 'b=2'] });
    expect(context?.traceState?.serialize()).toBe('a=1,b=2');
  });

  it('are not written without a valid span, or in a suppressed context', () => {
    const invalid = trace.setSpanContext(ROOT_CONTEXT, { traceId: 'x', spanId: 'y', traceFlags: 1 });
    const suppressed = extract({ traceparent: TRACEPARENT, baggage: 'a=1' }).setValue(SUPPRESSION, true);
    expect([inject(ROOT_CONTEXT), inject(invalid), inject(suppressed)]).toEqual([{}, {}, {}]);
  });
});

describe('baggage', () => {
  it('is read, and written with its properties', () => {
    const context = extract({ baggage: 'user=Nguy%E1%BB%85n , plan = pro;ttl=5;x , broken, =x, empty=, bad=%E1%' });
    const entries = propagation.getBaggage(context)?.getAllEntries() ?? [];
    expect(entries.map(([key, { value }]) => [key, value])).toEqual([
      ['user', 'Nguyễn'],
      ['plan', 'pro'],
    ]);
    expect(inject(context)).toEqual({ baggage: 'user=Nguy%E1%BB%85n,plan=pro;ttl=5;x ' });
  });

  it.each([
    ['entries', 180, 181, (count: number) => Array.from({ length: count }, (_, at) => `k${at}=v`).join(',')],
    ['characters of one', 1, 0, (count: number) => `k=${'v'.repeat(count === 1 ? 4094 : 4095)}`],
  ])('has a limit of %s', (_, fits, tooMany, make) => {
    const countOf = (header: string) =>
      propagation.getBaggage(extract({ baggage: header }))?.getAllEntries().length ?? 0;
    expect(countOf(make(fits))).toBe(fits);
    expect(countOf(make(tooMany))).toBe(Math.min(fits, tooMany));
  });

  it('is written up to 8,192 characters', () => {
    const entries = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`key${at}`, { value: 'v'.repeat(1_000) }]),
    );
    const header = inject(propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(entries))).baggage ?? '';
    expect(header.split(',')).toHaveLength(8);
    const half = propagation.createBaggage({ half: { value: '\ud800' }, whole: { value: 'x' } });
    expect(inject(propagation.setBaggage(ROOT_CONTEXT, half))).toEqual({ baggage: 'whole=x' });
  });
});

it('never throws, whatever the carrier does', () => {
  const bad = () => {
    throw new Error('carrier');
  };
  const full = extract({ traceparent: TRACEPARENT, baggage: 'a=1' });
  propagator.inject(full, {}, { set: bad });
  expect(propagator.extract(ROOT_CONTEXT, {}, { get: bad, keys: bad })).toBe(ROOT_CONTEXT);
  propagator.inject(undefined as never, undefined, undefined as never);
  expect(propagator.extract(context.active(), undefined, undefined as never)).toBe(context.active());
  expect(propagator.fields()).toEqual(['traceparent', 'tracestate', 'baggage']);
});
