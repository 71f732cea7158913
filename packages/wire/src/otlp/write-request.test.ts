import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resource, scope, span } from '../../test/otlp-arbitraries.js';
import { RESOURCE, requestOf, SCOPE, sampleSpan, withAttributes } from '../../test/sample-spans.js';
import { ProtobufWriter } from '../protobuf/writer.js';
import { readExportRequest } from './read-request.js';
import {
  assembleExportRequest,
  encodedExportSizeBytes,
  encodeExportRequest,
  framedSpanSizeBytes,
} from './write-request.js';
import { encodeSpan, writeSpan, writeSpanAttribute, writeSpanHead, writeSpanTail } from './write-span.js';

const equalBytes = (left: Uint8Array, right: Uint8Array) => Buffer.compare(left, right) === 0;

describe('assembleExportRequest', () => {
  test('gives the same bytes as writing the whole request, and says their number beforehand', () => {
    fc.assert(
      fc.property(resource, scope, fc.array(span, { maxLength: 6 }), (someResource, someScope, spans) => {
        const parts = {
          resource: someResource,
          scope: someScope,
          encodedSpans: spans.map((each) => encodeSpan(each)),
        };
        const whole = encodeExportRequest({
          resourceSpans: [
            { resource: someResource, scopeSpans: [{ scope: someScope, spans, schemaUrl: '' }], schemaUrl: '' },
          ],
        });
        const assembled = assembleExportRequest(parts);
        expect(equalBytes(assembled, whole)).toBe(true);
        expect(encodedExportSizeBytes(parts)).toBe(whole.length);
      }),
      { numRuns: 60 },
    );
  });

  test.each([0, 1, 127, 128, 16_383, 16_384, 2_100_000])('is exact where the spans take about %i bytes', (size) => {
    const spans = [withAttributes({ text: 'x'.repeat(size) }), sampleSpan()];
    const encodedSpans = spans.map((each) => encodeSpan(each));
    const parts = { resource: RESOURCE, scope: SCOPE, encodedSpans };
    const whole = encodeExportRequest(requestOf(spans));
    expect(equalBytes(assembleExportRequest(parts), whole)).toBe(true);
    expect(encodedExportSizeBytes(parts)).toBe(whole.length);
  });

  test('a span adds to the scope what framedSpanSizeBytes says', () => {
    const bytes = new Uint8Array(300);
    expect(framedSpanSizeBytes(bytes.length)).toBe(303);
    const parts = { resource: RESOURCE, scope: SCOPE, encodedSpans: [bytes] };
    const two = { ...parts, encodedSpans: [bytes, bytes] };
    expect(encodedExportSizeBytes(two) - encodedExportSizeBytes(parts)).toBe(303);
  });
});

describe('writing a span', () => {
  test('in its three parts gives the same bytes as at once', () => {
    fc.assert(
      fc.property(span, (each) => {
        const writer = new ProtobufWriter();
        writeSpanHead(writer, each);
        for (const { key, value } of each.attributes) writeSpanAttribute(writer, key, value);
        writeSpanTail(writer, each);
        expect(equalBytes(writer.toBytes(), encodeSpan(each))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('with one writer for many gives each the bytes it would have alone', () => {
    const writer = new ProtobufWriter();
    for (const each of [withAttributes({ text: 'ầ'.repeat(9_000) }), sampleSpan(), withAttributes({ list: [1n, 2] })]) {
      writer.reset();
      writeSpan(writer, each);
      expect(equalBytes(writer.asView(), encodeSpan(each))).toBe(true);
    }
  });

  test('an integer that int64 cannot hold travels as its digits', () => {
    const big = 2n ** 63n;
    const span = withAttributes({ min: -big, max: big - 1n, above: big, below: -big - 1n });
    const [read] = readExportRequest(encodeExportRequest(requestOf([span]))).request.resourceSpans;
    expect(read?.scopeSpans[0]?.spans[0]?.attributes.map(({ value }) => value)).toEqual([
      -big,
      big - 1n,
      String(big),
      String(-big - 1n),
    ]);
  });

  test('lone surrogates become U+FFFD in keys, names and values', () => {
    const span = sampleSpan({ name: 'n\ud800', attributes: [{ key: 'k\udc00', value: ['\ud83dx'] }] });
    const [read] = readExportRequest(encodeExportRequest(requestOf([span]))).request.resourceSpans;
    expect(read?.scopeSpans[0]?.spans[0]).toEqual(
      sampleSpan({ name: 'n\ufffd', attributes: [{ key: 'k\ufffd', value: ['\ufffdx'] }] }),
    );
  });
});
