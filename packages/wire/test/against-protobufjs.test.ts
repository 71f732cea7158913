import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeExportRequest,
  encodeExportResponse,
  encodeRpcStatus,
  readExportRequest,
  readExportResponse,
  readRpcStatus,
} from '../src/index.js';
import { exportRequest } from './otlp-arbitraries.js';
import { requestToPlain } from './otlp-as-protobufjs.js';
import { requestType, responseType, rpcStatusType } from './otlp-schema.js';

const countSpans = (request: { resourceSpans: readonly { scopeSpans: readonly { spans: readonly unknown[] }[] }[] }) =>
  request.resourceSpans.flatMap((group) => group.scopeSpans.flatMap((scope) => scope.spans)).length;

const PLAIN = { longs: String, defaults: true } as const;

describe('against protobufjs', () => {
  test('an independent decoder reads what our writer wrote', () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        const decoded = requestType.decode(encodeExportRequest(request));
        const expected = requestType.fromObject(requestToPlain(request));
        expect(requestType.toObject(decoded, PLAIN)).toEqual(requestType.toObject(expected, PLAIN));
      }),
      { numRuns: 150 },
    );
  });

  test('our reader reads what an independent encoder wrote', () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        const bytes = requestType.encode(requestType.fromObject(requestToPlain(request))).finish();
        const result = readExportRequest(Uint8Array.from(bytes));
        expect(result.rejections).toEqual([]);
        expect(result.request).toEqual(request);
        expect(result.spanCount).toBe(countSpans(request));
      }),
      { numRuns: 150 },
    );
  });

  test('our reader reads what our writer wrote', () => {
    fc.assert(
      fc.property(exportRequest, (request) => {
        expect(readExportRequest(encodeExportRequest(request)).request).toEqual(request);
      }),
      { numRuns: 150 },
    );
  });

  test('responses and statuses mean the same to both', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.string({ unit: 'binary' }),
        fc.integer(),
        (rejectedSpans, errorMessage, code) => {
          const response = { partialSuccess: { rejectedSpans, errorMessage } };
          const plain = { partial_success: { rejected_spans: rejectedSpans.toString(), error_message: errorMessage } };
          const foreign = responseType.encode(responseType.fromObject(plain)).finish();
          expect(readExportResponse(foreign)).toEqual(response);
          expect(readExportResponse(encodeExportResponse(response))).toEqual(response);
          const status = { code, message: errorMessage };
          expect(rpcStatusType.toObject(rpcStatusType.decode(encodeRpcStatus(status)), PLAIN)).toEqual(status);
          expect(readRpcStatus(rpcStatusType.encode(rpcStatusType.fromObject(status)).finish())).toEqual(status);
        },
      ),
    );
  });

  test('a response in which nothing was refused is empty', () => {
    expect(encodeExportResponse({ partialSuccess: undefined })).toHaveLength(0);
    expect(readExportResponse(new Uint8Array(0))).toEqual({ partialSuccess: undefined });
  });
});
