import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RESOURCE, SCOPE, SPAN_ID, sampleSpan, TRACE_ID } from '../../test/sample-spans.js';
import { readExportRequestJson } from './json-read.js';
import { writeExportRequestJson } from './json-write.js';
import type { ExportTraceServiceRequest } from './messages.js';
import { readExportRequest } from './read-request.js';
import { encodeExportRequest } from './write-request.js';
import { encodeExportResponse, encodeRpcStatus } from './write-response.js';
import { encodeSpan } from './write-span.js';

const PARENT_ID = '00f067aa0ba902b7';

/** Every field of every message, and every kind of value. */
const FULL: ExportTraceServiceRequest = {
  resourceSpans: [
    {
      resource: { ...RESOURCE, droppedAttributesCount: 1 },
      scopeSpans: [
        {
          scope: { ...SCOPE, attributes: [{ key: 'a', value: true }], droppedAttributesCount: 2 },
          spans: [
            sampleSpan({
              parentSpanId: PARENT_ID,
              traceState: 'k=v',
              flags: 0x101,
              attributes: [
                { key: 's', value: 'chào' },
                { key: 'b', value: false },
                { key: 'i', value: -7n },
                { key: 'd', value: 0.5 },
                { key: 'n', value: null },
                { key: 'y', value: Uint8Array.of(1, 2, 255) },
                { key: 'l', value: ['x', 1n, [2.5]] },
                { key: 'm', value: { entries: [{ key: 'k', value: { entries: [] } }] } },
              ],
              droppedAttributesCount: 3,
              events: [
                {
                  timeUnixNano: 1_732_233_600_500_000_000n,
                  name: 'e',
                  attributes: [{ key: 'x', value: 1n }],
                  droppedAttributesCount: 4,
                },
              ],
              droppedEventsCount: 5,
              links: [
                {
                  traceId: TRACE_ID,
                  spanId: PARENT_ID,
                  traceState: 't',
                  attributes: [{ key: 'y', value: 'z' }],
                  droppedAttributesCount: 6,
                  flags: 1,
                },
              ],
              droppedLinksCount: 7,
              status: { message: 'failed', code: 2 },
            }),
          ],
          schemaUrl: 'https://scope',
        },
      ],
      schemaUrl: 'https://resource',
    },
  ],
};

const golden = (name: string) => readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8').trim();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('golden bytes', () => {
  test('a span with the least in it', () => {
    expect(hex(encodeSpan(sampleSpan()))).toBe(
      [
        `0a10${TRACE_ID}`,
        `1208${SPAN_ID}`,
        `2a0a${hex(Buffer.from('intent.llm'))}`,
        '3001',
        '390000ff0b48210a18',
        '41002f676548210a18',
      ].join(''),
    );
  });

  test('a request with every field', () => {
    expect(hex(encodeExportRequest(FULL))).toBe(golden('full-request.hex').replaceAll(/\s/g, ''));
  });

  test('the recorded bytes are read back to the same request', () => {
    const bytes = Buffer.from(golden('full-request.hex').replaceAll(/\s/g, ''), 'hex');
    expect(readExportRequest(bytes)).toEqual({ request: FULL, rejections: [], spanCount: 1 });
  });

  test('a request with every field, in JSON', () => {
    expect(JSON.parse(writeExportRequestJson(FULL))).toEqual(JSON.parse(golden('full-request.json')));
  });

  test('the recorded JSON is read back to the same request', () => {
    expect(readExportRequestJson(golden('full-request.json'))).toEqual({ request: FULL, rejections: [], spanCount: 1 });
  });

  test('a partial success and an error status', () => {
    expect(hex(encodeExportResponse({ partialSuccess: { rejectedSpans: 2n, errorMessage: 'no' } }))).toBe(
      '0a06080212026e6f',
    );
    expect(hex(encodeRpcStatus({ code: 3, message: 'bad' }))).toBe('08031203626164');
  });
});
