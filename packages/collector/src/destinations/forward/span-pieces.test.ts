import { generateExportRequest } from '@slipstream/testkit';
import {
  ATTRIBUTE,
  type ExportTraceServiceRequest,
  encodeExportRequest,
  LENGTH_DELIMITED,
  ProtobufWriter,
  readExportRequest,
  type Span,
} from '@slipstream/wire';
import { describe, expect, it } from 'vitest';
import { makeRequest, makeRunningSpan, makeSpan, toProtobuf } from '../../../test/support/spans.js';
import { countFitting, encodePieces } from './span-batches.js';
import { takeApart } from './span-pieces.js';

const read = (bytes: Uint8Array) => readExportRequest(bytes).request;

const spansOf = ({ resourceSpans }: ExportTraceServiceRequest): Span[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));

const UNKNOWN_FIELD = (99 << 3) | LENGTH_DELIMITED;

describe('the pieces of an entry', () => {
  it('make the same request again', () => {
    const request = generateExportRequest({ seed: 'pieces', traceCount: 5, environment: 'test' });
    const { pieces } = takeApart(encodeExportRequest(request), 0);
    expect(pieces).toHaveLength(spansOf(request).length);
    expect(read(encodePieces(pieces))).toEqual(request);
  });

  it('know their ids', () => {
    const span = makeSpan();
    expect(takeApart(toProtobuf(span), 7).pieces).toMatchObject([
      { traceId: span.traceId, spanId: span.spanId, bornAtMs: 7 },
    ]);
  });

  it('keep resources, scopes and schema addresses apart', () => {
    const [a, b] = [
      makeRequest([makeSpan({ name: 'a' })], { x: 'a' }),
      makeRequest([makeSpan({ name: 'b' })], { x: 'b' }),
    ];
    const resourceSpans = [...a.resourceSpans, ...b.resourceSpans].map((each, index) => ({
      ...each,
      schemaUrl: `resource/${index}`,
      scopeSpans: each.scopeSpans.map((scope) => ({ ...scope, schemaUrl: `scope/${index}` })),
    }));
    const { pieces } = takeApart(encodeExportRequest({ resourceSpans }), 0);
    expect(read(encodePieces(pieces))).toEqual({ resourceSpans });
    expect(read(encodePieces([...pieces].reverse())).resourceSpans.map(({ schemaUrl }) => schemaUrl)).toEqual([
      'resource/1',
      'resource/0',
    ]);
  });

  it('go along with what this version does not know, wherever it stands', () => {
    const writer = new ProtobufWriter();
    const span = takeApart(toProtobuf(makeSpan({ name: 'x' })), 0).pieces[0]!;
    writer.beginMessage((1 << 3) | LENGTH_DELIMITED);
    writer.beginMessage((2 << 3) | LENGTH_DELIMITED);
    writer.beginMessage((2 << 3) | LENGTH_DELIMITED);
    writer.stringField(UNKNOWN_FIELD, 'of the span');
    writer.rawFields(span.spanFields);
    writer.endMessage();
    writer.stringField(UNKNOWN_FIELD, 'of the scope');
    writer.endMessage();
    // Behind its spans, as protobuf allows.
    writer.rawFields(span.resourceFields);
    writer.stringField(UNKNOWN_FIELD, 'of the resource');
    writer.endMessage();
    const { pieces } = takeApart(writer.toBytes(), 0);
    const text = Buffer.from(encodePieces(pieces)).toString('latin1');
    for (const part of ['of the span', 'of the scope', 'of the resource']) expect(text).toContain(part);
    expect(spansOf(read(encodePieces(pieces))).map(({ name }) => name)).toEqual(['x']);
  });

  it('leave out what only Slipstream knows, and nothing that looks like it', () => {
    const attributes = {
      slipstream: 's',
      'slipstream.': 'own',
      [ATTRIBUTE.spanRevision]: 2n,
      [ATTRIBUTE.spanRunning]: false,
      'slipstreams.x': 'kept',
      s: '',
    };
    const { pieces, running } = takeApart(toProtobuf(makeSpan({ attributes })), 0);
    const [span] = spansOf(read(encodePieces(pieces)));
    expect(span?.attributes.map(({ key }) => key)).toEqual(['slipstream', 'slipstreams.x', 's']);
    expect(running).toEqual([]);
  });

  it('are none for spans that run', () => {
    const span = makeRunningSpan();
    const { pieces, running } = takeApart(toProtobuf(span, makeSpan()), 0);
    expect([pieces.length, running]).toEqual([1, [{ traceId: span.traceId, spanId: span.spanId }]]);
  });

  it('fill a request up to its limit and no byte further', () => {
    const { pieces } = takeApart(toProtobuf(...Array.from({ length: 20 }, () => makeSpan())), 0);
    for (let limitBytes = 1; limitBytes < 3000; limitBytes += 37) {
      const count = countFitting(pieces, limitBytes);
      const sizeBytes = encodePieces(pieces.slice(0, count)).byteLength;
      if (count > 1) expect(sizeBytes).toBeLessThanOrEqual(limitBytes);
      expect(count).toBeGreaterThan(0);
    }
    expect(countFitting(pieces, 1_000_000)).toBe(20);
  });

  it('are refused as a whole where the bytes are no export', () => {
    const bytes = toProtobuf(makeSpan());
    for (let length = 1; length < bytes.byteLength; length++) {
      expect(() => takeApart(bytes.subarray(0, length), 0)).toThrow(/field|length|varint/);
    }
  });
});
