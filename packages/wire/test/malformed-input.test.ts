import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeExportRequest,
  isWireError,
  readExportRequest,
  readExportRequestJson,
  readExportResponse,
  readExportResponseJson,
  readRpcStatus,
  readRpcStatusJson,
  toObservation,
  writeExportRequestJson,
} from '../src/index.js';
import { exportRequest } from './otlp-arbitraries.js';

/** Runs a reading that may refuse its input, but only with a WireError, and maps whatever it kept. */
function survives(read: () => unknown): void {
  try {
    const result = read();
    if (typeof result === 'object' && result !== null && 'rejections' in result) {
      mapEverything(result as ReturnType<typeof readExportRequest>);
    }
  } catch (error) {
    if (!isWireError(error)) throw error;
    expect(error.message).not.toBe('');
  }
}

function mapEverything({ request, spanCount }: ReturnType<typeof readExportRequest>): void {
  let count = 0;
  for (const { resource, scopeSpans } of request.resourceSpans) {
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans) {
        expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
        expect(toObservation(span, resource, scope).spanId).toBe(span.spanId);
        count += 1;
      }
    }
  }
  expect(count).toBe(spanCount);
}

/** Where to change the bytes of a message, and how. */
const mutation = fc.record({
  at: fc.nat(),
  byte: fc.oneof(fc.constantFrom(0x00, 0x7f, 0x80, 0xff), fc.nat(255)),
  kind: fc.constantFrom('replace', 'insert', 'remove', 'cut'),
});

function mutate(bytes: Uint8Array, { at, byte, kind }: { at: number; byte: number; kind: string }): Uint8Array {
  const index = bytes.length === 0 ? 0 : at % bytes.length;
  const before = [...bytes.subarray(0, index)];
  if (kind === 'cut') return Uint8Array.from(before);
  const after = [...bytes.subarray(kind === 'insert' ? index : index + 1)];
  return Uint8Array.from(kind === 'remove' ? [...before, ...after] : [...before, byte, ...after]);
}

describe('malformed input', () => {
  test('random bytes are refused or read, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        survives(() => readExportRequest(bytes));
        survives(() => readExportResponse(bytes));
        survives(() => readRpcStatus(bytes));
      }),
      { numRuns: 1_000 },
    );
  });

  test('valid bytes with a few changed are refused or read, never anything else', () => {
    fc.assert(
      fc.property(exportRequest, fc.array(mutation, { minLength: 1, maxLength: 6 }), (request, mutations) => {
        const bytes = mutations.reduce(mutate, encodeExportRequest(request));
        survives(() => readExportRequest(bytes));
      }),
      { numRuns: 400 },
    );
  });

  test('every prefix of a valid request is refused or read', () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        const bytes = encodeExportRequest(request);
        const step = Math.max(1, Math.floor(bytes.length / 60));
        for (let end = 0; end < bytes.length; end += step) survives(() => readExportRequest(bytes.subarray(0, end)));
      }),
      { numRuns: 30 },
    );
  });

  test('any JSON is refused or read, never anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        survives(() => readExportRequestJson(text));
        survives(() => readExportResponseJson(text));
        survives(() => readRpcStatusJson(text));
      }),
      { numRuns: 300 },
    );
  });

  test('a valid JSON request with any value put anywhere is refused or read', () => {
    fc.assert(
      fc.property(exportRequest, fc.nat(), fc.jsonValue({ maxDepth: 2 }), (request, place, value) => {
        const body = JSON.parse(writeExportRequestJson(request)) as unknown;
        replaceNth(body, { left: place % 60 }, value);
        survives(() => readExportRequestJson(body));
      }),
      { numRuns: 300 },
    );
  });
});

/** Replaces the n-th member that a walk through a JSON value comes to. */
function replaceNth(node: unknown, counter: { left: number }, value: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const object = node as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    if (counter.left === 0) {
      object[key] = value;
      counter.left = -1;
      return;
    }
    counter.left -= 1;
    replaceNth(object[key], counter, value);
    if (counter.left < 0) return;
  }
}
