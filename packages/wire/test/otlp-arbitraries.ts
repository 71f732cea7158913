/** Arbitrary messages for property tests. Texts are well formed, since that is what can come back. */
import fc from 'fast-check';
import type {
  AnyValue,
  ExportTraceServiceRequest,
  KeyValue,
  ResourceSpans,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanLink,
} from '../src/index.js';

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom('Xin chào các bạn 👋', 'a'.repeat(127), 'a'.repeat(128), 'é'.repeat(64), '\u0000', '\ufeffBOM'),
);

const hex = (sizeBytes: number) =>
  fc
    .uint8Array({ minLength: sizeBytes, maxLength: sizeBytes })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));

const uint32 = fc.oneof(fc.constantFrom(0, 127, 128, 0xffffffff), fc.nat());
const uint64 = fc.oneof(fc.constantFrom(0n, 1_732_233_600_123_456_789n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const int64 = fc.oneof(
  fc.constantFrom(0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, 2n ** 31n, -(2n ** 31n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

const { value } = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.boolean(),
    int64,
    fc.double(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.record({ key: text, value: tie('value') }), { maxLength: 4 }).map((entries): AnyValue => ({ entries })),
  ),
}));

export const anyValue: fc.Arbitrary<AnyValue> = value;

const attributes: fc.Arbitrary<KeyValue[]> = fc.array(fc.record({ key: text, value: anyValue }), { maxLength: 5 });

const event: fc.Arbitrary<SpanEvent> = fc.record({
  timeUnixNano: uint64,
  name: text,
  attributes,
  droppedAttributesCount: uint32,
});

const link: fc.Arbitrary<SpanLink> = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  traceState: text,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
});

export const span: fc.Arbitrary<Span> = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  traceState: text,
  parentSpanId: fc.oneof(fc.constant(''), hex(8)),
  flags: uint32,
  name: text,
  kind: fc.integer({ min: -1, max: 6 }),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  droppedAttributesCount: uint32,
  events: fc.array(event, { maxLength: 2 }),
  droppedEventsCount: uint32,
  links: fc.array(link, { maxLength: 2 }),
  droppedLinksCount: uint32,
  status: fc.record({ message: text, code: fc.integer({ min: 0, max: 2 }) }),
});

export const resource = fc.record({ attributes, droppedAttributesCount: uint32 });

export const scope = fc.record({ name: text, version: text, attributes, droppedAttributesCount: uint32 });

const scopeSpans: fc.Arbitrary<ScopeSpans> = fc.record({
  scope,
  spans: fc.array(span, { maxLength: 3 }),
  schemaUrl: text,
});

const resourceSpans: fc.Arbitrary<ResourceSpans> = fc.record({
  resource,
  scopeSpans: fc.array(scopeSpans, { maxLength: 2 }),
  schemaUrl: text,
});

export const exportRequest: fc.Arbitrary<ExportTraceServiceRequest> = fc.record({
  resourceSpans: fc.array(resourceSpans, { maxLength: 2 }),
});
