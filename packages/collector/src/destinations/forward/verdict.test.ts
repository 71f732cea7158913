import { describe, expect, it } from 'vitest';
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from './verdict.js';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');

describe('the time that a backend asks to wait', () => {
  it.each([
    ['0', 0],
    ['2', 2000],
    [' 1.5 ', 1500],
    ['300', MAX_RETRY_AFTER_MS],
    ['301', MAX_RETRY_AFTER_MS],
    ['99999999999999999999', MAX_RETRY_AFTER_MS],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Thursday, 01-Jan-26 00:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 01:00:00 GMT', MAX_RETRY_AFTER_MS],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ])('is read from %j', (header, expectedMs) => {
    expect(parseRetryAfter(header, NOW_MS)).toBe(expectedMs);
  });

  it.each([undefined, '', 'soon', '-5', 'NaN', 'Infinity', '1e3', '0x10', '2026', '9'.repeat(500)])(
    'is none in %j, or at most five minutes',
    (header) => {
      expect(parseRetryAfter(header, NOW_MS) ?? 0).toBeLessThanOrEqual(MAX_RETRY_AFTER_MS);
    },
  );
});
