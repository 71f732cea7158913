import { describe, expect, test } from 'vitest';
import {
  formatCost,
  formatDateTime,
  formatDay,
  formatDuration,
  formatLength,
  formatTimeOfDay,
  formatTokens,
  tokensPerSecond,
} from './format.js';

describe('durations', () => {
  test.each([
    [0, '0 µs'],
    [312, '312 µs'],
    [999, '999 µs'],
    [999.6, '1.00 ms'],
    [4_213, '4.21 ms'],
    [42_000, '42.0 ms'],
    [312_400, '312 ms'],
    [999_499, '999 ms'],
    [999_600, '1.00 s'],
    [3_420_000, '3.42 s'],
    [34_200_000, '34.2 s'],
    [59_949_000, '59.9 s'],
    [59_960_000, '1m 00s'],
    [125_000_000, '2m 05s'],
    [3_720_000_000, '1h 02m'],
    [273_600_000_000, '3d 04h'],
  ])('%d µs is %s', (durationUs, text) => {
    expect(formatDuration(durationUs)).toBe(text);
  });

  test('what is not known is a dash, and a clock that went backwards is seen', () => {
    expect(formatDuration(null)).toBe('–');
    expect(formatDuration(Number.NaN)).toBe('–');
    expect(formatDuration(-1_500)).toBe('−1.50 ms');
  });
});

describe('tokens and cost', () => {
  test.each([
    [0, '0'],
    [9_999, '9,999'],
    [10_000, '10.0k'],
    [12_345, '12.3k'],
    [999_499, '999k'],
    [999_500, '1.00M'],
    [1_234_567, '1.23M'],
  ])('%d tokens are %s', (tokens, text) => {
    expect(formatTokens(tokens)).toBe(text);
  });

  test.each([
    [null, '–'],
    [0, '$0'],
    [0.000_01, '<$0.0001'],
    [0.000_05, '$0.0001'],
    [0.0123, '$0.0123'],
    [0.999_96, '$1.00'],
    [12.345, '$12.35'],
    [1234.5, '$1,234.50'],
    [-0.5, '−$0.5000'],
  ])('%s dollars are %s', (cost, text) => {
    expect(formatCost(cost)).toBe(text);
  });

  test('speed counts from the first token, and is unknown while running', () => {
    const timing = { outputTokens: 100, startTimeUs: 0, completionStartTimeUs: 500_000, endTimeUs: 1_500_000 };
    expect(tokensPerSecond(timing)).toBe(100);
    expect(tokensPerSecond({ ...timing, completionStartTimeUs: null })).toBeCloseTo(66.67);
    expect(tokensPerSecond({ ...timing, endTimeUs: null })).toBeNull();
    expect(tokensPerSecond({ ...timing, outputTokens: 0 })).toBeNull();
    expect(tokensPerSecond({ ...timing, endTimeUs: 400_000 })).toBeNull();
  });
});

describe('moments', () => {
  const noonMs = new Date(2026, 10, 22, 14, 3, 7, 45).getTime();

  test('time of day has milliseconds', () => {
    expect(formatTimeOfDay(noonMs * 1000 + 999)).toBe('14:03:07.045');
    expect(formatDateTime(noonMs * 1000)).toBe('2026-11-22 14:03:07.045');
  });

  test('the day is named only where it is not this one', () => {
    expect(formatDay(noonMs * 1000, noonMs)).toBe('');
    expect(formatDay(noonMs * 1000 - 86_400e6, noonMs)).toBe('11-21');
    expect(formatDay(new Date(2025, 0, 5).getTime() * 1000, noonMs)).toBe('2025-01-05');
  });

  test('lengths are short', () => {
    expect(formatLength(999)).toBe('999 chars');
    expect(formatLength(200_000)).toBe('200k chars');
    expect(formatLength(20_500_000)).toBe('20.5M chars');
  });
});
