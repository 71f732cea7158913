import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text.js';
import { formatBytes, formatCount, formatDuration } from './table.js';

describe('formatting of values', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [1024 ** 2 * 2.5, '2.5 MiB'],
    [1024 ** 5, '1024.0 TiB'],
  ])('shows %i bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [-5, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min 0 s'],
    [3_600_000, '1 h 0 min'],
    [47 * 3_600_000, '47 h 0 min'],
    [49 * 3_600_000, '2 d 1 h'],
  ])('shows %i ms as %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

  it('groups digits whatever the language of the machine', () => expect(formatCount(1_234_567)).toBe('1,234,567'));

  it('cuts a text at its limit and not before', () => {
    expect(plainText('phát âm', 7)).toBe('phát âm');
    expect(plainText('phát âms', 7)).toBe('phát â…');
  });
});
