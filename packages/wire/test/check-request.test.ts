import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ATTRIBUTE,
  checkExportRequest,
  encodeExportRequest,
  isWireError,
  type ReadExportResult,
  type ReadLimits,
  readExportRequest,
} from '../src/index.js';
import { exportRequest } from './otlp-arbitraries.js';

/** What the reader says of the same bytes, in the check's words. */
function byReader(bytes: Uint8Array, limits?: Partial<ReadLimits>): ReturnType<typeof checkExportRequest> {
  let read: ReadExportResult;
  try {
    read = readExportRequest(bytes, limits);
  } catch (error) {
    if (isWireError(error)) return undefined;
    throw error;
  }
  if (read.rejections.length > 0) return undefined;
  const spans = read.request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const running = spans.filter(({ attributes }) =>
    attributes.some(({ key, value }) => key === ATTRIBUTE.spanRunning && value === true),
  );
  return { spanCount: spans.length, runningCount: running.length };
}

const runningRequest = fc.tuple(exportRequest, fc.constantFrom(true, false, 'true', 1n)).map(([request, value]) => ({
  resourceSpans: request.resourceSpans.map((resource) => ({
    ...resource,
    scopeSpans: resource.scopeSpans.map((scope) => ({
      ...scope,
      spans: scope.spans.map((span, index) =>
        index % 2 === 0 ? span : { ...span, attributes: [...span.attributes, { key: ATTRIBUTE.spanRunning, value }] },
      ),
    })),
  })),
}));

describe('the check agrees with the reader', () => {
  test('about every request that is right', () => {
    fc.assert(
      fc.property(runningRequest, (request) => {
        const bytes = encodeExportRequest(request);
        const expected = byReader(bytes);
        expect(expected).toBeDefined();
        expect(checkExportRequest(bytes, isUtf8)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('about requests of which bytes were changed', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255), isInserted: fc.boolean() });
    fc.assert(
      fc.property(runningRequest, fc.array(change, { minLength: 1, maxLength: 4 }), (request, changes) => {
        const bytes = [...encodeExportRequest(request)];
        for (const { at, byte, isInserted } of changes) {
          bytes.splice(bytes.length === 0 ? 0 : at % bytes.length, isInserted ? 0 : 1, byte);
        }
        const changed = Uint8Array.from(bytes);
        expect(checkExportRequest(changed, isUtf8)).toEqual(byReader(changed));
      }),
      { numRuns: 3_000 },
    );
  });

  test('about random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(checkExportRequest(bytes, isUtf8)).toEqual(byReader(bytes));
      }),
      { numRuns: 3_000 },
    );
  });

  test('at every limit', () => {
    fc.assert(
      fc.property(
        runningRequest,
        fc.record({
          maxDepth: fc.nat(3),
          maxSpanCount: fc.nat(4),
          maxAttributeCount: fc.nat(4),
          maxNodeCount: fc.nat(80),
        }),
        (request, limits) => {
          const bytes = encodeExportRequest(request);
          expect(checkExportRequest(bytes, isUtf8, limits)).toEqual(byReader(bytes, limits));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
