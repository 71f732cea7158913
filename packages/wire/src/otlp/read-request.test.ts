import { describe, expect, test } from 'vitest';
import { requestOf, SPAN_ID, sampleSpan, TRACE_ID, withAttributes } from '../../test/sample-spans.js';
import { isWireError, type WireErrorCode } from '../errors.js';
import { ProtobufWriter } from '../protobuf/writer.js';
import { readExportRequestJson } from './json-read.js';
import { writeExportRequestJson } from './json-write.js';
import type { AnyValue, ExportTraceServiceRequest, ReadExportResult, ReadLimits, Span } from './messages.js';
import { DEFAULT_READ_LIMITS } from './read-budget.js';
import { readExportRequest } from './read-request.js';
import { encodeExportRequest } from './write-request.js';
import { writeSpan } from './write-span.js';

const LENGTH = 2;
const tag = (number: number, wireType = LENGTH) => (number << 3) | wireType;

/** A request around the raw bytes of spans, so that spans can be wrong. */
function requestAround(...spans: Uint8Array[]): Uint8Array {
  const writer = new ProtobufWriter();
  writer.beginMessage(tag(1));
  writer.beginMessage(tag(2));
  for (const span of spans) writer.bytesField(tag(2), span);
  writer.endMessage();
  writer.endMessage();
  return writer.toBytes();
}

function spanBytes(write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  write(writer);
  return writer.toBytes();
}

const OTHER_ID = 'aaaaaaaaaaaaaaaa';
const good = () => spanBytes((writer) => writeSpan(writer, sampleSpan({ spanId: OTHER_ID })));

function codeOf(read: () => unknown): WireErrorCode | 'none' {
  try {
    read();
    return 'none';
  } catch (error) {
    if (isWireError(error)) return error.code;
    throw error;
  }
}

const nested = (levels: number): AnyValue => (levels === 0 ? 'leaf' : [nested(levels - 1)]);
const nestedInLists = (levels: number): AnyValue =>
  levels === 0 ? 1n : { entries: [{ key: 'k', value: nestedInLists(levels - 1) }] };
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: 1n }));

/** Both encodings must agree on what they refuse and keep. */
const ENCODINGS: readonly [
  string,
  (request: ExportTraceServiceRequest, limits?: Partial<ReadLimits>) => ReadExportResult,
][] = [
  ['protobuf', (request, limits) => readExportRequest(encodeExportRequest(request), limits)],
  ['JSON', (request, limits) => readExportRequestJson(writeExportRequestJson(request), limits)],
];

describe.each(ENCODINGS)('limits in %s', (_, read) => {
  const readSpans = (spans: readonly Span[], limits?: Partial<ReadLimits>) => read(requestOf(spans), limits);
  const bystander = sampleSpan({ spanId: OTHER_ID });

  test.each([
    ['arrays', nested],
    ['lists', nestedInLists],
  ])('%s nested to the limit are kept, one level more refuses that span alone', (_kind, make) => {
    const { maxDepth } = DEFAULT_READ_LIMITS;
    const atLimit = withAttributes({ deep: make(maxDepth) });
    expect(readSpans([atLimit]).request.resourceSpans[0]?.scopeSpans[0]?.spans).toEqual([atLimit]);
    const result = readSpans([withAttributes({ deep: make(maxDepth + 1) }), bystander]);
    expect(result.spanCount).toBe(1);
    expect(result.rejections).toEqual([{ spanId: SPAN_ID, reason: expect.stringContaining('deeper than 16') }]);
    expect(result.request.resourceSpans[0]?.scopeSpans[0]?.spans).toEqual([bystander]);
  });

  test('attributes at the limit are kept, one more refuses that span alone', () => {
    const limits = { maxAttributeCount: 5 };
    expect(readSpans([sampleSpan({ attributes: many(5) })], limits).rejections).toEqual([]);
    const result = readSpans([sampleSpan({ attributes: many(6) }), bystander], limits);
    expect(result.rejections).toEqual([{ spanId: SPAN_ID, reason: 'more than 5 attributes' }]);
    expect(result.spanCount).toBe(1);
  });

  test('events and links are bounded as attributes are', () => {
    const event = { timeUnixNano: 1n, name: 'e', attributes: [], droppedAttributesCount: 0 };
    const link = {
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      traceState: '',
      attributes: [],
      droppedAttributesCount: 0,
      flags: 0,
    };
    const limits = { maxAttributeCount: 2 };
    const two = sampleSpan({ events: [event, event], links: [link, link] });
    expect(readSpans([two], limits).rejections).toEqual([]);
    const reasons = [
      sampleSpan({ events: [event, event, event] }),
      sampleSpan({ links: [link, link, link] }),
      sampleSpan({ events: [{ ...event, attributes: many(3) }] }),
    ].map((span) => readSpans([span], limits).rejections[0]?.reason);
    expect(reasons).toEqual(['more than 2 events', 'more than 2 links', 'more than 2 attributes']);
  });

  test('spans at the limit are kept, one more refuses the body', () => {
    const spans = Array.from({ length: 3 }, () => sampleSpan());
    expect(readSpans(spans, { maxSpanCount: 3 }).spanCount).toBe(3);
    expect(codeOf(() => readSpans(spans, { maxSpanCount: 2 }))).toBe('too_many_spans');
  });

  test('values at the limit are kept, one more refuses the body and not only a span', () => {
    // A resource group, a scope and a span count ten each; then the resource's one attribute, and five values.
    const span = sampleSpan({ attributes: many(5) });
    expect(readSpans([span], { maxNodeCount: 36 }).spanCount).toBe(1);
    expect(codeOf(() => readSpans([span], { maxNodeCount: 35 }))).toBe('too_many_nodes');
  });

  test("a resource's own attributes are bounded, and refuse the body", () => {
    const request = requestOf([sampleSpan()]);
    const group = { ...request.resourceSpans[0]!, resource: { attributes: many(3), droppedAttributesCount: 0 } };
    expect(codeOf(() => read({ resourceSpans: [group] }, { maxAttributeCount: 2 }))).toBe('too_many_attributes');
    expect(codeOf(() => read({ resourceSpans: [group] }, { maxAttributeCount: 3 }))).toBe('none');
  });

  test.each([
    ['trace id', { traceId: '0'.repeat(32) }],
    ['span id', { spanId: '0'.repeat(16) }],
  ])('a %s of zeros refuses that span alone', (what, changes) => {
    const result = readSpans([sampleSpan(changes), bystander]);
    expect(result.spanCount).toBe(1);
    expect(result.rejections).toEqual([{ spanId: expect.any(String), reason: `the ${what} is all zero` }]);
  });

  test.each([
    ['trace id', { traceId: TRACE_ID.slice(2) }],
    ['trace id', { traceId: `${TRACE_ID}00` }],
    ['span id', { spanId: SPAN_ID.slice(2) }],
    ['parent span id', { parentSpanId: `${SPAN_ID}ff` }],
  ])('a %s of the wrong length refuses that span alone', (_what, changes) => {
    const result = readSpans([sampleSpan(changes), bystander]);
    expect(result.spanCount).toBe(1);
    expect(result.rejections).toHaveLength(1);
  });

  test.each([
    ['no end time', { endTimeUnixNano: 0n }],
    ['an empty name', { name: '' }],
    ['no attributes', { attributes: [] }],
  ])('a span with %s is kept', (_what, changes) => {
    const span = sampleSpan(changes);
    expect(readSpans([span]).request.resourceSpans[0]?.scopeSpans[0]?.spans).toEqual([span]);
  });

  test('a parent id of zeros makes a root', () => {
    const result = readSpans([sampleSpan({ parentSpanId: '0'.repeat(16) })]);
    expect(result.request.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.parentSpanId).toBe('');
  });

  test('a link without ids is kept as it is', () => {
    const link = { traceId: '', spanId: '', traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 };
    const span = sampleSpan({ links: [link] });
    expect(readSpans([span]).request.resourceSpans[0]?.scopeSpans[0]?.spans).toEqual([span]);
  });

  test('an empty request is read', () => {
    expect(read({ resourceSpans: [] })).toEqual({ request: { resourceSpans: [] }, rejections: [], spanCount: 0 });
  });
});

describe('protobuf faults inside a span refuse that span alone', () => {
  const withFault = (write: (writer: ProtobufWriter) => void) =>
    readExportRequest(
      requestAround(
        spanBytes((writer) => {
          writer.hexField(tag(2), SPAN_ID);
          write(writer);
        }),
        good(),
      ),
    );

  test.each<[string, (writer: ProtobufWriter) => void, RegExp]>([
    ['invalid UTF-8 in its name', (w) => w.bytesField(tag(5), Uint8Array.of(0xc0, 0x80)), /UTF-8/],
    ['a string that ends past the span', (w) => w.rawFields(Uint8Array.of(tag(5), 100, 0x61)), /past the end/],
    ['a group', (w) => w.rawFields(Uint8Array.of(tag(13, 3))), /group/],
    ['a cut varint', (w) => w.rawFields(Uint8Array.of(tag(6, 0), 0x80)), /past the end/],
    ['field 0', (w) => w.rawFields(Uint8Array.of(0)), /field number 0/],
    ['a length of 2^32', (w) => w.rawFields(Uint8Array.of(tag(5), 0x80, 0x80, 0x80, 0x80, 0x10)), /2\^32/],
    ['no trace id', () => undefined, /trace id is missing/],
    ['an empty trace id', (w) => w.hexField(tag(1), ''), /trace id is missing/],
    ['a trace id of another wire type', (w) => w.varintField(tag(1, 0), 5), /trace id is missing/],
    ['an attribute cut off', (w) => w.rawFields(Uint8Array.of(tag(9), 3, tag(1), 5, 0x61)), /past the end/],
    [
      'an attribute cut off, with more of the span behind it',
      (w) => {
        w.rawFields(Uint8Array.of(tag(9), 3, tag(1), 5, 0x61));
        // Number 2 is a span id here, and would be a span one level up.
        w.hexField(tag(2), SPAN_ID);
      },
      /past the end/,
    ],
  ])('%s', (_, write, reason) => {
    const result = withFault(write);
    expect(result.rejections).toEqual([{ spanId: SPAN_ID, reason: expect.stringMatching(reason) }]);
    expect(result.request.resourceSpans[0]?.scopeSpans[0]?.spans.map((span) => span.spanId)).toEqual([OTHER_ID]);
    expect(result.spanCount).toBe(1);
  });

  test('the id of a span that is refused before its id comes is unknown', () => {
    const bad = spanBytes((writer) => writer.hexField(tag(1), 'ff'));
    expect(readExportRequest(requestAround(bad)).rejections[0]?.spanId).toBe('');
  });

  test('unknown fields and wire types are ignored at every level', () => {
    const span = spanBytes((writer) => {
      writer.varintField(tag(99, 0), 1);
      writeSpan(writer, sampleSpan());
      writer.fixed64Field(tag(98, 1), 1n);
      writer.varintField(tag(5, 0), 1);
    });
    const extra = new ProtobufWriter();
    extra.rawFields(requestAround(span));
    extra.stringField(tag(50), 'future');
    const result = readExportRequest(extra.toBytes());
    expect(result.request.resourceSpans[0]?.scopeSpans[0]?.spans).toEqual([sampleSpan()]);
  });
});

describe('protobuf faults above the spans refuse the body', () => {
  test.each<[string, Uint8Array, WireErrorCode]>([
    ['a request that is cut off', requestAround(good()).slice(0, -1), 'truncated'],
    ['a length of 2^32', Uint8Array.of(tag(1), 0x80, 0x80, 0x80, 0x80, 0x10), 'length_out_of_range'],
    ['a group', Uint8Array.of(tag(7, 3)), 'group_wire_type'],
    ['text', new TextEncoder().encode('hello there'), 'group_wire_type'],
  ])('%s', (_, bytes, code) => {
    expect(codeOf(() => readExportRequest(bytes))).toBe(code);
  });

  test('requests that are concatenated are one request', () => {
    const one = encodeExportRequest(requestOf([sampleSpan()]));
    const result = readExportRequest(Uint8Array.from([...one, ...one]));
    expect(result.request.resourceSpans).toHaveLength(2);
    expect(result.spanCount).toBe(2);
  });

  test('a resource and a status that come twice are merged', () => {
    const writer = new ProtobufWriter();
    const halves = [() => writer.stringField(tag(2), 'message'), () => writer.varintField(tag(3, 0), 2)];
    writer.beginMessage(tag(1));
    for (const key of ['a', 'b']) {
      writer.beginMessage(tag(1));
      writer.beginMessage(tag(1));
      writer.stringField(tag(1), key);
      writer.endMessage();
      writer.endMessage();
    }
    writer.beginMessage(tag(2));
    writer.beginMessage(tag(2));
    writeSpan(writer, sampleSpan());
    for (const half of halves) {
      writer.beginMessage(tag(15));
      half();
      writer.endMessage();
    }
    writer.endMessage();
    writer.endMessage();
    writer.endMessage();
    const [group] = readExportRequest(writer.toBytes()).request.resourceSpans;
    expect(group?.resource.attributes.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(group?.scopeSpans[0]?.spans[0]?.status).toEqual({ message: 'message', code: 2 });
  });
});
