import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportRequest } from '../../test/otlp-arbitraries.js';
import { requestOf, SPAN_ID, sampleSpan, TRACE_ID } from '../../test/sample-spans.js';
import { isWireError, type WireErrorCode } from '../errors.js';
import { readExportRequestJson, readExportResponseJson, readRpcStatusJson } from './json-read.js';
import { writeExportRequestJson, writeExportResponseJson, writeRpcStatusJson } from './json-write.js';
import type { AnyValue } from './messages.js';

const ids = { traceId: TRACE_ID, spanId: SPAN_ID };
const body = (...spans: unknown[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const readOne = (span: object) => {
  const result = readExportRequestJson(body({ ...ids, ...span }));
  return { span: result.request.resourceSpans[0]?.scopeSpans[0]?.spans[0], reason: result.rejections[0]?.reason };
};
const readValue = (value: unknown): AnyValue | undefined =>
  readOne({ attributes: [{ key: 'k', value }] }).span?.attributes[0]?.value;

function codeOf(read: () => unknown): WireErrorCode | 'none' {
  try {
    read();
    return 'none';
  } catch (error) {
    if (isWireError(error)) return error.code;
    throw error;
  }
}

describe('OTLP/JSON', () => {
  test('a request comes back as it was written', () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        const result = readExportRequestJson(writeExportRequestJson(request));
        expect(result.rejections).toEqual([]);
        // JSON has no negative zero.
        expect(withoutNegativeZero(result.request)).toEqual(withoutNegativeZero(request));
      }),
      { numRuns: 100 },
    );
  });

  test('text and parsed bodies are read alike', () => {
    const request = requestOf([sampleSpan()]);
    const text = writeExportRequestJson(request);
    expect(readExportRequestJson(JSON.parse(text))).toEqual(readExportRequestJson(text));
  });

  test('ids are read in either case, and given in lower case', () => {
    const { span } = readOne({
      traceId: TRACE_ID.toUpperCase(),
      spanId: SPAN_ID.toUpperCase(),
      parentSpanId: 'ABCDEF0123456789',
    });
    expect(span).toMatchObject({ ...ids, parentSpanId: 'abcdef0123456789' });
  });

  test('64-bit integers are read as numbers and as strings', () => {
    expect(readOne({ startTimeUnixNano: '1732233600000000001' }).span?.startTimeUnixNano).toBe(1732233600000000001n);
    expect(readOne({ startTimeUnixNano: 1732233600 }).span?.startTimeUnixNano).toBe(1732233600n);
    expect(readValue({ intValue: '-9223372036854775808' })).toBe(-(2n ** 63n));
    expect(readValue({ intValue: 5 })).toBe(5n);
    expect(readOne({ droppedEventsCount: '7' }).span?.droppedEventsCount).toBe(7);
  });

  test.each<[string, unknown, AnyValue]>([
    ['a double', { doubleValue: 1.5 }, 1.5],
    ['an integral double', { doubleValue: 3 }, 3],
    ['a double as text', { doubleValue: '2.5e3' }, 2500],
    ['NaN', { doubleValue: 'NaN' }, Number.NaN],
    ['infinity', { doubleValue: '-Infinity' }, Number.NEGATIVE_INFINITY],
    ['base64', { bytesValue: '+/8=' }, Uint8Array.of(0xfb, 0xff)],
    ['base64 for URLs without padding', { bytesValue: '-_8' }, Uint8Array.of(0xfb, 0xff)],
    ['empty bytes', { bytesValue: '' }, new Uint8Array(0)],
    ['an empty array', { arrayValue: {} }, []],
    ['an empty list', { kvlistValue: {} }, { entries: [] }],
    ['no member', {}, null],
    ['null', null, null],
    ['a null member', { stringValue: null }, null],
    ['a member of the future', { newValue: 1 }, null],
    ['a lone surrogate', { stringValue: 'a\ud800' }, 'a\ufffd'],
  ])('%s is read as a value', (_, json, value) => {
    expect(readValue(json)).toEqual(value);
  });

  test.each<[string, object, RegExp]>([
    ['an id that is base64', { traceId: 'CvdlGRbNQ92ESOshHIAxnA==' }, /traceId is not 32 hex/],
    ['an id that is a number', { spanId: 7 }, /spanId must be a string/],
    ['no span id', { spanId: null }, /span id is missing/],
    ['an enum by name', { kind: 'SPAN_KIND_CLIENT' }, /number of the enum/],
    ['an enum with a fraction', { status: { code: 1.5 } }, /code must be an integer/],
    ['a time with a fraction', { startTimeUnixNano: 1.5 }, /startTimeUnixNano must be/],
    ['a negative time', { endTimeUnixNano: '-1' }, /endTimeUnixNano must be/],
    ['a time that is no number', { endTimeUnixNano: 'soon' }, /endTimeUnixNano must be/],
    ['a time of 2^64', { endTimeUnixNano: '18446744073709551616' }, /endTimeUnixNano must be/],
    ['an integer of 2^63', { attributes: [{ key: 'k', value: { intValue: '9223372036854775808' } }] }, /64-bit/],
    ['a text for a bool', { attributes: [{ key: 'k', value: { boolValue: 'true' } }] }, /boolValue/],
    ['a number for a string', { attributes: [{ key: 'k', value: { stringValue: 1 } }] }, /stringValue/],
    ['bytes that are no base64', { attributes: [{ key: 'k', value: { bytesValue: '?' } }] }, /base64/],
    ['a double that is no number', { attributes: [{ key: 'k', value: { doubleValue: '1x' } }] }, /doubleValue/],
    ['attributes that are an object', { attributes: { k: 'v' } }, /attributes must be an array/],
    ['a count of 2^32', { droppedLinksCount: 2 ** 32 }, /droppedLinksCount/],
    ['a name that is a number', { name: 7 }, /name must be a string/],
  ])('%s refuses that span alone', (_, span, reason) => {
    const result = readExportRequestJson(body({ ...ids, ...span }, { ...ids, name: 'kept' }));
    expect(result.rejections).toEqual([{ spanId: expect.any(String), reason: expect.stringMatching(reason) }]);
    expect(result.request.resourceSpans[0]?.scopeSpans[0]?.spans.map(({ name }) => name)).toEqual(['kept']);
  });

  test('something that is no object among the spans is refused alone', () => {
    const result = readExportRequestJson(body(null, 5, [], ids));
    expect(result.rejections).toHaveLength(3);
    expect(result.spanCount).toBe(1);
  });

  test.each<[string, unknown, WireErrorCode]>([
    ['text that is no JSON', '{"resourceSpans":', 'invalid_json'],
    ['an empty text', '', 'invalid_json'],
    ['an array', '[]', 'json_type'],
    ['null', 'null', 'json_type'],
    ['undefined', undefined, 'json_type'],
    ['resourceSpans that are an object', { resourceSpans: {} }, 'json_type'],
    ['a null among resourceSpans', { resourceSpans: [null] }, 'json_type'],
    ['spans that are an object', { resourceSpans: [{ scopeSpans: [{ spans: {} }] }] }, 'json_type'],
    ['a resource that is a text', { resourceSpans: [{ resource: 'x' }] }, 'json_type'],
  ])('%s refuses the body', (_, value, code) => {
    expect(codeOf(() => readExportRequestJson(value))).toBe(code);
  });

  test('the text of a broken body is not repeated', () => {
    expect(() => readExportRequestJson('{"secret": hunter2')).toThrow(/^the request is not JSON$/);
  });

  test('unknown and snake_case names are ignored', () => {
    const result = readExportRequestJson({
      resource_spans: [{}],
      future: 1,
      resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids, start_time_unix_nano: '5', novelty: {} }] }] }],
    });
    expect(result.request.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.startTimeUnixNano).toBe(0n);
  });

  test('keys that name a prototype are data, and change nothing', () => {
    const text = `{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}},
      "resourceSpans": [{"__proto__": {"schemaUrl": "x"}, "scopeSpans": [{"spans": [
        {"traceId": "${TRACE_ID}", "spanId": "${SPAN_ID}", "__proto__": {"name": "inherited"},
         "attributes": [{"key": "__proto__", "value": {"kvlistValue": {"values": [
            {"key": "constructor", "value": {"stringValue": "x"}}]}}}]}]}]}]}`;
    const { request } = readExportRequestJson(text);
    expect(request.resourceSpans[0]?.schemaUrl).toBe('');
    const span = request.resourceSpans[0]?.scopeSpans[0]?.spans[0];
    expect(span?.name).toBe('');
    expect(span?.attributes).toEqual([{ key: '__proto__', value: { entries: [{ key: 'constructor', value: 'x' }] } }]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('lone surrogates are written as U+FFFD', () => {
    const text = writeExportRequestJson(
      requestOf([sampleSpan({ name: 'a\ud800', attributes: [{ key: '\udc00', value: 'x\ud83d' }] })]),
    );
    expect(text).toContain('a\ufffd');
    expect(text).not.toMatch(/\\ud[89a-f]/i);
  });

  test('a body nested a hundred thousand deep where it is ignored is read or refused', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(['none', 'invalid_json']).toContain(codeOf(() => readExportRequestJson(`{"ignored": ${deep}}`)));
  });
});

describe('OTLP/JSON answers', () => {
  test('a response comes back as it was written', () => {
    const response = { partialSuccess: { rejectedSpans: 3n, errorMessage: 'three were bad' } };
    expect(writeExportResponseJson(response)).toBe(
      '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"three were bad"}}',
    );
    expect(readExportResponseJson(writeExportResponseJson(response))).toEqual(response);
    expect(writeExportResponseJson({ partialSuccess: undefined })).toBe('{}');
    expect(readExportResponseJson('{}')).toEqual({ partialSuccess: undefined });
    expect(readExportResponseJson('{"partialSuccess":{"rejectedSpans":2}}').partialSuccess?.rejectedSpans).toBe(2n);
  });

  test('a status comes back as it was written', () => {
    const status = { code: 3, message: 'no trace id' };
    expect(readRpcStatusJson(writeRpcStatusJson(status))).toEqual(status);
    expect(readRpcStatusJson('{"details":[{"@type":"x"}]}')).toEqual({ code: 0, message: '' });
  });
});

function withoutNegativeZero(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNegativeZero(inner)]));
}
