import { encodeExportResponse } from '@slipstream/wire';
import { describe, expect, it } from 'vitest';
import { rejectedSpansIn } from './rejected-spans.js';

describe('the answer of a backend', () => {
  it.each([0n, 1n, 127n, 128n, 300n, 2n ** 40n, -3n])('tells how many spans were rejected: %s', (rejectedSpans) => {
    const answer = encodeExportResponse({ partialSuccess: { rejectedSpans, errorMessage: 'they were too large' } });
    expect(rejectedSpansIn(answer)).toBe(Number(rejectedSpans));
  });

  it('may hold fields that nobody knows', () => {
    // Field 9 in all four wire types, then partial_success { 9: 1, rejected_spans: 5 }.
    const unknown = [0x48, 0x01, 0x49, 1, 2, 3, 4, 5, 6, 7, 8, 0x4a, 0x01, 0x00, 0x4d, 1, 2, 3, 4];
    expect(rejectedSpansIn(Uint8Array.from([...unknown, 0x0a, 0x04, 0x48, 0x01, 0x08, 0x05]))).toBe(5);
  });

  it('that is no message, cut, or endless has rejected nothing', () => {
    const answer = encodeExportResponse({ partialSuccess: { rejectedSpans: 300n, errorMessage: 'no' } });
    for (let length = 0; length < answer.length; length++) expect(rejectedSpansIn(answer.subarray(0, length))).toBe(0);
    for (const text of ['ok', '<html>', '\n']) expect(rejectedSpansIn(Buffer.from(text))).toBe(0);
    expect(rejectedSpansIn(new Uint8Array(64).fill(0xff))).toBe(0);
    expect(rejectedSpansIn(Uint8Array.from([0x0a, ...new Uint8Array(9).fill(0xff), 0x01]))).toBe(0);
    // A varint where a message belongs.
    expect(rejectedSpansIn(Uint8Array.from([0x08, 0x05]))).toBe(0);
  });
});
