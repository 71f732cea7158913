import { describe, expect, it } from 'vitest';
import { displayWidth } from './display-width.js';
import { plainText } from './plain-text.js';
import { type Column, formatBytes, formatCount, formatDuration, formatTable } from './table.js';
import { formatCost, formatSpan, formatTokens } from './values.js';

describe('formatting of values', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [12.7, '13 bytes'],
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

  it.each([
    [null, 'running'],
    [0, '0 µs'],
    [999, '999 µs'],
    [999.6, '1.00 ms'],
    [12_340, '12.3 ms'],
    [999_600, '1.00 s'],
    [1_240_000, '1.24 s'],
    [59_960_000, '1 min 0 s'],
    [123_000_000, '2 min 3 s'],
  ])('shows %s µs as %s', (durationUs, text) => expect(formatSpan(durationUs)).toBe(text));

  it.each([
    [null, '-'],
    [0, '$0'],
    [1.239, '$1.24'],
    [0.999, '$1.00'],
    [0.05, '$0.050'],
    [0.00123, '$0.0012'],
    [0.00000042, '$0.00000042'],
  ])('shows %s dollars as %s', (costUsd, text) => expect(formatCost(costUsd)).toBe(text));

  it('shows no tokens as a hyphen', () => expect([formatTokens(0), formatTokens(1234)]).toEqual(['-', '1,234']));
});

describe('a table', () => {
  const COLUMNS: readonly Column[] = [
    { title: 'name', align: 'left', minColumns: 6 },
    { title: 'text', align: 'left', minColumns: 4, dropOrder: 2 },
    { title: 'count', align: 'right', dropOrder: 1 },
  ];
  const ROWS = [
    ['phát âm từ', 'một đoạn văn dài', '1'],
    ['日本語', 'x', '1,000'],
  ];

  it('lines columns up by what is seen', () => {
    expect(formatTable(COLUMNS, ROWS)).toEqual([
      'name        text              count',
      'phát âm từ  một đoạn văn dài      1',
      '日本語      x                 1,000',
    ]);
  });

  it('cuts the widest column first where the terminal is narrow', () => {
    expect(formatTable(COLUMNS, ROWS, 29)).toEqual([
      'name        text        count',
      'phát âm từ  một đoạn …      1',
      '日本語      x           1,000',
    ]);
  });

  it('leaves out what matters least where cutting is not enough', () => {
    expect(formatTable(COLUMNS, ROWS, 18)).toEqual(['name    count', 'phát …      1', '日本語  1,000']);
    expect(formatTable(COLUMNS, ROWS, 6)).toEqual(['name', 'phát …', '日本語']);
  });

  it('never writes a line that is wider than it may be, while one column fits', () => {
    for (let columns = 6; columns < 40; columns++) {
      for (const line of formatTable(COLUMNS, ROWS, columns)) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    }
  });
});
