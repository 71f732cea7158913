/** Nothing of this throws into the application, whatever it is given. */
import { describe, expect, it } from 'vitest';
import { recordOtel } from '../../test/support/otel-recording.js';
import { COUNT } from '../ring/layout.js';
import type { OtelSpan } from './api-types.js';
import { contextOf } from './context.js';
import { TOP } from './place.js';
import { UnrecordedSpan } from './unrecorded-span.js';

const thrower = () => {
  throw new Error('of the application');
};
const traps = new Proxy(
  {},
  { get: thrower, ownKeys: thrower, getPrototypeOf: thrower, getOwnPropertyDescriptor: thrower, has: thrower },
);
const { proxy: revoked, revoke } = Proxy.revocable([], {});
revoke();
const cycle: unknown[] = [];
cycle.push(cycle);

const ODD: readonly unknown[] = [
  undefined,
  null,
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 60,
  '',
  'text',
  'x'.repeat(100_000),
  Symbol('s'),
  1n,
  true,
  thrower,
  [],
  [[]],
  [1, 'a'],
  [Number.NaN, Number.NaN],
  cycle,
  {},
  Object.create(null),
  { code: 2, message: thrower },
  { context: undefined },
  { context: { traceId: 1, spanId: 2 }, attributes: 5 },
  { toString: thrower, message: { toString: thrower }, code: Symbol('c') },
  new Date(Number.NaN),
  new Error('fine'),
  traps,
  new Proxy([], { get: thrower }),
  revoked,
];

const METHODS = [
  'setAttribute',
  'setAttributes',
  'addEvent',
  'addLink',
  'addLinks',
  'setStatus',
  'updateName',
  'recordException',
  'end',
] as const;

function exercise(begin: () => OtelSpan): void {
  for (const method of METHODS) {
    for (const first of ODD) {
      for (const second of ODD) {
        const span = begin() as unknown as Record<string, (...args: unknown[]) => unknown>;
        span[method]?.(first, second, second);
        span.setAttribute?.('a', first);
        span.setAttribute?.('list', [first]);
        span.end?.(second);
      }
    }
  }
}

describe('spans', () => {
  it('of a tracer take anything, and all of them arrive', () => {
    const otel = recordOtel({ bufferBytes: 256 << 20 });
    const tracer = otel.tracer();
    exercise(() => tracer.startSpan('op'));
    const count = METHODS.length * ODD.length ** 2;
    expect(otel.count(COUNT.STARTED)).toBe(count);
    expect(otel.count(COUNT.HANDED_OVER)).toBe(count);
    expect(otel.exported()).toHaveLength(count);
  }, 60_000);

  it('that stand for observations take anything', () => {
    const otel = recordOtel({ bufferBytes: 256 << 20 });
    const begin = { name: 'o', type: 0, hasInput: false, input: undefined };
    exercise(() => {
      const observation = otel.recording.recorder.start(begin, undefined);
      return contextOf(observation).span as OtelSpan;
    });
    expect(otel.count(COUNT.DROPPED_COPY_ERROR)).toBe(0);
  }, 60_000);

  it('that record nothing take anything', () => {
    exercise(() => new UnrecordedSpan(TOP));
  });
});

describe('beginning a span', () => {
  it('takes anything, and counts each span once', () => {
    const otel = recordOtel({ bufferBytes: 64 << 20 });
    const tracer = otel.tracer();
    let begun = 0;
    for (const first of ODD) {
      for (const second of ODD) {
        tracer.startSpan(first as never, second as never, first as never).end();
        const options = { kind: first, attributes: second, links: first, startTime: second, root: first };
        tracer.startSpan('op', options as never).end();
        tracer.startActiveSpan('op', first as never, second as never, (span) => span.end());
        begun += 3;
      }
    }
    expect([otel.count(COUNT.STARTED), otel.exported().length]).toEqual([begun, begun]);
  }, 60_000);
});
