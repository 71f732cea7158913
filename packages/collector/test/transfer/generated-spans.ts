/** Spans of every shape, as senders of every dialect make them. */
import {
  type AnyValue,
  ATTRIBUTE,
  type ExportTraceServiceRequest,
  encodeExportRequest,
  type KeyValue,
  type Span,
} from '@slipstream/wire';
import * as fc from 'fast-check';

const START_NS = 1_767_225_600_123_456_789n;

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  fc.constantFrom(
    '',
    ' ',
    '🤖👩‍🚀',
    'Đặng "Thuỳ"\n',
    '\0',
    '{"a":1}',
    '[]',
    'null',
    '2026-01-01T00:00:00Z',
    '__proto__',
  ),
);

const amounts = fc
  .dictionary(
    fc.constantFrom('input', 'output', 'total', 'input_cached_tokens', 'tokens', 'details.tokens', 'prompt', 'x.y'),
    fc.oneof(fc.nat({ max: 100_000 }), fc.double({ min: 0, max: 5, noNaN: true })),
    { maxKeys: 4 },
  )
  .map((object) => JSON.stringify(object));

const metadataKey = fc.constantFrom(
  'step',
  'a.b',
  'conversation_id',
  '0',
  'toString',
  'langfuse_user_id',
  'events',
  'x y',
  '__proto__',
  'span.kind',
);

/** Attributes that say one thing in one dialect. */
const attribute: fc.Arbitrary<KeyValue> = fc.oneof(
  keyed(ATTRIBUTE.observationType, fc.constantFrom('span', 'generation', 'TOOL', 'agent', 'nonsense')),
  keyed(ATTRIBUTE.observationInput, text),
  keyed(ATTRIBUTE.observationOutput, text),
  keyed(ATTRIBUTE.observationLevel, fc.constantFrom('DEBUG', 'WARNING', 'ERROR')),
  keyed(ATTRIBUTE.observationStatusMessage, text),
  keyed(ATTRIBUTE.observationModel, fc.constantFrom('gpt-4o-mini', 'gpt-4o', 'nobody-knows', '')),
  keyed(ATTRIBUTE.observationModelParameters, fc.constantFrom('{"temperature":0}', 'hot', '')),
  keyed(ATTRIBUTE.observationUsageDetails, amounts),
  keyed(ATTRIBUTE.observationCostDetails, amounts),
  keyed(
    ATTRIBUTE.observationCompletionStartTime,
    fc.constantFrom('2026-01-01T00:00:00.123456789Z', '1969-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'soon'),
  ),
  keyed(ATTRIBUTE.observationPromptName, text),
  keyed(ATTRIBUTE.observationPromptVersion, text),
  keyed(ATTRIBUTE.traceName, text),
  keyed(ATTRIBUTE.userId, text),
  keyed(ATTRIBUTE.sessionId, text),
  keyed(ATTRIBUTE.traceTags, fc.array(text, { maxLength: 3 })),
  keyed(ATTRIBUTE.traceInput, text),
  keyed(ATTRIBUTE.traceOutput, text),
  keyed(ATTRIBUTE.environment, text),
  keyed(ATTRIBUTE.release, text),
  keyed(ATTRIBUTE.version, text),
  keyed('langfuse.observation.metadata', fc.constantFrom('{"":"empty key","n":1}', 'bare', '[1,2]')),
  keyed('langfuse.trace.metadata', fc.constantFrom('{"":"empty","deep":{"a":[]}}', 'bare')),
  keyed('gen_ai.usage.input_tokens', fc.nat({ max: 1000 })),
  keyed('gen_ai.usage.output_tokens', fc.nat({ max: 1000 })),
  keyed('gen_ai.request.model', fc.constantFrom('gpt-4o-mini')),
  keyed('gen_ai.operation.name', fc.constantFrom('chat', 'invoke_agent', 'execute_tool')),
  keyed('gen_ai.tool.name', text),
  keyed('ai.operationId', fc.constantFrom('ai.generateText', 'ai.generateText.doGenerate')),
  keyed('input.value', text),
  keyed('openinference.span.kind', fc.constantFrom('LLM', 'CHAIN')),
  keyed('llm.token_count.prompt', fc.nat({ max: 1000 })),
  keyed('something.else', fc.oneof(text, fc.boolean(), fc.double(), fc.bigInt({ min: 0n, max: 2n ** 62n }))),
  fc.tuple(metadataKey, text).map(([key, value]) => ({ key: ATTRIBUTE.observationMetadata + key, value })),
  fc.tuple(metadataKey, text).map(([key, value]) => ({ key: ATTRIBUTE.traceMetadata + key, value })),
);

function keyed(key: string, value: fc.Arbitrary<AnyValue>): fc.Arbitrary<KeyValue> {
  return value.map((each) => ({ key, value: each }));
}

const hexId = (prefix: string, digits: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max }).map((number) => prefix + number.toString(16).padStart(digits - 1, '0'));

const span: fc.Arbitrary<Span> = fc
  .record({
    traceId: hexId('a', 32, 6),
    spanId: hexId('b', 16, 40),
    parentSpanId: fc.oneof(fc.constant(''), hexId('b', 16, 40)),
    name: text,
    startNs: fc.bigInt({ min: 0n, max: 10_000_000_000n }),
    durationNs: fc.bigInt({ min: -5n, max: 5_000_000_000n }),
    isRunning: fc.boolean(),
    revision: fc.constantFrom(0, 0, 0, 1, 2, 9_007_199_254_740_991),
    attributes: fc.array(attribute, { maxLength: 12 }),
    status: fc.record({ code: fc.constantFrom(0 as const, 1 as const, 2 as const), message: text }),
    hasEvents: fc.boolean(),
    kind: fc.integer({ min: 0, max: 6 }),
    traceState: fc.constantFrom('', '', 'vendor=x'),
    flags: fc.constantFrom(0, 1, 0x301),
    droppedAttributesCount: fc.constantFrom(0, 0, 3),
  })
  .map(({ startNs, durationNs, isRunning, revision, attributes, hasEvents, ...rest }) => ({
    ...rest,
    startTimeUnixNano: START_NS + startNs,
    endTimeUnixNano: isRunning ? 0n : START_NS + startNs + durationNs,
    attributes: [
      ...attributes,
      ...(isRunning ? [{ key: ATTRIBUTE.spanRunning, value: true }] : []),
      ...(revision > 0 ? [{ key: ATTRIBUTE.spanRevision, value: revision }] : []),
    ],
    events: hasEvents
      ? [
          {
            timeUnixNano: 5n,
            name: 'exception',
            attributes: [{ key: 'exception.message', value: 'no' }],
            droppedAttributesCount: 0,
          },
        ]
      : [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
  }));

const resource = fc.record({
  service: fc.constantFrom(undefined, 'robot', 'lớp học'),
  instance: fc.constantFrom(undefined, 'process-1'),
  scope: fc.constantFrom({ name: 'lib', version: '1' }, { name: '', version: '' }),
  environment: fc.constantFrom(undefined, 'production'),
  host: fc.constantFrom(undefined, 'box 🤖'),
  tier: fc.constantFrom(undefined, 'beta'),
});

/** A request with some spans of one process. */
const request: fc.Arbitrary<ExportTraceServiceRequest> = fc
  .tuple(resource, fc.array(span, { minLength: 1, maxLength: 12 }))
  .map(([{ service, instance, scope, environment, host, tier }, spans]) => {
    const attributes = given([
      [ATTRIBUTE.serviceName, service],
      [ATTRIBUTE.serviceInstanceId, instance],
      ['deployment.environment.name', environment],
      ['host.name', host],
    ]);
    const ofScope = given([['tier', tier]]);
    return {
      resourceSpans: [
        {
          resource: { attributes, droppedAttributesCount: 0 },
          scopeSpans: [{ scope: { ...scope, attributes: ofScope, droppedAttributesCount: 0 }, spans, schemaUrl: '' }],
          schemaUrl: '',
        },
      ],
    };
  });

function given(values: readonly (readonly [string, string | undefined])[]): KeyValue[] {
  return values.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}

/** Payloads of the queue. */
export const generatedPayloads: fc.Arbitrary<readonly Uint8Array[]> = fc
  .array(request, { minLength: 1, maxLength: 6 })
  .map((requests) => requests.map((each) => encodeExportRequest(each)));
