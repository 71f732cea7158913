import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resource as anyResource, scope as anyScope, span as anySpan } from '../../test/otlp-arbitraries.js';
import { RESOURCE, SCOPE, SPAN_ID, sampleSpan, TRACE_ID, withAttributes } from '../../test/sample-spans.js';
import type { AnyValue, Resource, Span } from '../otlp/messages.js';
import { OBSERVATION_LEVELS, OBSERVATION_TYPES, type Observation } from './observation.js';
import { toObservation } from './to-observation.js';

const map = (attributes: Record<string, AnyValue>, changes: Partial<Span> = {}): Observation =>
  toObservation(withAttributes(attributes, changes), RESOURCE, SCOPE);

const withResource = (attributes: Record<string, AnyValue>, resource: Record<string, AnyValue>): Observation => {
  const entries = Object.entries(resource).map(([key, value]) => ({ key, value }));
  const made: Resource = { attributes: entries, droppedAttributesCount: 0 };
  return toObservation(withAttributes(attributes), made, SCOPE);
};

describe('toObservation: a generation as our SDK and Langfuse send it', () => {
  const observation = toObservation(
    withAttributes({
      'langfuse.observation.type': 'generation',
      'langfuse.observation.level': 'WARNING',
      'langfuse.observation.status_message': 'slow',
      'langfuse.observation.input': '[{"role":"user","content":"Xin chào"}]',
      'langfuse.observation.output': 'Chào bạn',
      'langfuse.observation.metadata.intent': 'greeting',
      'langfuse.observation.metadata.scores': '[0.5,1]',
      'langfuse.observation.model.name': 'openai/gpt-4o-mini',
      'langfuse.observation.model.parameters': '{"temperature":0.2}',
      'langfuse.observation.usage_details': '{"input":12,"output":30,"total":42}',
      'langfuse.observation.cost_details': '{"input":0.00001,"output":0.00002,"total":0.00003}',
      'langfuse.observation.completion_start_time': '2024-11-22T00:00:00.250123Z',
      'langfuse.observation.prompt.name': 'tutor',
      'langfuse.observation.prompt.version': 3n,
      'langfuse.trace.name': 'lesson.webhook',
      'langfuse.trace.tags': ['robot', 'vi'],
      'langfuse.trace.metadata.conversation_id': 'c-1',
      'langfuse.trace.input': 'hi',
      'langfuse.trace.output': 'bye',
      'user.id': 'u-1',
      'session.id': 's-1',
      'langfuse.environment': 'production',
      'langfuse.release': 'r1',
      'langfuse.version': 'v2',
    }),
    {
      attributes: [
        { key: 'service.name', value: 'robot-lesson' },
        { key: 'service.instance.id', value: 'i-1' },
        { key: 'service.version', value: '9' },
      ],
      droppedAttributesCount: 0,
    },
    SCOPE,
  );

  test('every field has its place, and nothing is left over', () => {
    expect(observation).toEqual({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      parentSpanId: '',
      type: 'generation',
      name: 'intent.llm',
      startTimeUnixNano: 1_732_233_600_000_000_000n,
      endTimeUnixNano: 1_732_233_601_500_000_000n,
      revision: 0,
      level: 'WARNING',
      statusMessage: 'slow',
      input: '[{"role":"user","content":"Xin chào"}]',
      output: 'Chào bạn',
      metadata: new Map([
        ['intent', 'greeting'],
        ['scores', '[0.5,1]'],
        // The version that the span names is another.
        ['resourceAttributes', '{"service.version":"9"}'],
      ]),
      model: 'openai/gpt-4o-mini',
      modelParameters: '{"temperature":0.2}',
      usageDetails: new Map([
        ['input', 12],
        ['output', 30],
        ['total', 42],
      ]),
      costDetails: new Map([
        ['input', 0.00001],
        ['output', 0.00002],
        ['total', 0.00003],
      ]),
      completionStartTimeUnixNano: 1_732_233_600_250_123_000n,
      promptName: 'tutor',
      promptVersion: '3',
      version: 'v2',
      traceName: 'lesson.webhook',
      userId: 'u-1',
      sessionId: 's-1',
      tags: ['robot', 'vi'],
      traceMetadata: new Map([['conversation_id', 'c-1']]),
      traceInput: 'hi',
      traceOutput: 'bye',
      environment: 'production',
      release: 'r1',
      service: 'robot-lesson',
      serviceInstanceId: 'i-1',
      scopeName: '@slipstream/sdk',
      scopeVersion: '0.1.0',
    } satisfies Observation);
  });

  test('what a sender did not give is undefined or empty, never invented', () => {
    const bare = toObservation(sampleSpan(), { attributes: [], droppedAttributesCount: 0 }, SCOPE);
    expect(bare).toMatchObject({ type: 'span', level: 'DEFAULT', tags: [] });
    const { input, output, model, userId, environment, version, release, service, statusMessage, traceName } = bare;
    for (const value of [
      input,
      output,
      model,
      userId,
      environment,
      version,
      release,
      service,
      statusMessage,
      traceName,
    ]) {
      expect(value).toBeUndefined();
    }
    expect([bare.metadata.size, bare.usageDetails.size, bare.costDetails.size, bare.traceMetadata.size]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe('toObservation: times', () => {
  test('a span that runs has no end, whatever it says', () => {
    const running = map({ 'slipstream.span.running': true });
    expect(running.endTimeUnixNano).toBeUndefined();
    expect(running.metadata.size).toBe(0);
    expect(map({ 'slipstream.span.running': false }).endTimeUnixNano).toBe(1_732_233_601_500_000_000n);
  });

  test('a time that is missing is taken from the other', () => {
    expect(map({}, { endTimeUnixNano: 0n }).endTimeUnixNano).toBe(1_732_233_600_000_000_000n);
    expect(map({}, { startTimeUnixNano: 0n }).startTimeUnixNano).toBe(1_732_233_601_500_000_000n);
  });

  test.each<[AnyValue, bigint | undefined]>([
    ['2024-11-22T00:00:01Z', 1_732_233_601_000_000_000n],
    ['"2024-11-22T00:00:01.5Z"', 1_732_233_601_500_000_000n],
    ['2024-11-22T07:00:01.000001+07:00', 1_732_233_601_000_001_000n],
    ['2024-11-22 00:00:01.123456789+0000', 1_732_233_601_123_456_789n],
    ['2024-11-22T00:00:01', 1_732_233_601_000_000_000n],
    ['2024-13-45T00:00:01Z', undefined],
    ['yesterday', undefined],
  ])('the first token at %s', (text, time) => {
    expect(map({ 'langfuse.observation.completion_start_time': text }).completionStartTimeUnixNano).toBe(time);
  });

  test.each<[string, AnyValue]>([
    ['ai.response.msToFirstChunk', 250.5],
    ['ai.stream.msToFirstChunk', '250.5'],
    ['gen_ai.response.time_to_first_chunk', 0.2505],
  ])('the time to the first token in %s counts from the start', (key, value) => {
    expect(map({ [key]: value }).completionStartTimeUnixNano).toBe(1_732_233_600_250_500_000n);
  });
});

describe('toObservation: level and status', () => {
  test.each([
    ['trace', 'DEBUG'],
    ['Verbose', 'DEBUG'],
    ['INFO', 'DEFAULT'],
    ['SUCCESS', 'DEFAULT'],
    ['warn', 'WARNING'],
    ['FATAL', 'ERROR'],
    ['critical', 'ERROR'],
  ])('%s is %s', (name, level) => {
    expect(map({ 'langfuse.observation.level': name }).level).toBe(level);
  });

  test('an unknown level is kept as an attribute, and the status decides', () => {
    const observation = map({ 'langfuse.observation.level': 'LOUD' }, { status: { code: 2, message: 'boom' } });
    expect(observation.level).toBe('ERROR');
    expect(observation.statusMessage).toBe('boom');
    expect(observation.metadata.get('attributes.langfuse.observation.level')).toBe('LOUD');
  });

  test("an exception's message stands in for a status without one", () => {
    const exception = {
      timeUnixNano: 1n,
      name: 'exception',
      attributes: [
        { key: 'exception.type', value: 'TypeError' },
        { key: 'exception.message', value: 'x is not a function' },
      ],
      droppedAttributesCount: 0,
    };
    const observation = map({}, { events: [exception], status: { code: 2, message: '' } });
    expect(observation.statusMessage).toBe('x is not a function');
    expect(JSON.parse(observation.metadata.get('events') ?? '')).toEqual([
      {
        name: 'exception',
        timeUnixNano: '1',
        attributes: { 'exception.type': 'TypeError', 'exception.message': 'x is not a function' },
      },
    ]);
  });
});

describe('toObservation: values of the trace', () => {
  test.each([
    [
      'userId',
      [
        'langfuse.user.id',
        'user.id',
        'langfuse.observation.metadata.langfuse_user_id',
        'langfuse.trace.metadata.langfuse_user_id',
        'ai.telemetry.metadata.userId',
      ],
    ],
    [
      'sessionId',
      [
        'langfuse.session.id',
        'session.id',
        'gen_ai.conversation.id',
        'langfuse.observation.metadata.langfuse_session_id',
        'langfuse.trace.metadata.langfuse_session_id',
        'ai.telemetry.metadata.sessionId',
      ],
    ],
  ] as const)('%s comes from the first key that is set and not empty', (field, keys) => {
    for (const [index, key] of keys.entries()) {
      const rest = Object.fromEntries(keys.slice(index).map((each) => [each, each]));
      const empty = Object.fromEntries(keys.slice(0, index).map((each) => [each, '']));
      expect(map({ ...empty, ...rest })[field]).toBe(key);
    }
  });

  test.each<[AnyValue, readonly string[]]>([
    [
      ['a', 'b', 'a', ''],
      ['a', 'b'],
    ],
    ['["x","y"]', ['x', 'y']],
    ['one, two', ['one', 'two']],
    ['single', ['single']],
    ['[broken', ['[broken']],
    [
      [1n, true],
      ['1', 'true'],
    ],
  ])('tags out of value %#', (value, tags) => {
    expect(map({ 'langfuse.trace.tags': value }).tags).toEqual(tags);
  });

  test('the environment goes key by key, on the span and then on the resource', () => {
    expect(
      withResource({ 'deployment.environment': 'span' }, { 'deployment.environment.name': 'resource' }).environment,
    ).toBe('resource');
    expect(withResource({ 'langfuse.environment': 'own' }, { 'langfuse.environment': 'resource' }).environment).toBe(
      'own',
    );
    expect(withResource({}, { 'deployment.environment': 'old' }).environment).toBe('old');
  });

  test('version and release fall back to the resource', () => {
    const observation = withResource({}, { 'service.version': '1.2', 'langfuse.release': 'r9' });
    expect(observation).toMatchObject({ version: '1.2', release: 'r9' });
    expect(withResource({}, { 'langfuse.version': '3', 'service.version': '1.2' }).version).toBe('3');
  });
});

describe('toObservation: any span', () => {
  test('maps without a throw to a value of the model, and loses no attribute', () => {
    fc.assert(
      fc.property(anySpan, anyResource, anyScope, (span, resource, scope) => {
        const observation = toObservation(span, resource, scope);
        expect(OBSERVATION_TYPES).toContain(observation.type);
        expect(OBSERVATION_LEVELS).toContain(observation.level);
        for (const { key } of span.attributes) {
          expect(observation.metadata.has(`attributes.${key}`)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('a key given twice has its last value', () => {
    const attributes = [
      { key: 'user.id', value: 'first' },
      { key: 'user.id', value: 'last' },
    ];
    expect(toObservation(sampleSpan({ attributes }), RESOURCE, SCOPE).userId).toBe('last');
  });
});
