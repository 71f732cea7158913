import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyValue, resource, scope } from '../../test/otlp-arbitraries.js';
import { RESOURCE, SCOPE, sampleSpan, withAttributes } from '../../test/sample-spans.js';
import type { KeyValue, Span, SpanEvent } from '../otlp/messages.js';
import { DIALECTS } from './engine.js';
import { MAX_REBUILT_SLOTS } from './indexed-attributes.js';
import { toObservation } from './to-observation.js';

/** Every key that a rule of any dialect asks for, and keys below its families. */
const knownKeys = [...new Set(DIALECTS.flatMap((dialect) => [...ruleKeys(dialect), ...dialect.prefixes]))];

function ruleKeys(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value.replace('N.*', '0.a')];
  if (typeof value !== 'object' || value === null) return [];
  const parts = 'keys' in value && 'read' in value ? (value.keys as readonly string[]) : Object.values(value);
  return parts.flatMap(ruleKeys);
}

const part = fc.constantFrom('0', '1', '10000', '10001', '__proto__', 'constructor', 'role', 'content', 'a', '');
const key = fc.oneof(
  fc.constantFrom(...knownKeys),
  fc
    .tuple(fc.constantFrom(...knownKeys), fc.array(part, { maxLength: 4 }))
    .map(([start, parts]) => [start, ...parts].join('.')),
);
const text = fc.oneof(
  fc.constantFrom(
    '{}',
    '[]',
    '""',
    '{"a":',
    '[{"role":"system"}]',
    '{"__proto__":{"x":1}}',
    '-1',
    '1e400',
    'NaN',
    'LLM',
    'chat',
  ),
  fc.json({ maxDepth: 3 }),
  fc.string(),
);
const attribute: fc.Arbitrary<KeyValue> = fc.record({ key, value: fc.oneof(text, anyValue) });
const attributes = fc.array(attribute, { maxLength: 25 });

const eventName = fc.constantFrom(
  'gen_ai.client.inference.operation.details',
  'gen_ai.user.message',
  'gen_ai.choice',
  'gen_ai.content.prompt',
  'exception',
);
const event: fc.Arbitrary<SpanEvent> = fc.record({
  timeUnixNano: fc.constant(1n),
  name: eventName,
  attributes,
  droppedAttributesCount: fc.constant(0),
});
const time = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const span: fc.Arbitrary<Span> = fc
  .record({ attributes, events: fc.array(event, { maxLength: 3 }), startTimeUnixNano: time, endTimeUnixNano: time })
  .map((changes) => sampleSpan(changes));

describe('spans of known keys with any values', () => {
  test('are mapped without a throw, into counts that are numbers', () => {
    fc.assert(
      fc.property(span, resource, scope, (each, itsResource, itsScope) => {
        const observation = toObservation(each, itsResource, itsScope);
        for (const amounts of [observation.usageDetails, observation.costDetails]) {
          for (const amount of amounts.values()) expect(Number.isFinite(amount) && amount >= 0).toBe(true);
        }
        expect(({} as Record<string, unknown>).x).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

describe('numbered keys', () => {
  test('are rebuilt up to the last slot, and no further', () => {
    const numbered = (index: number) => ({ [`llm.input_messages.${index}.message.role`]: 'user' });
    const last = MAX_REBUILT_SLOTS - 1;
    const observation = toObservation(withAttributes({ ...numbered(last), ...numbered(last + 1) }), RESOURCE, SCOPE);
    expect(observation.input).toBe('[{"role":"user"}]');
    expect([...observation.metadata.keys()]).toEqual([`attributes.llm.input_messages.${last + 1}.message.role`]);
  });
});

describe('the time that a mapping takes', () => {
  const spanOf = (make: (index: number) => KeyValue, count: number): Span =>
    sampleSpan({ attributes: Array.from({ length: count }, (_, index) => make(index)) });

  const kinds: Record<string, (index: number) => KeyValue> = {
    messages: (index) => ({ key: `gen_ai.prompt.${index}.content`, value: 'Xin chào' }),
    metadata: (index) => ({ key: `langfuse.observation.metadata.k${index}`, value: 'v' }),
    counts: (index) => ({ key: `gen_ai.usage.details.k${index}`, value: 1n }),
    'one key repeated': () => ({ key: 'ai.telemetry.metadata.tags', value: 'a' }),
    'keys of nobody': (index) => ({ key: `http.header.${index}`, value: 'v' }),
  };

  test.each(Object.entries(kinds))('grows with the span: %s', (_, make) => {
    const small = spanOf(make, 500);
    const large = spanOf(make, 4_000);
    const ratio = cpuUs(large) / (cpuUs(small) * 8);
    expect(ratio).toBeLessThan(6);
  });

  /** The least CPU time of several mappings, each made as often as the clock needs. */
  function cpuUs(each: Span): number {
    const times = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      for (let run = 0; run < 3; run += 1) toObservation(each, RESOURCE, SCOPE);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    });
    return Math.max(1, Math.min(...times));
  }
});
